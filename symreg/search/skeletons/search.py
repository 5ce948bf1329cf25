"""The search for skeletons, stage after stage: sums of plain terms, then parts with one, two and three constants.

Each stage screens its parts on a few rows for all questions, fits the best by Levenberg-Marquardt there, and the best of
these on all rows. A part that is found goes on: other parts are tried beside it and on it (``growing``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from symreg.expression import complexity
from symreg.search.backend import most_constants
from symreg.search.hunt import Workplace
from symreg.search.probes import target_at
from symreg.search.proposal import Draft
from symreg.search.refine import Refined, Refiner
from symreg.search.skeletons import catalogue
from symreg.search.skeletons.argument import Inputs, inputs_of
from symreg.search.skeletons.assembly import Assembly
from symreg.search.skeletons.part import Chain, Part
from symreg.search.skeletons.question import IDENTITY, Projected, Question, projected
from symreg.search.skeletons.screen import Hit, blocks, losses_of, screened
from symreg.search.skeletons.pairs import paired
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
SCREEN_ROWS = 64
"""Rows of the screen: enough to tell parts with three constants apart, few enough for a hundred thousand columns."""

SOURCE = "skeletons"
EACH = 12  # parts of a block and question that are fitted
FITTED = 400  # hits of a stage that are fitted on the rows of the screen
FITTED_ON_ALL = 60  # of these, on all rows
SCREEN_ITERATIONS, ALL_ITERATIONS = 25, 120
SIZES = {0: (), 1: (48,), 2: (20, 14), 3: (10, 8, 8)}  # of grids, by the constants inside
BEAM = 24  # sums of plain terms that go on
MOST_PLAIN = 6  # terms of a sum without constants inside


@dataclass(slots=True, eq=False)
class Skeletons:
    """The stages for one space, each with the level at which it is due; ``run`` does the next one."""

    workplace: Workplace
    space: SearchSpace
    inputs: Inputs
    rows: Rows  # of the screen
    quick: Refiner
    full: Refiner
    assembly: Assembly
    evaluated: int = 0
    _stages: list[tuple[int, Callable[[], list[Hit]]]] = field(init=False)
    _next: int = 0

    def __post_init__(self) -> None:
        self._stages = self._plan() if can_hold_constants(self.space) else []

    @property
    def is_done(self) -> bool:
        """Whether every stage has been run."""
        return self._next >= len(self._stages)

    def _plan(self) -> list[tuple[int, Callable[[], list[Hit]]]]:
        inputs = self.inputs
        return [
            (0, self._plain_sums),
            (1, lambda: self._parts(catalogue.one_step(inputs), catalogue.questions(inputs))),
            (2, lambda: self._parts(catalogue.waves(inputs), catalogue.questions(inputs))),
            (3, self._pairs),
            (3, lambda: self._parts(catalogue.two_steps(inputs), catalogue.main_questions())),
            (4, lambda: self._parts(catalogue.damped_waves(inputs), catalogue.main_questions())),
            (4, lambda: self._parts(catalogue.three_steps(inputs), catalogue.main_questions())),
        ]

    def is_due(self, level: int) -> bool:
        """Whether the next stage has its turn, after this level of the hunt for the whole law."""
        return self._next < len(self._stages) and level >= self._stages[self._next][0]

    def run(self) -> list[Refined]:
        """The next stage: its formulas, fitted on all rows."""
        _, stage = self._stages[self._next]
        self._next += 1
        return self.fitted(stage())

    # -- stages

    def _plain_sums(self) -> list[Hit]:
        """Forward selection with a beam over sums of plain terms, with a constant and without."""
        terms: list[Part] = [Chain(one) for one in catalogue.plain_terms(self.inputs)]
        if not terms:
            return []
        values = np.concatenate([part.at(self.rows, np.empty(0))[None] for part in terms])
        hits: list[Hit] = []
        most = min(MOST_PLAIN, self._most_constants)
        for question in (Question(IDENTITY, True), Question(IDENTITY, False)):
            beam: list[tuple[int, ...]] = [()]
            for size in range(1, most - question.n_outer + 1):
                asked = [self._projected(question, [terms[i] for i in chosen]) for chosen in beam]
                losses = losses_of(asked, values)
                self.evaluated += losses.size
                found: dict[tuple[int, ...], float] = {}
                for place, chosen in enumerate(beam):
                    for index in np.argsort(losses[place], kind="stable")[:BEAM]:
                        if np.isfinite(losses[place, index]):
                            found.setdefault(tuple(sorted((*chosen, int(index)))), float(losses[place, index]))
                beam = sorted(found, key=found.__getitem__)[:BEAM]
                inner = tuple(np.empty(0) for _ in range(size))
                hits += [Hit(question, tuple(terms[i] for i in one), inner, found[one]) for one in beam]
                if not beam or self.workplace.stop():
                    break
        return hits

    def _projected(self, question: Question, parts: Sequence[Part]) -> Projected:
        beside = Question(question.context, question.has_constant, tuple(p.argument for p in parts if isinstance(p, Chain)))
        found = projected(beside, self.assembly.y[self._screen], self.assembly.weights[self._screen], self.rows)
        assert found is not None
        return found

    @property
    def _screen(self) -> Rows:
        return np.searchsorted(self.assembly.rows, self.rows)

    @property
    def _most_constants(self) -> int:
        return most_constants(len(self.space.target))

    def _asked(self, questions: Iterable[Question]) -> list[Projected]:
        y, weights = self.assembly.y[self._screen], self.assembly.weights[self._screen]
        found = (projected(one, y, weights, self.rows) for one in questions if one.n_outer < self._most_constants)
        return [one for one in found if one is not None]

    def _parts(self, parts: Iterable[Part], questions: Iterable[Question]) -> list[Hit]:
        """Parts alone, beside the companions of the questions."""
        asked = self._asked(questions)
        hits: list[Hit] = []
        for held, columns in blocks(parts, self.rows, lambda part: SIZES[part.n_inner]):
            hits += screened(asked, held, columns, EACH)
            self.evaluated += len(asked) * sum(len(one.values) for one in columns)
            if self.workplace.stop():
                break
        return hits

    def _pairs(self) -> list[Hit]:
        """Two parts, each with one constant inside or none."""
        plain = (Chain(one) for one in catalogue.plain_terms(self.inputs)[:60])
        parts = [*plain, *(part for part in catalogue.one_step(self.inputs))]
        columns = [part.columns(self.rows, (24,)[: part.n_inner]) for part in parts]
        hits: list[Hit] = []
        for question in self._asked(catalogue.main_questions()[:6]):
            found, looked = paired(question, parts, columns, FITTED, self.workplace.stop)
            hits += found
            self.evaluated += looked
        return hits

    # -- fits

    def fitted(self, hits: Sequence[Hit]) -> list[Refined]:
        """The best hits fitted on the rows of the screen, and the best of these on all rows."""
        chosen = _best(hits, self._most_constants)
        drafts = [draft for hit in chosen if (draft := self.assembly.draft(hit)) is not None]
        return self.refined(drafts)

    def refined(self, drafts: Sequence[Draft]) -> list[Refined]:
        """Drafts that are new, fitted on the screen's rows and the best on all rows, best first."""
        fresh = [(draft, SOURCE) for draft in {one.expression: one for one in drafts}.values()]
        quick = self.quick._fit(fresh, SCREEN_ITERATIONS)
        best = _spread(quick)
        return sorted(self.full._fit([(one.draft, SOURCE) for one in best], ALL_ITERATIONS), key=lambda one: one.loss)


