"""How much memory a search has taken: what the process holds now beyond what it held when the search began."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["FLOOR", "MemoryAccount"]

FLOOR = 400_000_000
"""Bytes beyond the budget that a search may hold: libraries that it is the first to load (SciPy's take 50 MB), and the
tables of skeletons and backdrops, which have one size whatever the budget is: on 500 rows 350 MB. Stated in the
reference."""

LOOK = 0.1
"""Seconds between two looks at what the process holds. A look costs some hundredths of a millisecond; in so short a
time about 100 MB can be filled."""

_STATUS = Path("/proc/self/statm")


@dataclass(slots=True)
class MemoryAccount:
    """``budget`` in bytes; counts from the moment it is made."""

    budget: int
    began_with: int = field(default_factory=lambda: held())
    _looked: float = 0.0
    _is_spent: bool = False

    def is_spent(self) -> bool:
        """Whether more was taken than the budget and `FLOOR` allow; once it was, always."""
        now = time.monotonic()
        if not self._is_spent and now - self._looked >= LOOK:
            self._looked = now
            self._is_spent = held() - self.began_with > self.budget + FLOOR
        return self._is_spent


def held() -> int:
    """Bytes of main memory that this process alone holds, or the most it has held where only that is known; 0 where
    nothing is. Pages of files, libraries and long tables among them, are not its own: the system takes them back."""
    try:
        _, resident, shared = _STATUS.read_text(encoding="ascii").split()[:3]
        return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        pass
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS, the system without /proc that has it
