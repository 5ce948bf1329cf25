"""A backdrop: many simple terms that are fitted all at once, so that what is left shows what else a law holds.

A search that chooses terms one by one has to see each of them in the others' absence. Where a table is exact nothing
need be chosen: with half as many terms as rows the fit is over-determined, all that a law has of them is projected
out in one product, and the terms that it does not have come out as zeros.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Expression, Number, Variable
from symreg.search.native.skeletons import Argument, Inputs, place_bits, raised

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
INDEPENDENT_TERM = 1e-6
"""Of its norm that a term keeps beside those before it. What keeps less is made of them, or nearly: smooth terms on a
narrow range follow any smooth function, and then nothing can be told apart."""

FLATTEST, STEEPEST = 1e-9, 1e12
"""Of a term's size that it changes by, and its size: beyond, rounding decides."""

HOPEFUL = 1e-16
"""Of a view's square, left by a backdrop: terms that resemble each other lose some digits."""

COLUMNS_AT_ONCE = 8_192  # columns: their values stay small
OWN = (
    "1", "2", "sin", "cos", "-1", "3", "log", "exp", "1/2", "-2", "4", "tan", "exp-", "5", "sin2", "cos2", "atan", "6",
    "-3",
)  # fmt: skip
"""Terms of one input, likely ones first: powers, functions of it, and of its square."""

ALONE = (*OWN, "x sin", "x cos", "sin cos", "sin square", "x exp", "x exp-", "sin3", "tanh", "7", "8", "9", "x log")
"""The same where there is one input and room."""

BENEATH = ("1", "2", "3", "4", "sin", "cos", "-1", "5", "exp", "log", "1/2")
"""The same for laws with a denominator: most are ratios of polynomials."""


@dataclass(frozen=True, eq=False)
class Backdrop:
    """Terms on some rows, ``values (n_terms, n_rows)``, the constant among them.

    The first ``n_plain`` stand as they are; the others are multiplied by the target, whose tree is not known: they
    belong into the law's denominator.
    """

    trees: tuple[Expression, ...]
    values: Floats
    bits: Floats
    n_plain: int

    @cached_property
    def basis(self) -> Floats:
        """An orthonormal basis of the terms, ``(n_rows, n_terms)``."""
        return np.asarray(np.linalg.qr((self.values / _sizes(self.values)[:, None]).T)[0])

    def rest(self, columns: Floats) -> Floats:
        """Columns ``(..., n_rows)`` without what the terms explain of them."""
        left = columns - (columns @ self.basis) @ self.basis.T
        return np.asarray(left - (left @ self.basis) @ self.basis.T)


def backdrop(plain: Iterable[tuple[Expression, Floats]], beneath: Iterable[tuple[Expression, Floats]]) -> Backdrop:
    """Of these terms, and these that stand beneath, those that do not hang on others before them."""
    trees: list[Expression] = []
    kept: list[Floats] = []
    bits: list[float] = []
    n_plain, basis = 0, np.empty((0, 0))
    listed = [(False, rank, one) for rank, one in enumerate(plain)]
    listed += [(True, rank, one) for rank, one in enumerate(beneath)]
    for is_beneath, rank, (tree, values) in listed:
        size = float(np.linalg.norm(values))
        left = values / size if size > 0 else values
        for _ in range(2 if len(kept) else 0):
            left = left - (left @ basis.T) @ basis
        if not np.linalg.norm(left) > INDEPENDENT_TERM:
            continue
        one = (left / np.linalg.norm(left))[None, :]
        basis = np.concatenate([basis, one]) if len(kept) else one
        trees.append(tree)
        kept.append(values)
        bits.append(1.0 + place_bits(rank))
        n_plain += not is_beneath
    return Backdrop(tuple(trees), np.array(kept), np.array(bits), n_plain)


def _sizes(values: Floats) -> Floats:
    return np.asarray(np.maximum(np.linalg.norm(values, axis=1), 1e-300), dtype=np.float64)


def simple_terms(
    inputs: Inputs, rows: Rows, most: int, own: Sequence[str] | None = None
) -> list[tuple[Expression, Floats]]:
    """At most so many terms of one and of two inputs with their values on these rows, the constant first."""
    own = (ALONE if len(inputs.places) == 1 else OWN) if own is None else own
    found: list[tuple[Expression, Floats]] = [(Number(Fraction(1)), np.ones(len(rows)))]
    seen: set[Expression] = set()
    for tree in _trees(inputs, most, own):
        if tree in seen or len(found) == most:
            continue
        seen.add(tree)
        values = usable(inputs, tree, rows)
        if values is not None:
            found.append((tree, values))
    return found


