"""Backends that propose formulas: the seam (``backend``), the problem as they see it (``space``), our own."""

from __future__ import annotations

from symreg.search.backend import INTERRUPTED, Backend, BackendError, Budget, Round, going_on
from symreg.search.clock import Clock
from symreg.search.columns import Screening, restored
from symreg.search.dimension_code import DimensionRangeError
from symreg.search.equal_columns import without_equals
from symreg.search.heard import Heard
from symreg.search.honouring import capabilities_of, check_backend, unmet
from symreg.search.native import (
    FEW_CONSTANTS,
    FRESH,
    Bank,
    Ids,
    Joiner,
    Leaf,
    Native,
    Pairs,
    PlainKeySet,
    bytes_of_an_entry,
    completeness,
    fingerprints,
    leaves_of,
    met_as,
    not_asked,
    solve,
)
from symreg.search.registry import backend_from, backend_named, backend_names, check_name
from symreg.search.rejection import Rejection
from symreg.search.screening import screened
from symreg.search.space import SearchSpace, search_space
from symreg.search.vouched_first import vouched_first

__all__ = [
    "FEW_CONSTANTS",
    "FRESH",
    "INTERRUPTED",
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
    "Screening",
    "SearchSpace",
    "backend_from",
    "backend_named",
    "backend_names",
    "bytes_of_an_entry",
    "capabilities_of",
    "check_backend",
    "check_name",
    "completeness",
    "fingerprints",
    "going_on",
    "leaves_of",
    "met_as",
    "not_asked",
    "restored",
    "screened",
    "search_space",
    "solve",
    "unmet",
    "vouched_first",
    "without_equals",
]
