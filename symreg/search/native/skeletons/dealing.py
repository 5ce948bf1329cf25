"""Dealing: parts and questions that are screened by as many workers as there are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.search.native.hunt import Workplace
from symreg.search.native.skeletons.pairs import paired
from symreg.search.native.skeletons.part import Columns, Part
from symreg.search.native.skeletons.question import Projected
from symreg.search.native.skeletons.screen import BLOCK, Hit, blocks, screened

Rows = npt.NDArray[np.int64]
ITEMS_AT_ONCE = 15
"""Items between two looks at the clock and the budget: a quarter of a million columns, as a budget is counted."""

Found = tuple[list[Hit], int]  # hits, and how many columns or pairs were looked at


@dataclass(frozen=True, slots=True, eq=False)
class Dealer:
    """Deals the screening of these parts for these questions; hits come in the order of the parts, and how many
    combinations were looked at is told."""

    workplace: Workplace
    parts: Sequence[Part]
    asked: Sequence[Projected]
    tell: Callable[[int], None]

    def screened(
        self, rows: Rows, sizes: Callable[[Part], Sequence[int]], each: int,
        asked_of: Callable[[Sequence[Columns]], Sequence[Projected]] | None = None,
    ) -> list[Hit]:  # fmt: skip
        """Parts alone, at constants on grids of these sizes; ``asked_of`` says what is asked of some columns."""

        def work(places: range) -> Found:
            found, looked = list[Hit](), 0
            for held, columns in blocks([self.parts[one] for one in places], rows, sizes):
                found += screened(self.asked if asked_of is None else asked_of(columns), held, columns, each)
                looked += sum(len(one.values) for one in columns)
                if self.workplace.stop():
                    break
            return found, looked

        return self._together(self._blocks(sizes), work)

    def _blocks(self, sizes: Callable[[Part], Sequence[int]]) -> list[range]:
        """Places of parts that have a block of columns together."""
        items, start, count = list[range](), 0, 0
        for place, part in enumerate(self.parts):
            own = math.prod(sizes(part))
            if count and count + own > BLOCK:
                items.append(range(start, place))
                start, count = place, 0
            count += own
        return [*items, range(start, len(self.parts))] if self.parts else []

    def paired(self, columns: Sequence[Columns], keep: int) -> list[Hit]:
        """Pairs of the parts with these columns, for one question after another."""

        def work(place: int) -> Found:
            return paired(self.asked[place], self.parts, columns, keep, self.workplace.stop)

        return self._together(range(len(self.asked)), work)

    def _together(self, items: Sequence[Any], work: Callable[[Any], Found]) -> list[Hit]:
        """Some items at a time, as many as the budget has left, until ``stop()``."""
        hits, at = list[Hit](), 0
        while at < len(items) and not (at and self.workplace.stop()):
            left = self.workplace.left()
            some = items[at : at + (ITEMS_AT_ONCE if left is None else max(1, min(ITEMS_AT_ONCE, left // BLOCK)))]
            for found, looked in self.workplace.sharing.share(some, work, write=self._written, read=self._read):
                hits += found
                self.tell(looked)
            at += len(some)
        return hits

    def _written(self, found: Found) -> list[Any]:
        hits, looked = found
        questions = {id(one.question): place for place, one in enumerate(self.asked)}
        parts = {id(one): place for place, one in enumerate(self.parts)}
        return [
            np.array([questions[id(one.question)] for one in hits], dtype=np.int64),
            np.array([[parts[id(part)] for part in one.parts] for one in hits], dtype=np.int64),
            np.array([one.loss for one in hits], dtype=np.float64),
            np.concatenate([np.empty(0), *(inner for one in hits for inner in one.inner)]),
            looked,
        ]

    def _read(self, value: list[Any]) -> Found:
        questions, places, losses, constants, looked = value
        hits, at = list[Hit](), 0
        for question, own, loss in zip(questions.tolist(), places.tolist(), losses.tolist(), strict=True):
            parts = tuple(self.parts[one] for one in own)
            inner = []
            for part in parts:
                inner.append(constants[at : at + part.n_inner])
                at += part.n_inner
            hits.append(Hit(self.asked[question].question, parts, tuple(inner), loss))
        return hits, int(looked)
