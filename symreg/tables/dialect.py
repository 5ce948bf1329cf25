"""How a file writes a table, as far as somebody has said it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Any

from symreg.errors import TableError
from symreg.wording import choices, shortened

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}
"""What may stand between cells, and how it is called."""

MAX_HEADER_ROWS = 20
"""Rows of names, units and remarks above the numbers. Instruments write four; more are a preamble, to be skipped."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is said of a file; None leaves it to the reader.

    ``separator``: a comma, semicolon, tab, bar or blank, or its name (``"tab"``, ``"blanks"``). ``decimal``: ``"."``
    or ``","``; what is not the decimal sign may then separate thousands. ``skip_rows``: lines before the header, empty
    ones and comments counted. ``header_rows``: rows of the header; 0 for none. ``units_row``: which of them holds
    units, from 1. ``sheet``: of a spreadsheet its name or number from 1, of other files the name of a part.
    ``missing``: more texts and numbers that mean "no value". Raises ``TableError``.
    """

    separator: str | None = None
    decimal: str | None = None
    header_rows: int | None = None
    units_row: int | None = None
    skip_rows: int | None = None
    encoding: str | None = None
    sheet: str | int | None = None
    missing: tuple[str | float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "separator", _separator(self.separator))
        object.__setattr__(self, "missing", _missing(self.missing))
        if self.decimal not in (None, ".", ","):
            raise _mistake("decimal", self.decimal, "'.' or ','")
        for name, least in (("header_rows", 0), ("units_row", 1), ("skip_rows", 0)):
            value = getattr(self, name)
            if value is not None and (type(value) is not int or value < least):
                raise _mistake(name, value, f"a whole number from {least}")
        if self.header_rows is not None and self.header_rows > MAX_HEADER_ROWS:
            raise _mistake("header_rows", self.header_rows, f"{MAX_HEADER_ROWS} at most, and skip_rows for the rest")
        if self.units_row is not None and self.header_rows is not None and self.units_row > self.header_rows:
            raise _mistake("units_row", self.units_row, f"one of the {self.header_rows} rows of the header")
        if isinstance(self.sheet, bool) or not isinstance(self.sheet, str | int | None):
            raise _mistake("sheet", self.sheet, "a name, or a number from 1")
        _check_encoding(self.encoding)


def _separator(given: Any) -> str | None:
    if given is None or given in SEPARATORS:
        return given  # type: ignore[no-any-return]
    names = {name: sign for sign, name in SEPARATORS.items()}
    names |= {name.removesuffix("s"): sign for name, sign in names.items()} | {"\\t": "\t"}
    if given in names:
        return names[given]
    raise _mistake("separator", given, choices(str(given), [*",;|", *SEPARATORS.values()]))


def _missing(given: Any) -> tuple[str | float, ...]:
    listed = (given,) if isinstance(given, str | int | float) else tuple(given or ())
    for one in listed:
        if isinstance(one, bool) or not isinstance(one, str | int | float):
            raise _mistake("missing", one, "texts and numbers that stand for no value, such as [-999, 'n.d.']")
    return listed


def _check_encoding(given: Any) -> None:
    try:
        known = given is None or codecs.lookup(given)._is_text_encoding
    except (LookupError, TypeError, ValueError):
        known = False
    if not known:
        raise _mistake("encoding", given, "the name of one, such as 'utf-8', 'cp1252' or 'utf-16'")


def _mistake(name: str, given: object, allowed: str) -> TableError:
    problem = f"{name}={shortened(given)} is not known"
    return TableError(source="read_table", problem=problem, advice=f"Give {allowed}.")


def separator_in_words(separator: str) -> str:
    """``"commas"``."""
    return SEPARATORS[separator]
