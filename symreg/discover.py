"""From a problem to a ranked front of laws: the whole pipeline.

A backend proposes, every candidate is fitted on the training rows, the promising ones are written shorter, rechecked
and scored on rows they have never seen, and the front is ranked. The estimator, the experiment runner and the command
line are doors to this one function.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from symreg.allowed import is_allowed
from symreg.engine import get_engine
from symreg.errors import SymregError
from symreg.expression import Expression, complexity
from symreg.finishing import Finished, Finisher
from symreg.fitting import make_fitter
from symreg.law import Law, ParetoFront, pareto_front
from symreg.problem import Problem
from symreg.search.backend import Backend, Budget, Candidate, Native, Round
from symreg.search.native import SHRINKS
from symreg.search.space import search_space
from symreg.simplify import warm_simplifier

SEARCHED_ROWS = 20_000  # a longer table is searched on a sample, and fitted and scored on all rows
FINISHED_LAWS = 24  # candidates that are rewritten and simplified at the end
SIMPLIFIED_LAWS = 6
SIMPLIFY_SECONDS = 1.5  # for one formula
SIMPLIFY_BUDGET = 8.0  # for all of them
FINISHING_SHARE = 0.15  # of the time budget is kept for rewriting and simplifying, within these seconds
LEAST_FINISHING, MOST_FINISHING = 0.5, 6.0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands: for whoever watches."""

    elapsed: float
    evaluated: int
    complexity: int
    complete_to_complexity: int | None
    front: ParetoFront | None
    stage: str


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """The answer: the front, and what was and was not looked at."""

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


