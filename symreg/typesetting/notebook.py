"""How a value shows itself: short in a console, as HTML and mathematics in a notebook.

Every value that people look at has ``_repr_mimebundle_``, which ends in ``bundle``; notebooks take HTML before LaTeX,
so the HTML of a formula is MathML. Text from outside is escaped before it stands in a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from symreg.typesetting.escaping import one_line

TOLD_CHARACTERS = 200
"""Of what ``repr`` says in a console: two to three lines there, and enough for a law with its constants. Set by
hand."""

_LEFT = "text-align:left"


def bundle(text: str, html: str = "", latex: str = "") -> dict[str, str]:
    """What ``_repr_mimebundle_`` gives: the forms that are not empty, by their kind."""
    forms = {"text/plain": text, "text/html": html, "text/latex": latex}
    return {kind: form for kind, form in forms.items() if form}


def told(kind: str, text: str) -> str:
    """``Law(period = k*a**(3/2), k = 365.21)``: a value in a console, on one line, cut where it is long."""
    line = one_line(" ".join(text.split()))
    return f"{kind}({line if len(line) <= TOLD_CHARACTERS else line[: TOLD_CHARACTERS - 1] + '…'})"


def plain_html(text: str) -> str:
    """Text as HTML: it prints as it is, on one line."""
    return escape(one_line(text))


def html_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, marked: int = -1) -> str:
    """A table: headings are text, cells are HTML already; the row with the number ``marked`` is in bold."""
    head = "".join(f'<th style="{_LEFT}">{plain_html(text)}</th>' for text in headings)
    body = "".join(_row(cells, place == marked) for place, cells in enumerate(rows))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(cells: Sequence[str], is_marked: bool) -> str:
    style = ' style="font-weight:bold"' if is_marked else ""
    return f"<tr{style}>" + "".join(f'<td style="{_LEFT}">{cell}</td>' for cell in cells) + "</tr>"


def html_list(sentences: Iterable[str]) -> str:
    """Sentences, which are text, as a list; nothing where there are none."""
    items = "".join(f"<li>{plain_html(one)}</li>" for one in sentences)
    return f"<ul>{items}</ul>" if items else ""
