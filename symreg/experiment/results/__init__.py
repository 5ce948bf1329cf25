"""Runs that have ended, read again: what their laws say of new rows, and a list of them."""

from __future__ import annotations

from symreg.experiment.results.index import indexed_runs
from symreg.experiment.results.listing import ListedRun, UnreadableRun, list_runs
from symreg.experiment.results.predictions import (
    Predictions,
    predict_run,
    predictions_csv,
    predictions_text,
    using_law,
)
from symreg.experiment.results.record import RecordedLaw, RunRecord, read_record

__all__ = [
    "ListedRun",
    "Predictions",
    "RecordedLaw",
    "RunRecord",
    "UnreadableRun",
    "indexed_runs",
    "list_runs",
    "predict_run",
    "predictions_csv",
    "predictions_text",
    "read_record",
    "using_law",
]
