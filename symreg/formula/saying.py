"""A formula said with the operators that the user allows, and with no other.

The search, sympy and the canonical form know many ways to write a law, ``x**2``, ``x*x``, ``-x``, ``(-1)*x``; what the
user left out of the list of operators must be in none that is shown. An operator counts by the sign that it prints: a
minus before a term is that of a difference, and ``1/x`` is a quotient.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from symreg.formula.expression import Apply, Constant, Expression, Number, canonical_number, fold
from symreg.formula.operators import POWERS

PRINTED_AS = {"neg": "-", "inv": "/"}
MINUS_ONE, ONE = Number(Fraction(-1)), Number(Fraction(1))
MOST_SPELLED_FACTORS = 6
"""A power is written as a product of so many factors at most: nobody would read a longer row of one name."""


def can_be_said(expression: Expression, operators: Collection[str]) -> bool:
    """Whether these operators say the formula, if its coefficients turn out to be needless."""
    return said_with(expression, operators, scaled=True) is not None


def said_with(
    expression: Expression, operators: Collection[str], *, scaled: bool = False
) -> Expression | None:
    """The same formula, value by value, of these operators only; None where no rule here says it.

    Names and constants stay. Numbers may take up a sign or a divisor, ``x/2`` is ``1/2*x``. ``scaled`` lets any part
    be multiplied by constants, whatever the operators: of a formula whose coefficients are not told yet one may be 1.
    """

    def say(node: Expression, operands: tuple[Expression | None, ...]) -> Expression | None:
        if not isinstance(node, Apply):
            return node
        said = tuple(one for one in operands if one is not None)
        if len(said) < len(operands):
            return None
        if node.operator == "*" and "*" in operators:
            return _times(*said)
        if node.operator in operators or PRINTED_AS.get(node.operator) in operators:
            return Apply(node.operator, said)
        if scaled and node.operator in ("*", "/") and isinstance(said[-1], (Constant, Number)):
            return Apply(node.operator, said)
        if scaled and node.operator == "*" and isinstance(said[0], (Constant, Number)):
            return Apply(node.operator, said)
        return _otherwise(node.operator, said, operators)

    return fold(expression, say)


def _otherwise(name: str, said: tuple[Expression, ...], operators: Collection[str]) -> Expression | None:
    """An operator that is not allowed, over operands that are said already."""
    first, last = said[0], said[-1]
    match name:
        case "neg":
            return _negative(first, operators)
        case "-":
            negative = _negative(last, operators)
            return Apply("+", (first, negative)) if "+" in operators and negative is not None else None
        case "+":
            negative = _negative(last, operators)
            return Apply("-", (first, negative)) if "-" in operators and negative is not None else None
        case "*":
            return _product(first, last, operators)
        case "/":
            return _quotient(first, last, operators)
        case "inv" | "sqrt" | "square" | "cube":
            return _power(first, POWERS[name], operators)
        case "pow" if isinstance(last, Number) and isinstance(last.value, Fraction):
            return _power(first, last.value, operators)
    return None


def _negative(one: Expression, operators: Collection[str]) -> Expression | None:
    if isinstance(one, Number):
        return Number(-one.value)
    if isinstance(one, Apply) and one.operator == "*" and isinstance(one.arguments[0], Number):
        return Apply("*", (Number(-one.arguments[0].value), one.arguments[1]))
    return Apply("*", (MINUS_ONE, one)) if "*" in operators else None


def _product(first: Expression, last: Expression, operators: Collection[str]) -> Expression | None:
    for number, other in ((first, last), (last, first)):
        if isinstance(number, Number) and number.value and "/" in operators:
            return Apply("/", (other, _inverse(number)))
        if number == MINUS_ONE and "-" in operators:
            return Apply("neg", (other,))
    if first == last:
        return _power(first, Fraction(2), set(operators) - {"*"})
    return None


def _quotient(first: Expression, last: Expression, operators: Collection[str]) -> Expression | None:
    if isinstance(last, Number) and last.value and "*" in operators:
        return _times(_inverse(last), first)
    inverse = _power(last, Fraction(-1), operators)
    if inverse is None or first == ONE:
        return inverse
    return _times(first, inverse) if "*" in operators else None


def _times(first: Expression, last: Expression) -> Expression:
    """The product with numbers in one: ``1/10*(3*b)`` is ``3/10*b``, and factors in a row: ``k*(a*a)`` is ``k*a*a``."""
    if isinstance(last, Apply) and last.operator == "*":
        inner, outer = last.arguments
        if isinstance(first, Number) and isinstance(inner, Number):
            return Apply("*", (canonical_number(first.value * inner.value), outer))
        return Apply("*", (_times(first, inner), outer))
    return Apply("*", (first, last))


def _inverse(number: Number) -> Number:
    return canonical_number(1 / number.value)


def _power(base: Expression, exponent: Fraction, operators: Collection[str]) -> Expression | None:
    """The power by what there is: powers as such, squares, cubes, roots, products, an inverse."""
    if "pow" in operators:
        inner = base.arguments[-1] if isinstance(base, Apply) and base.operator == "pow" else None
        if exponent == -1 and isinstance(base, Apply) and isinstance(inner, Number):
            return Apply("pow", (base.arguments[0], Number(-inner.value)))
        return Apply("pow", (base, Number(exponent)))
    if exponent < 0:
        below = _power(base, -exponent, operators)
        if below is None or not {"inv", "/"} & set(operators):
            return None
        return Apply("inv", (below,))  # prints as the quotient 1/x
    if exponent.denominator == 2 and "sqrt" in operators:
        root = Apply("sqrt", (base,))
        whole = exponent - Fraction(1, 2)
        if not whole:
            return root
        power = _power(base, whole, operators)
        return Apply("*", (power, root)) if power is not None and "*" in operators else None
    if exponent.denominator == 4 and "sqrt" in operators:
        below = _power(base, 2 * exponent, operators)
        return None if below is None else Apply("sqrt", (below,))
    return _whole_power(base, int(exponent), operators) if exponent.denominator == 1 else None


def _whole_power(base: Expression, exponent: int, operators: Collection[str]) -> Expression | None:
    if exponent == 1:
        return base
    for name, power in (("square", 2), ("cube", 3)):
        if name in operators and exponent % power == 0 and exponent:
            inside = _whole_power(base, exponent // power, operators)
            return None if inside is None else Apply(name, (inside,))
    if "*" not in operators or not 2 <= exponent <= MOST_SPELLED_FACTORS:
        return None
    rest = _whole_power(base, exponent - 1, operators)
    return None if rest is None else Apply("*", (rest, base))
