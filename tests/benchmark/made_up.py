"""Results of trials that nobody ran: for tests of what is counted and told."""

from __future__ import annotations

from typing import Any

from symreg.benchmark.trial import TrialResult


def result(id: str = "I.13.4", **fields: Any) -> TrialResult:
    """A trial that found the law strictly in a second, but for the fields that say otherwise."""
    known: dict[str, Any] = {
        "noise": 0.0, "seed": 0, "backend": "native", "recovered": True, "held_out_r2": 1.0, "complexity": 9,
        "seconds": 1.0, "formula": "x", "truth": "x", "strict": True, "on_front": True, "symbolic": "zero",
        "numeric": "zero", "status": "finished", "note": "residual at the noise", "evaluated": 1000,
        "set": "feynman", "units": True, "rows": 10_000, "time": 60.0, "threads": 1, "without": "",
    }  # fmt: skip
    return TrialResult(id=id, **(known | fields))


def missed(id: str = "I.13.4", **fields: Any) -> TrialResult:
    """A trial that used its time up and selected another law."""
    known: dict[str, Any] = {
        "recovered": False, "strict": False, "on_front": False, "symbolic": "different",
        "numeric": "different", "seconds": 60.0, "note": "time is up", "held_out_r2": 0.5, "formula": "x**2",
        "evaluated": 9_000_000,
    }  # fmt: skip
    return result(id, **(known | fields))
