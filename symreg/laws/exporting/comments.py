"""What a program says of itself: the law, the units of arguments and result, the error, each constant with its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from symreg.laws.law import Law, LawConstant
from symreg.uncertain_text import uncertain_text
from symreg.units import Unit

_HARMLESS = (("\\", "?"), ('"', "'"), ("*/", "* /"), ("/*", "/ *"), ("??", "? ?"))


def comment(text: str) -> str:
    """Text that cannot end a comment or a docstring in any language, nor turn the reading direction."""
    shown = "".join("?" if unicodedata.category(c)[0] in "CZ" and c != " " else c for c in text)
    for found, harmless in _HARMLESS:
        shown = shown.replace(found, harmless)
    return shown


def unit_comment(unit: Unit) -> str:
    """A unit as a comment has it."""
    return comment(unit.text) if unit.text not in ("", "1") else "1 (dimensionless)"


def about(law: Law, inputs: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """The lines above a program; ``names`` are those that the inputs have in it."""
    given = [
        (names[name] if names[name] == name else f"{names[name]} ({comment(name)})")
        + f" in {unit_comment(law.input_units[name])}"
        for name in inputs
    ]
    return (
        f"{comment(law.target)} = {comment(law.formula)}",
        "",
        "Arguments, in these units:" if given else "No arguments.",
        *(f"    {line}" for line in given),
        f"Returns {comment(law.target)} in {unit_comment(law.unit)}; NaN outside the domain of the formula.",
        f"Error {judged(law)}.",
    )


def judged(law: Law) -> str:
    """How far the law is from rows, and from which."""
    if not law.held_out.n_rows:
        return f"on the rows it was fitted on: {law.train.rmse:.4g} {unit_comment(law.unit)} (root mean square)"
    return f"on rows it was not fitted on: {law.held_out.rmse:.4g} {unit_comment(law.unit)} (root mean square)"


def constant_comment(constant: LawConstant) -> str:
    """A constant in its unit, with its error and where it is from; the program has it in SI."""
    text = f"{uncertain_text(constant.value, constant.stderr)} {unit_comment(constant.unit)}"
    if constant.snapped is not None:
        text += f", recognised as {comment(constant.snapped)}"
        text += f", fitted {uncertain_text(constant.fitted_value, constant.stderr)}"
    return f"in SI; {text} ({constant.kind})"
