"""Powers of two: what doubles with every step of a count.

Generations, octaves, bits and half-lives are counted in whole numbers, and what goes with them grows as ``2**n``. A
search over exponentials would find the factor in ``exp(0.693*n)`` one constant dearer and only where rows suffice to
tell it.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from symreg.arrays import Floats
from symreg.formula import Apply, Expression, Number, Variable, complexity
from symreg.search.space import SearchSpace

TWO = Number(Fraction(2))
FEWEST_COUNTS = 3  # a column of zeros and ones is a label


def doublings(space: SearchSpace) -> list[tuple[Expression, int]]:
    """``2**n`` for every input that is a count, and its size."""
    if "pow" not in space.operators:
        return []
    found: list[tuple[Expression, int]] = []
    for leaf, code, values in zip(space.leaves, space.codes, space.values, strict=True):
        if isinstance(leaf, Variable) and code == 0 and _is_count(values):
            tree = Apply("pow", (TWO, leaf))
            found.append((tree, complexity(tree)))
    return found


def _is_count(values: Floats) -> bool:
    """Whether all values are whole numbers, and not just a few of them."""
    return bool((values == np.rint(values)).all()) and len(np.unique(values)) >= FEWEST_COUNTS
