"""Joins: laws met in the middle, as sums and as products of what the bank holds."""

from __future__ import annotations

from symreg.search.native.joins.join import Joiner
from symreg.search.native.joins.monomials import monomials_of
from symreg.search.native.joins.products import ProductSearch
from symreg.search.native.joins.shared_engine import SharedEngine
from symreg.search.native.joins.sums import SumSearch

__all__ = [
    "Joiner",
    "ProductSearch",
    "SharedEngine",
    "SumSearch",
    "monomials_of",
]
