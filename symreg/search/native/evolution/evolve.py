"""Evolution: for laws that are deep, or rich in constants, where there are too many formulas to look at all.

Islands of formulas, each right in its dimensions (``variation``), whose constants are fitted by Levenberg-Marquardt.
Fitness is the description length, so that a node or a constant has to earn its bits: all of them on a thrifty island, a
part on another, where formulas grow that only rows held out can judge. Islands exchange their best from time to time.
What was tried and earned nothing is told in docs/decisions/0016.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from symreg.formula import complexity
from symreg.search.native.done import Lives
from symreg.search.native.evolution.typed_tree import is_usual
from symreg.search.native.evolution.variation import Variation
from symreg.search.native.marks import mark_of
from symreg.search.native.progress import Progress
from symreg.search.native.proposal import Draft
from symreg.search.native.refine import Refined, Refiner, fitted_drafts

SOURCE = "evolution"
A_FIT = 15_000  # combinations a hunt looks at in the time that one formula takes here, its tree and its offer included
TOURNAMENT = 4
"""Formulas that are drawn, the best of which becomes a parent: of a population of 30 about the sixth best on average. A
larger one breeds the same few formulas over and over, a smaller one hardly chooses. Set by hand."""

NEW_LINES = 1  # formulas of no descent, in each generation
TRIES = 4  # to make one child
MIGRANTS = 2
"""Formulas of each island, its best, that come to the next one at a migration, beside a population of 30. More make the
islands alike, none leaves them apart. Set by hand."""

THRIFT = (1.0, 0.3)  # of the islands in turn


@dataclass(frozen=True, slots=True)
class Breeding:
    """How evolution goes on; what can be left out, to learn what it is worth."""

    islands: int = 2
    population: int = 30
    children: int = 24
    generations: int = 6  # between two migrations, which are also when it reports
    iterations: int = 30  # of each fit
    thrift: bool = True  # not the same on all islands
    grafts: bool = True
    exchanging: float = 2.0  # beside three for grafts alone
    curves: bool = True


BREEDING = Breeding()


@dataclass(frozen=True, slots=True, eq=False)
class Individual:
    """A fitted formula, its description length in bits, and those of them that are its own."""

    refined: Refined
    bits: float
    own: float

    def price(self, thrift: float) -> float:
        """The description length where only this part of its own bits counts."""
        return self.bits - (1 - thrift) * self.own


@dataclass(slots=True, eq=False)
class Island:
    """One population with its own chance, and the part that a formula's own bits count there."""

    generator: np.random.Generator
    thrift: float = 1.0
    individuals: list[Individual] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Evolution:
    """Goes on by ``run``; ``evaluated`` counts in the currency of the hunts.

    ``progress`` knows description lengths. The same for any number of threads of the ``refiner``.
    """

    variation: Variation
    refiner: Refiner
    progress: Progress
    stop: Callable[[], bool]
    generator: np.random.Generator
    breeding: Breeding = BREEDING
    fits: int = 0
    best: dict[int, Refined] = field(default_factory=dict)  # by complexity
    _islands: list[Island] = field(init=False)
    _seen: set[int] = field(default_factory=set)
    _new_marks: list[int] = field(default_factory=list)  # of what was seen since somebody asked

    def __post_init__(self) -> None:
        thrift = itertools.cycle(THRIFT if self.breeding.thrift else (1.0,))
        self._islands = [Island(each, next(thrift)) for each in self.generator.spawn(self.breeding.islands)]

    @property
    def evaluated(self) -> int:
        """Formulas fitted, as the combinations that take as long."""
        return A_FIT * self.fits

    def settle(self, seeds: Sequence[Refined]) -> None:
        """Let these formulas live on the islands, each on one."""
        new = [one for one in seeds if self._is_new(one.draft)]
        for place, one in enumerate(self._fitted([one.draft for one in new])):
            self._islands[place % len(self._islands)].individuals.append(one)
        for island in self._islands:
            self._select(island)

    def run(self) -> list[Refined]:
        """Some generations on every island, then migration; what is the best of its complexity since the last time."""
        before = dict(self.best)
        for _ in range(self.breeding.generations):
            for island in self._islands:
                if self.stop():
                    break
                self._breed(island)
        self._migrate()
        return [one for size, one in sorted(self.best.items()) if before.get(size) is not one]

    def populations(self) -> list[list[Individual]]:
        """Who lives on each island."""
        return [list(island.individuals) for island in self._islands]

    def done(self, is_idle: bool) -> Lives:
        """Who lives where, and what was met since the last time that this was asked."""
        marks, self._new_marks = tuple(self._new_marks), []
        return Lives(
            tuple(tuple(one.refined for one in island.individuals) for island in self._islands),
            tuple(dict(island.generator.bit_generator.state) for island in self._islands),
            tuple(one for _, one in sorted(self.best.items())), self.fits, marks, is_idle,
        )  # fmt: skip

    def go_on_after(self, lives: Lives) -> None:
        """Let these live, as they did then; the marks of former times are kept."""
        for island, some, chance in zip(self._islands, lives.islands, lives.chances, strict=True):
            island.individuals = [self._individual(one) for one in some]
            island.generator.bit_generator.state = chance
        self.best, self.fits = {one.complexity: one for one in lives.best}, lives.fits
        self._seen.update(lives.marks)

    def _individual(self, refined: Refined) -> Individual:
        return Individual(refined, self.progress.bits_of(refined), self.progress.own_bits(refined))

    # ---------------------------------------------------------------------------------------------- generations

    def _breed(self, island: Island) -> None:
        """One generation: children, their constants, and who of all stays."""
        children = [self._child(island) for _ in range(self.breeding.children if island.individuals else 0)]
        drafts = [child for child in children if child is not None]
        for _ in range(NEW_LINES if island.individuals else self.breeding.population):
            fresh = self.variation.random(island.generator)
            if fresh is not None and self._is_new(fresh):
                drafts.append(fresh)
        island.individuals += self._fitted(drafts)
        self._select(island)

    def _child(self, island: Island) -> Draft | None:
        """A formula that was not there before; None where several tries fail."""
        for _ in range(TRIES):
            drawn = island.generator.integers(len(island.individuals), size=TOURNAMENT)
            parent = island.individuals[int(drawn.min())]  # they stand in the order of their prices
            draft = self.variation.varied(parent.refined.draft, island.generator)
            if draft is not None and self._is_new(draft):
                return draft
        return None

    def _is_new(self, draft: Draft) -> bool:
        """Whether this formula is within the limits and was not looked at before; from now on it was."""
        tree, key = draft.expression, mark_of(draft.expression)  # the trees themselves would fill the memory
        if key in self._seen or not draft.names:
            return False
        self._seen.add(key)
        self._new_marks.append(key)
        return complexity(tree) <= self.refiner.space.max_complexity and is_usual(draft)

    def _fitted(self, drafts: Sequence[Draft]) -> list[Individual]:
        """Those of the formulas whose constants the data determine, with these."""
        self.fits += len(drafts)
        found = []
        fits = fitted_drafts(self.refiner, drafts, max_iterations=self.breeding.iterations)
        for draft, loss in fits:
            if math.isfinite(loss):
                refined = Refined(draft, loss, complexity(draft.expression), SOURCE)
                found.append(self._individual(refined))
                known = self.best.get(refined.complexity)
                if known is None or loss < known.loss:
                    self.best[refined.complexity] = refined
        return found

    # ------------------------------------------------------------------------------------------------ selection

    def _select(self, island: Island) -> None:
        """Keep as many as live on an island, best first; of equal formulas, by complexity and loss, one."""
        each = {(one.refined.complexity, _rounded(one.refined.loss)): one for one in reversed(island.individuals)}
        alive = sorted(each.values(), key=lambda one: one.price(island.thrift))
        island.individuals = alive[: self.breeding.population]

    def _migrate(self) -> None:
        """The best of each island come to the next one as well."""
        chosen = [island.individuals[:MIGRANTS] for island in self._islands]
        if len(chosen) < 2:
            return
        for place, island in enumerate(self._islands):
            island.individuals += chosen[place - 1]
            self._select(island)


def _rounded(loss: float) -> float:
    return float(f"{loss:.9e}")
