"""Constants of a formula under other names: each new one is defined by the old ones, so that every value stays.

A ``Form`` is a formula with its free constants; a rule proposes another tree for one of its nodes, with what the
constants in it now mean, as ``k*(x + k2)`` becomes ``k*x + k2`` with ``k2`` for ``k*k2``. No rule is believed: a
proposal counts when the formula has the dimension that it had and the same values on all rows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from symreg.arrays import Floats
from symreg.errors import DimensionError
from symreg.formula import Apply, Constant, Expression, Number, Variable, dimension_of, evaluate_tree, substitute, walk
from symreg.units import Dimension

AGREEMENT = 1e-7  # of the values' spread
CHECKED_ROWS = 500
"""Rows on which each of some hundred proposals is checked, beside those with the least and the largest value of each
input; what comes out is checked on all. Fewer save nothing: looking at the trees takes as long."""

Definitions = Mapping[str, Expression]
Change = tuple[Expression, Definitions]
"""What a node becomes, and what constants in it are, in terms of those before."""


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What a formula stands in: dimensions and values, in natural units, of inputs and of constants that are known.

    Values of inputs have shape ``(n_rows,)``. ``units`` names those constants that are the unit of an input, by the
    input; ``allowed`` says which dimensions a fitted constant may have.
    """

    dimensions: Mapping[str, Dimension]
    values: Mapping[str, Floats | float]
    units: Mapping[str, str]
    allowed: Callable[[Dimension], bool]

    def thinned(self) -> Surroundings:
        """The same on ``CHECKED_ROWS`` rows and those at the ends of each input's range, so that signs are known."""
        columns = [np.asarray(one) for one in self.values.values() if np.ndim(one) == 1]
        count = max((len(one) for one in columns), default=0)
        if count <= CHECKED_ROWS:
            return self
        ends = [place for one in columns for place in (int(one.argmin()), int(one.argmax()))]
        rows = np.union1d(np.linspace(0, count - 1, CHECKED_ROWS).astype(np.int64), ends)
        values = {name: np.asarray(one)[rows] if np.ndim(one) else one for name, one in self.values.items()}
        return replace(self, values=values)


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A formula and its free constants: dimensions and values, in natural units."""

    expression: Expression
    dimensions: Mapping[str, Dimension]
    values: Mapping[str, float]
    around: Surroundings
    own: frozenset[str]
    """Free constants that stand in one place, so that nothing else changes when they do."""

    @classmethod
    def of(
        cls, expression: Expression, dimensions: Mapping[str, Dimension], values: Mapping[str, float],
        around: Surroundings,
    ) -> Form:  # fmt: skip
        """A form of these constants, as far as they occur."""
        places = Counter(node.name for node in walk(expression) if isinstance(node, Constant))
        left = [name for name in dimensions if name in places]
        return cls(
            expression, {name: dimensions[name] for name in left}, {name: values[name] for name in left},
            around, frozenset(name for name in left if places[name] == 1),
        )  # fmt: skip

    def is_plain(self, part: Expression) -> bool:
        """Whether a part is a number: no input in it, no constant but pi and units."""
        return all(
            not isinstance(node, Variable)
            and (not isinstance(node, Constant) or node.name == "pi" or node.name in self.around.units.values())
            for node in walk(part)
        )

    def is_own(self, part: Expression) -> bool:
        """Whether a part may be one free constant: nothing else is in it but numbers, and one of them is only here.

        ``k1*k2*x + k2`` is ``k1*x + k2``, although ``k2`` stands elsewhere too.
        """
        ones: dict[Expression, Expression] = {Constant(name): Number(Fraction(1)) for name in self.values}
        return bool(self.own_names(part)) and self.is_plain(substitute(part, ones))

    def own_names(self, part: Expression) -> tuple[str, ...]:
        """The free constants of a part that occur nowhere else."""
        return tuple(node.name for node in walk(part) if isinstance(node, Constant) and node.name in self.own)

    def dimension(self, part: Expression) -> Dimension | None:
        """The dimension of a part; None where it has none."""
        try:
            return dimension_of(part, {**self.around.dimensions, **self.dimensions})
        except DimensionError:
            return None

    def is_dimensionless(self, part: Expression) -> bool:
        """Whether a part has a dimension, and it is none."""
        dimension = self.dimension(part)
        return dimension is not None and dimension.is_dimensionless

    @property
    def positive(self) -> frozenset[Expression]:
        """Inputs and constants that are above zero on all rows."""
        names = {node for node in walk(self.expression) if isinstance(node, Variable | Constant)}
        values = {**self.around.values, **self.values}
        return frozenset(one for one in names if np.all(np.asarray(values[one.name]) > 0))

    def value(self, part: Expression) -> float:
        """The value of a part without inputs; NaN of others."""
        found = np.asarray(evaluate_tree(part, {**self.around.values, **self.values}))
        return float(found) if found.ndim == 0 else math.nan

    def rows(self) -> Floats:
        """The values of the formula, ``(n_rows,)`` or one for all."""
        return evaluate_tree(self.expression, {**self.around.values, **self.values})

    def changed(self, node: Expression, change: Change) -> Form | None:
        """The formula after a change of one node; None where it would be another one."""
        tree, definitions = change
        if any(isinstance(part, Variable) for one in definitions.values() for part in walk(one)):
            return None  # (k*x)**exp(x): no constant stands for k**exp(x)
        expression = substitute(self.expression, {node: tree})
        values, dimensions = dict(self.values), dict(self.dimensions)
        for name, definition in definitions.items():
            value, dimension = self.value(definition), self.dimension(definition)
            if dimension is None or not math.isfinite(value) or value == 0:
                return None
            if dimension != self.dimensions[name] and not self.around.allowed(dimension):
                return None
            values[name], dimensions[name] = value, dimension
        new = Form.of(expression, dimensions, values, self.around)
        return new if _is_same(self, new) else None

    def by_steps(self, steps: Callable[[Form], Form]) -> Form:
        """What these steps, which are to keep all values, make of the formula; checked on few rows each, in the end on
        all, and where that fails, on all each."""
        around = self.around.thinned()
        if around is not self.around:
            new = replace(steps(replace(self, around=around)), around=self.around)
            if _is_same(self, new):
                return new
        return steps(self)

    def with_tree(self, expression: Expression) -> Form:
        """The same formula written otherwise; as it is where that has other values."""
        if expression == self.expression:
            return self
        new = Form.of(expression, self.dimensions, self.values, self.around)
        return new if _is_same(self, new) else self


Rule = Callable[[Form, Expression], Iterator[Change]]


def rewritten(form: Form, rules: Sequence[Rule], tidy: Callable[[Form], Form], most: int) -> Form:
    """The formula after the first change that holds, again and again, ``most`` times at most; outer nodes first."""
    form = tidy(form)
    seen = {form.expression}
    for _ in range(most):
        changes = (
            form.changed(node, change)
            for node in dict.fromkeys(walk(form.expression)) if isinstance(node, Apply)
            for rule in rules for change in rule(form, node)
        )  # fmt: skip
        tidied = (tidy(one) for one in changes if one is not None)
        found = next((one for one in tidied if one.expression not in seen), None)
        if found is None:
            break
        form = found
        seen.add(form.expression)
    return form


def _is_same(before: Form, after: Form) -> bool:
    """Whether two forms have one dimension, the same values wherever the first has one, and no constant is new."""
    if not set(after.values) <= set(before.values):
        return False
    dimension = before.dimension(before.expression)
    if dimension is None or after.dimension(after.expression) != dimension:
        return False
    old, new = np.broadcast_arrays(before.rows(), after.rows())
    defined = np.isfinite(old)
    if not defined.any() or not np.isfinite(new[defined]).all():
        return False
    size = np.linalg.norm(old[defined] - old[defined].mean()) or np.linalg.norm(old[defined])
    return bool(np.linalg.norm(new[defined] - old[defined]) <= AGREEMENT * size)


