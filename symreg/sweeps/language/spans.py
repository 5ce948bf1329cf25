"""Values of an axis that are not listed: ``{from: 1, to: 10, count: 4}``, ``{files: "tables/*.csv"}``."""

from __future__ import annotations

import glob
import itertools
import math
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from symreg.wording import choices, shortened

RANGE_KEYS = ("from", "to", "count", "step", "spacing")
SPACINGS = ("linear", "log")

KEPT_DIGITS = 12
"""Significant digits of a value between the ends of a range: so few that 0.1 is not 0.10000000000000002, and far more
than anybody sets."""

LONGEST_PATTERN = 1000
"""Characters of a pattern of file names: longer than paths are. A bound on what a stranger's file may ask for."""


class SpanError(ValueError):
    """What is wrong with a range or a pattern, in words; ``key`` says where in its block, empty for all of it."""

    def __init__(self, reason: str, key: str = "") -> None:
        super().__init__(reason)
        self.key = key


def values_of_range(block: dict[str, Any], most: int) -> list[int | float]:
    """The values of a range in order, ``most`` of them at most; SpanError says what is wrong with it.

    ``count`` values from one end to the other, evenly or in equal ratios (``spacing: log``), or every ``step`` from
    ``from`` on until ``to`` is passed. Whole numbers stay whole where all of them are.
    """
    for key in block:
        if key not in RANGE_KEYS:
            raise SpanError(f"a range has no key {shortened(key)}; {choices(str(key), RANGE_KEYS)}", key)
    first, last = _number(block, "from"), _number(block, "to")
    if ("count" in block) == ("step" in block):
        raise SpanError("a range needs either count, how many values, or step, what is between two of them")
    spacing = block.get("spacing", "linear")
    if spacing not in SPACINGS:
        raise SpanError(f"{shortened(spacing)} is no spacing; {choices(str(spacing), SPACINGS)}", "spacing")
    if "step" in block and spacing == "log":
        raise SpanError("a step is for even spacing; with spacing: log give a count", "step")
    exact = _by_step(block, first, last, most) if "step" in block else _by_count(block, first, last, spacing, most)
    if all(isinstance(block[key], int) for key in ("from", "to", "step") if key in block) and _all_whole(exact):
        return [int(one) for one in exact]
    return [_rounded(float(one)) for one in exact]


def _number(block: dict[str, Any], key: str) -> Fraction:
    if key not in block:
        raise SpanError(f"a range needs {key}, such as {{from: 1, to: 10, count: 4}}")
    value = block[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SpanError(f"should be a number (times are in seconds, memory in bytes), not {shortened(value)}", key)
    return Fraction(repr(value))


def _by_step(block: dict[str, Any], first: Fraction, last: Fraction, most: int) -> list[Fraction]:
    step = _number(block, "step")
    if step == 0 or (last - first) / step < 0:
        raise SpanError(f"steps of {block['step']} do not lead from {block['from']} to {block['to']}", "step")
    count = math.floor((last - first) / step) + 1
    if count > most:
        raise SpanError(f"stands for {_about(count)} values; {most} at most", "step")
    return [first + number * step for number in range(count)]


def _by_count(
    block: dict[str, Any], first: Fraction, last: Fraction, spacing: str, most: int
) -> list[Fraction] | list[float]:
    count = block["count"]
    if isinstance(count, bool) or not isinstance(count, int) or count < 2:
        raise SpanError(f"should be a whole number from 2, not {shortened(count)}", "count")
    if count > most:
        raise SpanError(f"stands for {_about(count)} values; {most} at most", "count")
    if first == last:
        raise SpanError("both ends of the range are the same", "to")
    parts = [Fraction(number, count - 1) for number in range(count)]
    if spacing == "linear":
        return [first + part * (last - first) for part in parts]
    if first <= 0 or last <= 0:
        raise SpanError("equal ratios need both ends above 0", "from" if first <= 0 else "to")
    ends = math.log(float(first)), math.log(float(last))
    between = [math.exp(ends[0] + float(part) * (ends[1] - ends[0])) for part in parts[1:-1]]
    return [float(first), *between, float(last)]


def _all_whole(values: list[Fraction] | list[float]) -> bool:
    return all(isinstance(one, Fraction) and one.denominator == 1 for one in values)


def _rounded(value: float) -> float:
    return float(f"{value:.{KEPT_DIGITS}g}")


def _about(count: int) -> str:
    return str(count) if count < 10**9 else f"more than {10**9}"


def files_of(block: dict[str, Any], folder: Path, most: int) -> list[Path]:
    """The files that fit ``files: PATTERN``, or any of a list, seen from ``folder``: sorted, each once."""
    if set(block) != {"files"}:
        other = next(key for key in block if key != "files")
        raise SpanError(f"beside files there is no key {shortened(other)}", other)
    given = block["files"]
    patterns = given if isinstance(given, list) else [given]
    if not patterns or not all(isinstance(one, str) and 0 < len(one) <= LONGEST_PATTERN for one in patterns):
        raise SpanError(f'should be a pattern such as "tables/*.csv", or a list, not {shortened(given)}', "files")
    found: dict[Path, None] = {}
    for pattern in patterns:
        fitting = sorted(itertools.islice(_matching(pattern, folder), most + 1))
        if not fitting:
            raise SpanError(f"no file fits {shortened(pattern, 300)}, seen from this file", "files")
        found |= dict.fromkeys(fitting)
    if len(found) > most:
        raise SpanError(f"more than {most} files fit", "files")
    return sorted(found)


def _matching(pattern: str, folder: Path) -> Iterator[Path]:
    if "\0" in pattern:
        raise SpanError("not a file name", "files")
    for name in glob.iglob(pattern, root_dir=folder, recursive=True):
        path = Path(os.path.normpath((folder / name).absolute()))
        if path.is_file():
            yield path
