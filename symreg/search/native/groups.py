"""What it takes to say a formula as one of products of powers: each product by its rank, once, and the rest over them.

Dimensions leave few products of inputs and known constants that can stand in a function or beside a number (Buckingham
1914): over ``h, omega, k_B, T`` hardly more than ``h*omega/(k_B*T)``. A formula of them is as short as the same formula
of one name. Spelled out, ``1/(exp(h*omega/(2*pi*k_B*T)) - 1)`` takes more to say than the first three terms of its
series, because the terms of a sum are said by their ranks (``rank``), in which dimensions count.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

from symreg.formula import (
    OPERATOR_BITS,
    POWER_NAMES,
    POWERS,
    Apply,
    Constant,
    Expression,
    Number,
    Variable,
    exponent_bits,
    name_bits,
    number_bits,
)
from symreg.search.native.proposal import Draft
from symreg.search.native.rank import universal_bits

GROUPS_BITS = 2.0
"""To say that a formula is said by its products of powers, and not by its tree or its rank."""

KIND_BITS = math.log2(3)
"""To say that a product of powers is dimensionless, that it has the target's dimension, or another."""

OTHER_LEAVES = 2
"""Beside the products: a constant, and a number."""

LARGEST_COUNTED = 6
"""Sizes of exponents up to which products of powers are counted; each beyond it is said by its leaf and its sign."""

Monomial = Mapping[Expression, Fraction]
Factors = list[tuple[Expression, Fraction]]


def group_bits(draft: Draft, codes: Mapping[Expression, int], target: int) -> float | None:
    """Bits of the form of a draft by its products of powers; None where it has none but plain leaves, each once.

    ``target`` is the code of the target's dimension, ``codes`` are those of inputs and known constants.
    """
    names = frozenset(draft.names)
    met = Counter(frozenset(one.items()) for one in _monomials(draft.expression, names))
    plain = all(count == 1 and len(one) == 1 and dict(one).popitem()[1] == 1 for one, count in met.items())
    if plain or any(leaf not in codes for one in met for leaf, _ in one):
        return None
    said = sum(_bits_of(dict(one), codes, target) for one in met)
    return GROUPS_BITS + said + _over(draft.expression, names, len(met) + OTHER_LEAVES)


def _bits_of(group: Monomial, codes: Mapping[Expression, int], target: int) -> float:
    """Bits to say which product of powers it is, out of those of its dimension with no larger exponents in all.

    A power that is no whole number is said beside it.
    """
    code = sum(codes[leaf] * power for leaf, power in group.items())
    weight = sum(math.ceil(abs(power)) for power in group.values())
    broken = sum(exponent_bits(power) for power in group.values() if power.denominator > 1)
    counted = min(weight, LARGEST_COUNTED)
    if code in (0, target) and not broken:
        rank = max(1, _count(tuple(codes.values()), counted, int(code)))
    else:
        rank = _count_of_all(len(codes), counted)
    return KIND_BITS + universal_bits(rank) + broken + max(0, weight - LARGEST_COUNTED) * math.log2(2 * len(codes))


@lru_cache(maxsize=64)
def _count(codes: tuple[int, ...], weight: int, code: int) -> int:
    """How many products of whole powers of these leaves have this dimension, the exponents' sizes no more than
    ``weight`` together.

    Those of each half of the leaves are made, which are few, and those of both that go together are counted.
    """
    first, second = codes[: len(codes) // 2], codes[len(codes) // 2 :]
    others: dict[int, list[int]] = {}
    for (used, own), count in _made(second, weight).items():
        others.setdefault(own, [0] * (weight + 1))[used] += count
    total = 0
    for (used, own), count in _made(first, weight).items():
        if found := others.get(code - own):
            total += count * sum(found[: weight - used + 1])
    return total


def _made(codes: tuple[int, ...], weight: int) -> dict[tuple[int, int], int]:
    """How many products of whole powers of these leaves have each weight and dimension."""
    found = {(0, 0): 1}
    for own in codes:
        more: dict[tuple[int, int], int] = {}
        for (used, code), count in found.items():
            for power in range(used - weight, weight - used + 1):
                key = used + abs(power), code + own * power
                more[key] = more.get(key, 0) + count
        found = more
    return found


def _count_of_all(n_leaves: int, weight: int) -> int:
    """The same of any dimension: so many leaves are chosen, the weight is shared among them, each has a sign."""
    return sum(math.comb(n_leaves, k) * math.comb(weight, k) * 2**k for k in range(weight + 1))


def _monomials(tree: Expression, names: frozenset[str]) -> Iterator[Monomial]:
    """The largest products of powers of leaves, one after another as they occur."""
    powers, others = _product(tree, names)
    if powers:
        yield powers
    for one, _ in others:
        if isinstance(one, Apply):
            for part in one.arguments:
                yield from _monomials(part, names)


def _over(tree: Expression, names: frozenset[str], n_leaves: int) -> float:
    """Bits of the tree with its products of powers for leaves, out of so many."""
    powers, others = _product(tree, names)
    n_factors = len(others) + bool(powers)
    total = name_bits(n_leaves) if powers else 0.0
    total += (n_factors - 1) * (1.0 + OPERATOR_BITS["*"])
    for one, power in others:
        if power != 1:
            operator = POWER_NAMES.get(power)
            total += 1.0 + (OPERATOR_BITS[operator] if operator else OPERATOR_BITS["pow"] + exponent_bits(power))
        if isinstance(one, Apply):
            total += 1.0 + OPERATOR_BITS[one.operator]
            total += sum(_over(part, names, n_leaves) for part in one.arguments)
        else:
            total += name_bits(n_leaves) + (number_bits(one.value) if isinstance(one, Number) else 0.0)
    return total


def _product(tree: Expression, names: frozenset[str]) -> tuple[dict[Expression, Fraction], Factors]:
    """The powers of inputs and known constants that are factors of the tree, and its other factors."""
    powers: dict[Expression, Fraction] = {}
    others: Factors = []

    def take(node: Expression, power: Fraction) -> None:
        if isinstance(node, Variable) or (isinstance(node, Constant) and node.name not in names):
            powers[node] = powers.get(node, Fraction(0)) + power
        elif isinstance(node, Apply) and node.operator in ("*", "/"):
            take(node.arguments[0], power)
            take(node.arguments[1], power if node.operator == "*" else -power)
        elif isinstance(node, Apply) and node.operator in POWERS:
            take(node.arguments[0], power * POWERS[node.operator])
        elif isinstance(node, Apply) and node.operator == "pow" and (exponent := _exponent(node)) is not None:
            take(node.arguments[0], power * exponent)
        else:
            others.append((node, power))

    take(tree, Fraction(1))
    return {leaf: power for leaf, power in powers.items() if power}, others


def _exponent(node: Apply) -> Fraction | None:
    """The exponent of a power, where it is a fraction."""
    power = node.arguments[1]
    return power.value if isinstance(power, Number) and isinstance(power.value, Fraction) else None
