"""Names of runs: readable, each another, and safe as names of folders.

``kepler-noise=0.01-seed=1``. A value that is no plain word goes by its place in the list, so that names stay as they
were when a sweep goes on; what would be too long is cut, with a few characters that tell it from others.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from symreg.document import Value

LONGEST_RUN_NAME = 100
"""Characters of a run's name, which is a folder's: what a specification takes."""

TELLING_CHARACTERS = 8
"""Hexadecimal digits that tell cut names from each other: 32 bits, for a thousand runs at most."""

LONGEST_WORD = 20
"""Characters of a value in a run's name: a longer one goes by its place. Set by hand, and kept: with another one old
runs would not be found again."""

_PLAIN = re.compile(rf"[\w.+-]{{1,{LONGEST_WORD}}}")
_UNSAFE = re.compile(r"[^\w+-]+")


def names_of_values(values: Sequence[Value]) -> list[str]:
    """A word for each value of a list: itself where that is plain, else its place in the list."""
    texts = [str(value) for value in values]
    plain = [bool(_PLAIN.fullmatch(text)) and ".." not in text and not text.endswith(".") for text in texts]
    taken = {text for text, is_plain in zip(texts, plain, strict=True) if is_plain}
    named = [text if is_plain else str(place) for place, (text, is_plain) in enumerate(zip(texts, plain, strict=True))]
    # A place that looks like another value is told apart; two values that are the same stay so, and are a mistake.
    return [
        name if is_plain or name not in taken else f"no{name}" for name, is_plain in zip(named, plain, strict=True)
    ]


def names_of_files(files: Sequence[Path]) -> list[str]:
    """A word for each file: its name without the ending, with more of its path where two are alike."""
    stems = [file.name.removesuffix(".gz").rpartition(".")[0] or file.name for file in files]
    count = Counter(map(str.casefold, stems))
    return safe_names([
        stem if count[stem.casefold()] == 1 else f"{file.parent.name}_{stem}"
        for stem, file in zip(stems, files, strict=True)
    ])  # fmt: skip


def safe_names(names: Sequence[str]) -> list[str]:
    """The names with nothing in them that no folder may be called; the place is added where two become one."""
    safe = [_UNSAFE.sub("_", name).strip("_")[:LONGEST_WORD] or "_" for name in names]
    count = Counter(map(str.casefold, safe))
    return [name if count[name.casefold()] == 1 else f"{name}_{place}" for place, name in enumerate(safe)]


def run_name(name: str, parts: Sequence[tuple[str, str]]) -> str:
    """The name of a run: that of the file, and each axis with its value; cut where it would be too long."""
    whole = name + "".join(f"-{_UNSAFE.sub('_', label)}={word}" for label, word in parts)
    if len(whole) <= LONGEST_RUN_NAME or not parts:
        return whole
    mark = hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:TELLING_CHARACTERS]
    return f"{whole[: LONGEST_RUN_NAME - TELLING_CHARACTERS - 1].rstrip('. ')}-{mark}"
