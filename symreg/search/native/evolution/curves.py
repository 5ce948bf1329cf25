"""Curves: functions of one expression with constants inside, on a grid, for evolution to choose from.

A fit finds a rate, a frequency or the place of a peak only from near by. On the grid one is near; which one, the
residuals tell (``graft``), and the fit does the rest. Constants carry units where the problem lets them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Constant, Expression
from symreg.search.native.proposal import Draft

Floats = npt.NDArray[np.float64]
SCALES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # over the standard deviation
HALF_PERIODS = range(1, 13)  # in the range of the values: a fit does not find a frequency from another one's side
PLACES = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)  # quantiles
WIDTHS = (0.1, 0.25, 0.6, 1.5)  # standard deviations
RATIOS = (0.1, 0.3, 1.0, 3.0)  # of the median
A, B = Constant("k1"), Constant("k2")


def curves_of(
    tree: Expression, code: int, values: Floats, operators: frozenset[str], allowed: Sequence[int] | None
) -> Iterator[Draft]:
    """Curves over an expression with these values; constants have the ``allowed`` dimension codes, None: any."""
    spread = float(values.std())
    if not (math.isfinite(spread) and spread > 0):
        return
    if _may(allowed, -code) and "*" in operators:
        waves = [count * math.pi / float(np.ptp(values)) for count in HALF_PERIODS]
        scales = [scale / spread for scale in SCALES]
        grids = {"exp": [*scales, *(-scale for scale in scales)], "sin": waves, "cos": waves, "tanh": scales}
        for name, grid in grids.items():
            scaled = Apply(name, (Apply("*", (A, tree)),))
            for constant in grid if name in operators else ():
                yield Draft(scaled, ("k1",), (constant,), (-code,))
    if _may(allowed, code) and _may(allowed, -2 * code) and {"exp", "square", "-", "*"} <= operators:
        peak = Apply("exp", (Apply("*", (B, Apply("square", (Apply("-", (tree, A)),)))),))
        for place in np.quantile(values, PLACES).tolist():
            for width in WIDTHS:
                yield Draft(peak, ("k2", "k1"), (-((width * spread) ** -2), place), (-2 * code, code))
    if _may(allowed, code) and {"/", "+"} <= operators and (values > 0).all():
        saturated = Apply("/", (tree, Apply("+", (tree, A))))
        for ratio in RATIOS:
            yield Draft(saturated, ("k1",), (ratio * float(np.median(values)),), (code,))


def may_bend(code: int, allowed: Sequence[int] | None) -> bool:
    """Whether constants could stand inside a function of something of this dimension."""
    return _may(allowed, code) or _may(allowed, -code)


def _may(allowed: Sequence[int] | None, code: int) -> bool:
    return allowed is None or code in allowed
