"""The one kind of array that values hold: float64, contiguous, read-only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def read_only(values: npt.ArrayLike) -> Floats:
    """A contiguous float64 copy that nobody can write to."""
    array = np.array(values, dtype=np.float64, order="C")
    array.flags.writeable = False
    return array


def read_only_rows(rows: npt.ArrayLike) -> Rows:
    """Sorted row numbers that nobody can write to."""
    array = np.sort(np.array(rows, dtype=np.int64))
    array.flags.writeable = False
    return array
