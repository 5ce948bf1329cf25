"""Every tree of a small grammar by plain recursion: what the bank is held against.

Nothing is shared with the bank but the cost of an operator. A tree is kept where its dimensions are right and
every subtree is a finite number at every probe. The documented exceptions of the bank are left out here
too: functions of one family inside each other, dimensionless expressions that do not vary, numbers beyond
1e60, and ``neg``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from symreg.errors import DimensionError
from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import Apply, Constant, Expression, Number, Variable
from symreg.formula.operators import OPERATORS
from symreg.search.dimension_code import coding_for
from symreg.search.native.bank.bank import Bank, Leaf
from symreg.search.native.bank.distinct import LARGEST_VALUE
from symreg.search.native.bank.vocabulary import FAMILY, NOT_OVER, search_cost
from symreg.units.dimension import DIMENSIONLESS, Dimension

Floats = npt.NDArray[np.float64]
ONE = Number(1)


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree with its dimension, its values at the probes and the families of functions in it."""

    expression: Expression
    dimension: Dimension
    values: Floats
    families: int


@dataclass(frozen=True)
class Grammar:
    """Named columns with dimensions, and operators; the number one is always a leaf."""

    columns: Mapping[str, tuple[Dimension, Floats]]
    operators: Sequence[str]
    levels: dict[int, list[Tree]] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Floats]:
        """Values of the columns by name."""
        return {name: values for name, (_, values) in self.columns.items()}

    @property
    def dimensions(self) -> dict[str, Dimension]:
        """Dimensions of the columns by name."""
        return {name: dimension for name, (dimension, _) in self.columns.items()}

    def trees(self, size: int) -> list[Tree]:
        """All trees of exactly this cost."""
        if size not in self.levels:
            with np.errstate(all="ignore"):
                self.levels[size] = list(self._leaves() if size == 1 else self._grown(size))
        return self.levels[size]

    def _leaves(self) -> Iterator[Tree]:
        n_probes = len(next(iter(self.values.values())))
        yield Tree(ONE, DIMENSIONLESS, np.ones(n_probes), 0)
        for name, (dimension, values) in self.columns.items():
            yield Tree(Variable(name), dimension, values, 0)

    def _grown(self, size: int) -> Iterator[Tree]:
        for name in self.operators:
            rest = size - search_cost(name)
            if name == "neg":
                continue
            if OPERATORS[name].arity == 1:
                pairs = [(tree,) for tree in self.trees(rest)] if rest >= 1 else []
            else:
                pairs = [
                    (a, b)
                    for left in range(1, rest)
                    for a in self.trees(left)
                    for b in self.trees(rest - left)
                ]
            for operands in pairs:
                tree = self._applied(name, operands)
                if tree is not None:
                    yield tree

    def _applied(self, name: str, operands: tuple[Tree, ...]) -> Tree | None:
        families = 0
        for one in operands:
            families |= one.families
        if OPERATORS[name].arity == 1 and families & NOT_OVER.get(name, 0):
            return None
        dimension = dimension_after(name, tuple(one.dimension for one in operands))
        if dimension is None:
            return None
        values = np.asarray(OPERATORS[name].numpy(*(one.values for one in operands)))
        largest = float(np.abs(values).max())
        if not np.isfinite(values).all() or not 1 / LARGEST_VALUE < largest < LARGEST_VALUE:
            return None
        if name in ("+", "-") and largest <= 1e-9 * max(float(np.abs(o.values).max()) for o in operands):
            return None  # rounding, which the tree means to be zero
        if dimension == DIMENSIONLESS and float(np.ptp(values)) <= 1e-9 * largest:
            return None
        expression = Apply(name, tuple(one.expression for one in operands))
        return Tree(expression, dimension, values, families | FAMILY.get(name, 0))


@cache
def dimension_after(name: str, dimensions: tuple[Dimension, ...]) -> Dimension | None:
    """The dimension of an operator's result; None where it is forbidden or finer than a twelfth."""
    marks = {f"_{place}": dimension for place, dimension in enumerate(dimensions)}
    try:
        found = dimension_of(Apply(name, tuple(Constant(mark) for mark in marks)), marks)
    except DimensionError:
        return None
    return found if all((12 * exponent).denominator == 1 for exponent in found.exponents) else None


def bank_of(grammar: Grammar, *, max_entries: int = 10**6) -> Bank:
    """A bank over the same leaves and operators."""
    coding = coding_for(grammar.dimensions.values())
    leaves = [
        Leaf(Variable(name), coding.encode(dimension), values)
        for name, (dimension, values) in grammar.columns.items()
    ]
    leaves.append(Leaf(ONE, 0, np.ones(len(leaves[0].values))))
    return Bank(leaves, coding, grammar.operators, max_entries=max_entries)


def shape(values: Floats) -> Floats:
    """Rows that are equal where values agree up to sign: unit vectors and the log of the largest value."""
    largest = np.abs(values).max(axis=1, keepdims=True)
    unit = values / largest
    lead = np.take_along_axis(unit, np.abs(unit).argmax(axis=1)[:, None], axis=1)
    return np.hstack([unit * np.sign(lead), np.log(largest)])


def missing(wanted: Sequence[Tree], found: Floats) -> list[Tree]:
    """The trees whose values, up to sign, are not among the rows of ``found``."""
    if not wanted:
        return []
    if not len(found):
        return list(wanted)
    values = np.array([tree.values for tree in wanted])
    # where two probes share the largest value, rounding decides which sign a row takes: both are offered
    tree = cKDTree(np.vstack([shape(found), _other_sign(shape(found))]))
    distance, _ = tree.query(shape(values), distance_upper_bound=1e-6)
    return [one for one, far in zip(wanted, ~np.isfinite(distance), strict=True) if far]


def _other_sign(rows: Floats) -> Floats:
    return np.hstack([-rows[:, :-1], rows[:, -1:]])
