"""Factors: what a product of powers is made of beside its monomial, as rows of logarithms.

Entries of the bank that are no products themselves, and families of factors with one constant inside, which stand on a
grid of constants. One of each shape: logarithms that differ by a monomial are one factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from symreg.search.native.bank import EMPTY, MONOMIAL_OPS, NOT_OVER, OPS, Bank, Ids
from symreg.search.native.joins.families import FAMILIES, Family, constants_to_try, sizes_of
from symreg.search.native.joins.product_draft import Factor
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
ADDED_AT_ONCE = 8192
"""Entries whose logarithms are taken together, 8 MB at 128 probes, of which a few copies are made. A bound on memory
alone: factors are the same in any pieces."""
MOST_FAMILY_FACTORS = 10_000  # of one size; a size with more arguments than that goes without
LEARNED = 4  # constants of exponentials around one entry
CONSTANTS_ALIKE = 0.01  # constants nearer to each other are one
SMALLEST = 1e-6  # of a logarithm's length: what has to be left of it without monomials


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """Factors as columns: entries, families by their places in ``FAMILIES`` (-1: none), constants."""

    entry: Ids
    family: npt.NDArray[np.int64]
    constant: Floats

    def part(self, places: slice | Ids) -> Many:
        """Some of them."""
        return Many(self.entry[places], self.family[places], self.constant[places])

    def one(self, place: int) -> Factor:
        """One of them."""
        number = int(self.family[place])
        return Factor(int(self.entry[place]), FAMILIES[number] if number >= 0 else None, float(self.constant[place]))


NOBODY = Many(EMPTY, EMPTY, np.empty(0))
GRIDLESS = np.array([*(not family.grid for family in FAMILIES), False])
"""Whether a family, by its place in ``FAMILIES``, has no grid, so that any power of its factors will do; the last is
for factors of none."""


def together(some: Sequence[Many]) -> Many:
    """All of these, one after another."""
    entry, family, constant = (
        np.concatenate([getattr(one, name) for one in some]) for name in ("entry", "family", "constant")
    )
    return Many(entry, family, constant)


@dataclass(eq=False)
class FactorTable:
    """All factors met so far, by their places; ``rows`` holds their logarithms, a particular monomial and the Pi groups
    taken out.

    ``span`` are orthonormal rows ``(n, n_probes)``: a constant and the logarithms of the Pi groups. ``particular``
    turns a dimension's digits into the logarithm of one monomial that has it, ``(n_bases, n_probes)``.
    """

    space: SearchSpace
    bank: Bank
    span: Floats
    particular: Floats
    families: bool = True
    norms: Floats = field(default_factory=lambda: np.empty(0))  # of the rows before they were scaled
    free: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=bool))  # any power will do
    news: list[tuple[int, float, float]] = field(default_factory=list)  # learned since somebody asked
    _all: Many = field(default_factory=lambda: NOBODY)
    _rows: Singles = field(init=False)
    _of_size: dict[int, Ids] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)
    _learned: dict[int, list[tuple[float, float]]] = field(default_factory=dict)  # by entry: losses and constants

    def __post_init__(self) -> None:
        self._rows = np.empty((0, self.span.shape[1]), dtype=np.float32)
        self._projection = np.random.default_rng(7).normal(size=(self.span.shape[1], 2))

    @property
    def rows(self) -> Singles:
        """Rows of unit norm, one for each factor."""
        return self._rows[: len(self)]

    def __len__(self) -> int:
        return len(self._all.entry)

    def factor(self, place: int) -> Factor:
        """The factor at this place."""
        return self._all.one(place)

    def of(self, size: int) -> Ids:
        """Positions of the factors of this size."""
        found = self._of_size.get(size)
        if found is None:
            ids = self._plain(size)
            inside, logs = self._families(size)
            start = len(self)
            for at in range(0, len(ids), ADDED_AT_ONCE):
                part = ids[at : at + ADDED_AT_ONCE]
                with np.errstate(all="ignore"):
                    values = np.log(np.abs(self.bank.values[part]))
                self._add(Many(part, np.full(len(part), -1), np.ones(len(part))), values, self.bank.code[part])
            for at in range(0, len(inside.entry), ADDED_AT_ONCE):
                some = inside.part(slice(at, at + ADDED_AT_ONCE))
                self._add(some, logs[at : at + ADDED_AT_ONCE], np.zeros(len(some.entry), dtype=np.int64))
            found = self._of_size[size] = np.arange(start, len(self))
        return found

    def reduced(self, logs: Floats, codes: npt.NDArray[np.int64]) -> Floats:
        """Logarithms without the particular monomial of their dimension and without the Pi groups."""
        rest = logs - self.space.coding.digits(codes).astype(float) @ self.particular
        return np.asarray(rest - (rest @ self.span.T) @ self.span)

    def _plain(self, size: int) -> Ids:
        """The entries of the bank of this size that are no product or power themselves."""
        if self.bank.affordable(size):
            self.bank.request_all(size)
        ids = self.bank.all_of(size)
        return ids[~np.isin(self.bank.op[ids], [OPS.index(name) for name in MONOMIAL_OPS])]

    def learn(self, entry: int, constant: float, loss: float) -> None:
        """Remember the constant of ``exp(k*f)`` in a product: other families may be tried with it.

        An exponential has no grid, so its constant comes out of a join as exact as the rows allow.
        """
        known = self._learned.setdefault(entry, [])
        if all(abs(constant - other) > CONSTANTS_ALIKE * abs(constant) for _, other in known):
            self._learned[entry] = sorted([*known, (loss, constant)])[:LEARNED]
            self.news.append((entry, constant, loss))

    def _constants(self, family: Family, entry: int, sizes: tuple[float, float, float]) -> tuple[float, ...]:
        """The constants that a family is tried with around an entry of the bank with these ``sizes_of``."""
        if not family.grid:
            return (1.0,)
        learned = [k for _, k in self._learned.get(entry, ())] if "exp" in family.operators else []
        return (*constants_to_try(family, sizes), *learned, *(-k for k in learned))

    def _families(self, size: int) -> tuple[Many, Floats]:
        """Every family around every entry of this size that a coefficient can make dimensionless, with logarithms."""
        found, logs = [NOBODY], [np.empty((0, self.span.shape[1]))]
        for number, family in enumerate(FAMILIES if self.families else ()):
            if not family.operators <= self.space.operators or size <= family.cost:
                continue
            ids = self._arguments(family, size - family.cost)
            if not len(ids) or len(ids) * max(1, len(family.grid)) > MOST_FAMILY_FACTORS or self.bank.stop():
                continue
            sizes = map(tuple, sizes_of(self.bank.values[ids]).tolist())
            constants = [self._constants(family, entry, one) for entry, one in zip(ids.tolist(), sizes, strict=True)]
            each = np.array([k for some in constants for k in some])
            entries = np.repeat(ids, [len(some) for some in constants])
            with np.errstate(all="ignore"):  # what runs over is no factor
                arguments = each[:, None] * self.bank.values[entries]
            logs.append(logs_of_family(family, arguments))
            found.append(Many(entries, np.full(len(entries), number), each))
        return together(found), np.vstack(logs)

    def _arguments(self, family: Family, size: int) -> Ids:
        coefficients = self.space.coefficient_codes
        if coefficients is not None:
            codes = -np.array(coefficients, dtype=np.int64)
            self.bank.request(size, codes)
            ids = np.concatenate([EMPTY, *(self.bank.level(int(code), size) for code in codes)])
        else:
            if self.bank.affordable(size):
                self.bank.request_all(size)
            ids = self.bank.all_of(size)
        forbidden = max(NOT_OVER.get(name, 0) for name in family.operators)
        ids = ids[(self.bank.mask[ids] & forbidden) == 0]
        return ids[[not self.bank.is_one(entry) for entry in ids.tolist()]] if len(ids) else EMPTY

    def _add(self, factors: Many, logs: Floats, codes: npt.NDArray[np.int64]) -> None:
        good = np.flatnonzero(np.isfinite(logs).all(axis=1))
        rest = self.reduced(logs[good], codes[good])
        norm = np.sqrt((rest**2).sum(axis=1))
        kept = norm > SMALLEST
        good, rest, norm = good[kept], rest[kept] / norm[kept, None], norm[kept]
        projected = rest @ self._projection
        keys = np.rint(projected * np.where(projected[:, :1] < 0, -1, 1) * 1e7).astype(np.int64)
        fresh = []
        for index, key in enumerate(((keys[:, 0] * 0x9E3779B97F4A7C1) ^ keys[:, 1]).tolist()):
            if key not in self._seen:
                self._seen.add(key)
                fresh.append(index)
        start, new = len(self), factors.part(good[fresh])
        self._all = together([self._all, new])
        self.free = np.concatenate([self.free, GRIDLESS[new.family]])
        self.norms = np.concatenate([self.norms, norm[fresh]])
        self._store(rest[fresh].astype(np.float32), start)

    def _store(self, rows: Singles, start: int) -> None:
        if start + len(rows) > len(self._rows):  # room for as many again: a table is copied a few times only
            grown = np.empty((2 * (start + len(rows)), self.span.shape[1]), dtype=np.float32)
            grown[:start] = self._rows[:start]
            self._rows = grown
        self._rows[start : start + len(rows)] = rows


def logs_of_family(family: Family, arguments: Floats) -> Floats:
    """Logarithms of a family's factors from ``k*f``; of an exponential that is the argument itself."""
    with np.errstate(all="ignore"):
        return np.log(np.abs(family.values(arguments))) if family.grid else arguments
