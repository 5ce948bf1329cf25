"""Where a table stands among its rows: preamble, names, units, remarks, numbers.

The numbers show the way. Columns are *numeric* where most rows measure something; the first row in which they all do
is data, and the rows of text right above it are the header. Where that leaves two readings, the user is asked.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from symreg.errors import TableError
from symreg.tables.dialect import Dialect
from symreg.tables.headers import parse_header, tidy
from symreg.tables.sources.looks import are_units, bare_unit, is_measured, is_nothing, is_number, state_units
from symreg.tables.sources.splitting import usual_width

JUDGED = 100
"""Rows, from the last half of those looked at, by which a column counts as numeric. More take time on wide tables."""

LOGGERS = frozenset({"TOA5", "TOACI1"})
"""Campbell's loggers begin a file with one of these; a row of names follows, of TOA5 units and kinds of mean too."""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells as text, the number of the line at which they begin (from 0), and whether a blank line or a comment stands
    between them and the row before."""

    cells: tuple[str, ...]
    line: int
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Names of the columns and their units (None where there is no such row), how many lines stand before the header
    and before the data, how many rows the header has (None where it stands in a comment), and which of them holds
    units, from 1."""

    names: tuple[str, ...]
    units: tuple[str, ...] | None
    header_line: int
    data_line: int
    header_rows: int | None
    units_row: int | None = None
    notes: tuple[str, ...] = ()


def find_layout(
    rows: Sequence[Row], dialect: Dialect, *, wanted: Collection[str], comments: Sequence[Row], source: str
) -> Layout:
    """The layout of ``rows``, the beginning of a source without blank lines and comments.

    ``wanted`` are names that somebody asks for: the row that holds one is the row of names. ``comments`` are lines that
    begin with #, of which the last may be the header. Raises ``TableError``.
    """
    width = _width(rows)
    rows = [Row(_fitted(row.cells, width), row.line, row.is_apart) for row in rows]
    search = _Search(rows, width, source, frozenset(wanted))
    if dialect.header_rows is not None or dialect.units_row is not None:
        return search.as_stated(dialect)
    return search.found(comments)


def _width(rows: Sequence[Row]) -> int:
    """The cells of most rows, without the empty ones that a separator at the end of each line makes."""
    width = usual_width([row.cells for row in rows])
    widest = [row.cells for row in rows if len(row.cells) == width]
    ends_empty = width > 1 and not any(cells[-1].strip() for cells in widest)
    return width - 1 if ends_empty and any(len(row.cells) == width - 1 for row in rows) else width


