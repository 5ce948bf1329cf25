"""Delimited text, read cell by cell so that every fault can be named with its row.

A table may begin with lines of comment (``#``); where no header follows them, the last one is the header, as
NumPy's ``savetxt`` writes it. Files are UTF-8.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

from symreg.errors import TableError
from symreg.tables.cells import Cells, number_in
from symreg.tables.reading import MAX_CELLS, MAX_COLUMNS, RawColumn, RawTable

BLOCK = 16_384
"""Rows turned into numbers at a time: as text they take many times the memory. Larger takes more of it, smaller more
rounds in Python; results are the same."""

DELIMITERS = (",", ";", "\t", "|")
_COMMA_ADVICE = (
    "A comma inside a number (3,14 or 1,234) or inside an unquoted text splits a cell in two: "
    "write 3.14 and 1234, and put text that holds a comma in double quotes."
)


def read_csv(path: Path, is_label: Callable[[str], bool]) -> RawTable:
    """Read a delimited file; the delimiter is found in the header line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(file, path, is_label)
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 text (byte {error.start} of a block)"
        raise TableError(source=path.name, problem=problem, advice="Save the file as UTF-8.") from error
    except csv.Error as error:
        raise TableError(source=path.name, problem=f"not readable as a table: {error}") from error


def _read(file: TextIO, path: Path, is_label: Callable[[str], bool]) -> RawTable:
    comments, first = _skip_comments(file)
    if not first:
        raise TableError(source=path.name, problem="the file is empty")
    delimiter = "\t" if path.suffix.lower() in {".tsv", ".tab"} else find_delimiter(first)
    rows = csv.reader(_chain(first, file), delimiter=delimiter, skipinitialspace=True, strict=True)
    headers = next(rows)
    pending: list[list[str]] = []
    if all(number_in(cell) is not None for cell in headers):
        pending, headers = [headers], _header_in_comment(comments, len(headers), delimiter, path.name)
    if len(headers) > MAX_COLUMNS:
        raise TableError(source=path.name, problem=f"{len(headers)} columns, more than {MAX_COLUMNS}")
    columns = [Cells(keep_text=is_label(header)) for header in headers]
    for block in _blocks(pending, rows):
        _add_block(columns, block, path.name)
    found = tuple(RawColumn(header, cells) for header, cells in zip(headers, columns, strict=True))
    return _without_row_numbers(RawTable(path.name, found))


def _skip_comments(file: TextIO) -> tuple[list[str], str]:
    comments = []
    for line in file:
        if line.startswith("#"):
            comments.append(line[1:].strip())
        elif line.strip():
            return comments, line
    return comments, ""


def _chain(first: str, file: TextIO) -> Iterator[str]:
    yield first
    yield from file


def find_delimiter(header: str) -> str:
    """The delimiter that occurs most often outside quotes and brackets; a comma where there is none."""
    counts = dict.fromkeys(DELIMITERS, 0)
    depth, quoted = 0, False
    for character in header:
        quoted ^= character == '"'
        depth += (character in "[(") - (character in ")]")
        if character in counts and not quoted and depth <= 0:
            counts[character] += 1
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def _header_in_comment(comments: Sequence[str], width: int, delimiter: str, source: str) -> list[str]:
    for comment in reversed(comments):
        fields = next(csv.reader([comment], delimiter=delimiter, skipinitialspace=True))
        if len(fields) == width:
            return fields
    advice = "Give every column a name and, better still, a unit: 'L [m],T [s]'."
    raise TableError(
        source=source, problem="the first line holds numbers, so there is no header", advice=advice
    )


def _blocks(pending: list[list[str]], rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    """Rows by the thousand, without those in which every cell is empty."""
    if pending:
        yield pending
    filled = (row for row in rows if any(row))
    while block := list(islice(filled, BLOCK)):
        yield block


def _add_block(columns: Sequence[Cells], block: Sequence[list[str]], source: str) -> None:
    width = len(columns)
    for place, row in enumerate(block):
        if len(row) != width:
            number = columns[0].n_rows + place + 1
            problem = f"{len(row)} cells where the header has {width}"
            raise TableError(
                source=source,
                problem=problem,
                rows=(number,),
                advice=_COMMA_ADVICE if len(row) > width else "",
            )
    if (columns[0].n_rows + len(block)) * width > MAX_CELLS:
        raise TableError(source=source, problem=f"more than {MAX_CELLS} cells")
    for cells, values in zip(columns, zip(*block, strict=True), strict=True):
        cells.add(values)


def _without_row_numbers(raw: RawTable) -> RawTable:
    """Drop what pandas and spreadsheets add: a nameless column of row numbers, nameless empty columns."""
    kept, notes = [], []
    for place, column in enumerate(raw.columns):
        values = column.cells.values()
        empty = column.cells.n_numbers == 0 and column.cells.n_text == 0
        numbered = place == 0 and len(values) > 0 and all(values == range(len(values)))
        if column.header.strip() or not (empty or numbered):
            kept.append(column)
        else:
            notes.append(f"a nameless column of {'row numbers' if numbered else 'empty cells'} was left out")
    return RawTable(raw.source, tuple(kept), tuple(notes))
