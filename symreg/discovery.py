"""From a problem to a ranked front of laws: the whole pipeline.

A backend proposes, every candidate is fitted on the training rows, the promising ones are written shorter, rechecked
and scored on rows they have never seen, and the front is ranked. The estimator, the experiment runner and the command
line are doors to this one function.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from symreg.engine import Engine, get_engine
from symreg.errors import DimensionError, SymregError
from symreg.finishing import GUESS, Finisher, Workshop
from symreg.formula import Expression, constants_of, infer_dimensions, parse, warm_simplifier
from symreg.laws import Choice, Law, Moment, ParetoFront
from symreg.problem import Candidate, FreeConstant, Problem, designed_rows
from symreg.pursuit import FINISHED_ROWS, LEAST_LEFT, Pursuit, fitters_of
from symreg.search import (
    INTERRUPTED,
    Backend,
    Budget,
    Heard,
    Native,
    Rejection,
    Round,
    Screening,
    check_backend,
    screened,
    search_space,
    unmet,
    vouched_first,
    without_equals,
)
from symreg.typesetting import bundle, html_list, told
from symreg.units import DIMENSIONLESS
from symreg.watching import FIT, SIMPLIFY, Observer, Watch
from symreg.watching import Progress as Progress

if TYPE_CHECKING:
    from symreg.certainty import Robustness

SEARCHED_ROWS = 20_000  # a longer table is searched on a sample, and fitted and scored on all rows
SECONDS_OF_A_ROW = 1.0e-6
"""Kept for the end for each row of a table that is longer: a dozen laws fitted and scored on all rows, each for some 85
nanoseconds on one core. Less has laws fitted to fewer rows, more leaves the search less."""

SECONDS_OF_A_FINISHED_ROW = 3.0e-5
"""Kept for the end for each row on which laws are finished: two dozen are rewritten, each with some dozens of fits to
these rows, and perhaps all that are near are weighed anew. One and a half seconds at most."""

LEAST_SEARCHED = 0.6
"""Of the time budget, is for the search however long the table is: a law that was found and fitted to a part of the
rows is worth more than one that was not found. Fits to all rows end in time by themselves, on fewer rows."""

SIMPLIFY_SECONDS = 1.5  # for one formula
SIMPLIFY_BUDGET = 8.0  # for all of them
FINISHING_SHARE = 0.2  # of the time budget is kept for rewriting and simplifying, within these seconds
LEAST_FINISHING, MOST_FINISHING = 0.5, 6.0
"""Seconds kept at least (budgets up to 2.5 s) and at most (from 30 s); the least is also left after Ctrl-C. More leaves
more laws simplified and the search less time; set by hand."""

SHOWING_SECONDS, SHOWING_SHARE = 1.0, 0.1
"""Kept, when formulas are simplified, for the form in which they are shown: a tenth of a second a law, and no more than
this share of the time budget. With none kept ten seconds that were asked took up to thirteen."""

UNHURRIED = 120.0
"""Seconds for simplifying, and again for the runners-up, where no time is budgeted: a bound on sympy only. With less,
results begin to depend on the speed of the machine; set by hand."""

OUT_OF_MEMORY = "the system gave no more memory; budget.memory was more than there is"


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """The answer: the front, and what was and was not looked at.

    No expression of complexity ``complete_to_complexity`` or less was left out (None: not known); ``evaluated``
    combinations were looked at, and ``pruned_by_dimension`` were not. ``runners_up`` are laws that came near the front,
    shortest message first. ``rejections`` are hypotheses that did not become candidates, in the order in which they
    were proposed. ``robustness`` is what an examination of the answer found (``certainty.examined``), or None.
    ``history`` is the time course of the best law, a moment for each change; a run that is read again has none.
    ``screening`` says of each column of a wide table why it entered or did not; None where all did.
    """

    problem: Problem
    front: ParetoFront
    status: Literal["finished", "interrupted", "failed"]
    stop_reason: str
    complete_to_complexity: int | None
    pruned_by_dimension: int
    evaluated: int
    wall_seconds: float
    engine: str
    backend: str
    notes: tuple[str, ...] = ()
    runners_up: tuple[Law, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    robustness: Robustness | None = None
    history: tuple[Moment, ...] = ()
    screening: Screening | None = None

    def at(self, stage: str, seconds: float | None = None) -> Progress:
        """For whoever watches: a stage begins after the search, so many seconds after its beginning.

        The level searched last is no longer known then; the complexity is what the search is complete to.
        """
        elapsed = self.wall_seconds if seconds is None else seconds
        level, known = self.complete_to_complexity or 0, self.complete_to_complexity
        return Progress(elapsed, self.evaluated, level, known, self.front, stage)

    def using(self, choice: Choice) -> Discovery:
        """The same with another law of the front selected, for who wants its report; see ``ParetoFront.using``."""
        return replace(self, front=self.front.using(choice))

    def __repr__(self) -> str:
        best = self.front.best.summary() if self.front.laws else "no law found"
        return told("Discovery", f"{best}; {self._ending}")

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """The selected law, the front and what is to be said of both."""
        laws = self.front._repr_html_()
        law = self.front.best._repr_html_() if 0 <= self.front.selected < len(self.front) else ""
        sure = () if self.robustness is None else self.robustness.findings
        said = dict.fromkeys([self._ending, *self.problem.notes, *sure, *self.notes])
        return bundle(repr(self), f"<div>{law}{laws}{html_list(said)}</div>")

    @property
    def _ending(self) -> str:
        return f"{self.status} after {self.wall_seconds:.1f} s ({self.stop_reason}); {self.evaluated:,} evaluated"


def discover(
    problem: Problem,
    *,
    backend: Backend | None = None,
    budget: Budget | None = None,
    seed: int | None = None,
    observer: Observer | None = None,
    stop: Callable[[], bool] | None = None,
    resume_from: Sequence[str] = (),
) -> Discovery:
    """Search for laws of ``problem`` and rank them.

    ``backend`` is ``Native()``, ``budget`` is ``Budget()``, a minute, and ``seed`` the problem's own, unless given.
    ``observer`` is called after every round but the last, when the stages begin that follow, and at the end;
    ``show_progress()`` makes one that prints. When ``stop()`` turns true the best so far is fitted, ranked and returned
    with the status "interrupted". ``resume_from`` holds formulas of an earlier front, which are fitted first; those
    that do not fit the problem are left out. The front is empty where no law is defined on the data.
    Raises, before any search, ``BackendError`` where the backend lacks what it needs or cannot search a form,
    ``EngineError`` where its engine is not there, and ``DimensionRangeError`` for exponents beyond what a search holds.
    """
    started, rejections = time.monotonic(), tuple[Rejection, ...]()
    backend, budget = backend or Native(), budget or Budget()
    stop, seed = stop or (lambda: False), problem.seed if seed is None else seed
    engine = get_engine(backend.engine)
    check_backend(backend, problem)
    asked, (rows, notes) = problem, _searched_rows(problem, seed)
    problem, screening = screened(problem, rows, seed, budget.time)
    problem, equal = without_equals(problem, rows)
    notes = (*notes, *equal, *unmet(backend, problem, budget), *_note_on_engine(backend, engine))
    space = search_space(problem, rows)
    with linear_algebra_on(backend.threads), warm_simplifier(SIMPLIFY_SECONDS) as simplifier:
        fitter, whole = fitters_of(problem, backend, space, seed)
        workshop = Workshop(Finisher(fitter, simplifier), whole)
        workshop.take(_guesses(problem, resume_from), GUESS)
        last, watch = Round((), 0, 0, 0, None, "nothing was searched"), Watch(workshop, budget, started, observer)
        heard, part = Heard(vouched_first(backend, screening)), _search_part(budget, problem, watch.elapsed)
        pursuit = Pursuit(workshop, problem, space, rows, heard, part, seed, stop)
        for last in _until_memory_ends(pursuit.rounds()):
            last = last if screening is None else replace(last, complete_to_complexity=None)  # not of all columns
            workshop.take(last.candidates, last.backend or backend.name)
            notes = (*notes, *last.notes)
            rejections = (*rejections, *last.rejections)
            if last.stop_reason is None:
                watch.look(last)
        reason = last.stop_reason or "nothing is left to try"
        watch.enter(FIT, last)
        workshop.due = _due(budget, started, reason)
        front = workshop.front(_finishing_seconds(budget, watch, reason, problem), partial(watch.enter, SIMPLIFY, last))
        unhurried = budget.time is None and reason != INTERRUPTED
        runners_up = workshop.runners_up(front, UNHURRIED if unhurried else LEAST_FINISHING)
    watch.history.note(watch.elapsed, last.evaluated, front)
    found = Discovery(
        problem=replace(pursuit.problem, inputs=asked.inputs),
        front=front,
        status=INTERRUPTED if reason == INTERRUPTED else "finished",
        stop_reason=reason,
        complete_to_complexity=last.complete_to_complexity,
        pruned_by_dimension=last.pruned_by_dimension,
        evaluated=last.evaluated,
        wall_seconds=watch.elapsed,
        engine=engine.name,
        backend=backend.name,
        notes=(*problem.notes, *(() if screening is None else (screening.note,)), *notes, *workshop.notes),
        runners_up=runners_up,
        rejections=rejections,
        history=tuple(watch.history.moments),
        screening=screening,
    )
    watch.end(found.status, front, last)
    return found


def _note_on_engine(backend: Backend, engine: Engine) -> tuple[str, ...]:
    """What is to be said where nobody has asked for the slow engine."""
    if backend.engine != "auto" or engine.name != "numpy":
        return ()
    return ("the compiled core is not installed: the NumPy engine gives the same laws and takes longer",)


def linear_algebra_on(threads: int) -> AbstractContextManager[object]:
    """Matrices are multiplied on as many threads as the search has.

    Those of NumPy would take every core for matrices that one core is done with sooner, and wait for each other where
    somebody else works.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    found: AbstractContextManager[object] = threadpool_limits(limits=threads, user_api="blas")
    return found


