"""Block: one operator and all the pairs of entries that it is tried on, written down without writing the pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.search.dimension_code import Codes
from symreg.search.native.bank.shelf import Ids, Shelf

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Operands of each group: ``ids[start[k] : start[k] + count[k]]`` are those of group k."""

    ids: Ids
    start: Ids
    count: Ids


def classes_of(shelf: Shelf, where: Ids) -> Side:
    """The entries of a shelf that have the dimensions ``shelf.codes[where]``."""
    start = np.ascontiguousarray(shelf.start[where])
    return Side(shelf.ids, start, np.ascontiguousarray(shelf.start[where + 1]) - start)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """All pairs of the left and right operands of each group; ``right`` is None where the operator has one operand.

    Pairs have positions 0, 1, ..., ``total - 1``: group by group, the right operand changes first. Where ``triangle``
    is set both operands come from the same entries, and only pairs with left >= right are meant. With ``odd``, only
    pairs of kinds that are unusual for the operator are meant (``kinds.is_odd``); with False, only the usual ones.
    """

    op: str
    codes: Codes  # of the results, one for each group
    left: Side
    right: Side | None
    triangle: Booleans
    ends: Ids  # the position after the last pair of each group
    odd: bool | None

    @property
    def total(self) -> int:
        """How many positions there are."""
        return int(self.ends[-1]) if len(self.ends) else 0

    def pairs(self, low: int, high: int) -> tuple[Codes, Ids, Ids]:
        """Code of the result, left and right operand at positions ``low`` to ``high - 1``."""
        position = np.arange(low, high)
        group = np.searchsorted(self.ends, position, side="right")
        if self.right is None:
            inside = position - (self.ends[group] - self.left.count[group])
            left = self.left.ids[self.left.start[group] + inside]
            return self.codes[group], left, left
        width = self.right.count[group]
        inside = position - (self.ends[group] - self.left.count[group] * width)
        row, column = inside // width, inside % width
        kept = ~self.triangle[group] | (row >= column)
        group, row, column = group[kept], row[kept], column[kept]
        left = self.left.ids[self.left.start[group] + row]
        return self.codes[group], left, self.right.ids[self.right.start[group] + column]


def block(
    op: str, codes: Codes, left: Side, right: Side | None = None, triangle: Booleans | None = None, *,
    odd: bool | None = None,
) -> Block:  # fmt: skip
    """A block; no triangles, and kinds do not matter, unless it is said."""
    pairs = left.count if right is None else left.count * right.count
    flags = np.zeros(len(codes), dtype=bool) if triangle is None else triangle
    return Block(op, np.ascontiguousarray(codes), left, right, flags, np.cumsum(pairs), odd)
