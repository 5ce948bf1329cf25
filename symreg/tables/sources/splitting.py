"""Lines to cells, and which sign stands between cells."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from symreg.tables.dialect import SEPARATORS
from symreg.tables.sources.looks import is_measured

COMPARED = 60
"""Lines by which separators are compared, half of them from the start and half from the end of what was looked at. More
take time on wide tables, fewer may all be preamble."""

LIKELIEST = ("\t", ";", ",", "|", " ")
"""Of separators under which a file reads equally well the first is taken: a tab is never part of a number or a name."""

_PLUS_MINUS = frozenset({"±", "+/-", "+-"})


def split(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    """Rows of cells; quotes may hold separators and ends of lines. Raises ``csv.Error``."""
    if separator == " ":
        tidied = (" ".join(line.split()) for line in lines)
        return map(_joined, csv.reader(tidied, delimiter=" ", strict=True))
    return csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)


def _joined(words: Sequence[str]) -> list[str]:
    """Words that belong together: a name and its bracketed unit, a value and its deviation."""
    cells: list[str] = []
    open_bracket = joins_next = False
    for word in words:
        begins = word[:1] in "[(" and bool(word)
        if cells and (open_bracket or joins_next or begins or word in _PLUS_MINUS):
            cells[-1] = f"{cells[-1]} {word}"
        else:
            cells.append(word)
        open_bracket = (open_bracket or begins) and word[-1:] not in {"]", ")"}
        joins_next = word in _PLUS_MINUS
    return cells


def find_separator(lines: Sequence[str]) -> str:
    """The separator under which most of these lines have one width and most of their cells are numbers; a comma where
    none splits them."""
    half = COMPARED // 2
    compared = lines if len(lines) <= COMPARED else [*lines[:half], *lines[-half:]]
    worth = {separator: _worth(compared, separator) for separator in LIKELIEST}
    best = max(worth.values())
    return next(one for one in LIKELIEST if worth[one] == best) if best > 0 else ","


def _worth(lines: Sequence[str], separator: str) -> float:
    rows = list(loosely_split(lines, separator))
    width = usual_width(rows)
    if width < 2:
        return 0.0
    table = [row for row in rows if len(row) == width]
    measured = sum(is_measured(cell) or not cell for row in table for cell in row)
    return len(table) / len(rows) * (0.1 + measured / (width * len(table)))


def loosely_split(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    """Line by line, whatever the quotes say: for lines of which nobody knows yet what they are."""
    for line in lines:
        try:
            yield next(split([line], separator), [])
        except csv.Error:
            yield line.split(separator)


def usual_width(rows: Sequence[Sequence[str]]) -> int:
    """The number of cells that most rows have, of equals the larger; one cell only where no row has more."""
    counts = Counter(len(row) for row in rows if len(row) > 1) or Counter(len(row) for row in rows)
    return max(counts, key=lambda width: (counts[width], width), default=0)


def separator_of_line(line: str) -> str | None:
    """The separator that Excel's first line ``sep=;`` names."""
    found = re.fullmatch(r'"?sep=(.)"?', line.strip("\r\n"), re.IGNORECASE)
    return found[1] if found is not None and found[1] in SEPARATORS else None
