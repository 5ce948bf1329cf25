"""Certainty: intervals of constants, how sure the form is, rivals, and where to measure next."""

from __future__ import annotations

from symreg.certainty.examination import Examination, Robustness, advice, alike, examined
from symreg.certainty.input_box import box_of
from symreg.certainty.intervals import IntervalMethod, constant_intervals, with_intervals
from symreg.certainty.rivals import Rival, contest_between
from symreg.certainty.separation import Contest, Place, sigmas_at
from symreg.certainty.stability import Stability

__all__ = [
    "Contest",
    "Examination",
    "IntervalMethod",
    "Place",
    "Rival",
    "Robustness",
    "Stability",
    "advice",
    "alike",
    "box_of",
    "constant_intervals",
    "contest_between",
    "examined",
    "sigmas_at",
    "with_intervals",
]
