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
from symreg.experiment.errors import DestinationError, NotAvailableError, ProgramNotAllowedError, UnsavedError
from symreg.experiment.many import NOT_BEGUN, Overview, RunningRun, RunRecord, run_many, threads_of
from symreg.experiment.results import (
    ListedRun,
    Predictions,
    UnreadableRun,
    list_runs,
    predict_run,
    predictions_csv,
    predictions_text,
    using_law,
)
from symreg.experiment.revival import load_discovery
from symreg.experiment.runner import run_experiment
from symreg.experiment.schema import experiment_schema
from symreg.experiment.specification import Specification, with_changes
from symreg.experiment.sweep import read_specifications
from symreg.experiment.tracking import check_trackers

__all__ = [
    "DIALECT_KEYS",
    "NOT_BEGUN",
    "BackendPart",
    "DestinationError",
    "Draft",
    "ListedRun",
    "NotAvailableError",
    "Overview",
    "Predictions",
    "ProgramNotAllowedError",
    "RunRecord",
    "RunningRun",
    "Specification",
    "UnreadableRun",
    "UnsavedError",
    "check_tools",
    "check_trackers",
    "draft_experiment",
    "experiment_schema",
    "is_experiment_file",
    "list_runs",
    "load_discovery",
    "machine",
    "parse_duration",
    "predict_run",
    "predictions_csv",
    "predictions_text",
    "problem_of",
    "read_specifications",
    "run_experiment",
    "run_many",
    "specification_of_table",
    "threads_of",
    "using_law",
    "versions",
    "with_changes",
]
