"""The few phrases that every message about a wrong name shares."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that ``word`` was probably meant to be, or None."""
    lowered = {candidate.lower(): candidate for candidate in allowed}
    found = difflib.get_close_matches(word.lower()[:100], list(lowered), n=1, cutoff=0.5)
    return lowered[found[0]] if found else None


def choices(word: str, allowed: Iterable[str]) -> str:
    """``did you mean 'time'? Allowed: evaluations, memory, time``."""
    allowed = list(allowed)
    meant = nearest(word, allowed)
    question = f"did you mean {meant!r}? " if meant else ""
    return f"{question}Allowed: {', '.join(allowed) or 'nothing'}"


def shortened(value: object, limit: int = 60) -> str:
    """The value as Python writes it, cut where a stranger made it endless."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
