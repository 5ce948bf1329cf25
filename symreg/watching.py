"""What whoever watches a search is told: after each round, when a stage begins that follows, and at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from symreg.finishing import Workshop
from symreg.laws import Course, ParetoFront
from symreg.search import Budget, Round

SEARCH, FIT, SIMPLIFY, EXAMINE, REPORT = "search", "fit", "simplify", "examine", "report"
"""Stages of a run, in their order. The first three share the budget; a run examines its answer and writes reports after
them."""

ENDS = frozenset({"finished", "interrupted"})  # what stands in the place of a stage when it is over


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands: for whoever watches.

    ``elapsed`` is in seconds, ``evaluated`` counts combinations, ``complexity`` is the level that was searched last.
    ``stage`` is "search"; then "fit", when the best formulas are written and fitted anew, and "simplify"; runs tell
    "examine" and "report" after them. At the end it is the status. ``turn`` is what a search of the same question can
    go on after (``search.Round``). ``budget`` is what all of it may take, None where that says nothing of this stage.
    """

    elapsed: float
    evaluated: int
    complexity: int
    complete_to_complexity: int | None
    front: ParetoFront | None
    stage: str
    turn: Mapping[str, Any] | None = None
    budget: Budget | None = None

    @property
    def share(self) -> float | None:
        """The part of the budget that is spent, from 0 to 1: of its time or its evaluations, whichever is nearer its
        end. None where nothing limits either."""
        if self.budget is None:
            return None
        spent = [] if self.budget.time is None else [self.elapsed / self.budget.time]
        spent += [] if self.budget.evaluations is None else [self.evaluated / self.budget.evaluations]
        return min(1.0, max(spent)) if spent else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds that are left of a budget of time: a search may end before. None where there is no such budget."""
        if self.budget is None or self.budget.time is None:
            return None
        return max(0.0, self.budget.time - self.elapsed)


Observer = Callable[[Progress], None]


@dataclass(slots=True, eq=False)
class Watch:
    """Whoever watches a search, and what is taken down of it."""

    workshop: Workshop
    budget: Budget
    started: float
    observer: Observer | None
    history: Course = field(default_factory=Course)
    front: ParetoFront | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self.started

    def look(self, last: Round) -> None:
        """Tell how the search stands, and take down the best law; not after every round if nobody watches."""
        if self.observer is None and not self.history.is_due(self.elapsed):
            return
        self.front = self.workshop.quick_front()
        self.history.note(self.elapsed, last.evaluated, self.front)
        self._tell(SEARCH, last, last.turn)

    def enter(self, stage: str, last: Round) -> None:
        """Tell that a stage begins after the search, with the laws that the search ended with."""
        if self.observer is not None:
            self.front = self.workshop.quick_front() if stage == FIT else self.front
            self._tell(stage, last)

    def end(self, status: str, front: ParetoFront, last: Round) -> None:
        """Tell that it is over, with the final front; no budget counts what may follow."""
        if self.observer is not None:
            known = last.complete_to_complexity
            self.observer(Progress(self.elapsed, last.evaluated, last.level, known, front, status))

    def _tell(self, stage: str, last: Round, turn: Mapping[str, Any] | None = None) -> None:
        if self.observer is not None:
            now, known = self.elapsed, last.complete_to_complexity
            self.observer(Progress(now, last.evaluated, last.level, known, self.front, stage, turn, self.budget))
