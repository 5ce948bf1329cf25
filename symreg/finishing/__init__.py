"""Finishing: from a fitted formula to a law, as short and as usual to read as the data allow."""

from __future__ import annotations

from symreg.finishing.bits import RESOLUTION
from symreg.finishing.finished import Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_making import as_law
from symreg.finishing.shape import Shape, shape_of
from symreg.finishing.workshop import GUESS, Workshop

__all__ = [
    "GUESS",
    "RESOLUTION",
    "Finished",
    "Finisher",
    "Shape",
    "Workshop",
    "as_law",
    "shape_of",
]
