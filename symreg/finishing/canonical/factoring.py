"""A formula's factors, terms and powers as the rules for its constants see them."""

from __future__ import annotations

from fractions import Fraction

from symreg.finishing.canonical.reparametrising import Form
from symreg.finishing.tidy import fraction_of, power_of, product_of
from symreg.formula import Apply, Expression, Number

ONE, MINUS = Number(Fraction(1)), Number(Fraction(-1))
Parts = tuple[list[Expression], list[Expression]]  # above and below the bar


def fraction(expression: Expression) -> Parts:
    """Factors above and below the bar; a minus is a factor -1."""
    above, below = fraction_of(expression)
    plain: list[Expression] = []
    for factor in above:
        if isinstance(factor, Apply) and factor.operator == "neg":
            inner, under = fraction(factor.arguments[0])
            plain += [MINUS, *inner]
            below = [*below, *under]
        else:
            plain.append(factor)
    return plain, below


def coefficient(form: Form, expression: Expression) -> tuple[Parts, Parts]:
    """A product's constants that can be one, with the numbers beside them, and the rest of it."""
    above, below = fraction(expression)

    def fits(one: Expression) -> bool:
        return form.is_plain(one) or form.is_own(one)

    constants = [one for one in above if fits(one)], [one for one in below if fits(one)]
    return constants, ([one for one in above if not fits(one)], [one for one in below if not fits(one)])


def is_product(expression: Expression) -> bool:
    """Whether the root is a factor beside another, a quotient or a minus."""
    return isinstance(expression, Apply) and expression.operator in ("*", "/", "neg", "inv")


def is_sum(expression: Expression) -> bool:
    """Whether the root adds or subtracts."""
    return isinstance(expression, Apply) and expression.operator in ("+", "-")


def exponent_of(expression: Expression) -> tuple[Expression, Expression]:
    """A power's base and exponent; of all else, itself and 1."""
    power = power_of(expression)
    if isinstance(expression, Apply) and power is not None:
        return expression.arguments[0], Number(power)
    if isinstance(expression, Apply) and expression.operator == "pow":
        return expression.arguments[0], expression.arguments[1]
    return expression, ONE


def powered(base: Expression, exponent: Expression) -> Expression:
    """The base to this power."""
    return base if exponent == ONE else Apply("pow", (base, exponent))


def times(*factors: Expression) -> Expression:
    """The product of factors, without ones."""
    return product_of([one for one in factors if one != ONE])


def over(first: Expression, second: Expression) -> Expression:
    """The quotient."""
    return Apply("/", (first, second))


def is_exponential(expression: Expression) -> bool:
    return isinstance(expression, Apply) and expression.operator == "exp"
