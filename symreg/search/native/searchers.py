"""Searchers: hunts, evolution, skeletons and backdrops, who look for the laws of one space in turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.search.native.backdrops import Backdrops, backdrops_of
from symreg.search.native.done import Who
from symreg.search.native.hunt import Hunt, Workplace, hunt_of
from symreg.search.native.noise import Wonder
from symreg.search.native.probes import target_at
from symreg.search.native.progress import Progress
from symreg.search.native.questions import smoothed_rows, smoother_of
from symreg.search.native.reductions import reductions_of
from symreg.search.native.refine import Refined, Refiner
from symreg.search.native.skeletons import Skeletons, skeletons_of
from symreg.search.native.turns import Turns
from symreg.search.space import SearchSpace

Rows = npt.NDArray[np.int64]
SMALLEST = 2  # times as many evaluations as the others
AGAIN = 8  # of the best of a level, fitted to the target itself where others are fitted to a surface
POLISHED = 12  # of the proposals of a level, given more coefficients
A_STAGE = 3_000_000
"""Combinations of hunts that take as long as a stage of skeletons or backdrops, for each input that varies."""

HUNTS_PART = 1 / 6
"""Of what stages cost, for hunts at least: of many inputs a stage takes seconds, in which a deep law without odd
constants is found."""


@dataclass(slots=True, eq=False)
class Searchers:
    """Everyone who looks, and the fits of what they find; ``plain`` fits to the target itself.

    The first hunt is that of the whole space, the others are those of smaller questions.
    """

    workplace: Workplace
    space: SearchSpace
    refiner: Refiner
    plain: Refiner
    progress: Progress
    hunts: list[Hunt]
    turns: Turns
    skeletons: Skeletons
    backdrops: Backdrops
    wonder: Wonder
    last: tuple[Who, int] = ("hunt", 0)  # who had the last turn, and which hunt it was

    @property
    def whole(self) -> Hunt:
        """The hunt in the whole space."""
        return self.hunts[0]

    @property
    def reach(self) -> int:
        """The level up to which every hunt has looked."""
        return min(one.level for one in self.hunts)

    @property
    def evaluated(self) -> int:
        """Combinations that all have looked at."""
        stages = self.backdrops.evaluated + self.skeletons.evaluated + self.wonder.evaluated
        return self.turns.evaluated + stages + sum(one.evaluated for one in self.hunts)

    def run(self) -> list[Refined]:
        """One turn: the stage that is due, evolution, or the next level of a hunt."""
        # The hunt that has looked at least goes on, so that none waits for another's large levels. The smallest
        # question is the likeliest to be answered: it may look at more.
        hunt = min(self.hunts, key=lambda one: one.in_turn / (SMALLEST if one is self.hunts[-1] else 1))
        due = self._due()
        if due is not None:
            self.last = "skeletons" if due is self.skeletons else "backdrops", 0
            return due.run()
        if self.turns.is_evolutions(hunt, self.hunts):
            self.last = "evolution", 0
            return self.turns.run(self.whole)
        self.last = "hunt", self.hunts.index(hunt)
        proposals = hunt.run()
        # A budget that is spent still leaves what was found to be fitted.
        found = self.refiner.refine(proposals, polish=POLISHED)
        if self.refiner.probes is not self.plain.probes:  # a surface is near the truth, and a law may be nearer
            found += self.plain.again(found[:AGAIN])
        return found

    def _due(self) -> Backdrops | Skeletons | None:
        """Whose next stage has its turn, if anyone's: the one that was to come first, once hunts have had their part.

        Only what is exact has anything to find before backdrops: where what is left may be noise, skeletons come first.
        """
        backdrops, skeletons = self.backdrops, self.skeletons
        looked = sum(one.in_turn for one in self.hunts)
        waits = backdrops.is_heavy and not skeletons.is_done and self.progress.may_be_noise()
        first = skeletons if waits or skeletons.due <= backdrops.due else backdrops
        stages = skeletons.stages_run + backdrops.stages_run + self.wonder.stages_run
        if looked < HUNTS_PART * A_STAGE * stages * len(skeletons.inputs.places):
            return None
        return first if looked >= first.due else None

    def look_closer(self, generator: np.random.Generator) -> None:
        """What is done between two turns: smaller questions are asked once, and a new surface is looked at."""
        if self.progress.smoother is None and self.whole.level == 0:
            self.ask_smaller_questions(generator)
        self.look_at_surface()

    def ask_smaller_questions(self, generator: np.random.Generator) -> None:
        """Lay a smooth surface through the target, and let a hunt begin for each smaller question that it suggests."""
        progress = self.progress
        rows = smoothed_rows(len(self.space.target), self.plain.rows, generator)
        progress.smoother = smoother_of(self.space, rows)
        progress.nearest = progress.smoother
        for reduction in reductions_of(self.workplace.settings, self.space, progress.smoother):
            progress.nearest = reduction.smoother
            self.hunts.append(hunt_of(self.workplace, reduction.space, self.whole.probes, reduction))

    def look_at_surface(self) -> None:
        """From now on without most of the noise, where there is a new surface that is near the truth."""
        surface = None if self.workplace.settings.lacks("smoothing") else self.progress.surface()
        if surface is not None:
            for one in self.hunts:
                one.look_at(surface(self.whole.probes))
            self.refiner.use(surface(self.plain.rows), self.plain.rows)


def searchers_of(
    workplace: Workplace, space: SearchSpace, fit_rows: Rows, probes: Rows, generator: np.random.Generator
) -> Searchers:
    """All of them, before their first turn; hunts look at the probes, which are some of the rows that are fitted to."""
    whole = hunt_of(workplace, space, probes)
    whole.count()
    target, threads = target_at(space, fit_rows), workplace.settings.threads
    refiner, plain = (Refiner(space, workplace.engine, threads, target, fit_rows) for _ in range(2))
    progress = Progress(space, refiner)
    turns = Turns(workplace, plain, progress, generator)
    skeletons = skeletons_of(workplace, space, fit_rows)
    backdrops = backdrops_of(workplace, space, fit_rows)
    wonder = Wonder(space, plain, progress, lambda other: skeletons_of(workplace, other, fit_rows))
    return Searchers(workplace, space, refiner, plain, progress, [whole], turns, skeletons, backdrops, wonder)
