"""Rust: one function of f64, without a crate."""

from __future__ import annotations

from typing import Final

from symreg.formula import FUNCTION_NAMES, Form, Language, Precedence, words_of
from symreg.laws.exporting.program import indented, program_of
from symreg.laws.law import Law

_WORDS: Final = """
    Self abstract as async await become box break const continue crate do dyn else enum extern false final fn
    for gen if impl in let loop macro match mod move mut override priv pub ref return self static struct super
    trait true try type typeof union unsafe unsized use virtual where while yield Err None Ok Some core f64 std
"""
_SUM: Final = (Precedence.SUM, Precedence.SUM)
_FREE: Final = (Precedence.ANYTHING, Precedence.ANYTHING)


def _call(template: str) -> Form:
    return Form(template, Precedence.ATOM, _FREE)


def _extreme(sign: str) -> Form:
    """NaN where one of both is, which ``f64::max`` passes over."""
    text = "(if {0} " + sign + " {1} || f64::is_nan({0}) {{ {0} }} else {{ {1} }})"
    return Form(text, Precedence.ATOM, _SUM)


RUST: Final = Language(
    "rust",
    "c",
    FUNCTION_NAMES | words_of(_WORDS),
    functions=words_of("drop main"),
    own={
        "pow": _call("f64::powf({0}, {1})"),
        "square": _call("f64::powf({0}, 2.0)"),
        "cube": _call("f64::powf({0}, 3.0)"),
        "log": _call("f64::ln({0})"),
        "abs": _call("f64::abs({0})"),
        "max": _extreme(">"),
        "min": _extreme("<"),
        "step": Form(
            "(if {0} > 0.0 {{ 1.0 }} else if {0} < 0.0 {{ 0.0 }} else {{ 0.5 + {0} }})",
            Precedence.ATOM,
            (Precedence.PRODUCT,),
        ),
    },
    prefix="f64::",
    whole_exponents=False,
)


def rust(law: Law) -> str:
    """The law in Rust."""
    program = program_of(law, RUST)
    arguments = ", ".join(f"{name}: f64" for name in program.arguments)
    steps = program.steps(";", "//", declare=("let ",) * 3)
    return (
        f"{program.comment('//')}#[allow(non_snake_case, unused_parens)]\n"
        f"pub fn {program.function}({arguments}) -> f64 {{\n"
        f"{indented([*steps, 'if f64::is_finite(value) { value } else { f64::NAN }'])}}}\n"
    )
