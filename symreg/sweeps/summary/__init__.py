"""What the runs of a sweep say together, as values, tables and a page."""

from __future__ import annotations

from symreg.sweeps.summary.columns import table_differences
from symreg.sweeps.summary.summary import SweepSummary, summarise
from symreg.sweeps.summary.writing import write_summary

__all__ = ["SweepSummary", "summarise", "table_differences", "write_summary"]
