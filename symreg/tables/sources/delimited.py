"""Tables in files of text, read cell by cell so that every fault can be named with its row.

The beginning of a file shows how it is written (separator, decimal sign, header); then its rows are read once, block by
block. Lines of comment begin with ``#``, before the table and within it; where no header follows them, the last one is
the header, as NumPy's ``savetxt`` writes it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from symreg.errors import TableError
from symreg.tables.dialect import Dialect
from symreg.tables.sources.cells import Cells
from symreg.tables.sources.ipac import ipac_table, is_ipac
from symreg.tables.sources.layout import COMMA_ADVICE, Layout, Row, find_layout
from symreg.tables.sources.numerals import Numerals, decimal_sign
from symreg.tables.sources.raw import MAX_CELLS, MAX_COLUMNS, Hints, RawColumn, RawTable, ending
from symreg.tables.sources.splitting import find_separator, loosely_split, separator_of_line, split
from symreg.tables.sources.text_file import TextFile, find_text
from symreg.tables.understood import Understood

BLOCK = 16_384
"""Rows turned into numbers at a time: as text they take many times the memory. Larger takes more of it, smaller more
rounds in Python; results are the same."""

SAMPLE_LINES = 1_000
"""Lines from whose look a file is understood. A preamble may be some hundred lines long, and the more rows are seen the
better numbers are known from names; more take time before the first row is read."""

SAMPLE_CHARACTERS = 4_000_000
"""Of those lines together: wide tables show what they are in fewer."""

SPANNED = 20
"""Lines that one cell of a header may take. A quote that is never closed would take all that follows; set by hand."""

_OPENED = re.compile(r'(?:^|[,;|\s])"')
_RULE = re.compile(r"[-=+|:\s]*(?:---|===|:--)[-=+|:\s]*")
MARKS = ("%", "//", "!")
"""Signs that begin a line of comment in some programs' files, where the first two lines begin with one."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """The beginning of a file: lines that may be rows (number, text, whether a gap is above), lines of comment."""

    lines: tuple[tuple[int, str, bool], ...]
    comments: tuple[tuple[int, str], ...]
    separator: str | None
    mark: str


def read_delimited(path: Path, hints: Hints) -> RawTable:
    """Read a file of text; what its dialect leaves open is found in the file."""
    dialect = hints.dialect
    file = find_text(path, dialect.encoding)
    try:
        sample = _sample(file, dialect.skip_rows or 0)
        if not sample.lines:
            raise _no_rows(path.name, sample)
        if dialect.separator is None and is_ipac([line for _, line, _ in sample.lines]):
            return _read_ipac(file, sample, hints)
        return _read(file, sample, hints)
    except csv.Error as error:
        raise TableError(source=path.name, problem=f"not readable as a table: {_why(error)}") from error


def _why(error: csv.Error) -> str:
    """What the reader of cells said, in words of a table."""
    said = str(error)
    if "end of data" in said:
        return "a quote is opened, and not closed before the end"
    if "expected after" in said:
        return "a quote is closed inside a cell"
    long = f"a cell has more than {csv.field_size_limit()} characters"
    return long if "limit" in said else "an end of line stands inside a cell"


def _no_rows(source: str, sample: _Sample) -> TableError:
    problem = "the file is empty" if not sample.comments or len(sample.comments) < 3 else "every line begins with #"
    return TableError(source=source, problem=problem)


def _read(file: TextFile, sample: _Sample, hints: Hints) -> RawTable:
    dialect = hints.dialect
    source, texts = file.path.name, [line for _, line, _ in sample.lines]
    by_name = {".tsv": "\t", ".tab": "\t"}.get(ending(file.path))
    separator = dialect.separator or sample.separator or by_name or find_separator(texts)
    cells = list(loosely_split(texts, separator))
    numbered = zip(cells, sample.lines, strict=True)
    rows = [Row(tuple(row), line, apart) for row, (line, _, apart) in numbered if row]
    comments = [
        Row(tuple(cells), line)
        for line, text in sample.comments
        for cells in loosely_split([text.lstrip("#%/! ").strip()], separator)
    ]
    layout = find_layout(rows, dialect, wanted=hints.wanted, comments=comments, source=source)
    if len(layout.names) > MAX_COLUMNS:
        raise TableError(source=source, problem=f"{len(layout.names)} columns, more than {MAX_COLUMNS}")
    found = decimal_sign(cell for row in rows for cell in row.cells) if separator != "," else "."
    numerals = Numerals(dialect.decimal or found, dialect.decimal is not None, dialect.missing)
    understood = Understood("text", _written(file, dialect, layout, separator, numerals))
    skipped: list[int] = []
    with file.lines() as lines:
        body = split(_without_comments(islice(lines, layout.data_line, None), sample.mark, skipped), separator)
        columns = columns_of(body, layout, hints.is_label, [numerals] * len(layout.names), source)
    notes = tuple(filter(None, (file.note, *layout.notes, _comment_note(skipped, layout.data_line))))
    return RawTable(source, columns, notes, understood=understood)


def _written(file: TextFile, dialect: Dialect, layout: Layout, separator: str, numerals: Numerals) -> Dialect:
    """How the file is written, every field that applies filled in."""
    return replace(
        dialect,
        separator=separator,
        decimal=numerals.decimal,
        encoding=file.encoding,
        header_rows=layout.header_rows,
        units_row=layout.units_row,
        skip_rows=None if layout.header_rows is None else layout.header_line,
        sheet=None,
    )


