"""A term: a tree with its coefficient."""

from __future__ import annotations

from dataclasses import dataclass

from symreg.formula import Expression


@dataclass(frozen=True, slots=True)
class Term:
    """A tree with its coefficient."""

    tree: Expression
    coefficient: float
