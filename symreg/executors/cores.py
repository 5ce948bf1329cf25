"""How many workers this machine has room for, and how they are kept from taking each other's cores."""

from __future__ import annotations

import os


def cores_here() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
