"""The front as it grows, drawn in place while the search goes on; where nothing can be drawn, plain lines."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from symreg.cli import printable
from symreg.laws import front_text
from symreg.live import Lines, Pace, fitting, search_words, spent_words

if TYPE_CHECKING:
    from symreg.discovery import Progress
    from symreg.laws import ParetoFront
    from symreg.live import Glimpse

BESIDE = 6
"""Lines of the terminal for what stands above and below the laws; of a front that has no room below them the simplest
laws are not drawn."""

LEAST_LINES = 6  # of the front, however low the terminal is

BAR = 0.25
"""Of the width of the terminal, is the bar: the words beside it need the rest. Set by hand."""

UNLIMITED = 120
"""Characters of a line in a pipe, which has no width: as wide as the table at the end is there."""

STOPPING = "Stopping; the best so far is being saved. Ctrl-C again ends at once."


class LiveFront:
    """What rich draws: how the run stands, whose clock goes on by itself, and the front of the last report."""

    def __init__(self, name: str, target: str) -> None:
        self.title = f"{name}: {target} = ?"
        self.pace = Pace()
        self.asked_to_stop = False

    def update(self, progress: Progress) -> None:
        """Take in what the search reports."""
        self.pace.update(progress)

    def stopping(self) -> None:
        """Say that the search was asked to stop."""
        self.asked_to_stop = True

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, glimpse = options.max_width, self.pace.now()
        yield _line(self.title, width, "bold")
        if glimpse is not None:
            yield from self._counters(glimpse, width)
            front = glimpse.progress.front
            if front is not None and front.laws:
                room = max(LEAST_LINES, (options.height or console.size.height) - BESIDE)
                yield Text(printable("\n".join(front_lines(front, width, room))), no_wrap=True, overflow="ellipsis")
        if self.asked_to_stop:
            yield Text(STOPPING, style="yellow")

    def _counters(self, glimpse: Glimpse, width: int) -> Iterator[Table | Text]:
        """A bar with what is spent of the budget, and below it the stage with what was looked at."""
        share, spent = glimpse.progress.share, spent_words(glimpse)
        if share is None:
            yield _line(fitting(spent, width), width)
        else:
            line, bar = Table.grid(padding=(0, 1)), math.floor(BAR * width)
            line.add_row(ProgressBar(1.0, share, width=bar), _line(fitting(spent, width - bar - 1), width))
            yield line
        known = glimpse.progress.complete_to_complexity
        complete = [] if known is None else [f"complete to complexity {known}"]
        yield _line(fitting([glimpse.progress.stage, *search_words(glimpse), *complete], width), width)


def _line(text: str, width: int, style: str = "") -> Text:
    line = Text(printable(text), style=style, no_wrap=True)
    line.truncate(width, overflow="ellipsis")
    return line


def front_lines(front: ParetoFront, width: int, most: int) -> list[str]:
    """The table of the front with its head, in ``most`` lines: the simplest laws go where it has more."""
    head, *lines = front_text(front, width).splitlines()
    return [head, *lines[-(most - 1) :]]


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a run is told about: ``observe`` takes reports, ``stopping`` says that it was asked to stop."""

    observe: Callable[[Progress], None]
    stopping: Callable[[], None]


@contextlib.contextmanager
def shown(name: str, target: str) -> Iterator[Shown]:
    """Draw the run on standard error during the block where that is a terminal; elsewhere write plain lines there."""
    console = Console(stderr=True)
    if not console.is_terminal:
        lines = Lines(lambda text: _write(console, f"{name}: {text}"), lambda: UNLIMITED - len(name) - 2)
        with lines.ticking():
            yield Shown(lines, lambda: _write(console, STOPPING))
        return
    view = LiveFront(name, target)
    with Live(view, console=console, refresh_per_second=4, transient=True):
        yield Shown(view.update, view.stopping)


def _write(console: Console, text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # a pipe that nobody reads is no matter of the search
        console.file.write(f"{printable(text)}\n")
        console.file.flush()
