"""A run at one moment in words: one line, however wide it may be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from symreg.typesetting import one_line

if TYPE_CHECKING:
    from symreg.live.pace import Glimpse

LEAST_SHOWN = 12
"""Characters that a law gets at the end of a line, or it is left out: less of it says nothing. Set by hand."""

LEAST_LEFT = 1.0
"""Seconds of a budget below which none are said to be left: what is under way then ends when it is done."""

_LARGE = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))


def count_text(count: float) -> str:
    """``512``, ``412,000``, ``5.42 million``: three digits."""
    if not math.isfinite(count):
        return "?"
    rounded = float(f"{count:.3g}")
    for size, name in _LARGE:
        if rounded >= size:
            return f"{rounded / size:.3g} {name}"
    return f"{rounded:,.0f}"


def seconds_text(seconds: float) -> str:
    """``12 s``, ``2 min 5 s``, ``1 h 3 min``."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def spent_words(glimpse: Glimpse) -> list[str]:
    """``12 s``, ``61 % of the budget``, ``up to 8 s left``: what is known of them."""
    progress = glimpse.progress
    words = [seconds_text(progress.elapsed)]
    if progress.share is not None:
        words.append(f"{math.floor(100 * progress.share)} % of the budget")
    if progress.seconds_left is not None and progress.seconds_left >= LEAST_LEFT:
        words.append(f"up to {seconds_text(progress.seconds_left)} left")
    return words


def search_words(glimpse: Glimpse) -> list[str]:
    """``complexity 9``, ``5.42 million evaluated``, ``410,000 per second``; while something is searched."""
    progress = glimpse.progress
    if progress.stage != "search":
        return []
    words = [f"complexity {progress.complexity}", f"{count_text(progress.evaluated)} evaluated"]
    return words if glimpse.rate is None else [*words, f"{count_text(glimpse.rate)} per second"]


def best_formula(glimpse: Glimpse) -> str:
    """The selected law as ``P = k*a**(3/2)``, on one line; empty where there is none yet."""
    front = glimpse.progress.front
    if front is None or not 0 <= front.selected < len(front):
        return ""
    return one_line(f"{front.best.target} = {front.best.formula}")


def line_of(glimpse: Glimpse, width: int) -> str:
    """``search, 12 s, 61 % of the budget, up to 8 s left, complexity 9, ...: P = k*a**(3/2)`` in ``width``
    characters: what has no room at the end is left out, and the law is cut."""
    line = fitting([glimpse.progress.stage, *spent_words(glimpse), *search_words(glimpse)], width)
    formula, room = best_formula(glimpse), width - len(line) - 2
    if not formula or room < min(LEAST_SHOWN, len(formula)):
        return line
    return f"{line}: {formula if len(formula) <= room else formula[: room - 1] + '…'}"


def fitting(parts: Sequence[str], width: int) -> str:
    """As many of the parts, from the first on, as have room, with commas; the first always."""
    line = parts[0] if parts else ""
    for part in parts[1:]:
        if len(line) + 2 + len(part) > width:
            break
        line = f"{line}, {part}"
    return line
