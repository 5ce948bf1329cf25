"""The simplest products of powers that have the target's dimension: short cuts for what stands in front of a law.

By Buckingham's theorem (1914) ``y = M * phi(Pi1, Pi2, ...)`` for any product M of the target's dimension. Spelled out
node by node ``h**2*omega_0**2/(m**2*c**2*omega**2)`` is long; as an idea it is one of a few dozen products that the
dimensions allow. With M taken out of the target, what is left is looked for among dimensionless expressions.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Constant, Expression, Variable, complexity, evaluate_tree, product_of_powers
from symreg.search.space import SearchSpace
from symreg.units import pi_groups, power_product

Floats = npt.NDArray[np.float64]
MOST_GROUPS = 4  # free exponents; with more, products of the target's dimension are many and none is singled out
LARGEST_MONOMIAL_EXPONENT = 3
"""Magnitude of one exponent in a product, as of a Pi group that is a leaf (``bank.pi_groups``). A larger one has more
products compete for ``MOST_MONOMIALS``; higher powers are found at their natural size or in logarithms."""

LARGEST_MONOMIAL_TOTAL = 8  # sum of the exponents' magnitudes, of the root where all are even
MOST_MONOMIALS = 96
"""Products that are taken out of the target, the simplest first, with sizes from three to seven: "a few dozen" as the
module says. Each makes as many contexts more of its size; set by hand."""

FIRST_SIZE = 3
"""Nodes that the simplest products count as: those of a product or ratio of two names, as of Pi groups. A larger one
brings laws in products later, a smaller one brings them before what is as short by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Monomials:
    """Products of the target's dimension that are longer than the size they are given; ``values (n, n_probes)``."""

    expressions: tuple[Expression, ...]
    values: Floats
    of_size: Mapping[int, npt.NDArray[np.int64]]

    @property
    def sizes(self) -> frozenset[int]:
        """The sizes that occur."""
        return frozenset(self.of_size)

    def of(self, size: int) -> npt.NDArray[np.int64]:
        """Positions of those that count as so many nodes."""
        return self.of_size[size]


def monomials_of(space: SearchSpace, leaf_values: Floats, *, most: int | None = None) -> Monomials:
    """The simplest products of powers for this target; none where coefficients may carry units.

    ``leaf_values`` ``(n_leaves, n_probes)`` are those of the space's leaves. The first ``most`` are taken, None: all.
    """
    found: list[tuple[Expression, int]] = []
    if space.coefficient_codes == (0,) and space.target_code != 0:
        found = list(_sized(space))
    by_tree = dict(zip(space.leaves, leaf_values, strict=True))
    rows, kept, sizes = [], [], []
    for tree, size in found[:most]:
        values = _values(tree, by_tree)
        if np.isfinite(values).all() and (values != 0).all():
            rows.append(values)
            kept.append(tree)
            sizes.append(size)
    of_size = {size: np.flatnonzero(np.array(sizes) == size) for size in sorted(set(sizes))}
    return Monomials(tuple(kept), np.array(rows).reshape(len(rows), leaf_values.shape[1]), of_size)


def _values(tree: Expression, by_tree: Mapping[Expression, Floats]) -> Floats:
    named = {leaf.name: row for leaf, row in by_tree.items() if isinstance(leaf, Variable | Constant)}
    with np.errstate(all="ignore"):
        shape = next(iter(by_tree.values())).shape
        return np.array(np.broadcast_to(evaluate_tree(tree, named), shape))


def _sized(space: SearchSpace) -> Iterator[tuple[Expression, int]]:
    leaves = {
        leaf.name: (leaf, space.coding.decode(code))
        for index, (leaf, code) in enumerate(zip(space.leaves, space.codes, strict=True))
        if isinstance(leaf, Variable | Constant) and index not in space.angles
    }
    carrying = {name: dimension for name, (_, dimension) in leaves.items() if not dimension.is_dimensionless}
    particular = power_product(space.coding.decode(space.target_code), carrying)
    if particular is None:
        return
    groups = [{name: Fraction(power) for name, power in group.items()} for group in pi_groups(carrying)]
    groups += [{name: Fraction(1)} for name, (_, dimension) in leaves.items() if dimension.is_dimensionless]
    if len(groups) > MOST_GROUPS:
        return
    ranked = sorted(_candidates(particular, groups))[:MOST_MONOMIALS]
    for index, (_, product) in enumerate(ranked):
        tree = product_of_powers({leaves[name][0]: Fraction(exponent) for name, exponent in product})
        size = FIRST_SIZE + int(math.log2(1 + index / 4))
        if complexity(tree) > size:
            yield tree, size


def _candidates(
    particular: Mapping[str, Fraction], groups: list[dict[str, Fraction]]
) -> set[tuple[int, tuple[tuple[str, int], ...]]]:
    """Whole exponents near the particular ones, with their cost."""
    found = set()
    steps = [Fraction(k, 2) for k in range(-8, 9)] if len(groups) < 3 else [Fraction(k) for k in range(-4, 5)]
    for powers in itertools.product(steps, repeat=len(groups)):
        exponents = dict(particular)
        for group, power in zip(groups, powers, strict=True):
            for name, exponent in group.items():
                exponents[name] = exponents.get(name, Fraction(0)) + power * exponent
        product = tuple(sorted((name, exponent) for name, exponent in exponents.items() if exponent))
        if not product or any(exponent.denominator != 1 for _, exponent in product):
            continue
        whole = tuple((name, int(exponent)) for name, exponent in product)
        divisor = math.gcd(*(exponent for _, exponent in whole))
        cost = sum(abs(exponent) for _, exponent in whole) // divisor + (divisor > 1)
        if max(abs(exponent) for _, exponent in whole) <= LARGEST_MONOMIAL_EXPONENT and cost <= LARGEST_MONOMIAL_TOTAL:
            found.add((cost, whole))
    return found
