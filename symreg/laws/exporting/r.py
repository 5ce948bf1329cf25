"""R: one function of vectors."""

from __future__ import annotations

from typing import Final

from symreg.formula import CODE, Apply, Form, Language, Precedence, words_of
from symreg.laws.exporting.powers import inverse_power, needs_care
from symreg.laws.exporting.program import indented, program_of
from symreg.laws.law import Law

_WORDS: Final = """
    if else repeat while function for next break in TRUE FALSE NULL Inf NaN NA NA_integer_ NA_real_ NA_complex_
    NA_character_ ifelse pmax pmin sign floor suppressWarnings
"""
_FUNCTIONS: Final = """
    all any apply array attr c cat class data date diff dim do eval exists factor file format get identity is
    lapply length letters levels library list ls mapply matrix max mean median merge min mode names nchar ncol
    nrow options order order paste plot print prod q quit range rank rbind cbind read rep require return rev rm
    round row col sample sapply scale seq sd set setdiff solve sort source split stop strsplit structure subset
    sum switch sys t table tabulate time trunc ts union unique unlist var vector warning which with within write
"""
_FREE: Final = (Precedence.ANYTHING, Precedence.ANYTHING)
_POWER: Final = (
    "# A power of a negative number: infinity has one where other numbers have none.",
    "ieee_power <- function(x, y) {",
    "    special <- x < 0 & (is.infinite(y) | (is.infinite(x) & y != floor(y)))",
    "    ifelse(special & !is.na(special), abs(x)^y, x^y)",
    "}",
)


def _power(node: Apply) -> Form | None:
    """The inverse of a power has the sign that R forgets of a negative zero."""
    if needs_care(node):
        return Form("ieee_power({0}, {1})", Precedence.ATOM, _FREE)
    return inverse_power(node, "1.0/{0}", "^")


R: Final = Language(
    "r",
    "julia",
    CODE["julia"].words - {"end", "type", "local", "global", "where", "let"} | words_of(_WORDS),
    functions=words_of(_FUNCTIONS),
    own={
        "cbrt": Form("sign({0})*abs({0})^(1/3)", Precedence.PRODUCT, _FREE),
        "step": Form("(0.5 + 0.5*sign({0}))", Precedence.ATOM, _FREE),
        "max": Form("pmax({0}, {1})", Precedence.ATOM, _FREE),
        "min": Form("pmin({0}, {1})", Precedence.ATOM, _FREE),
    },
    chosen=_power,
)


def r(law: Law) -> str:
    """The law in R; what is no number gives NaN and no warning."""
    program = program_of(law, R)
    given = indented([f"{name} <- as.double({name})" for name in program.arguments])
    helper = indented(_POWER) if "ieee_power(" in program.formula else ""
    return (
        f"{program.comment('#')}{program.function} <- function({', '.join(program.arguments)}) {{\n{given}{helper}"
        f"    suppressWarnings({{\n{indented(program.steps(equals='<-'), 8)}    }})\n"
        "    ifelse(is.finite(value), value, NaN)\n}\n"
    )
