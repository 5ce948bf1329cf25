"""Printing: an expression as text that the parser reads back, as LaTeX, and as code.

No parenthesis is printed that is not needed. One renderer serves every language; what differs (the forms of
the operators, the spelling of numbers and of names) comes from the operators' table and from a ``Dialect``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from symreg.formula.expression import (
    Apply,
    Constant,
    Expression,
    Number,
    Variable,
    canonical_number,
    constants_of,
    fold,
    variables_of,
)
from symreg.formula.forms import Form, Precedence
from symreg.formula.languages import NUMPY, PYTHON, Language, is_written_whole
from symreg.formula.naming import is_safe_symbol, latex_name, quoted, safe_identifiers
from symreg.formula.operators import OPERATORS

_SMALL_DENOMINATORS: Final = frozenset({*range(2, 10), 12, 16, 32, 64})


@dataclass(frozen=True, slots=True)
class Piece:
    """Printed text and how tightly it holds together."""

    text: str
    precedence: Precedence


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a language has of its own beside the forms in a column of the operators' table."""

    number: Callable[[Fraction | float], Piece]
    exponent: Callable[[Fraction | float], Piece]  # a literal exponent of ``pow``
    name: Callable[[str], str]
    form: Callable[[Apply], Form]
    brackets: tuple[str, str] = ("(", ")")


def to_text(expression: Expression) -> str:
    """Return the formula; ``parse(to_text(e)) == canonical(e)``, whatever the names are."""
    return _render(expression, Dialect(_plain_number, _plain_number, quoted, _column("text")))


def to_latex(expression: Expression, symbols: Mapping[str, str] | None = None) -> str:
    r"""Return the formula in TeX's mathematics.

    ``symbols`` gives a name's symbol, such as ``{"T0": r"T_{\odot}"}``; one that holds more than letters,
    scripts and harmless commands is not used.
    """
    given = symbols or {}

    def name(name: str) -> str:
        symbol = given.get(name, "")
        if not is_safe_symbol(symbol):
            return latex_name(name)
        return f"{{{symbol}}}" if "^" in symbol else symbol

    brackets = (r"\left(", r"\right)")
    return _render(expression, Dialect(_latex_number, _plain_number, name, _column("latex"), brackets))


def to_python(
    expression: Expression,
    module: Literal["math", "numpy"] = "math",
    names: Mapping[str, str] | None = None,
) -> str:
    """Return the formula as a Python expression that calls ``math`` or NumPy (as ``np``).

    ``names`` maps names to identifiers; the default is ``safe_identifiers`` of the names in the formula.
    """
    return to_code(expression, PYTHON if module == "math" else NUMPY, names)


def to_code(
    expression: Expression, language: Language, names: Mapping[str, str] | None = None
) -> str:
    """Return the formula as one expression of a programming language, in double precision.

    ``names`` maps names to identifiers; the default is ``safe_identifiers`` of the names in the formula.
    """
    found = (*variables_of(expression), *constants_of(expression))
    spelled = names if names is not None else safe_identifiers(found, language)
    number = _float_number(language.literal) if language.only_floats else _plain_number
    exponent = _whole_exponent(number) if language.whole_exponents else number
    return _render(expression, Dialect(number, exponent, spelled.__getitem__, language.form))


# -- numbers


def _signed(text: str, precedence: Precedence = Precedence.ATOM) -> Piece:
    return Piece(text, min(precedence, Precedence.SIGN) if text.startswith("-") else precedence)


def _decimal(value: Fraction) -> str | None:
    """Return the short decimal that reads back as this fraction, when that looks better than a ratio."""
    if value.denominator in _SMALL_DENOMINATORS or value.denominator == 1:
        return None
    text = repr(float(value))
    return text if Fraction(text) == value and canonical_number(float(text)).value == value else None


def _plain_number(value: Fraction | float) -> Piece:
    value = canonical_number(value).value
    if isinstance(value, float):
        return _signed(repr(value))
    decimal = _decimal(value)
    if decimal or value.denominator == 1:
        return _signed(decimal or str(value))
    return _signed(str(value), Precedence.PRODUCT)


def _latex_number(value: Fraction | float) -> Piece:
    plain = _plain_number(value)
    if "/" in plain.text:
        top, _, bottom = plain.text.lstrip("-").partition("/")
        sign = "-" if plain.text.startswith("-") else ""
        return Piece(rf"{sign}\frac{{{top}}}{{{bottom}}}", Precedence.PRODUCT)
    mantissa, _, power = plain.text.partition("e")
    if power:
        return Piece(rf"{mantissa} \times 10^{{{int(power)}}}", Precedence.PRODUCT)
    return plain


def _float_number(decorate: Callable[[str], str]) -> Callable[[Fraction | float], Piece]:
    """Return a speller of numbers that are floating-point in every part, so that 3/2 is not cut to 1."""

    def number(value: Fraction | float) -> Piece:
        plain = _plain_number(value)
        parts = [decorate(repr(float(part))) for part in plain.text.split("/")]
        return Piece("/".join(parts), plain.precedence)

    return number


def _whole_exponent(
    number: Callable[[Fraction | float], Piece],
) -> Callable[[Fraction | float], Piece]:
    """Return a speller that keeps whole exponents whole: other ones are undefined over a negative base."""
    return lambda value: _plain_number(value) if is_written_whole(value) else number(value)


# -- rendering


def _render(expression: Expression, dialect: Dialect) -> str:
    def piece(node: Expression, operands: tuple[Piece, ...]) -> Piece:
        if isinstance(node, Number):
            return dialect.number(node.value)
        if isinstance(node, (Variable, Constant)):
            return Piece(dialect.name(node.name), Precedence.ATOM)
        if node.operator == "pow" and isinstance(node.arguments[1], Number):
            operands = (operands[0], dialect.exponent(node.arguments[1].value))
        form = dialect.form(node)
        texts = [_enclosed(operand, form, slot, dialect.brackets) for slot, operand in enumerate(operands)]
        text = form.template.format(*texts)
        if dialect.brackets[0] == r"\left(" and node.operator == "*" and _needs_no_dot(texts[1]):
            text = rf"{texts[0]} \, {texts[1]}"
        return Piece(text, form.precedence)

    return fold(expression, piece).text


def _enclosed(operand: Piece, form: Form, slot: int, brackets: tuple[str, str]) -> str:
    """Return the operand's text, in brackets where the form would tear it apart or two signs would meet."""
    needed = form.operands[slot]
    if needed is Precedence.ANYTHING:
        return operand.text
    leftmost = form.template.startswith("{" + str(slot) + "}")
    if operand.precedence < needed or (operand.text.startswith("-") and not leftmost):
        return brackets[0] + operand.text + brackets[1]
    return operand.text


def _column(name: str) -> Callable[[Apply], Form]:
    """Return the forms in a column of the operators' table."""
    return lambda node: OPERATORS[node.operator].form(name)


def _needs_no_dot(text: str) -> bool:
    """Return whether a thin space is enough before this factor: not before digit, fraction or bracket."""
    return text[0].isalpha() or (text[0] == "\\" and not text.startswith((r"\frac", r"\left")))
