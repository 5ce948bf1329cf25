"""Numbers as people write them: decimal signs, thousands, signs for "no value".

    3.14    3,14    1,234.5    1.234,5    1 234.5    1'234.5    1.5D+03

A cell that reads in two ways, ``1,234``, is *open*: it becomes a number only where something else in its column, or
the user, says which sign is which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from symreg.arrays import Floats

MISSING = frozenset({
    "", "-", "--", "na", "n/a", "n.a.", "nan", "null", "none", "<na>", "nat", "#n/a", "#na",
    "\N{EN DASH}", "\N{EM DASH}",
})  # fmt: skip

THIN = "'\N{RIGHT SINGLE QUOTATION MARK} \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
"""Signs that separate thousands and are never decimal ones."""

_SWAPPED = str.maketrans(",.", ".,")
_TIDY = str.maketrans({"\N{MINUS SIGN}": "-"})
_EXPONENT = r"(?:[eE][-+]?\d+)?"
_GROUPED = re.compile(rf"[-+]?[1-9]\d{{0,2}}([,{THIN}])\d{{3}}(?:\1\d{{3}})*(\.\d*)?{_EXPONENT}")
_FORTRAN = re.compile(r"([-+]?\d+\.\d*|[-+]?\.\d+)[dD]([-+]?\d+)")

COMMA = re.compile(rf"[-+]?(?:[1-9]\d{{0,2}}(?:\.\d{{3}})+|\d*),\d+{_EXPONENT}")
COMMA_GROUPS = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+")
POINT = re.compile(rf"[-+]?(?:[1-9]\d{{0,2}}(?:,\d{{3}})+|\d*)\.\d+{_EXPONENT}")
POINT_GROUPS = re.compile(r"[-+]?[1-9]\d{0,2}(?:\.\d{3})+")
ANY_COMMA = re.compile(r"[-+]?\d[\d.' ]*(,\d+)+(\.\d*)?(e[-+]?\d+)?", re.IGNORECASE)
_LEADING = re.compile(r"[^\s\N{PLUS-MINUS SIGN}(]+")

MOST_EVIDENCE = 200_000
"""Cells looked at for a decimal comma: those of a thousand rows of two hundred columns. More take time, fewer miss the
one cell that decides, and then the user is asked. Set by hand."""


@dataclass(frozen=True, slots=True)
class Numerals:
    """The decimal sign of a table, whether the user said so (``is_certain``), and what else means "no value"."""

    decimal: str = "."
    is_certain: bool = False
    missing: tuple[str | float, ...] = ()

    @property
    def missing_texts(self) -> frozenset[str]:
        """In small letters, without blanks around them."""
        return frozenset(one.strip().lower() for one in self.missing if isinstance(one, str))

    @property
    def missing_numbers(self) -> Floats:
        """Those that mean "no value", however they are written."""
        found = [number_in(one, Numerals(self.decimal)) for one in self.missing]
        return np.array([one for one in found if one is not None])

    def is_missing(self, cell: object) -> bool:
        """Whether a cell is empty or says in one of the usual ways that there is no value."""
        return is_missing(cell) or (bool(self.missing) and str(cell).strip().lower() in self.missing_texts)

    def pointed(self, text: str) -> str:
        """The text with a point for its decimal sign, and commas for the other."""
        return text.translate(_SWAPPED) if self.decimal == "," else text

    def all_plain(self, texts: Sequence[str]) -> Floats:
        """The usual case, quickly: text that is numbers throughout; raises where a cell needs a closer look."""
        together = "".join(texts)
        if "_" in together or (self.decimal == "," and "." in together):
            raise ValueError("1_000 is no number here")
        pointed: Iterable[str] = [one.replace(",", ".") for one in texts] if self.decimal == "," else texts
        return np.fromiter(map(float, pointed), np.float64, len(texts))


def is_missing(cell: object) -> bool:
    """Whether a cell is empty or says in one of the usual ways that there is no value."""
    return cell is None or cell is np.ma.masked or str(cell).strip().lower() in MISSING


def number_in(cell: object, numerals: Numerals) -> float | None:
    """The number in a cell, or None where there is none; Python's ``1_000`` is no number here. Of an open cell it is
    the number with its thousands separated."""
    text: Any = cell
    if isinstance(cell, str):
        text = numerals.pointed(cell.strip().translate(_TIDY))
        if "_" in text:
            return None
        if (grouped := _GROUPED.fullmatch(text)) is not None:
            text = text.replace(grouped[1], "")
        elif (fortran := _FORTRAN.fullmatch(text)) is not None:
            text = f"{fortran[1]}e{fortran[2]}"
    if isinstance(cell, bool | np.bool_) or numerals.is_missing(cell):
        return None
    try:
        return float(text)
    except (TypeError, ValueError, OverflowError):
        return None


def grouping(cell: object, numerals: Numerals) -> str | None:
    """``"open"`` for a number whose one sign may separate thousands or be a decimal one, ``"grouped"`` for one whose
    thousands are separated for certain, else None."""
    text = numerals.pointed(cell.strip().translate(_TIDY)) if isinstance(cell, str) else ""
    grouped = _GROUPED.fullmatch(text)
    if grouped is None:
        return None
    is_open = grouped[1] == "," and text.count(",") == 1 and grouped[2] is None
    return "open" if is_open else "grouped"


def decimal_sign(cells: Iterable[object]) -> str:
    """A comma where some cell can be read in no other way and none has a decimal point; else a point."""
    commas = False
    for cell in islice(cells, MOST_EVIDENCE):
        leading = _LEADING.match(cell.strip().translate(_TIDY)) if isinstance(cell, str) else None
        text = "" if leading is None else leading[0]
        if POINT.fullmatch(text) and not POINT_GROUPS.fullmatch(text):
            return "."
        commas = commas or bool(COMMA.fullmatch(text) and not COMMA_GROUPS.fullmatch(text))
    return "," if commas else "."
