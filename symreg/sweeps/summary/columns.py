"""The summary as a table: a row for each run, in columns that stay from run to run and columns that are chance.

Two summaries of one sweep, done serially or on many machines, cut off or not, have the same first columns.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symreg.sweeps.summary.outcome import RunOutcome
from symreg.sweeps.summary.summary import SweepSummary

STEADY = (
    "status", "target", "unit", "law", "shape", "complexity", "rmse", "r2", "constants", "recovered", "trouble",
)  # fmt: skip
"""Columns that are the same whenever and wherever the sweep was done, after ``run`` and the axes."""

CHANCE = ("seconds", "evaluated", "when", "stop_reason")
"""Columns that differ each time."""

SAME_NUMBER = 1e-6
"""Relative difference up to which numbers of two summaries are the same: a search that was cut off fits its laws again,
to the last digits but not to the last bit. Far below what two laws differ by; set by hand."""

OF_ROUNDING = 1e-20
"""1 - R2 of a law that leaves rounding alone: errors there are chance. The square of 1e-10 of the target's spread."""

Row = Mapping[str, Any]


def headings(summary: SweepSummary) -> tuple[str, ...]:
    """The columns in order: the run, its axes, what stays, what is chance."""
    return ("run", *map(axis_heading, summary.sweep.axes), *STEADY, *CHANCE)


def axis_heading(axis: str) -> str:
    """The column of an axis: its key, told from the columns that there are anyway."""
    return f"axis {axis}" if axis in ("run", *STEADY, *CHANCE) else axis


def rows_of(summary: SweepSummary) -> tuple[Row, ...]:
    """The runs in order; numbers that are not known are NaN, or None where they are whole."""
    kinds = {axis: _kind(values) for axis, values in summary.sweep.axes.items()}
    return tuple(_row(run, kinds) for run in summary.runs)


def _row(run: RunOutcome, kinds: Mapping[str, Callable[[str], Any]]) -> Row:
    axes = {axis_heading(axis): kinds[axis](text) for axis, text in run.values.items()}
    return {
        "run": run.name, **axes, "status": run.status, "target": run.target, "unit": run.unit, "law": run.formula,
        "shape": run.shape, "complexity": run.complexity, "rmse": run.rmse, "r2": run.r2,
        "constants": "; ".join(run.constants), "recovered": run.recovered or "", "trouble": run.trouble,
        "seconds": run.by_chance.seconds, "evaluated": run.by_chance.evaluated, "when": run.by_chance.when,
        "stop_reason": run.by_chance.stop_reason,
    }  # fmt: skip


def _kind(values: Sequence[str]) -> Callable[[str], Any]:
    """How the values of an axis are read: as numbers where all of them are."""
    if all(re.fullmatch(r"-?\d{1,18}", value, re.ASCII) for value in values):
        return int
    try:
        return float if all(math.isfinite(float(value)) for value in values) else str
    except ValueError:
        return str


def table_differences(one: SweepSummary, other: SweepSummary) -> tuple[str, ...]:
    """Where two summaries differ in what is no chance, a sentence each; empty when they are the same table."""
    found = []
    before, after = ({run.name: run for run in summary.runs} for summary in (one, other))
    for name in dict.fromkeys([*before, *after]):
        if name not in before or name not in after:
            found.append(f"{name}: only in the {'first' if name in before else 'second'}")
        else:
            found += [f"{name}: {told}" for told in _unlike(before[name], after[name])]
    return tuple(found)


def _unlike(one: RunOutcome, other: RunOutcome) -> list[str]:
    """The texts of constants are left out: their last digits are chance, and the law's errors tell of the rest."""
    found = []
    for key in ("values", "status", "target", "unit", "formula", "shape", "complexity", "recovered", "trouble"):
        first, second = getattr(one, key), getattr(other, key)
        if first != second:
            found.append(f"{key} is {first!r} and {second!r}")
    exact = all(1 - run.r2 <= OF_ROUNDING for run in (one, other))
    for key in ("rmse", "r2"):
        first, second = getattr(one, key), getattr(other, key)
        near = math.isclose(first, second, rel_tol=SAME_NUMBER) or (math.isnan(first) and math.isnan(second))
        if not near and not exact:
            found.append(f"{key} is {first!r} and {second!r}")
    return found
