"""Whatever holds a table, read into columns as found: files, frames, mappings."""

from __future__ import annotations

from symreg.tables.sources.cells import FIRST_ROWS
from symreg.tables.sources.objects import astropy_text, pint_text
from symreg.tables.sources.quantities import CELLS
from symreg.tables.sources.raw import Hints, RawColumn, RawTable
from symreg.tables.sources.reading import read_raw

__all__ = ["CELLS", "FIRST_ROWS", "Hints", "RawColumn", "RawTable", "astropy_text", "pint_text", "read_raw"]
