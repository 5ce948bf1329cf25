"""Sweeps: one file that stands for many runs, what they will cost, what they say together; and runs side by side."""

from __future__ import annotations

from symreg.sweeps.again import Repetition, repetition_of
from symreg.sweeps.comparison import ComparedConstant, Comparison, compare_runs, comparison_of, recorded
from symreg.sweeps.language import read_specifications
from symreg.sweeps.planning import Plan, PlannedRun, plan_of
from symreg.sweeps.summary import SweepSummary, summarise, table_differences, write_summary

__all__ = [
    "ComparedConstant",
    "Comparison",
    "Plan",
    "PlannedRun",
    "Repetition",
    "SweepSummary",
    "compare_runs",
    "comparison_of",
    "plan_of",
    "read_specifications",
    "recorded",
    "repetition_of",
    "summarise",
    "table_differences",
    "write_summary",
]
