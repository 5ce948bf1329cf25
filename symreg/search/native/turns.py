"""Turns: when evolution goes on and when the hunts do, who share one budget.

Levels get dearer by a factor each. As long as they are cheap, and once a law leaves nothing but noise, evolution has no
turn, so that it costs simple laws nothing. From then on it has a share of all that is looked at, the larger one while
the shortest description is its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from symreg.formula import constants_of
from symreg.search.native.done import Lives
from symreg.search.native.evolution import BENT, BREEDING, SOURCE, Breeding, Evolution, Grafter, Variation, supplies_of
from symreg.search.native.hunt import Hunt, Workplace
from symreg.search.native.probes import target_at
from symreg.search.native.progress import Progress
from symreg.search.native.refine import Refined, Refiner

DEAR = 4_000_000  # combinations of a level: one or two seconds
A_TURN = 1_500_000  # combinations at least: what a turn finds is fitted to all rows, which takes its time too
SHARE, LEADING_SHARE = 1 / 3, 0.5  # of what is looked at, for evolution
GRAFTED_ROWS = 400
"""Rows at which supplies have their values, of those that are fitted to: a graft is a matrix product of 1,500 supplies
with these. More cost time in proportion, fewer let noise choose the graft; fits use all. Set by hand."""


@dataclass(slots=True, eq=False)
class Turns:
    """Evolution beside hunts; ``refiner`` fits to the target itself."""

    workplace: Workplace
    refiner: Refiner
    progress: Progress
    generator: np.random.Generator
    evolution: Evolution | None = None
    _shortlist: dict[int, Refined] = field(default_factory=dict)  # the best of each complexity so far
    _is_idle: bool = False  # evolution had nothing left to try

    @property
    def evaluated(self) -> int:
        """Combinations that evolution looked at, in the currency of the hunts."""
        return 0 if self.evolution is None else self.evolution.evaluated

    def is_evolutions(self, hunt: Hunt, hunts: Sequence[Hunt]) -> bool:
        """Whether evolution goes on before the next level of this hunt."""
        if self._is_idle or self.workplace.settings.lacks("evolution"):
            return False
        if hunt.expected < DEAR or self.progress.is_at_the_noise():
            return False
        law = self.progress.law
        share = LEADING_SHARE if law is not None and law.source == SOURCE else SHARE
        looked = sum(one.in_turn for one in hunts) + hunt.expected
        return self.evaluated * (1 - share) < share * looked

    def run(self, whole: Hunt) -> list[Refined]:
        """Generations; the first time, over what the bank of the whole question holds by now."""
        if self.evolution is None:
            self.evolution = evolution_of(self.workplace, whole, self.refiner, self.progress, self.generator)
            self.evolution.settle(list(self._shortlist.values()))
        found: dict[int, Refined] = {}
        end = self.evolution.evaluated + A_TURN
        while self.evolution.evaluated < end and not self._is_idle and not self.workplace.stop():
            before = self.evolution.evaluated
            found |= {one.complexity: one for one in self.evolution.run()}
            self._is_idle = self.evolution.evaluated == before
        return [found[size] for size in sorted(found)]

    def learn(self, found: Sequence[Refined]) -> None:
        """Let the best of each complexity, best first in ``found``, be what evolution starts from."""
        fresh = self._listed(found)
        if self.evolution is not None and not self.workplace.stop():
            before = self.evolution.evaluated
            self.evolution.settle([one for one in fresh.values() if one.source != SOURCE])
            self._is_idle = self._is_idle and self.evolution.evaluated == before

    def _listed(self, found: Sequence[Refined]) -> dict[int, Refined]:
        """Those of the best of each complexity that were not there before; from now on they are."""
        fresh: dict[int, Refined] = {}
        for one in (one for one in found if self._can_breed(one)):
            known = self._shortlist.get(one.complexity)
            if one.complexity not in fresh and (known is None or one.loss < known.loss):
                fresh[one.complexity] = one
        self._shortlist |= fresh
        return fresh

    def is_listed(self, one: Refined) -> bool:
        """Whether this is the best of its complexity that evolution may start from."""
        return self._shortlist.get(one.complexity) is one

    def done(self) -> Lives | None:
        """What evolution has come to, None before its first turn."""
        return None if self.evolution is None else self.evolution.done(self._is_idle)

    def go_on_after(self, found: Sequence[Refined], lives: Lives | None, whole: Hunt) -> None:
        """Be as after a turn that brought these, without breeding."""
        if lives is not None and self.evolution is None:
            self.evolution = evolution_of(self.workplace, whole, self.refiner, self.progress, self.generator)
        self._listed(found)
        if self.evolution is not None and lives is not None:
            self.evolution.go_on_after(lives)
            self._is_idle = lives.is_idle

    def _can_breed(self, one: Refined) -> bool:
        """Whether the formula is made as evolution makes them: with the units it may use, and no unit written out."""
        space = self.refiner.space
        allowed = space.coefficient_codes is None or set(one.draft.codes) <= set(space.coefficient_codes)
        return allowed and not set(constants_of(one.draft.expression)) & set(space.scales)


def evolution_of(
    workplace: Workplace,
    whole: Hunt,
    refiner: Refiner,
    progress: Progress,
    generator: np.random.Generator,
    breeding: Breeding = BREEDING,
) -> Evolution:
    """Evolution on the rows of a refiner, with supplies from the bank of a hunt."""
    space, rows = refiner.space, refiner.rows[:: max(1, -(-len(refiner.rows) // GRAFTED_ROWS))]
    supplies = supplies_of(whole.bank, space, workplace.engine, rows, bent=BENT if breeding.curves else 0)
    inputs = np.ascontiguousarray(space.inputs[:, rows])
    grafter = Grafter(space, workplace.engine, supplies, inputs, target_at(space, rows)) if breeding.grafts else None
    variation = Variation(space, supplies, grafter, exchanging=breeding.exchanging)
    return Evolution(variation, refiner, progress, workplace.stop, generator, breeding, workplace.sharing)
