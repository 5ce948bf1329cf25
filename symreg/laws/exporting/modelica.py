"""Modelica: a function in SI, as models there are, with a unit in each declaration that has one there.

Modelica has neither infinity nor NaN: outside of the domain of a formula a simulation stops with a message. The unit in
which the table has a quantity stands beside it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from symreg.formula import FUNCTION_NAMES, Form, Language, Precedence, constants_of, variables_of, words_of
from symreg.laws.exporting.comments import comment, unit_comment
from symreg.laws.exporting.program import Line, program_of
from symreg.laws.law import Law
from symreg.units import Dimension, si_unit

_WORDS: Final = """
    algorithm and annotation assert block break class connect connector constant constrainedby der discrete each
    else elseif elsewhen encapsulated end enumeration equation expandable extends external false final flow for
    function if import impure in initial inner input loop model not operator or outer output package parameter
    partial protected public pure record redeclare replaceable return stream then true type when while within
    Real Integer Boolean String time sign integer mod rem div ceil floor noEvent smooth sample pre edge change
    reinit delay cardinality homotopy semiLinear terminal terminate size ndims scalar vector matrix transpose
    outerProduct identity diagonal zeros ones fill linspace sum product symmetric cross skew promote cat array
    StateSelect ExternalObject Connections Clock
"""
_ATOM, _PRODUCT = Precedence.ATOM, Precedence.PRODUCT
_ORDER: Final = ("kg", "m", "s", "A", "K", "mol", "cd")
_FREE: Final = (Precedence.ANYTHING, Precedence.ANYTHING)

MODELICA: Final = Language(
    "modelica",
    "julia",
    FUNCTION_NAMES | words_of(_WORDS),
    own={
        "pow": Form("{0}^{1}", Precedence.POWER, (_ATOM, _ATOM)),
        "cbrt": Form("sign({0})*abs({0})^(1.0/3.0)", _PRODUCT, _FREE),
        "step": Form("(0.5 + 0.5*sign({0}))", _ATOM, _FREE),
    },
    whole_exponents=False,
)


def modelica(law: Law) -> str:
    """The law as a Modelica function; arguments, constants and result are in SI."""
    law_in_si = in_si(law)
    program = program_of(law_in_si, MODELICA)
    spoken_of = constants_of(law.expression)
    constants = [one for one in law.constants if one.name in spoken_of]
    inputs = dict(zip(program.arguments, _used(law), strict=True))
    lines = [f"function {program.function}", f'  "{comment(law.target)} = {comment(law.formula)}"']
    for name, column in inputs.items():
        dimension, table = law.input_units[column].dimension, unit_comment(law.input_units[column])
        lines.append(f'  input Real {name}{declared(dimension)} "{comment(column)}; {table} in the table";')
    table = unit_comment(law.unit)
    lines.append(f'  output Real value{declared(law.unit.dimension)} "{comment(law.target)}; {table} in the table";')
    lines += ["protected"] if program.lines else []
    for line, one in zip(program.lines, constants, strict=True):
        lines.append(f"  {_constant(line, one.unit.dimension)}")
    about = [f"  // {line}".rstrip() for line in program.about[2:]]
    return "\n".join([*lines, "algorithm", *about, f"  value := {program.formula};", f"end {program.function};", ""])


def in_si(law: Law) -> Law:
    """The law whose inputs and target are in coherent SI units; the formula and the constants are the same."""
    units = {name: si_unit(unit.dimension) for name, unit in law.input_units.items()}
    train, held_out = (replace(one, rmse=one.rmse * law.unit.scale) for one in (law.train, law.held_out))
    return replace(law, input_units=units, unit=si_unit(law.unit.dimension), train=train, held_out=held_out)


def _used(law: Law) -> list[str]:
    used = variables_of(law.expression)
    return [name for name in law.input_units if name in used]


def _constant(line: Line, dimension: Dimension) -> str:
    return f'constant Real {line.name}{declared(dimension)} = {line.value} "{line.comment}";'


def declared(dimension: Dimension) -> str:
    """``(unit="kg.m2/s3")``, as Modelica writes units; nothing where a power is no whole number, which it cannot."""
    if dimension.has_roots:
        return ""
    powers = [(name, int(dimension.exponent(name))) for name in _ORDER]
    above = ".".join(_factor(name, power) for name, power in powers if power > 0)
    below = ".".join(_factor(name, -power) for name, power in powers if power < 0)
    if "." in below:
        below = f"({below})"
    return f'(unit="{above or "1"}{"/" if below else ""}{below}")'


def _factor(name: str, power: int) -> str:
    return name if power == 1 else f"{name}{power}"
