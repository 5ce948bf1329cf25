"""The few phrases that every message about a wrong name, or about a file that cannot be read, shares."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence

MOST_OF_A_KIND = 5
"""Sentences that differ in names alone which a terminal shows before it counts the rest: fifty copies of a column are
1,225 pairs, and would push the law off the screen. Set by hand, as that of the warnings about them."""


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


def why_unread(error: BaseException) -> str:
    """What is wrong with a file that a reader gave up on, without the reader's own words.

    Those are of its insides ("list index out of range"), and whoever wants them has them by ``--debug``.
    """
    if isinstance(error, json.JSONDecodeError):
        return f"it is no JSON from line {error.lineno}, character {error.colno} on"
    if isinstance(error, UnicodeDecodeError):
        byte = error.object[error.start : error.start + 1].hex()
        return f"it holds the byte {byte}, which is no {error.encoding} text there"
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return "it is cut off, damaged, or of another kind"


def why_broken(error: BaseException) -> str:
    """What is wrong with values that were read and cannot be what they should be."""
    return f"{error} is missing" if isinstance(error, KeyError) else "a value is of the wrong kind"


def shortened(value: object, limit: int = 60) -> str:
    """The value as Python writes it, cut where a stranger made it endless."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def few_of_a_kind(sentences: Sequence[str]) -> list[str]:
    """The sentences in order; of those that differ in quoted names alone the first few, and how many more there are."""
    kinds = [re.sub(r"'[^']*'", "''", sentence) for sentence in sentences]
    count, shown = Counter(kinds), Counter[str]()
    told = []
    for sentence, kind in zip(sentences, kinds, strict=True):
        shown[kind] += 1
        if shown[kind] <= MOST_OF_A_KIND:
            told.append(sentence)
        elif shown[kind] == count[kind]:
            told.append(f"{count[kind] - MOST_OF_A_KIND:,} more such notes, all of them in state.json")
    return told
