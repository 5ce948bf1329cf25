"""Levenberg-Marquardt, in the form that the compiled core repeats step by step.

At constants ``c`` with weighted residuals ``r = sqrt(w) (y - f)`` and ``J = sqrt(w) df/dc`` the step solves

    minimise |r - J d|^2 + lambda |D d|^2

where ``D`` holds the column norms of ``J`` (Marquardt's scaling; as in More 1978 it remembers larger
ones, but fades), which makes the method blind to the units of the constants. ``J`` is reduced to its
triangle by QR, never squared. The gain ratio ``rho`` = (fall of the sum of squares) / (fall that the
linear model promised) steers ``lambda`` as in Nielsen 1999.

Constants that enter linearly, ``f = g_0 + sum c_j g_j``, are first solved for with all others held, so
that an amplitude may start any number of decades away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symreg.engine.program import Fit, Floats, Outcome

FIRST_DAMPING = 1e-3
"""lambda at first, beside columns of unit norm: it shortens steps along directions below 0.03 or so. Larger takes more
steps from good starts, smaller jumps further from bad ones. As in the compiled core."""

LEAST_DAMPING = 1e-24
"""lambda falls no further: its root, 1e-12, is 1 over WORST_CONDITION, and damps nothing that the data determine.
Smaller takes longer to grow again when a step fails, larger slows the end. As in the compiled core."""

LINEAR_DAMPING = 1e-14  # keeps the step short along directions that the data do not determine
LINEAR_REPEATS = 3  # each repeats with 16 more digits of an amplitude that starts far too large
FADING = 0.1
"""To this part a column's scale may fall in one step, and the sum of squares must fall for a linear solution to be
repeated. Near 1 an early steep slope is long remembered, near 0 at once forgotten. As in the compiled core."""

LEAST_FALL = 1e-4
"""Part of the promised fall that a step has to bring to be taken. At 0 steps that gain rounding are taken; much larger
refuses steps along bent valleys that do gain. As in the compiled core."""

SMALL_FALL = 1e-14  # of the sum of squares
SMALL_STEP = 1e-12  # of the scaled constants
EXACT_RATIO = 1e-30  # sum of squares / sum of squared targets at the rounding of float64
VERDICT_RATIO = 1e-20  # below this ratio the residuals are too close to rounding for a verdict on their slope
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
        norms: Floats = np.sqrt((self.R * self.R).sum(axis=0))
        return norms


class Descent:
    """One fit: ``residuals(c)`` is ``r``, ``slopes(c)`` is ``J`` with shape ``(n_free, n_rows)``."""

    def __init__(
        self,
        residuals: Callable[[Floats], Floats],
        slopes: Callable[[Floats], Floats],
        start: Floats,
        target_square: float,
    ) -> None:
        self.residuals, self.slopes, self.target_square = residuals, slopes, target_square
        self.c = start.copy()
        self.r = residuals(self.c)
        self.total = float(self.r @ self.r)
        self.model = Linearisation(np.empty((0, 0)), np.empty(0))
        self.met_nonfinite = False
        self.iterations = 0

    def minimise(self, linear: NDArray[np.intp], max_iterations: int) -> Fit:
        """Descend from the start; ``linear`` lists the constants that enter linearly."""
        if not np.isfinite(self.total):
            return self.undefined()
        if self.c.size == 0:
            return Fit(self.c, np.empty((0, 0)), self.total, Outcome.NO_FREE_CONSTANTS, 0)
        self.model = linearise(self.slopes(self.c), self.r)
        if not self.model.is_finite:
            return self.undefined()
        if linear.size and max_iterations > 0:
            self.solve_linear(linear)
        outcome = self.descend(max_iterations)
        if outcome is Outcome.CONVERGED and self.met_nonfinite and self.is_steep():
            outcome = Outcome.NONFINITE
        covariance = unscaled_covariance(self.model.R)
        if covariance is None:
            outcome = Outcome.SINGULAR if outcome is Outcome.CONVERGED else outcome
            return Fit(self.c, self.unknown(), self.total, outcome, self.iterations)
        freedom = self.r.size - self.c.size
        variance = self.total / freedom if freedom > 0 else float("nan")
        return Fit(self.c, variance * covariance, self.total, outcome, self.iterations)

    def undefined(self) -> Fit:
        return Fit(self.c, self.unknown(), float("nan"), Outcome.NONFINITE, 0)

    def unknown(self) -> Floats:
        return np.full((self.c.size, self.c.size), np.nan)

    def solve_linear(self, linear: NDArray[np.intp]) -> None:
        """Move the constants that enter linearly to their best values beside the others."""
        for _ in range(LINEAR_REPEATS):
            D, before = nonzero(self.model.column_norms)[linear], self.total
            step, _ = damped_step(self.model.R[:, linear] / D, self.model.q, LINEAR_DAMPING)
            trial = self.c.copy()
            trial[linear] += step / D
            if not self.take(trial, before) or self.total > FADING * before:
                break
        self.met_nonfinite = False

    def descend(self, max_iterations: int) -> Outcome:
        """Take damped steps until the sum of squares no longer falls."""
        scale = self.model.column_norms
        damping, growth = FIRST_DAMPING, 2.0
        while self.iterations < max_iterations:
            if self.total <= EXACT_RATIO * self.target_square:
                return Outcome.CONVERGED
            self.iterations += 1
            D, before = nonzero(scale), self.total
            step, promised = damped_step(self.model.R / D, self.model.q, damping)
            small = promised <= SMALL_FALL * before or norm(step) <= SMALL_STEP * norm(D * self.c)
            if self.take(self.c + step / D, before if small else before - LEAST_FALL * promised):
                gain = min((before - self.total) / promised, 1.0) if promised > 0 else 0.0
                scale = np.maximum(FADING * scale, self.model.column_norms)
                damping = max(LEAST_DAMPING, damping * max(1 / 3, 1 - (2 * gain - 1) ** 3))
                growth = 2.0
            else:
                damping *= growth
                growth *= 2.0
            if small:
                return Outcome.CONVERGED
        return Outcome.MAX_ITERATIONS

    def take(self, trial: Floats, most: float) -> bool:
        """Move to the trial if its sum of squares is at most ``most`` and it has finite derivatives."""
        r = self.residuals(trial)
        total = float(r @ r)
        if np.isfinite(total) and total > most:
            return False
        model = linearise(self.slopes(trial), r) if np.isfinite(total) else None
        if model is None or not model.is_finite:
            self.met_nonfinite = True
            return False
        self.c, self.r, self.total, self.model = trial, r, total, model
        return True

    def is_steep(self) -> bool:
        """Whether the residuals still lean on a column of ``J``, as they do not at a minimum."""
        slope = np.abs(self.model.R.T @ self.model.q)
        leaning = slope > STEEP * self.model.column_norms * np.sqrt(self.total)
        return self.total > VERDICT_RATIO * self.target_square and bool(leaning.any())


def norm(vector: Floats) -> float:
    return float(np.sqrt(vector @ vector))


def nonzero(scale: Floats) -> Floats:
    """Scales to divide by: a column of zeros is left as it is."""
    return np.where(scale > 0, scale, 1.0)


def linearise(J: Floats, r: Floats) -> Linearisation:
    """Reduce ``J`` ``(n_free, n_rows)`` and ``r`` ``(n_rows,)`` to ``R`` and ``q = Q.T @ r``."""
    p = J.shape[0]
    if not (np.isfinite(J).all() and np.isfinite(r).all()):
        return Linearisation(np.full((p, p), np.nan), np.full(p, np.nan))
    triangle = np.zeros((p + 1, p + 1))
    reduced = triangle_of(np.column_stack([J.T, r]))
    triangle[: reduced.shape[0]] = reduced
    return Linearisation(triangle[:p, :p], triangle[:p, p])


def triangle_of(A: Floats) -> Floats:
    return np.asarray(np.linalg.qr(A, mode="r"), dtype=np.float64)


def damped_step(R: Floats, q: Floats, damping: float) -> tuple[Floats, float]:
    """The step in scaled constants and the fall that the linear model promises, ``|R d|^2 + 2 lambda |d|^2``.

    ``R`` has shape ``(n_free, k)``, for all constants or for k of them.
    """
    p, k = R.shape
    stacked = np.zeros((p + k, k + 1))
    stacked[:p, :k], stacked[:p, k] = R, q
    stacked[p:, :k] = np.sqrt(damping) * np.eye(k)
    triangle = triangle_of(stacked)
    step = solve_triangle(triangle[:k, :k], triangle[:k, k])
    along = R @ step
    return step, float(along @ along + 2 * damping * (step @ step))


def solve_triangle(R: Floats, q: Floats) -> Floats:
    """Solve ``R d = q`` from the last row upwards."""
    d = np.zeros_like(q)
    for i in range(q.size - 1, -1, -1):
        d[i] = (q[i] - R[i, i + 1 :] @ d[i + 1 :]) / R[i, i]
    return d


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
    covariance: Floats = scaled @ scaled.T
    return covariance
