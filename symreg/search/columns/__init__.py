"""Columns of a wide table by what they tell of the target, beside false copies of them; what was decided of each."""

from __future__ import annotations

from symreg.search.columns.alike import groups_alike
from symreg.search.columns.curves import curves_of, ways_of
from symreg.search.columns.telling import followed
from symreg.search.columns.verdict import ColumnVerdict, Screening, Verdict, restored
from symreg.search.columns.vouching import FALSE_SHARE, TOO_LONG, Vouched, seconds_for, vouched_for

__all__ = [
    "FALSE_SHARE",
    "TOO_LONG",
    "ColumnVerdict",
    "Screening",
    "Verdict",
    "Vouched",
    "curves_of",
    "followed",
    "groups_alike",
    "restored",
    "seconds_for",
    "vouched_for",
    "ways_of",
]
