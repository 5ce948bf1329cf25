"""Products with one power of each base: what a law of a smaller question becomes when it is written out.

``E/k * (k**2*m/(L**2*E) + ...)`` is ``m*k/L**2 * (1 + ...)``. Exponents of one base are added up, through products,
quotients and powers; what the terms of a sum share can stand before it. Of the ways to write it the shortest is taken.
Even roots are only drawn of what is known to be positive, so the value is the same wherever the original has one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from symreg.formula.expression import Apply, Expression, Number, complexity, fold
from symreg.formula.operators import POWER_NAMES
from symreg.formula.powers import product_of_powers

Sharing = Literal["nothing", "powers", "denominators"]
WAYS: tuple[Sharing, ...] = ("nothing", "powers", "denominators")
Exact = int | Fraction  # whole numbers are ints: several times as fast
EXPONENTS: dict[str, Exact] = {
    name: int(power) if power.denominator == 1 else power for power, name in POWER_NAMES.items()
}
"""Of operators that are powers, wherever these have a value."""


@dataclass(frozen=True, slots=True)
class Product:
    """A number times powers of bases."""

    number: Exact = 1
    powers: dict[Expression, Exact] = field(default_factory=dict)

    def times(self, other: Product, power: Exact = 1) -> Product:
        """This times a whole power of another."""
        powers = dict(self.powers)
        for base, exponent in other.powers.items():
            total = powers.get(base, 0) + exponent * power
            if total:
                powers[base] = _whole(total)
            else:
                powers.pop(base, None)
        number = self.number if other.number == 1 else self.number * Fraction(other.number) ** power.numerator
        return Product(_whole(number), powers)

    def expression(self) -> Expression:
        """Its tree, one fraction at most."""
        size = self.number if self.number > 0 else -self.number
        factors: dict[Expression, Fraction] = {Number(Fraction(size)): Fraction(1)} if size != 1 else {}
        tree = product_of_powers(factors | {base: Fraction(power) for base, power in self.powers.items()})
        return tree if self.number > 0 else Apply("neg", (tree,))


def collected(expression: Expression, positive: Collection[Expression]) -> Expression:
    """The shortest of the ways to write it with powers collected, or as it is; ``positive`` are leaves that are."""
    ways = [_Collector(positive, sharing).of(expression).expression() for sharing in WAYS]
    return min([expression, *ways], key=complexity)


def _whole(number: Exact) -> Exact:
    return int(number) if number.denominator == 1 else number


@dataclass(frozen=True, slots=True)
class _Collector:
    positive: Collection[Expression]
    sharing: Sharing

    def of(self, expression: Expression) -> Product:
        return fold(expression, self._of_node)

    def _of_node(self, node: Expression, operands: Sequence[Product]) -> Product:
        if isinstance(node, Number):
            exact = isinstance(node.value, Fraction) and node.value != 0
            return Product(_whole(Fraction(node.value))) if exact else Product(powers={node: 1})
        if not isinstance(node, Apply):
            return Product(powers={node: 1})
        name, first, last = node.operator, operands[0], operands[-1]
        if name in ("*", "/"):
            return first.times(last, 1 if name == "*" else -1)
        if name == "neg":
            return Product(-first.number, first.powers)
        if name in EXPONENTS:
            return self._power(first, EXPONENTS[name])
        if name == "pow" and not last.powers:
            return self._power(first, last.number)
        if name in ("+", "-"):
            return self._sum(first, last if name == "+" else Product(-last.number, last.powers))
        return Product(powers={Apply(name, tuple(one.expression() for one in operands)): 1})

    def _power(self, base: Product, power: Exact) -> Product:
        if power.denominator == 1:
            return Product().times(base, power)
        outside = {one: _whole(exponent * power) for one, exponent in base.powers.items() if one in self.positive}
        inside = Product(base.number, {one: e for one, e in base.powers.items() if one not in self.positive})
        if inside == Product():
            return Product(powers=outside)
        alone = next(iter(inside.powers)) if len(inside.powers) == 1 else None
        if alone is None or inside != Product(powers={alone: 1}):
            alone = inside.expression()
        return Product(powers=outside).times(Product(powers={alone: power}))

    def _sum(self, first: Product, last: Product) -> Product:
        shared = {} if self.sharing == "nothing" else self._shared(first.powers, last.powers)
        without = Product(powers={base: -power for base, power in shared.items()})
        first, last = first.times(without), last.times(without)
        if first.number < 0 < last.number:
            first, last = last, first
        sign = 1 if first.number > 0 else -1
        if sign < 0:
            first, last = Product(-first.number, first.powers), Product(-last.number, last.powers)
        positive = last if last.number > 0 else Product(-last.number, last.powers)
        operator = "+" if last.number > 0 else "-"
        tree = Apply(operator, (first.expression(), positive.expression()))
        return Product(sign, {tree: 1}).times(Product(powers=shared))

    def _shared(
        self, first: dict[Expression, Exact], last: dict[Expression, Exact]
    ) -> dict[Expression, Exact]:
        """What both terms can do without."""
        found = {}
        for base in {**first, **last}:
            one, other = first.get(base, 0), last.get(base, 0)
            if self.sharing == "denominators" and min(one, other) < 0:
                found[base] = min(one, other)
            elif one * other > 0:
                found[base] = one if one * one < other * other else other
        return found
