"""Sheets of Excel and of OpenDocument: the table among their cells, found as in a file of text."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from math import isnan
from pathlib import Path
from typing import Any

from symreg.errors import TableError
from symreg.tables.sources.delimited import columns_of
from symreg.tables.sources.layout import Row, find_layout
from symreg.tables.sources.numerals import Numerals, decimal_sign
from symreg.tables.sources.packages import missing_package
from symreg.tables.sources.raw import MAX_COLUMNS, Hints, RawTable, ending
from symreg.tables.understood import Understood
from symreg.wording import choices, why_unread

MAX_UNPACKED = 2**30
"""Bytes that a sheet may unpack to: a few million cells. A small file that unpacks to more would fill the memory."""

SAMPLE_ROWS = 1_000
"""Rows from whose look a sheet is understood, as many as lines of a file of text."""

AS_CSV = "Save the sheet as CSV."
ENGINES = {".xlsx": ("openpyxl", "Excel workbook"), ".xlsm": ("openpyxl", "Excel workbook"),
           ".ods": ("odf", "OpenDocument sheet")}  # fmt: skip


def read_spreadsheet(path: Path, hints: Hints) -> RawTable:
    """Read one sheet, the first unless its dialect names another."""
    dialect = hints.dialect
    engine, kind = ENGINES[ending(path)]
    grid, sheet, notes = _grid(path, engine, kind, dialect.sheet)
    grid = grid[dialect.skip_rows or 0 :]
    empty = [place for place in range(len(grid[0]) if grid else 0) if all(row[place] == "" for row in grid)]
    cells = [tuple(cell for place, cell in enumerate(row) if place not in set(empty)) for row in grid]
    rows = _rows(cells[:SAMPLE_ROWS], dialect.skip_rows or 0)
    if not rows:
        raise TableError(source=path.name, problem=f"the sheet {sheet!r} is empty")
    layout = find_layout(rows, dialect, wanted=hints.wanted, comments=(), source=path.name)
    if len(layout.names) > MAX_COLUMNS:
        raise TableError(source=path.name, problem=f"{len(layout.names)} columns, more than {MAX_COLUMNS}")
    sign = dialect.decimal or decimal_sign(cell for row in cells for cell in row)
    numerals = [Numerals(sign, dialect.decimal is not None, dialect.missing)] * len(layout.names)
    body = (list(row) for row in cells[layout.data_line - (dialect.skip_rows or 0) :])
    columns = columns_of(body, layout, hints.is_label, numerals, path.name)
    said = replace(
        dialect, separator=None, encoding=None, sheet=sheet, decimal=sign, header_rows=layout.header_rows,
        units_row=layout.units_row, skip_rows=layout.header_line,
    )  # fmt: skip
    return RawTable(path.name, columns, (*notes, *layout.notes), understood=Understood(kind, said))


def _rows(cells: Sequence[tuple[Any, ...]], skipped: int) -> list[Row]:
    """Rows with something in them, as text."""
    found, is_apart = [], False
    for place, row in enumerate(cells):
        if any(cell != "" for cell in row):
            found.append(Row(tuple(str(cell) for cell in row), skipped + place, is_apart))
        is_apart = all(cell == "" for cell in row)
    return found


def _grid(path: Path, engine: str, kind: str, sheet: str | int | None) -> tuple[list[list[Any]], str, list[str]]:
    """The cells of one sheet, its name, and a remark that there are others."""
    import pandas as pd

    _check_size(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that openpyxl does not know
            with pd.ExcelFile(path, engine=engine) as book:  # type: ignore[arg-type]
                names = [str(name) for name in book.sheet_names]
                name = _chosen(path.name, names, sheet)
                frame = book.parse(name, header=None, dtype=object, na_filter=False)
    except ImportError as error:
        raise missing_package(path.name, f"{kind}s", {"odf": "odfpy"}.get(engine, engine), "excel") from error
    except TableError:
        raise
    except Exception as error:  # whatever the readers of strange files raise
        problem = f"not a readable {kind}: {why_unread(error)}"
        raise TableError(source=path.name, problem=problem, advice=AS_CSV) from error
    others = [other for other in names if other != name]
    note = f"sheet {name!r} was read; there are also {', '.join(map(repr, others[:5]))}"
    notes = [note] if others and sheet is None else []
    return [[_plain(cell) for cell in row] for row in frame.to_numpy(dtype=object).tolist()], name, notes


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        problem = f"not a readable spreadsheet: {why_unread(error)}"
        raise TableError(source=path.name, problem=problem, advice=AS_CSV) from error
    if size > MAX_UNPACKED:
        raise TableError(source=path.name, problem="the spreadsheet is too large", advice=AS_CSV)


def _chosen(source: str, names: Sequence[str], sheet: str | int | None) -> str:
    if isinstance(sheet, int) and 1 <= sheet <= len(names):
        return names[sheet - 1]
    if sheet is None or sheet in names:
        return names[0] if sheet is None else str(sheet)
    advice = choices(str(sheet), names)
    raise TableError(source=source, problem=f"there is no sheet {sheet!r}", advice=f"{advice[:1].upper()}{advice[1:]}.")


def _plain(cell: Any) -> Any:
    """A cell as a number or as text, as somebody would have typed it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if cell is None or (isinstance(cell, float) and isnan(cell)) or type(cell).__name__ == "NaTType":
        return ""
    if isinstance(cell, datetime):
        return str(cell.date() if cell.time() == time() else cell)
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    return str(cell) if isinstance(cell, date | time) else cell
