"""How far a law is from the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SCORED_AT_ONCE = 65_536
"""Rows whose residuals are taken at a time: half a megabyte, which stays in the processor's cache. Of millions of rows
at once scoring takes five times as long, and more than fitting; less is no faster."""


@dataclass(frozen=True, slots=True)
class Score:
    """How far a law is from the data: ``rmse`` in the target's unit, over the rows where it is defined.

    ``r2`` is the part of the target's variance that the law explains there, NaN where the target does not vary;
    ``n_rows`` counts all rows, ``undefined`` those where the law has no value. ``in_errors`` is the error as laws are
    compared by it: each residual over its stated uncertainty, or over what errors go with, and counted as the loss has
    it; about 1 for a law that the data bear where uncertainties are stated. None where ``rmse`` is what counts.
    """

    rmse: float
    r2: float
    n_rows: int
    undefined: int = 0
    in_errors: float | None = None


def score(predicted: Array, actual: Array, sigma: Array | None = None) -> Score:
    """Root mean square error and R² over the rows ``(n_rows,)`` where ``predicted`` is finite.

    ``predicted`` and ``actual`` are in one unit, that of the error. ``sigma`` holds the uncertainties of ``actual``,
    ``(n_rows,)`` in the same unit, where they are stated, or what errors go with.
    """
    predicted, actual = np.asarray(predicted, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    n_rows, defined = int(predicted.size), np.isfinite(predicted)
    undefined = int(np.count_nonzero(~defined))
    if undefined == actual.size:
        return Score(float("nan"), float("nan"), int(actual.size), undefined)
    if undefined:
        predicted, actual, sigma = predicted[defined], actual[defined], None if sigma is None else sigma[defined]
    mean = actual.mean()
    parts = [slice(start, start + SCORED_AT_ONCE) for start in range(0, len(actual), SCORED_AT_ONCE)]
    rmse = _root_mean_square(predicted[part] - actual[part] for part in parts)
    spread = _root_mean_square(actual[part] - mean for part in parts)
    r2 = 1.0 - (rmse / spread) ** 2 if spread > 0 else float("nan")
    in_errors = None
    if sigma is not None:
        in_errors = _root_mean_square((predicted[part] - actual[part]) / sigma[part] for part in parts)
    return Score(rmse, r2, n_rows, undefined, in_errors)


def _root_mean_square(parts: Iterable[Array]) -> float:
    """Of all parts together; scaled by the largest value, so that 1e-200 does not vanish when it is squared."""
    largest, total, count = 0.0, 0.0, 0
    for part in parts:
        own, count = float(np.max(np.abs(part))), count + len(part)
        if own > largest:
            total, largest = total * (largest / own) ** 2, own
        total += float(np.sum((part / largest) ** 2)) if largest > 0 else 0.0
    return largest * float(np.sqrt(total / count))
