"""A specification of a table and of what the command line says, as if a file had said it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from symreg.document import dump_document, read_document_text
from symreg.errors import SpecificationError, SymregError
from symreg.experiment.blocks import DIALECT_KEYS
from symreg.experiment.specification import Specification, specification_of
from symreg.tables import read_rows

ENDINGS = (".yaml", ".yml")
"""Of the name of an experiment's file; any other file is a table."""

LONGEST_NAME = 100
"""Characters of a run's name, which is a folder's: what a specification takes."""

COMMAND_LINE = "the command line"


class NoTargetError(SymregError):
    """A table alone is no question: ``source``, and its ``columns`` of numbers as ``name [unit]``."""

    source: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        columns = ", ".join(self.columns)
        return f"{self.source}: say which column is to be explained: --target NAME. There are: {columns}."


def is_experiment_file(file: Path) -> bool:
    """Whether the name says that this is an experiment, and not a table."""
    return file.suffix.lower() in ENDINGS


def specification_of_table(
    file: Path,
    target: str | None,
    *,
    inputs: Sequence[str] | None = None,
    units: Mapping[str, str] | None = None,
    constants: Sequence[str] = (),
    operators: Sequence[str] | None = None,
    written: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Specification:
    """The experiment that asks for ``target`` in the table ``file``; ``name`` is made of the file's, if not given.

    ``written`` holds what ``data:`` says of how the file is written and of empty cells (``nan``); the other words are
    keys of the experiment's file. Raises ``NoTargetError``, ``SpecificationError``, and what is
    raised where a table cannot be read.
    """
    if target is None:
        raise NoTargetError(source=file.name, columns=_columns(file, written or {}))
    data: dict[str, Any] = {"file": str(file), "target": target, **(written or {})}
    if inputs is not None:
        data["inputs"] = list(inputs)
    value = {
        "version": 1,
        "name": run_name(file) if name is None else name,
        "data": data,
        "columns": {column: {"unit": unit} for column, unit in (units or {}).items()},
        "constants": list(constants),
    }
    if operators is not None:
        value["operators"] = list(operators)
    try:
        return specification_of(read_document_text(dump_document(value), COMMAND_LINE), Path())
    except SpecificationError as error:
        # The lines would be those of a file that nobody wrote.
        problems = tuple((None, place, reason) for _, place, reason in error.problems)
        raise SpecificationError(source=COMMAND_LINE, problems=problems) from None


def _columns(file: Path, written: Mapping[str, Any]) -> tuple[str, ...]:
    table = read_rows(file, (), dialect={key: value for key, value in written.items() if key in DIALECT_KEYS})
    bare = () if table.understood is None else table.understood.without_unit
    return tuple(one.name if one.name in bare else f"{one.name} [{one.unit.in_headers}]" for one in table.columns)


def run_name(file: Path) -> str:
    """The name of a run on this table: the file's, without its ending and what no folder may be called."""
    stem = Path(file.name.removesuffix(".gz")).stem
    kept = re.sub(r"\.{2,}", ".", re.sub(r"[^\w=+,. -]", "_", stem)).lstrip("_=+,. -")[:LONGEST_NAME]
    kept = kept.rstrip(". ") or "table"
    try:
        return Specification.model_validate({"version": 1, "name": kept, "data": {"file": "x"}}).name
    except ValueError:
        return f"table {kept}"[:LONGEST_NAME].rstrip(". ")  # "con", "aux": names of devices
