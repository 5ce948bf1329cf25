"""All runs at one moment: how many are done, which go on and how fast, and how long the rest may take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from symreg.executors import Event, Link
from symreg.experiment.many.record import NOT_BEGUN, RunRecord


@dataclass(frozen=True, slots=True)
class RunningRun:
    """A run that goes on: its name, what it does, seconds since it was begun here, what it has evaluated and at what
    rate per second, the level it is at, the share of its budget that is spent, and its best law so far."""

    name: str
    stage: str
    seconds: float
    evaluated: int = 0
    rate: float = 0.0
    complexity: int = 0
    share: float | None = None
    law: str = ""
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Overview:
    """Of ``total`` runs those that are ``done``, as they ended, and those that are ``running``; ``elapsed`` seconds,
    and what was told of workers that died."""

    total: int
    done: tuple[RunRecord, ...]
    running: tuple[RunningRun, ...]
    elapsed: float
    deaths: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """Runs that failed."""
        return sum(one.has_failed for one in self.done)

    @property
    def rate(self) -> float:
        """Evaluations per second of all that run now."""
        return sum(one.rate for one in self.running)

    @property
    def seconds_left(self) -> float | None:
        """About how long the rest takes, with as many at once as there are now; None where nothing was searched yet."""
        searched = [one.seconds for one in self.done if one.status == "finished" and not one.kept]
        rest = self.total - len(self.done)
        if not searched or not self.running:
            return None
        each = sum(searched) / len(searched)
        waiting = (rest - len(self.running)) * each
        going = sum(max(0.0, each - one.seconds) for one in self.running)
        return (waiting + going) / len(self.running)


@dataclass(slots=True, eq=False)
class Tally:
    """What the overview is made of, as it comes in, from one thread or another."""

    total: int
    link: Link
    observer: Callable[[Overview], None] | None
    clock: Callable[[], float] = time.monotonic
    done: list[RunRecord] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    given: dict[str, tuple[float, int]] = field(default_factory=dict)
    began: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def hear(self, event: Event) -> None:
        """A run was given to a worker, or its worker died."""
        with self.lock:
            if event.what == "given":
                self.given[event.key] = self.clock(), event.attempt
            else:
                self.given.pop(event.key, None)
                self.deaths.append(f"{event.key}: its worker stopped ({event.reason}); it is begun again")

    def end(self, record: RunRecord) -> None:
        """A run has ended."""
        with self.lock:
            self.given.pop(record.name, None)
            self.done.append(record)
        self.show()

    def show(self) -> None:
        """Tell the observer."""
        if self.observer is not None:
            with self.lock:
                self.observer(self.now())

    def now(self) -> Overview:
        """How all stands."""
        told, moment = self.link.told(), self.clock()
        running = [
            _running(name, moment - since, attempt, told.get(name, {}))
            for name, (since, attempt) in self.given.items()
            if name in told or self.link.has_begun(name, attempt)
        ]
        done = tuple(one for one in self.done if one.status != NOT_BEGUN)
        return Overview(self.total, done, tuple(running), moment - self.began, tuple(self.deaths))


def _running(name: str, seconds: float, attempt: int, told: dict[str, Any]) -> RunningRun:
    return RunningRun(
        name=name,
        stage=str(told.get("stage", "begins")),
        seconds=seconds,
        evaluated=int(told.get("evaluated") or 0),
        rate=float(told.get("rate") or 0.0),
        complexity=int(told.get("complexity") or 0),
        share=told.get("share"),
        law=str(told.get("law", "")),
        attempt=attempt,
    )
