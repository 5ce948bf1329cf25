"""Starts by the shape of a form and the sizes of its data: each constant where it would do something on these rows.

A constant that is added to something that varies is a place: what it is added to has that value somewhere among the
rows (``x - m``, ``K + x``), or is of that size. One that multiplies makes its product of order one, of a whole function
the size of the target; inside ``exp`` it makes the argument rise by a few over all rows, inside ``sin`` it runs
through some turns, half of one from row to row at most. Of the sizes that fit any is drawn, by their logarithms, so
that some starts of many come near the truth however far the data are from one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symreg.arrays import Floats
from symreg.fitting import Fitter
from symreg.formula import OPERATORS, Apply, Constant, DimensionRule, Expression, constants_of, evaluate_tree

FEWEST_TURNS = 0.15
"""Of a wave over all rows: less than a sixth of a turn is a bend, which fits find from any start. Set by hand."""

TURNS_OF_A_ROW = 0.5
"""Faster waves than half a turn from row to row cannot be told from slower ones (Nyquist)."""

LEAST_RISE, LARGEST_RISE = 0.1, 40.0
"""Of the argument of ``exp`` and its like over all rows: less is a line, more is beyond what noise shows. By hand."""

LARGEST_EXPONENT = 6.0
"""Of powers whose exponent is unknown; steeper ones are reached from here. Set by hand."""

PLACES = 0.6
"""Part of the starts in which a constant that is added is a place among the rows; in the others it is of some size of
what it is added to. Set by hand."""

DECADES = 1.0
"""Standard deviation of the logarithm of a size that is drawn about another, in decades. Set by hand."""

MOST_ROWS = 100
"""Rows on which values are looked at, evenly taken: places and sizes need no more. Time goes with them."""

_WAVES = frozenset({"sin", "cos", "tan"})


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """One start in the making: values of columns and known constants by name, those of the constants as they come."""

    rng: np.random.Generator
    known: Mapping[str, Any]
    target: Floats
    fixed: Mapping[str, float]
    found: dict[str, float] = field(default_factory=dict)

    def start(self, form: Expression) -> dict[str, float]:
        """Values for all constants of the form, by name, in the units of the columns."""
        with np.errstate(all="ignore"):
            self.node(form, float(np.max(np.abs(self.target))))
        return self.found

    # -------------------------------------------------------------------------------------- one node after another

    def node(self, node: Expression, size: float | None = None, span: float | None = None) -> None:
        """Choose the constants below ``node``, so that its values are about ``size``, or rise by ``span``."""
        if isinstance(node, Constant) and self._is_open(node):
            self._set(node, self._about(1.0 if size is None else size) * self._sign())
        if not isinstance(node, Apply) or not self._open(node):
            return
        row = OPERATORS[node.operator]
        if row.rule is DimensionRule.PRODUCT or row.rule is DimensionRule.QUOTIENT:
            self._product(node, size, span)
        elif len(node.arguments) == 2 and row.rule is DimensionRule.SAME:
            self._sum(node, size, span)
        elif row.rule is DimensionRule.POWER:
            self._power(node)
        elif row.rule is DimensionRule.DIMENSIONLESS and node.operator != "log":
            self.node(node.arguments[0], span=self._rise(node.operator))
        elif row.rule is DimensionRule.SCALE and row.exponent is not None:
            self.node(node.arguments[0], None if size is None else size ** float(1 / row.exponent))
        else:
            self.node(node.arguments[0], size, span)

    def _sum(self, node: Apply, size: float | None, span: float | None) -> None:
        """What varies is chosen first; a constant beside it is then one of its values, or one of its sizes."""
        alone = [one for one in node.arguments if isinstance(one, Constant) and self._is_open(one)]
        others = [one for one in node.arguments if one not in alone]
        for one in others:
            self.node(one, size, span)
        for one in alone:
            beside = self._values(others[0]) if others else np.ones(1)
            value = float(self.rng.choice(beside))
            if self.rng.random() > PLACES:
                value = self._about(abs(value) or float(np.max(np.abs(beside))) or 1.0) * self._sign()
            is_sum = node.operator == "+" and bool(others)
            self._set(one, -value if is_sum and self.rng.random() < PLACES else value)

    def _product(self, node: Apply, size: float | None, span: float | None) -> None:
        """The factors that vary first; a constant factor then makes the product as large as it shall be."""
        factors = _factors(node)
        alone = [(one, power) for one, power in factors if isinstance(one, Constant) and self._is_open(one)]
        for one, _ in factors:
            if not isinstance(one, Constant):
                self.node(one)
        values = np.ones(1)
        for one, power in factors:
            if (one, power) not in alone:
                values = values * self._values(one) ** power
        for place, (one, power) in enumerate(alone):
            wanted = self._about(1.0) if place else self._factor(values, size, span)
            self._set(one, wanted**power * self._sign())

    def _factor(self, values: Floats, size: float | None, span: float | None) -> float:
        """By how much to multiply ``values``."""
        if span is not None:
            rise = float(np.ptp(values)) or float(np.max(np.abs(values)))
            return span / rise if rise > 0 else 1.0
        here = abs(float(self.rng.choice(values)))
        return (1.0 if size is None else self._about(size)) / here if here > 0 else 1.0

    def _power(self, node: Apply) -> None:
        base, exponent = node.arguments
        self.node(base)
        if isinstance(exponent, Constant) and self._is_open(exponent):
            self._set(exponent, float(self.rng.uniform(-LARGEST_EXPONENT, LARGEST_EXPONENT)))
        else:
            self.node(exponent, span=self._rise("exp"))

    # ------------------------------------------------------------------------------------------------- small steps

    def _rise(self, operator: str) -> float:
        """By how much the argument of a function shall rise over all rows."""
        if operator in _WAVES:
            turns = (FEWEST_TURNS, max(TURNS_OF_A_ROW * len(self.target), 2 * FEWEST_TURNS))
            return 2 * math.pi * math.exp(self.rng.uniform(*np.log(turns)))
        return math.exp(self.rng.uniform(math.log(LEAST_RISE), math.log(LARGEST_RISE)))

    def _about(self, size: float) -> float:
        return size * 10 ** float(self.rng.normal(0.0, DECADES))

    def _sign(self) -> float:
        return float(self.rng.choice([-1.0, 1.0]))

    def _is_open(self, node: Constant) -> bool:
        return node.name not in self.known and node.name not in self.found

    def _open(self, node: Expression) -> bool:
        return any(self._is_open(Constant(name)) for name in constants_of(node))

    def _set(self, node: Constant, value: float) -> None:
        value = self.fixed.get(node.name, value)
        self.found[node.name] = value if math.isfinite(value) else 1.0

    def _values(self, node: Expression) -> Floats:
        """Finite values of a subexpression whose constants are chosen; one where there are none."""
        values = np.atleast_1d(np.asarray(evaluate_tree(node, {**self.known, **self.found}), dtype=np.float64))
        return values if np.isfinite(values).all() else np.where(np.isfinite(values), values, 1.0)


def _factors(node: Expression, power: int = 1) -> list[tuple[Expression, int]]:
    """The factors of nested products and quotients, with 1, or -1 for those that divide."""
    if isinstance(node, Apply) and node.operator in ("*", "/"):
        left, right = node.arguments
        return [*_factors(left, power), *_factors(right, power if node.operator == "*" else -power)]
    if isinstance(node, Apply) and node.operator in ("neg", "inv"):
        return _factors(node.arguments[0], power if node.operator == "neg" else -power)
    return [(node, power)]


def shaped_starts(
    fitter: Fitter, form: Expression, names: Sequence[str], fixed: Mapping[str, float], count: int
) -> Floats:
    """Starts ``(count, n_free)`` for the constants ``names`` of a form, in natural units; ``fixed`` ones stay."""
    rows = np.unique(np.linspace(0, len(fitter.y) - 1, MOST_ROWS).astype(int))
    columns = {name: fitter.X[place, rows] for place, name in enumerate(fitter.problem.inputs)}
    rng, known = np.random.default_rng(2), {**columns, **fitter.known}
    drawn = [Draw(rng, known, fitter.y[rows], fixed).start(form) for _ in range(count)]
    return np.array([[one.get(name, 1.0) for name in names] for one in drawn]).reshape(count, len(names))
