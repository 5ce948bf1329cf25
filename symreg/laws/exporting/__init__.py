"""Exports: a law as source text that computes it, or as a text to be read, a file for each family of languages."""

from __future__ import annotations

from symreg.laws.exporting.exporters import EXPORT_LABELS, EXPORT_LANGUAGES, EXPORT_SUFFIXES, export_law
from symreg.laws.exporting.objects import law_as
from symreg.laws.exporting.sympy_law import SympyLaw
from symreg.laws.exporting.tex import front_latex
from symreg.laws.exporting.trainable import JaxLaw

__all__ = [
    "EXPORT_LABELS",
    "EXPORT_LANGUAGES",
    "EXPORT_SUFFIXES",
    "JaxLaw",
    "SympyLaw",
    "export_law",
    "front_latex",
    "law_as",
]
