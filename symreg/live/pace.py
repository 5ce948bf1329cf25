"""How a run goes at this moment: what was reported last, and the clock, which goes on between two reports."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symreg.watching import Progress

RATE_SECONDS = 10.0
"""Over which the rate of evaluations is taken. Rounds of a search are as unlike as its levels: over one second it
jumps, over a minute it speaks of another level. Set by hand."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A run at one moment: the last report with its time brought up to now, and ``rate`` in evaluations per second,
    None where nothing is evaluated or too little was seen."""

    progress: Progress
    rate: float | None


@dataclass(slots=True, eq=False)
class Pace:
    """Takes in reports, one thread at a time, while others may look; ``clock`` gives seconds."""

    clock: Callable[[], float] = time.monotonic
    _seen: deque[tuple[float, int]] = field(default_factory=deque)
    _last: tuple[float, Progress] | None = None

    def update(self, progress: Progress) -> None:
        """Take in what the search reports."""
        self._seen.append((progress.elapsed, progress.evaluated))
        while len(self._seen) > 2 and self._seen[1][0] < progress.elapsed - RATE_SECONDS:
            self._seen.popleft()
        self._last = self.clock(), progress  # last: whoever draws meanwhile finds both

    def now(self) -> Glimpse | None:
        """The run now; None before the first report."""
        if self._last is None:
            return None
        at, progress = self._last
        seen = list(self._seen)
        (began, few), (ended, many) = seen[0], seen[-1]
        searches = progress.stage == "search" and ended > began and many >= few  # a search that goes on may count anew
        rate = (many - few) / (ended - began) if searches else None
        return Glimpse(replace(progress, elapsed=progress.elapsed + self.clock() - at), rate)
