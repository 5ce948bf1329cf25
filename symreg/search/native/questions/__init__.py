"""What data say before any law: surfaces, patterns in what is left over, smaller questions with the same answer."""

from __future__ import annotations

from symreg.search.native.questions.nondimensional import pi_question, without_dimensions
from symreg.search.native.questions.pattern import leaves_pattern
from symreg.search.native.questions.peel import without_powers
from symreg.search.native.questions.periodogram import leaves_wave
from symreg.search.native.questions.reduction import Reduction, whole_question
from symreg.search.native.questions.smoothing import FEWEST_SURFACE_ROWS, Smoother, smoothed_rows, smoother_of
from symreg.search.native.questions.together import taken_together

__all__ = [
    "FEWEST_SURFACE_ROWS",
    "Reduction",
    "Smoother",
    "leaves_pattern",
    "leaves_wave",
    "pi_question",
    "smoothed_rows",
    "smoother_of",
    "taken_together",
    "whole_question",
    "without_dimensions",
    "without_powers",
]
