"""The pieces that every program is put together from.

Each does what ``Law.predict`` does, in the same order: arguments to SI, the formula in SI, the result back to the
target's unit; NaN where that is no number. Numbers are written with all their digits. Names from outside become plain
identifiers, and any other text stands in comments from which line ends and quotes were taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symreg.formula import Language, constants_of, safe_identifiers, to_code, variables_of
from symreg.laws.exporting.comments import about, constant_comment, unit_comment
from symreg.laws.law import Law
from symreg.units import Unit

_OWN_NAMES = (
    "value", "problem", "NaN", "isfinite", "isa", "DomainError", "rethrow", "ieee_is_finite", 
    "ieee_quiet_nan", "ieee_value", "ieee_arithmetic", "ieee_power", "ieee_within", "ieee_max", "ieee_min",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """An assignment with its comment; ``value`` is already in the language."""

    name: str
    value: str
    comment: str


@dataclass(frozen=True, slots=True)
class Program:
    """A law in the words of a language, before they are put in order.

    ``lines`` make SI of the arguments and name the constants, ``formula`` computes the value, ``back`` brings it to
    the target's unit and is ``value`` where it has it already. ``about`` are the lines of the comment above.
    """

    function: str
    arguments: tuple[str, ...]
    lines: tuple[Line, ...]
    formula: str
    back: str
    about: tuple[str, ...]

    def steps(
        self,
        sign: str = "",
        mark: str = "#",
        closing: str = "",
        *,
        equals: str = "=",
        declare: tuple[str, str, str] = ("", "", ""),
    ) -> list[str]:
        """Assignments with their comments, the formula, and the way back to the target's unit.

        ``sign`` ends a statement, ``mark`` and ``closing`` stand around a comment. ``declare`` is written before an
        assignment to a name, to the value, and to the value in the target's unit.
        """
        fixed, first, last = declare
        steps = [
            f"{fixed}{line.name} {equals} {line.value}{sign}  {mark} {line.comment}{closing}" for line in self.lines
        ]
        steps.append(f"{first}value {equals} {self.formula}{sign}")
        return steps if self.back == "value" else [*steps, f"{last}value {equals} {self.back}{sign}"]

    def comment(self, mark: str) -> str:
        """What is said above, with this mark before each line."""
        return "".join(f"{mark} {line}".rstrip() + "\n" for line in self.about)


def program_of(law: Law, language: Language) -> Program:
    """The law in a language."""
    used = variables_of(law.expression)
    inputs = [name for name in law.input_units if name in used]
    spoken_of = constants_of(law.expression)
    constants = [constant for constant in law.constants if constant.name in spoken_of]
    leaves = [*inputs, *(constant.name for constant in constants)]
    # One call for all names, so that no two can be the same; no key can clash with a column's name.
    function = ("function", law.target)
    keys = [
        *_OWN_NAMES,
        function,
        *(("leaf", n) for n in leaves),
        *(("si", n) for n in inputs),
    ]
    wanted = [*_OWN_NAMES, law.target, *leaves, *(f"{name} si" for name in inputs)]
    spelled = dict(zip(keys, _distinct(wanted, language, keys.index(function)), strict=True))
    names = {name: spelled["leaf", name] for name in leaves}
    in_si = {n: names[n] if _is_coherent(law.input_units[n]) else spelled["si", n] for n in inputs}
    lines = [
        Line(
            in_si[name],
            to_si(names[name], law.input_units[name], language),
            f"{unit_comment(law.input_units[name])} to SI",
        )
        for name in inputs
        if in_si[name] != names[name]
    ]
    lines += [
        Line(names[one.name], _literal(language, float(one.unit.to_si(one.value))), constant_comment(one))
        for one in constants
    ]
    return Program(
        function=spelled[function],
        arguments=tuple(names[name] for name in inputs),
        lines=tuple(lines),
        formula=to_code(law.expression, language, names | in_si),
        back=_from_si("value", law.unit, language),
        about=about(law, inputs, names),
    )


def indented(lines: Sequence[str], width: int = 4) -> str:
    """Lines behind so many blanks."""
    return "".join(f"{' ' * width}{line}".rstrip() + "\n" for line in lines)


def _distinct(names: Sequence[str], language: Language, function: int) -> list[str]:
    """Identifiers for names of which some may be equal: each is made different before it is spelled."""
    marked: list[str] = []
    for name in names:
        while name in marked:
            name += "_"
        marked.append(name)
    spelled = safe_identifiers(marked, language, functions=(marked[function],))
    return [spelled[name] for name in marked]


def _is_coherent(unit: Unit) -> bool:
    return unit.scale == 1.0 and unit.offset == 0.0


def to_si(name: str, unit: Unit, language: Language) -> str:
    """What makes SI of a name in a unit; the name itself where it is in SI already."""
    if _is_coherent(unit):
        return name
    shift = f" + {_literal(language, unit.offset)}" if unit.offset > 0 else ""
    shift = f" - {_literal(language, -unit.offset)}" if unit.offset < 0 else shift
    return f"{_literal(language, unit.scale)}*{name}{shift}"


def _from_si(name: str, unit: Unit, language: Language) -> str:
    if _is_coherent(unit):
        return name
    if unit.offset:
        sign, offset = ("-", unit.offset) if unit.offset > 0 else ("+", -unit.offset)
        name = f"({name} {sign} {_literal(language, offset)})"
    return f"{name}/{_literal(language, unit.scale)}"


def _literal(language: Language, value: float) -> str:
    return language.literal(repr(value))
