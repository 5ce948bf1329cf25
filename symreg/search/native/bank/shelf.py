"""Shelf: all entries of one size, found by dimension without a loop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.search.dimension_code import Codes

Ids = npt.NDArray[np.int64]
EMPTY: Ids = np.empty(0, dtype=np.int64)


@dataclass(slots=True, eq=False)
class Shelf:
    """All entries of one size, sorted by code: ``ids[start[k]:start[k+1]]`` have the code ``codes[k]``."""

    done: Codes  # codes for which this size is complete, sorted
    codes: Codes
    start: Ids
    ids: Ids

    @classmethod
    def empty(cls) -> Shelf:
        """A size of which nothing was asked yet."""
        return cls(EMPTY, EMPTY, np.zeros(1, dtype=np.int64), EMPTY)

    def add(self, done: Codes, ids: Ids, codes: Codes) -> None:
        """Take in the entries of codes that are complete now."""
        all_ids = np.concatenate([self.ids, ids])
        all_codes = np.concatenate([np.repeat(self.codes, np.diff(self.start)), codes])
        order = np.argsort(all_codes, kind="stable")
        self.ids = all_ids[order]
        self.codes, first = np.unique(all_codes[order], return_index=True)
        self.start = np.append(first, len(self.ids)).astype(np.int64)
        self.done = np.union1d(self.done, done)

    def find(self, codes: Codes) -> tuple[Ids, npt.NDArray[np.bool_]]:
        """Positions of these codes, and whether they have entries at all."""
        if not len(self.codes):
            return np.zeros(codes.shape, dtype=np.int64), np.zeros(codes.shape, dtype=bool)
        where = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return where, self.codes[where] == codes
