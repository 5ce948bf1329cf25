"""Exports: a law as source text that computes it, or as a text to be read, a file for each family of languages."""

from __future__ import annotations

from symreg.laws.exporting.exporters import EXPORT_LANGUAGES, EXPORT_SUFFIXES, export_law

__all__ = ["EXPORT_LANGUAGES", "EXPORT_SUFFIXES", "export_law"]
