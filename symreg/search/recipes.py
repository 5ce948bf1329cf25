"""Recipes: what a level is made of. Which smaller levels it needs, and every pair of entries that leads to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from symreg.search.block import Block, Booleans, block, classes_of
from symreg.search.classes import POWERS, Classes
from symreg.search.dimension_code import Codes, DimensionCode
from symreg.search.shelf import Ids, Shelf
from symreg.search.vocabulary import ODD, OF_NEGATIVE, TRANSCENDENTAL

_NONE = np.iinfo(np.int64).max


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
        for name, cost, below in self._unary_sources(wanted):
            if name in self.operators and size - cost in needed:
                needed[size - cost].append(below[below != _NONE])
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

    def _unary_sources(self, wanted: Codes) -> Iterator[tuple[str, int, Codes]]:
        """Operator, cost and, for each wanted code, the code of its operand (``_NONE``: there is none)."""
        for name, power in POWERS.items():
            roots, exact = self.coding.root(wanted, abs(power))
            yield name, self.cost.get(name, 1), np.where(exact, roots if power > 0 else -roots, _NONE)
        doubled = 2 * wanted
        yield "sqrt", self.cost.get("sqrt", 1), np.where(self.coding.in_range(doubled), doubled, _NONE)
        yield "abs", self.cost.get("abs", 1), wanted
        for name in TRANSCENDENTAL:
            yield name, self.cost.get(name, 1), np.where(wanted == 0, 0, _NONE)

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
        for name, cost, below in self._unary_sources(wanted):
            shelf = shelves.get(size - cost)
            if name in self.operators and shelf is not None:
                where, found = shelf.find(below)
                found &= below != _NONE
                for one in (name, OF_NEGATIVE[name]) if name in OF_NEGATIVE else (name,):
                    yield block(one, wanted[found], classes_of(shelf, where[found]), odd=odd)
        for small in range(1, (size - 1) // 2 + 1):
            if small in shelves and size - 1 - small in shelves:
                yield from self._binary(shelves[size - 1 - small], shelves[small], wanted, odd)
        if "pow" in self.operators and 0 in wanted:
            rest = size - self.cost["pow"]
            for large in range(1, rest):
                if large in shelves and rest - large in shelves:
                    yield from self._powers(shelves[large], shelves[rest - large], odd)

    def _binary(self, a: Shelf, b: Shelf, wanted: Codes, odd: bool | None) -> Iterator[Block]:
        """Sums, products and quotients of an entry of each shelf; the first holds the larger ones."""
        for name in ("+", "-"):
            if name in self.operators:
                i, found = a.find(wanted)
                j, also = b.find(wanted)
                keep = found & also
                yield _pairs(name, wanted[keep], (a, i[keep]), (b, j[keep]), odd)
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

    def _powers(self, a: Shelf, b: Shelf, odd: bool | None) -> Iterator[Block]:
        plain = np.zeros(1, dtype=np.int64)
        (i, found), (j, also) = a.find(plain), b.find(plain)
        if found[0] and also[0]:
            for name in ("pow", "pow of neg"):
                yield block(name, plain, classes_of(a, i), classes_of(b, j), odd=odd)


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