def _sample(file: TextFile, skip: int) -> _Sample:
    """The lines that show how a file is written, without the first ``skip``."""
    lines: list[tuple[int, str, bool]] = []
    comments: list[tuple[int, str]] = []
    separator, is_apart, size = None, False, 0
    with file.lines() as source:
        beginning = _with_closed_quotes(list(enumerate(islice(source, skip + SAMPLE_LINES)))[skip:])
    mark = _mark([line for _, line in beginning])
    for number, line in beginning:
        size += len(line)
        named = separator_of_line(line) if number == 0 else None
        if named is not None:
            separator = named
        elif _is_comment(line, mark):
            comments.append((number, line))
            is_apart = True
        elif not line.strip():
            is_apart = True
        elif _RULE.fullmatch(line.strip()):
            continue  # a line drawn below the header
        elif size <= SAMPLE_CHARACTERS or len(lines) < 3:
            lines.append((number, line, is_apart))
            is_apart = False
    return _Sample(tuple(lines), tuple(comments), separator, mark)


def _with_closed_quotes(lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Lines with their numbers, those together that one quote spans: a name such as "T\\n[K]" stands on two."""
    joined: list[tuple[int, str]] = []
    place = 0
    while place < len(lines):
        number, line = lines[place]
        taken = 1
        if line.count('"') % 2 and _OPENED.search(line) and not line.startswith("#"):
            ends = (n for n, (_, one) in enumerate(lines[place + 1 : place + SPANNED], 1) if one.count('"') % 2)
            taken += next(ends, 0)
        joined.append((number, "".join(text for _, text in lines[place : place + taken])))
        place += taken
    return joined


def _mark(lines: Sequence[str]) -> str:
    """The sign besides # with which lines of comment begin, empty where there is none."""
    first = [line for line in lines if line.strip()][:2]
    return next((mark for mark in MARKS if len(first) == 2 and all(line.startswith(mark) for line in first)), "")


def _is_comment(line: str, mark: str) -> bool:
    if line.startswith("#"):
        return not line[:4].lower().startswith(("#n/a", "#na"))
    return bool(mark) and line.startswith(mark)


def _without_comments(lines: Iterator[str], mark: str, skipped: list[int]) -> Iterator[str]:
    """Lines that hold cells; the places of the others go to ``skipped``."""
    for place, line in enumerate(lines):
        if _is_comment(line, mark):
            skipped.append(place)
        elif not _RULE.fullmatch(line.strip()):
            yield line


def _comment_note(skipped: Sequence[int], before: int) -> str:
    if not skipped:
        return ""
    lines = "1 line" if len(skipped) == 1 else f"{len(skipped)} lines"
    begins = "begins" if len(skipped) == 1 else "begin"
    return f"{lines} among the rows that {begins} with a sign of comment left out (line {before + skipped[0] + 1}" + (
        ", ...)" if len(skipped) > 1 else ")"
    )


def columns_of(
    rows: Iterator[list[str]],
    layout: Layout,
    is_label: Callable[[str], bool],
    numerals: Sequence[Numerals],
    source: str,
) -> tuple[RawColumn, ...]:
    """The rows of data as columns under the names and units of ``layout``, each in numerals of its own."""
    columns = [
        Cells(keep_text=is_label(header), numerals=its) for header, its in zip(layout.names, numerals, strict=True)
    ]
    filled = (row for row in rows if any(row))
    while block := list(islice(filled, BLOCK)):
        _add_block(columns, block, source)
    units = layout.units or ("",) * len(columns)
    return tuple(
        RawColumn(name, cells, (("the row of units", unit),) if unit else ())
        for name, unit, cells in zip(layout.names, units, columns, strict=True)
    )


def _add_block(columns: Sequence[Cells], block: Sequence[list[str]], source: str) -> None:
    width = len(columns)
    for place, row in enumerate(block):
        if len(row) == width + 1 and not row[-1]:
            row.pop()  # a separator at the end of the line
        if len(row) != width:
            raise TableError(
                source=source,
                problem=f"{len(row)} cells where the header has {width}",
                rows=(columns[0].n_rows + place + 1,),
                advice=COMMA_ADVICE if len(row) > width else "",
            )
    if (columns[0].n_rows + len(block)) * width > MAX_CELLS:
        raise TableError(source=source, problem=f"more than {MAX_CELLS} cells")
    for cells, values in zip(columns, zip(*block, strict=True), strict=True):
        cells.add(values)


def _read_ipac(file: TextFile, sample: _Sample, hints: Hints) -> RawTable:
    dialect = hints.dialect
    with file.lines() as lines:
        header, rows = ipac_table(lines, file.path.name)
        numerals = [Numerals(missing=(*dialect.missing, null)) for null in header.nulls]
        layout = Layout(header.names, header.units, header.first_line, header.first_line + header.rows, header.rows)
        columns = columns_of(rows, layout, hints.is_label, numerals, file.path.name)
    said = Dialect(encoding=file.encoding, missing=dialect.missing)
    return RawTable(file.path.name, columns, understood=Understood("IPAC table", said))
