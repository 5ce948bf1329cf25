"""What residuals cost under each loss, and how a fit by least squares comes to the least of it.

A loss is minus the logarithm of a density ``exp(-rho(r/s))/(s Z)``. Where nobody stated an uncertainty the scale ``s``
is the likeliest, else it is the stated one. What a law leaves is told as an *equivalent sum of squares*: that of
Gaussian errors which take as many bits to say. So every loss has its description length, and all that works with sums
of squares, the ledger, profiles, bands, works with them.

Huber's density is Gaussian in the middle and exponential from the corner on (Huber 1964, "Robust estimation of a
location parameter", Ann. Math. Statist. 35, 73); Student's falls as a power, so that what lies very far hardly counts
(Lange, Little and Taylor 1989, "Robust statistical modeling using the t distribution", J. Am. Stat. Assoc. 84, 881).
Both are fitted by least squares over and over, each row weighed by ``psi(u)/u`` of its last residual; the same weights
make the likeliest scale. Under "log" a deviation is ``log(y/f)``, and weights that give its slope to ``y - f``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from symreg.arrays import Floats
from symreg.problem import Loss

CORNER = 1.345
"""Standard deviations at which Huber's loss turns from squares to absolute values: 95 % as efficient as squares where
errors are Gaussian (Huber 1981, "Robust statistics")."""

FREEDOM = 4.0
"""Degrees of freedom of Student's errors: fewer than five have the tails of real outliers, four keep 94 % of the
efficiency where errors are Gaussian (Lange, Little and Taylor 1989)."""

SMALLEST_SCALE = 1e-10
"""Of the target's spread: residuals below are rounding, and the likeliest scale of none would be zero."""

SETTLED = 1e-9
"""Part by which a scale moves in its last step."""

LONGEST_STEP = 2.0
"""Of the logarithm of a scale, in one step of Newton's method."""

MOST_STEPS = 30
"""To the likeliest scale, at most: steps of two in the logarithm reach from rounding to the target's spread in a dozen,
and the last few double their digits each. More only polishes what the bits do not show; set by hand."""


@dataclass(frozen=True, slots=True)
class Density:
    """A density of errors of scale one: ``rho(u)``, its slope ``psi(u)``, the slope of that, and ``ln Z``."""

    rho: Callable[[Floats], Floats]
    psi: Callable[[Floats], Floats]
    bend: Callable[[Floats], Floats]
    log_norm: float


@cache
def density_of(loss: Loss) -> Density:
    """The density that a loss stands for; of "log" that of ``log(y/f)``."""
    if loss == "huber":
        return _huber(CORNER)
    if loss == "student":
        return _student(FREEDOM)
    return Density(lambda u: 0.5 * u**2, lambda u: u, np.ones_like, 0.5 * math.log(2 * math.pi))


def _huber(k: float) -> Density:
    inside = math.sqrt(2 * math.pi) * math.erf(k / math.sqrt(2))
    return Density(
        lambda u: np.where(np.abs(u) <= k, 0.5 * u**2, k * np.abs(u) - 0.5 * k**2),
        lambda u: np.clip(u, -k, k),
        lambda u: (np.abs(u) <= k).astype(np.float64),
        math.log(inside + 2 / k * math.exp(-0.5 * k**2)),
    )


def _student(nu: float) -> Density:
    return Density(
        lambda u: 0.5 * (nu + 1) * np.log1p(u**2 / nu),
        lambda u: (nu + 1) * u / (nu + u**2),
        lambda u: (nu + 1) * (nu - u**2) / (nu + u**2) ** 2,
        math.lgamma(nu / 2) - math.lgamma((nu + 1) / 2) + 0.5 * math.log(nu * math.pi),
    )


def deviations(loss: Loss, y: Floats, values: Floats) -> Floats:
    """``y - f``, or ``log(y/f)``, ``(n_rows,)``; infinite where the logarithm is not defined."""
    if loss != "log":
        return y - values
    with np.errstate(all="ignore"):
        return np.where(values > 0, np.log(y / np.where(values > 0, values, 1.0)), np.inf)


def slope_factor(loss: Loss, values: Floats) -> Floats:
    """By which the slopes of a law's values ``(n_rows,)`` become those of what its deviations are from."""
    return np.ones_like(values) if loss != "log" else 1.0 / values


def counts_of(loss: Loss, u: Floats) -> Floats:
    """``psi(u)/u`` of deviations over their scale ``(n_rows,)``: what each row counts in the next fit."""
    density = density_of(loss)
    with np.errstate(all="ignore"):
        return np.where(u == 0, density.bend(np.zeros_like(u)), density.psi(u) / u)


def least_squares_weights(loss: Loss, y: Floats, values: Floats, u: Floats, weights: Floats) -> Floats:
    """Weights ``(n_rows,)`` under which least squares of ``y - f`` has the slope that the loss has at these values.

    ``weights`` are those of squared deviations, ``u`` the deviations over their scale, weighed.
    """
    weighed = weights * counts_of(loss, u)
    if loss != "log":
        return weighed
    away = y - values
    with np.errstate(all="ignore"):
        towards = np.where(away == 0, 1.0 / values**2, np.log(y / values) / (values * away))
    return np.asarray(weighed * towards)


def likeliest_scale(loss: Loss, r: Floats, smallest: float, start: float = 0.0) -> float:
    """The scale of largest likelihood of weighed deviations ``r`` ``(n_rows,)``, no smaller than ``smallest``.

    ``start`` is one that is near, if any is known. At the likeliest ``mean(u*psi(u))`` is one, which falls with the
    scale: found by Newton's method in its logarithm.
    """
    if loss in ("squared", "log"):
        return max(math.sqrt(float(np.mean(r**2))), smallest)
    density = density_of(loss)
    # From the middle of the sizes: outliers leave it where it is.
    scale = max(start or float(np.median(np.abs(r))) / NORMAL_MEDIAN, smallest)
    for _ in range(MOST_STEPS):
        u = r / scale
        pull = u * density.psi(u)
        fall = float(np.mean(pull + u**2 * density.bend(u)))
        step = (float(np.mean(pull)) - 1.0) / fall if fall > 0 else LONGEST_STEP
        step = min(max(step, -LONGEST_STEP), LONGEST_STEP)
        scale = max(scale * math.exp(step), smallest)
        if abs(step) <= SETTLED or scale == smallest:
            break
    return scale


NORMAL_MEDIAN = 0.6744897501960817
"""Of the sizes of Gaussian errors of standard deviation one, half are below."""


def equivalent_sum(loss: Loss, r: Floats, scale: float, *, stated: bool) -> float:
    """The sum of squares of Gaussian errors that take as many bits to say as weighed deviations ``r`` ``(n_rows,)`` do.

    ``scale`` is that of the deviations, in which they are finite: one with ``stated`` uncertainties, in which ``r`` and
    the sum then count, else the likeliest one, as that of the Gaussian is, and the sum is in the square of the unit
    of ``r``.
    """
    if loss in ("squared", "log"):
        return float(r @ r)
    density = density_of(loss)
    if stated:
        return 2.0 * float(np.sum(density.rho(r)))
    nats = math.log(scale) + float(np.mean(density.rho(r / scale))) + density.log_norm
    return len(r) * math.exp(2 * nats - 1) / (2 * math.pi)
