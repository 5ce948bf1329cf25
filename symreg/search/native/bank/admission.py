"""Admission: of many combinations, those whose values are defined at every probe, and new, become entries.

This is the plain form, in NumPy; ``compiled_admission`` does the same. Both take blocks in the same pieces and make the
same entries in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from symreg.engine import Engine
from symreg.search.dimension_code import Codes
from symreg.search.native.bank.block import Block
from symreg.search.native.bank.distinct import (
    AGAIN,
    FRESH,
    LARGEST_VALUE,
    Keys,
    KeySet,
    PlainKeySet,
    fingerprints,
    met_as,
)
from symreg.search.native.bank.entries import Entries
from symreg.search.native.bank.kinds import KINDS, is_odd, kinds_of
from symreg.search.native.bank.shelf import Ids
from symreg.search.native.bank.vocabulary import (
    BINARY,
    NEEDS_POSITIVE,
    NOT_OVER,
    NUMPY,
    OP,
    PIECEWISE,
    TWIN,
    own_bits,
)

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Masks = npt.NDArray[np.uint8]
PART = 1 << 18  # numbers in a temporary array


class Admitted(NamedTuple):
    """How many combinations were looked at, and whether something was left out for want of room."""

    evaluated: int
    cut: bool


Piece = Callable[[int, int], Admitted]


class Admission(Protocol):
    """The way into ``Entries``; ``first`` and ``whole`` know the keys at the first probes and at all of them."""

    @property
    def first(self) -> KeySet: ...

    @property
    def whole(self) -> KeySet: ...

    def of(self, block: Block, size: int) -> Piece:
        """A function that admits the pairs of a block at positions ``low`` to ``high - 1``, as entries of this size."""
        ...


def admission_to(entries: Entries, engine: Engine, threads: int, *, has_angles: bool) -> Admission:
    """The way that fits the engine."""
    if engine.name == "compiled":
        from symreg.search.native.bank.compiled_admission import CompiledAdmission

        return CompiledAdmission(entries, has_angles, threads)
    return PlainAdmission(entries, has_angles)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Combinations of one operator: code of the result, operands, and key at the first probes where it is good."""

    op: str
    size: int
    codes: Codes
    a: Ids
    b: Ids
    keys: Keys
    good: Booleans
    twins: Booleans  # which may agree with another entry at the first probes and not at all

    def at(self, which: Ids) -> _Pairs:
        return _Pairs(
            self.op, self.size, self.codes[which], self.a[which], self.b[which], self.keys[which],
            self.good[which], self.twins[which],
        )  # fmt: skip


