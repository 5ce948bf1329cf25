"""Small expressions for an unknown function, to begin with: what the bank holds up to a few nodes, with coefficients.

Each stands alone, with a factor, with a factor and an offset, and inside the shapes that laws with a constant inside
are mostly made of. Dimensions are not looked at: many have none that fits, which the caller finds out exactly.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from symreg.formula import Apply, Constant, Expression, complexity
from symreg.search import Bank, SearchSpace, leaves_of

LARGEST_SEED = 3  # nodes of what the bank gives, as it counts them
PROBES = 64
"""Rows, evenly taken, on which the bank tells expressions apart. More costs time and memory, fewer may take two for
one; set by hand."""

MAX_ENTRIES = 2_000
"""Entries of the bank, of which the smallest are wanted (``count``). With many arguments a larger one takes longer for
seeds that are not used, a smaller one may end before LARGEST_SEED nodes; set by hand."""

WITH_A_CONSTANT_INSIDE = ("exp", "log", "sin", "cos", "tanh", "sqrt")


def seeds_of(
    space: SearchSpace, names: Sequence[str], is_wanted: Callable[[Expression], bool], count: int
) -> list[Expression]:
    """The ``count`` smallest distinct expressions over the leaves of ``space`` that are wanted.

    ``names`` are three names for constants that nothing else is called.
    """
    rows = np.unique(np.linspace(0, len(space.target) - 1, PROBES).astype(int))
    bank = Bank(
        leaves_of(space, np.ascontiguousarray(space.values[:, rows])), space.coding, space.operators,
        max_entries=MAX_ENTRIES,
    )  # fmt: skip
    found: dict[Expression, None] = {}
    for size in range(1, LARGEST_SEED + 1):
        bank.request_all(size)
        for entry in bank.all_of(size):
            if not bank.is_one(entry):
                found.update(dict.fromkeys(_shapes(bank.expression(entry), names, space.operators)))
    ordered = sorted(found, key=complexity)
    return list(itertools.islice(filter(is_wanted, ordered), count))


def _shapes(inside: Expression, names: Sequence[str], operators: frozenset[str]) -> Iterator[Expression]:
    front, second, third = map(Constant, names)
    scaled = Apply("*", (second, inside))
    shapes = [inside]
    shapes += [Apply(name, (scaled,)) for name in WITH_A_CONSTANT_INSIDE if name in operators]
    if {"+", "/"} <= operators:
        shapes.append(Apply("/", (inside, Apply("+", (second, inside)))))
        shapes.append(Apply("inv", (Apply("+", (second, inside)),)))
    if "pow" in operators:
        shapes.append(Apply("pow", (inside, second)))
    for shape in shapes:
        yield shape
        if "*" in operators:
            yield Apply("*", (front, shape))
            if "+" in operators:
                yield Apply("+", (Apply("*", (front, shape)), third))
