"""Where a measurement would tell two laws apart.

At a point x the laws predict f1 and f2, each with a variance from the errors of its constants (linearised, j C jᵀ with
j the derivatives by the constants and C their covariance), and a measurement there has the noise s. One measurement
separates the laws by

    z(x) = |f1 - f2| / sqrt(s² + var1 + var2)

standard deviations, n of them by the same with s²/n. The point of the largest z is sought in a box: many points spread
evenly, the best of them improved by scipy's form of Powell's method (1964), which needs no derivatives and keeps to
the box. Nobody sets an input exactly, and at the very edge of a pole any two laws differ, so what counts is the least z
of a point and its neighbours along every side. Designs that discriminate between models go back to Box and Hill (1967).

The noise is that of the residuals of the first law; where the table states uncertainties, that of the row that is
nearest in the inputs of the laws, enlarged where the residuals of the first law are larger than stated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from symreg.arrays import Floats
from symreg.certainty.input_box import InputBox
from symreg.engine import Program
from symreg.finishing import RESOLUTION
from symreg.fitting import Fitted, Fitter
from symreg.formula import lower, variables_of
from symreg.tables import Column

POINTS = 2000
"""Places tried in the box, spread evenly, before the best are improved: in three sides as dense as 13 along each. More
find narrower peaks; each costs both laws there and at two neighbours for every side. Set by hand."""

IMPROVED = 2  # of the points
NEIGHBOUR = 0.01  # of the side of a box: how far an input may be off
SEPARATED = 3.0  # standard deviations that tell two laws apart
MOST_REPEATS = 1_000_000
"""Measurements that an advice may ask for: with more, nobody measures, and reports say that no number is enough. Set by
hand: it changes words, and no verdict."""

ROUNDED_TO = (2, 3, 4, 6, 17)  # significant digits of a proposed measurement: the fewest that keep
KEPT_SEPARATION = 0.9  # this part of the separation, there and nearby
NEIGHBOURS = 20_000  # rows at most among which the nearest is sought


@dataclass(frozen=True, slots=True)
class Place:
    """A point where two laws differ: ``inputs`` are names with values and units as the user writes them.

    ``difference`` is |f1 - f2| in the target's unit, ``sigmas`` that in standard deviations of one measurement, and
    ``repeats`` the number of measurements there that tell the laws apart (3 standard deviations), None for more than a
    million.
    """

    inputs: tuple[tuple[str, float, str], ...]
    difference: float
    sigmas: float
    repeats: int | None

    def __str__(self) -> str:
        units = [unit if unit not in ("1", "dimensionless") else "" for _, _, unit in self.inputs]
        pairs = zip(self.inputs, units, strict=True)
        return ", ".join(f"{name} = {value:.12g} {unit}".rstrip() for (name, value, _), unit in pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """Two laws fitted to the same rows; inputs, predictions and noise are in natural units.

    ``used`` ``(n_inputs,)`` marks the inputs that occur in them, ``noise`` gives the standard deviation ``(n,)`` of a
    measurement at any inputs ``(n_inputs, n)``.
    """

    fitter: Fitter
    first: Fitted
    second: Fitted
    programs: tuple[Program, Program]
    used: np.ndarray
    noise: Callable[[Floats], Floats]

    def predictions(self, X: Floats) -> tuple[Floats, Floats]:
        """f1 - f2 and its variance from errors of constants, each ``(n,)``, at inputs ``(n_inputs, n)``."""
        (f1, j1), (f2, j2) = self._slopes(X)
        with np.errstate(all="ignore"):
            variance = _spread(j1, self.first.covariance) + _spread(j2, self.second.covariance)
            return f1 - f2, variance

    def sigmas(self, X: Floats) -> Floats:
        """z ``(n,)`` at inputs ``(n_inputs, n)``; 0 where one of the laws is undefined."""
        difference, variance = self.predictions(X)
        with np.errstate(all="ignore"):
            found = np.abs(difference) / np.sqrt(self.noise(X) ** 2 + variance)
        return np.where(np.isfinite(found), found, 0.0)

    def beyond_errors(self, X: Floats) -> Floats:
        """|f1 - f2| in its own standard errors ``(n,)``: both laws were fitted to the same noise, which cancels.

        A law that holds another as a special case differs from it by as many as its further constants differ from
        theirs. With least squares, constants are M J W y where M = (J W Jᵀ)⁻¹, so f1 - f2 is (j1ᵀM1 J1 - j2ᵀM2 J2) W y.
        The noise of y is alike in all rows, or what their residuals show (White 1980): whichever leaves more open.
        """
        fitter = self.fitter
        (f1, j1), (f2, j2) = self._slopes(X)
        (r1, J1), (_, J2) = self._slopes(fitter.X)
        weights = np.ones_like(fitter.y) if fitter.weights is None else fitter.weights
        with np.errstate(all="ignore"):
            a1, a2 = (_inverse((J * weights) @ J.T) @ j for J, j in ((J1, j1), (J2, j2)))
            equal = weights * _residual_variance(self.first, fitter)
            seen = (weights * (fitter.y - r1)) ** 2 * len(r1) / max(len(r1) - max(len(J1), len(J2)), 1)
            variance = np.maximum(*(_carried(noise, (J1, a1), (J2, a2)) for noise in (equal, seen)))
            found = np.abs(f1 - f2) / np.sqrt(np.maximum(variance, 0.0))
        rounding = np.abs(f1 - f2) <= 1e-6 * np.maximum(np.abs(f1), np.abs(f2))
        return np.where(rounding | np.isnan(found), 0.0, found)

    def _slopes(self, X: Floats) -> list[tuple[Floats, Floats]]:
        """Of each law the predictions ``(n,)`` and their derivatives by its constants ``(n_free, n)``."""
        pairs = zip(self.programs, (self.first, self.second), strict=True)
        X = np.ascontiguousarray(X)
        return [self.fitter.engine.jacobian(program, X, fitted.values) for program, fitted in pairs]


def _inverse(matrix: Floats) -> Floats:
    """Of a symmetric matrix, which may be empty; what the rows do not determine is left out."""
    return np.asarray(np.linalg.pinv(matrix, hermitian=True) if len(matrix) else matrix, dtype=np.float64)


def _carried(noise: Floats, one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> Floats:
    """Variance ``(n,)`` of a1ᵀJ1 e - a2ᵀJ2 e where e has the variances ``noise`` ``(n_rows,)``; pairs are J and a."""

    def product(left: tuple[Floats, Floats], right: tuple[Floats, Floats]) -> Floats:
        return np.asarray(np.einsum("an,ab,bn->n", left[1], (left[0] * noise) @ right[0].T, right[1]))

    return product(one, one) + product(other, other) - 2 * product(one, other)


def _spread(slopes: Floats, covariance: Floats) -> Floats:
    """Variance ``(n,)`` of predictions with these slopes ``(n_free, n)``; infinite where no errors are known."""
    if not np.isfinite(covariance).all():
        return np.full(slopes.shape[1], np.inf)
    return np.asarray(np.maximum(np.einsum("an,ab,bn->n", slopes, covariance, slopes), 0.0))


def _residual_variance(fitted: Fitted, fitter: Fitter) -> float:
    """Of one row of weight 1, with the constants counted; not below what rounding leaves."""
    free = max(len(fitter.y) - len(fitted.values), 1)
    floor = 1.0 if fitter.knows_errors else (RESOLUTION * float(np.std(fitter.y))) ** 2
    return max(fitted.residual_sum / free, floor)


def contest_of(first: Fitted, second: Fitted, fitter: Fitter, box: InputBox) -> Contest:
    """The contest of two laws that were fitted by ``fitter`` to rows in ``box``."""
    names = {name for one in (first, second) for name in variables_of(one.expression)}
    used = np.array([name in names for name in fitter.problem.inputs], dtype=bool)
    programs = (_program(first, fitter), _program(second, fitter))
    return Contest(fitter, first, second, programs, used, _noise_of(first, fitter, box, used))


def _program(fitted: Fitted, fitter: Fitter) -> Program:
    names = [constant.name for constant in fitted.constants]
    return lower(fitted.expression, fitter.problem.inputs, names, fitter.known)


def _noise_of(fitted: Fitted, fitter: Fitter, box: InputBox, used: np.ndarray) -> Callable[[Floats], Floats]:
    """The standard deviation ``(n,)`` of a measurement at any inputs, as the residuals of this law have it."""
    size = math.sqrt(_residual_variance(fitted, fitter))
    if fitter.weights is None or not used.any():
        sigma = size if fitter.weights is None else size / math.sqrt(float(np.median(fitter.weights)))
        return lambda X: np.full(X.shape[1], sigma)
    from scipy.spatial import cKDTree

    rows = slice(None, None, max(1, len(fitter.y) // NEIGHBOURS))
    tree = cKDTree(box.places(fitter.X[:, rows])[used].T)
    sigmas = size / np.sqrt(fitter.weights[rows])
    return lambda X: np.asarray(sigmas[tree.query(box.places(X)[used].T)[1]])


def best_place(contest: Contest, box: InputBox, seed: int) -> Place | None:
    """The point of the box where one measurement separates the laws most; None where it separates them nowhere."""
    varied = contest.used & (box.low < box.high)

    def separation(places: Floats) -> Floats:
        sides = np.flatnonzero(varied).tolist()
        around = [places, *(_moved(places, side, step) for side in sides for step in (-1, 1))]
        return np.asarray(contest.sigmas(box.at(np.hstack(around))).reshape(len(around), -1).min(axis=0))

    places = box.sample(POINTS, varied, np.random.default_rng([seed, 3]))
    order = np.argsort(-separation(places), kind="stable")[:IMPROVED]
    candidates = [places[:, order[:1]], *(_improved(separation, places[:, [index]], varied) for index in order)]
    best = max(candidates, key=lambda one: float(separation(one)[0]))
    if not separation(best)[0] > 0:
        return None
    return _place(
        contest, box.at(best), lambda x: min(float(separation(box.places(x))[0]), float(contest.sigmas(x)[0]))
    )


def _moved(places: Floats, side: int, step: int) -> Floats:
    """The neighbours along one side, within the box."""
    moved = places.copy()
    moved[side] = np.clip(moved[side] + step * NEIGHBOUR, 0.0, 1.0)
    return moved


def _improved(separation: Callable[[Floats], Floats], start: Floats, varied: np.ndarray) -> Floats:
    """The start ``(n_inputs, 1)`` moved uphill along the varied sides."""
    from scipy.optimize import minimize

    def against(moved: Floats) -> float:
        place = start.copy()
        place[varied, 0] = moved
        return -float(separation(place)[0])

    if not varied.any():
        return start
    answer = minimize(against, start[varied, 0], method="Powell", bounds=[(0.0, 1.0)] * int(varied.sum()))
    end = start.copy()
    end[varied, 0] = np.clip(answer.x, 0.0, 1.0)
    return end


def _place(contest: Contest, point: Floats, separation: Callable[[Floats], float]) -> Place:
    """The point as somebody would set it: in the user's units, with as few digits as it needs."""
    fitter = contest.fitter
    columns, factors = _columns(fitter)
    exact = [float(c.unit.from_si(x * f)) for c, x, f in zip(columns, point[:, 0], factors, strict=True)]
    goal = KEPT_SEPARATION * separation(point)
    for digits in ROUNDED_TO:
        values = [_rounded(value, digits, c.user_numbers) for value, c in zip(exact, columns, strict=True)]
        point = np.array([[float(c.unit.to_si(v)) / f] for c, v, f in zip(columns, values, factors, strict=True)])
        if separation(point) >= goal:
            break
    (difference,), (variance,) = contest.predictions(point)
    target = fitter.problem.target_column.unit
    shown = zip(contest.used, columns, values, strict=True)
    return Place(
        inputs=tuple((column.name, value, column.unit.text) for used, column, value in shown if used),
        difference=abs(float(difference)) * fitter.units.factor(target.dimension) / abs(target.scale),
        sigmas=float(contest.sigmas(point)[0]),
        repeats=_repeats(float(difference), float(variance), float(contest.noise(point)[0])),
    )


