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
from typing import Any

import numpy as np

from symreg.formula import complexity
from symreg.search.native.done import Lives
from symreg.search.native.evolution.typed_tree import is_usual
from symreg.search.native.evolution.variation import Variation
from symreg.search.native.marks import mark_of
from symreg.search.native.progress import Progress
from symreg.search.native.proposal import Draft
from symreg.search.native.refine import Refined, Refiner, fitted_drafts
from symreg.search.native.written import TurnReader, plain
from symreg.team import Sharing

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

CHANCES = 2**62  # of a child: seeds of its generator
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


@dataclass(frozen=True, slots=True)
class Birth:
    """Who is to be born: on which island, by which chance, and whether it varies a formula that lives there."""

    island: int
    chance: int
    has_parent: bool


@dataclass(slots=True, eq=False)
class Island:
    """One population with its own chance, and the part that a formula's own bits count there."""

    generator: np.random.Generator
    thrift: float = 1.0
    individuals: list[Individual] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Evolution:
    """Goes on by ``run``; ``evaluated`` counts in the currency of the hunts.

    ``progress`` knows description lengths. The same for any number of threads of the ``refiner``, and of workers: each
    child has a chance of its own, drawn from its island's, and is made and fitted without a look at its brothers.
    """

    variation: Variation
    refiner: Refiner
    progress: Progress
    stop: Callable[[], bool]
    generator: np.random.Generator
    breeding: Breeding = BREEDING
    sharing: Sharing = field(default_factory=Sharing)
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
        for place, one in enumerate(filter(None, self._fitted([one.draft for one in new]))):
            self._islands[place % len(self._islands)].individuals.append(one)
        for island in self._islands:
            self._select(island)

    def run(self) -> list[Refined]:
        """Some generations on every island, then migration; what is the best of its complexity since the last time."""
        before = dict(self.best)
        for _ in range(self.breeding.generations):
            if self.stop():
                break
            self._breed()
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

    def _breed(self) -> None:
        """One generation on every island: children, their constants, and who of all stays."""
        births = [one for place in range(len(self._islands)) for one in self._births(place)]
        born = self.sharing.share(births, self._born, write=plain, read=self._read_draft)
        new = [
            (birth, draft) for birth, draft in zip(births, born, strict=True)
            if draft is not None and self._is_new(draft)
        ]  # fmt: skip
        fitted = self._fitted([draft for _, draft in new])
        for (birth, _), one in zip(new, fitted, strict=True):
            if one is not None:
                self._islands[birth.island].individuals.append(one)
        for island in self._islands:
            self._select(island)

    def _births(self, place: int) -> list[Birth]:
        """Who is to be born on an island: a chance for each."""
        island = self._islands[place]
        children = self.breeding.children if island.individuals else 0
        fresh = NEW_LINES if island.individuals else self.breeding.population
        chances = island.generator.integers(CHANCES, size=children + fresh).tolist()
        return [Birth(place, chance, number < children) for number, chance in enumerate(chances)]

    def _born(self, birth: Birth) -> Draft | None:
        """A formula that was not there before this generation; None where several tries fail."""
        island, generator = self._islands[birth.island], np.random.default_rng(birth.chance)
        return self._child(island, generator) if birth.has_parent else self._fresh(generator)

    def _read_draft(self, value: Any) -> Draft | None:
        return None if value is None else TurnReader(self.refiner.space).draft(value)

    def _read_individual(self, value: Any) -> Individual | None:
        if value is None:
            return None
        refined, bits, own = value
        return Individual(TurnReader(self.refiner.space).refined(refined), bits, own)

    def _child(self, island: Island, generator: np.random.Generator) -> Draft | None:
        """A formula that varies one of the island's."""
        for _ in range(TRIES):
            drawn = generator.integers(len(island.individuals), size=TOURNAMENT)
            parent = island.individuals[int(drawn.min())]  # they stand in the order of their prices
            draft = self.variation.varied(parent.refined.draft, generator)
            if draft is not None and self._could_be_new(draft):
                return draft
        return None

    def _fresh(self, generator: np.random.Generator) -> Draft | None:
        """A formula of no descent."""
        draft = self.variation.random(generator)
        return draft if draft is not None and self._could_be_new(draft) else None

    def _could_be_new(self, draft: Draft) -> bool:
        """Whether this formula is within the limits and was not looked at before."""
        if not draft.names or mark_of(draft.expression) in self._seen:
            return False
        return complexity(draft.expression) <= self.refiner.space.max_complexity and is_usual(draft)

    def _is_new(self, draft: Draft) -> bool:
        """The same; from now on it was looked at."""
        key = mark_of(draft.expression)  # the trees themselves would fill the memory
        if not self._could_be_new(draft):
            return False
        self._seen.add(key)
        self._new_marks.append(key)
        return True

    def _fitted(self, drafts: Sequence[Draft]) -> list[Individual | None]:
        """The formulas with fitted constants; None where the data do not determine them."""
        self.fits += len(drafts)
        found = self.sharing.share(drafts, self._fit, write=plain, read=self._read_individual)
        for one in found:
            if one is not None:
                self._remember(one.refined)
        return found

    def _fit(self, draft: Draft) -> Individual | None:
        ((fitted, loss),) = fitted_drafts(self.refiner, [draft], max_iterations=self.breeding.iterations)
        if not math.isfinite(loss):
            return None
        return self._individual(Refined(fitted, loss, complexity(fitted.expression), SOURCE))

    def _remember(self, refined: Refined) -> None:
        known = self.best.get(refined.complexity)
        if known is None or refined.loss < known.loss:
            self.best[refined.complexity] = refined

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
