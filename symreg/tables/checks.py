"""What cannot be trusted in columns: temperatures that there are not, and columns that say the same thing twice."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from symreg.arrays import Floats
from symreg.errors import TableError, TableWarning
from symreg.mapped import LONG_ROWS, is_long, parts
from symreg.tables.sources import FIRST_ROWS
from symreg.tables.table import Column, Table
from symreg.units import Unit

SAME_COLUMN = 1.0 - 1e-9
"""Correlation above which two columns are one: 1 - r is half the squared deviation from a line, here 4.5e-5 of the
spread. Nearer to 1 misses columns converted with rounding, further warns of columns that differ."""

MIN_ROWS = 5
"""Rows below which collinear columns are not spoken of: two rows make any columns so, and tidy numbers on three or four
often are. A larger bound keeps silent on small tables that deserve a warning."""

SAMPLE = 10_000
"""Rows, evenly taken and fewer than twice as many, on which pairs of columns are compared; those alike are looked at on
all. More costs time, which goes with the square of the columns, fewer makes more pairs look alike."""

FAR_OFF = 10.0
"""Standard errors by which the mean of a sample may be off that of a long column, and the column is looked at whole.
Rows in some order miss by more than chance has; a hundred would look at nearly every column. Set by hand."""

MAX_WARNINGS = 5
"""Pairs of columns warned of one by one; one more warning counts the rest, and all stand in the notes. Ten copies make
45 pairs, which nobody reads; set by hand."""

TOLD_PAIRS = 500
"""Pairs of columns looked at on all rows and told one by one; the rest are counted. A hundred copies make 4,950 pairs,
a thousand half a million, which would fill notes and memory; set by hand."""

ROUNDED = 1e-9
"""How far from 0 and 1 mean and standard deviation of z-scores may be: rounding leaves 1e-13 or so, and what was
measured comes within 1e-9 of both by chance in one table of 1e15 or so. Rounded to a few digits they pass unnoticed."""

ROUNDING = 1e-12
"""Of the zero point of a scale: absolute zero itself, converted, may come out below it. Far more than float64 rounds,
far less than any thermometer reads; set by hand."""


def check_above_absolute_zero(source: str, name: str, unit: Unit, in_si: Floats, rows: npt.NDArray[np.bool_]) -> None:
    """Refuse a temperature below absolute zero, with its rows; ``rows`` marks those of the source that are these.

    Only scales with a zero of their own say that they measure a temperature; kelvins also measure differences.
    """
    if not unit.offset or float(in_si.min(initial=np.inf)) >= -ROUNDING * unit.offset:
        return
    bad = np.flatnonzero(in_si < -ROUNDING * unit.offset)
    if len(bad):
        zero = f"{unit.from_si(0.0):.6g}"
        problem = f"{len(bad)} of {len(in_si)} temperatures lie below absolute zero, {zero} {unit.text}"
        raise TableError(
            source=source,
            column=name,
            problem=problem,
            rows=tuple(int(row) + 1 for row in np.flatnonzero(rows)[bad[:FIRST_ROWS]]),
            count=len(bad),
            advice="A difference of temperatures is declared delta_degC or delta_degF.",
        )


def warn_of_twins(table: Table, target: str) -> Table:
    """Warn of inputs that are copies or straight lines of each other, and keep the remarks in ``notes``."""
    found = twins([column for column in table.columns if column.name != target])
    new = [text for text in found if text not in table.notes]
    for text in new[:MAX_WARNINGS]:
        warnings.warn(f"{table.source}: {text}", TableWarning, stacklevel=3)
    if len(new) > MAX_WARNINGS:
        warnings.warn(
            f"{table.source}: {len(new) - MAX_WARNINGS} more such pairs", TableWarning, stacklevel=3
        )
    return replace(table, notes=(*table.notes, *new)) if new else table


def warn_of_scaled(table: Table) -> Table:
    """Warn of columns whose numbers are z-scores though they have a unit, and keep the remarks in ``notes``."""
    found = [
        f"column {one.name!r} has mean 0 and standard deviation 1 to the last digit, as a scaler leaves it, and the "
        f"unit {one.unit.text!r}, which they no longer have: give the measured numbers (symreg scales by itself)"
        for one in table.columns
        if not one.unit.dimension.is_dimensionless and _is_scaled(one.user_numbers)
    ]
    for text in found:
        warnings.warn(f"{table.source}: {text}", TableWarning, stacklevel=3)
    return replace(table, notes=(*table.notes, *found)) if found else table


def _is_scaled(values: Floats) -> bool:
    largest = max(abs(float(values.min())), abs(float(values.max()))) if len(values) else 0.0
    if len(values) < MIN_ROWS or largest > len(values):  # no z-score is larger
        return False
    if is_long(len(values)):
        return _is_scaled_in_parts(values)
    spreads = (values.std(), values.std(ddof=1))
    return bool(abs(values.mean()) < ROUNDED and any(abs(spread - 1) < ROUNDED for spread in spreads))


def _is_scaled_in_parts(values: Floats) -> bool:
    """The same of a long column: its sums are taken part by part, once a sample says that it may be so."""
    some = values[_sample(len(values))]
    if abs(some.mean()) > some.std() * FAR_OFF / len(some) ** 0.5:
        return False
    n_rows = len(values)
    mean = sum(float(values[part].sum()) for part in parts(n_rows)) / n_rows
    square = sum(float(np.square(values[part] - mean).sum()) for part in parts(n_rows))
    spreads = ((square / n_rows) ** 0.5, (square / (n_rows - 1)) ** 0.5)
    return bool(abs(mean) < ROUNDED and any(abs(spread - 1) < ROUNDED for spread in spreads))


def twins(columns: Sequence[Column]) -> list[str]:
    """One sentence for each pair of columns that say the same; constant columns are left aside."""
    varying = [column for column in columns if not is_constant(column.values)]
    if len(varying) < 2:
        return []
    rows = _sample(len(varying[0].values))
    standard = np.stack([_standardised(column.values[rows]) for column in varying])
    likeness = np.abs(standard @ standard.T)
    pairs = np.argwhere(np.triu(likeness > SAME_COLUMN, k=1))
    found = [text for i, j in pairs[:TOLD_PAIRS] if (text := _sentence(varying[i], varying[j])) is not None]
    more = len(pairs) - TOLD_PAIRS
    return found if more <= 0 else [*found, f"{more:,} more pairs of columns are alike"]


def is_constant(values: Floats) -> bool:
    """Whether all values ``(n_rows,)`` are the same; no difference is taken, so nothing overflows."""
    return bool(values.min() == values.max())


def _sample(n_rows: int) -> slice:
    return slice(None, None, max(1, n_rows // SAMPLE))


def _standardised(values: Floats) -> Floats:
    """Zero mean and unit length, without overflow for values near the limits of a double."""
    scaled = values / np.max(np.abs(values))
    centred: Floats = scaled - scaled.mean()
    length = float(np.sqrt(np.sum(centred**2)))
    return np.divide(centred, length) if length > 0 else centred


def _sentence(one: Column, other: Column) -> str | None:
    n_rows = len(one.values)
    is_same = all(np.array_equal(one.values[at], other.values[at]) for at in parts(n_rows))
    if is_same and one.unit.dimension == other.unit.dimension:
        return f"columns {one.name!r} and {other.name!r} hold the same values"
    some = slice(None, None, max(1, n_rows // LONG_ROWS))
    first, second = one.values[some], other.values[some]
    if n_rows < MIN_ROWS or abs(_standardised(first) @ _standardised(second)) <= SAME_COLUMN:
        return None
    seen = f" (in {len(first):,} of {n_rows:,} rows)" if len(first) < n_rows else ""
    return f"columns {one.name!r} and {other.name!r} are collinear: each is a straight line of the other{seen}"
