"""How far a counted rate can be from the true one: Wilson's interval."""

from __future__ import annotations

__all__ = ["wilson_interval"]

CONFIDENCE = 0.95
"""Probability that an interval holds the true rate: the customary one, which the record's texts state too. A larger one
makes intervals wider, 0.99 by about a third."""


def wilson_interval(found: int, trials: int) -> tuple[float, float]:
    """The rates at which ``found`` of ``trials`` is what 95 % of all counts are like; 0 and 1 where nothing was tried.

    Unlike the textbook's interval it never leaves [0, 1], and it says something where nothing or everything was found
    (E. B. Wilson, Journal of the American Statistical Association 22, 209 (1927)).
    """
    from scipy.stats import binomtest

    if trials == 0:
        return 0.0, 1.0
    edges = binomtest(found, trials).proportion_ci(CONFIDENCE, method="wilson")
    return float(edges.low), float(edges.high)
