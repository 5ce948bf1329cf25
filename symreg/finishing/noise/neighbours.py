"""Which rows lie next to each other."""

from __future__ import annotations

import numpy as np

from symreg.arrays import Floats, Rows

NEIGHBOURS = 4
"""Rows nearest to one: of fewer chance would speak, more are no neighbours any longer on tables of some dozen rows."""


def nearest(X: Floats, rows: Rows) -> Rows:
    """The rows nearest to these in the ranks of all inputs ``(n_inputs, n_rows)``, ``(len(rows), NEIGHBOURS)``."""
    ranks = np.argsort(np.argsort(X, axis=1, kind="stable"), axis=1).astype(np.float64)
    found = []
    for row in rows:
        distance = np.sum((ranks - ranks[:, row : row + 1]) ** 2, axis=0)
        distance[row] = np.inf
        found.append(np.argpartition(distance, NEIGHBOURS)[:NEIGHBOURS])
    return np.array(found)
