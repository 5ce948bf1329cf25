"""Which rows lie next to each other, and whether what a law leaves is alike there."""

from __future__ import annotations

import math

import numpy as np

from symreg.arrays import Floats, Rows

NEIGHBOURS = 4
"""Rows nearest to one: of fewer chance would speak, more are no neighbours any longer on tables of some dozen rows."""

MOST_PATTERN = 0.3
"""Correlation of a residual with its neighbours', above which a good part of what a law leaves is a pattern."""

MOST_ASKED = 500  # rows whose neighbours are looked for


def nearest(X: Floats, rows: Rows) -> Rows:
    """The rows nearest to these in the ranks of all inputs ``(n_inputs, n_rows)``, ``(len(rows), NEIGHBOURS)``."""
    ranks = np.argsort(np.argsort(X, axis=1, kind="stable"), axis=1).astype(np.float64)
    found = []
    for row in rows:
        distance = np.sum((ranks - ranks[:, row : row + 1]) ** 2, axis=0)
        distance[row] = np.inf
        found.append(np.argpartition(distance, NEIGHBOURS)[:NEIGHBOURS])
    return np.array(found)


def pattern(X: Floats, r: Floats) -> float:
    """Correlation of residuals ``r`` ``(n_rows,)`` with the mean of those of the nearest rows in the inputs ``X``, of
    some rows; 1 where it cannot be told.
    """
    rows = np.arange(len(r))
    if len(r) > MOST_ASKED:
        rows = np.random.default_rng(len(r)).choice(rows, size=MOST_ASKED, replace=False)
    near = r[nearest(X, rows)].mean(axis=1)
    own = r[rows]
    with np.errstate(all="ignore"):
        found = float(np.mean(own * near) / np.sqrt(np.mean(own**2) * np.mean(near**2)))
    return found if math.isfinite(found) else 1.0
