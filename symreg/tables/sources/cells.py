"""Cells of a column on their way to numbers: what is a number, what is missing, what is text.

A column is numeric, or it is text throughout (labels, such as names of planets). Anything between the two is
a mistake in the table, and the reader is told in which rows it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from symreg.arrays import Floats
from symreg.errors import TableError
from symreg.tables.sources.numerals import ANY_COMMA, Numerals, grouping, number_in

FIRST_ROWS = 5
"""Rows of faulty cells that an error names; all are counted. Enough to find the fault, and still one line: more hides
the advice behind numbers. Set by hand."""


class Cells:
    """Collects the cells of one column, block by block, written in these ``numerals``."""

    def __init__(self, *, keep_text: bool = False, numerals: Numerals | None = None) -> None:
        self.numerals = numerals or Numerals()
        self._blocks: list[Floats] = []
        self._texts: list[Sequence[object]] | None = [] if keep_text else None
        self._signs_of_nothing = self.numerals.missing_numbers
        self.n_rows = 0
        self.n_numbers = 0
        self.n_text = 0
        self.n_grouped = 0
        self.n_open = 0
        self.text_rows: list[int] = []
        self.text_samples: list[str] = []
        self.grouped_sample = ""
        self.open_rows: list[int] = []
        self.open_samples: list[str] = []

    def add(self, cells: Sequence[object]) -> None:
        """Take the next rows of the column."""
        try:
            values = self.numerals.all_plain(cells)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            values = self._add_carefully(cells)
        self._take(values)
        if self._texts is not None:
            self._texts.append(cells)

    def add_numbers(self, values: Floats) -> None:
        """Take rows that are numbers already."""
        self._take(values)
        if self._texts is not None:
            self._texts.append(["" if np.isnan(value) else f"{value:.15g}" for value in values])

    def without_signs_of_nothing(self, values: Floats) -> Floats:
        """The numbers ``(n,)`` with NaN for those that stand for "no value"."""
        if not len(self._signs_of_nothing):
            return values
        return np.where(np.isin(values, self._signs_of_nothing), np.nan, values)

    def _take(self, values: Floats) -> None:
        values = self.without_signs_of_nothing(values)
        self._blocks.append(values)
        self.n_rows += len(values)
        self.n_numbers += int(np.count_nonzero(~np.isnan(values)))

    def _add_carefully(self, cells: Sequence[object]) -> Floats:
        values = np.full(len(cells), np.nan)
        for row, cell in enumerate(cells):
            number = number_in(cell, self.numerals)
            if number is not None:
                values[row] = number
                self._note_grouping(row, cell)
            elif not self.numerals.is_missing(cell):
                self._note_text(row, cell)
        if self.n_text and self._texts is None:
            # Text turned up for the first time: earlier blocks were empty cells or numbers, kept as such.
            self._texts = [[""] * len(block) for block in self._blocks]
        return values

    def _note_text(self, row: int, cell: object) -> None:
        self.n_text += 1
        if len(self.text_rows) < FIRST_ROWS:
            self.text_rows.append(self.n_rows + row + 1)
            self.text_samples.append(str(cell))

    def _note_grouping(self, row: int, cell: object) -> None:
        kind = grouping(cell, self.numerals)
        self.n_grouped += kind == "grouped"
        self.n_open += kind == "open"
        self.grouped_sample = self.grouped_sample or (str(cell).strip() if kind == "grouped" else "")
        if kind == "open" and len(self.open_rows) < FIRST_ROWS:
            self.open_rows.append(self.n_rows + row + 1)
            self.open_samples.append(str(cell))

    @property
    def is_text(self) -> bool:
        """Whether the column holds labels: some text and not one number."""
        return self.n_text > 0 and self.n_numbers == 0

    @property
    def is_empty(self) -> bool:
        """Whether there are rows, and nothing in them."""
        return self.n_rows > 0 and self.n_text == 0 and self.n_numbers == 0

    def values(self) -> Floats:
        """The numbers, NaN where a cell is missing."""
        return np.concatenate(self._blocks) if self._blocks else np.empty(0)

    def texts(self) -> tuple[str, ...]:
        """The cells as text, empty where a cell is missing."""
        cells: Iterable[object] = (cell for block in self._texts or () for cell in block)
        return tuple("" if self.numerals.is_missing(cell) else str(cell).strip() for cell in cells)

    def check(self, source: str, column: str) -> None:
        """Raise where numbers and text are mixed, or where commas keep numbers from being read."""
        if self.n_open and not self.n_grouped and not self.numerals.is_certain:
            raise self._open_error(source, column)
        if self.n_text == 0:
            return
        shown = _shown(self.text_samples)
        commas = [bool(ANY_COMMA.fullmatch(text.strip())) for text in self.text_samples]
        if all(commas):
            problem = f"{_cells(self.n_text)} a comma inside a number: {shown}"
            advice = (
                "Decimal commas are read where something else stands between cells and no number has a decimal "
                "point: write 3.14, or say decimal: ',' where it is so throughout."
            )
        elif self.n_numbers:
            problem = f"{_cells(self.n_text)} text among {self.n_numbers} numbers: {shown}"
            advice = (
                "Correct or empty these cells; if the column holds names, declare it with the unit "
                f"'label', for example in the header: {column + ' [label]'!r}."
            )
        else:
            return
        raise TableError(
            source=source, column=column, problem=problem, rows=tuple(self.text_rows), count=self.n_text, advice=advice
        )

    def _open_error(self, source: str, column: str) -> TableError:
        sample, shown = self.open_samples[0].strip(), _shown(self.open_samples)
        sign = "comma" if "," in sample else "point"
        as_decimal, as_thousands = sample.replace(",", "."), sample.replace(",", "").replace(".", "")
        decimal, other = (",", ".") if sign == "comma" else (".", ",")
        return TableError(
            source=source,
            column=column,
            problem=f"{_cells(self.n_open)} a {sign} inside a number that reads in two ways: {shown}",
            rows=tuple(self.open_rows),
            count=self.n_open,
            advice=f"Say decimal: '{decimal}' if {sample} is {as_decimal}, "
            f"or decimal: '{other}' if it is {as_thousands}.",
        )


def _shown(samples: Sequence[str]) -> str:
    return ", ".join(repr(text[:40]) for text in samples[:3])


def _cells(count: int) -> str:
    return "1 cell holds" if count == 1 else f"{count} cells hold"
