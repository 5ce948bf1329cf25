"""Fits: what hits of the screen are worth once they are fitted, first as their questions see the target, then as laws.

Few constants come first, and none come after the number that leaves nothing. A hit without constants inside is a sum of
fixed columns: the screen has fitted it already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from symreg.formula import lower
from symreg.search.native.proposal import Draft, shortest_said
from symreg.search.native.refine import Refined, Refiner
from symreg.search.native.skeletons.assembly import Assembly
from symreg.search.native.skeletons.screen import EXACT_LOSS, Hit

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Values = list[float] | None
Key = TypeVar("Key", int, str)
Item = TypeVar("Item", Hit, Refined)
SOURCE = "skeletons"

FITTED_OF_A_QUESTION = 8
"""Hits of a question that are fitted in any case: a grid does not see all questions equally well."""

FITTED_ON_ALL = 40
"""Of each number of constants, the best, that are fitted on all rows."""

SCREEN_ITERATIONS, ALL_ITERATIONS = 25, 120
"""Steps of a fit: the first tells good forms from bad ones, the second comes to rest even where constants hang
together."""

AT_A_TIME = 150
"""Hits with one number of constants that are fitted, the best first, before it is seen whether one leaves nothing."""

SURE = 1e-10
"""Loss that is no rounding of the screen's differences of sums of squares."""

REMEMBERED = 16
"""Formulas of each number of constants that are remembered."""


@dataclass(eq=False)
class Fits:
    """Fits hits and drafts on the rows of the screen (``quick``) and the best of them on all rows (``full``).

    ``most`` is how many constants a formula may have, ``each`` how many hits with one number of constants are fitted;
    once ``stop()`` is true, no more than the first ``AT_A_TIME`` of them.
    """

    quick: Refiner
    full: Refiner
    assembly: Assembly
    most: int
    each: int
    stop: Callable[[], bool]
    _near: dict[int, list[Refined]] = field(default_factory=dict)  # the best so far, by number of constants

    @property
    def rows(self) -> Rows:
        """Of the screen."""
        return self.quick.rows

    @property
    def near(self) -> dict[int, list[Refined]]:
        """The best formulas so far of each number of constants."""
        return self._near

    def begin_with(self, near: Iterable[Refined]) -> None:
        """Let these be the best formulas so far."""
        self._near = _grouped(near, lambda one: len(one.draft.names))

    def of_hits(self, hits: Sequence[Hit]) -> list[Refined]:
        """The best hits fitted: as their questions see the target, on the screen's rows, then as laws, on all."""
        n_rows = len(self.rows)
        by_count = _grouped([one for one in hits if one.n_constants <= self.most], lambda one: one.n_constants)
        chosen: list[tuple[Hit, Values]] = []
        for count in sorted(by_count):
            found = sorted(
                self._inside(_best(by_count[count], self.each, n_rows)),
                key=lambda one: (one[0].bits(n_rows), one[0].size),
            )
            chosen += found[:FITTED_ON_ALL]
            if found and min(hit.loss for hit, _ in found) < EXACT_LOSS:
                break
        drafts = [draft for hit, values in chosen for draft in self._whole(hit, values)]
        return self.on_all_rows(drafts)

    def of_drafts(self, drafts: Sequence[Draft]) -> list[Refined]:
        """Drafts fitted on the screen's rows, and the best of them on all rows."""
        each = shortest_said(drafts)
        quick = self.quick._fit([(one, SOURCE) for one in each.values()], SCREEN_ITERATIONS)
        return self.on_all_rows([one.draft for one in _spread(quick)])

    def on_all_rows(self, drafts: Sequence[Draft]) -> list[Refined]:
        """Drafts with their units, where these are allowed, fitted on all rows; best first."""
        each = shortest_said(drafts)
        best = [draft for one in each.values() if (draft := self.assembly.with_units(one)) is not None]
        found = self.full._fit([(draft, SOURCE) for draft in best], ALL_ITERATIONS)
        for one in found:
            self._near.setdefault(len(one.draft.names), []).append(one)
        self._near = {count: sorted(some, key=lambda one: one.loss)[:REMEMBERED] for count, some in self._near.items()}
        return sorted(found, key=lambda one: one.loss)

    def _inside(self, some: Sequence[Hit]) -> Iterator[tuple[Hit, Values]]:
        """Hits with what they leave once fitted to the target as their questions see it, and their constants then;
        None where that is what they left on the screen."""
        known = [not hit.n_inner and hit.loss > SURE for hit in some]
        yield from ((hit, None) for hit, is_known in zip(some, known, strict=True) if is_known)
        rest = [hit for hit, is_known in zip(some, known, strict=True) if not is_known]
        for low in range(0, len(rest), AT_A_TIME):
            found: list[tuple[Hit, Values]] = []
            for alike in _grouped(rest[low : low + AT_A_TIME], lambda one: one.question.sees).values():
                found += self._fitted_inside(alike)
            yield from found
            if any(hit.loss < EXACT_LOSS for hit, _ in found) or self.stop():
                break

    def _fitted_inside(self, some: Sequence[Hit]) -> Iterator[tuple[Hit, Values]]:
        """The same for hits of one context and factor."""
        drafts = [(hit, draft) for hit in some if (draft := self.assembly.inside(hit)) is not None]
        question, space, (y, weights) = some[0].question, self.full.space, self.assembly.at(self.rows)
        with np.errstate(all="ignore"):
            target, scale = question.target(y, self.rows), question.scale(y, self.rows) * np.sqrt(weights)
        programs = [lower(one.expression, space.names, one.names, space.in_formulas) for _, one in drafts]
        fits = self.quick.engine.fit_many(
            programs, self.quick.X, target, scale**2, [np.array(one.values) for _, one in drafts],
            max_iterations=SCREEN_ITERATIONS, threads=self.quick.threads,
        )  # fmt: skip
        total = float(weights @ (y - float(weights @ y) / weights.sum()) ** 2) or 1.0
        for (hit, _), fit in zip(drafts, fits, strict=True):
            if np.isfinite(fit.residual_sum) and np.isfinite(fit.values).all():
                yield replace(hit, loss=fit.residual_sum / total), fit.values.tolist()

    def _whole(self, hit: Hit, values: Values) -> list[Draft]:
        """The laws that a hit stands for, at these constants or those of least squares."""
        values = self.assembly.values(hit) if values is None else values
        return [] if values is None else self.assembly.whole(hit, values)


def _grouped(hits: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    groups: dict[Key, list[Item]] = {}
    for hit in hits:
        groups.setdefault(key(hit), []).append(hit)
    return groups


def _best(hits: Sequence[Hit], each: int, n_rows: int) -> list[Hit]:
    """The hits of least loss, and of each question so many in any case."""
    by_question = Counter[int]()
    chosen: list[Hit] = []
    for hit in sorted(hits, key=lambda one: one.bits(n_rows)):
        if len(chosen) < each or by_question[id(hit.question)] < FITTED_OF_A_QUESTION:
            chosen.append(hit)
            by_question[id(hit.question)] += 1
    return chosen


def _spread(found: Sequence[Refined]) -> list[Refined]:
    """Of each number of constants the best fits, up to the number that leaves nothing."""
    chosen: list[Refined] = []
    ordered = sorted(found, key=lambda one: (max(one.loss, EXACT_LOSS), one.complexity))
    for count in sorted({len(one.draft.names) for one in found}):
        own = [one for one in ordered if len(one.draft.names) == count]
        chosen += own[:FITTED_ON_ALL]
        if own[0].loss < EXACT_LOSS:
            break
    return chosen
