"""Dates and times in cells: the time that has passed since the first row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from symreg.arrays import Floats

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<part>[.,]\d+)?)?"
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_TIME = rf"(?:[T ]\s*{_CLOCK}{_ZONE})?"
_DAYS = (
    re.compile(rf"(?P<year>\d{{4}})(?P<sign>[-/.])(?P<month>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}}){_TIME}"),
    re.compile(rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}}){_TIME}"),
)
"""Year first, or with points day first; 3/4/2024 is the third of April or the fourth of March, and no date here."""

_SLASHES = rf"\d{{1,2}}[/-]\d{{1,2}}[/-](?:\d{{2}}|\d{{4}})(?:\s+{_CLOCK}.*)?"
_OPEN_DAY = re.compile(rf"{_SLASHES}|\d{{1,2}}\.\d{{1,2}}\.\d{{2}}")
_TIME_OF_DAY = re.compile(rf"{_CLOCK}(?:\s*[AaPp][Mm])?")


@dataclass(frozen=True, slots=True)
class Elapsed:
    """``seconds`` since the first row ``(n_rows,)``, NaN where a cell is missing; the text of the first; whether no
    cell holds a time of day."""

    seconds: Floats
    first: str
    only_days: bool


def elapsed(texts: Sequence[str]) -> Elapsed | None:
    """The time since the first row, where every cell that is not empty holds a date written in one way; else None."""
    for pattern in _DAYS:
        found = [pattern.fullmatch(text) if text else None for text in texts]
        told = [match for match in found if match is not None]
        if told and len(told) == sum(map(bool, texts)):
            return _since_first(found, told[0])
    return None


def _since_first(found: Sequence[re.Match[str] | None], first: re.Match[str]) -> Elapsed | None:
    told = [match for match in found if match is not None]
    if len({bool(match["zone"]) for match in told}) > 1:
        return None
    try:
        start = _instant(first)
        passed = [np.nan if match is None else _seconds(match, first, start) for match in found]
    except ValueError:
        return None
    return Elapsed(np.array(passed), first[0], all(match["hour"] is None for match in told))


def _seconds(match: re.Match[str], first: re.Match[str], start: datetime) -> float:
    """From the start to this row; parts of a second apart, which a ``datetime`` would cut at microseconds."""
    whole = (_instant(match) - start) / timedelta(seconds=1)
    return whole + (_part(match) - _part(first))


def _part(match: re.Match[str]) -> float:
    return float((match["part"] or ".0").replace(",", "."))


def _instant(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (
        int(match[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    return datetime(year, month, day, hour, minute, second, tzinfo=_zone(match["zone"]))


def _zone(text: str | None) -> timezone:
    if text is None or text[0] not in "+-":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def times_of_day(texts: Sequence[str]) -> bool:
    """Whether every cell that is not empty holds a time of day, or minutes and seconds: nobody knows which."""
    return any(texts) and all(_TIME_OF_DAY.fullmatch(text) for text in texts if text)


def open_days(texts: Sequence[str]) -> bool:
    """Whether every cell that is not empty holds a date of which nobody knows whether its day or its month is first."""
    return any(texts) and all(_OPEN_DAY.fullmatch(text) for text in texts if text)
