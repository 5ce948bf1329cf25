"""Rich terms: a function of a simple expression, a function of that, and either times or over an input.

``x1 + x2*cos(x3 - sin(x3))`` is a sum of two terms of which one is long. A bank that grows by levels meets the long one
late; made directly from the simplest expressions, a hundred thousand such terms are one matrix for the beam (``sums``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Expression, Variable
from symreg.search.native.skeletons.argument import Argument, Inputs
from symreg.search.native.skeletons.sums import PlainTerms
from symreg.search.native.skeletons.terms import Terms

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
FUNCTIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "sin": np.sin, "cos": np.cos, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "inv": np.reciprocal, "tan": np.tan,
    "tanh": np.tanh, "atan": np.arctan,
}  # fmt: skip
NESTED = 250
"""Of the simplest expressions of which functions of functions are taken."""

MULTIPLIED = 40
"""Of the simplest expressions of which products of functions are taken, two by two."""

MOST_OF_RICH = 120_000
"""Terms: sixty megabytes of columns."""

LARGEST_RICH = 1e12
"""A column beyond is one row and zeros."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Terms that are made alike: functions around the entries, the innermost first, and an input beside."""

    functions: tuple[str, ...]
    beside: int | None
    operator: str
    entries: Rows


def rich_terms(terms: Terms, inputs: Inputs, rows: Rows, most: int = MOST_OF_RICH) -> PlainTerms:
    """The rich terms over simple ones, with their values at the rows of the screen; ``most`` without products."""
    found, blocks, count = [], [], 0
    operators = inputs.space.operators
    for functions, entries in _functions(operators, len(terms.values)):
        with np.errstate(all="ignore"):
            values = terms.values[:entries]
            for name in functions:
                values = FUNCTIONS[name](values)
        for beside, operator in _beside(inputs, operators):
            with np.errstate(all="ignore"):
                other = None if beside is None else inputs.space.inputs[beside][rows]
                column = values if other is None else values * other if operator == "*" else values / other
            good = np.flatnonzero(np.isfinite(column).all(axis=1) & (np.abs(column).max(axis=1) < LARGEST_RICH))
            good = good[np.ptp(column[good], axis=1) > 0]
            if count + len(good) > most:
                break
            count += len(good)
            found.append(column[good])
            blocks.append(_Block(functions, beside, operator, good))
    first, second, product = _two_functions(terms, operators)
    found.append(product)
    ends = np.cumsum([0, *(len(one.entries) for one in blocks)])
    made: dict[int, Argument | None] = {}

    def argument(index: int) -> Argument | None:
        if index not in made and index >= ends[-1]:
            factors = (listed[index - ends[-1]] for listed in (first, second))
            tree: Expression = Apply("*", tuple(_function_tree(terms, operators, place) for place in factors))
            made[index] = inputs.argument(tree, tree)
        if index not in made:
            place = int(np.searchsorted(ends, index, side="right")) - 1
            block = blocks[place]
            tree = _written(block, terms.tree(int(block.entries[index - ends[place]])), inputs)
            made[index] = inputs.argument(tree, tree)
        return made[index]

    return PlainTerms(np.concatenate(found), argument)


def _two_functions(terms: Terms, operators: frozenset[str]) -> tuple[list[int], list[int], Floats]:
    """Products of two functions of the simplest expressions, by the places of both in ``_listed``."""
    values = []
    for name, entry in _listed(terms, operators):
        with np.errstate(all="ignore"):
            values.append(FUNCTIONS[name](terms.values[entry]))
    rows = np.array(values).reshape(-1, terms.values.shape[1])
    i, j = np.triu_indices(len(rows))
    with np.errstate(all="ignore"):
        product = rows[i] * rows[j]
        change = np.ptp(product, axis=1)
    good = np.isfinite(product).all(axis=1) & (np.abs(product).max(axis=1) < LARGEST_RICH) & (change > 0)
    return i[good].tolist(), j[good].tolist(), product[good]


def _listed(terms: Terms, operators: frozenset[str]) -> list[tuple[str, int]]:
    names = [name for name in ("sin", "cos", "exp", "log") if name in operators]
    return [(name, entry) for entry in range(min(MULTIPLIED, len(terms.values))) for name in names]


def _function_tree(terms: Terms, operators: frozenset[str], place: int) -> Expression:
    name, entry = _listed(terms, operators)[place]
    return Apply(name, (terms.tree(entry),))


def _functions(operators: frozenset[str], count: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """Functions to be taken, one after the other, and of how many entries."""
    allowed = [name for name in FUNCTIONS if name in operators]
    yield (), count
    for name in allowed:
        yield (name,), count
    curved = [name for name in allowed if name in ("sin", "cos", "exp", "tan")]
    for inner in curved:
        for outer in curved:
            yield (inner, outer), min(count, NESTED)


def _beside(inputs: Inputs, operators: frozenset[str]) -> Iterator[tuple[int | None, str]]:
    yield None, ""
    for operator in ("*", "/"):
        if operator in operators:
            for place in inputs.places:
                yield place, operator


def _written(block: _Block, tree: Expression, inputs: Inputs) -> Expression:
    for name in block.functions:
        tree = Apply(name, (tree,))
    if block.beside is None:
        return tree
    other = Variable(inputs.space.names[block.beside])
    return Apply("*", (other, tree)) if block.operator == "*" else Apply("/", (tree, other))
