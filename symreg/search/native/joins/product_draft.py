"""The tree of a product law: a factor in front, a monomial, and powers of factors."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from symreg.formula import Apply, Constant, Expression, product_of, raised
from symreg.search.native.bank import Bank
from symreg.search.native.joins.families import Family
from symreg.search.native.joins.steps import STEPS, Step
from symreg.search.native.proposal import Draft
from symreg.search.space import SearchSpace


class Factor(NamedTuple):
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
