"""The bank: every distinct expression by dimension and size, made on request."""

from __future__ import annotations

from symreg.search.native.bank.bank import ONE, Bank, Leaf
from symreg.search.native.bank.classes import ROOTS, WHOLE_POWERS
from symreg.search.native.bank.doublings import doublings
from symreg.search.native.bank.entries import entries_within
from symreg.search.native.bank.pi_groups import pi_leaves
from symreg.search.native.bank.shelf import EMPTY, Ids
from symreg.search.native.bank.vocabulary import (
    FAMILY,
    MONOMIAL_OPS,
    NOT_MONOMIAL,
    NOT_OVER,
    OPS,
    search_cost,
)

__all__ = [
    "EMPTY",
    "FAMILY",
    "MONOMIAL_OPS",
    "NOT_MONOMIAL",
    "NOT_OVER",
    "ONE",
    "OPS",
    "ROOTS",
    "WHOLE_POWERS",
    "Bank",
    "Ids",
    "Leaf",
    "doublings",
    "entries_within",
    "pi_leaves",
    "search_cost",
]
