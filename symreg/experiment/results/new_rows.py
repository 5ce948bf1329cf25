"""A new file for a law that was found: its columns by name, in the units of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from symreg.arrays import Floats
from symreg.errors import TableError, UnitError
from symreg.experiment.specification import Specification
from symreg.tables import is_plain_name, nearest, read_rows

if TYPE_CHECKING:
    from symreg.problem import Problem
    from symreg.tables import Column, Table

LISTED_ROWS = 5
"""Numbers of rows in a sentence before it says "...": enough to find them, and still one line. Set by hand."""


@dataclass(frozen=True, slots=True, eq=False)
class NewColumn:
    """An input at the new rows: ``shown`` are its numbers under ``heading``, as the file has them, ``values`` the same
    in the unit of the run; each ``(n_rows,)``, NaN where a cell is empty."""

    name: str
    heading: str
    shown: Floats
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class NewRows:
    """The columns that were asked for, the number of rows, and what is to be said of how they were read."""

    columns: tuple[NewColumn, ...]
    n_rows: int
    remarks: tuple[str, ...]


def read_new_rows(
    file: Path, names: Sequence[str], problem: Problem, specification: Specification, written: Mapping[str, Any]
) -> NewRows:
    """The columns ``names`` of ``file``, whose units may be others of the same dimension.

    A column without a unit is taken to be in that of the run, with a remark. Where the run says how its file is
    written, or what unit a header that cannot be read means, a file of the same kind is read so too; ``written``, keys
    of ``data:``, stands above that. Raises ``TableError`` for a column that is not there or of another dimension, and
    what a table raises.
    """
    dialects = _dialects(file, specification, written)
    table, is_as_run = _read(file, names, problem, specification, dialects)
    for name in names:
        if name not in table.names and name not in table.labels and not _is_left_out(table, name):
            law = f"there is no column {name!r}, which the law needs"
            raise TableError(source=table.source, problem=law, advice=nearest(name, table.names))
    bare = () if table.understood is None else table.understood.without_unit
    remarks = [f"{table.source} was read as the run's table: {table.understood}"] if is_as_run else []
    remarks += [note for note in table.notes if any(repr(name) in note for name in names) and "no unit" not in note]
    columns = []
    for name in names:
        column, own = table[name], problem.table[name]
        columns.append(_bare(column, own) if name in bare else _converted(column, own, table.source))
        if name in bare and not own.unit.dimension.is_dimensionless:
            remarks.append(f"no unit is given for {name!r} in {table.source}: taken in {own.unit.text}, as in the run")
    return NewRows(tuple(columns), table.n_rows, tuple(remarks))


def _dialects(file: Path, specification: Specification, written: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How the file may be written, to be tried in this order: as the run's own, if it is of its kind, and as found."""
    own = specification.data.dialect
    as_found = {key: value for key, value in own.items() if key == "missing"}
    is_alike = Path(str(specification.data.file)).suffix.lower() == file.suffix.lower()
    return [own, as_found] if is_alike and own != as_found and not written else [{**as_found, **written}]


def _read(
    file: Path, names: Sequence[str], problem: Problem, specification: Specification, dialects: list[dict[str, Any]]
) -> tuple[Table, bool]:
    """The table, and whether it was read by what the run says of its own file."""
    declared = {name: part.unit for name, part in specification.columns.items() if part.unit is not None}
    # A name such as "x [m]" is one only where somebody says so, by naming its unit.
    declared |= {name: problem.table[name].unit.in_headers for name in names if not is_plain_name(name)}
    said: dict[str, str] = {}
    while True:
        try:
            table, is_as_run = _in_some_dialect(file, names, said, dialects)
            unread = {name for name in names if name not in table.names and not is_plain_name(name)}
        except UnitError as error:
            # The unit of such a name may be what cannot be read.
            unread = {one for one in names if one in declared and (one == error.column or not is_plain_name(one))}
            if unread <= set(said):
                raise
        if unread <= set(said):
            return table, is_as_run
        said |= {name: declared[name] for name in unread}


def _in_some_dialect(
    file: Path, names: Sequence[str], units: dict[str, str], dialects: Sequence[dict[str, Any]]
) -> tuple[Table, bool]:
    for dialect in dialects[:-1]:
        with suppress(TableError):
            table = read_rows(file, names, units=units, dialect=dialect)
            if set(names) <= set(table.names):
                return table, True
    return read_rows(file, names, units=units, dialect=dialects[-1]), False


def _is_left_out(table: Table, name: str) -> bool:
    return table.understood is not None and any(one.column == name for one in table.understood.left_out)


def _bare(column: Column, own: Column) -> NewColumn:
    numbers = _finite(column.user_numbers)
    return NewColumn(column.name, f"{column.name} [{own.unit.in_headers}]", numbers, numbers)


def _converted(column: Column, own: Column, source: str) -> NewColumn:
    unit, wanted = column.unit, own.unit
    if unit.dimension != wanted.dimension:
        stated, law = f"{column.unit.in_headers!r} ({unit.dimension})", f"{own.unit.in_headers!r} ({wanted.dimension})"
        raise TableError(source=source, column=column.name, problem=f"its unit is {stated}, and the law takes {law}")
    is_same = (unit.scale, unit.offset) == (wanted.scale, wanted.offset)
    numbers = _finite(column.user_numbers)
    values = numbers if is_same else np.asarray(wanted.from_si(_finite(column.values)), dtype=np.float64)
    return NewColumn(column.name, f"{column.name} [{column.unit.in_headers}]", numbers, values)


def _finite(numbers: Floats) -> Floats:
    return np.where(np.isfinite(numbers), numbers, np.nan)


def rows_in_words(rows: npt.NDArray[np.intp]) -> str:
    """``row 3``, ``2 rows (3, 7)``; ``rows`` count from 0, and people from 1."""
    if len(rows) == 1:
        return f"row {rows[0] + 1}"
    listed = ", ".join(str(row + 1) for row in rows[:LISTED_ROWS]) + ", ..." * (len(rows) > LISTED_ROWS)
    return f"{len(rows)} rows ({listed})"
