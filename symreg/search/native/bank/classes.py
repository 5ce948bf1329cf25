"""Which dimensions can occur at which size: worked out on codes alone, before any number is touched.

The least size of a dimension is an admissible bound: a level below it is empty and is never asked for. Together with
the demand that runs backwards from the target (``Bank.request``) this is what units buy: everything else is pruned.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symreg.formula import POWERS
from symreg.search.dimension_code import Codes, DimensionCode

WHOLE_POWERS = {name: int(power) for name, power in POWERS.items() if power.denominator == 1}
ROOTS = {name: power.denominator for name, power in POWERS.items() if power.denominator > 1}
OF_EQUALS = frozenset({"+", "-", "max", "min"})  # operators on what has one dimension, and gives it


class Classes:
    """The dimension codes that can occur at each size.

    ``complete`` is the largest size worked out. It stops growing when there are more than ``limit`` codes: then
    ``truncated`` is set, and larger sizes are left to the codes that were met so far.
    """

    def __init__(
        self, coding: DimensionCode, leaves: Sequence[int], operators: frozenset[str], *, limit: int = 40_000
    ) -> None:
        self.coding, self.operators, self.limit = coding, operators, limit
        self.at: dict[int, Codes] = {1: np.unique(np.array(leaves, dtype=np.int64))}
        self.known = self.at[1].copy()  # sorted
        self.sizes = np.ones(len(self.known), dtype=np.int64)
        self.complete = 1
        self.truncated = False

    def grow(self, size: int) -> None:
        """Extend to ``size``, or to where the limit is."""
        while self.complete < size and not self.truncated:
            new = self._next(self.complete + 1)
            if len(new) > self.limit:
                self.truncated = True
                return
            self.complete += 1
            self.at[self.complete] = new
            fresh = new[~np.isin(new, self.known, assume_unique=True)]
            known = np.concatenate([self.known, fresh])
            sizes = np.concatenate([self.sizes, np.full(len(fresh), self.complete)])
            order = np.argsort(known)
            self.known, self.sizes = known[order], sizes[order]

    def _next(self, size: int) -> Codes:
        parts = [self._unary(self.at[size - 1])]
        for small in range(1, (size - 1) // 2 + 1):
            a, b = self.at[size - 1 - small], self.at[small]
            if "*" in self.operators:
                parts.append(_each_once(np.add.outer(a, b)))
            if "/" in self.operators:
                parts += [_each_once(np.subtract.outer(a, b)), _each_once(np.subtract.outer(b, a))]
            if self.operators & OF_EQUALS:
                parts.append(np.intersect1d(a, b))
        codes = _each_once(np.concatenate(parts))
        return codes[self.coding.in_range(codes)]

    def _unary(self, below: Codes) -> Codes:
        parts = [below[:0]] + [below * power for name, power in WHOLE_POWERS.items() if name in self.operators]
        for name, degree in ROOTS.items():
            if name in self.operators:
                roots, exact = self.coding.root(below, degree)
                parts.append(roots[exact])
        if "abs" in self.operators:
            parts.append(below)
        if 0 in below or "step" in self.operators:
            parts.append(np.zeros(1, dtype=np.int64))
        return np.concatenate(parts)

    def number(self, size: int) -> int:
        """How many codes can occur at this size or below."""
        return int((self.sizes <= size).sum())

    def possible(self, codes: Codes, size: int) -> Codes:
        """Those of the codes that can occur at this size or below, sorted, each once."""
        codes = _each_once(codes)
        where = np.minimum(np.searchsorted(self.known, codes), len(self.known) - 1)
        met = self.known[where] == codes
        possible: Codes = codes[met & (self.sizes[where] <= size)]
        return possible


def _each_once(codes: Codes) -> Codes:
    """The codes sorted, each once; ``np.unique`` hashes them, which takes several times as long as to sort them."""
    codes = np.sort(codes, axis=None)
    return codes[np.append(True, codes[1:] != codes[:-1])] if len(codes) else codes
