"""Supplies: the terms, grids and questions that stages share, each made when it is first wanted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from symreg.search.native.hunt import Workplace
from symreg.search.native.skeletons import catalogue
from symreg.search.native.skeletons.argument import Argument, Inputs
from symreg.search.native.skeletons.assembly import Assembly
from symreg.search.native.skeletons.part import Part
from symreg.search.native.skeletons.question import Projected, Question, projected
from symreg.search.native.skeletons.sums import PlainTerms
from symreg.search.native.skeletons.terms import Terms, terms_of
from symreg.search.space import SearchSpace

Rows = npt.NDArray[np.int64]
EACH, EACH_ALONE = 30, 80
"""Parts of a block that are kept for each question, of several inputs and of one: on a grid the right one is seldom
first, Antoine's vapour pressure is the thirty-first."""

SKELETON_GRIDS = {0: (), 1: (48,), 2: (20, 14), 3: (10, 8, 8)}
SIZES_ALONE = {0: (), 1: (96,), 2: (28, 20), 3: (12, 10, 10)}
"""Of grids, of several inputs and of one, by the number of constants inside, the innermost first. A fit finds its
way over about two steps of each."""


@dataclass(frozen=True, eq=False)
class Supplies:
    """What is looked at in one space, on the rows of the screen; formulas have ``most`` constants at most."""

    workplace: Workplace
    space: SearchSpace
    inputs: Inputs
    rows: Rows
    assembly: Assembly
    most: int

    @property
    def is_alone(self) -> bool:
        """Whether one input varies, and there is time to look closely."""
        return len(self.inputs.places) == 1

    @property
    def each(self) -> int:
        """Parts of a block that are kept for each question."""
        return EACH_ALONE if self.is_alone else EACH

    def sizes(self, part: Part) -> tuple[int, ...]:
        """Of the grid of a part's constants."""
        return (SIZES_ALONE if self.is_alone else SKELETON_GRIDS)[part.n_inner]

    def asked(self, questions: Iterable[Question]) -> list[Projected]:
        """These questions, those that so many rows allow."""
        y, weights = self.assembly.at(self.rows)
        found = (projected(one, y, weights, self.rows) for one in questions if one.n_outer < self.most)
        return [one for one in found if one is not None]

    @cached_property
    def plain(self) -> list[Argument]:
        """Plain terms of the catalogue: several stages want them."""
        return catalogue.plain_terms(self.inputs)

    def own_terms(self) -> PlainTerms:
        """Plain terms of the catalogue, with their values."""
        values = np.array([one.values[self.rows] for one in self.plain]).reshape(-1, len(self.rows))
        return PlainTerms(values, self.plain.__getitem__)

    @cached_property
    def terms(self) -> Terms:
        """The simplest expressions of all."""
        return terms_of(self.workplace, self.space, self.rows)

    def simplest_terms(self) -> PlainTerms:
        """The same, as terms of a sum."""
        bank = self.terms
        made: dict[int, Argument | None] = {}

        def argument(index: int) -> Argument | None:
            if index not in made:
                tree = bank.tree(index)
                made[index] = self.inputs.argument(tree, tree)
            return made[index]

        return PlainTerms(bank.values, argument)
