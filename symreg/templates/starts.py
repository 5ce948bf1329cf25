"""Parameters of a form from far starts: many starts, a few steps from each, and the best of them to the end.

Where the user states a start it is taken. Other constants are drawn, one half of the starts by the shape of the form
and the sizes of the data (``shaped``), the other half from both signs and many magnitudes, in natural units, by seeds
of their own, so that a fit repeats; those that enter linearly are solved for by the engine before its first step,
wherever they start. Of what was reached the least sum of squares within the parameters' bounds counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

import numpy as np

from symreg.arrays import Floats
from symreg.engine import Outcome
from symreg.fitting import Fitted, Fitter, within_bounds
from symreg.formula import Expression, Number, walk
from symreg.problem import FreeConstant, Parameter, Template
from symreg.templates.shaped import shaped_starts

MOST_STARTS = 400
"""Of a form whose constants have none of their own (decision 0018). Time goes with them, and so does the chance to meet
the best minimum: of 190 tables of known forms 184 with all of them over both signs and eight decades, 189 with half of
them by the shape of the form."""

FEW_STEPS = 40
"""Iterations from each start before the best go on (decision 0018). More is spent on every start, fewer ranks starts by
where they began; set by hand."""

FIRST_STEP_ROWS = 400  # for the first steps
FINALISTS = 12
"""Starts fitted to the end on all rows, the best of different sums of squares (decision 0018). Each may take thousands
of steps; with fewer a minimum that is best only at the end is missed. Set by hand."""

LEAST_MAGNITUDE, LARGEST_MAGNITUDE = -5.0, 3.0  # decades, in natural units
FAR_START = 1e3  # from one, or its inverse
MINIMA_ALIKE = 1e-6  # of a sum of squares
TWINS = 1e-9
"""Of a sum of squares: fits that differ by less are one but for signs. A larger part might take another minimum for a
twin, a smaller one leaves the choice of signs to rounding; set by hand."""

SETTLED = (Outcome.CONVERGED, Outcome.MAX_ITERATIONS, Outcome.SINGULAR, Outcome.NO_FREE_CONSTANTS)


def from_many_starts(
    fitter: Fitter,
    template: Template,
    expression: Expression,
    constants: Sequence[FreeConstant],
    count: int = MOST_STARTS,
) -> Fitted | None:
    """The best fit of one formula; None where no start leads to one that is defined and within the bounds.

    ``constants`` are those of the formula with their own starts, which are tried too.
    """
    given = {one.name: one.start for one in template.parameters if one.start is not None}
    if all(constant.name in given for constant in constants):
        count = 0
    starts = _starts(fitter, template, expression, constants, count)
    quick = replace(on_few_rows(fitter, FIRST_STEP_ROWS), max_iterations=FEW_STEPS) if count else fitter
    started = [(expression, _starting(constants, one)) for one in starts]
    found = _within_bounds(fitter, template, quick.fit_freely(started) if count else fitter.fit(started))
    again = [(expression, _starting(constants, one.values)) for one in _distinct(found)[:FINALISTS]] if count else []
    return _best(_within_bounds(fitter, template, fitter.fit(again)) if count else found)


def on_few_rows(fitter: Fitter, most: int) -> Fitter:
    """The same on this many rows at most, evenly taken."""
    rows = np.unique(np.linspace(0, len(fitter.y) - 1, most).astype(int))
    return fitter.on_rows(rows)


def _within_bounds(fitter: Fitter, template: Template, fits: Sequence[Fitted | None]) -> list[Fitted]:
    settled = [one for one in fits if one is not None and one.outcome in SETTLED]
    return [one for one in settled if within_bounds(fitter, template, one)]


def _merit(fitted: Fitted) -> tuple[float, bool]:
    return fitted.residual_sum, fitted.outcome is not Outcome.CONVERGED


def _best(found: Sequence[Fitted]) -> Fitted | None:
    """The least sum of squares; of twins, which differ by signs that the form does not tell, the most positive one."""
    least = min(found, key=_merit, default=None)
    if least is None:
        return None
    alike = least.residual_sum * (1 + TWINS)
    twins = [one for one in found if one.residual_sum <= alike and one.outcome is least.outcome]
    return min(twins, key=lambda one: (int((one.values < 0).sum()), one.residual_sum))


def _distinct(found: Sequence[Fitted]) -> list[Fitted]:
    """The best of those that reached the same sum of squares, best first."""
    kept: list[Fitted] = []
    for one in sorted(found, key=_merit):
        if not kept or one.residual_sum > kept[-1].residual_sum * (1 + MINIMA_ALIKE):
            kept.append(one)
    return kept


def _starting(constants: Sequence[FreeConstant], values: Floats) -> tuple[FreeConstant, ...]:
    return tuple(replace(one, start=float(value)) for one, value in zip(constants, values, strict=True))


def _starts(
    fitter: Fitter, template: Template, expression: Expression, constants: Sequence[FreeConstant], count: int
) -> Floats:
    """Starts ``(count + 1, n_free)`` in natural units; the first are the constants' own and the user's.

    Of the others one half is drawn by the shape of the form and the sizes of the data, the other half without.
    """
    rng = np.random.default_rng(0)
    shape = (count + 1, len(constants))
    scales = rng.choice(_scales(fitter, expression), shape)
    sizes = 10 ** rng.uniform(LEAST_MAGNITUDE, LARGEST_MAGNITUDE, shape) * scales
    drawn: Floats = sizes * rng.choice([-1.0, 1.0], shape)
    by_name = {one.name: one for one in template.parameters}
    factors = {constant.name: fitter.units.factor(constant.dimension) for constant in constants}
    given = {name: by_name[name].start for name in factors if name in by_name}
    fixed = {name: start / factors[name] for name, start in given.items() if start is not None}
    drawn[1 : 1 + count // 2] = shaped_starts(fitter, expression, list(factors), fixed, count // 2)
    drawn[0] = [constant.start for constant in constants]
    for place, (name, factor) in enumerate(factors.items()):
        if name in by_name:
            drawn[:, place] = _as_wanted(by_name[name], drawn[:, place] * factor) / factor
    return drawn


def _scales(fitter: Fitter, expression: Expression) -> Floats:
    """Sizes to draw around: one, and those of pure numbers far from it, which natural units leave as they are: of
    columns and of numbers that the user wrote into the form, ``exp(-x*s/1.6e-16)``."""
    sizes = [float(np.median(np.abs(column[column != 0]))) for column in (*fitter.X, fitter.y) if column.any()]
    sizes += [abs(float(node.value)) for node in walk(expression) if isinstance(node, Number) and node.value]
    far = {one**power for one in sizes if not 1 / FAR_START < one < FAR_START for power in (-2, -1, 1, 2)}
    return np.array([1.0, *(one for one in sorted(far) if 0 < one < np.inf)])


def _as_wanted(parameter: Parameter, drawn: Floats) -> Floats:
    """Starts in SI: the user's, or the drawn ones moved into the bounds."""
    if parameter.start is not None:
        return np.full_like(drawn, parameter.start)
    low, high = parameter.lower, parameter.upper
    if isfinite(low) and isfinite(high):
        outside = (drawn < low) | (drawn > high)
        return np.asarray(np.where(outside, low + (high - low) * np.random.default_rng(1).random(len(drawn)), drawn))
    below, above = drawn < low, drawn > high
    return np.asarray(np.where(below, low + np.abs(drawn), np.where(above, high - np.abs(drawn), drawn)))
