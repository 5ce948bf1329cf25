"""A formula as LaTeX mathematics, with amsmath and nothing else."""

from __future__ import annotations

import re

from symreg.expression import Expression
from symreg.report.escaping import escape_latex, greek_command
from symreg.report.layout import (
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

__all__ = ["equation_latex", "name_latex"]

_MARKS = {"−": "-", "·": r" \cdot ", "": r"\,", "=": " = ", "+": " + ", "/": "/"}
_OPERATORS = frozenset(("ln", "log", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "exp"))


def equation_latex(target: str | None, expression: Expression) -> str:
    """``target = expression`` without delimiters, or the bare expression."""
    return _spell(layout(expression) if target is None else equation(target, expression))


def name_latex(name: str) -> str:
    """A single quantity, set as it is set in formulas."""
    return _spell(symbol_of(name))


def _spell(box: Box) -> str:
    match box:
        case Symbol(base=base, subscript=subscript):
            return f"{_identifier(base)}_{{{_word(subscript)}}}" if subscript else _identifier(base)
        case Literal(mantissa=mantissa, exponent=exponent):
            return rf"{mantissa} \cdot 10^{{{exponent}}}" if exponent else mantissa
        case Mark(text=text):
            return _MARKS[text]
        case Row(items=items):
            return _row(items)
        case Quotient(above=above, below=below):
            return rf"\frac{{{_spell(above)}}}{{{_spell(below)}}}"
        case Power(base=base, exponent=exponent):
            return f"{{{_spell(base)}}}^{{{_spell(exponent)}}}" if _needs_group(base) else _raised(base, exponent)
        case Root(content=content):
            return rf"\sqrt{{{_spell(content)}}}"
        case Fenced(content=content, bars=bars):
            return rf"\left{'|' if bars else '('} {_spell(content)} \right{'|' if bars else ')'}"
        case Call(name=name, content=content, power=power, base=base):
            head = f"\\{name}" if name in _OPERATORS else rf"\operatorname{{{escape_latex(name)}}}"
            head += f"^{{{power}}}" if power else ""
            head += f"_{{{base}}}" if base else ""
            return rf"{head}\left( {_spell(content)} \right)"


def _row(items: tuple[Box, ...]) -> str:
    spelled = []
    for i, item in enumerate(items):
        # A sign before the first term, or after "=", belongs to the term; only between terms is there space.
        between = i > 0 and items[i - 1] != Mark("=")
        spelled.append(" - " if item == Mark("−") and between else _spell(item))
    return "".join(spelled)


def _needs_group(box: Box) -> bool:
    return not isinstance(box, Symbol | Literal)


def _raised(base: Box, exponent: Box) -> str:
    return f"{_spell(base)}^{{{_spell(exponent)}}}"


def _identifier(text: str) -> str:
    if len(text) == 1 and text.isascii() and text.isalpha():
        return text
    if text in ("ħ", "ℓ"):
        return r"\hbar" if text == "ħ" else r"\ell"
    greek = greek_command(text) if len(text) == 1 else None
    return greek or _word(text)


def _word(text: str) -> str:
    if text.isdecimal() and text.isascii():
        return text
    return rf"\mathrm{{{text}}}" if re.fullmatch("[A-Za-z0-9]+", text) else rf"\text{{{escape_latex(text)}}}"
