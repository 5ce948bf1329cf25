"""What is to be said of a law beside its numbers: on its constants, on its fit, on rows that lie far from it."""

from __future__ import annotations

from symreg.finishing.notes.constant_notes import constant_notes
from symreg.finishing.notes.constant_origins import known_to, replacement_notes
from symreg.finishing.notes.outliers import far_rows, outlier_notes

__all__ = [
    "constant_notes",
    "far_rows",
    "known_to",
    "outlier_notes",
    "replacement_notes",
]
