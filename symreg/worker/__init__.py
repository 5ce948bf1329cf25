"""A conversation with a child process: lines of JSON, with limits, and its two ends."""

from __future__ import annotations

from symreg.worker.child import OutOfTimeError, converse, serve
from symreg.worker.parent import LONGEST_LINE, TextWorker, WorkerError

__all__ = [
    "LONGEST_LINE",
    "OutOfTimeError",
    "TextWorker",
    "WorkerError",
    "converse",
    "serve",
]
