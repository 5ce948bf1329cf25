"""Laws in Pi groups: the question without units.

By Buckingham's theorem (1914) ``y = M * phi(Pi1, Pi2, ...)``: M a product of powers that has the target's dimension,
the Pi groups all that dimensions leave open. With the groups in place of the columns there are as many inputs fewer as
there are independent dimensions, and each ratio that an expression needs is one leaf. The simplest M and the most
readable groups are taken; other choices differ by powers of a group, which cost little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Expression, Number, Variable, product_of_powers
from symreg.search.native.questions.reduction import Reduction
from symreg.search.space import SearchSpace
from symreg.units import Dimension, pi_groups, power_product

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PiQuestion:
    """``y = front * phi(...)``: ``space`` is that of ``phi``, ``scale`` ``(n_rows,)`` the values of ``front``.

    ``meaning`` says which product each leaf of ``space`` that is no column stands for.
    """

    space: SearchSpace
    front: Expression
    scale: Floats
    meaning: Mapping[Expression, Expression]
    n_groups: int


def pi_question(space: SearchSpace, leaf_for: Callable[[Expression], Variable]) -> PiQuestion | None:
    """The question in Pi groups, named by ``leaf_for``; None where nothing carries a dimension, or coefficients may."""
    carrying = {str(index): space.coding.decode(code) for index, code in enumerate(space.codes) if code != 0}
    if space.coefficient_codes != (0,) or not carrying:
        return None
    front = power_product(space.coding.decode(space.target_code), carrying)
    if front is None:
        return None
    scale = _values(space, front)
    if not np.isfinite(scale).all() or not scale.all():
        return None
    meaning: dict[Expression, Expression] = {}
    rows: list[Floats] = []
    groups = _groups(space, carrying)
    for group in groups:
        values, tree = _values(space, group), _tree(space, group)
        if np.isfinite(values).all() and np.ptp(values) > 0:
            leaf = leaf_for(tree)
            meaning[leaf] = tree
            rows.append(values)
    kept = [index for index in range(space.n_inputs) if space.codes[index] == 0]
    leaves = (*(space.leaves[index] for index in kept), *meaning, Number(Fraction(1)))
    sigma = np.ones(len(space.target)) if space.sigma is None else space.sigma
    reduced = replace(
        space,
        leaves=leaves,
        codes=(0,) * len(leaves),
        values=np.ascontiguousarray([*space.values[kept], *rows, np.ones(len(space.target))]),
        target=space.target / scale,
        target_code=0,
        sigma=sigma / np.abs(scale),
        n_inputs=len(leaves) - 1,
        angles=frozenset(place for place, index in enumerate(kept) if index in space.angles),
    )
    return PiQuestion(reduced, _tree(space, front), scale, meaning, len(groups))


def without_dimensions(whole: Reduction) -> Reduction | None:
    """The space in Pi groups; None where nothing carries a dimension, coefficients may, or only a number is open."""
    found = pi_question(whole.space, whole.leaf_for)
    if found is None or not found.n_groups:
        return None
    return whole.further(found.space, whole.smoother, front=found.front, values=found.scale, meaning=found.meaning)


def _groups(space: SearchSpace, carrying: Mapping[str, Dimension]) -> list[dict[str, Fraction]]:
    return [{name: Fraction(power) for name, power in group.items()} for group in pi_groups(carrying)]


def _values(space: SearchSpace, powers: Mapping[str, Fraction]) -> Floats:
    product = np.ones(len(space.target))
    with np.errstate(all="ignore"):
        for name, power in powers.items():
            product = product * space.values[int(name)] ** float(power)
    return product


def _tree(space: SearchSpace, powers: Mapping[str, Fraction]) -> Expression:
    return product_of_powers({space.leaves[int(name)]: power for name, power in powers.items()})
