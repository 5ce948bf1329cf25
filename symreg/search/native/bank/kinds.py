"""Kinds beyond dimensions: radians, counts and plain ratios are all dimensionless, and yet not alike.

Where a table has angles, the sine of a plain ratio and the exponential of an angle are unusual, and the bank makes them
later (``vocabulary.ODD``). It is a prior, never a prohibition. An angle over a number may be either.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from symreg.formula import OPERATORS, TRIGONOMETRIC
from symreg.search.native.bank.vocabulary import ANGLE, OF_NEG, PLAIN

OF_LIKE = ("+", "-", "max", "max of neg", "min", "min of neg")

Masks = npt.NDArray[np.uint8]
KINDS = np.uint8(ANGLE | PLAIN)
ALL_KINDS: Masks = np.arange(4, dtype=np.uint8) * np.uint8(ANGLE)


def is_odd(op: str, left: Masks, right: Masks) -> npt.NDArray[np.bool_]:
    """Sums with plain numbers, powers and exponentials of angles; and a sine of anything else. By operands' masks."""
    left, right = left & KINDS, right & KINDS
    if op in OF_LIKE:
        return np.asarray(left & right == 0)
    if op in ("*", "/"):
        return np.asarray((right == ANGLE) & ((left == ANGLE) == (op == "*")))
    if op in TRIGONOMETRIC:
        return np.asarray(left == PLAIN)
    if op in ("neg", "abs", "step", "step of neg"):
        return np.zeros(len(left), dtype=bool)
    return np.asarray((left == ANGLE) | (right == ANGLE))


def kinds_of(op: str, left: Masks, right: Masks, codes: npt.NDArray[np.int64]) -> Masks:
    """Whether results of these dimension codes can be taken for an angle, for something else, or for either."""
    left, right = left & KINDS, right & KINDS
    if op in (*OF_LIKE, "neg", "abs"):
        common = left & right
        return np.asarray(np.where(common == 0, PLAIN, common), dtype=np.uint8)
    if op in ("*", "/"):
        one = (codes == 0) & (left == ANGLE) & (right != ANGLE)
        other = (codes == 0) & (right == ANGLE) & (left != ANGLE) & (op == "*")
        either = np.where(one | other, ANGLE, PLAIN)
        return np.asarray(np.where(one & (op == "/"), KINDS, either), dtype=np.uint8)
    row = OPERATORS.get(op.removesuffix(OF_NEG))
    return np.full(len(left), ANGLE if row and row.angle == "value" else PLAIN, dtype=np.uint8)


_LEFT, _RIGHT = (np.repeat(ALL_KINDS, 4), np.tile(ALL_KINDS, 4))


def odd_table(op: str) -> npt.NDArray[np.bool_]:
    """``is_odd`` for all kinds of operands, shape ``(4, 4)``, by ``mask // ANGLE``."""
    return is_odd(op, _LEFT, _RIGHT).reshape(4, 4)


def table_of_kinds(op: str) -> Masks:
    """``kinds_of`` for all kinds of operands, shape ``(2, 4, 4)``: of results with a dimension, then without."""
    return np.array([kinds_of(op, _LEFT, _RIGHT, np.full(16, code)).reshape(4, 4) for code in (1, 0)])
