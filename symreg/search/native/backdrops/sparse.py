"""Sparse: of many terms that explain a view exactly together, those that are needed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
SUM_ROUNDING, NEARLY = 1e-26, 1e-18
"""Of a sum of squares, what rounding leaves, and what is left where constants inside are not yet known to the last
digit. A Padé approximant of a smooth curve leaves 1e-24."""

LOOKED_CLOSER = 24
"""Views, or parts before views, of which needed terms are sought, at a time."""


def needed(columns: Floats, target: Floats, most: int, bits: Floats, exact: float) -> Indices | None:
    """Which of these columns ``(n, n_rows)`` explain the target, without those that can be spared.

    ``exact`` is the part of its square that may be left. None where they do not, or more than ``most`` are needed.
    Columns go one after the other, each time the one whose absence costs least, the dearest first where several cost
    nothing; many at a time while that is possible.
    """
    sizes = np.linalg.norm(columns, axis=1)
    scaled, goal = columns / sizes[:, None], target / np.linalg.norm(target)
    kept = np.arange(len(columns))
    left, costs = _costs(scaled, goal)
    if not left < exact:
        return None
    allowed = max(1e3 * left, 1e-3 * exact)
    portion = 0.5
    while len(kept) > 1:
        order = np.lexsort((-bits[kept], np.maximum(costs, 1e-3 * allowed)))
        gone = order[: max(1, int(portion * len(kept)))]
        fewer = np.delete(kept, gone)
        then, after = _costs(scaled[fewer], goal)
        if then < allowed:
            kept, costs = fewer, after
        elif len(gone) == 1:
            break
        else:
            portion /= 2
    return kept if len(kept) <= most else None


def _costs(columns: Floats, goal: Floats) -> tuple[float, Floats]:
    """What the columns leave, and how much more would be left without each of them."""
    q, r = np.linalg.qr(columns.T)
    inside = q.T @ goal
    rest = goal - q @ inside
    rest = rest - q @ (q.T @ rest)
    try:
        inverse = np.linalg.inv(r)
    except np.linalg.LinAlgError:
        return float("inf"), np.zeros(len(columns))
    coefficients = inverse @ inside
    return float(rest @ rest), np.square(coefficients) / np.square(inverse).sum(axis=1)
