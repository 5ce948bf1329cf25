"""Units as they are printed: ``day/au**(3/2)`` becomes day/au with a raised 3/2 in each markup language."""

from __future__ import annotations

import re
from html import escape

from symreg.formula import tex_escaped
from symreg.typesetting.escaping import typst_string

__all__ = ["unit_html", "unit_latex", "unit_pieces", "unit_plain", "unit_typst"]

_POWER = re.compile(r"(?:\*\*|\^)\s*(?:\((-?\d+(?:/\d+)?)\)|(-?\d+))")
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def unit_pieces(text: str) -> tuple[tuple[str, str], ...]:
    """The text cut at its powers: ``(("day/au", "3/2"),)``; the exponent of the last piece may be empty."""
    pieces, start = [], 0
    for found in _POWER.finditer(text):
        pieces.append((_dots(text[start : found.start()]), found[1] or found[2]))
        start = found.end()
    if start < len(text) or not pieces:
        pieces.append((_dots(text[start:]), ""))
    return tuple(pieces)


def unit_html(text: str) -> str:
    """HTML with ``<sup>``; nothing at all for a unit of one."""
    return "".join(
        escape(base) + (f"<sup>{_minus(escape(power))}</sup>" if power else "")
        for base, power in unit_pieces(_named(text))
    )


def unit_latex(text: str) -> str:
    """LaTeX text with raised exponents."""
    return "".join(
        tex_escaped(base).replace("U+00B7", r"\ensuremath{\cdot}")
        + (rf"\textsuperscript{{{tex_escaped(power)}}}" if power else "")
        for base, power in unit_pieces(_named(text))
    )


def unit_typst(text: str) -> str:
    """Typst content as an expression of code: literals and raised exponents joined by plus signs."""
    return " + ".join(
        f"text({typst_string(base)})" + (f" + super({typst_string(_minus(power))})" if power else "")
        for base, power in unit_pieces(_named(text))
    )


def unit_plain(text: str) -> str:
    """Plain text with raised digits: ``kg·m/s²``; fractions stay in brackets."""
    return "".join(
        base + (power.translate(_RAISED) if "/" not in power else f"^({power})")
        for base, power in unit_pieces(_named(text))
    )


def _named(text: str) -> str:
    return "" if text in ("", "1", "dimensionless") else text


def _dots(text: str) -> str:
    return text.replace("*", "·")


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")
