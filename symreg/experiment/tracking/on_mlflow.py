"""MLflow, through its client: a run of ours is one of its runs, found again by a mark when it goes on.

The address is MLflow's own matter: the variable MLFLOW_TRACKING_URI, or its default in the folder at hand.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from symreg.experiment.tracking.tracker import TrackedRun

EXPERIMENT = "symreg"
"""The name under which MLflow shows our runs."""

MARK = "symreg.mark"  # the tag by which a run is found again

MOST_OF_A_PARAMETER = 500
"""Characters of a value that every server takes."""

MOST_AT_ONCE = 100
"""Parameters that a server takes in one request."""

STATUS = {"finished": "FINISHED", "interrupted": "KILLED"}


class MlflowTracker:
    """A run of MLflow's."""

    def __init__(self) -> None:
        from mlflow import MlflowClient
        from mlflow.entities import Metric, Param

        self.client: Any = MlflowClient()
        self.parameter: Any = Param
        self.metric: Any = Metric
        self.run_id = ""

    def begin(self, run: TrackedRun) -> None:
        """Find the run of this mark, or make one with the question as its parameters."""
        found = self.client.get_experiment_by_name(EXPERIMENT)
        experiment = self.client.create_experiment(EXPERIMENT) if found is None else found.experiment_id
        known = self.client.search_runs([experiment], f"tags.`{MARK}` = '{run.mark}'", max_results=1)
        if known and not run.is_fresh:
            self.run_id = known[0].info.run_id
            self.client.update_run(self.run_id, status="RUNNING")
            return
        tags = {MARK: run.mark, "symreg.folder": str(run.folder)}
        self.run_id = self.client.create_run(experiment, run_name=run.name, tags=tags).info.run_id
        parameters = [self.parameter(_plain(key), text[:MOST_OF_A_PARAMETER]) for key, text in run.question.items()]
        for first in range(0, len(parameters), MOST_AT_ONCE):
            self.client.log_batch(self.run_id, params=parameters[first : first + MOST_AT_ONCE])

    def point(self, values: Mapping[str, float], step: int) -> None:
        """A point of each curve, at so many evaluations."""
        now = int(1000 * time.time())
        points = [self.metric(name, value, now, step) for name, value in values.items()]
        self.client.log_batch(self.run_id, metrics=points)

    def end(self, law: str, status: str, reports: Sequence[Path]) -> None:
        """The law as a tag, the reports as artefacts."""
        self.client.set_tag(self.run_id, "law", law)
        for path in reports:
            self.client.log_artifact(self.run_id, str(path))
        self.client.set_terminated(self.run_id, STATUS.get(status, "FAILED"))


def _plain(key: str) -> str:
    """A key with the letters that MLflow allows; a column may be called anything."""
    return re.sub(r"[^\w\-. /]", "_", key, flags=re.ASCII)[:250]
