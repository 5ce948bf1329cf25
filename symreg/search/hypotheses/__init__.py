"""Formulas that others suspect, as a backend: from files, programs, and a library of textbook laws."""

from __future__ import annotations

from symreg.search.hypotheses.backend import Hypotheses

__all__ = ["Hypotheses"]
