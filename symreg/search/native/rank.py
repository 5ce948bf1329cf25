"""What it takes to say a formula by its rank among all formulas that the dimensions allow.

Both ends can list the distinct expressions of the target's dimension by size, as the bank does; a formula is then said
by its place. Dimensions leave so few that this is much shorter than the tree: over a mass and two speeds some four
thousand distinct masses have ten nodes or fewer, and to say one takes 20 bits, to spell ``m/sqrt(1 - v**2/c**2)`` 40.
A sum whose terms have coefficients is said term by term. Coefficients elsewhere are said by their places, after the
formula without them: ``(H + k*M)*m/T`` is ``(H + M)*m/T`` with one at the second term.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from fractions import Fraction

from symreg.formula import (
    OPERATOR_BITS,
    Apply,
    Constant,
    Expression,
    Number,
    constants_of,
    exponent_bits,
    number_bits,
    walk,
)
from symreg.search.native.bank import Bank, search_cost
from symreg.search.native.proposal import Draft

ONE = Number(Fraction(1))
UNIVERSAL = math.log2(2.865064)  # the sum of 2**-bits over all places is 1
COUNTED = 5
"""Sizes that are made before any formula is said by its rank, so that growth is known where it is extrapolated."""

FEW = 2_500
"""Pairs of a name and an expression of the size before, above which no further size is made beforehand: of a hundred
columns there are more at once, and a small budget is not to be spent on counting."""

ALGEBRAIC = frozenset({"+", "-", "*", "/", "neg"})

OTHERWISE_BITS = 1.0
"""To say that a formula is said by its rank, and not by its tree."""


def count_first(bank: Bank) -> None:
    """Make the first sizes of a bank, so that the first formulas are not said to be rarer than they are."""
    for size in range(1, COUNTED + 1):
        if len(bank.all_of(1)) * len(bank.all_of(size - 1)) > FEW:
            break
        bank.request_all(size)


def rank_bits(draft: Draft, bank: Bank, target: int) -> float | None:
    """Bits of the form of a draft; None where a constant stands elsewhere than before a term.

    ``target`` is the code of the target's dimension.
    """
    codes = dict(zip(draft.names, draft.codes, strict=True))
    total = OTHERWISE_BITS
    terms = list(_terms(draft.expression))
    for term in terms:
        coefficient, rest = _split(term, codes)
        plain = _without_coefficients(rest, codes)
        size = None if plain is None else _size(plain, codes)
        if plain is None or size is None:
            return None
        inside = [node.name for node in walk(rest) if isinstance(node, Constant) and node.name in codes]
        own = inside if coefficient is None else [coefficient, *inside]
        if any(codes[name] for name in inside):
            return None
        code = target if all(codes[name] == 0 for name in own) else None
        total += universal_bits(bank.up_to(size, code)) + _number_bits(plain)
        total += len(inside) * (1.0 + math.log2(size))
    return total + (len(terms) - 1) * (1.0 + OPERATOR_BITS["+"])


def universal_bits(rank: float) -> float:
    """Bits of a place of which nobody knows before how far behind it is (Rissanen 1983, "A universal prior for integers
    and estimation by minimum description length"): ``log2 n + log2 log2 n + ...`` and what makes it a code."""
    total, rest = UNIVERSAL, math.log2(rank)
    while rest > 0:
        total += rest
        rest = math.log2(rest)
    return total


def _terms(expression: Expression) -> list[Expression]:
    if isinstance(expression, Apply) and expression.operator in ("+", "-"):
        return [term for one in expression.arguments for term in _terms(one)]
    return [expression]


def _split(term: Expression, names: Collection[str]) -> tuple[str | None, Expression]:
    """The coefficient of a term, and what it multiplies."""
    if isinstance(term, Constant) and term.name in names:
        return term.name, ONE
    if isinstance(term, Apply) and term.operator == "neg":
        return _split(term.arguments[0], names)
    if isinstance(term, Apply) and term.operator in ("*", "/"):
        first, last = term.arguments
        name, rest = _split(first, names)
        if name is not None:
            return name, last if rest == ONE and term.operator == "*" else Apply(term.operator, (rest, last))
        if term.operator == "*" and isinstance(last, Constant) and last.name in names:
            return last.name, first
    return None, term


def _without_coefficients(tree: Expression, names: Collection[str]) -> Expression | None:
    """The tree without the constants that multiply or divide terms of sums in it; None where one stands otherwise.

    In a function, or as a term of its own, a constant bends the formula: there are places in the catalogue for that.
    """
    if not set(constants_of(tree)) & set(names):
        return tree
    if not (isinstance(tree, Apply) and tree.operator in ALGEBRAIC):
        return None
    if tree.operator in ("*", "/"):
        first, last = tree.arguments
        if _is_one_of(last, names):
            return _without_coefficients(first, names)
        if tree.operator == "*" and _is_one_of(first, names):
            return _without_coefficients(last, names)
    parts = [_without_coefficients(one, names) for one in tree.arguments]
    kept = tuple(one for one in parts if one is not None)
    return Apply(tree.operator, kept) if len(kept) == len(parts) else None


def _is_one_of(tree: Expression, names: Collection[str]) -> bool:
    return isinstance(tree, Constant) and tree.name in names


def _size(rest: Expression, names: Collection[str]) -> int | None:
    """The size as the bank counts it; None where a fitted constant is in it."""
    size = 0
    for node in walk(rest):
        if isinstance(node, Constant) and node.name in names:
            return None
        size += search_cost(node.operator) if isinstance(node, Apply) else 1
    return size


def _number_bits(rest: Expression) -> float:
    """What numbers take beside their node, since the bank knows no number but one; exponents as in a tree."""
    nodes = [one for one in walk(rest) if isinstance(one, Apply) and one.operator == "pow"]
    exponents = [one.arguments[1].value for one in nodes if isinstance(one.arguments[1], Number)]
    numbers = [one.value for one in walk(rest) if isinstance(one, Number)]
    for value in exponents:
        numbers.remove(value)
    return sum(map(exponent_bits, exponents)) + sum(1.0 + number_bits(value) for value in numbers if value != 1)
