"""What a backend is asked and what it answers.

A backend gets the problem as the search sees it (``SearchSpace``: natural units, dimensions as integers), a budget and
a way to be stopped, and yields rounds of candidates: trees with named free constants and the values to start from.
Everything that makes a law of a candidate (fit on all rows, simplification, recheck, ranking) happens elsewhere and
alike for all backends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, get_args

from symreg.errors import SymregError
from symreg.given import check_number
from symreg.problem import Candidate
from symreg.search.rejection import Rejection

if TYPE_CHECKING:
    from symreg.search.space import SearchSpace


class BudgetError(SymregError):
    """A budget that cannot be kept."""


class BackendError(SymregError):
    """A backend that is unknown, not installed, or asked for what it cannot do."""


EndEarly = Literal["noise", "exact", "never"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a search: ``time`` in seconds, ``evaluations`` in combinations looked at, ``memory`` in bytes.

    None for one of the first two is no limit. Evaluations are counted in blocks of up to 250,000, memory as what the
    process holds beyond what it held at the start, with ``memory.FLOOR`` beside it. Results repeat exactly under a
    limit of evaluations, whatever the machine and the number of threads. ``end_early`` says what is reason enough to
    end before a limit: "noise", that a law leaves no pattern, or rounding; "exact", rounding alone; "never". Foreign
    engines always use what they are given.
    Raises ``BudgetError`` for a limit that is not above zero, and for another word or kind of value.
    """

    time: float | None = 60.0
    evaluations: int | None = None
    memory: int = 2 * 2**30
    end_early: EndEarly = "noise"

    def __post_init__(self) -> None:
        if self.end_early not in get_args(EndEarly):
            known = ", ".join(get_args(EndEarly))
            raise BudgetError(message=f"budget end_early={self.end_early!r}: give one of {known}")
        check_number(self, "time", above=True, may_be_none=True, error=BudgetError)
        check_number(self, "evaluations", 1, whole=True, may_be_none=True, error=BudgetError)
        check_number(self, "memory", 1, whole=True, error=BudgetError)


INTERRUPTED: Final = "interrupted"
"""The reason to stop where somebody asked for it, and how such a search ended."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a backend reports from time to time: new candidates, and how far it has come.

    ``complete_to_complexity`` says that no expression of this complexity or less was left out. ``stop_reason`` is set
    in the last round. ``formulas`` are candidates as text in the names of ``SearchSpace.leaves``, in natural units: our
    own parser reads them, and every number in them that is no exponent is fitted (``reading``). ``notes`` are
    sentences for the reader of the answer, ``rejections`` hypotheses that are no candidates; ``backend`` names who
    proposed, where that is not the backend asked. ``noise`` is how the target's errors were found to go
    (``Problem.noise``): from then on laws are fitted and judged so. ``turn`` is what has been done to its end since the
    last round, as plain values with the ``backend``'s name, for a backend that can go on after it (``going_on``).
    """

    candidates: tuple[Candidate, ...]
    level: int
    evaluated: int
    pruned_by_dimension: int
    complete_to_complexity: int | None
    stop_reason: str | None = None
    notes: tuple[str, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    formulas: tuple[str, ...] = ()
    backend: str | None = None
    noise: str | None = None
    turn: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend heeds by itself; what it does not, the answer says before the search (``honouring``).

    ``units``: it looks at formulas of the right dimension alone. ``weights``: it weighs rows by their uncertainty.
    ``nested``: it keeps limits on nesting. ``templates``: it can search for the unknown functions of a given form.
    ``evaluations``: it keeps a budget of evaluations. ``operators``: those it knows, None for all of ours.
    """

    units: bool = True
    weights: bool = True
    nested: bool = True
    templates: bool = True
    evaluations: bool = True
    operators: frozenset[str] | None = None


class Backend(Protocol):
    """A search: frozen settings and one verb.

    Three attributes may be left out: ``capabilities``, by default all of them; ``check()``, which raises BackendError
    before any work where something that the backend needs is not installed; and ``going_on(turns)``, which gives the
    backend as it goes on after the turns of an earlier search of the same question (``going_on``).
    """

    @property
    def name(self) -> str:
        """The backend's name in files and reports."""
        ...

    @property
    def threads(self) -> int:
        """Threads it may use."""
        ...

    @property
    def engine(self) -> str:
        """The engine to fit with: auto, compiled or numpy."""
        ...

    def propose(
        self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
    ) -> Iterator[Round]:
        """Yield rounds of candidates until the budget is spent, ``stop()`` is true or nothing is left to try."""
        ...


def going_on(backend: Backend, turns: Sequence[Mapping[str, Any]]) -> Backend | None:
    """The backend as it goes on after these turns of an earlier search (``Round.turn``); None where it cannot."""
    ability: Callable[[Sequence[Mapping[str, Any]]], Backend] | None = getattr(backend, "going_on", None)
    return None if ability is None else ability(turns)
