"""How a formula is set on a page, before any markup language.

The tree of an expression says how to compute; a reader wants fractions, roots, exponents and no needless
brackets. ``layout`` turns the one into the other once, as a few kinds of box; MathML and Typst then only
spell the boxes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from symreg.formula import OPERATORS, POWERS, Apply, Constant, Expression, Number, Variable

__all__ = ["Box", "Call", "Fenced", "Literal", "Mark", "Power", "Quotient", "Root", "Row", "Symbol", "layout"]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named quantity: ``base`` (a Greek letter where the name is one) with an optional ``subscript``."""

    base: str
    subscript: str = ""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number that is not negative, as it is read: ``mantissa`` times ten to the ``exponent`` (empty: no
    power).
    """

    mantissa: str
    exponent: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign between boxes: "+", ``MINUS``, "=", "" for the thin space of a product, "·" before digits."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """Boxes side by side."""

    items: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    """A fraction with a bar."""

    above: Box
    below: Box


@dataclass(frozen=True, slots=True)
class Power:
    """A base with a raised exponent."""

    base: Box
    exponent: Box


@dataclass(frozen=True, slots=True)
class Root:
    """A root; a square root has no degree written."""

    content: Box
    degree: str = ""


@dataclass(frozen=True, slots=True)
class Fenced:
    """Brackets, or bars for an absolute value."""

    content: Box
    bars: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A named function with its argument in brackets: sin(x), with ``power`` sin²(x), with ``base``
    log₁₀(x).
    """

    name: str
    content: Box
    power: str = ""
    base: str = ""


Box = Symbol | Literal | Mark | Row | Quotient | Power | Root | Fenced | Call

MINUS = "\N{MINUS SIGN}"

_GREEK_NAMES = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "omicron", "pi", "rho", "final", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
)  # fmt: skip
GREEK = {name: chr(0x3B1 + i) for i, name in enumerate(_GREEK_NAMES) if name != "final"}
GREEK |= {name.capitalize(): letter.upper() for name, letter in GREEK.items() if name != "omicron"}
GREEK |= {"hbar": "ħ", "varepsilon": "ε", "varphi": "ϕ", "ell": "\N{SCRIPT SMALL L}"}


def symbol_of(name: str) -> Symbol:
    """``epsilon_0`` is ε with subscript 0, ``H0`` is H with subscript 0; any other text stays as it is."""
    head, _, tail = name.partition("_")
    if head and tail and re.fullmatch(r"\w+", name):
        return Symbol(GREEK.get(head, head), tail.replace("_", " "))
    numbered = re.fullmatch(r"([^\W\d_]+)(\d+)", name)
    if numbered and (len(numbered[1]) == 1 or numbered[1] in GREEK):
        return Symbol(GREEK.get(numbered[1], numbered[1]), numbered[2])
    return Symbol(GREEK.get(name, name))


def layout(expression: Expression) -> Box:
    """The boxes of an expression."""
    match expression:
        case Variable(name=name) | Constant(name=name):
            return symbol_of(name)
        case Number(value=number):
            return _signed(number < 0, _literal(_magnitude(number)))
        case Apply(operator="+" | "-"):
            return _sum(expression)
        case Apply(operator="*" | "/" | "neg" | "inv"):
            return _product(expression)
        case Apply(operator="pow" | "square" | "cube"):
            return _power(expression) if _exponent_sign(expression) > 0 else _product(expression)
        case Apply(operator="sqrt", arguments=(inner,)):
            return Root(layout(inner))
        case Apply(operator="abs", arguments=(inner,)):
            return Fenced(layout(inner), bars=True)
        case Apply(operator="cbrt", arguments=(inner,)):
            return Root(layout(inner), degree="3")
        case Apply(operator=operator, arguments=arguments):
            return _call(operator, arguments)


def equation(target: str, expression: Expression) -> Box:
    """``target = expression``."""
    return Row((symbol_of(target), Mark("="), layout(expression)))


def _call(operator: str, arguments: tuple[Expression, ...]) -> Box:
    inner = layout(arguments[0]) if len(arguments) == 1 else _listed(arguments)
    if operator == "exp" and _height(inner) <= 2 and _width(inner) <= 6:
        return Power(Symbol("e"), inner)
    return Call(OPERATORS[operator].shown, inner, base="10" if operator == "log10" else "")


def _listed(arguments: tuple[Expression, ...]) -> Box:
    """Arguments with commas between them."""
    items: list[Box] = []
    for argument in arguments:
        items += [Mark(","), layout(argument)] if items else [layout(argument)]
    return Row(tuple(items))


def _sum(expression: Expression) -> Box:
    """Terms in their order, each with its sign before it."""
    terms: list[tuple[bool, Expression]] = []
    pending = [(False, expression)]
    while pending:
        negative, term = pending.pop()
        match term:
            case Apply(operator="+" | "-" as operator, arguments=(left, right)):
                # A stack: the right side is pushed first so that the left side comes out first.
                pending += [(negative != (operator == "-"), right), (negative, left)]
            case _:
                terms.append((negative, term))
    items: list[Box] = []
    for negative, term in terms:
        minus, box = _strip_sign(layout(term))
        negative = negative != minus
        if items or negative:
            items.append(Mark(MINUS if negative else "+"))
        items.append(box)
    return Row(tuple(items))


