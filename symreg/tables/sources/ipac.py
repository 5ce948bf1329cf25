"""IPAC tables: columns of fixed width below bars.

    |   name |  ra     |        names
    |   char |  double |        kinds
    |        |  deg    |        units
    |   null |  null   |        signs for "no value"
       M31      10.68           the rows

Source: IPAC table format, irsa.ipac.caltech.edu/applications/DDGEN/Doc/ipac_tbl.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from symreg.errors import TableError


@dataclass(frozen=True, slots=True)
class IpacHeader:
    """Names, units and signs for "no value" of the columns; the header's first line, from 0, and its rows."""

    names: tuple[str, ...]
    units: tuple[str, ...]
    nulls: tuple[str, ...]
    first_line: int
    rows: int


def is_ipac(lines: Sequence[str]) -> bool:
    """Whether lines begin with bars where the header stands, and do not where the rows stand."""
    kept = [line for line in lines if not line.startswith("\\")]
    return bool(kept) and _is_header(kept[0]) and not all(map(_is_header, kept))


def _is_header(line: str) -> bool:
    return line.startswith("|") and line.rstrip().endswith("|")


def ipac_table(lines: Iterable[str], source: str) -> tuple[IpacHeader, Iterator[list[str]]]:
    """The header, and the rows as they are read."""
    rest = iter(enumerate(lines))
    header: list[str] = []
    first_line, first = 0, ""
    for number, line in rest:
        if _is_header(line):
            first_line = first_line if header else number
            header.append(line.rstrip())
        elif header:
            first = line
            break
    bars = [place for place, sign in enumerate(header[0]) if sign == "|"]
    if any([place for place, sign in enumerate(line) if sign == "|"] != bars for line in header):
        problem = "the bars of an IPAC header do not stand below each other"
        raise TableError(source=source, problem=problem)
    rows = [[line[left + 1 : right].strip() for left, right in pairwise(bars)] for line in header[:4]]
    rows += [[""] * len(rows[0])] * (4 - len(rows))
    found = IpacHeader(tuple(rows[0]), tuple(rows[2]), tuple(rows[3]), first_line, len(header))
    return found, _cut([first], rest, bars)


def _cut(first: Iterable[str], rest: Iterable[tuple[int, str]], bars: Sequence[int]) -> Iterator[list[str]]:
    ends = [*bars[1:-1], None]
    starts = [bars[0], *bars[1:-1]]
    for line in (*first, *(line for _, line in rest)):
        if line.strip() and not line.startswith("\\"):
            text = line.rstrip("\r\n")
            yield [text[left:right].strip() for left, right in zip(starts, ends, strict=True)]
