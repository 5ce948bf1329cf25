"""The tree of a product law: a factor in front, a monomial, and powers of factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from symreg.expression import Apply, Constant, Expression, Number
from symreg.search.bank import Bank
from symreg.search.context import STEPS, Step
from symreg.search.families import Family
from symreg.search.proposal import Draft
from symreg.search.space import SearchSpace


@dataclass(frozen=True, slots=True)
class Factor:
    """An entry of the bank as it is, or inside a family with a constant, which makes it dimensionless."""

    entry: int
    family: Family | None = None
    constant: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class ProductDraft:
    """Builds the tree of a product law when it is asked for."""

    bank: Bank
    space: SearchSpace
    factors: tuple[Factor, ...]
    powers: tuple[float | Fraction, ...]
    exponents: dict[int, Fraction]
    value: float
    code: int
    step: Step = STEPS[0]
    offset: Expression | None = None  # what stands beside the product
    sign: float = 1.0

    def __call__(self) -> Draft:
        above: list[Expression] = [Constant("k1")]
        below: list[Expression] = []
        values, codes = [self.value], [self.code]
        parts: list[tuple[Expression, Fraction]] = [
            (self.space.leaves[index], power) for index, power in self.exponents.items()
        ]
        for one, power in zip(self.factors, self.powers, strict=True):
            base = self.bank.expression(one.entry)
            if one.family is not None:
                values.append(one.constant if one.family.grid else float(power))
                codes.append(-int(self.bank.code[one.entry]))
                base = one.family.expression(base, Constant(f"k{len(values)}"))
            parts.append((base, power if isinstance(power, Fraction) else Fraction(1)))
        for base, exponent in parts:
            if exponent:
                (above if exponent > 0 else below).append(raised(base, abs(exponent)))
        tree = product_of(above)
        if below:
            tree = Apply("/", (tree, product_of(below)))
        if self.offset is not None:
            tree = Apply("+", (self.offset, tree)) if self.sign > 0 else Apply("-", (tree, self.offset))
        tree = self.step.wrap(tree)
        names = tuple(f"k{i}" for i in range(1, len(values) + 1))
        return Draft(tree, names, tuple(values), tuple(codes))


def raised(base: Expression, power: Fraction) -> Expression:
    """The base to a positive power, by the shortest operator."""
    names = {Fraction(2): "square", Fraction(3): "cube", Fraction(1, 2): "sqrt"}
    if power == 1:
        return base
    return Apply(names[power], (base,)) if power in names else Apply("pow", (base, Number(power)))


def product_of(parts: list[Expression]) -> Expression:
    """One tree for the product of all parts."""
    tree = parts[0]
    for part in parts[1:]:
        tree = Apply("*", (tree, part))
    return tree


def product_of_powers(powers: Mapping[Expression, Fraction]) -> Expression:
    """The product of powers as one fraction; the number one where there are none."""
    above = [raised(base, power) for base, power in powers.items() if power > 0]
    below = [raised(base, -power) for base, power in powers.items() if power < 0]
    if not above:
        return Apply("inv", (product_of(below),)) if below else Number(Fraction(1))
    return Apply("/", (product_of(above), product_of(below))) if below else product_of(above)
