"""`symreg run` for many runs at once: on processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from symreg.cli import printable
from symreg.cli.starting import QuestionError
from symreg.experiment import NOT_BEGUN, RunRecord, Specification, run_many, threads_of

if TYPE_CHECKING:
    from symreg.executors import Cluster

EXECUTORS = ("local", "dask")


@dataclass(frozen=True, slots=True)
class Crew:
    """Who runs the runs: so many ``jobs`` at once, of the ``executor`` "local" or "dask"; or the workers of the
    ``scheduler`` of a Dask cluster."""

    jobs: int = 1
    executor: str | None = None
    scheduler: str | None = None

    def check(self) -> None:
        """Raise ``QuestionError`` for what there is not."""
        if self.executor not in (None, *EXECUTORS):
            reason = f"--executor {self.executor!r} is not known."
            raise QuestionError(reason=reason, advice=f"There are {' and '.join(EXECUTORS)}.")
        if self.scheduler is not None and self.executor == "local":
            raise QuestionError(reason="--scheduler is for --executor dask.", advice="Leave one of them away.")

    @property
    def is_together(self) -> bool:
        """Whether runs go to workers, instead of one after another here."""
        return self.jobs > 1 or self.executor is not None or self.scheduler is not None

    @property
    def is_dask(self) -> bool:
        """Whether the workers are those of Dask."""
        return self.executor == "dask" or self.scheduler is not None

    def given(self) -> list[tuple[str, object]]:
        """The options as they were typed."""
        jobs = self.jobs if self.jobs > 1 else None
        return [("--jobs", jobs), ("--executor", self.executor), ("--scheduler", self.scheduler)]


def run_together(
    specifications: Sequence[Specification], runs: Path, crew: Crew, *, quiet: bool, **ways: Any
) -> tuple[RunRecord, ...]:
    """Run them on the crew, told on standard error, each that has ended in a line."""
    threads = max(map(threads_of, specifications), default=1)
    with contextlib.ExitStack() as stack:
        executor: Cluster | None = None
        if crew.is_dask:
            from symreg.executors import dask_cluster

            executor = stack.enter_context(dask_cluster(crew.scheduler, jobs=crew.jobs, threads=threads))
        _say_crowding(crew, threads, quiet=quiet)
        observer, on_interrupt = None, None
        if not quiet:
            from symreg.cli.live_runs import shown_runs

            view = stack.enter_context(shown_runs())
            observer, on_interrupt = view.update, view.stopping
        return run_many(
            specifications, runs, executor, jobs=crew.jobs, observer=observer, on_interrupt=on_interrupt, **ways
        )


def _say_crowding(crew: Crew, threads: int, *, quiet: bool) -> None:
    """Workers elsewhere have cores that are not counted here."""
    from symreg.executors import crowding

    sentence = None if crew.scheduler is not None else crowding(crew.jobs, threads)
    if sentence is not None and not quiet:
        typer.echo(f"Note: {sentence}", err=True)


def say_the_end(records: Sequence[RunRecord], runs: Path, *, quiet: bool) -> None:
    """How many ended how, what was noted, and a sentence for each that failed."""
    failed = [one for one in records if one.has_failed]
    if not quiet:
        ends = ("finished", "interrupted", "failed", NOT_BEGUN)
        counts = [(sum(one.status == end for one in records), end) for end in ends]
        told = ", ".join(f"{count} {end}" for count, end in counts if count)
        typer.echo(printable(f"{len(records)} runs: {told}. See them: symreg list {runs}"))
    for one in failed:
        typer.echo(printable(f"symreg: {one.name}: {one.reason}"), err=True)
