"""What a sweep will cost before it is run: seconds, memory, threads, and what lies in the folder already."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symreg.experiment import Prospect, Specification, prospect_of, threads_of
from symreg.sweeps.language import Sweep, SweptRun, read_sweep


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A run of a sweep as it stands, and what it may still cost: ``seconds`` at most, infinite without a limit of time.

    ``memory`` in bytes is that of the search, ``threads`` those of the engine.
    """

    run: SweptRun
    prospect: Prospect
    seconds: float
    memory: int
    threads: int

    @property
    def is_ahead(self) -> bool:
        """Whether it would be searched."""
        return self.prospect.outlook in ("to do", "cut off", "goes on")


@dataclass(frozen=True, slots=True)
class Plan:
    """A sweep with what each run may cost on ``jobs`` processes."""

    sweep: Sweep
    runs: tuple[PlannedRun, ...]
    jobs: int

    @property
    def ahead(self) -> tuple[PlannedRun, ...]:
        """The runs that would be searched."""
        return tuple(run for run in self.runs if run.is_ahead)

    @property
    def counts(self) -> dict[str, int]:
        """How many runs have each outlook."""
        return dict(Counter(run.prospect.outlook for run in self.runs))

    @property
    def seconds(self) -> float:
        """Of all runs ahead, one after the other."""
        return math.fsum(run.seconds for run in self.ahead)

    @property
    def wall_seconds(self) -> float:
        """Of all runs ahead on so many processes, each taking the next run when it is free."""
        return wall_seconds([run.seconds for run in self.ahead], self.jobs)

    @property
    def memory(self) -> int:
        """Of the largest runs that may go on at the same time, in bytes."""
        return sum(heapq.nlargest(self.jobs, (run.memory for run in self.ahead)))

    @property
    def threads(self) -> int:
        """Of the engines that may work at the same time."""
        return sum(heapq.nlargest(self.jobs, (run.threads for run in self.ahead)))

    @property
    def refused(self) -> tuple[PlannedRun, ...]:
        """The runs whose folders hold something else."""
        return tuple(run for run in self.runs if run.prospect.outlook == "refused")


def plan_of(sweep: str | Path | Sweep, runs_folder: str | Path = "runs", jobs: int = 1) -> Plan:
    """The plan of a sweep's file or a ``Sweep``; nothing is searched, and tables are read where a run has begun.

    Raises SpecificationError for the file alone.
    """
    if not isinstance(sweep, Sweep):
        sweep = read_sweep(sweep)
    read: dict[str, Any] = {}
    return Plan(sweep, tuple(_planned(run, Path(runs_folder), read) for run in sweep.runs), jobs)


def _planned(run: SweptRun, runs_folder: Path, read: dict[str, Any]) -> PlannedRun:
    made, prospect = run.specification, prospect_of(run.specification, runs_folder, read)
    # A run that was cut off is counted whole: where its search cannot go on it begins anew.
    search = math.inf if made.budget.time is None else made.budget.time
    return PlannedRun(run, prospect, search + _examining(made), made.budget.memory, threads_of(made))


def _examining(specification: Specification) -> float:
    """Seconds for looking at the answer, at most: resamples of the rows, and searches on draws of them."""
    part = specification.robustness
    return (part.time if part.resamples else 0.0) + part.searches * part.search_time


def wall_seconds(seconds: Sequence[float], jobs: int) -> float:
    """When the last of these is over, where ``jobs`` processes take one after the other in order."""
    free = [0.0] * jobs
    for one in seconds:
        heapq.heapreplace(free, free[0] + one)
    return max(free)
