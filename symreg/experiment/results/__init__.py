"""Runs that have ended, read again: what their laws say of new rows, and a list of them."""

from __future__ import annotations

from symreg.experiment.results.index import list_runs
from symreg.experiment.results.listing import ListedRun, UnreadableRun
from symreg.experiment.results.predictions import (
    Predictions,
    predict_run,
    predictions_csv,
    predictions_text,
    using_law,
)
from symreg.experiment.results.stored_run import RecordedLaw, StoredRun, read_stored_run

__all__ = [
    "ListedRun",
    "Predictions",
    "RecordedLaw",
    "StoredRun",
    "UnreadableRun",
    "list_runs",
    "predict_run",
    "predictions_csv",
    "predictions_text",
    "read_stored_run",
    "using_law",
]
