"""What a file with ``sweep`` and ``extends`` stands for: runs with names, each checked as a file of its own."""

from __future__ import annotations

from symreg.sweeps.language.sweep import Sweep, SweptRun, read_specifications, read_sweep, sweep_of

__all__ = ["Sweep", "SweptRun", "read_specifications", "read_sweep", "sweep_of"]
