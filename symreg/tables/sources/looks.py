"""What a cell looks like, before anyone knows how its file is written."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from functools import lru_cache

from symreg.tables.headers import NO_UNIT, is_label, parse_header, reads_as_unit
from symreg.tables.sources.numerals import THIN

NUMBER = rf"[-+\N{{MINUS SIGN}}]?(?:\d(?:[\d.,{THIN}]*[\d.])?|[.,]\d+)(?:[eEdD][-+]?\d+)?"
_NUMBER = re.compile(NUMBER + r"|[-+]?inf(?:inity)?", re.IGNORECASE)
_WITH_ERROR = re.compile(rf"\(?{NUMBER}\s*(?:±|\+/-|\+-|\(\d)\s*[\d.].*")
_WITH_UNIT = re.compile(rf"{NUMBER}(?:\s+(?P<unit>[^\W\d].*)|\s*[%°].*)")
_WHEN = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?|\d{1,2}:\d{2}(?::\d{2}.*)?")
NOTHING = frozenset({
    "", "-", "--", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "#N/A", "null", "None", "<NA>", "NaT", "n.a.",
})  # fmt: skip
"""Signs for "no value" where names may stand too, among which Na is sodium."""


@lru_cache(maxsize=10_000)
def is_number(cell: str) -> bool:
    """Whether this is a number in one of the ways in which people write them."""
    return bool(_NUMBER.fullmatch(cell.strip()))


@lru_cache(maxsize=10_000)
def is_measured(cell: str) -> bool:
    """Whether this is a number, perhaps with an error or a unit, a date, a time, or true or false."""
    cell = cell.strip()
    if is_number(cell) or _WHEN.fullmatch(cell) or _WITH_ERROR.fullmatch(cell) or cell.lower() in {"true", "false"}:
        return True
    found = _WITH_UNIT.fullmatch(cell)
    return found is not None and (found["unit"] is None or reads_as_unit(found["unit"]))


def is_nothing(cell: str) -> bool:
    """Whether the cell is empty or says that there is no value."""
    return cell.strip() in NOTHING


def bare_unit(cell: str) -> str:
    """A unit without the brackets around it."""
    text = cell.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] + text[-1] in {"[]", "()"} else text


def are_units(cells: Sequence[str]) -> bool:
    """Whether a row holds units: at least one, and no more texts that are none than those that are."""
    texts = [bare_unit(cell) for cell in cells]
    stated = [text for text in texts if text.lower() not in NO_UNIT and not is_label(text)]
    units = sum(reads_as_unit(text) for text in stated)
    return units > 0 and len(stated) <= 2 * units


def state_units(cells: Sequence[str]) -> bool:
    """Whether some of these headers holds a unit in brackets, as in ``v [m/s]``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers that may be none; whoever reads them in earnest warns
        stated = [parse_header(cell).unit for cell in cells if "[" in cell or "(" in cell]
        return any(unit is not None and reads_as_unit(unit) for unit in stated)
