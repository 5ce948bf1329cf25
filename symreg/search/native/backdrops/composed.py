"""Composed terms: functions of products and ratios of two simple expressions, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt

from symreg.formula import TRANSCENDENTAL, Apply, Expression, walk
from symreg.search.native.skeletons import Argument, Inputs, PlainTerms, Terms

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
JOINED, WITH = 70, 450
"""Of the simplest expressions, and with how many of them they are joined."""

LARGEST_COMPOSED = 1e12
"""Size at which values are cut off, and columns left out, as ``backdrop.STEEPEST``: beyond, rounding decides. A product
of two, 1e24, is far within single precision (3e38); a smaller one would leave out poles that rows come near to."""

FUNCTIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "sin": np.sin, "cos": np.cos, "inv": np.reciprocal, "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "tan": np.tan,
    "asin": np.arcsin, "atan": np.arctan,
}  # fmt: skip


def composed_terms(terms: Terms, inputs: Inputs) -> Iterator[PlainTerms]:
    """A block for each function and each way of joining."""
    operators = inputs.space.operators
    chosen = simplest_of(terms, WITH)
    values = terms.values[chosen]
    if len(inputs.places) > 1:
        values = np.clip(values, -LARGEST_COMPOSED, LARGEST_COMPOSED).astype(np.float32)
    simple, further = np.meshgrid(np.arange(min(JOINED, len(values))), np.arange(len(values)), indexing="ij")
    i, j = (one[simple < further] for one in (simple, further))
    for operator, first, second in (("*", i, j), ("/", i, j), ("/", j, i)):
        if operator not in operators:
            continue
        with np.errstate(all="ignore"):
            joined = JOIN[operator](values[first], values[second])
        for name, function in FUNCTIONS.items():
            if name not in operators and not (name == "inv" and "/" in operators):
                continue
            if name == "inv" and operator in "*/":
                continue  # a ratio, or the other one
            with np.errstate(all="ignore"):
                column = function(joined)
                good = np.isfinite(column).all(axis=1) & (np.abs(column).max(axis=1) < LARGEST_COMPOSED)
                good = np.flatnonzero(good & (np.ptp(column, axis=1) > 0))
            if len(good):
                made = partial(_argument, terms, inputs, name, operator, chosen[first[good]], chosen[second[good]])
                yield PlainTerms(column[good], made)


def simplest_of(terms: Terms, count: int) -> Rows:
    """Places of the simplest terms, two without functions for one with: a bank's sizes alone put functions first.

    Powers of powers and doublings, of which a bank of few inputs is full, are left out.
    """
    plain: list[int] = []
    curved: list[int] = []
    for place in range(len(terms.values)):
        tree = terms.tree(place)
        names = [node.operator for node in walk(tree) if isinstance(node, Apply)]
        if sum(name in POWER_OPERATORS for name in names) > 1 or _is_doubled(tree):
            continue
        is_curved = any(name in TRANSCENDENTAL for name in names)
        (curved if is_curved else plain).append(place)
    share = max(2 * count // 3, count - len(curved))
    some = plain[:share] + curved[: count - min(share, len(plain))]
    ranks = {place: rank * 3 for rank, place in enumerate(plain)} | {one: rank * 6 for rank, one in enumerate(curved)}
    return np.array(sorted(some, key=ranks.__getitem__), dtype=np.int64)


POWER_OPERATORS = frozenset({"square", "cube", "sqrt", "inv", "pow"})


def _is_doubled(tree: Expression) -> bool:
    return any(isinstance(node, Apply) and len(set(node.arguments)) < len(node.arguments) for node in walk(tree))


JOIN: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "*": np.multiply, "/": np.divide, "+": np.add, "-": np.subtract,
}  # fmt: skip


def _argument(
    terms: Terms, inputs: Inputs, name: str, operator: str, first: Rows, second: Rows, index: int
) -> Argument | None:
    joined: Expression = Apply(operator, (terms.tree(int(first[index])), terms.tree(int(second[index]))))
    tree = Apply(name, (joined,))
    return inputs.argument(tree, tree)
