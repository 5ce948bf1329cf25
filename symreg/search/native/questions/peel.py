"""Pure powers: inputs on which the target depends as a power and nothing else are taken out of the search.

``G*m1*m2/((x2 - x1)**2 + (y2 - y1)**2 + (z2 - z1)**2)`` is a law of nine inputs, three of which stand in front. The
logarithmic derivative of the target by each of these is a constant; the smooth surface through the data
(``smoothing``) shows it. What is left, ``y / (G*m1*m2)``, is a smaller question with a smaller bank. That the guess is
right is checked: a surface over the other inputs alone must do as well.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Expression, product_of_powers
from symreg.search.native.questions.reduction import Reduction
from symreg.search.native.questions.smoothing import Smoother
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
NEAR_HALF = 0.06  # to a half or whole number
STEADY = 0.15  # half the width of the middle two thirds of the derivatives
LARGEST_PEELED = 6
"""Magnitude of a power that is taken out. A larger one costs a check by a surface where a steep slope is no power, a
smaller one leaves such inputs to the search. Set by hand."""

VERY_STEADY = 0.3
"""Part of the tolerances ``NEAR_HALF`` and ``STEADY``: where no input strays further, all are powers and nothing is to
be taken out, since joins find such a law at once. A larger one forgoes smaller questions that might have helped. Set by
hand."""


def without_powers(whole: Reduction) -> Reduction | None:
    """What is left without the inputs that are pure powers; None where there are none or nothing else varies."""
    space, smoother = whole.space, whole.smoother
    varying = int((np.ptp(space.inputs, axis=1) > 0).sum())
    if not varying:
        return None
    # What a surface leaves over is noise, or all that polynomials cannot follow where there is none.
    noise = float(np.sqrt(smoother.surface(np.zeros(len(smoother.rows))).noise))
    own = whole.own_smoother
    guesses = [pure_powers(space, own, level) for level in (0.0, noise)]
    for powers in sorted(guesses, key=len, reverse=True):
        if len(powers) == varying and max(stray for _, stray in powers.values()) < VERY_STEADY:
            return None  # a product of powers is found at once
        while powers:
            found = _without(space, powers) if len(powers) < varying else None
            fewer = None if found is None else whole.smoother_over(found[2])
            if found is not None and fewer is not None:
                return whole.further(found[2], fewer, front=found[0], values=found[1])
            del powers[max(powers, key=lambda index: powers[index][1])]  # the least steady one was none
    return None


def pure_powers(space: SearchSpace, smoother: Smoother, noise: float) -> dict[int, tuple[Fraction, float]]:
    """Inputs with a steady logarithmic derivative: its simple value, and how far the derivative strays from it."""
    found: dict[int, tuple[Fraction, float]] = {}
    for index, slope in smoother.log_slopes(noise).items():
        low, middle, high = np.nanquantile(slope, [1 / 6, 1 / 2, 5 / 6])
        nearest = Fraction(round(2 * float(middle)), 2) if np.isfinite(middle) else Fraction(0)
        stray = max(abs(float(middle) - float(nearest)) / NEAR_HALF, float(high - low) / 2 / STEADY)
        if nearest and abs(nearest) <= LARGEST_PEELED and stray < 1 and index not in space.angles:
            found[index] = nearest, stray
    return found


def _without(
    space: SearchSpace, powers: dict[int, tuple[Fraction, float]]
) -> tuple[Expression, Floats, SearchSpace] | None:
    values, code = np.ones(len(space.target)), space.target_code
    for index, (power, _) in powers.items():
        values = values * np.abs(space.inputs[index]) ** float(power)
        if (space.codes[index] * power).denominator != 1:
            return None
        code -= int(space.codes[index] * power)
    front = product_of_powers({space.leaves[index]: power for index, (power, _) in powers.items()})
    if any((space.inputs[index] <= 0).any() for index in powers) or not space.coding.in_range(np.array([code]))[0]:
        return None
    kept = [index for index in range(len(space.leaves)) if index not in powers]
    sigma = np.ones(len(space.target)) if space.sigma is None else space.sigma
    rest = replace(
        space,
        leaves=tuple(space.leaves[index] for index in kept),
        codes=tuple(space.codes[index] for index in kept),
        values=np.ascontiguousarray(space.values[kept]),
        target=space.target / values,
        target_code=code,
        sigma=sigma / values,
        n_inputs=space.n_inputs - len(powers),
        angles=frozenset(position for position, index in enumerate(kept) if index in space.angles),
    )
    return front, values, rest
