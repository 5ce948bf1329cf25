"""What the source texts for torch and jax share: constants that are trained beside those that stay, plain numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from symreg.formula import Apply, Form, Language, Number, Precedence, constants_of, evaluate_tree, variables_of
from symreg.laws.exporting.comments import comment
from symreg.laws.exporting.program import Line, Program, program_of, to_si
from symreg.laws.exporting.trainable.arrays import trained, units_of, used_inputs
from symreg.laws.law import Law


@dataclass(frozen=True, slots=True)
class Source:
    """A program whose trained constants are read from parameters.

    ``values`` are theirs in their units, by the names that they have in the program; ``units`` is a dict of texts.
    """

    program: Program
    steps: tuple[str, ...]
    values: Mapping[str, float]
    units: str


def source_of(law: Law, language: Language, parameter: str, number: str) -> Source:
    """The law in a language; ``parameter`` and ``number`` are how a parameter and a plain number are written."""
    program = program_of(law, language)
    fitted = {one.name: one for one in trained(law)}
    spoken_of = constants_of(law.expression)
    held = [one for one in law.constants if one.name in spoken_of]
    conversions = program.lines[: len(program.lines) - len(held)]
    lines: list[Line] = list(conversions)
    values: dict[str, float] = {}
    shown = dict(zip(used_inputs(law), program.arguments, strict=True))
    for line, one in zip(program.lines[len(conversions) :], held, strict=True):
        if one.name not in fitted:
            lines.append(replace(line, value=number.format(line.value)))
            continue
        values[line.name] = one.value
        shown[one.name] = line.name
        lines.append(replace(line, value=to_si(parameter.format(line.name), one.unit, language)))
    if isinstance(law.expression, Number):
        program = replace(program, formula=number.format(program.formula))
    program = replace(program, lines=tuple(lines))
    units = {shown.get(name, program.function): unit for name, unit in units_of(law).items()}
    text = ", ".join(f'"{name}": "{comment(unit)}"' for name, unit in units.items())
    return Source(program, tuple(program.steps()), values, f"{{{text}}}")


def numbers_alone(node: Apply, number: str) -> Form | None:
    """The value of what is made of numbers alone, where Python may raise an error; None for all else."""
    if variables_of(node) or constants_of(node):
        return None
    value = float(evaluate_tree(node, {}))
    literal = repr(value) if math.isfinite(value) else f'float("{value}")'
    return Form(number.format(literal), Precedence.ATOM, (Precedence.ANYTHING,) * 2)
