"""How a source was understood: kept with its table, so that everyone can see it and say otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field

from symreg.errors import SymregError, TableError, UnitError
from symreg.tables.dialect import Dialect, separator_in_words
from symreg.wording import shortened

SHOWN_MISSING = 5
"""Texts for "no value" that the sentence lists; a longer list hides the rest of it. Set by hand."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column that takes no part: ``column`` is its name or header; ``reason`` and ``advice``: why, and what to do."""

    column: str
    reason: str
    advice: str = ""

    def __str__(self) -> str:
        return f"column {self.column!r} was left out: {self.reason}. {self.advice}".strip()


def left_out_for(column: str, error: SymregError) -> LeftOut:
    """A column that is left out for what would be an error if it were needed."""
    if isinstance(error, TableError):
        return LeftOut(column, error.finding, error.advice)
    if isinstance(error, UnitError):
        reason = str(UnitError(**{**error.args[0], "column": None}))
        return LeftOut(column, reason, "Say its unit among the columns: (units= in Python).")
    return LeftOut(column, str(error))


@dataclass(frozen=True, slots=True)
class Understood:
    """``kind`` of the source, how its cells are written (``dialect``, in which None means that it does not apply), the
    columns left out, and those for which nobody stated a unit.

    The fields of ``dialect`` are keywords of ``read_table`` and keys of ``data:``; given again they read the
    same table.
    """

    kind: str
    dialect: Dialect = field(default_factory=Dialect)
    left_out: tuple[LeftOut, ...] = ()
    without_unit: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = self.dialect
        parts = [self.kind]
        parts += [] if said.encoding is None else [said.encoding.upper()]
        parts += [] if said.sheet is None else [f"sheet {said.sheet!r}"]
        parts += [] if said.separator is None else [f"{separator_in_words(said.separator)} between cells"]
        parts += [] if said.decimal is None else ["decimal comma" if said.decimal == "," else "decimal point"]
        parts += [_header_in_words(said)]
        if said.missing:
            listed = ", ".join(shortened(one) for one in said.missing[:SHOWN_MISSING])
            parts.append(f"also missing: {listed}{', ...' if len(said.missing) > SHOWN_MISSING else ''}")
        return ", ".join(filter(None, parts))


def _header_in_words(said: Dialect) -> str:
    if said.header_rows is None:
        return "" if said.separator is None else "names in a comment"
    if said.header_rows == 0:
        return "no header"
    rows = "1 header row" if said.header_rows == 1 else f"{said.header_rows} header rows"
    units = "" if said.units_row is None else f" (units in row {said.units_row} of them)"
    before = {0: "", 1: " after 1 line that was skipped"}
    skipped = said.skip_rows or 0
    return rows + units + before.get(skipped, f" after {skipped} lines that were skipped")
