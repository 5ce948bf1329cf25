"""Marks: a formula as its nodes, and as one number that is the same in every process."""

from __future__ import annotations

import hashlib
from fractions import Fraction

from symreg.formula import Apply, Expression, Number, Variable, fold

VARIABLE, CONSTANT, EXACT, DECIMAL = "$", "#", "=", "~"  # before the names and numbers of leaves
MARK_BYTES = 6
"""Of a mark. Among a million formulas two share one with a chance of 1 in 600, and then one of them is passed over;
with more bytes marks would not be whole numbers that every reader of JSON keeps."""


def nodes_of(tree: Expression) -> list[str]:
    """The nodes of a tree, operands before their operator."""

    def visit(node: Expression, below: tuple[list[str], ...]) -> list[str]:
        if isinstance(node, Apply):
            return [*(name for one in below for name in one), node.operator]
        if isinstance(node, Number):
            exact = isinstance(node.value, Fraction)
            return [f"{EXACT}{node.value}" if exact else f"{DECIMAL}{node.value!r}"]
        return [(VARIABLE if isinstance(node, Variable) else CONSTANT) + node.name]

    return fold(tree, visit)


def mark_of(tree: Expression) -> int:
    """A whole number that stands for a formula, the same in every process."""
    text = "\0".join(nodes_of(tree)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=MARK_BYTES).digest(), "big")
