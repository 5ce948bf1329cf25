"""How often the same law is selected from other rows like these.

The rows are weighted at random, as often as asked: weights from the exponential distribution, which is the Bayesian
bootstrap (Rubin 1981). Against drawing rows with replacement it has the advantage that no row is ever lost, so that
six rows with three constants remain six rows. Each time the constants of all laws are fitted again, description
lengths and the errors on judging rows are taken with these weights, and the law is selected by the same rule as ever
(``selection.py``). Where no rows are held out, the residuals of the refits that judge a law are weighted instead of
being made anew each time.

The dearer question is whether a search finds the same form: it is run again on random draws of four fifths of the
rows, without replacement, because a row that stands twice would look like a measurement that was repeated.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from symreg.arrays import Floats
from symreg.finishing import RESOLUTION
from symreg.fitting import Fitted, Fitter
from symreg.formula import Apply, Constant, Expression, constants_of, evaluate_tree, fold, variables_of
from symreg.laws import Law, Score, as_fitted, bits_of_fit, fitted_again, pareto_front
from symreg.problem import MIN_ROWS, FreeConstant, Problem
from symreg.units import DIMENSIONLESS

SAME_LAW = 1e-6  # of the target's root mean square: laws that differ by less are one, written in two ways
SHARE_OF_ROWS = 0.8  # in which a search is run again


@dataclass(frozen=True, slots=True)
class Stability:
    """Which form was selected how often in ``drawn`` draws; ``counts`` names formulas, the most frequent first.

    ``selected`` is the formula of the law that all rows select. ``searched`` says that every draw was searched anew,
    not only judged anew.
    """

    selected: str
    counts: tuple[tuple[str, int], ...]
    drawn: int
    searched: bool = False

    @property
    def times(self) -> int:
        """How often the form that all rows select was selected."""
        return dict(self.counts).get(self.selected, 0)

    @property
    def share(self) -> float:
        """The same as a part of the draws, from 0 to 1."""
        return self.times / self.drawn

    def __str__(self) -> str:
        if self.searched:
            draws = f"{self.drawn} searches, each on four fifths of the rows"
            return f"{self.selected} was found and selected again in {self.times} of {draws}"
        return f"{self.selected} is selected in {self.times} of {self.drawn} resamples of the rows"


def stability_of(
    laws: Sequence[Law],
    selected: Law,
    fitter: Fitter,
    *,
    resamples: int,
    seed: int,
    spent: Callable[[], bool] = lambda: False,
) -> Stability | None:
    """Select again from ``laws`` under ``resamples`` random weightings of the rows; None where none was made.

    ``spent()`` is asked before every weighting; when it is true those made so far count.
    """
    generator = np.random.default_rng([seed, 2])
    judge = _judge_of(laws, fitter, spent)
    if judge is None:
        return None
    chosen: Counter[str] = Counter()
    for _ in range(resamples):
        if spent():
            break
        again = judge.weighted(_weights(len(fitter.y), generator), generator)
        if again:
            chosen[pareto_front(again).best.formula] += 1
    names = _names_of_forms(laws, selected, fitter)
    merged: Counter[str] = Counter()
    for formula, times in chosen.items():
        merged[names[formula]] += times
    if not chosen:
        return None
    return Stability(selected.formula, tuple(merged.most_common()), sum(chosen.values()))


def _weights(n_rows: int, generator: np.random.Generator) -> Floats:
    """Random weights ``(n_rows,)`` of mean 1."""
    weights = generator.exponential(size=n_rows)
    return np.asarray(weights / weights.mean())


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    """Laws with what does not change from one weighting to the next.

    ``fixed`` are the bits of each law that its rows do not decide, ``residuals`` ``(n_laws, n_rows)`` those of the
    refits that judge, or None where rows are held out.
    """

    laws: Sequence[Law]
    fitter: Fitter
    fixed: Sequence[float]
    resolution: float
    residuals: Floats | None
    X: Floats
    y: Floats

    def weighted(self, weights: Floats, generator: np.random.Generator) -> list[Law]:
        """The laws as they are judged under these weights; those that are undefined are left out."""
        base = 1.0 if self.fitter.weights is None else self.fitter.weights
        fits = fitted_again(self.laws, self.fitter, base * weights)
        judging = weights if self.residuals is not None else _weights(len(self.y), generator)
        return [
            replace(
                law,
                description_length=fixed + bits_of_fit(fitted, self.fitter, self.resolution),
                held_out=self._score(number, fitted, judging),
            )
            for number, (law, fixed, fitted) in enumerate(zip(self.laws, self.fixed, fits, strict=True))
            if fitted is not None
        ]

    def _score(self, number: int, fitted: Fitted, weights: Floats) -> Score:
        """In natural units: laws are compared with each other only."""
        residuals = self.y - self.fitter.predict(fitted, self.X) if self.residuals is None else self.residuals[number]
        defined = np.isfinite(residuals)
        if not defined.any():
            return Score(float("nan"), float("nan"), len(self.y), len(self.y))
        weights, target = weights[defined], self.y[defined]
        error = float(np.sqrt(np.average(residuals[defined] ** 2, weights=weights)))
        spread = float(np.sqrt(np.average((target - np.average(target, weights=weights)) ** 2, weights=weights)))
        r2 = 1.0 - (error / spread) ** 2 if spread > 0 else float("nan")
        return Score(error, r2, len(self.y), int(np.count_nonzero(~defined)))


def _judge_of(laws: Sequence[Law], fitter: Fitter, spent: Callable[[], bool]) -> _Judge | None:
    """What all weightings share; None when time is spent on it already."""
    problem, resolution = fitter.problem, RESOLUTION * float(np.std(fitter.y))
    pairs = [(law, one) for law, one in zip(laws, fitted_again(laws, fitter), strict=True) if one is not None]
    fixed = [law.description_length - bits_of_fit(one, fitter, resolution) for law, one in pairs]
    residuals, X, y = None, fitter.X, fitter.y
    if problem.judge == "held-out":
        rows = problem.held_out_rows
        X, y = fitter.units.matrix(problem, rows), fitter.units.target_values(problem, rows)
    else:
        found = []
        for _, one in pairs:
            if spent():
                return None
            found.append(fitter.y - fitter.cross_validated(one))
        residuals = np.stack(found) if found else np.zeros((0, len(fitter.y)))
    return _Judge([law for law, _ in pairs], fitter, fixed, resolution, residuals, X, y)


def _names_of_forms(laws: Sequence[Law], selected: Law, fitter: Fitter) -> dict[str, str]:
    """One name for each form by the formulas in which it is written: the selected law's, then the simplest."""
    forms: list[tuple[str, Floats]] = []
    names: dict[str, str] = {}
    for law in sorted(laws, key=lambda law: (law.formula != selected.formula, law.complexity)):
        values = fitter.predict(as_fitted(law, fitter), fitter.X)
        alike = next((name for name, others in forms if agree(values, others, fitter.y)), None)
        if alike is None:
            forms.append((law.formula, values))
        names[law.formula] = alike or law.formula
    return names