def monomials(inputs: Inputs, rows: Rows, most: int) -> list[tuple[Expression, Floats]]:
    """Products of whole powers of up to three inputs, low degrees first, whole degrees as long as there is room."""
    names = [inputs.space.names[place] for place in inputs.places]
    found: list[tuple[Expression, Floats]] = [(Number(Fraction(1)), np.ones(len(rows)))]
    for degree in range(1, HIGHEST + 1):
        own = []
        for powers in itertools.product(range(degree + 1), repeat=len(names) if len(names) <= MANY else 0):
            if sum(powers) == degree:
                factors = [raised(Variable(n), Fraction(p)) for n, p in zip(names, powers, strict=True) if p]
                tree = factors[0]
                for one in factors[1:]:
                    tree = Apply("*", (tree, one))
                values = usable(inputs, tree, rows)
                own += [] if values is None else [(tree, values)]
        if len(found) + len(own) > most:
            break
        found += own
    return found


HIGHEST, MANY = 12, 4
"""Degree of monomials, and inputs up to which they are taken."""


def usable(inputs: Inputs, tree: Expression, rows: Rows) -> Floats | None:
    """Values of a tree on these rows; None where it cannot be a term."""
    argument: Argument | None
    with np.errstate(all="ignore"):
        argument = inputs.argument(tree, tree)
    if argument is None:
        return None
    values = np.asarray(argument.values[rows], dtype=np.float64)
    largest = float(np.abs(argument.values).max())
    is_term = largest < STEEPEST and float(np.ptp(values)) > FLATTEST * largest
    return values if is_term else None


def _trees(inputs: Inputs, most: int, kinds: Sequence[str]) -> Iterator[Expression]:
    """Terms of single inputs, then what is made of two, until there is no room."""
    names = [inputs.space.names[place] for place in inputs.places]
    operators = inputs.space.operators
    own = [list(own_terms(name, operators, kinds)) for name in names]
    singles = [tree for rank in itertools.zip_longest(*own) for tree in rank if tree is not None]
    pairs = list(_of_two(names, operators))
    room = max(int(0.6 * most), most - len(pairs)) if pairs else most
    yield from singles[:room]
    yield from pairs
    yield from singles[room:]


def own_terms(name: str, operators: frozenset[str], kinds: Sequence[str]) -> Iterator[Expression]:
    """Terms of one input."""
    x = Variable(name)
    for one in kinds:
        tree = _own(x, one)
        if all(_allowed(node, operators) for node in _operators(tree)):
            yield tree


def _own(x: Expression, one: str) -> Expression:
    if one[0] in "-123456789":
        return raised(x, Fraction(one))
    if " " in one:
        first, second = one.split()
        return Apply("*", (x if first == "x" else _own(x, first), _own(raised(x, Fraction(1)), second))) if (
            second != "square"
        ) else Apply("square", (_own(x, first),))
    if one.endswith("-"):
        return Apply(one[:-1], (Apply("neg", (x,)),))
    if one[-1] in "23":
        return Apply(one[:-1], (raised(x, Fraction(int(one[-1]))),))
    return Apply(one, (x,))


def _of_two(names: Sequence[str], operators: frozenset[str]) -> Iterator[Expression]:
    every = list(itertools.permutations([Variable(name) for name in names], 2))
    for a, b in every:
        if a.name < b.name:
            yield Apply("*", (a, b))
    for a, b in every:
        yield Apply("/", (a, b))
    if "sqrt" in operators:
        for a, b in every:
            yield Apply("*", (a, Apply("sqrt", (b,))))
    for a, b in every:
        yield Apply("*", (a, Apply("square", (b,))))
    for name in ("sin", "cos", "log", "exp"):
        if name in operators:
            for a, b in every:
                yield Apply("*", (a, Apply(name, (b,))))
    for name in ("sin", "cos"):
        if name in operators:
            for a, b in every:
                if a.name < b.name:
                    yield Apply(name, (Apply("*", (a, b)),))
    for a, b in every:
        yield Apply("/", (a, Apply("square", (b,))))


def _operators(tree: Expression) -> Iterator[str]:
    if isinstance(tree, Apply):
        yield tree.operator
        for one in tree.arguments:
            yield from _operators(one)


def _allowed(name: str, operators: frozenset[str]) -> bool:
    return name in operators or {"inv": "/", "square": "*", "cube": "*", "neg": "-"}.get(name) in operators
