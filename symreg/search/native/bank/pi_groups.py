"""Pi groups as short cuts: dimensionless products that the search may take for one variable.

Buckingham's theorem (1914) says that a law can be written in dimensionless products of its quantities; whatever stands
inside an exponential or a sine is made of them. Spelled out node by node ``m*g*x/(k_B*T)`` is long, as an idea it is
one variable. So the smallest products enter the bank as leaves of a small size. They are found at their natural size
too: a short cut changes the order of the search and leaves nothing out.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from fractions import Fraction

from symreg.formula import Constant, Expression, Variable, complexity, product_of_powers
from symreg.search.space import SearchSpace
from symreg.units import pi_groups

MOST_GROUPS = 5  # independent groups that are combined; beyond it ratios of like quantities are many and short anyway
MOST_LEAVES = 24
"""Products that become leaves, the simplest first: up to 4 of size three, 8 of size four, 12 of size five. Each makes
every level over it larger; one that is left out is still found at its natural size. Set by hand."""

LARGEST_GROUP_EXPONENT = 3
"""Magnitude of one exponent in a leaf: squares and cubes are usual in laws. A larger one has more products compete for
``MOST_LEAVES``; higher powers are found at their natural size."""

LARGEST_GROUP_TOTAL = 9  # sum of the exponents' magnitudes
FIRST_SIZE = 3
"""Nodes that the simplest products count as: those of a product or ratio of two names, the least that a short cut
stands for. A smaller one would put products before the columns' own ratios, a larger one make the short cut longer."""


def pi_leaves(space: SearchSpace) -> list[tuple[Expression, int]]:
    """Trees of the smallest dimensionless products and the sizes they are given; only what is longer by itself."""
    named = {
        leaf.name: (leaf, space.coding.decode(code))
        for leaf, code in zip(space.leaves, space.codes, strict=True)
        if isinstance(leaf, Variable | Constant) and code != 0
    }
    groups = pi_groups({name: dimension for name, (_, dimension) in named.items()})
    if not 0 < len(groups) <= MOST_GROUPS:
        return []
    products: dict[tuple[tuple[str, int], ...], int] = {}
    for powers in itertools.product(range(-2, 3), repeat=len(groups)):
        exponents: dict[str, int] = {}
        for group, power in zip(groups, powers, strict=True):
            for name, exponent in group.items():
                exponents[name] = exponents.get(name, 0) + power * exponent
        product = tuple((name, exponent) for name, exponent in exponents.items() if exponent)
        if product and product[0][1] > 0 and _is_small(exponents):
            products[product] = sum(abs(exponent) for _, exponent in product)
    ordered = sorted(products, key=lambda product: (products[product], product))[:MOST_LEAVES]
    found = []
    for index, product in enumerate(ordered):
        tree = product_of_powers({named[name][0]: Fraction(exponent) for name, exponent in product})
        size = FIRST_SIZE + int(math.log2(1 + index / 4))
        if complexity(tree) > size:
            found.append((tree, size))
    return found


def _is_small(exponents: Mapping[str, int]) -> bool:
    values = [abs(exponent) for exponent in exponents.values() if exponent]
    return max(values) <= LARGEST_GROUP_EXPONENT and sum(values) <= LARGEST_GROUP_TOTAL and math.gcd(*values) == 1
