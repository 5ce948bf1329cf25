"""Worker processes that run trials, one after another, and can be killed.

A search may abort or hang or be killed for its memory; the trial is then a failed one and a new process takes
the next. The processes are started afresh (spawn): a fork would copy the engine's threads half.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from symreg.benchmark.discipline import Discipline
from symreg.benchmark.equivalence import Judge
from symreg.benchmark.trial import Discover, Settings

__all__ = ["run_here", "run_in_processes"]

START_SECONDS = 120.0
"""How long a process may take to import what it needs."""

GRACE_SECONDS = 120.0
"""What a trial may take beyond twice its budget: simplifying and judging on a busy machine."""

FRESH_AFTER = 20
"""Trials after which a process gives way to a new one: what large searches leave of their memory adds up."""

_POLL_SECONDS = 0.2
"""Seconds between two looks at deadlines and at ``stop``: deadlines are minutes, and Ctrl-C should be
answered at once. Shorter wakes the parent for nothing, longer makes who stops a run wait."""

T = TypeVar("T")
R = TypeVar("R")


def run_here(
    trials: Sequence[T],
    discipline: Discipline[T, R],
    settings: Settings,
    discover: Discover | None,
    stop: Callable[[], bool],
) -> Iterator[R]:
    """Run the trials in this process."""
    with _judge(discipline, settings) as judge:
        for trial in trials:
            if stop():
                return
            yield discipline.run(trial, settings, discover=discover, judge=judge)


def run_in_processes(
    trials: Sequence[T],
    discipline: Discipline[T, R],
    settings: Settings,
    discover: Discover | None,
    stop: Callable[[], bool],
    jobs: int,
) -> Iterator[R]:
    """Run the trials in ``jobs`` processes; results come as they are ready."""
    waiting = list(reversed(trials))
    workers = [_Worker(discipline, settings, discover) for _ in range(min(jobs, len(trials)))]
    try:
        while (waiting or any(worker.trial for worker in workers)) and not stop():
            for worker in workers:
                if worker.trial is None and waiting:
                    worker.give(waiting.pop())
            yield from _gather(workers)
    finally:
        for worker in workers:
            worker.kill()


def _judge(discipline: Discipline[T, R], settings: Settings) -> AbstractContextManager[Judge | None]:
    return Judge(settings.judge_seconds) if discipline.by_symbols else nullcontext()


def _gather(workers: Sequence[_Worker[T, R]]) -> Iterator[R]:
    """What is ready within a moment, and failures for the workers that died or are too late."""
    busy = {worker.connection: worker for worker in workers if worker.trial is not None}
    for connection in wait(list(busy), timeout=_POLL_SECONDS):
        if isinstance(connection, Connection) and (result := busy[connection].take()) is not None:
            yield result
    for worker in workers:
        if worker.trial is not None and time.monotonic() > worker.deadline:
            yield worker.give_up("killed: it went on far beyond its time")


class _Worker(Generic[T, R]):
    """One process and the trial that it works on."""

    def __init__(
        self, discipline: Discipline[T, R], settings: Settings, discover: Discover | None
    ) -> None:
        self.discipline = discipline
        self.settings = settings
        self.discover = discover
        self.trial: T | None = None
        self.deadline = 0.0
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        # Not a daemon: a search has child processes of its own.
        self.process: BaseProcess = context.Process(
            target=_serve, args=(theirs, self.discipline, self.settings, self.discover), daemon=False
        )
        self.process.start()
        theirs.close()
        self.ready = False
        self.done = 0

    def give(self, trial: T) -> None:
        self.trial = trial
        self._set_deadline()
        try:
            self.connection.send(trial)
        except OSError:
            self.deadline = 0.0

    def _set_deadline(self) -> None:
        starting = 0.0 if self.ready else START_SECONDS
        self.deadline = time.monotonic() + starting + 2 * self.settings.time + GRACE_SECONDS

    def take(self) -> R | None:
        """The result, or None for the word that the process is ready; a broken pipe means that it is gone."""
        try:
            result: R | None = self.connection.recv()
        except (EOFError, OSError):
            self.process.join(5.0)
            return self.give_up(f"its process stopped (exit status {self.process.exitcode})")
        if result is None:
            self.ready = True
            self._set_deadline()
        else:
            self.trial = None
            self.done += 1
            if self.done == FRESH_AFTER:
                self.kill()
                self._start()
        return result

    def give_up(self, reason: str) -> R:
        """Count the trial as failed and start a new process."""
        assert self.trial is not None
        result = self.discipline.failed(self.trial, self.settings, reason)
        self.kill()
        self.trial = None
        self._start()
        return result

    def kill(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.join()


@dataclass(frozen=True, slots=True)
class _Limits:
    """Threads of the linear algebra in a worker."""

    threads: int

    def apply(self) -> None:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        threadpool_limits(limits=self.threads)


def _serve(
    connection: Connection, discipline: Discipline[Any, Any], settings: Settings, discover: Discover | None
) -> None:
    """Answer trials with results until the other end is gone; Ctrl-C is for the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Limits(settings.threads).apply()
    with _judge(discipline, settings) as judge:
        if judge is not None:
            judge.wait_until_ready()
        connection.send(None)
        while True:
            try:
                trial = connection.recv()
                connection.send(discipline.run(trial, settings, discover=discover, judge=judge))
            except (EOFError, OSError):
                return
