"""How errors go, as the laws that are near have them: alike in all rows, a part of each value, or with long tails."""

from __future__ import annotations

from symreg.finishing.noise.asked_rows import on_asked_rows
from symreg.finishing.noise.growing_errors import saved_by_growing
from symreg.finishing.noise.long_tails import saved_by_long_tails

__all__ = [
    "on_asked_rows",
    "saved_by_growing",
    "saved_by_long_tails",
]
