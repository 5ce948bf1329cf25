"""Powers and products of powers as trees."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symreg.formula.expression import Apply, Expression, Number
from symreg.formula.operators import POWER_NAMES


def raised(base: Expression, power: Fraction) -> Expression:
    """The base to a power, by the operator of that power where there is one."""
    if power == 1:
        return base
    return Apply(POWER_NAMES[power], (base,)) if power in POWER_NAMES else Apply("pow", (base, Number(power)))


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
