"""One search from its beginning to its end: what its backend proposes, and what it learns on its way of how errors go.

Where errors turn out to be a part of each value, or some rows far off for no reason that lies in the inputs, all laws
are judged anew, and the search goes on so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from symreg.arrays import Rows
from symreg.engine import get_engine
from symreg.finishing import Workshop
from symreg.fitting import EveryRow, Fitter, make_fitter, may_be_followed
from symreg.problem import THINNED_ROWS, Problem
from symreg.search import INTERRUPTED, Backend, Budget, Round, SearchSpace, capabilities_of, search_space
from symreg.templates import propose_within

FINISHED_ROWS = THINNED_ROWS
"""Rows on which candidates are fitted, rewritten and compared; of a longer table the laws of the front are then fitted
to all, and scored and ranked there."""

LAST_STEPS = 6
"""Steps of a fit to all rows of such a table. It begins where the sample's ended, within a part in hundreds of the
constants, and each step squares what is left: three reach the last digit. Valleys in which nothing is left to gain take
dozens, half a second each; with fewer a law that bends may stop short."""

ASKED_AT = (0.25, 0.5)
"""Parts of a budget after which it is asked whether rows are far off, besides at the end: laws that are near are found
by then, and what is left is enough to search again. It takes a tenth of a second; set by hand."""

LEAST_LEFT = 0.1
"""Part of the budget that a search goes on with: less brings hardly more than a look at the laws there are."""

GROWING = (
    "errors of {target} grow with it, as the best formulas have them: rows are weighted as if each was known to the "
    "same part of its value. State a sigma where that is wrong"
)

LONG_TAILS = (
    "errors have long tails, as the best formulas have them: some rows are far off while others near them are not, so "
    "the search went on under the loss 'student', which lets them count less. State loss: squared where that is wrong"
)


@dataclass(slots=True, eq=False)
class Pursuit:
    """A search of ``space``, which holds ``rows`` ``(n_rows,)`` of the problem; ``problem`` changes as it learns."""

    workshop: Workshop
    problem: Problem
    space: SearchSpace
    rows: Rows
    backend: Backend
    budget: Budget
    seed: int
    stop: Callable[[], bool]
    _started: float = field(default_factory=time.monotonic)
    _asked: int = 0

    def rounds(self) -> Iterator[Round]:
        """What the backend proposes; a round is asked how errors go once its candidates have been taken."""
        for one in self._proposed(self.budget):
            if one.noise == "relative" and self.problem.noise != one.noise:
                self._judge_by(self.problem.with_relative_errors())
            if not self._asks(one):
                yield one
                continue
            yield one if one.stop_reason is None else replace(one, stop_reason=None, turn=None)
            if (learnt := self._learnt()) is not None:
                yield from self._anew(one, *learnt)
                return
            if one.stop_reason is not None:
                yield replace(one, candidates=(), notes=(), rejections=())

    def _learnt(self) -> tuple[Problem, str] | None:
        """The problem as the laws that are near have its errors, with what is said of it; None where it stays."""
        problem, (growing, tails) = self.problem, self.workshop.saved_by_other_errors()
        growing, tails = growing * problem.may_change_noise, tails * problem.may_change_loss
        if growing > tails:
            return problem.with_relative_errors(), GROWING.format(target=problem.target)
        return (problem.with_long_tails(), LONG_TAILS) if tails else None

    def _anew(self, last: Round, problem: Problem, note: str) -> Iterator[Round]:
        """The search once more with what is left of the budget, which begins with the laws that are known."""
        left = self._left(last)
        self._judge_by(problem, is_last=left is None)
        told = replace(last, candidates=(), notes=(note,), rejections=(), turn=None)
        if left is None:
            yield replace(told, stop_reason=last.stop_reason or "time budget spent")
            return
        yield replace(told, stop_reason=None, complete_to_complexity=None)
        self.space = search_space(self.problem, self.rows)
        for one in self._proposed(left):  # its turns are of another space: a run that goes on comes here anew
            yield replace(one, evaluated=one.evaluated + last.evaluated, turn=None)

    def _proposed(self, budget: Budget) -> Iterator[Round]:
        """For the whole law or, where its form is given, for the unknown functions in it."""
        if self._has_form:
            finisher = self.workshop.finisher
            return propose_within(finisher, self.backend, self.space, budget, seed=self.seed, stop=self.stop)
        return self.backend.propose(self.space, budget, seed=self.seed, stop=self.stop)

    @property
    def _has_form(self) -> bool:
        template = self.problem.template
        return template is not None and not template.is_bare

    def _judge_by(self, problem: Problem, *, is_last: bool = False) -> None:
        self.problem = problem
        self.workshop.judge_by(*fitters_of(problem, self.backend, self.space, self.seed), is_last=is_last)

    def _asks(self, one: Round) -> bool:
        """Whether it is time to ask whether rows are far off."""
        if not (self.problem.may_change_loss or self.problem.may_change_noise):
            return False
        if self._has_form or one.stop_reason == INTERRUPTED:
            return False
        if not capabilities_of(self.backend).weights:
            return False
        due = one.stop_reason is not None
        if self._asked < len(ASKED_AT) and self._spent(one) >= ASKED_AT[self._asked]:
            self._asked, due = self._asked + 1, True
        return due

    def _spent(self, one: Round) -> float:
        """The part of the budget that is spent."""
        spent = 0.0
        if self.budget.time is not None:
            spent = (time.monotonic() - self._started) / self.budget.time
        if self.budget.evaluations is not None:
            spent = max(spent, one.evaluated / self.budget.evaluations)
        return spent

    def _left(self, one: Round) -> Budget | None:
        """What is left of the budget; None for too little."""
        if self._spent(one) > 1 - LEAST_LEFT:
            return None
        seconds, evaluations = self.budget.time, self.budget.evaluations
        return replace(
            self.budget,
            time=None if seconds is None else seconds - (time.monotonic() - self._started),
            evaluations=None if evaluations is None else evaluations - one.evaluated,
        )


def fitters_of(
    problem: Problem, backend: Backend, space: SearchSpace, seed: int
) -> tuple[Fitter, Fitter | EveryRow | None]:
    """Where candidates are fitted and finished, and, for a table that is too long for that, where its laws are.

    In passes over all rows; where errors, limits or folds ask for more than sums over rows, at once, and of a long
    table on so many rows as are held in memory.
    """
    sample, engine = problem.thinned(FINISHED_ROWS, seed), get_engine(backend.engine)
    fitter = make_fitter(sample, space.units, engine, backend.threads)
    if sample is problem:
        return fitter, None
    if may_be_followed(problem, fitter):
        return fitter, EveryRow(problem, fitter, problem.seed, LAST_STEPS)
    whole = make_fitter(problem.combed() if problem.is_long else problem, space.units, engine, backend.threads)
    if problem.template is None:  # the parameters of a form may have far to go
        whole = replace(whole, max_iterations=LAST_STEPS)
    return fitter, whole
