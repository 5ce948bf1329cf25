"""The one kind of array that values hold: float64, contiguous, read-only."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def is_mapped(values: Any) -> bool:
    """Whether this is an array that lies in a file, which nobody writes to (``symreg.mapped``)."""
    base = values
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, memoryview) and isinstance(base.obj, mmap.mmap)


def read_only(values: npt.ArrayLike) -> Floats:
    """A contiguous float64 copy that nobody can write to; what lies in a file stays there."""
    if isinstance(values, np.ndarray) and is_mapped(values):
        return values
    array = np.array(values, dtype=np.float64, order="C")
    array.flags.writeable = False
    return array


def read_only_rows(rows: npt.ArrayLike) -> Rows:
    """Sorted row numbers that nobody can write to; those that lie in a file are sorted and stay there."""
    if isinstance(rows, np.ndarray) and is_mapped(rows):
        return rows
    array = np.sort(np.array(rows, dtype=np.int64))
    array.flags.writeable = False
    return array