def _columns(fitter: Fitter) -> tuple[list[Column], list[float]]:
    """The inputs' columns, and one natural unit of each in SI."""
    columns = [fitter.problem.table[name] for name in fitter.problem.inputs]
    return columns, [fitter.units.factor(column.unit.dimension) for column in columns]


def sigmas_at(contest: Contest, inputs: Mapping[str, Floats]) -> Floats:
    """z ``(n,)`` at values of inputs in the user's units, each ``(n,)``; an input that is not used may be missing."""
    columns, factors = _columns(contest.fitter)
    length = len(next(iter(inputs.values()))) if inputs else 1
    X = np.ones((len(columns), length))
    for row, (column, factor) in enumerate(zip(columns, factors, strict=True)):
        if column.name in inputs:
            X[row] = np.asarray(column.unit.to_si(inputs[column.name])) / factor
    return contest.sigmas(X)


def _rounded(value: float, digits: int, column: Floats) -> float:
    """To so many digits; to a whole number where the column holds nothing else."""
    rounded = float(f"{value:.{digits - 1}e}")
    whole = bool((column == np.round(column)).all()) and float(np.ptp(column)) >= 2
    return float(round(rounded)) if whole else rounded


def _repeats(difference: float, variance: float, noise: float) -> int | None:
    """The least n with |difference| >= 3 sqrt(noise²/n + variance)."""
    room = (difference / SEPARATED) ** 2 - variance
    if not room > 0:
        return None
    needed = max(1.0, noise**2 / room)
    return math.ceil(needed * (1 - 1e-12)) if needed <= MOST_REPEATS else None
