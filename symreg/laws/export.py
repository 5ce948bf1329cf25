"""A law as source text that computes it, in the user's units.

Every program does what ``Law.predict`` does, in the same order: arguments to SI, the formula in SI, the
result back to the target's unit; NaN outside the domain. Numbers are written with all their digits. Names
from outside become plain identifiers, and any other text stands in comments from which line ends and quotes
were taken away.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from symreg.errors import ReportError
from symreg.formula import CODE, Language, Variable, safe_identifiers, to_code, to_latex, variables_of
from symreg.laws.law import Law, LawConstant
from symreg.laws.law_record import law_record
from symreg.laws.printed import quantity_text
from symreg.uncertain_text import uncertain_text
from symreg.units import Unit

_OWN_NAMES = (
    "value", "problem", "NaN", "isfinite", "isa", "DomainError", "rethrow", "ieee_is_finite", 
    "ieee_quiet_nan", "ieee_value", "ieee_arithmetic",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exporter:
    """How a law is written in one language, and how the name of such a file ends."""

    suffix: str
    write: Callable[[Law], str]


def export_law(law: Law, language: str) -> str:
    """The law as source text in one of ``EXPORT_LANGUAGES``; raises ``ReportError`` for another."""
    try:
        exporter = EXPORTERS[language]
    except KeyError:
        raise ReportError(
            reason=f"A law cannot be exported to {language!r}.",
            advice=f"Choose one of: {', '.join(EXPORT_LANGUAGES)}.",
        ) from None
    return exporter.write(law)


# -------------------------------------------------------------------------------- what a program needs


@dataclass(frozen=True, slots=True)
class _Line:
    """An assignment with its comment; ``value`` is already in the language."""

    name: str
    value: str
    comment: str


@dataclass(frozen=True, slots=True)
class _Parts:
    """The pieces every program is put together from."""

    function: str
    arguments: tuple[str, ...]
    lines: tuple[_Line, ...]
    formula: str
    back: str
    about: tuple[str, ...]

    def steps(self, sign: str, mark: str, closing: str = "") -> list[str]:
        """Assignments with their comments, the formula, and the way back to the target's unit."""
        steps = [f"{line.name} = {line.value}{sign}  {mark} {line.comment}{closing}" for line in self.lines]
        steps.append(f"value = {self.formula}{sign}")
        return steps if self.back == "value" else [*steps, f"value = {self.back}{sign}"]


def _parts(law: Law, language: Language) -> _Parts:
    used = variables_of(law.expression)
    inputs = [name for name in law.input_units if name in used]
    leaves = [*inputs, *(constant.name for constant in law.constants)]
    # One call for all names, so that no two can be the same; no key can clash with a column's name.
    keys = [
        *_OWN_NAMES,
        ("function", law.target),
        *(("leaf", n) for n in leaves),
        *(("si", n) for n in inputs),
    ]
    wanted = [*_OWN_NAMES, law.target, *leaves, *(f"{name} si" for name in inputs)]
    spelled = dict(zip(keys, _distinct(wanted, language), strict=True))
    names = {name: spelled["leaf", name] for name in leaves}
    in_si = {n: names[n] if _is_coherent(law.input_units[n]) else spelled["si", n] for n in inputs}
    lines = [
        _Line(
            in_si[name],
            _to_si(names[name], law.input_units[name], language),
            f"{_unit(law.input_units[name])} to SI",
        )
        for name in inputs
        if in_si[name] != names[name]
    ]
    lines += [_constant_line(constant, names[constant.name], language) for constant in law.constants]
    return _Parts(
        function=spelled["function", law.target],
        arguments=tuple(names[name] for name in inputs),
        lines=tuple(lines),
        formula=to_code(law.expression, language, names | in_si),
        back=_from_si("value", law.unit, language),
        about=_about(law, inputs, names),
    )


def _distinct(names: Sequence[str], language: Language) -> list[str]:
    """Identifiers for names of which some may be equal: each is made different before it is spelled."""
    marked: list[str] = []
    for name in names:
        while name in marked:
            name += "_"
        marked.append(name)
    spelled = safe_identifiers(marked, language)
    return [spelled[name] for name in marked]


