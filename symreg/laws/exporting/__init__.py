"""Exports: a law as source text that computes it, or as a text to be read, a file for each family of languages."""

from __future__ import annotations

from symreg.laws.exporting.exporters import EXPORT_LABELS, EXPORT_LANGUAGES, EXPORT_SUFFIXES, export_law
from symreg.laws.exporting.sympy_law import SympyLaw, sympy_law

__all__ = ["EXPORT_LABELS", "EXPORT_LANGUAGES", "EXPORT_SUFFIXES", "SympyLaw", "export_law", "sympy_law"]
