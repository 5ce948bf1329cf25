"""Many runs at once: what a worker does with one of them, what is known of it afterwards, and how all of them stand."""

from __future__ import annotations

from symreg.experiment.many.overview import Overview, RunningRun
from symreg.experiment.many.record import NOT_BEGUN, RunRecord
from symreg.experiment.many.running import run_many, threads_of

__all__ = ["NOT_BEGUN", "Overview", "RunRecord", "RunningRun", "run_many", "threads_of"]
