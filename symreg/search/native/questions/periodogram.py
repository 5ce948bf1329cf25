"""Does what a law leaves over hold a wave? A periodogram over pairs of inputs tells, where neighbours cannot.

Where rows lie further apart than half a wave, they resemble each other no more than noise does, and no polynomial
follows. A plane wave ``cos(a*x + b*y + c)`` is seen at any distance: over frequencies ``(a, b)`` the power
``|sum r exp(i(a*x + b*y))|**2 / sum r**2`` is exponentially distributed under noise (Schuster 1898; Scargle 1982 for
uneven distances).
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from symreg.search.native.questions.pattern import MOST_PAIRS

Floats = npt.NDArray[np.float64]
Waves = npt.NDArray[np.complex128]
WAVE_CHANCE = 0.01
"""Chance at which noise alone has such a wave somewhere. A smaller one would let waves pass on few rows."""

MOST_PERIODS = 32
"""Over the range of an input: with more nobody would call it a wave, and errors of an input blur it."""

PER_PERIOD = 2
"""Frequencies to a period over the range: between two of them no more than half of a wave's power is lost."""

MOST_WAVE_ROWS = 800
"""Enough for a wave that has a twentieth of what is left."""


def leaves_wave(inputs: Floats, residual: Floats) -> bool:
    """Whether residuals ``(n_rows,)`` hold a plane wave in one or two of the inputs ``(n_inputs, n_rows)``."""
    rows = np.random.default_rng(residual.size).permutation(residual.size)[:MOST_WAVE_ROWS]
    left = residual[rows] - residual[rows].mean()
    total = float(left @ left)
    lowest, widths = inputs.min(axis=1), np.ptp(inputs, axis=1)
    varied = np.flatnonzero(widths > 0)
    if not total > 0 or not varied.size:
        return False
    periods = np.arange(MOST_PERIODS * PER_PERIOD + 1) / PER_PERIOD
    phases = (inputs[varied][:, rows] - lowest[varied, None]) / widths[varied, None]
    waves = [np.exp(2j * np.pi * periods[:, None] * phase) for phase in phases]
    pairs = list(itertools.islice(itertools.combinations(range(len(varied)), 2), MOST_PAIRS)) or [(0, 0)]
    largest = max(_power(waves[i] * left, waves[j], periods, alone=i == j) for i, j in pairs) / total
    tried = len(pairs) * 2 * len(periods) ** 2
    return bool(tried * np.exp(-largest) < WAVE_CHANCE)


def _power(first: Waves, second: Waves, periods: Floats, *, alone: bool) -> float:
    """The largest power of waves with these frequencies along two inputs, of a period or more in all; or along one."""
    if alone:
        return float((np.abs(first.sum(axis=1)) ** 2)[periods >= 1].max())
    together = periods[:, None] + periods >= 1
    both = (np.abs(first @ other.T) ** 2 for other in (second, second.conj()))
    return max(float(one[together].max()) for one in both)
