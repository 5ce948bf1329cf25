"""Columns as found in a source, before anything is judged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from symreg.arrays import Floats
from symreg.tables.dialect import Dialect
from symreg.tables.sources.cells import Cells
from symreg.tables.understood import LeftOut, Understood

MAX_COLUMNS = 5_000
"""Of a delimited file: one with more is likely a matrix, or lies on its side. A larger bound lets it be read for
nothing, a smaller one refuses wide tables of which few columns are wanted; set by hand."""

MAX_CELLS = 200_000_000
"""Of a file: 1.6 GB as float64. Reading stops there instead of filling the memory; a machine with more of it
could read more, as arrays, which are not limited. Set by hand."""


def _none(header: str) -> bool:
    return False


def ending(path: Path) -> str:
    """The ending of a file's name in small letters, without that of a packed file: ``".csv"`` of ``A.CSV.gz``."""
    return Path(path.name.lower().removesuffix(".gz")).suffix


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a source before it is read: how it is written as far as somebody says so, by its header whether
    a column is declared to hold text, and names that somebody asks for."""

    dialect: Dialect = field(default_factory=Dialect)
    is_label: Callable[[str], bool] = _none
    wanted: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column as found: its header text, its cells, pairs (where a unit was stated, its text), the standard
    deviations ``(n_rows,)`` that stand in its cells, if any, and whether these were dates."""

    header: str
    cells: Cells
    unit_sources: tuple[tuple[str, str], ...] = ()
    spread: Floats | None = None
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class RawTable:
    """Columns as found, a short name of the source, remarks of the reader, ``attrs["units"]`` by name, what was
    understood of a file, and columns that no reader can make numbers of."""

    source: str
    columns: tuple[RawColumn, ...]
    notes: tuple[str, ...] = ()
    stated_units: Mapping[str, str] = field(default_factory=dict)
    understood: Understood | None = None
    left_out: tuple[LeftOut, ...] = ()
