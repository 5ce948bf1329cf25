"""The way a law is usually written: one power instead of two, sums without needless signs, a free factor in front.

``sqrt(x)**3`` is ``x**(3/2)`` and ``x + (-2*y + z)`` is ``x + z - 2*y``, for all values; ``sqrt(k*x**3)`` and
``exp(k - x)`` with a free ``k`` are ``k*x**(3/2)`` and ``k*exp(-x)`` with another ``k``, which is fitted anyway.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from symreg.fitting import Fitted
from symreg.formula import (
    EXPONENTS,
    Apply,
    Constant,
    Expression,
    Number,
    Variable,
    canonical_apply,
    children,
    complexity,
    fold,
    normalise,
    substitute,
    walk,
)
from symreg.problem import FreeConstant
from symreg.units import Dimension

ONE, PI = Number(Fraction(1)), Constant("pi")


def merged_powers(expression: Expression) -> Expression:
    """A power of a power as one power, wherever both are defined on the same arguments."""

    def rebuild(node: Expression, operands: tuple[Expression, ...]) -> Expression:
        return _merged(node.operator, operands) if isinstance(node, Apply) else node

    return fold(expression, rebuild)


def _merged(name: str, operands: tuple[Expression, ...]) -> Expression:
    node = Apply(name, operands)
    outer = power_of(node)
    inner = power_of(operands[0])
    if outer is None or inner is None or not _mergeable(inner, outer):
        return node
    base = operands[0].arguments[0] if isinstance(operands[0], Apply) else operands[0]
    if inner * outer == 1:
        return node
    return canonical_apply("pow", (base, Number(inner * outer)))


def _mergeable(inner: Fraction, outer: Fraction) -> bool:
    """Odd whole powers keep the sign; halves of odd powers are undefined below zero, before and after.

    A whole power of a whole power is one everywhere.
    """
    product = inner * outer
    if inner.denominator == outer.denominator == 1:
        return product != 0
    odd = inner.denominator == 1 and inner.numerator % 2 == 1
    broken = outer.denominator == 1 or product.denominator != 1  # (x**3)**(2/3) is undefined below zero, x**2 is not
    half = inner.denominator == 2 and product.denominator == 2
    return (odd and broken and product != 0) or half


def power_of(expression: Expression) -> Fraction | None:
    """The literal exponent of the root operator, if it is a power."""
    if not isinstance(expression, Apply):
        return None
    if expression.operator == "pow":
        exponent = expression.arguments[1]
        exact = isinstance(exponent, Number) and isinstance(exponent.value, Fraction)
        return Fraction(exponent.value) if exact and isinstance(exponent, Number) else None
    return Fraction(EXPONENTS[expression.operator]) if expression.operator in EXPONENTS else None


def ordered_products(expression: Expression, free: Collection[str]) -> Expression:
    """Products as one fraction: numbers, pi, free constants, names, the rest; ``x + x`` as ``2*x``.

    Where a fraction stands below a bar, as in ``x/(y/z)``, the law is now also defined where z is 0.
    """

    def rank(factor: Expression) -> int:
        names = {node for node in walk(factor) if isinstance(node, Variable | Constant)}
        if not names:
            return 0
        if names == {PI} and "pi" not in free:
            return 1
        if isinstance(factor, Constant) and factor.name in free:
            return 2
        return 3 if not isinstance(factor, Apply) or _is_power_of_name(factor) else 4

    def rebuild(node: Expression, operands: tuple[Expression, ...]) -> Expression:
        if not isinstance(node, Apply):
            return node
        node = Apply(node.operator, operands)
        if node.operator == "+" and operands[0] == operands[1]:
            return Apply("*", (Number(Fraction(2)), operands[0]))
        above, below = fraction_of(node)
        longer = above == [node] or complexity(product_of(below)) >= complexity(node)
        if longer and node.operator not in ("*", "/", "inv"):
            return node
        signs, above = _without_signs(above)
        product = quotient_of(sorted(above, key=rank), sorted(below, key=rank))
        return _negated(product) if signs % 2 else product

    return normalise(fold(expression, rebuild))


def _without_signs(factors: Sequence[Expression]) -> tuple[int, list[Expression]]:
    """How many of the factors have a minus before them, and all factors without it."""
    negated = [isinstance(one, Apply) and one.operator == "neg" for one in factors]
    return sum(negated), [children(one)[0] if has else one for one, has in zip(factors, negated, strict=True)]


def _is_power_of_name(expression: Apply) -> bool:
    return power_of(expression) is not None and not isinstance(expression.arguments[0], Apply)


def fraction_of(expression: Expression) -> tuple[list[Expression], list[Expression]]:
    """Factors above and below the bar; negative powers stand below."""
    if isinstance(expression, Apply) and expression.operator in ("*", "/"):
        (a, b), (c, d) = (fraction_of(operand) for operand in expression.arguments)
        return (a + c, b + d) if expression.operator == "*" else (a + d, b + c)
    power = power_of(expression)
    if isinstance(expression, Apply) and power is not None and power < 0:
        base = expression.arguments[0]
        if power == -1:
            above, below = fraction_of(base)
            return below, above
        return [], [canonical_apply("pow", (base, Number(-power)))]
    return ([], []) if expression == ONE else ([expression], [])


def ordered_sums(expression: Expression) -> Expression:
    """Sums from left to right, first what is added, then what is subtracted; shared factors stand before them."""

    def rebuild(node: Expression, operands: tuple[Expression, ...]) -> Expression:
        if not isinstance(node, Apply):
            return node
        node = Apply(node.operator, operands)
        return _factored(terms_of(node)) if node.operator in ("+", "-") else node

    return fold(expression, rebuild)


def _factored(terms: Sequence[tuple[int, Expression]]) -> Expression:
    """The sum of terms as a product with the factors that all of them have."""
    plain = sum_of(terms)
    parts = [fraction_of(term) for _, term in terms]
    above, below = (_shared([part[place] for part in parts]) for place in (0, 1))
    if not (above or below):
        return plain
    sign = max(sign for sign, _ in terms)  # nothing is added to what is taken
    rests = [
        (sign * own, quotient_of(_without(own_above, above), _without(own_below, below)))
        for (own, _), (own_above, own_below) in zip(terms, parts, strict=True)
    ]
    product = quotient_of([*above, sum_of(rests)], below)
    factored = normalise(product if sign > 0 else _negated(product))
    return factored if complexity(factored) <= complexity(plain) else plain


def _shared(lists: Sequence[Sequence[Expression]]) -> list[Expression]:
    """What all lists hold, as often as all hold it."""
    counts = [Counter(one) for one in lists]
    return list(functools.reduce(lambda a, b: a & b, counts).elements())


def _without(factors: Sequence[Expression], shared: Sequence[Expression]) -> list[Expression]:
    left = list(factors)
    for one in shared:
        left.remove(one)
    return left


def quotient_of(above: Sequence[Expression], below: Sequence[Expression]) -> Expression:
    if not below:
        return product_of(above)
    return Apply("/", (product_of(above), product_of(below))) if above else Apply("inv", (product_of(below),))


def terms_of(expression: Expression, sign: int = 1) -> list[tuple[int, Expression]]:
    """The terms of a sum with their signs."""
    if isinstance(expression, Apply) and expression.operator in ("+", "-"):
        left, right = expression.arguments
        return terms_of(left, sign) + terms_of(right, sign if expression.operator == "+" else -sign)
    if isinstance(expression, Apply) and expression.operator == "neg":
        return terms_of(expression.arguments[0], -sign)
    opposite = _opposite(expression)
    return [(sign, expression)] if opposite is None else [(-sign, opposite)]


def _opposite(expression: Expression) -> Expression | None:
    """The expression without the minus of its first factor, if it has one."""
    if isinstance(expression, Number):
        return Number(-expression.value) if expression.value < 0 else None
    if not isinstance(expression, Apply):
        return None
    if expression.operator == "neg":
        return expression.arguments[0]
    opposite = _opposite(expression.arguments[0]) if expression.operator in ("*", "/") else None
    if opposite is None:
        return None
    rest = expression.arguments[1]
    return rest if expression.operator == "*" and opposite == ONE else Apply(expression.operator, (opposite, rest))


def _negated(expression: Expression) -> Expression:
    """Minus the expression, in its first factor where that is a number."""
    if isinstance(expression, Number):
        return Number(-expression.value)
    if isinstance(expression, Apply) and expression.operator in ("*", "/"):
        first = _negated(expression.arguments[0])
        if not (isinstance(first, Apply) and first.operator == "neg"):
            return Apply(expression.operator, (first, expression.arguments[1]))
    return Apply("neg", (expression,))


def sum_of(terms: Sequence[tuple[int, Expression]]) -> Expression:
    added = [term for sign, term in terms if sign > 0]
    taken = [term for sign, term in terms if sign < 0]
    tree = added[0] if added else _negated(taken.pop(0))
    for term in added[1:]:
        tree = Apply("+", (tree, term))
    for term in taken:
        tree = Apply("-", (tree, term))
    return normalise(tree)


def product_of(factors: Sequence[Expression]) -> Expression:
    tree = factors[0] if factors else ONE
    for factor in factors[1:]:
        tree = Apply("*", (tree, factor))
    return tree


def without_constant_exponents(fitted: Fitted) -> Fitted | None:
    """``exp(k + x)`` as ``k*exp(x)``, with a start for the new factor; None where there is none."""
    names = {constant.name: index for index, constant in enumerate(fitted.constants)}
    for node in walk(fitted.expression):
        if not (isinstance(node, Apply) and node.operator == "exp"):
            continue
        terms = terms_of(node.arguments[0])
        for place, (sign, term) in enumerate(terms):
            once = sum(one == term for one in walk(fitted.expression)) == 1
            if len(terms) > 1 and isinstance(term, Constant) and term.name in names and once:
                rest = sum_of([*terms[:place], *terms[place + 1 :]])
                power = Apply("*", (term, Apply("exp", (rest,))))
                values = fitted.values.copy()
                with np.errstate(over="ignore"):
                    values[names[term.name]] = np.exp(sign * values[names[term.name]])
                constants = tuple(
                    replace(one, start=float(value)) for one, value in zip(fitted.constants, values, strict=True)
                )
                return replace(
                    fitted, expression=substitute(fitted.expression, {node: power}), constants=constants, values=values
                )
    return None


def with_factor_in_front(fitted: Fitted, allowed: Callable[[Dimension], bool]) -> Fitted | None:
    """The formula with a free factor taken out of a power, with a start for the new one; None where there is none."""
    for node in walk(fitted.expression):
        power = power_of(node)
        if power is None or power == -1 or not isinstance(node, Apply):
            continue
        for index, constant in enumerate(fitted.constants):
            found = _without_factor(node.arguments[0], Constant(constant.name))
            once = sum(one == Constant(constant.name) for one in walk(fitted.expression)) == 1
            dimension = constant.dimension**power
            if found is None or not once or not allowed(dimension) or not fitted.values[index] > 0:
                continue
            raised = Apply(node.operator, (found, *node.arguments[1:]))
            expression = substitute(fitted.expression, {node: Apply("*", (Constant(constant.name), raised))})
            start = float(fitted.values[index]) ** float(power)
            constants = tuple(
                FreeConstant(one.name, dimension, start) if i == index
                else FreeConstant(one.name, one.dimension, float(value))
                for i, (one, value) in enumerate(zip(fitted.constants, fitted.values, strict=True))
            )  # fmt: skip
            return replace(fitted, expression=expression, constants=constants)
    return None


def _without_factor(expression: Expression, factor: Constant) -> Expression | None:
    """The product without one of its factors."""
    if isinstance(expression, Apply) and expression.operator in ("*", "/"):
        left, right = expression.arguments
        if left == factor and expression.operator == "*":
            return right
        if left == factor:
            return Apply("inv", (right,))
        if right == factor and expression.operator == "*":
            return left
        inside = _without_factor(left, factor)
        if inside is not None:
            return Apply(expression.operator, (inside, right))
        if expression.operator == "*":
            inside = _without_factor(right, factor)
            return None if inside is None else Apply("*", (left, inside))
    return None
