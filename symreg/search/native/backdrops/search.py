"""The search before backdrops: what a law holds beside many simple terms, for tables that are exact.

First every view of the target is fitted by a backdrop alone: sums of many terms, over simple expressions, under a
function, with a denominator; products in logarithms. Then one more part is sought, of a hundred thousand rich terms and
of parts with constants inside, with the backdrop projected out of it: so a law may hold one thing that is far from
simple, and any number of things that are. What is found is exact or it is nothing: near formulas are for skeletons.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from symreg.search.native.backdrops.backdrop import COLUMNS_AT_ONCE, HOPEFUL, backdrop, monomials
from symreg.search.native.backdrops.batches import batches
from symreg.search.native.backdrops.composed import composed_terms
from symreg.search.native.backdrops.drafts import drafts_of
from symreg.search.native.backdrops.enveloped import enveloped
from symreg.search.native.backdrops.product import products
from symreg.search.native.backdrops.product_factors import factored
from symreg.search.native.backdrops.refining import refined
from symreg.search.native.backdrops.sight import Sight, left_by, left_by_one, share
from symreg.search.native.backdrops.sparse import LOOKED_CLOSER
from symreg.search.native.backdrops.supplies import Supplies
from symreg.search.native.backdrops.tuned import nested, shared, swift, tuned, waves_of
from symreg.search.native.done import StagesDone
from symreg.search.native.hunt import Workplace
from symreg.search.native.proposal import Draft, shortest_said
from symreg.search.native.refine import Refined, Refiner
from symreg.search.native.skeletons import (
    Argument,
    Chain,
    Inputs,
    Part,
    PlainTerms,
    catalogue,
    inputs_of,
    place_bits,
    rich_terms,
)
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Stage = Callable[[], list[Refined]]
SOURCE = "backdrops"
FEWEST_BACKDROP_ROWS = 40
"""Rows of a table that backdrops are tried on: half of them are terms (``supplies.PORTION``), so that with 40 twenty
terms leave twenty rows to disagree. With fewer a fit of so many terms proves less, and fewer terms are no backdrop."""

MOST_BACKDROP_ROWS = 240
"""Rows that are looked at: of exact tables no more are needed to tell a hundred terms apart."""

DIGITS = 9
"""Up to which values may have been rounded."""

MANY = 3
"""Inputs up to which parts with two constants inside are looked at."""

EXACT_FIT = 1e-25
"""Loss of a law that is exact: what follows a smooth curve with a handful of constants leaves more."""

MOST_FREE, MOST_FREE_ALONE = 5, 2
"""Constants of such a law that are no plain numbers: of one input fewer, where series and approximants come near."""

MOST_OF_RICH = 160_000
"""Rich terms: with functions of functions of the simplest, which are the last of them."""

CHEAPER = 100
"""Columns before views that cost as much as one combination of a hunt."""

PLAIN_SIGHT = 0.02
"""What the right part may leave of what a backdrop leaves, where no constant has to be found: rounding only."""

IN_SIGHT = 0.7
"""The same where its constants lie beside a grid's."""

REFINED_OF_A_VIEW, REFINED = 12, 240
"""Parts that are kept of a view in each batch, and of all views together, to be refined: the best by what they leave at
a constant of the grid. More cost a refinement each, fewer lose the right part behind those that look better. Set by
hand."""

FACTORS = 120
"""Of the simplest terms of which factors with a constant are made."""


PARTS_OF_AN_ITEM = 32
"""Parts with constants that one worker looks at together: a batch of columns, of which each view keeps the best."""

ITEMS_AT_ONCE = 16
"""Of these between two looks at the clock: half a second's."""


class Seen(NamedTuple):
    """A part that leaves little of a view: how much, at which constants, and the numbers of both."""

    left: float
    part: int
    inner: Floats
    sight: int


