"""Fortran 2003: one elemental function, in lines of at most 132 columns."""

from __future__ import annotations

import math
import re
import textwrap
from dataclasses import replace
from typing import Final

from symreg.formula import (
    CODE,
    Apply,
    Form,
    Precedence,
    constants_of,
    evaluate_tree,
    variables_of,
)
from symreg.laws.exporting.powers import inverse_power
from symreg.laws.exporting.program import program_of
from symreg.laws.law import Law

_WIDTH: Final = 110
"""Columns of a line without its indentation and its sign of continuation: with them fewer than the 132 of the
standard."""

_IEEE: Final = ("ieee_is_finite", "ieee_quiet_nan", "ieee_value")
_INFINITE: Final = ("ieee_positive_inf", "ieee_negative_inf")
_TOKEN: Final = re.compile(r"\s+|[\w.]+(?<=\dd)[-+]\d+|[\w.]+|\*\*|/=|::|.")
"""What may not be torn apart at the end of a line: names, numbers with their exponents, signs of two letters."""


def fortran(law: Law) -> str:
    """The law as a function of a module or a program, and of arrays too."""
    program = program_of(law, replace(CODE["fortran"], chosen=_chosen))
    declared = [f"double precision, intent(in) :: {name}" for name in program.arguments]
    declared += [f"double precision :: {name}" for name in (*(line.name for line in program.lines), "value")]
    body: list[str] = []
    for line in program.lines:
        body += [f"! {line.name}: {line.comment}", f"{line.name} = {line.value}"]
    body += [f"value = {program.formula}", *([f"value = {program.back}"] if program.back != "value" else [])]
    body.append("if (.not. ieee_is_finite(value)) value = ieee_value(value, ieee_quiet_nan)")
    infinite = [name for name in _INFINITE if name in program.formula]
    uses = [
        f"use, intrinsic :: ieee_arithmetic, only: {', '.join(_IEEE + tuple(infinite))}",
        "implicit none",
    ]
    head = f"elemental function {program.function}({', '.join(program.arguments)}) result(value)"
    inner = "".join(_in_columns(line, 4) for line in [*uses, *declared, *body])
    about = "".join(_in_columns(line, 0) for line in program.comment("!").splitlines())
    return f"{about}{_in_columns(head, 0)}{inner}end function {program.function}\n"


def _chosen(node: Apply) -> Form | None:
    """Compilers divide by a product, which overflows before the negative power does."""
    return _no_number(node) or inverse_power(node, "1.0d0/{0}", "**")


def _no_number(node: Apply) -> Form | None:
    """What is made of numbers alone and is none: compilers refuse to compute it."""
    if variables_of(node) or constants_of(node):
        return None
    value = float(evaluate_tree(node, {}))
    if math.isfinite(value):
        return None
    kind = "quiet_nan" if math.isnan(value) else "positive_inf" if value > 0 else "negative_inf"
    return Form(f"ieee_value(1.0d0, ieee_{kind})", Precedence.ATOM, (Precedence.ANYTHING,) * 2)


def _in_columns(line: str, indent: int) -> str:
    """A line in pieces that are continued; a comment is cut into comments."""
    lead = " " * indent
    if line.startswith("!"):
        hanging = "! " + " " * (len(line) - len(line[1:].lstrip()) - 2)
        return textwrap.fill(line, _WIDTH, initial_indent=lead, subsequent_indent=lead + hanging) + "\n"
    pieces: list[str] = []
    piece = ""
    for token in _TOKEN.findall(line):
        if len(piece) + len(token) > _WIDTH:
            cut = piece.rfind(" ", _WIDTH // 2) + 1 or len(piece)
            pieces.append(piece[:cut].rstrip())
            piece = piece[cut:]
        piece += token
    return lead + f" &\n{lead}    & ".join([*pieces, piece]) + "\n"
