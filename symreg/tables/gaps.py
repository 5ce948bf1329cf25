"""Missing values: which rows are kept, and which columns cost none."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt

from symreg.errors import TableError
from symreg.mapped import every
from symreg.tables.sources import FIRST_ROWS, RawColumn
from symreg.tables.understood import LeftOut

Mask = npt.NDArray[np.bool_]


def rows_to_keep(
    source: str, numeric: Mapping[str, RawColumn], counting: Collection[str], nan: str
) -> tuple[Mask, tuple[str, ...], tuple[LeftOut, ...]]:
    """The rows that are complete in the columns that count, a remark on the others, and the columns that do not count
    and have gaps in those rows. Raises ``TableError`` for gaps where ``nan`` is "error"; "keep" keeps every row."""
    if not numeric:
        raise TableError(source=source, problem="there is no column of numbers")
    n_rows = next(iter(numeric.values())).cells.n_rows
    if n_rows == 0:
        raise TableError(source=source, problem="the table has a header but no rows")
    if nan == "keep":
        return np.ones(n_rows, dtype=bool), (), ()
    bad = {name: mask for name, column in numeric.items() if (mask := _gaps(column)) is not None}
    faulty = {name: mask for name, mask in bad.items() if name in counting}
    keep = np.ones(n_rows, dtype=bool)
    for mask in faulty.values():
        keep &= ~mask
    if faulty and nan == "error":
        raise _missing_error(source, faulty, n_rows)
    notes = _dropped(source, faulty, keep) if faulty else ()
    return keep, notes, tuple(_with_gaps(name, mask & keep) for name, mask in bad.items() if (mask & keep).any())


def _gaps(column: RawColumn) -> Mask | None:
    """Where a column is empty or not finite ``(n_rows,)``; None where it is so nowhere."""
    values, mask = column.cells.values(), None
    if not every(np.isfinite, values):
        mask = ~np.isfinite(values)
    if column.spread is not None and not np.isfinite(column.spread).all():
        mask = ~np.isfinite(column.spread) if mask is None else mask | ~np.isfinite(column.spread)
    return mask


def _dropped(source: str, faulty: Mapping[str, Mask], keep: Mask) -> tuple[str, ...]:
    counts = ", ".join(f"{name!r} ({int(mask.sum())})" for name, mask in faulty.items())
    note = f"{int((~keep).sum())} of {len(keep)} rows left out: empty or not finite in {counts}"
    if not keep.any():
        advice = "Name fewer inputs, or read fewer columns=[...]."
        raise TableError(source=source, problem=f"no row is complete: {note}", advice=advice)
    return (note,)


def _with_gaps(name: str, mask: Mask) -> LeftOut:
    rows = np.flatnonzero(mask)
    where = "row" if len(rows) == 1 else "rows"
    listed = ", ".join(str(row + 1) for row in rows[:FIRST_ROWS]) + (", ..." if len(rows) > FIRST_ROWS else "")
    return LeftOut(name, f"it is empty or not finite in {where} {listed}", "Name it among the inputs if it may be one.")


def _missing_error(source: str, faulty: Mapping[str, Mask], n_rows: int) -> TableError:
    (name, mask), *others = faulty.items()
    rows, count = np.flatnonzero(mask), int(mask.sum())
    also = ", ".join(f"{other!r} ({int(its_mask.sum())})" for other, its_mask in others)
    return TableError(
        source=source,
        column=name,
        problem=f"{count} of {n_rows} cells {'is' if count == 1 else 'are'} empty or not finite",
        rows=tuple(int(row) + 1 for row in rows[:FIRST_ROWS]),
        count=count,
        advice=(f"So are cells of {also}. " if also else "")
        + "Leave such rows out with nan='drop' (nan: drop), or name only the inputs you need.",
    )
