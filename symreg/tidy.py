"""The way a law is usually written: one power instead of two, and a free factor in front.

``sqrt(x)**3`` is ``x**(3/2)``; ``sqrt(k*x**3)`` with a free ``k`` is ``k*x**(3/2)`` with another ``k``. The first holds
for every x; the second only renames what is fitted anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from symreg.dimension import Dimension
from symreg.expression import Apply, Constant, Expression, Number, canonical_apply, fold, substitute, walk
from symreg.fitting import Fitted
from symreg.search.backend import FreeConstant

POWERS = {"inv": Fraction(-1), "square": Fraction(2), "cube": Fraction(3), "sqrt": Fraction(1, 2)}


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
    """Odd whole powers keep the sign; halves of odd powers are undefined below zero, before and after."""
    product = inner * outer
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
    return POWERS.get(expression.operator)


def ordered_products(expression: Expression, free: Collection[str]) -> Expression:
    """Products as one fraction: numbers first, then free constants, the rest in its order; ``x + x`` as ``2*x``."""

    def rank(factor: Expression) -> int:
        if isinstance(factor, Number):
            return 0
        return 1 if isinstance(factor, Constant) and factor.name in free else 2

    def rebuild(node: Expression, operands: tuple[Expression, ...]) -> Expression:
        if not isinstance(node, Apply):
            return node
        if node.operator == "+" and operands[0] == operands[1]:
            return Apply("*", (Number(Fraction(2)), operands[0]))
        if node.operator not in ("*", "/"):
            return Apply(node.operator, operands)
        above, below = _fraction(Apply(node.operator, operands))
        tree = _product(sorted(above, key=rank))
        return Apply("/", (tree, _product(sorted(below, key=rank)))) if below else tree

    return fold(expression, rebuild)


def _fraction(expression: Expression) -> tuple[list[Expression], list[Expression]]:
    """Factors above and below the bar; a quotient below the bar stays one factor."""
    if isinstance(expression, Apply) and expression.operator == "*":
        (a, b), (c, d) = (_fraction(operand) for operand in expression.arguments)
        return a + c, b + d
    if isinstance(expression, Apply) and expression.operator == "/":
        above, below = _fraction(expression.arguments[0])
        factors, quotient = _fraction(expression.arguments[1])
        return above, below + (factors if not quotient else [expression.arguments[1]])
    return [expression], []


def _product(factors: Sequence[Expression]) -> Expression:
    tree = factors[0]
    for factor in factors[1:]:
        tree = Apply("*", (tree, factor))
    return tree


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
