"""Runs told to trackers of experiments as well, through their own clients: MLflow and TensorBoard."""

from __future__ import annotations

from symreg.experiment.tracking.telling import TrackedRun, Tracking, TrackingError, check_trackers, tracked

__all__ = ["TrackedRun", "Tracking", "TrackingError", "check_trackers", "tracked"]