def agree(one: Floats, other: Floats, target: Floats) -> bool:
    """Whether predictions ``(n_rows,)`` are the same up to rounding, at the size of ``target``."""
    with np.errstate(invalid="ignore"):
        difference = np.abs(one - other)
    return bool((difference <= SAME_LAW * np.sqrt(np.mean(target**2))).all())


def drawn_again(problem: Problem, generator: np.random.Generator) -> Problem:
    """The same question on a random draw of four fifths of its training rows and of its held-out rows."""

    def some(rows: np.ndarray, fewest: int) -> np.ndarray:
        count = max(fewest, round(SHARE_OF_ROWS * len(rows)))
        return np.sort(generator.choice(rows, size=min(count, len(rows)), replace=False))

    train = some(problem.train_rows, max(MIN_ROWS, problem.folds))
    return replace(problem, train_rows=train, held_out_rows=some(problem.held_out_rows, 0))


def is_same_form(law: Law, other: Law, fitter: Fitter) -> bool:
    """Whether two laws are the same function of the inputs once constants and numbers are fitted to the same rows.

    Numbers are, so that ``2*pi*sqrt(L/g)`` and ``k*sqrt(L/g)`` are one form; exponents are not.
    """
    if law.expression == other.expression:
        return True
    one, two = fitter.fit([_with_free_numbers(as_fitted(each, fitter)) for each in (law, other)])
    if one is None or two is None:
        return False
    return agree(fitter.predict(one, fitter.X), fitter.predict(two, fitter.X), fitter.y)


def _with_free_numbers(form: Fitted) -> tuple[Expression, tuple[FreeConstant, ...]]:
    """The formula with a free constant for every number in it that is no exponent."""
    taken = {*variables_of(form.expression), *constants_of(form.expression)}
    fresh = (name for number in itertools.count() if (name := f"n{number}") not in taken)
    freed: list[FreeConstant] = []

    def free(node: Expression) -> Expression:
        freed.append(FreeConstant(next(fresh), DIMENSIONLESS, float(evaluate_tree(node, {"pi": math.pi}))))
        return Constant(freed[-1].name)

    def rebuild(node: Expression, operands: tuple[Expression, ...]) -> Expression:
        if not isinstance(node, Apply) or all(map(_is_number, operands)):
            return node
        exponent = 1 if node.operator == "pow" else None
        kept = (
            free(each) if _is_number(each) and place != exponent else each for place, each in enumerate(operands)
        )
        return Apply(node.operator, tuple(kept))

    expression = fold(form.expression, rebuild)
    return expression, (*form.constants, *freed)


def _is_number(node: Expression) -> bool:
    return not variables_of(node) and set(constants_of(node)) <= {"pi"}
