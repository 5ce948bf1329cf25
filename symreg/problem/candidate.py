"""A formula with free constants, as a search proposes it."""

from __future__ import annotations

from dataclasses import dataclass

from symreg.formula import Expression
from symreg.units import Dimension

SHRINKS = 6  # nodes that rewriting a formula may take away
ROWS_A_CONSTANT = 2  # at least; with as many constants as rows a formula passes through all, and means nothing


@dataclass(frozen=True, slots=True)
class FreeConstant:
    """A constant to be fitted: its name in the tree, its dimension, and a start in natural units."""

    name: str
    dimension: Dimension
    start: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A formula that is worth a fit on all rows; ``notes`` stay with the law that is made of it.

    ``form_bits`` is what it takes to say the form by its place in a catalogue, None where it stands in none.
    """

    expression: Expression
    constants: tuple[FreeConstant, ...]
    source: str
    notes: tuple[str, ...] = ()
    form_bits: float | None = None


def most_constants(n_rows: int) -> int:
    """Fitted constants that so many rows bear."""
    return max(1, n_rows // ROWS_A_CONSTANT)
