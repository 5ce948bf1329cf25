"""Rows of a question: which are fitted on and which judge, and how much each counts."""

from __future__ import annotations

from symreg.problem.rows.combed import combed, combed_to, turns_of
from symreg.problem.rows.copies import groups_of_copies, left_out_with_copies
from symreg.problem.rows.designed import designed_rows
from symreg.problem.rows.long_trend import LongCounts, LongSizes, long_counts, long_sizes
from symreg.problem.rows.outlying import counts_beside_trend
from symreg.problem.rows.sizes import sizes_of, trend
from symreg.problem.rows.splitting import TINY, draw_long_rows, draw_rows
from symreg.problem.rows.weights import read_row_weights

__all__ = [
    "TINY",
    "LongCounts",
    "LongSizes",
    "combed",
    "combed_to",
    "counts_beside_trend",
    "designed_rows",
    "draw_long_rows",
    "draw_rows",
    "groups_of_copies",
    "left_out_with_copies",
    "long_counts",
    "long_sizes",
    "read_row_weights",
    "sizes_of",
    "trend",
    "turns_of",
]
