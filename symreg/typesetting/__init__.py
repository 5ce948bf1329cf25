"""How formulas, units and texts are set: as MathML, Typst and LaTeX, on a page, in a notebook, in a console."""

from __future__ import annotations

from symreg.typesetting.escaping import escape_markdown, one_line, typst_string
from symreg.typesetting.math_typst import name_typst, to_typst
from symreg.typesetting.mathml import name_mathml, to_mathml
from symreg.typesetting.notebook import bundle, html_list, html_table, plain_html, told
from symreg.typesetting.unit_markup import unit_html, unit_latex, unit_plain, unit_typst

__all__ = [
    "bundle",
    "escape_markdown",
    "html_list",
    "html_table",
    "name_mathml",
    "name_typst",
    "one_line",
    "plain_html",
    "to_mathml",
    "to_typst",
    "told",
    "typst_string",
    "unit_html",
    "unit_latex",
    "unit_plain",
    "unit_typst",
]
