"""C and C++: one function of doubles, for any compiler that has IEEE 754."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from symreg.formula import CODE
from symreg.laws.exporting.program import Program, indented, program_of
from symreg.laws.law import Law

CPP: Final = replace(CODE["c"], name="cpp", prefix="std::")


def c(law: Law) -> str:
    """The law in C99 and later."""
    program = program_of(law, CODE["c"])
    about = "\n".join(f" * {line}".rstrip() for line in program.about)
    return f"#include <math.h>\n\n/*\n{about}\n */\n" + _function(
        program, ", ".join(f"double {name}" for name in program.arguments) or "void", "isfinite", ("/*", " */")
    )


def cpp(law: Law) -> str:
    """The law in C++11 and later."""
    program = program_of(law, CPP)
    return f"#include <cmath>\n\n{program.comment('//')}" + _function(
        program, ", ".join(f"double {name}" for name in program.arguments), "std::isfinite", ("//", "")
    )


def _function(program: Program, arguments: str, is_finite: str, marks: tuple[str, str]) -> str:
    names = ", ".join([*(line.name for line in program.lines), "value"])
    steps = [f"double {names};", *program.steps(";", *marks), f"return {is_finite}(value) ? value : NAN;"]
    return f"double {program.function}({arguments})\n{{\n{indented(steps)}}}\n"
