"""A formula as Typst mathematics; every name stands in a string literal, so that none is read as markup."""

from __future__ import annotations

from symreg.formula import Expression
from symreg.typesetting.escaping import typst_string
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

__all__ = ["name_typst", "to_typst"]

_MARKS = {MINUS: "-", "·": "dot.op", "": "thin", "=": "=", "+": "+", ",": ",", "/": "\\/"}


def to_typst(expression: Expression, *, target: str | None = None) -> str:
    """Mathematics without the dollar signs."""
    return _spell(layout(expression) if target is None else equation(target, expression))


def name_typst(name: str) -> str:
    """A single quantity, set as it is set in formulas."""
    return _spell(symbol_of(name))


def _spell(box: Box) -> str:
    match box:
        case Symbol(base=base, subscript=subscript):
            below = f"_(upright({typst_string(subscript)}))" if subscript else ""
            return _identifier(base) + below
        case Literal(mantissa=mantissa, exponent=exponent):
            return f"{mantissa} dot.op 10^({exponent})" if exponent else mantissa
        case Mark(text=text):
            return _MARKS[text]
        case Row(items=items):
            return " ".join(_spell(item) for item in items)
        case Quotient(above=above, below=below):
            return f"frac({_spell(above)}, {_spell(below)})"
        case Power(base=base, exponent=exponent):
            return f"attach({_spell(base)}, t: {_spell(exponent)})"
        case Root(content=content, degree=degree) if degree:
            return f"root({degree}, {_spell(content)})"
        case Root(content=content):
            return f"sqrt({_spell(content)})"
        case Fenced(content=content, bars=bars):
            return f"{'abs' if bars else 'lr'}({_spell(content) if bars else f'( {_spell(content)} )'})"
        case Call(name=name, content=content, power=power, base=base):
            head = f"op({typst_string(name)})"
            head += f"^({power})" if power else f"_({base})" if base else ""
            return f"{head} lr(( {_spell(content)} ))"


def _identifier(text: str) -> str:
    # A single letter is set in italics, as in any formula; a word stays upright.
    return f"italic({typst_string(text)})" if len(text) == 1 else f"upright({typst_string(text)})"
