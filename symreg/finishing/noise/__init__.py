"""How errors go, as the laws that are near have them: alike in all rows, a part of each value, or with long tails."""

from __future__ import annotations

from symreg.finishing.noise.growing_errors import errors_grow
from symreg.finishing.noise.long_tails import errors_have_long_tails

__all__ = [
    "errors_grow",
    "errors_have_long_tails",
]
