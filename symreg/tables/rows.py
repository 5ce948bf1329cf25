"""New rows for a law that is known: columns by name as a file has them, whose cells may be empty."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from symreg.tables.assembly import Asked, assemble
from symreg.tables.dialect import Dialect
from symreg.tables.table import Table


def read_rows(
    path: Path,
    names: Collection[str],
    *,
    units: Mapping[str, str] | None = None,
    dialect: Mapping[str, Any] | None = None,
) -> Table:
    """All rows of a file, with NaN where a cell is empty: not for ``make_problem``, which asks that none is.

    ``names`` are columns that are needed, as far as they are there: what cannot be read of them is an error, and of any
    other column a line in ``table.understood.left_out``. ``units`` and ``dialect`` (keywords of ``read_table``) say
    what the file does not. Raises ``TableError`` and ``UnitError``.
    """
    asked = Asked(None, units or {}, {}, None, tuple(names))
    return assemble(path, asked, Dialect(**(dialect or {})), "keep")
