"""The search for skeletons, stage after stage: sums of plain terms, then parts with one, two and three constants.

Each stage screens its parts on a few rows for all questions, fits the best by Levenberg-Marquardt there, and the
best of these on all rows. What is near goes on: further parts beside it, on it, and in place of its constants
(``growing``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from symreg.formula import Expression
from symreg.problem import most_constants
from symreg.search.native.done import StagesDone
from symreg.search.native.hunt import Workplace
from symreg.search.native.probes import target_at
from symreg.search.native.progress import FEW_CONSTANTS
from symreg.search.native.proposal import Draft
from symreg.search.native.refine import Refined, Refiner
from symreg.search.native.skeletons import catalogue
from symreg.search.native.skeletons.argument import Inputs, inputs_of
from symreg.search.native.skeletons.assembly import Assembly
from symreg.search.native.skeletons.dealing import Dealer
from symreg.search.native.skeletons.fits import Fits
from symreg.search.native.skeletons.growing import TIMES, Place, grown, places
from symreg.search.native.skeletons.pairs import columns_of
from symreg.search.native.skeletons.part import Chain, Columns, Part, Wave
from symreg.search.native.skeletons.products import product_draft, products
from symreg.search.native.skeletons.question import IDENTITY, LOGARITHM, Projected, Question
from symreg.search.native.skeletons.ranks import Ranks, ranks_of
from symreg.search.native.skeletons.rich import rich_terms
from symreg.search.native.skeletons.screen import EXACT_LOSS, Hit, place_bits, screen_rows
from symreg.search.native.skeletons.sums import BEAM, GOING_ON, sums
from symreg.search.native.skeletons.supplies import Supplies
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Stage = Callable[[], list[Refined]]
FITTED, FITTED_ALONE = 240, 700
"""Hits of a stage with one number of constants that are fitted on the rows of the screen: 20,000 fits a second."""

MOST_PLAIN, MOST_PLAIN_ELSEWHERE = 6, 4
"""Terms of a sum without constants inside: of the target itself, and of a function of it."""

LEAST_IN_A_SUM = 2
"""Constants of the shortest sum: a product with one alone is what hunts look for."""

MOST_RICH = 3
"""Rich terms of a sum."""

GROWN, MOST_TO_GROW = 2, 6
"""Formulas of each number of constants that go on at a time, and how many such numbers: simple forms have their turn
beside near ones."""

LATER = 100_000
"""Combinations of hunts that come first where laws with pure numbers may do: of dimensions that match, they are
quick."""

BOOK = 5.0
"""Bits to say that a sum's terms are any simple expressions, ``2*a + b`` with one coefficient, and not powers and
products of inputs with one each."""

RICH = 8.0
"""The same for rich terms."""

CHEAPER = 100
"""Sums and pairs of columns that cost as much as one combination of a hunt, which is what evaluations count."""

MOST_BLENDED = 3
"""Inputs of a problem up to which formulas grow by functions of two of them."""

SIZES_MODULATED = {2: (12, 8)}
"""Of a share of a function and a frequency."""


@dataclass(eq=False)
class Skeletons:
    """The stages for one space, each with what the hunts look at before it; ``run`` does the next one.

    A million combinations of a hunt take about as long as a stage.
    """

    workplace: Workplace
    space: SearchSpace
    inputs: Inputs
    rows: Rows  # of the screen
    assembly: Assembly
    fits: Fits
    evaluated: int = 0
    _next: int = 0
    _supplies: Supplies = field(init=False)
    _stages: list[tuple[int, Stage]] = field(init=False)
    _grown: set[Expression] = field(default_factory=set)

    def __post_init__(self) -> None:
        own = self.workplace, self.space, self.inputs, self.rows, self.assembly
        self._supplies = Supplies(*own, self.fits.most)
        wanted = not self.workplace.settings.lacks("skeletons") and can_hold_constants(self.space)
        self._stages = self._plan() if wanted else []

    def _plan(self) -> list[tuple[int, Stage]]:
        inputs, main, every = self.inputs, catalogue.main_questions(), catalogue.questions(self.inputs)
        has_units = bool(self.space.target_code or any(self.space.codes))
        late = LATER if self.space.is_mixed and has_units else 0
        stages: list[tuple[int, Stage]] = [
            (5_000, self._sums),
            (50_000, lambda: self._parts(catalogue.one_step(inputs), every)),
            (100_000, lambda: self._parts(catalogue.waves(inputs), every)),
            (200_000, lambda: self._parts(catalogue.two_steps(inputs), main)),
            (300_000, self._grow),
            (400_000, lambda: self._parts(catalogue.damped_waves(inputs), main)),
            (600_000, self._pairs),
            (800_000, self._products),
            (1_000_000, lambda: self._parts(catalogue.blended(inputs), every)),
            (1_000_000, self._rich_sums),
            (1_500_000, lambda: self._parts(catalogue.modulated(inputs), every, SIZES_MODULATED)),
            (1_500_000, lambda: self._parts(catalogue.three_steps(inputs), main)),
            (2_000_000, self._grow),
            (3_000_000, self._grow),
            (5_000_000, self._grow),
        ]
        return [(late + due, stage) for due, stage in stages]

    @property
    def is_done(self) -> bool:
        """Whether every stage has been run."""
        return self._next >= len(self._stages)

    @property
    def stages_run(self) -> int:
        """How many stages have been run."""
        return self._next

    @property
    def near(self) -> list[Refined]:
        """The best formulas so far of each number of constants."""
        return [one for some in self.fits.near.values() for one in some]

    @property
    def due(self) -> float:
        """After how many combinations of the hunts the next stage has its turn."""
        return math.inf if self.is_done else self._stages[self._next][0]

    def run(self) -> list[Refined]:
        """The next stage: its formulas, fitted on all rows."""
        _, stage = self._stages[self._next]
        self._next += 1
        return stage()

    def done(self) -> StagesDone:
        """What cannot be made again of the stages that have been run."""
        return StagesDone(self._next, self.evaluated, tuple(self.near), tuple(self._grown))

    def go_on_after(self, done: StagesDone) -> None:
        """Be as after these stages, without running them."""
        self._next, self.evaluated, self._grown = done.next, done.evaluated, set(done.grown)
        self.fits.begin_with(done.near)

    # -- stages

    def _sums(self) -> list[Refined]:
        """Sums of plain terms, of the target and of functions of it: of the catalogue's, then of the simplest of all.

        Once a sum leaves nothing only those with fewer constants are looked for.
        """
        hits: list[Hit] = []
        fewest, wide = self._most + 1, GOING_ON  # constants of the exact sums so far
        for book in range(2):
            if book and fewest <= LEAST_IN_A_SUM:
                break
            terms = self._supplies.simplest_terms() if book else self._supplies.own_terms()
            for place, asked in enumerate(self._supplies.asked(catalogue.main_questions())):
                most = MOST_PLAIN if asked.question.context is IDENTITY else MOST_PLAIN_ELSEWHERE
                most = min(most, fewest - 1 - asked.question.n_outer)
                found, looked = sums(asked, terms, most, self.workplace.stop, wide)
                exact = min((one.n_constants for one in found if one.loss < EXACT_LOSS), default=fewest)
                if exact < fewest:
                    fewest, wide = exact, wide if exact > FEW_CONSTANTS else BEAM
                said = BOOK * book + place_bits(place) + asked.question.bits
                hits += [replace(one, form_bits=one.form_bits + said) for one in found]
                self.evaluated += looked // CHEAPER
        return self.fits.of_hits(hits)

    def _rich_sums(self) -> list[Refined]:
        """Sums of rich terms, where nothing has a dimension."""
        hits: list[Hit] = []
        if self.assembly.is_pure:
            terms = rich_terms(self._supplies.terms, self.inputs, self.rows)
            for place, asked in enumerate(self._supplies.asked(catalogue.main_questions()[:5])):
                most = MOST_RICH if asked.question.context is IDENTITY else 1
                most = min(most, self._most - asked.question.n_outer)
                found, looked = sums(asked, terms, most, self.workplace.stop, BEAM)
                hits += [replace(one, form_bits=one.form_bits + RICH + place_bits(place)) for one in found]
                self.evaluated += looked // CHEAPER
        return self.fits.of_hits(hits)

    def _parts(
        self, parts: Iterable[Part], questions: Iterable[Question], sizes: Mapping[int, Sequence[int]] | None = None
    ) -> list[Refined]:
        """Parts alone, beside the companions of the questions."""
        asked = self._supplies.asked(questions)
        ranks, asking = Ranks(), ranks_of(asked)
        chosen = self._supplies.sizes if sizes is None else lambda part: sizes[part.n_inner]
        dealer = Dealer(self.workplace, list(ranks.of(parts)), asked, self._count)
        found = dealer.screened(self.rows, chosen, self._supplies.each)
        return self.fits.of_hits([replace(one, form_bits=self._said(asking, one, ranks)) for one in found])

    def _pairs(self) -> list[Refined]:
        """Two parts, each with one constant inside or none."""
        parts: list[Part] = [Chain(one) for one in self._supplies.plain[:60]]
        questions = catalogue.main_questions()[: 6 if self._supplies.is_alone else 3]
        return self._paired([*parts, *catalogue.one_step(self.inputs)], questions, (32,))

    def _products(self) -> list[Refined]:
        """Powers of inputs times factors that hold constants, the powers fitted or none."""
        logs = tuple(catalogue.logs(self.inputs))
        drafts: list[Draft] = []
        y, _ = self.assembly.at(self.rows)
        chains, columns = columns_of(catalogue.factor_chains(self.inputs), self.rows, (14, 12))
        for question in self._supplies.asked([Question(LOGARITHM, True, some) for some in dict.fromkeys(((), logs))]):
            found, looked = products(question, chains, columns, FITTED, self.workplace.stop)
            self.evaluated += looked // CHEAPER
            companions = question.question.companions
            scale = question.scale
            made = (product_draft(one, companions, self.rows, y, scale) for one in found)
            drafts += [one for one in made if one is not None and len(one.names) <= self._most]
        return self.fits.of_drafts(drafts)

    def _paired(self, parts: Sequence[Part], questions: Sequence[Question], sizes: Sequence[int]) -> list[Refined]:
        held, columns = columns_of(parts, self.rows, sizes)
        ranks, asked = Ranks(), self._supplies.asked(questions)
        asking, held = ranks_of(asked), list(ranks.of(held))
        dealer = Dealer(self.workplace, held, asked, lambda looked: self._count(looked // CHEAPER))
        found = dealer.paired(columns, FITTED)
        return self.fits.of_hits([replace(one, form_bits=self._said(asking, one, ranks)) for one in found])

    def _grow(self) -> list[Refined]:
        """The nearest formulas with one more part, at each place in them."""
        y, weights = self.assembly.at(self.rows)
        spots = [
            place
            for one in self._to_grow()
            for place in places(one.draft, self.space, self.workplace.engine, self.rows, y, weights)
        ]
        if not spots:
            return []
        parts: list[Part] = [Chain(one) for one in self._supplies.plain]
        parts += [*catalogue.one_step(self.inputs), *catalogue.waves(self.inputs)]
        if len(self.inputs.places) <= MOST_BLENDED:
            parts += [one for one in catalogue.blended(self.inputs) if isinstance(one, Wave)]
        at = {id(place.asked.question): place for place in spots}
        ranks, asked = Ranks(), [one.asked for one in spots]
        dealer = Dealer(self.workplace, list(ranks.of(parts)), asked, self._count)
        found = dealer.screened(
            self.rows, self._supplies.sizes, self._supplies.each, lambda columns: _bearing(spots, columns)
        )
        hits = [
            replace(one, form_bits=place_bits(ranks.by_id[id(one.parts[0])]) + one.parts[0].bits) for one in found
        ]
        drafts = []
        for hit in sorted(hits, key=lambda one: one.loss)[: 4 * FITTED]:
            place = at[id(hit.question)]
            tree, names, values = grown(place, hit.parts[0], hit.inner[0], self.rows)
            if len(names) <= self._most and np.isfinite(values).all():
                bits = None if place.draft.form_bits is None else place.draft.form_bits + place.bits + hit.form_bits
                drafts.append(Draft(tree, names, tuple(map(float, values)), (0,) * len(names), bits))
        return self.fits.of_drafts(drafts)

    def _count(self, looked: int) -> None:
        self.evaluated += looked

    def _to_grow(self) -> list[Refined]:
        """The best of each number of constants that have not gone on yet."""
        chosen: list[Refined] = []
        for count in sorted(self.fits.near)[:MOST_TO_GROW]:
            near = (one for one in self.fits.near[count] if one.loss > EXACT_LOSS)
            own = [one for one in near if one.draft.expression not in self._grown]
            chosen += own[:GROWN]
        self._grown |= {one.draft.expression for one in chosen}
        return chosen

    def _said(self, asking: dict[int, int], hit: Hit, ranks: Ranks) -> float:
        """Bits to say the stage, the question and the parts of a hit."""
        parts = sum(place_bits(ranks.by_id[id(part)]) + part.bits for part in hit.parts)
        return place_bits(self._next) + place_bits(asking[id(hit.question)]) + hit.question.bits + parts

    @property
    def _most(self) -> int:
        """Constants that a formula may have on so many rows."""
        return self.fits.most


def _bearing(spots: Sequence[Place], columns: Sequence[Columns]) -> list[Projected]:
    """What is asked at places that take parts of so many columns: a factor has one."""
    single = columns[0].values.shape[1] == 1
    return [one.asked for one in spots if single or one.at != TIMES]


def skeletons_of(workplace: Workplace, space: SearchSpace, fit_rows: Rows) -> Skeletons:
    """The search for skeletons on these rows."""
    rows, inputs = screen_rows(space, fit_rows), inputs_of(space)
    target = target_at(space, fit_rows)
    threads = workplace.settings.threads
    quick = Refiner(space, workplace.engine, threads, target_at(space, rows), rows)
    full = Refiner(space, workplace.engine, threads, target, fit_rows)
    assembly = Assembly(space, fit_rows, target.y, target.weights * len(fit_rows))
    each = FITTED_ALONE if len(inputs.places) == 1 else FITTED
    fits = Fits(quick, full, assembly, most_constants(len(space.target)), each, workplace.stop)
    return Skeletons(workplace, space, inputs, rows, assembly, fits)


def can_hold_constants(space: SearchSpace) -> bool:
    """Whether a constant may stand anywhere: its unit is free, or nothing has one."""
    free = space.is_mixed or space.coefficient_codes is None
    return space.is_whole and bool(inputs_of(space).places) and (free or not (space.target_code or any(space.codes)))