def _until_memory_ends(rounds: Iterator[Round]) -> Iterator[Round]:
    """The rounds of a search; where the system gives it no more memory, an end that says so, with the best so far."""
    last = Round((), 0, 0, 0, None)
    try:
        for last in rounds:
            yield last
    except MemoryError:
        yield replace(last, candidates=(), notes=(), rejections=(), stop_reason=OUT_OF_MEMORY)


def _search_part(budget: Budget, problem: Problem, elapsed: float) -> Budget:
    """What is left to the search of a time budget, of which so many seconds have passed."""
    if budget.time is None:
        return budget
    kept = float(np.clip(FINISHING_SHARE * budget.time, LEAST_FINISHING, MOST_FINISHING))
    kept += SECONDS_OF_A_FINISHED_ROW * min(len(problem.train_rows), FINISHED_ROWS) + _rows_seconds(problem)
    end = max(LEAST_SEARCHED * budget.time, budget.time - kept)
    return replace(budget, time=max(end - elapsed, LEAST_LEFT * budget.time))


def _finishing_seconds(budget: Budget, watch: Watch, reason: str, problem: Problem) -> float:
    """Seconds for simplifying: little once somebody waits, all it takes where time is not what is counted."""
    if reason == INTERRUPTED:
        return LEAST_FINISHING
    if budget.time is None:
        return UNHURRIED
    left = budget.time - watch.elapsed - _rows_seconds(problem)
    showing = max(LEAST_FINISHING, min(SHOWING_SECONDS, SHOWING_SHARE * budget.time))
    return float(np.clip(left - showing, LEAST_FINISHING, SIMPLIFY_BUDGET))


