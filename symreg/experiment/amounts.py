"""Durations and amounts of memory as people write them: ``2 min``, ``60 s``, ``2 GB``."""

from __future__ import annotations

import re
import sys

_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SECOND_NAMES = {
    **_SECONDS,
    **dict.fromkeys(("sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "minute", "minutes"), 60.0),
    **dict.fromkeys(("hour", "hours"), 3600.0),
    **dict.fromkeys(("day", "days"), 86400.0),
}
_BYTES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_BYTE_NAMES = {name.lower(): size for name, size in _BYTES.items()}
_AMOUNT = re.compile(r"\s*([0-9]{1,20}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?)\s*([A-Za-z]*)\s*", re.ASCII)


def parse_duration(text: object) -> float:
    """Seconds of ``"2 min"``, ``"90 s"``, ``"1.5 h"`` or of a bare number, or ValueError."""
    seconds = _amount(text, _SECOND_NAMES, "s")
    if seconds is None or not 0 < seconds <= 1e9:
        raise ValueError(f"write a duration such as 60 s, 2 min or 1.5 h, not {text!r:.60}")
    return seconds


def parse_memory(text: object) -> int:
    """Bytes of ``"2 GB"``, ``"512 MiB"`` or of a bare number; ValueError says what is understood."""
    size = _amount(text, _BYTE_NAMES, "b")
    if size is None or not 2**20 <= size <= 2**50:
        raise ValueError(
            f"write an amount of memory such as 512 MB or 2 GB (1 MiB or more), not {text!r:.60}"
        )
    return round(size)


def _amount(text: object, sizes: dict[str, float] | dict[str, int], bare: str) -> float | None:
    if isinstance(text, bool):
        return None
    if isinstance(text, int | float):
        return float(text) if abs(text) <= sys.float_info.max else None
    if not isinstance(text, str):  # a list or a block, as YAML may have it
        return None
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    size = sizes.get(found[2] or bare, sizes.get(found[2].lower()))
    return None if size is None else float(found[1]) * size


def duration_text(seconds: float) -> str:
    """The shortest exact text: ``120.0`` is ``"2 min"``."""
    return _text(seconds, {name: size for name, size in _SECONDS.items() if size >= 1}, "s")


def memory_text(size: int) -> str:
    """The shortest exact text: ``2 * 2**30`` is ``"2 GiB"``."""
    return _text(size, _BYTES, "B")


def _text(amount: float, sizes: dict[str, float] | dict[str, int], smallest: str) -> str:
    fitting = [name for name, size in sizes.items() if amount >= size and amount % size == 0]
    unit = max(fitting, key=lambda name: sizes[name], default=smallest)
    number = amount / sizes[unit]
    return f"{int(number) if number == int(number) else number!r} {unit}"
