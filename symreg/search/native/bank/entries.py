"""Entries: the columns of the bank's expressions, one row for each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from symreg.engine.joining import unit_rows
from symreg.search.dimension_code import Codes
from symreg.search.native.bank.distinct import FIRST_PROBES

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Masks = npt.NDArray[np.uint8]

BYTES_OF_COLUMNS = 37  # op, left, right, size, mask, code, largest
BYTES_ON_SHELVES = 40  # entries by size and dimension, and sorting them
BYTES_AS_A_FACTOR = 170  # an object that names it, its key and its norm, beside its row in single precision
BYTES_OF_KEYS = {"compiled": 35}  # in a set that doubles when it is full, and now and then holds what is no entry
BYTES_OF_PLAIN_KEYS = 300  # the same in a dictionary


def bytes_of_an_entry(n_probes: int, engine: str) -> int:
    """Memory that one entry takes, all told, in bytes."""
    keys = BYTES_OF_KEYS.get(engine, BYTES_OF_PLAIN_KEYS)
    return n_probes * (8 + 4) + FIRST_PROBES * 8 + BYTES_OF_COLUMNS + BYTES_ON_SHELVES + keys


def entries_within(memory: float, n_probes: int, engine: str, *, with_factors: bool = False) -> int:
    """How many entries fit into this many bytes with the engine of this name; a thousand at least.

    ``with_factors`` counts in that each may become a factor of products too, with a row of logarithms of its own.
    """
    factor = n_probes * 4 + BYTES_AS_A_FACTOR if with_factors else 0
    return max(1000, int(memory / (bytes_of_an_entry(n_probes, engine) + factor)))


class Entries:
    """Room for ``capacity`` entries, of which ``n`` are there.

    The system gives memory only to the part that is written.
    """

    def __init__(self, capacity: int, probes: Ids, n_probes: int) -> None:
        self.capacity, self.n, self.probes = capacity, 0, probes
        self.op = np.empty(capacity, dtype=np.int16)
        self.left: Ids = np.empty(capacity, dtype=np.int64)
        self.right: Ids = np.empty(capacity, dtype=np.int64)
        self.size = np.empty(capacity, dtype=np.int16)
        self.mask: Masks = np.empty(capacity, dtype=np.uint8)
        self.code: Codes = np.empty(capacity, dtype=np.int64)
        self.largest: Floats = np.empty(capacity)  # of the absolute values
        self.values: Floats = np.empty((capacity, n_probes))
        self.first: Floats = np.empty((capacity, len(probes)))  # the values at the first probes
        self.unit = np.empty((capacity, n_probes), dtype=np.float32)  # the values scaled to unit norm, for joins

    @property
    def room(self) -> int:
        """How many more there can be."""
        return self.capacity - self.n

    def append(
        self, values: Floats, op: int, codes: Codes | int, size: int, left: Ids, right: Ids, mask: Masks
    ) -> Ids:
        """Take in rows of ``values``; their numbers."""
        where = slice(self.n, self.n + len(values))
        self.values[where], self.first[where], self.unit[where] = values, values[:, self.probes], unit_rows(values)
        self.op[where], self.size[where], self.largest[where] = op, size, np.abs(values).max(axis=1)
        self.left[where], self.right[where], self.mask[where], self.code[where] = left, right, mask, codes
        self.n += len(values)
        return np.arange(where.start, where.stop)
