"""Skeletons: laws whose constants stand anywhere, looked for on grids of these constants (docs/decisions/0025)."""

from __future__ import annotations

from symreg.search.native.skeletons.argument import Argument, Inputs, inputs_of, raised
from symreg.search.native.skeletons.catalogue import singles
from symreg.search.native.skeletons.part import Chain, Columns, Part, Wave
from symreg.search.native.skeletons.question import CONTEXTS, IDENTITY, LOGARITHM, Context
from symreg.search.native.skeletons.rich import rich_terms
from symreg.search.native.skeletons.screen import place_bits
from symreg.search.native.skeletons.search import Skeletons, skeletons_of
from symreg.search.native.skeletons.step import CENTRE, EXP, INVERSE, LOG, OFFSET, ROOT, Plain, Step
from symreg.search.native.skeletons.sums import PlainTerms
from symreg.search.native.skeletons.terms import Terms, terms_of

__all__ = [
    "CENTRE",
    "CONTEXTS",
    "EXP",
    "IDENTITY",
    "INVERSE",
    "LOG",
    "LOGARITHM",
    "OFFSET",
    "ROOT",
    "Argument",
    "Chain",
    "Columns",
    "Context",
    "Inputs",
    "Part",
    "Plain",
    "PlainTerms",
    "Skeletons",
    "Step",
    "Terms",
    "Wave",
    "inputs_of",
    "place_bits",
    "raised",
    "rich_terms",
    "singles",
    "skeletons_of",
    "terms_of",
]
