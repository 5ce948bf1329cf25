"""Enveloped parts: one function with constants inside, times several simple expressions at once.

``(a*x1 + sin(w*x2))*(b*sqrt(x2) + x3)`` holds its sine twice, with two envelopes: for a given frequency that is a few
more columns, whose coefficients are solved for together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Constant, Expression, Number
from symreg.search.native.backdrops.tuned import TANGENT, TUNED_FUNCTIONS, Tuned
from symreg.search.native.skeletons import (
    EXP,
    INVERSE,
    LOG,
    ROOT,
    Argument,
    Chain,
    Columns,
    Inputs,
    Part,
    Wave,
    singles,
)

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
ONE = Number(Fraction(1))
MOST_ENVELOPES = 8
"""Envelopes of one part: with the part alone that makes 9 columns, of a wave 18, solved for together at each constant
of a grid, so that time grows as the square and more. Fewer leave out squares, inverses and products. Set by hand."""


@dataclass(frozen=True, slots=True)
class Enveloped:
    """The columns of a part as they are, and times each of the envelopes."""

    part: Part
    envelopes: tuple[Argument, ...]

    @property
    def n_inner(self) -> int:
        """Of the part."""
        return self.part.n_inner

    @property
    def n_columns(self) -> int:
        """Of the part, for each envelope and for none."""
        return self.part.n_columns * (1 + len(self.envelopes))

    @property
    def is_log(self) -> bool:
        """No."""
        return False

    @property
    def size(self) -> int:
        """Nodes of the part."""
        return self.part.size

    @property
    def bits(self) -> float:
        """Those of the part."""
        return self.part.bits

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal parts."""
        return (self.part.key, "enveloped")

    @property
    def inputs(self) -> frozenset[int]:
        """Places of the inputs in the part."""
        return self.part.inputs

    def _around(self, rows: Rows) -> Floats:
        return np.array([np.ones(len(rows)), *(one.values[rows] for one in self.envelopes)])

    def columns(self, rows: Rows, sizes: Sequence[int]) -> Columns:
        """Its columns on the part's grid, see ``Part``."""
        own = self.part.columns(rows, sizes)
        values = self._around(rows)[None, :, None, :] * own.values[:, None]
        return Columns(own.constants, values.reshape(len(own.values), self.n_columns, len(rows)))

    def at(self, rows: Rows, inner: Floats) -> Floats:
        """Its columns for one choice of constants, see ``Part``."""
        own = self.part.at(rows, inner)
        return (self._around(rows)[:, None] * own[None]).reshape(-1, len(rows))

    def inside(self, inner: Sequence[Constant]) -> Expression:
        """The part's."""
        return self.part.inside(inner)

    def write(self, inner: Sequence[Constant], outer: Sequence[Constant]) -> Expression:
        """A sum of all of its terms."""
        width = self.part.n_columns
        whole: Expression | None = None
        for place, tree in enumerate((ONE, *(one.tree for one in self.envelopes))):
            term = Apply("*", (tree, self.part.write(inner, outer[place * width : (place + 1) * width])))
            whole = term if whole is None else Apply("+", (whole, term))
        assert whole is not None
        return whole

    def outer(self, coefficients: Floats) -> Floats:
        """Of the part, for each envelope."""
        width = self.part.n_columns
        pieces = [self.part.outer(coefficients[at : at + width]) for at in range(0, len(coefficients), width)]
        return np.concatenate(pieces)


def envelopes_of(inputs: Inputs) -> tuple[Argument, ...]:
    """Inputs, products of two, roots, squares and inverses."""
    found = [*singles(inputs)]
    for power in (Fraction(1, 2), None, Fraction(-1), Fraction(2)):
        if power is None:
            found += [one for one in inputs.pairs() if isinstance(one.tree, Apply) and one.tree.operator == "*"]
            continue
        found += [one for place in inputs.places for one in inputs.powers(place, (power,)) if not _is_log(one)]
    return tuple({one.tree: one for one in found}.values())[:MOST_ENVELOPES]


def _is_log(one: Argument) -> bool:
    return isinstance(one.tree, Apply) and one.tree.operator == "log"


def enveloped(inputs: Inputs) -> Iterator[Part]:
    """Waves, tangents, exponentials and others of inputs, their squares, products and shares, in all envelopes."""
    around = envelopes_of(inputs)
    operators = inputs.space.operators
    squares = [one for place in inputs.places for one in inputs.powers(place, (Fraction(2), Fraction(-1)))]
    pairs = [one for one in inputs.pairs() if isinstance(one.tree, Apply) and one.tree.operator in "*/"]
    plain = singles(inputs)
    if "sin" in operators:
        for one in (*plain, *squares, *pairs):
            yield Enveloped(Wave(Chain(one)), around)
        for first in plain:
            for second in plain:
                if first is not second:
                    yield Enveloped(Tuned(first, second, "sin"), around)
    for one in (*plain, *squares, *pairs):
        for step in (EXP, INVERSE, LOG, ROOT, TANGENT):
            if step.name in operators:
                yield Enveloped(Chain(one, (step,)), around)


__all__ = ["TUNED_FUNCTIONS", "Enveloped", "enveloped", "envelopes_of"]
