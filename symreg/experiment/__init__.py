"""An experiment is one YAML file and one folder of results; this room reads the first and keeps the second.

``specification`` says what the file may hold, block by block (``blocks``), ``draft`` writes such a file for a table,
``assembly`` makes a ``Problem`` of it, ``runner`` searches, and ``store`` keeps ``runs/NAME/`` loadable at every
instant, so that a run that was cut off goes on where it was. ``many`` runs many at once, on workers. ``results`` reads
runs again: predictions, a list of them.
"""

from __future__ import annotations

from symreg.experiment.amounts import parse_duration
from symreg.experiment.assembly import check_tools, problem_of
from symreg.experiment.blocks import DIALECT_KEYS, BackendPart
from symreg.experiment.draft import Draft, draft_experiment, is_experiment_file, specification_of_table
from symreg.experiment.environment import machine, versions
from symreg.experiment.errors import (
    DestinationError,
    NoLawError,
    NotAvailableError,
    ProgramNotAllowedError,
    RunFolderError,
    UnsavedError,
)
from symreg.experiment.fingerprint import data_differences, data_fingerprint
from symreg.experiment.many import NOT_BEGUN, Overview, RunningRun, RunRecord, run_many, threads_of
from symreg.experiment.prospect import Prospect, Read, data_changes, prospect_of
from symreg.experiment.results import (
    ListedRun,
    Predictions,
    RecordedLaw,
    StoredRun,
    UnreadableRun,
    list_runs,
    predict_run,
    predictions_csv,
    predictions_text,
    read_stored_run,
    using_law,
)
from symreg.experiment.revival import load_discovery, stored_specification
from symreg.experiment.runner import run_experiment
from symreg.experiment.schema import experiment_schema
from symreg.experiment.specification import Specification, specification_of, with_changes
from symreg.experiment.standing import csv_cell, json_text
from symreg.experiment.tracking import check_trackers

__all__ = [
    "DIALECT_KEYS",
    "NOT_BEGUN",
    "BackendPart",
    "DestinationError",
    "Draft",
    "ListedRun",
    "NoLawError",
    "NotAvailableError",
    "Overview",
    "Predictions",
    "ProgramNotAllowedError",
    "Prospect",
    "Read",
    "RecordedLaw",
    "RunFolderError",
    "RunRecord",
    "RunningRun",
    "Specification",
    "StoredRun",
    "UnreadableRun",
    "UnsavedError",
    "check_tools",
    "check_trackers",
    "csv_cell",
    "data_changes",
    "data_differences",
    "data_fingerprint",
    "draft_experiment",
    "experiment_schema",
    "is_experiment_file",
    "json_text",
    "list_runs",
    "load_discovery",
    "machine",
    "parse_duration",
    "predict_run",
    "predictions_csv",
    "predictions_text",
    "problem_of",
    "prospect_of",
    "read_stored_run",
    "run_experiment",
    "run_many",
    "specification_of",
    "specification_of_table",
    "stored_specification",
    "threads_of",
    "using_law",
    "versions",
    "with_changes",
]
