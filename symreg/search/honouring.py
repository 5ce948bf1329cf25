"""What a backend cannot heed is said before it searches, and made up for afterwards or refused; never passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symreg.search.backend import Backend, BackendError, Budget, Capabilities
from symreg.search.several import members_of

if TYPE_CHECKING:
    from symreg.problem import Problem


def check_backend(backend: Backend, problem: Problem | None = None) -> None:
    """Raise BackendError before any work: something is not installed, or the form of the law is beyond a backend."""
    for one in members_of(backend):
        check = getattr(one, "check", None)
        if check is not None:
            check()
        template = None if problem is None else problem.template
        if template is not None and not template.is_bare and not capabilities_of(one).templates:
            raise BackendError(
                message=f"backend {one.name} cannot search for the unknown functions of a given form: "
                "use backend native, or name the target alone"
            )


def unmet(backend: Backend, problem: Problem, budget: Budget) -> tuple[str, ...]:
    """A sentence for each wish of the problem or the budget that a backend does not heed by itself."""
    return tuple(sentence for one in members_of(backend) for sentence in _unmet(one, problem, budget))


def _unmet(backend: Backend, problem: Problem, budget: Budget) -> Iterator[str]:
    can, name = capabilities_of(backend), f"backend {backend.name}"
    with_units = any(not one.is_dimensionless for one in problem.dimensions.values())
    if with_units and not can.units:
        yield f"{name} knows no units: its formulas are given dimensions afterwards, or rejected where none fit"
    if problem.target_column.sigma is not None and not can.weights:
        yield f"{name} takes all rows for equally sure; the constants of its formulas are fitted with the errors given"
    if problem.constraints.nested and not can.nested:
        yield f"{name} does not know limits on nesting: laws that break them are dropped afterwards"
    if budget.evaluations is not None and not can.evaluations:
        yield f"{name} counts evaluations in its own way: a limit on them ends it, and its results need not repeat"
    missing = [] if can.operators is None else [one for one in problem.operators if one not in can.operators]
    if missing:
        yield f"{name} does not know {', '.join(missing)}, and proposes nothing that holds them"


def capabilities_of(backend: Backend) -> Capabilities:
    """What a backend heeds by itself; all, where it does not say."""
    found = getattr(backend, "capabilities", None)
    return found if isinstance(found, Capabilities) else Capabilities()
