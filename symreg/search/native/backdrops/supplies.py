"""Supplies: the terms, views, backdrops and sights that stages share, each made when it is first wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Expression, Variable
from symreg.search.native.backdrops.backdrop import BENEATH, Backdrop, backdrop, monomials, simple_terms
from symreg.search.native.backdrops.composed import simplest_of
from symreg.search.native.backdrops.product import Product
from symreg.search.native.backdrops.sight import Sight
from symreg.search.native.backdrops.view import ONE, SUMS, View, views
from symreg.search.native.hunt import Workplace
from symreg.search.native.skeletons import IDENTITY, Argument, Inputs, Terms, place_bits, terms_of
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
MOST_BACKDROP_TERMS, FEW = 80, 9
"""Terms of a backdrop, a third of the rows looked at; and of one with a single input while parts are sought, since
many terms of one input follow any curve and leave a part nothing to explain. Cost goes as the square; fewer cover fewer
laws."""

PORTION = 0.5
"""Of the rows, terms of a backdrop at most."""

WAVING = 300
"""Of the simplest terms of which waves of any frequency are looked at."""


@dataclass(frozen=True, eq=False)
class Supplies:
    """What is looked at in one space, on some of its rows."""

    workplace: Workplace
    space: SearchSpace
    inputs: Inputs
    rows: Rows

    @cached_property
    def y(self) -> Floats:
        """The target on the rows looked at."""
        return self.space.target[self.rows]

    @property
    def precision(self) -> type[np.floating[Any]]:
        """Of columns while they are screened: of one input smooth ones differ by little."""
        return np.float64 if len(self.inputs.places) == 1 else np.float32

    @cached_property
    def most(self) -> int:
        """Terms that a backdrop may have on so many rows."""
        return min(MOST_BACKDROP_TERMS, int(PORTION * len(self.rows)))

    @cached_property
    def plain(self) -> Backdrop:
        """Simple terms, as many as there may be."""
        return backdrop(simple_terms(self.inputs, self.rows, self.most), ())

    @cached_property
    def behind(self) -> Backdrop:
        """What parts are sought before: of one input a few terms, as many follow any curve."""
        if len(self.inputs.places) > 1:
            return self.plain
        return backdrop(simple_terms(self.inputs, self.rows, FEW), ())

    @cached_property
    def product(self) -> Product:
        """Simple factors, and the target's logarithm."""
        return Product(self.inputs, self.rows, self.y, self.most)

    @cached_property
    def terms(self) -> Terms:
        """The simplest expressions."""
        return terms_of(self.workplace, self.space, self.rows)

    @cached_property
    def simplest(self) -> list[Argument]:
        """The simplest terms, as arguments."""
        trees = (self.terms.tree(place) for place in simplest_of(self.terms, WAVING))
        return [one for tree in trees if (one := self.inputs.argument(tree, tree)) is not None]

    @cached_property
    def all_views(self) -> list[View]:
        """Through every context, times every simple expression."""
        terms = self.terms
        times: list[tuple[Expression, Floats, float]] = [(ONE, np.ones(len(self.rows)), 0.0)]
        times += [(terms.tree(place), row, 2.0 + place_bits(place)) for place, row in enumerate(terms.values)]
        return list(views(self.y, times, self.space.operators))

    @cached_property
    def main_views(self) -> list[View]:
        """Through every context, times simple powers of inputs, and products and ratios of two."""
        times: list[tuple[Expression, Floats, float]] = [(ONE, np.ones(len(self.rows)), 0.0)]
        powers = tuple(Fraction(*one) for one in ((1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2)))
        arguments = [one for place in self.inputs.places for one in self.inputs.powers(place, powers)]
        arguments += list(self.inputs.pairs())
        times += [(one.tree, one.values[self.rows], 2.0 + place_bits(rank)) for rank, one in enumerate(arguments)]
        return list(views(self.y, times, self.space.operators))

    @cached_property
    def plainest(self) -> list[list[Sight]]:
        """The target itself and its inverse."""
        names = ("y", "inv")
        return [[one for one in some if one.view.times == ONE and one.view.context.name in names] for some in self.few]

    @cached_property
    def few(self) -> list[list[Sight]]:
        """The sights of the simplest views."""
        first = {ONE, *(tree for place in self.inputs.places for tree in _and_inverse(self.inputs.space.names[place]))}
        names = [one.name for one in SUMS[:5]]
        return [
            [one for one in sights if one.view.times in first and one.view.context.name in names]
            for sights in self.main[:1]
        ]

    @cached_property
    def main(self) -> list[list[Sight]]:
        """Sights of which parts are sought, those before one backdrop together."""
        return [self.sights(self.behind, self.main_views), *(sights for _, sights in self.implicit[:1])]

    def sights(self, shown: Backdrop, seen: Sequence[View]) -> list[Sight]:
        """These views before a backdrop."""
        if not seen:
            return []
        left = shown.rest(np.array([one.values for one in seen]))
        return [Sight(view, shown, rest) for view, rest in zip(seen, left, strict=True)]

    @cached_property
    def implicit(self) -> list[tuple[Backdrop, list[Sight]]]:
        """Laws with a denominator of several terms: the target times terms among the terms."""
        if "/" not in self.space.operators:
            return []
        return self._beneath(simple_terms(self.inputs, self.rows, max(2, self.most // 2), BENEATH))

    @cached_property
    def rational(self) -> list[tuple[Backdrop, list[Sight]]]:
        """The same of monomials alone."""
        if "/" not in self.space.operators:
            return []
        return self._beneath(monomials(self.inputs, self.rows, max(2, self.most // 2)))

    def _beneath(self, half: Sequence[tuple[Expression, Floats]]) -> list[tuple[Backdrop, list[Sight]]]:
        found = []
        for index, (tree, values) in enumerate(half):
            if self.workplace.stop():
                break
            beneath = [(one, self.y * column) for place, (one, column) in enumerate(half) if place != index]
            shown = backdrop(half, beneath)
            view = View(IDENTITY, tree, self.y * values, 4.0 + place_bits(index))
            found.append((shown, self.sights(shown, [view])))
        return found


def _and_inverse(name: str) -> tuple[Expression, Expression]:
    return Variable(name), Apply("inv", (Variable(name),))
