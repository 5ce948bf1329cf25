"""Julia: one function of a number, to be called with a dot for an array."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from symreg.formula import CODE, Apply, Form, Precedence
from symreg.laws.exporting.powers import needs_care
from symreg.laws.exporting.program import indented, program_of
from symreg.laws.law import Law

_POWER: Final = (
    "    # A power of a negative number: infinity has one where other numbers have none.",
    "    ieee_power(x, y) = x < 0 && (isinf(y) || isinf(x) && !isinteger(y)) ? abs(x)^y : x^y",
)


def julia(law: Law) -> str:
    """The law in Julia 1."""
    program = program_of(law, replace(CODE["julia"], chosen=_power))
    steps = indented([*program.steps(), "value"], 8)
    given = indented([f"{name} = float({name})" for name in program.arguments])
    helper = "".join(f"{line}\n" for line in _POWER) if "ieee_power(" in program.formula else ""
    return (
        f"{program.comment('#')}function {program.function}({', '.join(program.arguments)})\n"
        f"{given}{helper}    value = try\n{steps}"
        "    catch problem\n        problem isa DomainError || rethrow()\n        NaN\n    end\n"
        "    return isfinite(value) ? value : NaN\nend\n"
    )


def _power(node: Apply) -> Form | None:
    return Form("ieee_power({0}, {1})", Precedence.ATOM, (Precedence.ANYTHING,) * 2) if needs_care(node) else None
