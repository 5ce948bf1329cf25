"""How the record prints: tables, rates with their intervals, seconds, code."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from symreg.benchmark.record.interval import wilson_interval

__all__ = ["code", "count", "name", "rate", "ratio", "seconds", "table", "words"]

LONGEST_CODE = 110
"""Characters of a formula in a cell of a table; a longer one is cut. More makes tables wider than a page, fewer cuts
laws that a reader wants to compare; set by hand."""

NO_VALUE = "\N{EN DASH}"
_PLAIN_NAME = re.compile(r"[\w.+-]{1,60}")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table and an empty line; a head that ends in ``>`` makes a column of numbers."""
    rules = ["---:" if head.endswith(">") else "---" for head in heads]
    lines = [[head.rstrip(">") for head in heads], rules, *rows]
    return [*("| " + " | ".join(line) + " |" for line in lines), ""]


def rate(found: int, trials: int) -> str:
    """``104 = 89.7 % (82.8-94.0)``: count, percentage and Wilson's 95 % interval."""
    low, high = (100 * edge for edge in wilson_interval(found, trials))
    return f"{found} = {100 * found / trials:.1f} % ({low:.1f}\N{EN DASH}{high:.1f})" if trials else NO_VALUE




def seconds(value: float) -> str:
    """Seconds with two significant digits; a dash for no number."""
    if not math.isfinite(value):
        return NO_VALUE
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def count(value: float) -> str:
    """A whole number with commas, above a thousand rounded to three digits."""
    if not math.isfinite(value):
        return NO_VALUE
    return f"{float(f'{value:.3g}'):,.0f}"


def ratio(first: float, second: float) -> str:
    """How many times the first the second is."""
    if not (math.isfinite(first) and math.isfinite(second)) or first <= 0:
        return NO_VALUE
    times = second / first
    return (f"{times:.2g}" if times < 100 else f"{times:,.0f}") + " \N{MULTIPLICATION SIGN}"


def code(text: str) -> str:
    """A formula as code on one line, cut where it is long; a bar would end the cell of a table."""
    shown = "".join(char if char.isprintable() else " " for char in text).replace("`", "'").replace("|", "\\|")
    if not shown:
        return NO_VALUE
    return f"`{shown}`" if len(shown) <= LONGEST_CODE else f"`{shown[: LONGEST_CODE - 1]}…`"


def name(text: str) -> str:
    """An equation's id as it is, where it is a plain name; anything else as ``words``."""
    return text if _PLAIN_NAME.fullmatch(text) else words(text)


def words(text: str) -> str:
    """A sentence from a search as text of a cell: neither markup nor an end of the cell."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return "".join(f"\\{char}" if char in "\\`*_[]|<>" else char for char in shown)
