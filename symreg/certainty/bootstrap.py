"""Intervals from refits to data drawn anew: the studentised bootstrap.

Each redrawn table gives ``t = (constant - fitted) / standard error``, with its own standard error. The quantiles of t,
in place of Student's, make the interval (Efron and Tibshirani 1993, "An introduction to the bootstrap", section 12.5).
Unlike plain percentiles it holds what it promises on a dozen rows.

``residuals`` keeps the inputs and draws the residuals, each scaled to what it would be without its own pull on the fit
(divided by ``sqrt(1 - leverage)``, Davison and Hinkley 1997, "Bootstrap methods and their application", equation 6.9)
and by its row's weight. ``rows`` draws whole rows, which asks for nothing but that rows are independent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from symreg.fitting import Fitted, Fitter, Floats, deviations, limits_of, slope_factor
from symreg.problem import ROBUST

Resampling = Literal["residuals", "rows"]
RESAMPLES = 1000
"""Refits for one set of intervals: 25 lie beyond either end of 95 %, so that chance moves the tail of 2.5 % by 0.5 %.
Time goes with the number, chance with its inverse root; fewer than 20 are refused (``intervals``)."""

LEAST_SHARE = 0.5  # of the refits must have an end


def studentised_ends(
    fitter: Fitter, fitted: Fitted, level: float, resampling: Resampling, resamples: int, seed: int
) -> Floats:
    """Lower and upper ends in natural units, ``(2, n_free)``; NaN where too few refits determine the constant."""
    base = fitter.refitted(fitted)
    if base is None:
        return np.full((2, len(fitted.values)), np.nan)
    generator = np.random.default_rng(seed)
    drawn = _redrawn(fitter, base, generator) if resampling == "residuals" else _with_rows(fitter, generator)
    found = []
    for _ in range(resamples):
        refit = next(drawn).refitted(base)
        if refit is not None:
            with np.errstate(all="ignore"):
                found.append((refit.values - base.values) / refit.stderr)
    return _ends(fitter, base, np.array(found).reshape(-1, len(base.values)), level, resamples)


def _ends(fitter: Fitter, base: Fitted, ratios: Floats, level: float, resamples: int) -> Floats:
    ends = np.full((2, len(base.values)), np.nan)
    for index, column in enumerate(ratios.T):
        known = column[np.isfinite(column)]
        if len(known) >= LEAST_SHARE * resamples:
            low, high = np.quantile(known, [0.5 - level / 2, 0.5 + level / 2])
            ends[:, index] = base.values[index] - np.array([high, low]) * base.stderr[index]
    lower, upper = limits_of(fitter, base)
    return np.clip(ends, lower, upper, out=ends)


def _with_rows(fitter: Fitter, generator: np.random.Generator) -> Iterator[Fitter]:
    n_rows = len(fitter.y)
    while True:
        yield fitter.on_rows(generator.integers(n_rows, size=n_rows))


def _redrawn(fitter: Fitter, base: Fitted, generator: np.random.Generator) -> Iterator[Fitter]:
    predicted, slopes = fitter.slopes(base)
    weights = fitter.weights if fitter.loss == "log" else fitter.row_weights(base)
    root = np.ones_like(predicted) if weights is None else np.sqrt(weights)
    directions, _ = np.linalg.qr((slopes[base.is_loose] * slope_factor(fitter.loss, predicted) * root).T)
    leverage = np.minimum((directions**2).sum(axis=1), 1 - 1e-9)
    residuals = deviations(fitter.loss, fitter.y, predicted) * root / np.sqrt(1 - leverage)
    residuals -= residuals.mean() if fitter.loss not in ROBUST else np.median(residuals)
    while True:
        drawn = generator.choice(residuals, size=len(residuals)) / root
        y = predicted * np.exp(drawn) if fitter.loss == "log" else predicted + drawn
        yield replace(fitter, y=np.ascontiguousarray(y))
