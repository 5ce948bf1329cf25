"""Whether a law does worse on rows that it was not fitted to than chance would have it."""

from __future__ import annotations

import math

from symreg.laws.score import Score
from symreg.uncertain_text import number_text

LEAST_CHANCE = 1e-4
"""Probability of so large a ratio below which it is said: a front holds a dozen laws, and a reader sees hundreds."""

LEAST_RATIO = 2.0
"""Of the errors: with thousands of rows a tenth more is no chance either, and nobody's concern."""

EXACT_VARIANCE = 1e-12
"""Part of the variance below which what is left is rounding, which differs from row to row."""


def unseen_notes(train: Score, unseen: Score, n_constants: int, judge: str) -> tuple[str, ...]:
    """The sentence for a law whose errors on unseen rows are far larger than on those it was fitted to; or nothing.

    Of a true law with Gaussian errors the ratio of both mean squares, each over its degrees of freedom, has an F
    distribution. Errors are counted in stated uncertainties, or in parts of the values, where the rows weigh by these.
    """
    freedom = train.n_rows - n_constants
    own, other = train.rmse, unseen.rmse
    if train.in_errors is not None and unseen.in_errors is not None:
        own, other = train.in_errors, unseen.in_errors
    if freedom < 1 or unseen.n_rows < 1 or not own > 0 or not math.isfinite(other) or 1 - unseen.r2 < EXACT_VARIANCE:
        return ()
    from scipy.special import fdtrc

    own *= math.sqrt(train.n_rows / freedom)
    ratio = other / own
    if ratio < LEAST_RATIO or fdtrc(unseen.n_rows, freedom, ratio**2) > LEAST_CHANCE:
        return ()
    return (
        f"on {judge} rows its error is {number_text(ratio, 2)} times that on the rows it was fitted to, more than "
        "chance makes of it in one table of ten thousand: it may not hold beyond these",
    )
