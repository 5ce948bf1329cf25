"""Terms of sums: entries of the bank by dimension, that of a coefficient counted in, made when they are wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.search.native.bank import EMPTY, Bank, Ids
from symreg.search.native.joins.steps import Step
from symreg.search.space import SearchSpace

Codes = npt.NDArray[np.int64]
MOST_FURTHER = 8_000  # entries among which a further term is looked for
LARGEST_FURTHER = 10  # their size
NODES_BEYOND = 3  # nodes more than the level's own
MOST_MADE = 1_000_000  # combinations, for making them
Split = tuple[int, int]  # sizes of both terms


@dataclass(slots=True, eq=False)
class SumTerms:
    """The entries that may be terms in one space, and what was asked of the bank so far."""

    space: SearchSpace
    bank: Bank
    _requested: dict[tuple[int, bytes], npt.NDArray[np.bool_]] = field(default_factory=dict)
    _holes: dict[tuple[Fraction, bytes], tuple[Codes, npt.NDArray[np.bool_]]] = field(default_factory=dict)
    _furthest: dict[tuple[int, int], Ids] = field(default_factory=dict)

    def allowed(self, code: int, size: int) -> Ids:
        """Entries that have this dimension once the unit of their coefficient is counted in."""
        if self.space.coefficient_codes is None:
            return self.bank.all_of(size)
        return np.concatenate([EMPTY, *(self.bank.level(code - k, size) for k in self.space.coefficient_codes)])

    def request(self, codes: Codes, size: int) -> npt.NDArray[np.bool_]:
        """Make the entries of ``size`` that fit these dimensions; tells which dimensions have any."""
        key = size, codes.tobytes()
        if key not in self._requested:
            self._requested[key] = self._make(codes, size)
        return self._requested[key]

    def _make(self, codes: Codes, size: int) -> npt.NDArray[np.bool_]:
        if self.space.coefficient_codes is None:
            self.bank.request_all(size)
            return np.full(len(codes), len(self.bank.all_of(size)) > 0)
        shifted = codes[:, None] - np.array(self.space.coefficient_codes, dtype=np.int64)
        self.bank.request(size, shifted.ravel())
        return np.asarray(self.bank.count(shifted.ravel(), size).reshape(shifted.shape).sum(axis=1) > 0)

    def fits(self, hole: Codes, split: Split) -> npt.NDArray[np.bool_]:
        """The dimensions that have terms of both sizes; makes these."""
        fits = np.ones(len(hole), dtype=bool)
        for size in sorted({*split} - {0}):
            there = np.flatnonzero(fits)
            if len(there):
                fits[there] = self.request(hole[there], size)
        return fits

    def holes(self, step: Step, z: Codes) -> tuple[Codes, npt.NDArray[np.bool_]]:
        """Dimensions of the hole, and where the step allows the dimension of z."""
        if step.exponent is None:
            return np.zeros_like(z), z == 0
        key = step.exponent, z.tobytes()  # shells of one step ask the same of the same contexts
        if key not in self._holes:
            back = 1 / step.exponent
            hole, fits = self.space.coding.root(z * back.numerator, back.denominator)
            self._holes[key] = hole, fits & self.space.coding.in_range(hole)
        return self._holes[key]

    def further(self, hole: int, level: int, stop: Callable[[], bool]) -> Ids:
        """Entries of the hole's dimension, small ones first, as many as come cheaply at this level."""
        largest = min(LARGEST_FURTHER, level + NODES_BEYOND)
        if (hole, largest) not in self._furthest:
            found, before = [EMPTY], self.bank.evaluated
            for size in range(1, largest + 1):
                if self.bank.evaluated - before > MOST_MADE or stop():
                    break
                self.request(np.array([hole]), size)
                found.append(self.allowed(hole, size))
                if sum(map(len, found)) > MOST_FURTHER:
                    found.pop()
                    break
            self._furthest[hole, largest] = np.concatenate(found)
        return self._furthest[hole, largest]
