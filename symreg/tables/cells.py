"""Cells of a column on their way to numbers: what is a number, what is missing, what is text.

A column is numeric, or it is text throughout (labels, such as names of planets). Anything between the two is
a mistake in the table, and the reader is told in which rows it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from symreg.arrays import Floats
from symreg.errors import TableError

MISSING = frozenset({"", "-", "--", "na", "n/a", "nan", "null", "none", "<na>", "nat"})
FIRST_ROWS = 5
"""Rows of faulty cells that an error names; all are counted. Enough to find the fault, and still one line: more hides
the advice behind numbers. Set by hand."""

_COMMA_NUMBER = re.compile(r"[-+]?\d[\d.' ]*(,\d+)+(\.\d*)?(e[-+]?\d+)?", re.IGNORECASE)


class Cells:
    """Collects the cells of one column, block by block."""

    def __init__(self, *, keep_text: bool = False) -> None:
        self._blocks: list[Floats] = []
        self._texts: list[Sequence[object]] | None = [] if keep_text else None
        self.n_rows = 0
        self.n_numbers = 0
        self.n_text = 0
        self.text_rows: list[int] = []
        self.text_samples: list[str] = []

    def add(self, cells: Sequence[object]) -> None:
        """Take the next rows of the column."""
        try:
            values = _plain_numbers(cells)
            self.n_numbers += int(np.count_nonzero(~np.isnan(values)))
        except (TypeError, ValueError, OverflowError):
            values = self._add_carefully(cells)
        self._blocks.append(values)
        if self._texts is not None:
            self._texts.append(cells)
        self.n_rows += len(cells)

    def add_numbers(self, values: Floats) -> None:
        """Take rows that are numbers already."""
        self._blocks.append(values)
        self.n_rows += len(values)
        self.n_numbers += int(np.count_nonzero(~np.isnan(values)))

    def _add_carefully(self, cells: Sequence[object]) -> Floats:
        values = np.full(len(cells), np.nan)
        for row, cell in enumerate(cells):
            number = number_in(cell)
            if number is not None:
                values[row] = number
                self.n_numbers += 1
            elif not is_missing(cell):
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

    @property
    def is_text(self) -> bool:
        """Whether the column holds labels: some text and not one number."""
        return self.n_text > 0 and self.n_numbers == 0

    def values(self) -> Floats:
        """The numbers, NaN where a cell is missing."""
        return np.concatenate(self._blocks) if self._blocks else np.empty(0)

    def texts(self) -> tuple[str, ...]:
        """The cells as text, empty where a cell is missing."""
        cells: Iterable[object] = (cell for block in self._texts or () for cell in block)
        return tuple("" if is_missing(cell) else str(cell).strip() for cell in cells)

    def check(self, source: str, column: str) -> None:
        """Raise where numbers and text are mixed, or where commas keep numbers from being read."""
        if self.n_text == 0:
            return
        shown = ", ".join(repr(text[:40]) for text in self.text_samples[:3])
        commas = [bool(_COMMA_NUMBER.fullmatch(text.strip())) for text in self.text_samples]
        if all(commas):
            problem = f"{_cells(self.n_text)} a comma inside a number: {shown}"
            advice = (
                "Decimal commas and thousands separators are not read, because 1,234 may mean either: "
                "write 3.14 and 1234."
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
            source=source,
            column=column,
            problem=problem,
            rows=tuple(self.text_rows),
            count=self.n_text,
            advice=advice,
        )


def _cells(count: int) -> str:
    return "1 cell holds" if count == 1 else f"{count} cells hold"


def _plain_numbers(cells: Sequence[object]) -> Floats:
    """The usual case, quickly: text that is numbers throughout; raises where a cell needs a closer look."""
    texts: Sequence[str] = cells  # type: ignore[assignment]
    if "_" in "".join(texts):
        raise ValueError("1_000 is no number here")
    return np.fromiter(map(float, texts), np.float64, len(texts))


def number_in(cell: object) -> float | None:
    """The number in a cell, or None where there is none; Python's ``1_000`` is no number here."""
    text = cell.strip().replace("\N{MINUS SIGN}", "-") if isinstance(cell, str) else cell
    if is_missing(text) or (isinstance(text, str) and "_" in text):
        return None
    try:
        return float(text)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None


def is_missing(cell: object) -> bool:
    """Whether a cell is empty or says in one of the usual ways that there is no value."""
    return cell is None or cell is np.ma.masked or str(cell).strip().lower() in MISSING
