"""PySR in a child process: the only importer of pysr, which starts Julia.

What it finds stands in the file of its hall of fame, which the parent reads; here only the end is told.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from symreg.worker import converse

STARTED = time.monotonic()
LEAST_SECONDS = 1.0
"""Seconds that PySR searches at least, where Julia's start has used up the time: else it would be asked for none or
fewer. Less than the ``GRACE`` of the parent, which kills the child after that; set by hand."""


def search(question: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Fit a ``PySRRegressor`` with the question's arguments, in what is left of its time once Julia runs."""
    os.environ.setdefault("PYTHON_JULIACALL_THREADS", str(question["threads"]))
    os.environ.setdefault("PYTHON_JULIACALL_HEAP_SIZE_HINT", f"{question['memory'] // 2**20}M")
    os.environ.setdefault("PYTHON_JULIACALL_HANDLE_SIGNALS", "yes")
    from pysr import PySRRegressor

    arguments, seconds = dict(question["arguments"]), question["seconds"]
    if seconds is not None:
        arguments["timeout_in_seconds"] = max(LEAST_SECONDS, seconds - (time.monotonic() - STARTED))
    if "constraints" in arguments:  # JSON knows no tuples
        arguments["constraints"] = {name: tuple(limits) for name, limits in arguments["constraints"].items()}
    data = {key: value for key, value in question["data"].items() if value is not None}
    data |= {key: np.array(data[key]) for key in ("X", "y", "weights") if key in data}
    PySRRegressor(**arguments).fit(data.pop("X"), data.pop("y"), **data)
    late = seconds is not None and time.monotonic() - STARTED >= 0.9 * seconds
    limit = arguments["max_evals"]
    return {"formulas": [], "done": "time" if late or limit is None else "evaluations"}


if __name__ == "__main__":
    converse(search)
