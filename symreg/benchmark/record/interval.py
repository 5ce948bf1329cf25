"""How far a counted rate can be from the true one: Wilson's interval."""

from __future__ import annotations

import math

__all__ = ["Z_95", "wilson_interval"]

Z_95 = 1.959963984540054
"""Between minus and plus this many standard deviations lie 95 % of a normal distribution."""


def wilson_interval(found: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """The rates p at which ``found`` of ``trials`` is within z deviations of what is expected.

    These are the roots of (found - n*p)**2 = z**2 * n*p*(1 - p), n = trials (E. B. Wilson, Journal of the
    American Statistical Association 22, 209 (1927)); unlike the textbook's interval it never leaves [0, 1],
    and it says something where nothing or everything was found.
    """
    if trials == 0:
        return 0.0, 1.0
    rate = found / trials
    shrunk = 1 + z * z / trials
    middle = (rate + z * z / (2 * trials)) / shrunk
    half = z / shrunk * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    low = 0.0 if found == 0 else middle - half
    high = 1.0 if found == trials else middle + half
    return low, high
