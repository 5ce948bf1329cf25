"""Sweeps: one file that stands for many runs, what they will cost, and what they say together."""

from __future__ import annotations

from symreg.sweeps.language import Sweep, SweptRun, read_specifications, read_sweep, sweep_of
from symreg.sweeps.shape import shape_of
from symreg.sweeps.summary import SweepSummary, summarise, table_differences, write_summary

__all__ = [
    "Sweep",
    "SweepSummary",
    "SweptRun",
    "read_specifications",
    "read_sweep",
    "shape_of",
    "summarise",
    "sweep_of",
    "table_differences",
    "write_summary",
]
