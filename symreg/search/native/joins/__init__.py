"""Joins: laws met in the middle, as sums and as products of what the bank holds."""

from __future__ import annotations

from symreg.search.native.joins.join import NO_PAIRS, Joiner, merged
from symreg.search.native.joins.monomials import monomials_of
from symreg.search.native.joins.products import ProductSearch
from symreg.search.native.joins.sums import SumSearch

__all__ = [
    "NO_PAIRS",
    "Joiner",
    "ProductSearch",
    "SumSearch",
    "merged",
    "monomials_of",
]
