"""From whatever holds a table to plain columns: header, numbers, and the units that the source itself states.

Nothing is judged here except whether a source can be read at all; ``assembly.py`` settles names, units and
faults. pandas, xarray and astropy are recognised by what the caller has already imported, never imported to
find out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from symreg.errors import TableError
from symreg.mapped import parts
from symreg.tables.sources.binary_files import SUFFIXES, binary_kind, read_binary
from symreg.tables.sources.delimited import read_delimited
from symreg.tables.sources.json_lines import read_json_lines
from symreg.tables.sources.numerals import Numerals
from symreg.tables.sources.objects import read_astropy, read_frame, read_mapping, read_xarray
from symreg.tables.sources.quantities import with_quantities
from symreg.tables.sources.raw import Hints, RawColumn, RawTable, ending
from symreg.tables.sources.spreadsheets import ENGINES, read_spreadsheet


def read_raw(source: Any, hints: Hints) -> RawTable:
    """Read any known source."""
    raw = _read(source, hints)
    return with_quantities(raw, {column.header for column in raw.columns if hints.is_label(column.header)})


def _read(source: Any, hints: Hints) -> RawTable:
    if isinstance(source, (str, Path)):
        return _without_row_numbers(_read_path(Path(source), hints))
    said = hints.dialect
    numerals = Numerals(said.decimal or ".", said.decimal is not None, said.missing)
    for module, kinds, read in (
        ("pandas", ("DataFrame",), read_frame),
        ("xarray", ("Dataset", "DataArray"), read_xarray),
        ("astropy.table", ("Table",), read_astropy),
    ):
        loaded = sys.modules.get(module)
        if loaded is not None and isinstance(source, tuple(getattr(loaded, kind) for kind in kinds)):
            return read(source, kinds[0], numerals)
    if isinstance(source, Mapping):
        return read_mapping(source, "mapping", numerals)
    if hasattr(source, "to_pandas"):
        return read_frame(source.to_pandas(), type(source).__name__, numerals)
    raise TableError(
        source=type(source).__name__,
        problem="this is not a table",
        advice="Give a path to a file (text, Excel, Parquet, ECSV, FITS, NetCDF, ...), a DataFrame, an xarray Dataset, "
        "an astropy table, or a mapping of column names to arrays.",
    )


def _read_path(path: Path, hints: Hints) -> RawTable:
    try:
        _check_file(path)
        read = FILE_FORMATS.get(ending(path))
        if read is not None:
            return read(path, hints)
        return read_delimited(path, hints) if binary_kind(path) is None else read_binary(path, hints)
    except OSError as error:
        raise TableError(source=str(path), problem=f"it cannot be read: {error.strerror or error}") from error


def _check_file(path: Path) -> None:
    """Raise ``TableError`` for what is not there, or is no file: a pipe would be waited for, a device has no end."""
    if path.is_file():
        return
    problem, advice = "there is no such file", ""
    if path.is_dir():
        problem = "this is a folder, not a file"
    elif os.path.lexists(path):
        problem = "this is not a plain file (a pipe, a device or a broken link)"
        advice = "Save the table to a file first."
    raise TableError(source=str(path), problem=problem, advice=advice)


def _refuse_old_workbook(path: Path, hints: Hints) -> RawTable:
    problem = "workbooks of Excel before 2007 are not read"
    raise TableError(source=path.name, problem=problem, advice="Save it as .xlsx, or save the sheet as CSV.")


FILE_FORMATS: Mapping[str, Callable[[Path, Hints], RawTable]] = {
    **dict.fromkeys(SUFFIXES, read_binary),
    **dict.fromkeys(ENGINES, read_spreadsheet),
    ".xls": _refuse_old_workbook,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
}
"""Files by the ending of their name, in small letters; any other is told by its first bytes, or else delimited text. A
new format is a new row, and the function that it names."""


def _without_row_numbers(raw: RawTable) -> RawTable:
    """Drop what pandas and spreadsheets add: a nameless column of row numbers, nameless empty columns."""
    kept, notes = [], []
    for place, column in enumerate(raw.columns):
        is_named = bool(column.header.strip())
        numbered = not is_named and place == 0 and _are_row_numbers(column)
        if is_named or not (column.cells.is_empty or column.cells.n_rows == 0 or numbered):
            kept.append(column)
        else:
            notes.append(f"a nameless column of {'row numbers' if numbered else 'empty cells'} was left out")
    return replace(raw, columns=tuple(kept), notes=(*raw.notes, *notes))


def _are_row_numbers(column: RawColumn) -> bool:
    """Whole numbers that rise from row to row, some perhaps left out, as in a frame that was filtered."""
    values = column.cells.values()
    if column.cells.n_text or not len(values) or not values[0] >= 0:
        return False
    return all(
        bool(np.isfinite(one).all() and np.all(one == np.floor(one)) and np.all(np.diff(one) > 0))
        for one in (values[at.start : at.stop + 1] for at in parts(len(values)))  # and the first of the next part
    )
