"""Sweeps: one file that stands for many runs, what they will cost, and what they say together."""

from __future__ import annotations

from symreg.sweeps.language import Sweep, SweptRun, read_specifications, read_sweep, sweep_of

__all__ = ["Sweep", "SweptRun", "read_specifications", "read_sweep", "sweep_of"]