def _about(law: Law, inputs: list[str], names: Mapping[str, str]) -> tuple[str, ...]:
    given = [
        (names[name] if names[name] == name else f"{names[name]} ({_comment(name)})")
        + f" in {_unit(law.input_units[name])}"
        for name in inputs
    ]
    return (
        f"{_comment(law.target)} = {_comment(law.formula)}",
        "",
        "Arguments, in these units:" if given else "No arguments.",
        *(f"    {line}" for line in given),
        f"Returns {_comment(law.target)} in {_unit(law.unit)}; NaN outside the domain of the formula.",
        f"Error {_judged(law)}.",
    )


def _judged(law: Law) -> str:
    if not law.held_out.n_rows:
        return f"on the rows it was fitted on: {law.train.rmse:.4g} {_unit(law.unit)} (root mean square)"
    return f"on rows it was not fitted on: {law.held_out.rmse:.4g} {_unit(law.unit)} (root mean square)"


def _constant_line(constant: LawConstant, name: str, language: Language) -> _Line:
    text = f"{uncertain_text(constant.value, constant.stderr)} {_unit(constant.unit)}"
    if constant.snapped is not None:
        text += f", recognised as {_comment(constant.snapped)}"
        text += f", fitted {uncertain_text(constant.fitted_value, constant.stderr)}"
    value = float(constant.unit.to_si(constant.value))
    return _Line(name, _literal(language, value), f"in SI; {text} ({constant.kind})")


def _is_coherent(unit: Unit) -> bool:
    return unit.scale == 1.0 and unit.offset == 0.0


def _to_si(name: str, unit: Unit, language: Language) -> str:
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


def _unit(unit: Unit) -> str:
    return _comment(unit.text) if unit.text not in ("", "1") else "1 (dimensionless)"


def _comment(text: str) -> str:
    """Text that cannot end a comment or a docstring in any language, nor turn the reading direction."""
    shown = "".join("?" if unicodedata.category(c)[0] in "CZ" and c != " " else c for c in text)
    for found, harmless in (("\\", "?"), ('"', "'"), ("*/", "* /"), ("/*", "/ *"), ("??", "? ?")):
        shown = shown.replace(found, harmless)
    return shown


# ------------------------------------------------------------------------------------------------- languages


def _python(law: Law) -> str:
    parts = _parts(law, CODE["python"])
    return (
        f"import math\n\n\ndef {parts.function}({', '.join(parts.arguments)}):\n{_docstring(parts)}"
        f"    try:\n{_indented(parts.steps('', '#'), 8)}"
        "    except (ValueError, OverflowError, ZeroDivisionError):\n        return math.nan\n"
        "    return value if math.isfinite(value) else math.nan\n"
    )


def _numpy(law: Law) -> str:
    parts = _parts(law, CODE["numpy"])
    given = [f"{name} = np.asarray({name}, dtype=float)" for name in parts.arguments]
    return (
        f"import numpy as np\n\n\ndef {parts.function}({', '.join(parts.arguments)}):\n{_docstring(parts)}"
        f'{_indented(given, 4)}    with np.errstate(all="ignore"):\n{_indented(parts.steps("", "#"), 8)}'
        "    return np.where(np.isfinite(value), value, np.nan)\n"
    )


def _docstring(parts: _Parts) -> str:
    return _indented(['"""' + parts.about[0], *parts.about[1:], '"""'], 4)


def _c(law: Law) -> str:
    parts = _parts(law, CODE["c"])
    arguments = ", ".join(f"double {name}" for name in parts.arguments) or "void"
    names = ", ".join([*(line.name for line in parts.lines), "value"])
    about = "\n".join(f" * {line}".rstrip() for line in parts.about)
    steps = _indented(
        [f"double {names};", *parts.steps(";", "/*", " */"), "return isfinite(value) ? value : NAN;"], 4
    )
    return f"#include <math.h>\n\n/*\n{about}\n */\ndouble {parts.function}({arguments})\n{{\n{steps}}}\n"


