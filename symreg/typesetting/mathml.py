"""A formula as MathML, which browsers set without any script.

Every text passes through ``html.escape``; a column may be called ``<script>``.
"""

from __future__ import annotations

from html import escape

from symreg.formula import Expression
from symreg.typesetting.escaping import one_line
from symreg.typesetting.layout import (
    MINUS,
    Box,
    Call,
    Fenced,
    Literal,
    Mark,
    Power,
    Quotient,
    Root,
    Row,
    Symbol,
    equation,
    layout,
    symbol_of,
)

__all__ = ["name_mathml", "to_mathml"]


def to_mathml(expression: Expression, *, target: str | None = None, display: bool = True) -> str:
    """A ``<math>`` element of ``expression``, or of ``target = expression``."""
    box = layout(expression) if target is None else equation(target, expression)
    return _element(box, display)


def name_mathml(name: str) -> str:
    """A ``<math>`` element of a single quantity, set as it is set in formulas."""
    return _element(symbol_of(name), display=False)


def _element(box: Box, display: bool) -> str:
    # Not display="block": a formula wider than its box would be cut at the left, where nobody can scroll to.
    mode = ' displaystyle="true"' if display else ""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{mode}>{_spell(box)}</math>'


def _spell(box: Box) -> str:
    match box:
        case Symbol(base=base, subscript=subscript):
            return f"<msub>{_identifier(base)}{_small(subscript)}</msub>" if subscript else _identifier(base)
        case Literal(mantissa=mantissa, exponent=exponent):
            return _number(mantissa, exponent)
        case Mark(text=text):
            return _mark(text)
        case Row(items=items):
            return f"<mrow>{''.join(_spell(item) for item in items)}</mrow>"
        case Quotient(above=above, below=below):
            return f"<mfrac>{_spell(above)}{_spell(below)}</mfrac>"
        case Power(base=base, exponent=exponent):
            return f"<msup>{_spell(base)}{_spell(exponent)}</msup>"
        case Root(content=content, degree=""):
            return f"<msqrt>{_spell(content)}</msqrt>"
        case Root(content=content, degree=degree):
            return f"<mroot>{_spell(content)}<mn>{escape(degree)}</mn></mroot>"
        case Fenced(content=content, bars=bars):
            return _fence(content, *("||" if bars else "()"))
        case Call(name=name, content=content, power=power, base=base):
            return f"<mrow>{_function(name, power, base)}<mo>&#x2061;</mo>{_fence(content, '(', ')')}</mrow>"


def _identifier(text: str) -> str:
    # A lone letter is set in italics, a word upright, by the rules of MathML itself; a phrase is text.
    text = one_line(text)
    if "-" in text or " " in text:
        return f"<mtext>{escape(text)}</mtext>"
    return f"<mi>{escape(text)}</mi>"


def _small(text: str) -> str:
    return f"<mn>{text}</mn>" if text.isdecimal() else f'<mi mathvariant="normal">{escape(one_line(text))}</mi>'


def _number(mantissa: str, exponent: str) -> str:
    if not exponent:
        return f"<mn>{escape(mantissa)}</mn>"
    sign = f"<mo>{MINUS}</mo>" if exponent.startswith("-") else ""
    power = f"<mrow>{sign}<mn>{escape(exponent.lstrip('-'))}</mn></mrow>"
    return f"<mrow><mn>{escape(mantissa)}</mn><mo>·</mo><msup><mn>10</mn>{power}</msup></mrow>"


def _mark(text: str) -> str:
    if not text:
        return '<mspace width="0.16em"></mspace>'
    return f"<mo>{escape(text)}</mo>" if text != "/" else '<mo lspace="0" rspace="0">/</mo>'


def _fence(content: Box, opening: str, closing: str) -> str:
    return (
        f'<mrow><mo fence="true" form="prefix">{opening}</mo>{_spell(content)}'
        f'<mo fence="true" form="postfix">{closing}</mo></mrow>'
    )


def _function(name: str, power: str, base: str) -> str:
    head = f"<mi>{escape(name)}</mi>"
    if power:
        return f"<msup>{head}<mn>{escape(power)}</mn></msup>"
    return f"<msub>{head}<mn>{escape(base)}</mn></msub>" if base else head