class PlainAdmission:
    """Admission in NumPy."""

    def __init__(self, entries: Entries, has_angles: bool) -> None:
        self.entries, self.has_angles = entries, has_angles
        self.first, self.whole = PlainKeySet(), PlainKeySet()
        self._checked = 0  # entries below have their key at all probes recorded

    def of(self, block: Block, size: int) -> Piece:
        """See ``Admission``."""
        return partial(self._admit, block, size)

    def _admit(self, block: Block, size: int, low: int, high: int) -> Admitted:
        op, mask = block.op, self.entries.mask
        codes, a, b = block.pairs(low, high)
        kept = (mask[a] & np.uint8(NOT_OVER.get(op, 0))) == 0
        if block.odd is not None:
            kept &= is_odd(op, mask[a], mask[b]) == block.odd
        codes, a, b = codes[kept], a[kept], b[kept]
        if not len(a):
            return Admitted(0, False)
        first = applied(op, self.entries.first[a], self.entries.first[b])
        found = fingerprints(first, codes)
        twins = ((mask[a] | mask[b]) & TWIN != 0) | (op in PIECEWISE)
        pairs = _Pairs(op, size, codes, a, b, found.keys, found.good, twins)
        met = met_as(self.first, found, twins)
        again = (met == AGAIN) | (~found.good & twins & np.isfinite(first).all(axis=1))
        room = self._admit_fresh(pairs.at(np.flatnonzero(met == FRESH)))
        room &= self._admit_twins(pairs.at(np.flatnonzero(again)))
        return Admitted(len(a), not room)

    def _parts(self, pairs: _Pairs) -> Iterator[_Pairs | None]:
        """As many combinations together as there is room for, in the bank and in memory; None where there is none."""
        next_one = 0
        while next_one < len(pairs.a):
            part = min(self.entries.room, max(1, PART // self.entries.values.shape[1]))
            if not part:
                yield None
                return
            yield pairs.at(np.arange(next_one, min(next_one + part, len(pairs.a))))
            next_one += part

    def _admit_fresh(self, pairs: _Pairs) -> bool:
        """Append what the first keys tell apart from all before; whether there was room."""
        for part in self._parts(pairs):
            if part is None:
                return False
            values, good = self._evaluated(part)
            self._store(part.at(np.flatnonzero(good)), values[good], 0)
        return True

    def _admit_twins(self, pairs: _Pairs) -> bool:
        """Append what only the keys at all probes tell apart from all before; whether there was room."""
        if not len(pairs.a):
            return True
        self._remember_all()
        room = True
        for part in self._parts(pairs):
            if part is None:
                room = False
                break
            values, good = self._evaluated(part)
            found = fingerprints(values, part.codes).where(good)
            new = np.flatnonzero(met_as(self.whole, found) == FRESH)
            chosen = part.at(new)
            self.first.doubt(chosen.keys[chosen.good])
            self._store(chosen, values[new], TWIN)
        self._checked = self.entries.n
        return room

    def _remember_all(self) -> None:
        """Take in the keys at all probes of the entries that were told apart by their first keys."""
        step = max(1, PART // self.entries.values.shape[1])
        for low in range(self._checked, self.entries.n, step):
            rows = slice(low, min(low + step, self.entries.n))
            met_as(self.whole, fingerprints(self.entries.values[rows], self.entries.code[rows]))
        self._checked = self.entries.n

    def _evaluated(self, pairs: _Pairs) -> tuple[Floats, Booleans]:
        """Values at all probes, and which of them make an entry."""
        values = applied(pairs.op, self.entries.values[pairs.a], self.entries.values[pairs.b])
        with np.errstate(all="ignore"):
            largest = np.abs(values).max(axis=1)
            good = np.isfinite(values).all(axis=1) & (largest < LARGEST_VALUE)
            # a dimensionless expression that does not vary is a number: coefficients cover it
            good &= (pairs.codes != 0) | (np.ptp(values, axis=1) > 1e-9 * largest)
            if pairs.op in ("+", "-"):  # what is left after full cancellation is rounding
                good &= largest > 1e-9 * self.entries.largest[pairs.a]
        return values, good

    def _store(self, pairs: _Pairs, values: Floats, bits: int) -> None:
        mask = self._mask(pairs) | np.uint8(bits)
        a, b = pairs.a, pairs.b
        if pairs.op == "-":
            # a sum that is zero but for rounding decides nothing
            flip = values.sum(axis=1) < -1e-9 * np.abs(values).max(axis=1)
            a, b = np.where(flip, b, a), np.where(flip, a, b)
            values[flip] *= -1
        self.entries.append(values, OP[pairs.op], pairs.codes, pairs.size, a, b, mask)

    def _mask(self, pairs: _Pairs) -> Masks:
        left, right = self.entries.mask[pairs.a], self.entries.mask[pairs.b]
        mask = ((left | right) & ~KINDS) | np.uint8(own_bits(pairs.op))
        if self.has_angles:
            mask |= kinds_of(pairs.op, left, right, pairs.codes)
        return np.asarray(mask, dtype=np.uint8)


def applied(op: str, a: Floats, b: Floats) -> Floats:
    """Values of an operator; rows of ``b`` are not looked at where it has one operand."""
    with np.errstate(all="ignore"):
        if op in NEEDS_POSITIVE:  # entries stand for both signs
            a = np.where((a < 0).all(axis=1, keepdims=True), -a, a)
        return np.asarray(NUMPY[op](a, b) if op in BINARY else NUMPY[op](a))
