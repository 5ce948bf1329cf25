"""JavaScript: a module with one function of numbers."""

from __future__ import annotations

from typing import Final

from symreg.formula import FUNCTION_NAMES, Apply, Form, Language, Precedence, words_of
from symreg.laws.exporting.powers import has_literal_exponent
from symreg.laws.exporting.program import indented, program_of
from symreg.laws.law import Law

_WORDS: Final = """
    arguments async await break case catch class const continue debugger default delete do else enum eval export
    extends false finally for function if implements import in instanceof interface let new null package private
    protected public return static super switch this throw true try typeof var void while with yield Infinity
    Math NaN Number undefined
"""
_FREE: Final = (Precedence.ANYTHING, Precedence.ANYTHING)


def _power(node: Apply) -> Form | None:
    is_plain = node.operator != "pow" or has_literal_exponent(node)
    return None if is_plain else Form("ieee_power({0}, {1})", Precedence.ATOM, _FREE)


JAVASCRIPT: Final = Language(
    "javascript",
    "c",
    FUNCTION_NAMES | words_of(_WORDS),
    own={
        "abs": Form("Math.abs({0})", Precedence.ATOM, _FREE),
        "max": Form("Math.max({0}, {1})", Precedence.ATOM, _FREE),
        "min": Form("Math.min({0}, {1})", Precedence.ATOM, _FREE),
    },
    prefix="Math.",
    chosen=_power,
    whole_exponents=False,
)
_POWER: Final = """
function ieee_power(x, y) {
    // Math.pow has NaN where IEEE 754 has 1.
    return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y);
}
"""


def javascript(law: Law) -> str:
    """The law as an ECMAScript module, for browsers and for Node."""
    program = program_of(law, JAVASCRIPT)
    steps = program.steps(";", "//", declare=("const ", "let ", ""))
    helper = _POWER if "ieee_power(" in program.formula else ""
    return (
        f"{program.comment('//')}export function {program.function}({', '.join(program.arguments)}) {{\n"
        f"{indented([*steps, 'return Number.isFinite(value) ? value : NaN;'])}}}\n{helper}"
    )
