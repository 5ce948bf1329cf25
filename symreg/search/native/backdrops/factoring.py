"""Factoring: a sum that is a product of two sums, ``a*c + a*d + b*c + b*d``, as ``(a + b)*(c + d)``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from symreg.formula import Apply, Expression, Number
from symreg.search.native.backdrops.term import Term

ONE = Number(Fraction(1))
AGREES = 1e-8
"""Relative spread of ratios of coefficients that are one ratio. On exact tables these are known to ten digits, of terms
that resemble each other to fewer: a smaller one misses factors there, a larger one takes chance for a factor."""

Factors = Counter[Expression]


def factored(terms: Sequence[Term]) -> tuple[list[Term], list[Term]] | None:
    """Two lists of terms whose sums have the sum of these terms for their product; None where there are none."""
    if len(terms) < 4:
        return None
    broken = [(_factors(one.tree), one.coefficient) for one in terms]
    for common in dict.fromkeys(factor for factors, _ in broken for factor in factors):
        inside = [(factors - Counter({common: 1}), c) for factors, c in broken if factors[common]]
        rest = [(factors, c) for factors, c in broken if not factors[common]]
        if not 2 <= len(inside) <= len(terms) - len(inside):
            continue
        sizes = {_key(factors): c for factors, c in inside}
        others: dict[frozenset[tuple[Expression, int]], tuple[Factors, dict[frozenset[tuple[Expression, int]], float]]]
        others = {}
        for factors, c in rest:
            for own, _ in inside:
                if all(factors[one] >= count for one, count in own.items()):
                    beside = factors - own
                    others.setdefault(_key(beside), (beside, {}))[1][_key(own)] = c
        first, taken = [(Counter({common: 1}), 1.0)], 0
        for beside, found in others.values():
            ratios = [found[key] / size for key, size in sizes.items() if key in found]
            if len(ratios) == len(sizes) and max(ratios) - min(ratios) < AGREES * abs(ratios[0]):
                first.append((beside, ratios[0]))
                taken += len(ratios)
        if taken == len(rest) and len(first) > 1:
            return [Term(_product(one), c) for one, c in first], [Term(_product(one), c) for one, c in inside]
    return None


def _key(factors: Factors) -> frozenset[tuple[Expression, int]]:
    return frozenset(factors.items())


def _factors(tree: Expression) -> Factors:
    if tree == ONE:
        return Counter()
    if isinstance(tree, Apply):
        if tree.operator == "*":
            return _factors(tree.arguments[0]) + _factors(tree.arguments[1])
        if tree.operator in ("square", "cube"):
            inner = _factors(tree.arguments[0])
            return Counter({one: count * (2 if tree.operator == "square" else 3) for one, count in inner.items()})
        if tree.operator == "/":
            return _factors(tree.arguments[0]) + Counter({Apply("inv", (tree.arguments[1],)): 1})
    return Counter({tree: 1})


def _product(factors: Factors) -> Expression:
    whole: Expression | None = None
    for one, count in factors.items():
        named = {2: "square", 3: "cube"}
        power = one if count == 1 else Apply(named[count], (one,)) if count in named else _pow(one, count)
        whole = power if whole is None else Apply("*", (whole, power))
    return ONE if whole is None else whole


def _pow(one: Expression, count: int) -> Expression:
    return Apply("pow", (one, Number(Fraction(count))))
