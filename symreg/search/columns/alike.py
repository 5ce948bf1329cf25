"""Columns that say the same: of ten names for one thing, one stands for all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from symreg.search.columns.curves import middle_ranks, unit_length

Floats = npt.NDArray[np.float64]

THE_SAME = 0.99
"""Correlation of ranks beyond which columns say the same: beside one of them the other has 2 % of its variance left,
from which no target tells which of them is meant unless its errors are as small."""


def groups_alike(columns: Floats) -> list[list[int]]:
    """Places of columns ``(n_columns, n_rows)`` in groups that say the same, each led by the first of them.

    All of a group are like the first one. A column that does not vary is alone.
    """
    ranks = np.stack([unit_length(own - own.mean()) for own in map(middle_ranks, columns)])
    near = np.abs(ranks @ ranks.T) > THE_SAME
    grouped = np.zeros(len(columns), dtype=bool)
    groups = []
    for place, own in enumerate(near):
        if not grouped[place]:
            found = [place, *(int(one) for one in np.flatnonzero(own & ~grouped) if one != place)]
            grouped[found] = True
            groups.append(found)
    return groups
