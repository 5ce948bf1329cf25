"""Other names for the fitted constants of a law: ``k`` that is a temperature becomes ``T``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from symreg.errors import LawError
from symreg.formula import Constant, Expression, substitute, to_text
from symreg.laws.law import Law, LawConstant
from symreg.problem import fault_of_name


def with_names(law: Law, names: Mapping[str, str]) -> Law:
    """The law with its fitted constants under these names, from old ones to new ones; all else is as it was.

    Raises ``LawError`` for a constant that the law does not have, and for a name that is taken.
    """
    free = [one.name for one in law.constants if one.kind == "free"]
    for old in names:
        if old not in free:
            has = f"It has {', '.join(free)}." if free else "It has none."
            raise LawError(reason=f"the law {law.formula} has no fitted constant {old!r}.", advice=has)
    taken = {one: "a column of the table" for one in (*law.input_units, law.target)}
    taken |= {one.name: "another constant of the law" for one in law.constants if one.name not in names}
    new: list[str] = []
    for old, name in names.items():
        fault = fault_of_name(name, taken) or ("given to two constants" if name in new else "")
        if fault:
            raise LawError(reason=f"{old!r} cannot be called {name!r}: that is {fault}.", advice="Take another name.")
        new.append(name)
    mapping: dict[Expression, Expression] = {Constant(old): Constant(name) for old, name in names.items()}
    expression = substitute(law.expression, mapping)
    return replace(
        law,
        expression=expression,
        formula=to_text(expression),
        constants=tuple(_renamed(one, names) for one in law.constants),
        notes=tuple(_note(note, names) for note in law.notes),
    )


def _renamed(constant: LawConstant, names: Mapping[str, str]) -> LawConstant:
    name = names.get(constant.name, constant.name)
    interval = None if constant.interval is None else replace(constant.interval, name=name)
    return replace(constant, name=name, interval=interval)


def _note(note: str, names: Mapping[str, str]) -> str:
    """What is said of a constant, under its new name; behind a number it is a unit."""
    if not names:
        return note
    listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<![\w.])(?<!\d )(?:{listed})(?!\w)", lambda found: names[found[0]], note)