def _best(hits: Sequence[Hit], most: int) -> list[Hit]:
    """Of each number of constants the hits of least loss, each form once."""
    chosen: list[Hit] = []
    hits = sorted((one for one in hits if one.n_constants <= most), key=lambda one: one.loss)
    for count in sorted({one.n_constants for one in hits}):
        chosen += [one for one in hits if one.n_constants == count][:FITTED]
    return chosen


def _spread(found: Sequence[Refined]) -> list[Refined]:
    """Of each number of constants the best fits."""
    chosen: list[Refined] = []
    ordered = sorted(found, key=lambda one: (one.loss, complexity(one.draft.expression)))
    for count in sorted({len(one.draft.names) for one in found}):
        chosen += [one for one in ordered if len(one.draft.names) == count][:FITTED_ON_ALL]
    return chosen


def skeletons_of(workplace: Workplace, space: SearchSpace, fit_rows: Rows) -> Skeletons:
    """The search for skeletons on these rows."""
    rows = screen_rows(space, fit_rows)
    target = target_at(space, fit_rows)
    weights = target.weights * len(fit_rows)
    threads = workplace.settings.threads
    return Skeletons(
        workplace, space, inputs_of(space), rows,
        Refiner(space, workplace.engine, threads, target_at(space, rows), rows),
        Refiner(space, workplace.engine, threads, target, fit_rows),
        Assembly(space, fit_rows, target.y, weights),
    )  # fmt: skip


def screen_rows(space: SearchSpace, rows: Rows) -> Rows:
    """Rows that lie evenly along the input that varies alone, or as they come."""
    if len(rows) <= SCREEN_ROWS:
        return rows
    inputs = inputs_of(space)
    along = np.argsort(space.inputs[inputs.places[0]][rows], kind="stable") if len(inputs.places) == 1 else np.arange(len(rows))
    return np.sort(rows[along[np.linspace(0, len(rows) - 1, SCREEN_ROWS).astype(int)]])


def can_hold_constants(space: SearchSpace) -> bool:
    """Whether a constant may stand anywhere: its unit is free, or nothing has one."""
    free = space.is_mixed or space.coefficient_codes is None
    return bool(inputs_of(space).places) and (free or not (space.target_code or any(space.codes)))
