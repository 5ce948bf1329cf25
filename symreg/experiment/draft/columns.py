"""The columns of a table as they stand in a draft: a line for each, and above it what is to be said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from symreg.experiment.draft.scalars import one_line, quoted, remark, scalar
from symreg.tables import is_plain_name

if TYPE_CHECKING:
    from symreg.problem import Problem
    from symreg.tables import Column, Table

MAX_ALIGNED = 40
"""Characters before the words about a column, where they begin at one place; a longer entry stands out by itself."""

_NO_UNITS = "no unit is given for "


def column_lines(problem: Problem, told: Sequence[str]) -> list[str]:
    """The lines of ``columns:``, the target first; ``told`` are the remarks that belong to columns."""
    table = problem.table
    owned = owners(told, (*table.names, *table.labels))
    order = sorted(table.columns, key=lambda column: column.name != problem.target)
    entries = [_entry(column) for column in order]
    width = min(max(map(len, entries)), MAX_ALIGNED)
    lines: list[str] = []
    for column, entry in zip(order, entries, strict=True):
        for text in owned.get(column.name, ()):
            lines += remark(_without_name(text, column.name), "  ")
        lines.append(f"  {entry:<{width}}  # {_about(column, problem)}")
    return [*lines, *_others(table, owned)]


def owners(texts: Iterable[str], names: Sequence[str]) -> dict[str, list[str]]:
    """The texts by the column that each is about; what is about none stands under the empty name."""
    found: dict[str, list[str]] = {}
    for text in texts:
        places = {name: text.find(repr(name)) for name in names}
        named = [name for name in names if places[name] >= 0]
        said = [name for name in names if text.startswith(f"{name} is given in ")]
        owner = min(named, key=lambda name: places[name]) if named else said[0] if said else ""
        if not text.startswith(_NO_UNITS):
            found.setdefault(owner, []).append(text)
    return found


def _without_name(text: str, name: str) -> str:
    """``column 'x': it is so`` and ``'x' is so``, in the lines of x."""
    return text.removeprefix(f"column {name!r}: ").removeprefix(f"column {name!r} ").removeprefix(f"{name!r} ")


def _entry(column: Column) -> str:
    """``v: {unit: "m/s"}``. A name that would be read as a name and a unit is left as the file has it."""
    name, unit = scalar(column.name), column.unit
    if not is_plain_name(column.name):
        return f"# {name}: {{unit: {quoted(unit.in_headers)}}}"
    return f"{name}: {{unit: {quoted(unit.in_headers)}}}"


def _about(column: Column, problem: Problem) -> str:
    low, high = float(column.user_numbers.min()), float(column.user_numbers.max())
    parts = ["target"] if column.name == problem.target else []
    parts.append(f"always {low:.6g}" if low == high else f"{low:.6g} to {high:.6g}")
    parts += ["with uncertainties"] if column.sigma is not None else []
    understood = problem.table.understood
    if understood is not None and column.name in understood.without_unit:
        parts.append("no unit was given, so plain numbers")
    parts += ["not among the inputs"] if column.name not in (problem.target, *problem.inputs) else []
    return ", ".join(parts)


def _others(table: Table, owned: dict[str, list[str]]) -> list[str]:
    """Comments on columns that are in no law: of text, and left out."""
    lines: list[str] = []
    for name in table.labels:
        about = owned.get(name, ["holds text and takes no part in a law"])
        lines += remark(f"{scalar(one_line(name))}: {_without_name(about[0], name)}", "  ")
    for one in () if table.understood is None else table.understood.left_out:
        lines += remark(f"{scalar(one_line(one.column))}: left out, {one.reason}. {one.advice}".strip(), "  ")
    return lines