def _due(budget: Budget, started: float, reason: str) -> float | None:
    """When laws are to be fitted to all rows of a long table, by ``time.monotonic()``; None for as long as it takes."""
    if reason == INTERRUPTED:
        return time.monotonic()
    return None if budget.time is None else started + budget.time


def _rows_seconds(problem: Problem) -> float:
    """Seconds kept for fits to all rows of a table that is too long to be finished on."""
    return SECONDS_OF_A_ROW * float(max(0, len(problem.train_rows) - FINISHED_ROWS))


def _searched_rows(problem: Problem, seed: int) -> tuple[np.ndarray, tuple[str, ...]]:
    rows = problem.train_rows
    if len(rows) <= SEARCHED_ROWS:
        return rows, ()
    note = f"searched on {SEARCHED_ROWS:,} of {len(rows):,} rows, half at random and half spread over the ranges"
    return designed_rows(problem, SEARCHED_ROWS, seed), (note,)


def _guesses(problem: Problem, formulas: Sequence[str]) -> list[Candidate]:
    """Formulas of the user and of an earlier front as candidates; those that no longer hold are left out."""
    known = {one.name for one in (*problem.known_constants, *problem.units_of_inputs.values())} | {"pi"}
    free = {"k", *(f"k{number}" for number in range(1, 30))}
    free |= {limit.name for limit in problem.free_constants.limits}
    free |= {f"{one.name}{number}" for one in problem.free_constants.names for number in ("", *range(1, 30))}
    free |= set() if problem.template is None else set(problem.template.parameter_names)
    found = [*problem.guesses]
    for text in formulas:
        with contextlib.suppress(SymregError):
            found.append(parse(text, variables=problem.inputs, constants=known | free))
    return [candidate for one in found if (candidate := _candidate(problem, one, known)) is not None]


def _candidate(problem: Problem, expression: Expression, known: Collection[str]) -> Candidate | None:
    """The formula with the dimensions that its free constants must have; None where there are none."""
    units = {one.name: one.unit.dimension for one in problem.units_of_inputs.values()}
    dimensions = problem.dimensions | units | {"pi": DIMENSIONLESS}
    try:
        inferred = infer_dimensions(expression, dimensions, problem.target_column.unit.dimension)
    except DimensionError:
        return None
    free = [name for name in constants_of(expression) if name not in known]
    constants = tuple(FreeConstant(name, inferred.get(name, DIMENSIONLESS), 1.0) for name in free)
    return Candidate(expression, constants, GUESS)
