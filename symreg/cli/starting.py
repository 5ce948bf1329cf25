"""From a table to a question: ``symreg init`` writes it down, ``symreg run TABLE`` asks it at once."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import typer

from symreg.cli import printable
from symreg.cli.writing import write_file
from symreg.errors import SymregError
from symreg.experiment import (
    DestinationError,
    Draft,
    Specification,
    draft_experiment,
    is_experiment_file,
    read_specifications,
    specification_of_table,
)


class QuestionError(SymregError):
    """Words of the command line that do not go together: ``reason`` and ``advice``."""

    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.reason} {self.advice}".strip()


@dataclass(frozen=True, slots=True)
class TableQuestion:
    """What ``symreg run`` is told of a table; an experiment's file says these things itself.

    The names are those of the options; ``unit`` holds ``NAME=UNIT``, the others names with commas between them.
    """

    target: str | None = None
    inputs: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    nan: str | None = None
    name: str | None = None

    def given(self) -> Iterator[tuple[str, str]]:
        """The options with their texts, as they were typed."""
        for one in fields(self):
            value = getattr(self, one.name)
            for text in value if isinstance(value, tuple) else [] if value is None else [value]:
                yield f"--{one.name}", text


def asked_of(file: Path, question: TableQuestion) -> tuple[Specification, ...]:
    """The runs that ``file`` stands for: those of an experiment, or the one of a table and a question.

    Raises ``QuestionError`` where both ask, and what reading raises.
    """
    if not is_experiment_file(file):
        return (_of_table(file, question),)
    for option, _ in question.given():
        reason = f"{option} is for tables, and {file} is an experiment that says so itself."
        raise QuestionError(reason=reason, advice="Change it there, or name the table in its place.")
    return read_specifications(file)


def check_is_experiment(file: Path) -> None:
    """Raise ``QuestionError`` where ``file`` is a table that is there."""
    if not is_experiment_file(file) and file.is_file():
        advice = f"Write its experiment: symreg init {shlex.quote(str(file))} --target NAME"
        raise QuestionError(reason=f"{file} is a table.", advice=advice)


def _of_table(file: Path, question: TableQuestion) -> Specification:
    if question.nan not in (None, "error", "drop"):
        raise QuestionError(reason=f"--nan is {question.nan!r}, and must be error or drop.", advice="")
    return specification_of_table(
        file,
        question.target,
        inputs=names(question.inputs) or None,
        units=dict(_unit(text) for text in question.unit),
        constants=names(question.constants),
        operators=names(question.operators) or None,
        nan="drop" if question.nan == "drop" else "error",
        name=question.name,
    )


def names(texts: Sequence[str]) -> tuple[str, ...]:
    """The names in ``L,m`` and ``'"p, bar",T'``: with commas between them, and in quotes where they hold one."""
    found = (part.strip() for row in csv.reader(texts, skipinitialspace=True) for part in row)
    return tuple(part for part in found if part)


def _unit(text: str) -> tuple[str, str]:
    name, sign, unit = text.rpartition("=")
    if not sign or not name.strip() or not unit.strip():
        raise QuestionError(reason=f"--unit {text!r} cannot be read.", advice="Write --unit NAME=UNIT, such as v=m/s.")
    return name.strip(), unit.strip()


def init_experiment(file: Path, target: str | None, output: Path | None, *, force: bool) -> None:
    """Write the experiment of a table beside it, or to ``output``, and say how the table was understood."""
    if is_experiment_file(file):
        advice = f"Look at it: symreg check {shlex.quote(str(file))}"
        raise QuestionError(reason=f"{file} is an experiment already, and init makes one of a table.", advice=advice)
    path = output or file.with_name(f"{_stem(file)}.yaml")
    if not is_experiment_file(path):
        advice = "give one that ends in .yaml"
        raise DestinationError(path=str(path), reason="is no name of an experiment's file", advice=advice)
    if path.exists() and not force:
        advice = "give --force to replace it, or another file with --output"
        raise DestinationError(path=str(path), reason="is there already", advice=advice)
    draft = draft_experiment(file, target, path)
    write_file(path, draft.text)
    typer.echo(printable(_said(draft, path)))


def _stem(file: Path) -> str:
    return Path(file.name.removesuffix(".gz")).stem


def _said(draft: Draft, path: Path) -> str:
    table, shown = draft.problem.table, shlex.quote(str(path))
    units = {column.name: column.unit.text for column in table.columns}
    inputs = ", ".join(f"{name} [{units[name]}]" for name in draft.problem.inputs)
    target = draft.problem.target
    return "\n".join([
        f"{path} is written: {target} [{units[target]}] from {inputs}; {table.n_rows} rows of {table.source}",
        *(f"Note: {text}" for text in draft.remarks),
        f"Next: symreg check {shown}, then symreg run {shown}",
    ])  # fmt: skip
