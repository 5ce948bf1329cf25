"""Laws: what a search answers with, which are shown, which one is selected, how they print and leave the program."""

from __future__ import annotations

from symreg.laws.band import band_of, quantile
from symreg.laws.constant_units import display_unit
from symreg.laws.correlation import Correlation, correlations
from symreg.laws.exporting import EXPORT_LABELS, EXPORT_LANGUAGES, EXPORT_SUFFIXES, export_law
from symreg.laws.identifiability import undetermined
from symreg.laws.judged_rows import JudgedRows, judged_rows
from symreg.laws.law import ConstantInterval, Law, LawConstant, ParetoFront, Score, pareto_front, score
from symreg.laws.law_fit import fit_of
from symreg.laws.printed import constant_text
from symreg.laws.refitting import as_fitted, bits_left, bits_of_fit, bits_of_rows, fitted_again, fitter_of, left_over
from symreg.laws.unseen import unseen_notes

__all__ = [
    "EXPORT_LABELS",
    "EXPORT_LANGUAGES",
    "EXPORT_SUFFIXES",
    "ConstantInterval",
    "Correlation",
    "JudgedRows",
    "Law",
    "LawConstant",
    "ParetoFront",
    "Score",
    "as_fitted",
    "band_of",
    "bits_left",
    "bits_of_fit",
    "bits_of_rows",
    "constant_text",
    "correlations",
    "display_unit",
    "export_law",
    "fit_of",
    "fitted_again",
    "fitter_of",
    "judged_rows",
    "left_over",
    "pareto_front",
    "quantile",
    "score",
    "undetermined",
    "unseen_notes",
]
