"""Factors of a product that have constants inside: one or two of them, beside simple ones."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Constant, Expression, Number, Variable
from symreg.search.native.backdrops.backdrop import HOPEFUL, Backdrop, backdrop
from symreg.search.native.backdrops.product import Product
from symreg.search.native.backdrops.refining import refined
from symreg.search.native.backdrops.sparse import LOOKED_CLOSER
from symreg.search.native.backdrops.tuned import COSINE, SINE, TUNED_FUNCTIONS
from symreg.search.native.proposal import Draft
from symreg.search.native.skeletons import (
    CENTRE,
    OFFSET,
    Argument,
    Chain,
    Inputs,
    Part,
    Plain,
    place_bits,
    raised,
    singles,
)

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
FACTOR_GRIDS = {0: (), 1: (300,), 2: (28, 28)}
PRODUCT_STARTS, REFINED, GROWING = 4, 160, 4
"""Constants of a grid from which each part may be refined, starts that are refined of all parts, and the best factors
beside which another one is sought. Larger numbers cost refinements, the last one a whole pass over all parts for each;
smaller ones lose the right start behind better looking ones. Set by hand."""

FACTORS_ALIKE = 2.0
"""Steps in which what factors leave is compared, for each factor of e: those within one step, ``exp(1/2)`` or 1.65
times, count as equal, and the simplest goes first. A smaller number puts simplicity before fit, a larger one fit before
simplicity."""

EXPLAINS = 0.4
"""What a factor may leave for another to be sought beside it."""

ONE = Number(Fraction(1))
FAR_OFF = 0.9
"""What a factor at a constant of the grid may leave to be refined from there: the grid may miss, but what takes away
less than a tenth is no start. A smaller one loses narrow minima, a larger one spends refinements on nothing. Set by
hand."""


@dataclass(frozen=True, eq=False)
class Factor:
    """A part with its constants, and what it leaves."""

    part: Part
    inner: Floats
    left: float
    rank: int


def factored(product: Product, simplest: Sequence[Argument], stop: Callable[[], bool]) -> list[Draft]:
    """Products of simple factors and one or two with constants inside."""
    if product.target is None:
        return []
    rest = product.shown.rest(product.target)
    whole = float(product.target @ product.target)
    if float(rest @ rest) < HOPEFUL * whole:
        return []
    parts = list(_factors(product.inputs, simplest))
    first = _near(product, product.shown, parts, stop)
    drafts = [draft for one in first for draft in _of_factors(product, [one])]
    # What leaves about as much is the same thing in other words: the simplest goes on.
    alike = sorted(first, key=lambda one: (round(FACTORS_ALIKE * np.log(max(one.left, 1e-30))), one.rank))
    for one in alike[:GROWING] if first and first[0].left < EXPLAINS and not drafts else []:
        column, slopes = _log_with_slopes(product, one)
        known = zip(product.shown.trees, product.shown.values, strict=True)
        shown = backdrop([*known, *((ONE, row) for row in (column, *slopes))], ())
        for other in _near(product, shown, parts, stop)[:LOOKED_CLOSER]:
            drafts += _of_factors(product, _together(product, one, other))
        if drafts or stop():
            break
    return drafts


def _near(product: Product, shown: Backdrop, parts: Sequence[Part], stop: Callable[[], bool]) -> list[Factor]:
    """The parts that leave least as a factor beside those shown, with the constants that leave least."""
    assert product.target is not None
    rest = shown.rest(product.target)
    total = float(rest @ rest)
    found: list[Factor] = []
    for rank, part in enumerate(parts):
        with np.errstate(all="ignore"):
            grid = part.columns(product.rows, FACTOR_GRIDS[part.n_inner])
            columns = np.log(np.abs(grid.values[:, 0]))
            good = np.isfinite(columns).all(axis=1)
            columns, constants = columns[good], grid.constants[good]
            inside = columns @ shown.basis
            size = np.einsum("ij,ij->i", columns, columns)
            own = size - np.einsum("ij,ij->i", inside, inside)
            left = np.where(own > 1e-9 * size, 1 - np.square(columns @ rest) / own / total, np.inf)
        order = [at for at in np.argsort(left)[:PRODUCT_STARTS] if left[at] < FAR_OFF]
        found += [Factor(part, constants[at], float(left[at]), rank) for at in order]
        if stop():
            return []
    closer = []
    for one in sorted(found, key=lambda one: one.left)[:REFINED]:
        inner, share = refined(partial(_log, product, [one.part]), shown.rest, rest, one.inner)
        closer.append(replace(one, inner=inner, left=share))
    closer.sort(key=lambda one: one.left)
    return list({one.part.key: one for one in reversed(closer)}.values())[::-1]


def _log(product: Product, parts: Sequence[Part], inner: Floats) -> Floats:
    """Logarithms of the sizes of parts, their constants one after the other, ``(n_parts, n_rows)``."""
    rows, used = [], 0
    for part in parts:
        rows.append(part.at(product.rows, inner[used : used + part.n_inner])[0])
        used += part.n_inner
    with np.errstate(all="ignore"):
        return np.asarray(np.log(np.abs(np.array(rows))))


def _log_with_slopes(product: Product, one: Factor) -> tuple[Floats, list[Floats]]:
    column, slopes = _log(product, [one.part], one.inner)[0], []
    for place in range(len(one.inner)):
        moved = one.inner.copy()
        by = 1e-6 * (abs(moved[place]) or 1.0)
        moved[place] += by
        slopes.append((_log(product, [one.part], moved)[0] - column) / by)
    return column, slopes


def _together(product: Product, *factors: Factor) -> list[Factor]:
    """Factors with their constants fitted together."""
    assert product.target is not None
    rest, parts = product.shown.rest(product.target), [one.part for one in factors]
    start = np.concatenate([one.inner for one in factors])
    inner, left = refined(partial(_log, product, parts), product.shown.rest, rest, start)
    ends = np.cumsum([0, *(len(one.inner) for one in factors)])
    own = [inner[low:high] for low, high in itertools.pairwise(ends)]
    return [replace(one, inner=mine, left=left) for one, mine in zip(factors, own, strict=True)]


def _of_factors(product: Product, factors: Sequence[Factor]) -> list[Draft]:
    """The laws of these factors beside simple ones; empty where they are not exact."""
    assert product.target is not None
    rest = product.shown.rest(product.target)
    if factors[0].left * float(rest @ rest) > HOPEFUL * float(product.target @ product.target):
        return []
    extras: list[tuple[Expression, Floats]] = []
    inner: list[float] = []
    for one in factors:
        names = [Constant(f"inside {number}") for number in range(1 + len(inner), 1 + len(inner) + len(one.inner))]
        extras.append((one.part.inside(names), one.part.at(product.rows, one.inner)[0]))
        inner += one.inner.tolist()
    return product.written(extras, sum(place_bits(one.rank) for one in factors), inner)


def _factors(inputs: Inputs, simplest: Sequence[Argument]) -> Iterator[Part]:
    """What may be a factor and holds constants: ``k + u`` of simple and rich expressions, sums, peaks, waves."""
    squares = [one for place in inputs.places for one in inputs.powers(place, (Fraction(2),))]
    every = [*singles(inputs), *squares, *inputs.pairs()]
    for one in every:
        yield Chain(one, (WITHIN,))
    for first in every:
        for second in every:
            if first is not second:
                yield Chain(first, (), second)
    yield from (Chain(one, (WITHIN,)) for one in _of_waves(inputs))
    yield from (Chain(one, (WITHIN,)) for one in simplest)
    for one in singles(inputs):
        yield Chain(one, (CENTRE, SQUARE, OFFSET))
        for name in ("sin", "cos", "log", "exp"):
            if name in inputs.space.operators:
                yield Chain(one, (Plain(name, TUNED_FUNCTIONS[name]), WITHIN))
                yield Chain(one, (WITHIN, Plain(name, TUNED_FUNCTIONS[name])))
        for name, step in (("sin", SINE), ("cos", COSINE)):
            if name in inputs.space.operators:
                yield Chain(one, (step,))
                yield Chain(one, (step, WITHIN))


def _of_waves(inputs: Inputs) -> Iterator[Argument]:
    """``sin(x)**i*cos(x)**j``."""
    for place in inputs.places if {"sin", "cos"} <= inputs.space.operators else ():
        x = Variable(inputs.space.names[place])
        for i, j in ((1, 1), (2, 1), (1, 2), (2, 0), (0, 2), (3, 1), (1, 3), (2, 2), (3, 0), (0, 3)):
            powers = [raised(Apply(name, (x,)), Fraction(n)) for name, n in (("sin", i), ("cos", j)) if n]
            tree = powers[0] if len(powers) == 1 else Apply("*", tuple(powers))
            found = inputs.argument(tree, tree, place)
            if found is not None:
                yield found


def _within(values: Floats, size: int) -> Floats:
    """Constants that put the zero of ``k + v`` anywhere from a range before to a range behind the values."""
    low, span = values.min(axis=1, keepdims=True), np.maximum(np.ptp(values, axis=1, keepdims=True), 1e-300)
    return np.asarray(-(low + span * np.linspace(-1.0, 2.0, size)))


WITHIN = replace(OFFSET, name="within", grid=_within)
SQUARE = Plain("square", np.square)
