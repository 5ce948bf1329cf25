"""Recipes: what a level is made of. Which smaller levels it needs, and every pair of entries that leads to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from symreg.formula import TRANSCENDENTAL
from symreg.search.dimension_code import Codes, DimensionCode
from symreg.search.native.bank.block import Block, Booleans, block, classes_of
from symreg.search.native.bank.classes import ROOTS, WHOLE_POWERS, Classes
from symreg.search.native.bank.shelf import Ids, Shelf
from symreg.search.native.bank.vocabulary import ODD, OF_NEGATIVE, OPPOSITE


@dataclass(frozen=True, slots=True, eq=False)
class Recipes:
    """How entries of some dimensions and size are made by ``operators``, of which each has a ``cost``."""

    coding: DimensionCode
    classes: Classes
    operators: frozenset[str]
    cost: Mapping[str, int]
    has_angles: bool

    def needs(self, size: int, wanted: Codes, sizes: Sequence[int]) -> Iterator[tuple[int, Codes]]:
        """Dimensions from which the wanted ones are made, at those of the smaller ``sizes``, small ones first."""
        needed: dict[int, list[Codes]] = {smaller: [wanted] for smaller in sizes}
        for _, cost, _, below in self._unary_sources(size, wanted):
            if size - cost in needed:
                needed[size - cost].append(below)
        for small in range(1, (size - 1) // 2 + 1):
            large = size - 1 - small
            partners = self.classes.at.get(small, self.classes.known)
            if large in needed:
                tables = (wanted[:, None] - partners, wanted[:, None] + partners, partners - wanted[:, None])
                needed[large] += [self.classes.possible(codes, large) for codes in tables]
            if small in needed:
                needed[small].append(partners)
        for smaller in sizes:
            yield smaller, np.concatenate(needed[smaller])

    def _unary_sources(self, size: int, wanted: Codes) -> Iterator[tuple[str, int, Codes, Codes]]:
        """Operator, cost, wanted codes that it makes at this size and, for each of these, the code of its operand."""
        for name, made, below in self._sources(size, wanted):
            if name in self.operators:
                yield name, self.cost[name], made, below

    def _sources(self, size: int, wanted: Codes) -> Iterator[tuple[str, Codes, Codes]]:
        for name, power in WHOLE_POWERS.items():
            roots, exact = self.coding.root(wanted, abs(power))
            yield name, wanted[exact], (roots if power > 0 else -roots)[exact]
        for name, degree in ROOTS.items():
            powers = degree * wanted
            fits = self.coding.in_range(powers)
            yield name, wanted[fits], powers[fits]
        yield "abs", wanted, wanted
        plain = wanted[wanted == 0]
        for name in TRANSCENDENTAL:
            yield name, plain, plain
        if "step" in self.operators and len(plain):  # of a quantity of whatever dimension
            every = self.classes.at.get(size - self.cost["step"], self.classes.known)
            yield "step", np.zeros_like(every), every

    def blocks(self, size: int, wanted: Codes, shelves: Mapping[int, Shelf]) -> Iterator[Block]:
        """Every combination that makes the wanted levels."""
        if not self.has_angles:
            yield from self._by_size(size, wanted, shelves, None)
            return
        for odd in (False, True):
            yield from self._by_size(size - ODD * odd, wanted, shelves, odd)

    def _by_size(
        self, size: int, wanted: Codes, shelves: Mapping[int, Shelf], odd: bool | None
    ) -> Iterator[Block]:
        for name, cost, made, below in self._unary_sources(size, wanted):
            shelf = shelves.get(size - cost)
            if shelf is not None:
                where, found = shelf.find(below)
                for one in (name, OF_NEGATIVE[name]) if name in OF_NEGATIVE else (name,):
                    yield block(one, made[found], classes_of(shelf, where[found]), odd=odd)
        for small in range(1, (size - 1) // 2 + 1):
            if small in shelves and size - 1 - small in shelves:
                yield from self._binary(shelves[size - 1 - small], shelves[small], wanted, odd)
        yield from self._extremes(size, wanted, shelves, odd)
        if "pow" in self.operators and 0 in wanted:
            rest = size - self.cost["pow"]
            for large in range(1, rest):
                if large in shelves and rest - large in shelves:
                    yield from self._powers(shelves[large], shelves[rest - large], odd)

    def _binary(self, a: Shelf, b: Shelf, wanted: Codes, odd: bool | None) -> Iterator[Block]:
        """Sums, products and quotients of an entry of each shelf; the first holds the larger ones."""
        for name in ("+", "-"):
            if name in self.operators:
                yield _of_equals(name, a, b, wanted, odd)
        if "*" in self.operators:
            codes, i, j = _partners(a, wanted[:, None] - b.codes, wanted)
            if a is b:
                keep = a.codes[i] >= b.codes[j]
                codes, i, j = codes[keep], i[keep], j[keep]
            yield _pairs("*", codes, (a, i), (b, j), odd)
        if "/" in self.operators:
            codes, i, j = _partners(a, wanted[:, None] + b.codes, wanted)
            yield _pairs("/", codes, (a, i), (b, j), odd)
            if a is not b:
                codes, i, j = _partners(a, b.codes - wanted[:, None], wanted)
                yield _pairs("/", codes, (b, j), (a, i), odd)

    def _extremes(
        self, size: int, wanted: Codes, shelves: Mapping[int, Shelf], odd: bool | None
    ) -> Iterator[Block]:
        """The larger and the smaller of two entries, with either sign of the second one.

        Both where one is asked for: entries stand for both signs, and the smaller is the larger of the opposites.
        """
        asked = [name for name in OPPOSITE if name in self.operators]
        rest = size - min((self.cost[name] for name in asked), default=size)
        for small in range(1, rest // 2 + 1):
            if small in shelves and rest - small in shelves:
                for name in OPPOSITE:
                    for one in (name, OF_NEGATIVE[name]):
                        yield _of_equals(one, shelves[rest - small], shelves[small], wanted, odd)

    def _powers(self, a: Shelf, b: Shelf, odd: bool | None) -> Iterator[Block]:
        plain = np.zeros(1, dtype=np.int64)
        (i, found), (j, also) = a.find(plain), b.find(plain)
        if found[0] and also[0]:
            for name in ("pow", "pow of neg"):
                yield block(name, plain, classes_of(a, i), classes_of(b, j), odd=odd)


def _of_equals(name: str, a: Shelf, b: Shelf, wanted: Codes, odd: bool | None) -> Block:
    """Pairs of entries of one dimension, which is that of the result too."""
    i, found = a.find(wanted)
    j, also = b.find(wanted)
    keep = found & also
    return _pairs(name, wanted[keep], (a, i[keep]), (b, j[keep]), odd)


def _partners(shelf: Shelf, codes: Codes, wanted: Codes) -> tuple[Codes, Ids, Ids]:
    """Of codes, a row for each wanted one, those that the shelf has: the wanted code, place on the shelf, column."""
    where, found = shelf.find(codes)
    row, column = np.nonzero(found)
    return wanted[row], where[row, column], column


def _pairs(
    name: str, codes: Codes, left: tuple[Shelf, Ids], right: tuple[Shelf, Ids], odd: bool | None
) -> Block:
    (a, i), (b, j) = left, right
    triangle: Booleans | None = i == j if a is b and name != "/" else None
    return block(name, codes, classes_of(a, i), classes_of(b, j), triangle, odd=odd)