def _fortran(law: Law) -> str:
    parts = _parts(law, CODE["fortran"])
    arguments = ", ".join(parts.arguments)
    declared = [f"double precision, intent(in) :: {name}" for name in parts.arguments]
    declared += [f"double precision :: {name}" for name in (*(line.name for line in parts.lines), "value")]
    body: list[str] = []
    for line in parts.lines:
        body += [f"! {line.name}: {line.comment}", f"{line.name} = {line.value}"]
    body += [f"value = {parts.formula}", *([f"value = {parts.back}"] if parts.back != "value" else [])]
    body.append("if (.not. ieee_is_finite(value)) value = ieee_value(value, ieee_quiet_nan)")
    head = f"elemental function {parts.function}({arguments}) result(value)"
    uses = [
        "use, intrinsic :: ieee_arithmetic, only: ieee_is_finite, ieee_quiet_nan, ieee_value",
        "implicit none",
    ]
    inner = "".join(_continued(line) for line in [*uses, *declared, *body])
    about = "".join(_continued(f"! {line}".rstrip(), 0) for line in parts.about)
    return f"{about}{_continued(head, 0)}{inner}end function {parts.function}\n"


def _continued(line: str, indent: int = 4, width: int = 110) -> str:
    """A Fortran line in pieces of at most 132 columns; a comment is cut into comments."""
    lead, mark = (" " * indent, "! " if line.startswith("! ") else "")
    rest, pieces = line, []
    while len(rest) > width:
        # Broken at an operator, never inside a name or a number; both halves then stand by themselves.
        cut = max((rest.rfind(sign, 1, width) for sign in (" ", "*", ",", "/", ")")), default=-1)
        while cut > 0 and rest[cut - 1 : cut + 2].count("*") > 1:
            cut -= 1
        cut = cut if cut > 0 else width
        pieces.append(rest[:cut])
        rest = mark + rest[cut:].lstrip() if mark else rest[cut:]
    joined = f"\n{lead}" if mark else f" &\n{lead}    & "
    return lead + joined.join([*pieces, rest]) + "\n"


def _julia(law: Law) -> str:
    parts = _parts(law, CODE["julia"])
    steps = _indented([*parts.steps("", "#"), "value"], 8)
    about = "".join(f"# {line}".rstrip() + "\n" for line in parts.about)
    return (
        f"{about}function {parts.function}({', '.join(parts.arguments)})\n    value = try\n{steps}"
        "    catch problem\n        problem isa DomainError || rethrow()\n        NaN\n    end\n"
        "    return isfinite(value) ? value : NaN\nend\n"
    )


def _indented(lines: list[str], width: int) -> str:
    return "".join(f"{' ' * width}{line}".rstrip() + "\n" for line in lines)


# ------------------------------------------------------------------------------------------ for people


def _latex(law: Law) -> str:
    return f"{to_latex(Variable(law.target))} = {to_latex(law.expression)}\n"


def _text(law: Law) -> str:
    used = variables_of(law.expression)
    lines = [f"{law.target} = {law.formula}", ""]
    lines += [quantity_text(law.target, law.unit)]
    lines += [quantity_text(name, unit) for name, unit in law.input_units.items() if name in used]
    for c in law.constants:
        known = f"{c.snapped} (fitted {uncertain_text(c.fitted_value, c.stderr)})" if c.snapped else ""
        lines.append(
            f"{c.name} = {known or uncertain_text(c.value, c.stderr)} {c.unit.text or '1'} ({c.kind})"
        )
    return "\n".join([*lines, f"error {_judged(law)}", ""])


def _json(law: Law) -> str:
    record = {
        "target": {"name": law.target, "unit": law.unit.text},
        "inputs": {name: unit.text for name, unit in law.input_units.items()},
        **law_record(law),
    }
    return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


EXPORTERS: Mapping[str, Exporter] = {
    "python": Exporter(".py", _python),
    "numpy": Exporter("_numpy.py", _numpy),
    "c": Exporter(".c", _c),
    "fortran": Exporter(".f90", _fortran),
    "julia": Exporter(".jl", _julia),
    "latex": Exporter(".tex", _latex),
    "text": Exporter(".txt", _text),
    "json": Exporter(".json", _json),
}
"""Every language that a law can be exported to; a new one is a new row, and the function that it names."""

EXPORT_SUFFIXES: Mapping[str, str] = {name: exporter.suffix for name, exporter in EXPORTERS.items()}
EXPORT_LANGUAGES = tuple(EXPORTERS)
