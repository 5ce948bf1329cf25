"""Of many columns those that a target follows most, chosen one after another.

Each is seen as a smooth curve, and what the chosen ones explain is taken away before the next is chosen (forward
selection by orthogonal least squares; Chen, Billings and Luo 1989, Int. J. Control 50, 1873). Weak columns among many
are lost by this.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from symreg.search.columns.curves import curves_of, explained, unit_length

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

LOOKED_AT_AGAIN = 8
"""Times as many columns as are chosen, those that tell most alone, that are looked at again beside those chosen (sure
independence screening; Fan and Lv 2008, J. R. Stat. Soc. B 70, 849). All of thousands would take seconds."""


def most_telling(columns: Floats, target: Floats, most: int) -> list[int]:
    """Places of the columns ``(n_columns, n_rows)`` that ``target`` ``(n_rows,)`` follows most, the first one first."""
    return followed(np.stack([curves_of(column) for column in columns]), target, most)


def followed(curves: Singles, target: Floats, most: int) -> list[int]:
    """The same of the curves of columns, ``(n_columns, n_curves, n_rows)``."""
    rest = unit_length(target - target.mean())
    places = np.argsort(-explained(curves, rest), kind="stable")[: LOOKED_AT_AGAIN * most]
    curves = curves[places]
    chosen: list[int] = []
    while len(chosen) < min(most, len(places)):
        gains = explained(curves, rest)
        gains[chosen] = -1.0
        best = int(np.argmax(gains))
        if gains[best] <= 0:
            break
        chosen.append(best)
        own = np.linalg.qr(curves[best].T.astype(np.float64))[0].T.astype(np.float32)
        rest = np.asarray(rest - own.T @ (own @ rest), dtype=np.float32)
        curves = np.asarray(curves - (curves @ own.T) @ own, dtype=np.float32)
    return [int(places[one]) for one in chosen]
