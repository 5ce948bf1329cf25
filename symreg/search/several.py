"""Several backends as one: they share a budget, and each law keeps the name of the one that proposed it.

They take turns in the order given, each with an equal share of what is left of the budget, so that what one leaves over
is the others'. One that fails costs only itself: the others go on, and the answer says what happened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symreg.search.backend import INTERRUPTED, Backend, Budget, Round, going_on
from symreg.search.space import SearchSpace

LEAST_TIME = 0.05  # seconds; a budget is never nothing


@dataclass(frozen=True, slots=True)
class Several:
    """The ``members`` one after another; threads and engine are those of the first."""

    members: tuple[Backend, ...]

    @property
    def name(self) -> str:
        """The names of all."""
        return ", ".join(one.name for one in self.members)

    def going_on(self, turns: Sequence[Mapping[str, Any]]) -> Several:
        """The members, each after its own turns where it can go on; the others begin anew."""
        return Several(tuple(going_on(one, turns) or one for one in self.members))

    @property
    def threads(self) -> int:
        """Threads of the first."""
        return self.members[0].threads

    @property
    def engine(self) -> str:
        """The engine of the first."""
        return self.members[0].engine

    def propose(
        self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
    ) -> Iterator[Round]:
        """Yield the rounds of each; counts go on from one to the next, and the last round says why each one ended."""
        started, reasons = time.monotonic(), dict[str, str]()
        done = Round((), 0, 0, 0, None)
        for place, member in enumerate(self.members):
            spent = time.monotonic() - started
            share = _share(budget, spent, done.evaluated, len(self.members) - place)
            last = done
            for last in _rounds(member, space, share, seed, stop):
                last = _after(done, last, member.name)
                yield replace(last, stop_reason=None)
            reasons[member.name] = last.stop_reason or "nothing is left to try"
            done = Round((), last.level, last.evaluated, last.pruned_by_dimension, last.complete_to_complexity)
            if reasons[member.name] == INTERRUPTED:
                yield replace(done, stop_reason=INTERRUPTED)
                return
        yield replace(done, stop_reason=_together(reasons))


def members_of(backend: Backend) -> tuple[Backend, ...]:
    """The backends that stand behind one."""
    return backend.members if isinstance(backend, Several) else (backend,)


def _rounds(
    member: Backend, space: SearchSpace, budget: Budget, seed: int, stop: Callable[[], bool]
) -> Iterator[Round]:
    """The rounds of a member; an exception in it becomes its last one."""
    try:
        yield from member.propose(space, budget, seed=seed, stop=stop)
    except Exception as error:  # whatever it is, it is that backend's own
        reason = f"backend {member.name} failed: {type(error).__name__}: {error}"[:300]
        yield Round((), 0, 0, 0, None, reason, notes=(reason,))


def _share(budget: Budget, spent: float, evaluated: int, waiting: int) -> Budget:
    left = None if budget.time is None else max(LEAST_TIME, (budget.time - spent) / waiting)
    count = None if budget.evaluations is None else max(1, (budget.evaluations - evaluated) // waiting)
    return replace(budget, time=left, evaluations=count)


def _after(done: Round, one: Round, name: str) -> Round:
    """A round of a member with the counts of those before it."""
    complete = [level for level in (done.complete_to_complexity, one.complete_to_complexity) if level is not None]
    return replace(
        one,
        level=max(done.level, one.level),
        evaluated=done.evaluated + one.evaluated,
        pruned_by_dimension=done.pruned_by_dimension + one.pruned_by_dimension,
        complete_to_complexity=max(complete, default=None),
        backend=one.backend or name,
    )


def _together(reasons: dict[str, str]) -> str:
    """Why all ended, in one sentence."""
    if len(set(reasons.values())) == 1:
        return next(iter(reasons.values()))
    return "; ".join(why if why.startswith("backend ") else f"{name}: {why}" for name, why in reasons.items())