Observer = Callable[[Progress], None]


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

    ``seed`` defaults to the problem's own. ``observer`` is called after every round. When ``stop()`` turns true the
    best so far is fitted, ranked and returned with the status "interrupted". ``resume_from`` holds formulas of an
    earlier front, which are fitted first.
    """
    started = time.monotonic()
    backend, budget = backend or Native(), budget or Budget()
    stop = stop or (lambda: False)
    seed = problem.seed if seed is None else seed
    engine = get_engine(backend.engine)
    rows, notes = _searched_rows(problem, seed)
    space = search_space(problem, rows)
    fitter = make_fitter(problem, space.units, engine, backend.threads)
    with warm_simplifier(SIMPLIFY_SECONDS) as simplifier:
        finisher = Finisher(fitter, simplifier)
        workshop = Workshop(finisher)
        workshop.take(_guesses(problem, resume_from), "guess")
        last = Round((), 0, 0, 0, None, "nothing was searched")
        for last in backend.propose(space, _without_finishing(budget), seed=seed, stop=stop):
            workshop.take(last.candidates, backend.name)
            if observer is not None and last.stop_reason is None:
                elapsed = time.monotonic() - started
                front = workshop.quick_front()
                observer(Progress(elapsed, last.evaluated, last.level, last.complete_to_complexity, front, "search"))
        reason = last.stop_reason or "nothing is left to try"
        left = np.inf if budget.time is None else budget.time - (time.monotonic() - started)
        front = workshop.front(float(np.clip(left - LEAST_FINISHING, LEAST_FINISHING, SIMPLIFY_BUDGET)))
    return Discovery(
        problem=problem,
        front=front,
        status="interrupted" if reason == "interrupted" else "finished",
        stop_reason=reason,
        complete_to_complexity=last.complete_to_complexity,
        pruned_by_dimension=last.pruned_by_dimension,
        evaluated=last.evaluated,
        wall_seconds=time.monotonic() - started,
        engine=engine.name,
        backend=backend.name,
        notes=(*problem.notes, *notes),
    )


@dataclass(slots=True, eq=False)
class Workshop:
    """Candidates that were fitted so far, and the fronts made of them."""

    finisher: Finisher
    _finished: dict[Expression, Finished] = field(default_factory=dict)
    _laws: dict[Expression, Law] = field(default_factory=dict)

    def take(self, candidates: Sequence[Candidate], source: str) -> None:
        """Fit what is new on all training rows; what is undefined there is left out."""
        new = [one for one in candidates if one.expression not in self._finished]
        fits = self.finisher.fitter.fit([(one.expression, one.constants) for one in new])
        for fitted in fits:
            if fitted is not None and self.finisher.is_exact(fitted):
                self._finished[fitted.expression] = self.finisher.measured(fitted, source)

    def promising(self, count: int) -> list[Finished]:
        """The best by loss at their complexity or below, and the shortest descriptions, up to ``count``."""
        limit = self.finisher.fitter.problem.constraints.max_complexity + SHRINKS
        possible = [one for one in self._finished.values() if complexity(one.fitted.expression) <= limit]
        ordered = sorted(
            possible, key=lambda one: (complexity(one.fitted.expression), one.fitted.residual_sum)
        )
        front, least = [], float("inf")
        for one in ordered:
            if one.fitted.residual_sum < least:
                front.append(one)
                least = one.fitted.residual_sum
        short = sorted(possible, key=lambda one: one.bits)[: count // 2]
        chosen = {id(one): one for one in [*short, *front[-(count // 2) :], *front]}
        return list(chosen.values())[:count]

    def quick_front(self) -> ParetoFront:
        """The front of what is known now, without rewriting anything."""
        return pareto_front(self._allowed([self._law(one) for one in self.promising(12)]))

    def _law(self, finished: Finished) -> Law:
        key = finished.fitted.expression
        if key not in self._laws:
            self._laws[key] = self.finisher.law(finished)
        return self._laws[key]

    def front(self, seconds: float) -> ParetoFront:
        """The final front: rewritten, simplified (within these seconds), rechecked, ranked on held-out rows."""
        promising = self.promising(FINISHED_LAWS)
        promising += [shared for one in promising for shared in self.finisher.sharing(one)]
        short = [self.finisher.shortened(one) for one in promising]
        distinct = list({one.fitted.expression: one for one in short}.values())
        distinct.sort(key=lambda one: one.bits)
        chosen = _worth_simplifying(distinct)
        simple = self.finisher.simplified(chosen, seconds)
        again = [self.finisher.shortened(one) for one in simple]
        laws = [self.finisher.law(one) for one in {one.fitted.expression: one for one in again}.values()]
        kept = self._allowed(laws)
        # A number spelled out (2*pi) may be longer than the constant it replaced.
        return pareto_front(kept or self._allowed([self.finisher.law(self.finisher.tidied(one)) for one in promising]))

    def _allowed(self, laws: Sequence[Law]) -> list[Law]:
        constraints = self.finisher.fitter.problem.constraints
        return [law for law in laws if law.dimension_ok and is_allowed(law.expression, constraints)]


def _worth_simplifying(finished: Sequence[Finished]) -> list[Finished]:
    """The shortest descriptions, and those that no shorter formula fits better."""
    chosen, least = list(finished[:SIMPLIFIED_LAWS]), float("inf")
    for one in sorted(finished, key=lambda one: (complexity(one.fitted.expression), one.fitted.residual_sum)):
        if one.fitted.residual_sum < least:
            least = one.fitted.residual_sum
            chosen.append(one)
    return list({id(one): one for one in chosen}.values())


def _without_finishing(budget: Budget) -> Budget:
    """What is left to the search of a time budget."""
    if budget.time is None:
        return budget
    kept = float(np.clip(FINISHING_SHARE * budget.time, LEAST_FINISHING, MOST_FINISHING))
    return replace(budget, time=max(0.5 * budget.time, budget.time - kept))


def _searched_rows(problem: Problem, seed: int) -> tuple[np.ndarray, tuple[str, ...]]:
    rows = problem.train_rows
    if len(rows) <= SEARCHED_ROWS:
        return rows, ()
    chosen = np.sort(np.random.default_rng(seed).choice(rows, size=SEARCHED_ROWS, replace=False))
    return chosen, (f"searched on {SEARCHED_ROWS:,} of {len(rows):,} rows, fitted and scored on all",)


def _guesses(problem: Problem, formulas: Sequence[str]) -> list[Candidate]:
    """Formulas of the user and of an earlier front as candidates; those that no longer hold are left out."""
    from symreg.dimensioning import infer_dimensions
    from symreg.expression import constants_of
    from symreg.grammar import parse
    from symreg.search.backend import FreeConstant

    found = [Candidate(expression, (), "guess") for expression in problem.guesses]
    known = problem.dimensions
    for text in formulas:
        names = {constant.name for constant in problem.known_constants} | {"pi"}
        free = [f"k{n}" if n else "k" for n in range(30)]
        try:
            expression = parse(text, variables=problem.inputs, constants=names | set(free))
            dimensions = infer_dimensions(expression, known, problem.target_column.unit.dimension)
        except SymregError:
            continue
        constants = tuple(
            FreeConstant(name, dimensions[name], 1.0)
            for name in constants_of(expression)
            if name not in names and name in dimensions
        )
        found.append(Candidate(expression, constants, "resumed"))
    return found
