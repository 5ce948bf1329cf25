"""The shape of a law: what is left of its formula when all numbers in it may be others.

Laws are alike when their shapes are the same: ``2*pi*sqrt(L/g)`` and ``k*sqrt(L)`` are, ``k*L`` is another. Products
are multiplied out, sums and factors have one order, what scales a term is left out, and so is what a logarithm or an
exponential turns into such a scale. Exponents stay, unless they were fitted, and are joined as those of positive
quantities are: ``sqrt(x**2)`` is ``x``. Terms that cancel for the numbers at hand are gone. Known constants are numbers
with a name. Some functions have several shapes: where two differ, the functions may still be the same.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import numpy as np

from symreg.formula import OPERATORS, POWERS, Apply, Constant, Expression, Number, Variable, constants_of, fold, quoted

CANCELLED = 1e-9
"""Of the larger of two terms: what is left of them when they cancel is rounding below it. Far above float64, far below
what a fit tells apart."""

MOST_TERMS = 200
"""Terms of a product that is multiplied out; a larger one stays a product. It bounds time; laws have a handful."""

LARGEST_WHOLE_POWER = 4
"""Power up to which a sum is multiplied out: as squares and cubes of sums are written both ways."""

_TELLING = 9  # significant digits by which two numbers are the same one, inside a function

Exponent = Fraction | float
"""A number as it is written; a float where it was fitted, so that its value is no part of the shape."""


@dataclass(frozen=True, slots=True)
class Factor:
    """What is raised to a power in a term: an input, a sum, or a function; ``exact`` with numbers, ``shape`` without.

    ``is_exponential`` is exp of a product, whose exponent is the coefficient of that product.
    """

    exact: str
    shape: str
    is_exponential: bool = False


Term = frozenset[tuple[Factor, Exponent]]
Terms = dict[Term, float]
"""A sum: its terms with their coefficients."""

ONE: Term = frozenset()


def shape_of(expression: Expression, constants: Mapping[str, float]) -> str:
    """The shape of a formula whose named constants have these values, known ones among them, in coherent units."""

    def visit(node: Expression, below: tuple[Terms, ...]) -> Terms:
        if isinstance(node, Number):
            return _plain(float(node.value))
        if isinstance(node, Constant):
            return _plain(float(constants.get(node.name, math.pi if node.name == "pi" else math.nan)))
        if isinstance(node, Variable):
            name = quoted(node.name)
            return {frozenset({(Factor(name, name), Fraction(1))}): 1.0}
        return _applied(node, below)

    return _shape(fold(expression, visit))


def _applied(node: Apply, below: tuple[Terms, ...]) -> Terms:
    name, first, last = node.operator, below[0], below[-1]
    match name:
        case "+":
            return _sum(first, last)
        case "-":
            return _sum(first, _scaled(last, -1.0))
        case "neg":
            return _scaled(first, -1.0)
        case "*":
            return _product(first, last)
        case "/":
            return _product(first, _power(last, Fraction(-1)))
        case "pow":
            return _raised(node, first, last)
    if name in POWERS:
        return _power(first, POWERS[name])
    if all(_is_number(one) for one in below):
        return _plain(_value(name, *(one.get(ONE, 0.0) for one in below)))
    return _function(name, below)


def _plain(number: float) -> Terms:
    """A number as a sum, which is empty for zero."""
    return {ONE: number} if number else {}


def _is_number(terms: Terms) -> bool:
    return all(term == ONE for term in terms)


def _value(name: str, *numbers: float) -> float:
    with np.errstate(all="ignore"):
        return float(OPERATORS[name].numpy(*map(np.float64, numbers)))


def _sum(one: Terms, other: Terms) -> Terms:
    result = dict(one)
    for term, coefficient in other.items():
        before = result.pop(term, None)
        after = coefficient if before is None else before + coefficient
        if before is None or not abs(after) <= CANCELLED * max(abs(before), abs(coefficient)):
            result[term] = after
    return result


def _scaled(terms: Terms, by: float) -> Terms:
    return {term: by * coefficient for term, coefficient in terms.items()}


def _product(one: Terms, other: Terms) -> Terms:
    if len(one) * len(other) > MOST_TERMS:
        one, other = _as_group(one), _as_group(other)
    result: Terms = {}
    for (first, a), (second, b) in itertools.product(one.items(), other.items()):
        result = _sum(result, {_joined(first, second): a * b})
    return result


def _joined(one: Term, other: Term) -> Term:
    exponents: dict[Factor, Exponent] = dict(one)
    for factor, exponent in other:
        exponents[factor] = exponents.get(factor, Fraction(0)) + exponent
    return frozenset((factor, exponent) for factor, exponent in exponents.items() if exponent)


def _power(terms: Terms, exponent: Exponent) -> Terms:
    """A sum raised to a number: a product factor by factor, a small whole power multiplied out, else a group."""
    if not terms:
        return {} if exponent > 0 else {ONE: math.nan}
    if len(terms) == 1:
        ((term, coefficient),) = terms.items()
        raised = frozenset((factor, each * exponent) for factor, each in term if each * exponent)
        return {raised: _number_power(coefficient, exponent)}
    whole = isinstance(exponent, Fraction) and exponent.denominator == 1 and 1 <= exponent <= LARGEST_WHOLE_POWER
    if whole and len(terms) ** int(exponent) <= MOST_TERMS:
        return reduce(_product, [terms] * int(exponent))
    shared = _shared(terms)
    rest = {_joined(term, frozenset((factor, -each) for factor, each in shared)): a for term, a in terms.items()}
    outside = frozenset((factor, each * exponent) for factor, each in shared)
    return {_joined(outside, frozenset({(_group(rest), exponent)})): 1.0}


def _number_power(number: float, exponent: Exponent) -> float:
    try:
        return math.pow(abs(number), float(exponent)) * (-1.0 if number < 0 and exponent in (-1, 1) else 1.0)
    except (OverflowError, ValueError, ZeroDivisionError):
        return math.nan


def _shared(terms: Terms) -> Term:
    """What all terms have as a factor, also below the bar: ``x + 1/x`` is ``(x**2 + 1)/x``."""
    factors = dict.fromkeys(factor for term in terms for factor, _ in term)
    least = {factor: min(dict(term).get(factor, Fraction(0)) for term in terms) for factor in factors}
    return frozenset((factor, exponent) for factor, exponent in least.items() if exponent)


def _group(terms: Terms) -> Factor:
    """A sum as one factor; a scale of all of it is left out."""
    first = terms[min(terms, key=_exact_term)]
    scaled = _scaled(terms, 1 / first) if math.isfinite(first) and first else terms
    return Factor(f"({_exact(scaled)})", f"({_shape(terms)})")


def _as_group(terms: Terms) -> Terms:
    return {frozenset({(_group(terms), Fraction(1))}): 1.0}


def _raised(node: Apply, base: Terms, exponent: Terms) -> Terms:
    if not _is_number(exponent):
        if _is_number(base):  # 2**x
            return _exponential(_scaled(exponent, _value("log", base.get(ONE, 0.0))))
        return _function("pow", (base, exponent))
    written = node.arguments[1]
    if isinstance(written, Number) and isinstance(written.value, Fraction):
        return _power(base, written.value)
    number = exponent.get(ONE, 0.0)
    if not constants_of(written):  # such as 1/3, or -3/2 in two steps
        simple = Fraction(number).limit_denominator(100) if math.isfinite(number) else Fraction(1)
        if abs(float(simple) - number) <= CANCELLED:
            return _power(base, simple)
    return _power(base, number)


def _function(name: str, below: tuple[Terms, ...]) -> Terms:
    argument = below[0]
    if name == "exp":
        return _exponential(argument)
    if name in ("log", "log10"):
        return _scaled(_logarithm(argument), 1.0 if name == "log" else 1 / math.log(10))
    if name == "abs":
        group = _group(argument)
        return {frozenset({(Factor(f"abs{group.exact}", f"abs{group.shape}"), Fraction(1))}): 1.0}
    if name == "cos":
        name, below = "sin", (_sum(argument, {ONE: math.pi / 2}),)
    parts = [(_exact(one), _shape(one)) for one in below]
    if name in ("max", "min"):
        parts.sort()
    exact, shape = ("; ".join(each) for each in zip(*parts, strict=True))
    return {frozenset({(Factor(f"{name}({exact})", f"{name}({shape})"), Fraction(1))}): 1.0}


def _exponential(argument: Terms) -> Terms:
    """``exp(c + a*x + b*y)`` as a number times exp(x)**a times exp(y)**b."""
    rest = {term: coefficient for term, coefficient in argument.items() if term != ONE}
    factors = ((Factor(f"exp({_exact_term(term)})", _term_shape(term), True), one) for term, one in rest.items())
    with_number = _value("exp", argument.get(ONE, 0.0))
    return {frozenset((factor, float(one)) for factor, one in factors): with_number}


def _logarithm(argument: Terms) -> Terms:
    """Of a product the sum of the logarithms; numbers in it are one number, which is added."""
    if len(argument) != 1:
        shared = _shared(argument)
        if shared:
            rest = {_joined(term, frozenset((f, -e) for f, e in shared)): a for term, a in argument.items()}
            return _sum(_logarithm({shared: 1.0}), _logarithm(rest))
        group = _group(argument)
        first = abs(argument[min(argument, key=_exact_term)])
        factor = Factor(f"log{group.exact}", f"log{group.shape}")
        return _sum({frozenset({(factor, Fraction(1))}): 1.0}, _constant(math.log(first) if first > 0 else math.nan))
    ((term, coefficient),) = argument.items()
    result = _constant(math.log(abs(coefficient)) if coefficient else math.nan)
    for factor, exponent in term:
        if factor.is_exponential:
            name = factor.exact.removeprefix("exp")
            inner: Terms = {frozenset({(Factor(name, factor.shape), Fraction(1))}): float(exponent)}
        else:
            logarithm = Factor(f"log({factor.exact})", f"log({factor.shape})")
            inner = {frozenset({(logarithm, Fraction(1))}): float(exponent)}
        result = _sum(result, inner)
    return result


def _constant(number: float) -> Terms:
    return {ONE: number} if abs(number) > CANCELLED or math.isnan(number) else {}


def _exact(terms: Terms) -> str:
    return " + ".join(sorted(f"{coefficient:.{_TELLING}g}*{_exact_term(term)}" for term, coefficient in terms.items()))


def _exact_term(term: Term) -> str:
    return "*".join(sorted(f"{factor.exact}^{_exponent_text(exponent)}" for factor, exponent in term)) or "1"


def _exponent_text(exponent: Exponent) -> str:
    return str(exponent) if isinstance(exponent, Fraction) else f"{exponent:.{_TELLING}g}"


def _shape(terms: Terms) -> str:
    return " + ".join(sorted(map(_term_shape, terms))) or "0"


def _term_shape(term: Term) -> str:
    plain = [_factor_shape(factor, exponent) for factor, exponent in term if not factor.is_exponential]
    exponents = [factor.shape for factor, _ in term if factor.is_exponential]
    return "*".join(sorted(plain) + ([f"exp({' + '.join(sorted(exponents))})"] if exponents else [])) or "1"


def _factor_shape(factor: Factor, exponent: Exponent) -> str:
    if isinstance(exponent, float):
        return f"{factor.shape}^c"
    if exponent == 1:
        return factor.shape
    return f"{factor.shape}^{exponent}" if exponent.denominator == 1 else f"{factor.shape}^({exponent})"
