"""From a table to a question: ``symreg init`` writes it down, ``symreg run TABLE`` asks it at once."""

from __future__ import annotations

import contextlib
import csv
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import typer

from symreg.cli import printable
from symreg.cli.writing import write_file
from symreg.errors import SymregError, TableError
from symreg.experiment import (
    DIALECT_KEYS,
    DestinationError,
    Draft,
    Specification,
    draft_experiment,
    is_experiment_file,
    specification_of_table,
)
from symreg.sweeps import read_specifications

SAID = (*DIALECT_KEYS, "nan", "test_fraction")
"""Keys of ``data:`` that ``--data`` takes."""


class QuestionError(SymregError):
    """Words of the command line that do not go together: ``reason`` and ``advice``."""

    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.reason} {self.advice}".strip()


@dataclass(frozen=True, slots=True)
class TableQuestion:
    """What ``symreg run`` is told of a table; an experiment's file says these things itself.

    The names are those of the options: ``unit`` holds ``NAME=UNIT``, ``data`` ``KEY=VALUE``, the others names with
    commas between them.
    """

    target: str | None = None
    inputs: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
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
    return specification_of_table(
        file,
        question.target,
        inputs=names(question.inputs) or None,
        units=dict(_unit(text) for text in question.unit),
        constants=names(question.constants),
        operators=names(question.operators) or None,
        written=written_so(question.data),
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


def written_so(texts: Sequence[str], keys: Sequence[str] = SAID) -> dict[str, Any]:
    """What ``--data`` says of how a file is written: ``KEY=VALUE``, ``keys`` of ``data:``; numbers are read as such."""
    found: dict[str, Any] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign or key.strip() not in keys:
            advice = f"Write --data KEY=VALUE with one of {', '.join(keys)}."
            raise QuestionError(reason=f"--data {text!r} cannot be read.", advice=advice)
        found[key.strip()] = [_plain(one) for one in names([value])] if key.strip() == "missing" else _plain(value)
    return found


def _plain(text: str) -> int | float | str:
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text


@contextlib.contextmanager
def naming_options() -> Iterator[None]:
    """Where a table's error gives advice in words of an experiment's file, say how a command line has them."""
    try:
        yield
    except TableError as error:
        key = re.search(rf"\b({'|'.join(SAID)}): ", error.advice)
        if key is None:
            raise
        advice = f"{error.advice} On the command line: --data {key[1]}=VALUE."
        raise TableError(**{**error.args[0], "advice": advice}) from None


def init_experiment(
    file: Path, target: str | None, output: Path | None, data: Sequence[str] = (), *, force: bool
) -> None:
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
    with naming_options():
        draft = draft_experiment(file, target, path, written_so(data))
    write_file(path, draft.text)
    typer.echo(printable(_said(draft, path)))


def _stem(file: Path) -> str:
    return Path(file.name.removesuffix(".gz")).stem


def _said(draft: Draft, path: Path) -> str:
    table, shown = draft.problem.table, shlex.quote(str(path))
    units = {column.name: column.unit.in_headers for column in table.columns}
    inputs = ", ".join(f"{name} [{units[name]}]" for name in draft.problem.inputs)
    target = draft.problem.target
    return "\n".join([
        f"{path} is written: {target} [{units[target]}] from {inputs}; {table.n_rows} rows of {table.source}",
        *(f"Note: {text}" for text in draft.remarks),
        f"Next: symreg check {shown}, then symreg run {shown}",
    ])  # fmt: skip
