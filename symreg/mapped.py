"""Arrays that lie in a file and not in memory, for tables of more rows than memory should hold.

The file has no name: the system takes it away with the last array that lies in it, however the process ends. Pages of
it come and go as they are read, so that they count as nobody's memory.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.arrays import is_mapped
from symreg.errors import TableError

ROWS_AT_ONCE = 262_144
"""Rows that are read, converted or looked at together: 2 MB of one column. Fewer calls NumPy more often than it works,
more only takes memory; set by hand."""

LONG_ROWS = 1_000_000
"""Rows above which a table is long: its columns are kept in files where it is read by parts, its rows are split by a
hash instead of a list that is shuffled, and what looks at all rows does it part by part, or at a sample and says so. A
smaller bound samples tables that a laptop has done with in a second; of a million rows eight columns take 64 MB. Runs
of longer tables that were stored before there was a bound are split otherwise, and are searched again."""


def is_long(n_rows: int) -> bool:
    """Whether a table of so many rows is a long one."""
    return n_rows > LONG_ROWS


class Writing:
    """An array ``(n,)`` that is written part after part, and then lies in a file."""

    def __init__(self, dtype: npt.DTypeLike = np.float64) -> None:
        self.dtype, self.n_values = np.dtype(dtype), 0
        self._file: Any = tempfile.TemporaryFile()  # noqa: SIM115  (the array holds it)

    def add(self, values: npt.NDArray[Any]) -> None:
        """Write the next values; raises ``TableError`` where the disk has no room."""
        plain = np.ascontiguousarray(values, dtype=self.dtype)
        try:
            self._file.write(plain.data)
        except OSError as error:
            raise _no_room(error) from error
        self.n_values += len(plain)

    def __del__(self) -> None:
        self._file.close()

    def done(self) -> npt.NDArray[Any]:
        """The array, read-only."""
        if not self.n_values:
            return np.empty(0, dtype=self.dtype)
        try:
            self._file.flush()
        except OSError as error:
            raise _no_room(error) from error
        held = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        self._file.close()
        return np.frombuffer(held, dtype=self.dtype)


def _no_room(error: OSError) -> TableError:
    problem = f"its columns are kept in files in {tempfile.gettempdir()}, which cannot be written"
    advice = "Make room there, or name another folder in the environment variable TMPDIR."
    return TableError(source="a long table", problem=f"{problem} ({error.strerror or error})", advice=advice)


def rows_at_once() -> int:
    """`ROWS_AT_ONCE`, as it is now."""
    return ROWS_AT_ONCE


def parts(n_rows: int, at_once: int | None = None) -> Iterator[slice]:
    """Slices of so many rows, `ROWS_AT_ONCE` unless given, that together are all of them."""
    step = at_once or ROWS_AT_ONCE
    return (slice(start, min(start + step, n_rows)) for start in range(0, n_rows, step))


def in_parts(function: Callable[..., Any], *arrays: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """``function(*arrays)``, row by row the same, ``(n_rows,)``: in a file where the first array lies in one."""
    if not is_mapped(arrays[0]):
        return np.asarray(function(*arrays), dtype=np.float64)
    writing = Writing()
    for part in parts(len(arrays[0])):
        writing.add(function(*(array[part] for array in arrays)))
    return writing.done()


def every(function: Callable[[npt.NDArray[Any]], Any], values: npt.NDArray[Any]) -> bool:
    """Whether ``function`` holds of all values, looked at part by part."""
    return all(bool(np.all(function(values[part]))) for part in parts(len(values)))
