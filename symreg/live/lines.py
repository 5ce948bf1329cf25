"""Plain lines for a pipe, a batch log or a console: one at each change of stage, and one every few seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from symreg.live.pace import Pace
from symreg.live.words import line_of
from symreg.ticking import ticking

if TYPE_CHECKING:
    from symreg.watching import Progress

EVERY = 5.0
"""Seconds from one line to the next within a stage: often enough to see that it goes on, and an hour of search is 700
lines of a log. Set by hand."""

WATCH_STEP = 1.0  # seconds between two looks at the clock


@dataclass(slots=True, eq=False)
class Lines:
    """An observer that hands lines to ``write``; ``width()`` is how many characters one may have."""

    write: Callable[[str], None]
    width: Callable[[], int]
    every: float = EVERY
    clock: Callable[[], float] = time.monotonic
    pace: Pace = field(init=False)
    _stage: str = ""
    _told: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.pace = Pace(self.clock)

    def __call__(self, progress: Progress) -> None:
        """Take in what the search reports, and write a line if one is due."""
        with self._lock:
            self.pace.update(progress)
        self.tick()

    def tick(self) -> None:
        """Write a line if one is due; may be called from another thread."""
        with self._lock:
            glimpse = self.pace.now()
            if glimpse is None:
                return
            stage = glimpse.progress.stage
            if stage == self._stage and self.clock() - self._told < self.every:
                return
            self._stage, self._told = stage, self.clock()
            self.write(line_of(glimpse, self.width()))

    def ticking(self) -> AbstractContextManager[None]:
        """During the block lines are also written while the search reports nothing."""
        return ticking(self.tick, WATCH_STEP)
