"""The embedded search: levels of complexity, meeting in the middle, skeletons, backdrops and evolution beside them."""

from __future__ import annotations

from symreg.search.native.bank.bank import Bank, Leaf
from symreg.search.native.bank.completeness import completeness, not_asked
from symreg.search.native.bank.distinct import FRESH, PlainKeySet, fingerprints, met_as
from symreg.search.native.bank.entries import bytes_of_an_entry
from symreg.search.native.bank.shelf import Ids
from symreg.search.native.hunt import leaves_of
from symreg.search.native.joins.join import Joiner, Pairs, solve
from symreg.search.native.probes import Floats, Probes, target_at
from symreg.search.native.progress import FEW_CONSTANTS
from symreg.search.native.questions import pi_question
from symreg.search.native.settings import Native

__all__ = [
    "FEW_CONSTANTS",
    "FRESH",
    "Bank",
    "Floats",
    "Ids",
    "Joiner",
    "Leaf",
    "Native",
    "Pairs",
    "PlainKeySet",
    "Probes",
    "bytes_of_an_entry",
    "completeness",
    "fingerprints",
    "leaves_of",
    "met_as",
    "not_asked",
    "pi_question",
    "solve",
    "target_at",
]
