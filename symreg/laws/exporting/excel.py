"""Excel: one formula over named cells, for every spreadsheet that has IFERROR.

Nothing is named inside of the formula (``LET`` is missing in Excel 2019, in LibreOffice before 24.8 and in programs
that evaluate workbooks), so constants and conversions stand where they are used, with the 15 digits that a spreadsheet
keeps of a number. A spreadsheet knows no infinity: where one arises inside of a formula the cell shows #N/A, also where
``Law.predict`` would come back to a number.
"""

from __future__ import annotations

import re
from typing import Final

from symreg.formula import FUNCTION_NAMES, Form, Language, Precedence, words_of
from symreg.laws.exporting.program import program_of
from symreg.laws.law import Law

_WORDS: Final = """
    r c rc true false and or not if iferror na sign ln pi n t exp abs row column rows columns let lambda print_area
    print_titles criteria extract database sheet_title
"""
_ATOM, _POWER, _SUM = Precedence.ATOM, Precedence.POWER, Precedence.SUM
_FREE: Final = (Precedence.ANYTHING, Precedence.ANYTHING)
_CELL: Final = "[a-z]{1,3}[0-9]+|r[0-9]*c[0-9]*"
"""Names that are places: A1, XFD1048576, R1C1."""

_CALLS: Final = ("sqrt", "exp", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "abs")


def _call(template: str) -> Form:
    return Form(template, _ATOM, _FREE)


EXCEL: Final = Language(
    "excel",
    "julia",
    FUNCTION_NAMES | words_of(_WORDS),
    macros=_CELL,
    own={
        **{name: _call(name.upper() + "({0})") for name in _CALLS},
        "log": _call("LN({0})"),
        "max": _call("MAX({0}, {1})"),
        "min": _call("MIN({0}, {1})"),
        "cbrt": Form("SIGN({0})*ABS({0})^(1/3)", Precedence.PRODUCT, _FREE),
        "step": _call("(0.5 + 0.5*SIGN({0}))"),
        "pow": Form("{0}^{1}", _POWER, (_ATOM, _ATOM)),
        "inv": Form("1/{0}", Precedence.PRODUCT, (_POWER,)),
        # Its sign holds tighter than its power: -2^2 is 4.
        "neg": Form("-{0}", Precedence.SIGN, (_ATOM,)),
    },
    literal=lambda text: text.removesuffix(".0").replace("e", "E"),
    ignores_case=True,
)


def excel(law: Law) -> str:
    """The law as a formula of a cell; each line above it is text in a cell of its own, as its first sign says.

    Cells with the inputs bear their names (Formulas, Define Name), in the units that are stated.
    """
    program = program_of(law, EXCEL)
    formula = program.back if program.back == "value" else f"({program.back})"
    formula = formula.replace("value", program.formula if program.back == "value" else f"({program.formula})", 1)
    for line in program.lines:
        formula = re.sub(rf"(?<![\w.]){line.name}(?!\w)", f"({line.value})", formula)
    notes = [*program.about, *(f"{line.name} = {line.value}: {line.comment}" for line in program.lines)]
    head = "".join(f"'{line}".rstrip() + "\n" for line in notes if line)
    return f"{head}=IFERROR({formula}, NA())\n"
