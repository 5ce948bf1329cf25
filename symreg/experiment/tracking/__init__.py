"""Runs told to trackers of experiments as well, through their own clients: MLflow and TensorBoard."""

from __future__ import annotations

from symreg.experiment.tracking.telling import Tracking, check_trackers, tracked
from symreg.experiment.tracking.tracker import TrackedRun

__all__ = ["TrackedRun", "Tracking", "check_trackers", "tracked"]
