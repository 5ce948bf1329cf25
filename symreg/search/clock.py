"""The clock of a search: when to stop, and why."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from symreg.search.backend import INTERRUPTED, Budget
from symreg.search.memory import MemoryAccount
from symreg.team import Sharing

LOOKS_UNHEARD = 64
"""Looks at the clock, of many workers on one search, between two of which they hear each other's wishes where nothing
is shared: a look is taken every few milliseconds, and hearing takes a tenth of one."""


@dataclass(slots=True)
class Clock:
    """Tells when to stop, and why.

    Of workers on one search (``sharing``) each has its own time, memory and ``stop``; what one of them finds spent ends
    the search for all, at the same place. Evaluations are counted alike by all, so that no word is needed; while an
    item is worked on they stand still.
    """

    budget: Budget
    stop: Callable[[], bool]
    evaluated: Callable[[], int] = lambda: 0
    sharing: Sharing = field(default_factory=Sharing)
    started: float = field(default_factory=time.monotonic)
    memory: MemoryAccount = field(init=False)
    reason: str | None = None
    _looks: int = 0  # since wishes were heard for want of anything else

    def __post_init__(self) -> None:
        self.memory = MemoryAccount(self.budget.memory)
        self.sharing.wish = self.wish

    def spent(self) -> bool:
        """Whether the search has to end now."""
        if self.sharing.is_inside:
            return self.reason is not None or self.wish() is not None
        if self.reason is None:
            if self.budget.evaluations is not None and self.evaluated() >= self.budget.evaluations:
                self.reason = "evaluation budget spent"
            else:
                self.reason = self._heard() if self.sharing.is_shared else self.wish()
        return self.reason is not None

    def wish(self) -> str | None:
        """Why this worker has to end, as far as others cannot know."""
        if self.stop():
            return INTERRUPTED
        if self.budget.time is not None and time.monotonic() - self.started > self.budget.time:
            return "time budget spent"
        return "memory budget spent" if self.memory.is_spent() else None

    def _heard(self) -> str | None:
        self._looks += 1
        if self._looks % LOOKS_UNHEARD == 0:
            self.sharing.meet()
        return self.sharing.ending

    @property
    def left(self) -> float | None:
        """Seconds that are left of the budget."""
        if self.budget.time is None:
            return None
        return max(self.budget.time - (time.monotonic() - self.started), 1e-3)

    @property
    def evaluations_left(self) -> int | None:
        """Evaluations that are left of the budget, None where they are not counted: within an item they are not."""
        if self.budget.evaluations is None or self.sharing.is_inside:
            return None
        return max(self.budget.evaluations - self.evaluated(), 1)
