"""Backends that propose formulas: the seam (``backend``), the problem as they see it (``space``), our own."""

from __future__ import annotations

from symreg.search.backend import Backend, BackendError, Budget, Round
from symreg.search.clock import Clock
from symreg.search.dimension_code import DimensionRangeError
from symreg.search.heard import Heard
from symreg.search.honouring import check_backend, unmet
from symreg.search.native.bank.bank import Bank, Leaf
from symreg.search.native.bank.completeness import completeness, not_asked
from symreg.search.native.bank.distinct import FRESH, PlainKeySet, fingerprints, met_as
from symreg.search.native.bank.entries import bytes_of_an_entry
from symreg.search.native.bank.shelf import Ids
from symreg.search.native.hunt import leaves_of
from symreg.search.native.joins.join import Joiner, Pairs, solve
from symreg.search.native.joins.steps import STEPS
from symreg.search.native.progress import FEW_CONSTANTS
from symreg.search.native.settings import Native
from symreg.search.registry import backend_from, backend_named, backend_names, check_name
from symreg.search.rejection import Rejection
from symreg.search.space import SearchSpace, search_space

__all__ = [
    "FEW_CONSTANTS",
    "FRESH",
    "STEPS",
    "Backend",
    "BackendError",
    "Bank",
    "Budget",
    "Clock",
    "DimensionRangeError",
    "Heard",
    "Ids",
    "Joiner",
    "Leaf",
    "Native",
    "Pairs",
    "PlainKeySet",
    "Rejection",
    "Round",
    "SearchSpace",
    "backend_from",
    "backend_named",
    "backend_names",
    "bytes_of_an_entry",
    "check_backend",
    "check_name",
    "completeness",
    "fingerprints",
    "leaves_of",
    "met_as",
    "not_asked",
    "search_space",
    "solve",
    "unmet",
]
