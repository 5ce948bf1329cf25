"""What of a run is told to a tracker, and when; a tracker that fails costs a sentence, never the run.

Clients wait for servers, some of them for minutes, so they do it in a thread of their own: the search puts down what is
to be told and goes on. At the end the thread is given some seconds.
"""

from __future__ import annotations

import contextlib
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from symreg.errors import SymregError
from symreg.experiment.tracking.tracker import TrackedRun, Tracker

if TYPE_CHECKING:
    from symreg.discovery import Discovery
    from symreg.watching import Progress

POINT_SECONDS = 2.0
"""Seconds from one point of a curve to the next: an hour is 1,800 points of each."""

LAST_SECONDS = 10.0
"""That a tracker may take, after the run has ended, for what it has not yet told. Set by hand."""

MOST_SAID = 300  # characters of what a client says

REPORTS = (".html", ".pdf", ".md", ".tex")  # endings of the reports that are handed over


class TrackingError(SymregError):
    """A tracker that there is not: ``name`` and ``advice``."""

    name: str
    advice: str

    def __str__(self) -> str:
        return f"a run cannot be told to {self.name!r}: {self.advice}"


TRACKERS = {"mlflow": "mlflow-skinny", "tensorboard": "tensorboard"}
"""Their names, each with the package that brings the client."""


def check_trackers(names: Sequence[str]) -> None:
    """Raise TrackingError, before any work, for a tracker that is not known or whose client is not installed."""
    for name in names:
        if name not in TRACKERS:
            raise TrackingError(name=name, advice=f"there are {' and '.join(TRACKERS)}.")
        if find_spec(name) is None:
            raise TrackingError(name=name, advice=f"install its client: pip install 'symreg-laws[{name}]'.")


def tracker_named(name: str) -> Tracker:
    """The client. It is loaded by whoever asks: while one thread loads modules, another finds them half made."""
    if name == "mlflow":
        from symreg.experiment.tracking.on_mlflow import MlflowTracker

        return MlflowTracker()
    from symreg.experiment.tracking.on_tensorboard import TensorBoardTracker

    return TensorBoardTracker()


@dataclass(slots=True, eq=False)
class _Teller:
    """One tracker and the thread that waits for it; after the first failure nothing more is told."""

    name: str
    tracker: Tracker | None
    trouble: str = ""
    _things: queue.SimpleQueue[Callable[[Tracker], None] | None] = field(default_factory=queue.SimpleQueue)
    _ended: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        if self.tracker is None:
            self._ended.set()
            return
        threading.Thread(target=self._tell_all, name=f"tell {self.name}", daemon=True).start()

    def put(self, thing: Callable[[Tracker], None] | None) -> None:
        self._things.put(thing)

    def wait(self, seconds: float) -> None:
        """For what is left to be told; what is not told then is said to be lost."""
        self.put(None)
        if not self._ended.wait(seconds):
            self.trouble = self.trouble or f"it has not answered within {seconds:.0f} s"

    def _tell_all(self) -> None:
        try:
            while self.tracker is not None and (thing := self._things.get()) is not None:
                thing(self.tracker)
        except Exception as error:
            self.trouble = _in_short(error)
        finally:
            self._ended.set()


def _in_short(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:MOST_SAID]


def _teller(name: str, make: Callable[[str], Tracker]) -> _Teller:
    try:
        return _Teller(name, make(name))
    except Exception as error:  # of a client of others, which may refuse an address, or its own settings
        return _Teller(name, None, _in_short(error))


@dataclass(slots=True, eq=False)
class Tracking:
    """An observer of a run that tells it to trackers, and at its end what it has come to."""

    tellers: tuple[_Teller, ...]
    clock: Callable[[], float] = time.monotonic
    _told: float = float("-inf")
    _law: str = ""

    def begin(self, run: TrackedRun) -> None:
        """The run begins, or goes on."""
        for one in self.tellers:
            one.put(lambda tracker: tracker.begin(run))

    def __call__(self, progress: Progress) -> None:
        """A point of the curves, where the best law is another one or some time has passed."""
        front = progress.front
        if not self.tellers or front is None or not 0 <= front.selected < len(front):
            return
        law = front.best
        if law.formula == self._law and self.clock() - self._told < POINT_SECONDS:
            return
        self._law, self._told = law.formula, self.clock()
        error = law.held_out.rmse if law.held_out.n_rows else law.train.rmse
        values = {
            "error_of_the_best": float(error), "complexity_of_the_best": float(law.complexity),
            "evaluated": float(progress.evaluated), "level": float(progress.complexity), "seconds": progress.elapsed,
        }  # fmt: skip
        values = {name: value for name, value in values.items() if math.isfinite(value)}
        for one in self.tellers:
            one.put(lambda tracker: tracker.point(values, progress.evaluated))

    def end(self, discovery: Discovery, folder: Path) -> tuple[str, ...]:
        """The run has ended; a note for each tracker that did not hear all of it."""
        front = discovery.front
        law = front.best.summary() if 0 <= front.selected < len(front) else "no law was found"
        reports = [folder / f"report{ending}" for ending in REPORTS if (folder / f"report{ending}").is_file()]
        for one in self.tellers:
            one.put(lambda tracker: tracker.end(law, discovery.status, reports))
        until = self.clock() + LAST_SECONDS
        for one in self.tellers:
            one.wait(max(0.1, until - self.clock()))
        return tuple(
            f"{one.name} has not heard all of this run ({one.trouble}); the run itself is stored"
            for one in self.tellers
            if one.trouble
        )


@contextlib.contextmanager
def tracked(names: Sequence[str], make: Callable[[str], Tracker] = tracker_named) -> Iterator[Tracking]:
    """Trackers of these names during the block; the threads that wait for them end with it, or with the process."""
    tellers = tuple(_teller(name, make) for name in dict.fromkeys(names))
    for one in tellers:
        one.start()
    try:
        yield Tracking(tellers)
    finally:
        for one in tellers:
            one.put(None)