def _fitted(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Without the empty cell that a separator at the end of a line makes."""
    return cells[:width] if len(cells) == width + 1 and not cells[-1] else cells


class _Search:
    """Looks at the rows of one source for the places of its parts."""

    def __init__(self, rows: Sequence[Row], width: int, source: str, wanted: frozenset[str]) -> None:
        self._rows = rows
        self._width = width
        self._source = source
        self._wanted = wanted
        table = [row.cells for row in rows if len(row.cells) == width]
        judged = table[-min(JUDGED, max(1, len(table) // 2)) :]
        shares = [sum(is_measured(row[place]) for row in judged) / len(judged) for place in range(width)]
        filled = [max(1, sum(not is_nothing(row[place]) for row in judged)) / len(judged) for place in range(width)]
        self._numeric = [place for place in range(width) if shares[place] >= filled[place] / 2]

    def as_stated(self, dialect: Dialect) -> Layout:
        """The header as the user describes it, from the first row of the table's width on."""
        count = dialect.header_rows if dialect.header_rows is not None else max(2, dialect.units_row or 0)
        first = next((place for place, row in enumerate(self._rows) if len(row.cells) == self._width), 0)
        header = self._rows[first : first + count]
        if len(header) < count or any(len(row.cells) != self._width for row in header):
            problem = f"the table does not begin with {count} rows of {self._width} cells"
            advice = "Say skip_rows: how many lines stand before the header."
            raise TableError(source=self._source, problem=problem, advice=advice)
        units_row = dialect.units_row
        if units_row is None and count > 1 and are_units(self._numbers_of(header[1])):
            units_row = 2
        names = next((row for place, row in enumerate(header, 1) if place != units_row), None)
        units = None if units_row is None else header[units_row - 1]
        return self._layout(names, units, header, first + count)

    def found(self, comments: Sequence[Row]) -> Layout:
        """The header as the rows show it."""
        if self._rows and self._rows[0].cells[0].strip('"') in LOGGERS:
            return self._of_a_logger()
        full = next((place for place, row in enumerate(self._rows) if self._is_full(row)), None)
        if full is None:
            return self._of_text()
        last = max((place for place in range(full) if self._is_header(self._rows[place])), default=None)
        if last is None:
            return self._without_header(full, comments)
        first = last
        while first > 0 and self._is_header(self._rows[first - 1]) and not self._rows[first].is_apart:
            first -= 1
        return self._chosen(first, last)

    def _numbers_of(self, row: Row) -> list[str]:
        return [row.cells[place] for place in self._numeric]

    def _is_full(self, row: Row) -> bool:
        """Whether all numeric columns measure something here, but for empty cells."""
        if len(row.cells) != self._width or not self._numeric:
            return False
        cells = self._numbers_of(row)
        return any(map(is_measured, cells)) and all(is_measured(cell) or is_nothing(cell) for cell in cells)

    def _is_header(self, row: Row) -> bool:
        """Whether this row is text where the columns are numbers."""
        if len(row.cells) != self._width or any(map(is_number, row.cells)):
            return False
        cells = self._numbers_of(row)
        return not any(map(is_measured, cells)) and not all(map(is_nothing, cells))

    def _chosen(self, first: int, last: int) -> Layout:
        """Names and units among rows of text that stand together right above the numbers."""
        block = self._rows[first : last + 1]
        names = self._row_of_names(block)
        units = names + 1 if names + 1 < len(block) and are_units(self._numbers_of(block[names + 1])) else None
        used = names if units is None else units
        after = first + used + 1
        is_remark = units is not None and first + units < last
        index_name = self._index_name(block[names], after)
        header = [*block[names : used + 1], *(self._rows[after : after + 1] if is_remark or index_name else [])]
        found = block[names]
        if index_name:
            found = Row((index_name, *found.cells[1:]), found.line, found.is_apart)
        return self._layout(found, None if units is None else block[units], header, first + names + len(header))

    def _row_of_names(self, block: Sequence[Row]) -> int:
        """The row that holds a name that is asked for; with units in brackets; above a row of units; or the last."""
        places = range(len(block) - 1, -1, -1)
        above = [
            place
            for place in places[1:]
            if are_units(self._numbers_of(block[place + 1])) and _could_be_names(self._numbers_of(block[place]))
        ]
        asked = [place for place in places if any(_asked_for(cell, self._wanted) for cell in block[place].cells)]
        stating = [place for place in places if state_units(block[place].cells)]
        both = [place for place in asked if place in above]
        distinct = [place for place in places if len(set(block[place].cells)) == self._width]
        return (both or asked or stating or above or distinct or [len(block) - 1])[0]

    def _index_name(self, names: Row, after: int) -> str:
        """What pandas writes below the names of columns: the name of its row numbers, in a row of its own."""
        if names.cells[0].strip() or after >= len(self._rows):
            return ""
        cells = self._rows[after].cells
        alone = len(cells) == self._width > 1 and not any(cell.strip() for cell in cells[1:])
        return cells[0].strip() if alone and not is_measured(cells[0]) else ""

    def _of_text(self) -> Layout:
        """A table in which no column is numeric: its first row of full width names the columns."""
        first = next((place for place, row in enumerate(self._rows) if len(row.cells) == self._width), 0)
        return self._layout(self._rows[first], None, self._rows[first : first + 1], first + 1)

    def _of_a_logger(self) -> Layout:
        names = self._rows[1 : 2] if len(self._rows) > 1 else self._rows[:1]
        has_units = self._rows[0].cells[0].strip('"') == "TOA5"
        header = self._rows[1 : 4 if has_units else 2]
        if len(header) < (3 if has_units else 1) or any(len(row.cells) != self._width for row in header):
            raise TableError(source=self._source, problem="the file says it is a logger's, and its header is cut short")
        return self._layout(names[0], header[1] if has_units else None, header, 1 + len(header))

    def _without_header(self, full: int, comments: Sequence[Row]) -> Layout:
        data = self._rows[full]
        before = self._rows[full - 1] if full else None
        if (block := self._in_comments(comments, data.line)) is not None:
            names = self._row_of_names(block)
            has_units = names + 1 < len(block) and are_units(self._numbers_of(block[names + 1]))
            units = block[names + 1] if has_units else None
            return replace(self._layout(block[names], units, block, full), header_rows=None, units_row=None)
        if before is not None and not data.is_apart and (len(before.cells) > 1 or full == 1):
            if len(before.cells) != self._width:
                raise self._other_width(data, before)
            raise self._half_numbers(before)
        if not all(is_measured(cell) or is_nothing(cell) for cell in data.cells):
            raise self._half_numbers(data)
        return self._layout(None, None, [], full)

    def _in_comments(self, comments: Sequence[Row], end: int) -> list[Row] | None:
        """The last lines of comment before line ``end`` that have a cell for each column, none of them a number."""
        block: list[Row] = []
        for comment in reversed([row for row in comments if row.line < end]):
            cells = _fitted(comment.cells, self._width)
            fits = len(cells) == self._width and not any(map(is_number, cells))
            if fits and (not block or comment.line == block[0].line - 1):
                block.insert(0, Row(cells, comment.line))
            elif block:
                break
        return block or None

    def _other_width(self, data: Row, header: Row) -> TableError:
        """Rows are wider than the header, or narrower: a sign of commas inside numbers, or of a name that is absent."""
        return TableError(
            source=self._source,
            problem=f"{len(data.cells)} cells where the header has {len(header.cells)}",
            rows=(1,),
            advice=COMMA_ADVICE if len(data.cells) > len(header.cells) else "Give every column a name.",
        )

    def _half_numbers(self, row: Row) -> TableError:
        shown = ", ".join(map(repr, row.cells[:4])) + (", ..." if len(row.cells) > 4 else "")
        return TableError(
            source=self._source,
            problem=f"line {row.line + 1} holds text and numbers ({shown}), and may be the header or the first row",
            advice="Say header_rows: 1 if it names the columns, header_rows: 0 if the table has no header.",
        )

    def _layout(self, names: Row | None, units: Row | None, header: Sequence[Row], data: int) -> Layout:
        numbered = tuple(f"c{place}" for place in range(1, self._width + 1))
        end = self._rows[-1].line + 1 if self._rows else 0
        data_line = self._rows[data].line if data < len(self._rows) else end
        return Layout(
            names=tuple(cell.strip() for cell in names.cells) if names is not None else numbered,
            units=None if units is None else tuple(bare_unit(cell) for cell in units.cells),
            header_line=header[0].line if header else data_line,
            data_line=data_line,
            header_rows=len(header),
            units_row=None if units is None else list(header).index(units) + 1,
            notes=() if names is not None else (f"there is no header: the columns are called c1 to c{self._width}",),
        )


COMMA_ADVICE = (
    "A comma inside a number (3,14 or 1,234) or inside an unquoted text splits a cell in two: "
    "write 3.14 and 1234, and put text that holds a comma in double quotes."
)


def _asked_for(cell: str, wanted: frozenset[str]) -> bool:
    """Whether a header is a name that is asked for, with or without a unit."""
    text = tidy(cell)
    if not wanted or text in wanted:
        return text in wanted
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of rows that may be no header
        return parse_header(text).name in wanted


def _could_be_names(cells: Sequence[str]) -> bool:
    """Distinct texts, of which the first may be absent: row numbers have no name."""
    return not any(map(is_nothing, cells[1:])) and len(set(cells)) == len(cells)
