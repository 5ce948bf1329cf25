"""How many workers this machine has room for, and how they are kept from taking each other's cores."""

from __future__ import annotations

import os

ONE_THREAD_EACH = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)  # fmt: skip
"""Variables that libraries of linear algebra read once, when they are loaded."""


def cores_here() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def thread_variables(threads: int) -> dict[str, str]:
    """The environment of a worker whose libraries are to use so many threads."""
    return dict.fromkeys(ONE_THREAD_EACH, str(threads))


def crowding(jobs: int, threads: int, cores: int | None = None) -> str | None:
    """A sentence where ``jobs`` workers with so many ``threads`` each have more threads than there are ``cores``."""
    cores = cores_here() if cores is None else cores
    if jobs * threads <= cores or jobs * threads == 1:
        return None
    most = max(1, cores // jobs)
    advice = f"give --threads {most}" if most < threads else f"give --jobs {max(1, cores)}"
    each = "1 thread" if threads == 1 else f"{threads} threads"
    has = "1 core" if cores == 1 else f"{cores} cores"
    return f"{jobs} at a time with {each} each are {jobs * threads} threads on {has}, and wait for each other; {advice}"
