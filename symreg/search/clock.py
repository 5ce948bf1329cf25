"""The clock of a search: when to stop, and why."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from symreg.search.backend import Budget
from symreg.search.memory import MemoryAccount


@dataclass(slots=True)
class Clock:
    """Tells when to stop, and why."""

    budget: Budget
    stop: Callable[[], bool]
    evaluated: Callable[[], int] = lambda: 0
    started: float = field(default_factory=time.monotonic)
    memory: MemoryAccount = field(init=False)
    reason: str | None = None

    def __post_init__(self) -> None:
        self.memory = MemoryAccount(self.budget.memory)

    def spent(self) -> bool:
        """Whether the search has to end now."""
        if self.reason is None:
            if self.stop():
                self.reason = "interrupted"
            elif self.budget.time is not None and time.monotonic() - self.started > self.budget.time:
                self.reason = "time budget spent"
            elif self.budget.evaluations is not None and self.evaluated() >= self.budget.evaluations:
                self.reason = "evaluation budget spent"
            elif self.memory.is_spent():
                self.reason = "memory budget spent"
        return self.reason is not None

    @property
    def left(self) -> float | None:
        """Seconds that are left of the budget."""
        if self.budget.time is None:
            return None
        return max(self.budget.time - (time.monotonic() - self.started), 1e-3)

    @property
    def evaluations_left(self) -> int | None:
        """Evaluations that are left of the budget."""
        return None if self.budget.evaluations is None else max(self.budget.evaluations - self.evaluated(), 1)
