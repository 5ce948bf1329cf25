"""Laws: what a search answers with, which are shown, which one is selected, how they print and leave the program."""

from __future__ import annotations

from symreg.laws.band import band_of, quantile
from symreg.laws.choice import WORDS, Choice, check_same_question
from symreg.laws.constant_units import display_unit
from symreg.laws.correlation import Correlation, correlations
from symreg.laws.exporting import EXPORT_LABELS, EXPORT_LANGUAGES, EXPORT_SUFFIXES, export_law
from symreg.laws.front_text import front_text
from symreg.laws.history import Course, Moment
from symreg.laws.identifiability import undetermined
from symreg.laws.law import ConstantInterval, Law, LawConstant, ParetoFront, pareto_front
from symreg.laws.law_fit import fit_of, long_score
from symreg.laws.printed import constant_text
from symreg.laws.refitting import as_fitted, bits_left, bits_of_fit, bits_of_rows, fitted_again, fitter_of, left_over
from symreg.laws.score import SCORED_AT_ONCE, Score, score
from symreg.laws.shown import Intervals
from symreg.laws.unseen import unseen_notes

__all__ = [
    "EXPORT_LABELS",
    "EXPORT_LANGUAGES",
    "EXPORT_SUFFIXES",
    "SCORED_AT_ONCE",
    "WORDS",
    "Choice",
    "ConstantInterval",
    "Correlation",
    "Course",
    "Intervals",
    "Law",
    "LawConstant",
    "Moment",
    "ParetoFront",
    "Score",
    "as_fitted",
    "band_of",
    "bits_left",
    "bits_of_fit",
    "bits_of_rows",
    "check_same_question",
    "constant_text",
    "correlations",
    "display_unit",
    "export_law",
    "fit_of",
    "fitted_again",
    "fitter_of",
    "front_text",
    "left_over",
    "long_score",
    "pareto_front",
    "quantile",
    "score",
    "undetermined",
    "unseen_notes",
]
