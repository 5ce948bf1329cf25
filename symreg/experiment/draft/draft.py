"""The file of an experiment on a table, to be edited: every column as it was understood, every default in sight.

What stands there without a ``#`` is all that the file needs; what stands behind one says what holds anyway, so that
taking the sign away changes nothing, and changing the words does.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symreg.errors import InfeasibleError
from symreg.experiment.amounts import duration_text
from symreg.experiment.assembly import seen_from
from symreg.experiment.blocks import DIALECT_KEYS
from symreg.experiment.draft.columns import MAX_ALIGNED, column_lines, owners
from symreg.experiment.draft.reading import TableAsRead, read_for_draft
from symreg.experiment.draft.scalars import listed, one_line, remark, scalar
from symreg.experiment.specification import Specification
from symreg.units import physical_constant

if TYPE_CHECKING:
    from symreg.problem import Problem

@dataclass(frozen=True, slots=True)
class Draft:
    """The ``text`` of an experiment's file, the ``problem`` that it asks, and ``remarks`` on how the table was read."""

    text: str
    problem: Problem
    remarks: tuple[str, ...]


def draft_experiment(
    file: Path, target: str | None, destination: Path, written: Mapping[str, Any] | None = None
) -> Draft:
    """Read ``file`` and draft the experiment that asks for ``target``, to be written to ``destination``.

    ``written`` holds keys of ``data:`` that say how the file is written, where it does not show it.
    The text read back asks the same problem as the table. Where cells are empty, it says which rows or columns it does
    without. Raises ``NoTargetError`` without a target, and what a table or a problem raises that cannot be read.
    """
    read = read_for_draft(file, target, written or {})
    told = _told(read)
    lines = [*_head(read, destination), *_data(read, destination), *_columns(read, told), *_question(read.problem)]
    return Draft("\n".join(lines) + "\n", read.problem, (*told, *_left_out(read.problem)))


def _told(read: TableAsRead) -> list[str]:
    """Remarks of the reader, each once; columns that were left out have lines of their own."""
    left_out = set(_left_out(read.problem))
    notes = [note for note in read.problem.notes if note not in left_out]
    return list(dict.fromkeys([*notes, *(text for text in read.warnings if not text.endswith(tuple(notes)))]))


def _left_out(problem: Problem) -> tuple[str, ...]:
    understood = problem.table.understood
    return () if understood is None else tuple(map(str, understood.left_out))


def _head(read: TableAsRead, destination: Path) -> list[str]:
    table, name = read.problem.table, one_line(shlex.quote(destination.name))
    return [
        *remark(f"What explains {read.problem.target}? An experiment on {table.source}, {table.n_rows} rows."),
        *remark(f"Look at it: symreg check {name}. Search: symreg run {name}. Lines that begin with # say what holds "
                "without them."),
        "version: 1",
        f"name: {scalar(read.specification.name)}",
        "",
    ]  # fmt: skip


def _data(read: TableAsRead, destination: Path) -> list[str]:
    data, table = read.specification.data, read.problem.table
    file = seen_from(Path(str(data.file)), destination.parent)
    lines = ["data:", f"  file: {scalar(file)}", f"  target: {scalar(str(data.target))}"]
    names = (*table.names, *table.labels)
    for text in owners(_told(read), names).get("", []):
        lines += remark(text, "  ")
    inputs, nan = f"inputs: {listed(read.problem.inputs)}", f"nan: {data.nan}"
    gaps, judged = "or drop: rows with empty cells are left out", "of the rows, to judge laws by"
    said = [(nan, gaps), (f"test_fraction: {data.test_fraction}", judged)]
    lines += _defaults([(inputs, "")], "  ") if data.inputs is None else [f"  {inputs}"]
    lines += _defaults(said, "  ") if data.nan == "error" else [f"  {nan}", *_defaults(said[1:], "  ")]
    if table.understood is not None:
        lines += remark(f"Read as {table.understood}. Say otherwise where that is wrong:", "  ")
        written = {key: getattr(table.understood.dialect, key) for key in DIALECT_KEYS} | data.dialect
        for key, value in written.items():
            if value not in (None, ()):
                lines.append(f"  {'# ' * (key not in data.dialect)}{key}: {_value(value)}")
    return [*lines, ""]


def _value(given: str | float | tuple[str | float, ...]) -> str:
    return listed(given) if isinstance(given, tuple) else scalar(given)


def _columns(read: TableAsRead, told: list[str]) -> list[str]:
    about = "Units as they were understood. A column may have its uncertainty beside the unit: sigma: 0.01 (in that "
    about += "unit), sigma: 5 % (of each value), or sigma: NAME (of the column that holds it)."
    return [*remark(about), "columns:", *column_lines(read.problem, told), ""]


def _question(problem: Problem) -> list[str]:
    usual = Specification.model_validate({"version": 1, "name": "usual", "data": {"file": "any"}})
    time, backend, report = usual.budget.time or 0.0, usual.backend, usual.report
    said = [
        (f"free_constants: {{units: {usual.free_constants.units}}}", "or dimensionless, inferred, or a list: [m/s, K]"),
        (f"operators: {listed(problem.operators)}", ""),
        (f"constraints: {{max_complexity: {usual.constraints.max_complexity}}}", "names and operators of a law"),
        (f"backend: {{name: {backend.name}, threads: {backend.threads}}}", ""),
        (f"budget: {{time: {duration_text(time)}}}", ""),
        (f"seed: {usual.seed}", "of the rows that are held out, and of the search"),
        (f"report: {{formats: {listed(report.formats)}, exports: {listed(report.exports)}}}",
         "also latex, markdown, pdf; python, c, julia, ..."),
    ]  # fmt: skip
    return [*remark(_constants_in_words(problem)), "constants: []", "", *_defaults(said)]


def _defaults(said: Sequence[tuple[str, str]], indent: str = "") -> list[str]:
    """Lines of comment that hold a key, its default, and words about it."""
    width = max((len(entry) for entry, about in said if about and len(entry) <= MAX_ALIGNED), default=0)
    return [f"{indent}# {entry:<{width}}  # {about}" if about else f"{indent}# {entry}" for entry, about in said]


def _constants_in_words(problem: Problem) -> str:
    """Which constants of nature the dimensions ask for, or could use."""
    parts = ["Known constants: by name, such as [g_n], or your own, such as [{name: L0, value: 3, unit: m}]."]
    try:
        _asked_again(problem, (), "dimensionless")
    except InfeasibleError as error:
        parts.append(error.reason[:1].upper() + error.reason[1:])
    offered = _asked_again(problem, "auto", "auto").offered
    if offered:
        named = [physical_constant(name) for name in offered]
        listed_ = ", ".join(f"{one.name} ({one.description})" for one in named)
        parts.append(f"By their units these may have a part, and auto offers them: {listed_}.")
    return " ".join(parts)


def _asked_again(problem: Problem, constants: str | tuple[str, ...], free_constants: str) -> Problem:
    """The same question with other constants: what the dimensions say of it, nothing of the form of the law."""
    from symreg.problem import make_problem

    return make_problem(
        problem.table, target=problem.target, inputs=problem.inputs, constants=constants, free_constants=free_constants,
        name=problem.name,
    )  # fmt: skip
