"""Fits under a loss that is not the square of residuals: least squares, over and over, with weights of the last fit."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from symreg.arrays import Floats
from symreg.engine import Program
from symreg.engine.least_squares import linearise, unscaled_covariance
from symreg.fitting.fitted import Fitted
from symreg.fitting.leaving_out import left_out
from symreg.fitting.losses import (
    SMALLEST_SCALE,
    counts_of,
    density_of,
    deviations,
    equivalent_sum,
    least_squares_weights,
    likeliest_scale,
    slope_factor,
)
from symreg.formula import lower

if TYPE_CHECKING:
    from symreg.fitting.fitter import Fitter

MOST_REWEIGHTINGS = 25
"""Fits of one formula, at most: ten settle a handful of outliers, more are needed where a tenth of the rows are. What
has not settled by then is as good as settled for a comparison; set by hand."""

SETTLED = 1e-6
"""Part of the equivalent sum of squares that the last step gained, at most: a thousandth of a bit on a thousand rows
is a part of 1e-6."""


def weighed_deviations(fitter: Fitter, fitted: Fitted) -> Floats:
    """What the law leaves on each training row as the loss counts it, times the roots of the weights, ``(n_rows,)``."""
    found = deviations(fitter.loss, fitter.y, fitter.predict(fitted, fitter.X))
    return found if fitter.weights is None else np.asarray(found * np.sqrt(fitter.weights))


def left_under(fitter: Fitter, r: Floats) -> float:
    """The equivalent sum of squares of weighed deviations ``(n_rows,)``; infinite where one is."""
    if not np.isfinite(r).all():
        return math.inf
    return equivalent_sum(fitter.loss, r, scale_of(fitter, r), stated=fitter.knows_errors)


def scale_of(fitter: Fitter, r: Floats, start: float = 0.0) -> float:
    """What weighed deviations ``(n_rows,)`` are counted in: one where uncertainties are stated, else the likeliest
    scale, looked for from ``start`` on, if that is given.
    """
    if fitter.knows_errors:
        return 1.0
    smallest = SMALLEST_SCALE * fitter.spread or SMALLEST_SCALE  # below it, deviations are rounding
    return likeliest_scale(fitter.loss, r, smallest, start)


def reweighted(fitter: Fitter, fitted: Fitted) -> Fitted | None:
    """The fit that the loss has, from the constants of another; None where the law is undefined under the loss.

    Each step is a least squares fit within the limits of the constants, and what gains nothing is not kept.
    """
    program = lower(fitted.expression, fitter.problem.inputs, fitted.names, fitter.known)
    base = np.ones_like(fitter.y) if fitter.weights is None else fitter.weights
    roots, best, least, scale = np.sqrt(base), fitted, math.inf, 0.0
    for _ in range(MOST_REWEIGHTINGS):
        values = fitter.engine.evaluate(program, fitter.X, fitted.values, threads=fitter.threads)
        r = deviations(fitter.loss, fitter.y, values) * roots
        if not np.isfinite(r).all():
            break
        scale = scale_of(fitter, r, scale)
        total = equivalent_sum(fitter.loss, r, scale, stated=fitter.knows_errors)
        has_settled = total >= least * (1 - SETTLED)
        if total < least:
            best, least = fitted, total
        if has_settled or not fitted.is_loose.any():
            break
        weights = least_squares_weights(fitter.loss, fitter.y, values, r / scale, base)
        step = _least_squares(fitter, program, fitted, np.ascontiguousarray(weights))
        if step is None:
            break
        fitted = step
    return replace(best, residual_sum=least) if math.isfinite(least) else None


def _least_squares(fitter: Fitter, program: Program, fitted: Fitted, weights: Floats) -> Fitted | None:
    """The formula fitted again under these weights ``(n_rows,)``, within the limits of its constants."""
    if fitter.limits or fitted.held:
        return replace(fitter, loss="squared", weights=weights, first_counts=None).refitted(fitted)
    fit = fitter.engine.fit_many(
        [program], fitter.X, fitter.y, weights, [fitted.values], max_iterations=fitter.max_iterations,
        threads=fitter.threads,
    )[0]  # fmt: skip
    if not (math.isfinite(fit.residual_sum) and np.isfinite(fit.values).all()):
        return None
    return replace(fitted, values=fit.values, covariance=fit.covariance, outcome=fit.outcome)


def left_out_under(fitter: Fitter, fitted: Fitted) -> Floats:
    """Weighed deviations ``(n_rows,)``, each by a fit without its row, to first order."""
    r = weighed_deviations(fitter, fitted)
    if not np.isfinite(r).all():
        return np.full_like(r, np.inf)
    values, slopes = fitter.slopes(fitted)
    base = np.ones_like(r) if fitter.weights is None else np.sqrt(fitter.weights)
    says = np.sqrt(counts_of(fitter.loss, r / scale_of(fitter, r)))  # of each row in the last fit
    middle = float(np.exp(np.median(np.log(fitter.y))) if fitter.loss == "log" else np.median(fitter.y))
    away = deviations(fitter.loss, fitter.y, np.full_like(r, middle)) * base
    roots = slope_factor(fitter.loss, values) * base * says
    return left_out(r * says, slopes[fitted.is_loose] * roots, away * says) / says


def covariance_under(fitter: Fitter, fitted: Fitted) -> Floats:
    """Covariance of the constants ``(n_free, n_free)`` where the loss is least, NaN for those that were held.

    ``K**2 * s**2 * mean(psi**2)*n/(n - p) / mean(psi')**2 * inv(J.T @ W @ J)``, which asks not that errors have the
    loss's own density (Huber 1981, "Robust statistics", equation 7.6.10, with its correction K for few rows).
    """
    loose = np.flatnonzero(fitted.is_loose)
    covariance = np.full_like(fitted.covariance, np.nan)
    r = weighed_deviations(fitter, fitted)
    scale, density, n_rows = scale_of(fitter, r), density_of(fitter.loss), len(r)
    freedom = fitter.freedom(fitted)
    if not len(loose) or freedom <= 0 or not np.isfinite(r).all():
        return covariance
    values, slopes = fitter.slopes(fitted)
    roots = slope_factor(fitter.loss, values) * (1.0 if fitter.weights is None else np.sqrt(fitter.weights))
    triangle = linearise(slopes[loose] * roots, np.zeros_like(r))
    found = unscaled_covariance(triangle.R) if triangle.is_finite else None
    bends = density.bend(r / scale)
    bend = float(bends.mean())
    if found is None or not bend > 0:
        return covariance
    few = 1.0 + len(loose) / n_rows * float(bends.var()) / bend**2
    spread = (few * scale / bend) ** 2 * float(np.sum(density.psi(r / scale) ** 2)) / freedom
    covariance[np.ix_(loose, loose)] = spread * found
    return covariance
