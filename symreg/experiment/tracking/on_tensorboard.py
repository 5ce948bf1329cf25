"""TensorBoard, through the writer of its own package: curves in files beside the run, ``tensorboard --logdir runs``.

Its writer knows numbers and pictures and no text: laws and reports are in the run's folder, where its files are too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from symreg.experiment.tracking.tracker import TrackedRun


class TensorBoardTracker:
    """Curves in a run's folder."""

    def __init__(self) -> None:
        from tensorboard.summary import Writer

        self.make: Any = Writer
        self.writer: Any = None

    def begin(self, run: TrackedRun) -> None:
        """A file of its own for each session, as TensorBoard has it; those of earlier ones go on in the same curves."""
        self.writer = self.make(str(run.folder))

    def point(self, values: Mapping[str, float], step: int) -> None:
        """A point of each curve, at so many evaluations."""
        for name, value in values.items():
            self.writer.add_scalar(name, value, step)
        self.writer.flush()

    def end(self, law: str, status: str, reports: Sequence[Path]) -> None:
        """Nothing but the end of the file."""
        self.writer.close()
