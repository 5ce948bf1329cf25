"""Many runs while they go on: a table drawn in place, or plain lines where nothing can be drawn."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from symreg.cli import printable
from symreg.experiment import Overview, RunningRun, RunRecord
from symreg.live import count_text, fitting, seconds_text

LINE_SECONDS = 5.0
"""Seconds from one line about all runs to the next in a pipe."""

MOST_SHOWN = 12
"""Running ones that a terminal shows, each in a line; more are counted."""

STOPPING = "Stopping; the best so far of each run is being saved. Ctrl-C again ends at once."


def overview_line(now: Overview, width: int) -> str:
    """``3 of 18 done, 1 failed, 2 running, 1.2 million per second, 41 s, about 3 min left``."""
    parts = [f"{len(now.done)} of {now.total} done"]
    parts += [f"{now.failed} failed"] if now.failed else []
    parts += [f"{len(now.running)} running"] if now.running else []
    parts += [f"{count_text(now.rate)} per second"] if now.rate > 0 else []
    parts.append(seconds_text(now.elapsed))
    left = now.seconds_left
    parts += [f"about {seconds_text(left)} left"] if left is not None and left >= 1 else []
    return fitting(parts, width)


def running_line(one: RunningRun, width: int) -> str:
    """``kepler-seed=1: search, 12 s, 61 % of the budget, complexity 9, 5.4 million evaluated: P = k*a**(3/2)``."""
    parts = [f"{one.name}: {one.stage}", seconds_text(one.seconds)]
    parts += [] if one.share is None else [f"{int(100 * one.share)} % of the budget"]
    parts += [f"complexity {one.complexity}", f"{count_text(one.evaluated)} evaluated"] if one.evaluated else []
    line = fitting(parts, width)
    room = width - len(line) - 2
    return f"{line}: {one.law if len(one.law) <= room else one.law[: room - 1] + '…'}" if one.law and room > 1 else line


def ended_line(one: RunRecord) -> str:
    """``kepler-seed=1: finished, P = k*a**(3/2), held-out error 0.012 d, complexity 5, 12 s``."""
    if one.has_failed:
        return f"{one.name}: failed: {one.reason}"
    if not one.formula:
        return f"{one.name}: {one.status}, no law was found"
    status = "finished before" if one.kept else one.status
    unit = "" if one.unit in ("1", "dimensionless") else f" {one.unit}"
    error = "" if one.held_out_rmse != one.held_out_rmse else f", held-out error {one.held_out_rmse:.3g}{unit}"
    times = f", begun {one.begun} times" if one.begun > 1 else ""
    law, seconds = f"{one.target} = {one.formula}", seconds_text(one.seconds)
    return f"{one.name}: {status}, {law}{error}, complexity {one.complexity}, {seconds}{times}"


@dataclass(slots=True, eq=False)
class RunsView:
    """Takes overviews in, from another thread, and is drawn by rich; what has ended goes to ``write``, once each."""

    write: Callable[[str], None]
    latest: Overview | None = None
    asked_to_stop: bool = False
    _told: int = 0
    _deaths: int = 0

    def update(self, now: Overview) -> None:
        """Take in how all stands."""
        self.latest = now
        for one in now.done[self._told :]:
            self.write(ended_line(one))
        for death in now.deaths[self._deaths :]:
            self.write(f"Note: {death}")
        self._told, self._deaths = len(now.done), len(now.deaths)

    def stopping(self) -> None:
        """Say that the runs were asked to stop."""
        self.asked_to_stop = True

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, now = options.max_width, self.latest
        if now is not None:
            yield _line(overview_line(now, width), width, "bold")
            for one in now.running[:MOST_SHOWN]:
                yield _line(f"  {running_line(one, width - 2)}", width)
            if len(now.running) > MOST_SHOWN:
                yield _line(f"  and {len(now.running) - MOST_SHOWN} more", width)
        if self.asked_to_stop:
            yield Text(STOPPING, style="yellow")


def _line(text: str, width: int, style: str = "") -> Text:
    line = Text(printable(text), style=style, no_wrap=True)
    line.truncate(width, overflow="ellipsis")
    return line


@dataclass(slots=True, eq=False)
class RunLines:
    """Takes overviews in and writes a line about all runs every few seconds, and one for each that has ended."""

    write: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    view: RunsView = field(init=False)
    _last: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.view = RunsView(self.write)

    def update(self, now: Overview) -> None:
        """Take in how all stands, and write what is due."""
        with self._lock:
            ended = len(now.done) > (len(self.view.latest.done) if self.view.latest is not None else 0)
            self.view.update(now)
            if self.clock() - self._last >= LINE_SECONDS or (ended and len(now.done) == now.total):
                self._last = self.clock()
                self.write(overview_line(now, WIDE))

    def stopping(self) -> None:
        """Say that the runs were asked to stop."""
        self.write(STOPPING)


WIDE = 200  # characters of a line in a pipe, which has no width


@contextlib.contextmanager
def shown_runs() -> Iterator[RunsView | RunLines]:
    """Draw the runs on standard error during the block where that is a terminal; elsewhere write plain lines there."""
    console = Console(stderr=True)

    def write(text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # a pipe that nobody reads is no matter of the searches
            console.file.write(f"{printable(text)}\n")
            console.file.flush()

    if not console.is_terminal:
        yield RunLines(write)
        return
    view = RunsView(lambda text: console.print(Text(printable(text))))
    with Live(view, console=console, refresh_per_second=4, transient=True):
        yield view