def _product(expression: Expression) -> Box:
    """Numerator over denominator, numbers first, the sign before everything."""
    above: list[Expression] = []
    below: list[Expression] = []
    negative = False
    pending = [(False, expression)]
    while pending:
        inverted, factor = pending.pop()
        match factor:
            case Apply(operator="*" | "/" as operator, arguments=(left, right)):
                pending += [(inverted != (operator == "/"), right), (inverted, left)]
            case Apply(operator="inv", arguments=(inner,)):
                pending.append((not inverted, inner))
            case Apply(operator="neg", arguments=(inner,)):
                negative = not negative
                pending.append((inverted, inner))
            case Apply(operator="pow", arguments=(base, Number(value=value))) if value < 0:
                pending.append((not inverted, _raised(base, -value)))
            case Number(value=value) if value < 0:
                negative = not negative
                pending.append((inverted, Number(-value)))
            case Number(value=Fraction() as value) if _is_ratio(value):
                _fraction_factor(value, *((below, above) if inverted else (above, below)))
            case _:
                (below if inverted else above).append(factor)
    box = _factors(above)
    if below:
        box = Quotient(box, _factors(below))
    return _signed(negative, Fenced(box) if negative and _is_sum(box) else box)


def _fraction_factor(value: Fraction, above: list[Expression], below: list[Expression]) -> None:
    if value.numerator != 1:
        above.append(Number(Fraction(value.numerator)))
    below.append(Number(Fraction(value.denominator)))


def _raised(base: Expression, exponent: Fraction | float) -> Expression:
    return base if exponent == 1 else Apply("pow", (base, Number(exponent)))


def _factors(factors: list[Expression]) -> Box:
    if not factors:
        return Literal("1")
    ones = [f for f in factors if not (isinstance(f, Number) and f.value == 1)] or factors[:1]
    ordered = sorted(ones, key=lambda factor: not isinstance(factor, Number))
    boxes = [layout(factor) for factor in ordered]
    if len(boxes) == 1:
        return boxes[0]
    items: list[Box] = []
    for box in (Fenced(each) if _is_sum(each) else each for each in boxes):
        if items:
            items.append(Mark("·" if _starts_with_digit(box) else ""))
        items.append(box)
    return Row(tuple(items))


def _power(expression: Apply) -> Box:
    base = layout(expression.arguments[0])
    exponent: Box
    if expression.operator in POWERS:
        exponent = Literal(str(POWERS[expression.operator]))
    else:
        exponent = _exponent(expression.arguments[1])
    if isinstance(base, Call) and not base.power and not base.base and isinstance(exponent, Literal):
        return Call(base.name, base.content, power=exponent.mantissa)
    closed = isinstance(base, Symbol | Fenced) or _is_plain_number(base)
    return Power(base if closed else Fenced(base), exponent)


def _exponent(expression: Expression) -> Box:
    """A rational exponent is written 3/2 on the line: a bar would be too small to read."""
    if isinstance(expression, Number) and isinstance(expression.value, Fraction):
        value = expression.value
        if _is_ratio(value):
            return Row((Literal(str(value.numerator)), Mark("/"), Literal(str(value.denominator))))
    return layout(expression)


def _exponent_sign(expression: Apply) -> int:
    if expression.operator == "pow":
        exponent = expression.arguments[1]
        if isinstance(exponent, Number) and exponent.value < 0:
            return -1
    return 1


def _magnitude(value: Fraction | float) -> Fraction | float:
    return -value if value < 0 else value


def _literal(value: Fraction | float) -> Box:
    if isinstance(value, Fraction):
        if value.denominator == 1 and value.numerator < 10**9:
            return Literal(str(value.numerator))
        if not _is_ratio(value):
            return _decimal(repr(float(value)))
        return Quotient(_literal(Fraction(value.numerator)), _literal(Fraction(value.denominator)))
    return _decimal(repr(value))


def _is_ratio(value: Fraction) -> bool:
    """Whether a number is read better as a ratio than as a decimal: 2/3, but 0.1 and not 1/10."""
    if value.denominator == 1 or max(abs(value.numerator), value.denominator) >= 10_000:
        return False
    return value.denominator < 10 or Fraction(repr(float(value))) != value


def _decimal(text: str) -> Literal:
    mantissa, _, exponent = text.partition("e")
    mantissa = mantissa.removesuffix(".0")
    return Literal(mantissa, str(int(exponent)) if exponent else "")


def _signed(negative: bool, box: Box) -> Box:
    return Row((Mark(MINUS), box)) if negative else box


def _strip_sign(box: Box) -> tuple[bool, Box]:
    if isinstance(box, Row) and len(box.items) == 2 and box.items[0] == Mark(MINUS):
        return True, box.items[1]
    return False, box


def _is_sum(box: Box) -> bool:
    return isinstance(box, Row) and any(
        isinstance(item, Mark) and item.text in ("+", MINUS) for item in box.items
    )


def _is_plain_number(box: Box) -> bool:
    return isinstance(box, Literal) and not box.exponent


def _starts_with_digit(box: Box) -> bool:
    while isinstance(box, Row | Power):
        box = box.items[0] if isinstance(box, Row) else box.base
    return isinstance(box, Literal)


def _children(box: Box) -> tuple[Box, ...]:
    match box:
        case Row(items=items):
            return items
        case Quotient(above=first, below=second) | Power(base=first, exponent=second):
            return first, second
        case Root(content=content) | Fenced(content=content) | Call(content=content):
            return (content,)
        case _:
            return ()


def _height(box: Box) -> int:
    """Levels of fractions: what decides whether an exponent can still be read."""
    return int(isinstance(box, Quotient)) + max((_height(child) for child in _children(box)), default=0)


def _width(box: Box) -> int:
    return sum(_width(child) for child in _children(box)) or int(not isinstance(box, Mark))
