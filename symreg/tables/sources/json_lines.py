"""JSON lines: one mapping of names to values a line."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

from symreg.errors import TableError
from symreg.tables.dialect import Dialect
from symreg.tables.sources.numerals import Numerals
from symreg.tables.sources.objects import read_mapping
from symreg.tables.sources.raw import MAX_CELLS, MAX_COLUMNS, Hints, RawTable
from symreg.tables.sources.text_file import find_text
from symreg.tables.understood import LeftOut, Understood


def read_json_lines(path: Path, hints: Hints) -> RawTable:
    """Read a row a line; a name that a line lacks is a missing value there, and a nested value no value at all."""
    dialect = hints.dialect
    file = find_text(path, dialect.encoding)
    columns: dict[str, list[Any]] = {}
    nested: dict[str, int] = {}
    n_rows = 0
    with file.lines() as lines:
        for number, line in enumerate(islice(lines, dialect.skip_rows or 0, None), 1 + (dialect.skip_rows or 0)):
            if not line.strip():
                continue
            n_rows += 1
            for name, value in _row(line, number, path.name).items():
                cells = columns.setdefault(name, [])
                cells += [None] * (n_rows - 1 - len(cells))
                if isinstance(value, dict | list):
                    nested.setdefault(name, number)
                cells.append(None if isinstance(value, dict | list) else value)
            if len(columns) > MAX_COLUMNS or n_rows * len(columns) > MAX_CELLS:
                raise TableError(source=path.name, problem=f"more than {MAX_COLUMNS} names or {MAX_CELLS} cells")
    filled = {name: cells + [None] * (n_rows - len(cells)) for name, cells in columns.items() if name not in nested}
    numerals = Numerals(dialect.decimal or ".", dialect.decimal is not None, dialect.missing)
    raw = read_mapping(filled, path.name, numerals)
    left_out = tuple(
        LeftOut(name, f"line {number} holds several values for it", "Give each of them a name.")
        for name, number in nested.items()
    )
    said = Dialect(encoding=file.encoding, decimal=dialect.decimal, missing=dialect.missing)
    notes = (file.note,) if file.note else ()
    return RawTable(path.name, raw.columns, notes, understood=Understood("JSON lines", said), left_out=left_out)


def _row(line: str, number: int, source: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except RecursionError as error:
        raise TableError(source=source, problem=f"line {number} is nested too deep") from error
    except ValueError as error:  # of numbers of thousands of digits without a place
        place = getattr(error, "pos", None)
        where = "" if place is None else f" from its character {place + 1} on"
        raise TableError(source=source, problem=f"line {number} is no JSON{where}") from error
    if not isinstance(row, dict):
        advice = 'Each line must be a mapping, such as {"T": 2.0, "L": 1.0}.'
        raise TableError(source=source, problem=f"line {number} holds no names", advice=advice)
    return row
