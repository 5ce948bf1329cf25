"""Constants within bounds, and whole ones: where the free fit leaves them, they are brought back and the rest refitted.

The free fit stands wherever it keeps the limits. Where it does not, the bounded minimum is sought by the trust region
reflective method (Branch, Coleman and Li 1999, "A subspace, interior, and conjugate gradient method", in scipy), and
constants that end on a bound are put exactly there while the engine fits the others. Whole constants are rounded to
either side, each time with the rest refitted, and then moved by one as long as that fits better.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from symreg.engine import Outcome
from symreg.fitting.fitted import Fitted
from symreg.problem import FreeConstant, Template

if TYPE_CHECKING:
    from symreg.fitting.fitter import Fitter

Floats = npt.NDArray[np.float64]
AT_THE_BOUND = 1e-6  # of the distance between start and bound, or of the bound itself: this close is tried as on it
MOST_MOVES = 100
"""Moves of whole constants by one: they begin at the rounded minimum, so few are needed. It bounds a valley that goes
on; a move costs up to two refits for each whole constant. Set by hand."""

BETTER = 1e-12  # of a sum of squares


def limits_of(fitter: Fitter, fitted: Fitted) -> tuple[Floats, Floats]:
    """Lower and upper bounds of the constants in natural units, each ``(n_free,)``."""
    lower, upper = np.full(len(fitted.values), -np.inf), np.full(len(fitted.values), np.inf)
    for index, constant in enumerate(fitted.constants):
        limit = fitter.limits.get(constant.name)
        if limit is not None:
            factor = fitter.units.factor(constant.dimension)
            lower[index], upper[index] = limit.lower / factor, limit.upper / factor
    return lower, upper


def within_limits(fitter: Fitter, fitted: Fitted) -> Fitted | None:
    """The best fit within the limits, given the best without; None where the formula is undefined there."""
    limited = [constant.name for constant in fitted.constants if constant.name in fitter.limits]
    if not limited:
        return fitted
    lower, upper = limits_of(fitter, fitted)
    inside = bool(((fitted.values >= lower) & (fitted.values <= upper)).all())
    found = fitted if inside else _bounded(fitter, fitted, lower, upper)
    whole = [name for name in limited if fitter.limits[name].whole]
    return _whole(fitter, found, whole) if found is not None and whole else found


def _bounded(fitter: Fitter, fitted: Fitted, lower: Floats, upper: Floats) -> Fitted | None:
    """The minimum within bounds; of several starts the best."""
    starts = [fitted.values, np.array([constant.start for constant in fitted.constants]), _middle(lower, upper)]
    found = [
        one
        for start in starts
        if (one := _descended(fitter, fitted, np.clip(start, lower, upper), (lower, upper))) is not None
    ]
    if not found:
        return None
    best = min(found, key=lambda one: one.residual_sum)
    return _on_bounds(fitter, best, _reached(best, fitted.values, lower, upper), (lower, upper))


def _reached(best: Fitted, free: Floats, lower: Floats, upper: Floats) -> dict[str, float]:
    """Constants that are as good as on a bound, with the bound; ``free`` is where they would be without."""
    held: dict[str, float] = {}
    for index, name in enumerate(best.names):
        for bound in (float(lower[index]), float(upper[index])):
            reach = AT_THE_BOUND * (abs(bound) + abs(float(free[index]) - bound))
            if math.isfinite(bound) and abs(float(best.values[index]) - bound) <= reach:
                held[name] = bound
    return held


def _middle(lower: Floats, upper: Floats) -> Floats:
    """A point well inside: the middle, or one beyond the only bound, or zero."""
    ends = np.isfinite(lower).astype(int) + 2 * np.isfinite(upper).astype(int)
    with np.errstate(invalid="ignore"):
        middle = np.choose(ends, [np.zeros_like(lower), lower + 1, upper - 1, (lower + upper) / 2])
    return np.asarray(middle, dtype=np.float64)


def _descended(
    fitter: Fitter, fitted: Fitted, start: Floats, bounds: tuple[Floats, Floats]
) -> Fitted | None:
    from scipy.optimize import least_squares

    root = np.ones_like(fitter.y) if fitter.first_weights is None else np.sqrt(fitter.first_weights)

    def residuals(values: Floats) -> Floats:
        rest: Floats = root * (fitter.predict(replace(fitted, values=values), fitter.X) - fitter.y)
        return rest

    def slopes(values: Floats) -> Floats:
        return np.ascontiguousarray((root * fitter.slopes(replace(fitted, values=values))[1]).T)

    try:
        with np.errstate(all="ignore"):
            found = least_squares(
                residuals, start, slopes, bounds, x_scale="jac", ftol=1e-15, xtol=1e-12, gtol=1e-15, max_nfev=500
            )
    except (ValueError, np.linalg.LinAlgError):  # undefined at the start, or a slope that is
        return None
    return replace(fitted, values=np.asarray(found.x), residual_sum=2 * float(found.cost))


def _on_bounds(
    fitter: Fitter, best: Fitted, held: Mapping[str, float], bounds: tuple[Floats, Floats]
) -> Fitted:
    """``best`` with these constants exactly on their bounds, unless that is worse or drives others out of theirs."""
    on_bound = holding(fitter, best, held)
    if on_bound is not None:
        inside = ((on_bound.values >= bounds[0]) & (on_bound.values <= bounds[1])).all()
        if inside and on_bound.residual_sum <= best.residual_sum * (1 + 1e-6):
            return on_bound
    return replace(best, covariance=np.full_like(best.covariance, np.nan))


def holding(fitter: Fitter, fitted: Fitted, held: Mapping[str, float]) -> Fitted | None:
    """The fit with these constants at these values and the others at their best within their limits.

    ``held`` is in natural units. None where the formula is undefined with them.
    """
    rest = [
        replace(constant, start=float(value))
        for constant, value in zip(fitted.constants, fitted.values, strict=True)
        if constant.name not in held
    ]
    holder = fitter.holding(held)
    if fitter.loss == "squared":
        found = holder.fit_freely([(fitted.expression, rest)])[0]
        found = None if found is None else within_limits(holder, found)
    else:
        found = holder.refitted(_starting(fitted, rest))
    return None if found is None else joined(fitted, found, held)


def _starting(fitted: Fitted, rest: Sequence[FreeConstant]) -> Fitted:
    """The formula with these constants where they start."""
    unknown = np.full((len(rest), len(rest)), np.nan)
    values = np.array([constant.start for constant in rest])
    return Fitted(fitted.expression, tuple(rest), values, unknown, math.nan, Outcome.CONVERGED)


def joined(fitted: Fitted, rest: Fitted, held: Mapping[str, float]) -> Fitted:
    """The fit of the ``rest`` with the constants that were held back in their places."""
    place = {name: index for index, name in enumerate(rest.names)}
    values = np.array([held[name] if name in held else rest.values[place[name]] for name in fitted.names])
    loose = [index for index, name in enumerate(fitted.names) if name not in held]
    covariance = np.full((len(values), len(values)), np.nan)
    covariance[np.ix_(loose, loose)] = rest.covariance
    return replace(
        fitted, values=values, covariance=covariance, residual_sum=rest.residual_sum, outcome=rest.outcome,
        held=(*held, *rest.held),
    )  # fmt: skip


def _whole(fitter: Fitter, fitted: Fitted, names: list[str]) -> Fitted | None:
    """The best fit with these constants at whole numbers."""
    tried: dict[tuple[int, ...], Fitted | None] = {}

    def fit(numbers: tuple[int, ...]) -> Fitted | None:
        if numbers not in tried:
            tried[numbers] = _with_numbers(fitter, fitted, dict(zip(names, numbers, strict=True)))
        return tried[numbers]

    near = [fitted.values[fitted.names.index(name)] for name in names]
    found = [fit(numbers) for numbers in itertools.product(*({math.floor(v), math.ceil(v)} for v in near))]
    if all(one is None for one in found):
        return None
    for _ in range(MOST_MOVES):
        best = min((numbers for numbers, one in tried.items() if one is not None), key=lambda n: _sum(tried[n]))
        if not any(_sum(fit(moved)) < _sum(tried[best]) * (1 - BETTER) for moved in _moves(best)):
            break
    return tried[best]


def _sum(fitted: Fitted | None) -> float:
    return math.inf if fitted is None else fitted.residual_sum


def _moves(numbers: tuple[int, ...]) -> Iterable[tuple[int, ...]]:
    for place, step in itertools.product(range(len(numbers)), (-1, 1)):
        yield (*numbers[:place], numbers[place] + step, *numbers[place + 1 :])


def _with_numbers(fitter: Fitter, fitted: Fitted, numbers: Mapping[str, int]) -> Fitted | None:
    """The others fitted with these constants at these whole numbers; None beyond their bounds."""
    if not all(fitter.limits[name].holds(number) for name, number in numbers.items()):
        return None
    return holding(fitter, fitted, {name: float(number) for name, number in numbers.items()})


def within_bounds(fitter: Fitter, template: Template, fitted: Fitted) -> bool:
    """Whether every parameter lies where the user wants it."""
    bounds = {one.name: one for one in template.parameters}
    for constant, value in zip(fitted.constants, fitted.values, strict=True):
        if constant.name in bounds:
            si = float(value) * fitter.units.factor(constant.dimension)
            if not bounds[constant.name].lower <= si <= bounds[constant.name].upper:
                return False
    return True
