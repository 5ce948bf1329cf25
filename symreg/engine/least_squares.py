"""Levenberg-Marquardt, in the form that the compiled core repeats step by step.

At constants ``c`` with weighted residuals ``r = sqrt(w) (y - f)`` and ``J = sqrt(w) df/dc`` the step solves

    minimise |r - J d|^2 + lambda |D d|^2

where ``D`` holds the largest column norms of ``J`` met so far (Marquardt's scaling in the form of More 1978): it makes
the method blind to the units of the constants. ``J`` is reduced to its triangle by QR, never squared. The gain ratio
``rho`` = (fall of the sum of squares) / (fall that the linear model promised) steers ``lambda`` as in Nielsen 1999.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from symreg.engine.program import Fit, Floats, Outcome

FIRST_DAMPING = 1e-3
LEAST_DAMPING = 1e-24
LEAST_GAIN = 1e-4
SMALL_FALL = 1e-14  # of the sum of squares
SMALL_STEP = 1e-12  # of the scaled constants
EXACT = 1e-30  # sum of squares / sum of squared targets at the rounding of float64
ROUNDING = 1e-20  # below this ratio the residuals are too close to rounding for a verdict on their slope
STEEP = 1e-3  # cosine between residuals and a column of J that a minimum does not have
WORST_CONDITION = 1e12  # of the column-scaled triangle


@dataclass(frozen=True, eq=False)
class Linearisation:
    """``J`` and ``r`` after QR: ``|r - J d|^2 = |q - R d|^2 + const``."""

    R: Floats  # (n_free, n_free) upper triangle
    q: Floats  # (n_free,)

    @property
    def is_finite(self) -> bool:
        return bool(np.isfinite(self.R).all() and np.isfinite(self.q).all())

    @property
    def column_norms(self) -> Floats:
        return np.sqrt((self.R * self.R).sum(axis=0))


def minimise(
    residuals: Callable[[Floats], Floats],
    slopes: Callable[[Floats], Floats],
    start: Floats,
    target_square: float,
    max_iterations: int,
) -> Fit:
    """Minimise ``|residuals(c)|^2`` from ``start``; ``slopes(c)`` is ``J`` with shape ``(n_free, n_rows)``."""
    p = start.size
    r = residuals(start)
    total = float(r @ r)
    if not np.isfinite(total):
        return Fit(start.copy(), np.full((p, p), np.nan), float("nan"), Outcome.NONFINITE, 0)
    if p == 0:
        return Fit(start.copy(), np.empty((0, 0)), total, Outcome.NO_FREE_CONSTANTS, 0)
    model = linearise(slopes(start), r)
    if not model.is_finite:
        return Fit(start.copy(), np.full((p, p), np.nan), float("nan"), Outcome.NONFINITE, 0)
    c, scale = start.copy(), model.column_norms
    damping, growth = FIRST_DAMPING, 2.0
    outcome, met_nonfinite, iteration = Outcome.MAX_ITERATIONS, False, 0
    while iteration < max_iterations:
        if total <= EXACT * target_square:
            outcome = Outcome.CONVERGED
            break
        iteration += 1
        D = np.where(scale > 0, scale, 1.0)
        step, promised = damped_step(model.R / D, model.q, damping)
        small = promised <= SMALL_FALL * total or norm(step) <= SMALL_STEP * norm(D * c)
        trial = c + step / D
        r = residuals(trial)
        trial_total = float(r @ r)
        gain = (total - trial_total) / promised if promised > 0 else 0.0
        accepted = False
        if not np.isfinite(trial_total):
            met_nonfinite = True
        elif trial_total <= total if small else gain > LEAST_GAIN:
            trial_model = linearise(slopes(trial), r)
            accepted = trial_model.is_finite
            met_nonfinite |= not accepted
        if accepted:
            c, total, model = trial, trial_total, trial_model
            scale = np.maximum(scale, model.column_norms)
            damping = max(LEAST_DAMPING, damping * max(1 / 3, 1 - (2 * min(gain, 1.0) - 1) ** 3))
            growth = 2.0
        else:
            damping *= growth
            growth *= 2.0
        if small:
            outcome = Outcome.CONVERGED
            break
    if (
        outcome is Outcome.CONVERGED
        and met_nonfinite
        and total > ROUNDING * target_square
        and is_steep(model, total)
    ):
        outcome = Outcome.NONFINITE
    covariance = unscaled_covariance(model.R)
    if covariance is None:
        outcome = Outcome.SINGULAR if outcome is Outcome.CONVERGED else outcome
        return Fit(c, np.full((p, p), np.nan), total, outcome, iteration)
    freedom = r.size - p
    variance = total / freedom if freedom > 0 else float("nan")
    return Fit(c, variance * covariance, total, outcome, iteration)


def norm(vector: Floats) -> float:
    return float(np.sqrt(vector @ vector))


def linearise(J: Floats, r: Floats) -> Linearisation:
    """Reduce ``J`` ``(n_free, n_rows)`` and ``r`` ``(n_rows,)`` to ``R`` and ``q = Q.T @ r``."""
    p = J.shape[0]
    if not (np.isfinite(J).all() and np.isfinite(r).all()):
        return Linearisation(np.full((p, p), np.nan), np.full(p, np.nan))
    triangle = np.zeros((p + 1, p + 1))
    reduced = np.linalg.qr(np.column_stack([J.T, r]), mode="r")
    triangle[: reduced.shape[0]] = reduced
    return Linearisation(triangle[:p, :p], triangle[:p, p])


def damped_step(R: Floats, q: Floats, damping: float) -> tuple[Floats, float]:
    """The step in scaled constants, and the fall that the linear model promises: ``|R d|^2 + 2 lambda |d|^2``."""
    p = q.size
    stacked = np.zeros((2 * p, p + 1))
    stacked[:p, :p], stacked[:p, p] = R, q
    stacked[p:, :p] = np.sqrt(damping) * np.eye(p)
    triangle = np.linalg.qr(stacked, mode="r")
    step = solve_triangle(triangle[:p, :p], triangle[:p, p])
    along = R @ step
    return step, float(along @ along + 2 * damping * (step @ step))


def solve_triangle(R: Floats, q: Floats) -> Floats:
    """Solve ``R d = q`` from the last row upwards."""
    d = np.zeros_like(q)
    for i in range(q.size - 1, -1, -1):
        d[i] = (q[i] - R[i, i + 1 :] @ d[i + 1 :]) / R[i, i]
    return d


def is_steep(model: Linearisation, total: float) -> bool:
    """Whether the residuals still lean on a column of ``J``, as they do not at a minimum."""
    slope = np.abs(model.R.T @ model.q)
    return bool((slope > STEEP * model.column_norms * np.sqrt(total)).any())


def unscaled_covariance(R: Floats) -> Floats | None:
    """``inv(J.T @ J)`` from the triangle of ``J``, None where the data do not determine all constants."""
    norms = np.sqrt((R * R).sum(axis=0))
    if (norms == 0).any() or (np.diag(R) == 0).any():
        return None
    unit = R / norms
    inverse = np.column_stack([solve_triangle(unit, e) for e in np.eye(len(R))])
    condition = norm(unit.ravel()) * norm(inverse.ravel())
    if not condition <= WORST_CONDITION:
        return None
    scaled = inverse / norms[:, None]
    return scaled @ scaled.T
