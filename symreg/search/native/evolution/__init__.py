"""Evolution: islands of formulas that are right in their dimensions by birth."""

from __future__ import annotations

from symreg.search.native.evolution.evolve import BREEDING, SOURCE, Breeding, Evolution
from symreg.search.native.evolution.graft import Grafter
from symreg.search.native.evolution.supplies import BENT, supplies_of
from symreg.search.native.evolution.variation import Variation

__all__ = [
    "BENT",
    "BREEDING",
    "SOURCE",
    "Breeding",
    "Evolution",
    "Grafter",
    "Variation",
    "supplies_of",
]