@dataclass(eq=False)
class Backdrops:
    """The stages for one space, each with what the hunts look at before it; ``run`` does the next one."""

    workplace: Workplace
    space: SearchSpace
    inputs: Inputs
    rows: Rows
    full: Refiner
    evaluated: int = 0
    _next: int = 0
    _supplies: Supplies = field(init=False)
    _stages: list[tuple[int, Stage]] = field(init=False)

    def __post_init__(self) -> None:
        self._supplies = Supplies(self.workplace, self.space, self.inputs, self.rows)
        self._stages = self._plan() if self._is_wanted else []

    @property
    def _is_wanted(self) -> bool:
        space = self.space
        pure = not space.target_code and not any(space.codes) and space.is_whole
        exact = space.sigma is None and len(self.rows) >= FEWEST_BACKDROP_ROWS and bool(np.ptp(space.target) > 0)
        return pure and exact and bool(self.inputs.places) and not self.workplace.settings.lacks("backdrops")

    def _plan(self) -> list[tuple[int, Stage]]:
        own = self.inputs
        stages = [
            (60_000, self._alone),
            (150_000, self._rich),
            (200_000, lambda: self._parts(catalogue.one_step(own))),
            (200_000, lambda: self._parts(catalogue.waves(own))),
            (250_000, self._factored),
            (300_000, lambda: self._parts(swift(own))),
            (350_000, lambda: self._parts(shared(own))),
            (400_000, lambda: self._parts(nested(own))),
            (500_000, lambda: self._parts(enveloped(own), self._supplies.plainest)),
            (500_000, lambda: self._parts(tuned(own), self._supplies.few)),
            (700_000, self._composed),
            (900_000, lambda: self._parts(waves_of(self._supplies.simplest))),
            (1_000_000, lambda: self._parts(catalogue.blended(own))),
            (1_200_000, lambda: self._parts(catalogue.two_steps(own), self._supplies.few)),
        ]
        if is_rounded(self._supplies.y):
            return stages[:1]
        return stages if len(own.places) <= MANY else stages[:-1]

    @property
    def is_done(self) -> bool:
        """Whether every stage has been run."""
        return self._next >= len(self._stages)

    @property
    def stages_run(self) -> int:
        """How many stages have been run."""
        return self._next

    @property
    def is_heavy(self) -> bool:
        """Whether the next stage is one that takes seconds: all but the first do."""
        return self._next > 0

    @property
    def due(self) -> float:
        """After how many combinations of the hunts the next stage has its turn."""
        return math.inf if self.is_done else self._stages[self._next][0]

    def run(self) -> list[Refined]:
        """The next stage: its laws, fitted on all rows."""
        _, stage = self._stages[self._next]
        self._next += 1
        with np.errstate(all="ignore"):
            return stage()

    def done(self) -> StagesDone:
        """What cannot be made again of the stages that have been run."""
        return StagesDone(self._next, self.evaluated)

    def go_on_after(self, done: StagesDone) -> None:
        """Be as after these stages, without running them."""
        self._next, self.evaluated = done.next, done.evaluated

    # -- stages

    def _alone(self) -> list[Refined]:
        """What backdrops explain without anything else."""
        drafts: list[Draft] = []
        own = self._supplies
        powers = backdrop(monomials(self.inputs, self.rows, own.most), ())
        of_sums = [(one, own.sights(one, own.all_views)) for one in (powers, own.plain)]
        for shown, sights in (*of_sums, *own.rational, *own.implicit):
            self.evaluated += len(sights) * len(shown.trees) // CHEAPER
            near = sorted(sights, key=share)[:LOOKED_CLOSER]
            near = [one for one in near if share(one) < HOPEFUL]
            drafts += [draft for one in near for draft in drafts_of(one, self.rows, self.space.operators, None, None)]
        drafts += products(own.product, None)
        return self._exact(drafts)

    def _rich(self) -> list[Refined]:
        """One rich term before a backdrop, and one rich factor before a product's."""
        terms = rich_terms(self._supplies.terms, self.inputs, self.rows, MOST_OF_RICH)
        self.evaluated += len(terms.values)
        drafts = [draft for sights in self._supplies.main for draft in self._before(sights, [terms])]
        return self._exact([*drafts, *products(self._supplies.product, terms)])

    def _factored(self) -> list[Refined]:
        """One factor with constants inside before a product's, or two."""
        own = self._supplies
        return self._exact(factored(own.product, own.simplest[:FACTORS], self.workplace.stop))

    def _composed(self) -> list[Refined]:
        """One function of two simple expressions."""
        return self._exact(
            [
                draft
                for sights in self._supplies.few
                for draft in self._before(sights, composed_terms(self._supplies.terms, self.inputs))
            ]
        )

    def _before(self, sights: Sequence[Sight], blocks: Iterable[PlainTerms]) -> Iterator[Draft]:
        found: list[tuple[float, int, Argument, Sight]] = []
        before = 0
        for terms in blocks:
            for low in range(0, len(terms.values), COLUMNS_AT_ONCE):
                if self.workplace.stop():
                    break
                left = left_by_one(sights, terms.values[low : low + COLUMNS_AT_ONCE].astype(self._supplies.precision))
                self.evaluated += left.size // CHEAPER
                for place, sight in enumerate(sights):
                    near = np.flatnonzero(left[place] < PLAIN_SIGHT)
                    for index in near[np.argsort(left[place][near], kind="stable")][:LOOKED_CLOSER]:
                        argument = terms.argument(low + int(index))
                        if argument is not None:
                            found.append((float(left[place, index]), before + low + int(index), argument, sight))
            before += len(terms.values)
        found.sort(key=lambda one: one[0])
        operators = self.space.operators
        for _, index, argument, sight in found[: 2 * LOOKED_CLOSER]:
            yield from drafts_of(sight, self.rows, operators, Chain(argument), np.empty(0), place_bits(index))

    def _parts(self, parts: Iterable[Part], before: Sequence[Sequence[Sight]] | None = None) -> list[Refined]:
        """One part with constants inside before a backdrop."""
        groups = self._supplies.main if before is None else before
        all_parts, all_sights = list(parts), [sight for sights in groups for sight in sights]
        found: list[Seen] = []
        items = [range(at, at + PARTS_OF_AN_ITEM) for at in range(0, len(all_parts), PARTS_OF_AN_ITEM)]
        for at in range(0, len(items), ITEMS_AT_ONCE):
            some = items[at : at + ITEMS_AT_ONCE]
            answers = self.workplace.sharing.share(some, lambda places: self._seen(all_parts, places, groups))
            for seen, looked in answers:
                found += [Seen(left, rank, np.array(inner), sight) for left, rank, inner, sight in seen]
                self.evaluated += looked
            found = sorted(found, key=lambda one: one.left)[:REFINED]
            if self.workplace.stop():
                break
        return self._exact(list(self._refined(found, all_parts, all_sights)))

    def _seen(
        self, parts: Sequence[Part], places: range, groups: Sequence[Sequence[Sight]]
    ) -> tuple[list[tuple[float, int, Floats, int]], int]:
        """Of some of the parts those that leave little of a view, as of ``Seen``, and how much was looked at."""
        found, looked = list[tuple[float, int, Floats, int]](), 0
        for some in batches(parts[places.start : places.stop], self.rows):
            values = np.concatenate([one[2].values for one in some]).astype(self._supplies.precision)
            starts = np.cumsum([0, *(len(one[2].values) for one in some)])
            before = 0
            for sights in groups:
                left = left_by(sights, values)
                looked += left.size // CHEAPER
                least = np.minimum.reduceat(left, starts[:-1], axis=1)
                for place in range(len(sights)):
                    for index in np.argsort(least[place], kind="stable")[:REFINED_OF_A_VIEW]:
                        if least[place, index] < IN_SIGHT:
                            rank, _, columns = some[index]
                            at = int(np.argmin(left[place, starts[index] : starts[index + 1]]))
                            inner = columns.constants[at]
                            found.append((float(least[place, index]), places.start + rank, inner, before + place))
                before += len(sights)
        return found, looked

    def _refined(self, found: Sequence[Seen], parts: Sequence[Part], sights: Sequence[Sight]) -> Iterator[Draft]:
        def work(one: Seen) -> tuple[Floats, float]:
            part, sight = parts[one.part], sights[one.sight]
            return refined(lambda k: part.at(self.rows, k), sight.backdrop.rest, sight.rest, one.inner)

        answers = self.workplace.sharing.share(found, work)
        near = [
            (float(left), one.part, parts[one.part], np.array(point), sights[one.sight])
            for one, (point, left) in zip(found, answers, strict=True)
            if left * share(sights[one.sight]) < HOPEFUL
        ]
        near.sort(key=lambda one: one[0])
        for _, rank, part, point, sight in near[:LOOKED_CLOSER]:
            yield from drafts_of(sight, self.rows, self.space.operators, part, point, place_bits(rank))

    def _exact(self, drafts: Sequence[Draft]) -> list[Refined]:
        """Those of the laws that are exact on all rows."""
        most = MOST_FREE if len(self.inputs.places) > 1 else MOST_FREE_ALONE
        each = shortest_said([one for one in drafts if len(one.names) <= most])
        found = self.full._fit([(one, SOURCE) for one in each.values()], 60)
        return sorted((one for one in found if one.loss < EXACT_FIT), key=lambda one: one.draft.form_bits or 0.0)


def is_rounded(target: Floats) -> bool:
    """Whether all values are written with few digits, as what is measured is: no law leaves nothing of them."""
    return all(float(f"{value:.{DIGITS}g}") == value for value in target.tolist())


def backdrops_of(workplace: Workplace, space: SearchSpace, fit_rows: Rows) -> Backdrops:
    """The search before backdrops on these rows."""
    from symreg.search.native.probes import target_at

    rows = fit_rows if len(fit_rows) <= MOST_BACKDROP_ROWS else fit_rows[:: -(-len(fit_rows) // MOST_BACKDROP_ROWS)]
    threads = workplace.settings.threads
    full = Refiner(space, workplace.engine, threads, target_at(space, fit_rows), fit_rows)
    return Backdrops(workplace, space, inputs_of(space), rows, full)
