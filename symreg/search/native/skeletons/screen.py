"""The screen: which parts, at which of their constants, explain what questions leave, on a few rows.

All questions are asked of a block of columns with two matrix products: with companions projected out of the target
beforehand, a column ``c`` leaves ``|rest|² - (c·rest)²/(|c|² - |Qᵀc|²)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from symreg.search.native.skeletons.argument import inputs_of
from symreg.search.native.skeletons.part import Columns, Part
from symreg.search.native.skeletons.question import Projected, Question
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
SCREEN_ROWS = 64
"""Rows of the screen: enough to tell parts with three constants apart, few enough for a hundred thousand columns."""

EXACT_LOSS = 1e-20
"""Loss that is rounding: less means nothing, and more constants have nothing to gain."""

BLOCK = 16_384  # columns at once: their values and scores stay small
DISTINCT = 1e-9
"""Of its square by which a column has to stand out of companions: below, rounding decides."""


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """Parts with their inner constants that leave little of a question.

    ``form_bits`` say which question and which parts, by their places in the catalogue.
    """

    question: Question
    parts: tuple[Part, ...]
    inner: tuple[Floats, ...]
    loss: float
    form_bits: float = 0.0

    @property
    def n_constants(self) -> int:
        """All that a fit would have to find."""
        return self.question.n_outer + sum(part.n_inner + part.n_columns for part in self.parts)

    @property
    def n_inner(self) -> int:
        """Constants inside of its parts: without any it is a sum of fixed columns."""
        return sum(part.n_inner for part in self.parts)

    def bits(self, n_rows: int) -> float:
        """What so many rows and the form cost, constants left aside: under noise the nearest form follows the noise."""
        return 0.5 * n_rows * math.log2(max(self.loss, EXACT_LOSS)) + self.form_bits

    @property
    def size(self) -> int:
        """Nodes of the parts: of two that are alike the shorter one is meant."""
        return sum(part.size for part in self.parts)


def place_bits(place: int) -> float:
    """Bits to name an entry of a list by its place: those that come first are likelier (Rissanen 1983)."""
    return math.log2(place + 2) + math.log2(math.log2(place + 2) + 1.0)


@lru_cache(maxsize=8)
def places_bits(count: int) -> Floats:
    """The same for the first ``count`` entries of a list."""
    return np.array([place_bits(place) for place in range(count)])


def screen_rows(space: SearchSpace, rows: Rows) -> Rows:
    """Rows that lie evenly along the input that varies alone, or as they come."""
    if len(rows) <= SCREEN_ROWS:
        return rows
    places = inputs_of(space).places
    along = np.argsort(space.inputs[places[0]][rows], kind="stable") if len(places) == 1 else np.arange(len(rows))
    return np.sort(rows[along[np.linspace(0, len(rows) - 1, SCREEN_ROWS).astype(int)]])


def blocks(
    parts: Iterable[Part], rows: Rows, sizes: Callable[[Part], Sequence[int]]
) -> Iterator[tuple[list[Part], list[Columns]]]:
    """Parts with their columns, so many together that a matrix product is worth its call."""
    held: list[Part] = []
    columns: list[Columns] = []
    count = 0
    for part in parts:
        found = part.columns(rows, sizes(part))
        if not len(found.values):
            continue
        if columns and (count + len(found.values) > BLOCK or columns[0].values.shape[1] != found.values.shape[1]):
            yield held, columns
            held, columns, count = [], [], 0
        held.append(part)
        columns.append(found)
        count += len(found.values)
    if columns:
        yield held, columns


def screened(questions: Sequence[Projected], held: Sequence[Part], columns: Sequence[Columns], each: int) -> list[Hit]:
    """For each question the best constants of its ``each`` best parts of a block."""
    values = np.concatenate([one.values for one in columns])
    starts = np.cumsum([0, *(len(one.values) for one in columns)])
    losses = losses_of(questions, values)  # (n_questions, n_columns)
    least = np.minimum.reduceat(losses, starts[:-1], axis=1)
    hits = []
    for place, question in enumerate(questions):
        for index in np.argsort(least[place], kind="stable")[:each]:
            low, high = starts[index], starts[index + 1]
            best = int(np.argmin(losses[place, low:high]))
            if np.isfinite(least[place, index]):
                inner = columns[index].constants[best]
                hits.append(Hit(question.question, (held[index],), (inner,), float(least[place, index])))
    return hits


def losses_of(questions: Sequence[Projected], values: Floats) -> Floats:
    """What each column leaves of each question, ``(n_questions, n_columns)``, over the target's sum of squares."""
    if values.shape[1] == 2:
        return np.array([_losses_of_two(one, values) for one in questions])
    with np.errstate(all="ignore"):
        return _losses_of_one(questions, values[:, 0, :])


def _losses_of_one(questions: Sequence[Projected], single: Floats) -> Floats:
    """The same for parts of one column ``(n_columns, n_rows)``; inf where numbers run over."""
    sizes = np.square(single) @ np.array([np.square(one.scale) for one in questions]).T
    wanted = [np.column_stack([one.scale * one.rest, one.scale[:, None] * one.basis]) for one in questions]
    products = single @ np.concatenate(wanted, axis=1)
    found, at = np.empty((len(questions), len(single))), 0
    for place, one in enumerate(questions):
        width = 1 + one.basis.shape[1]
        inside = products[:, at + 1 : at + width]
        size = sizes[:, place] - np.einsum("ij,ij->i", inside, inside)
        gain = np.square(products[:, at]) / size / one.total
        good = (size > DISTINCT * sizes[:, place]) & np.isfinite(gain)
        found[place] = np.where(good, np.maximum(one.left - gain, 0.0), np.inf)
        at += width
    return found


def _losses_of_two(question: Projected, values: Floats) -> Floats:
    """The same for parts of two columns: the normal equations of two unknowns, solved."""
    a, b = values[:, 0] * question.scale, values[:, 1] * question.scale
    with np.errstate(all="ignore"):
        return _gains_of_two(question, a, b)


def _gains_of_two(question: Projected, a: Floats, b: Floats) -> Floats:
    inside_a, inside_b = a @ question.basis, b @ question.basis
    aa = np.einsum("ij,ij->i", a, a) - np.einsum("ij,ij->i", inside_a, inside_a)
    bb = np.einsum("ij,ij->i", b, b) - np.einsum("ij,ij->i", inside_b, inside_b)
    ab = np.einsum("ij,ij->i", a, b) - np.einsum("ij,ij->i", inside_a, inside_b)
    at, bt = a @ question.rest, b @ question.rest
    determinant = aa * bb - ab**2
    gain = (bb * at**2 - 2 * ab * at * bt + aa * bt**2) / determinant / question.total
    whole_a, whole_b = np.einsum("ij,ij->i", a, a), np.einsum("ij,ij->i", b, b)
    distinct = (aa > DISTINCT * whole_a) & (bb > DISTINCT * whole_b) & (determinant > DISTINCT * aa * bb)
    return np.where(distinct & np.isfinite(gain), np.maximum(question.left - gain, 0.0), np.inf)
