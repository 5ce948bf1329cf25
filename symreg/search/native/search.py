"""The embedded search: one level of complexity after another, simple laws first.

At each level the bank grows on demand, the joins look for laws of that total complexity (``sums``, ``products``), and
the best are fitted in y on more rows (``refine``). Once levels are dear, evolution takes turns with them (``turns``).
It ends when a law is exact, when the residual has reached the noise and further levels bring nothing, or when the
budget is spent.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence, Set
from dataclasses import replace

import numpy as np

from symreg.engine import get_engine
from symreg.formula import Constant, Expression, can_be_said, collected, complexity, substitute
from symreg.problem import SHRINKS, Candidate, FreeConstant
from symreg.search.backend import Budget, Round
from symreg.search.clock import Clock
from symreg.search.native.bank import Bank
from symreg.search.native.groups import group_bits
from symreg.search.native.hunt import Workplace
from symreg.search.native.noise import grows_note
from symreg.search.native.proposal import Draft
from symreg.search.native.rank import rank_bits
from symreg.search.native.refine import Refined
from symreg.search.native.searchers import searchers_of
from symreg.search.native.settings import Native
from symreg.search.space import SearchSpace, probe_rows

CANDIDATES = 16  # of a level, sent on to be fitted on all rows
EACH_COMPLEXITY = 2
"""Formulas of each complexity, those of least loss, that are sent on beside the shortest descriptions, for the front: a
second one where the first turns out worse on all rows. Each costs a fit on all rows; set by hand."""

WRITTEN_OUT = 24  # of a level
CLEARLY = 1.1  # a longer formula may be a little worse here and become simpler than it looks
LARGEST_LEVEL = 60
"""Complexity at which hunts end. Levels get dearer by a factor each, so that a budget ends nearly all before; this is
for spaces so small that their levels are empty and cost nothing. Above 40, the default of ``max_complexity``."""


def search(
    settings: Native, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
) -> Iterator[Round]:
    """Yield a round after every level; see ``Backend.propose``."""
    clock = Clock(budget, stop)
    weighed = yield from _search(settings, space, budget, clock, seed)
    if weighed is None:
        return
    # What the first search held is free by now: two at a time would take the memory twice.
    before, left = clock.evaluated(), replace(budget, time=clock.left, evaluations=clock.evaluations_left)
    for later in search(settings, weighed, left, seed=seed, stop=stop):
        yield replace(later, evaluated=before + later.evaluated)


def _search(
    settings: Native, space: SearchSpace, budget: Budget, clock: Clock, seed: int
) -> Generator[Round, None, SearchSpace | None]:
    """The rounds, and the same space with rows weighted by relative errors where the search is to begin again so."""
    generator = np.random.default_rng(seed)
    fit_rows = probe_rows(space, settings.fit_rows, generator)
    probes = probe_rows(space, settings.probes, generator)
    fit_rows = np.union1d(probes, fit_rows)
    workplace = Workplace(settings, get_engine(settings.engine), budget, clock.spent, lambda: clock.evaluations_left)
    searchers = searchers_of(workplace, space, fit_rows, probes, generator)
    clock.evaluated = lambda: searchers.evaluated
    whole, progress, wonder = searchers.whole, searchers.progress, searchers.wonder
    codes = space.code_of_leaves
    positive = {leaf for leaf, row in zip(space.leaves, space.values, strict=True) if (row > 0).all()}

    def report(found: Sequence[Refined], reason: str | None) -> Round:
        chosen = tuple(candidate(one, space) for one in worthwhile(found, progress.bits_of))
        complete = completed(whole.bank, whole.sums.complete)
        return Round(chosen, whole.level, clock.evaluated(), whole.bank.pruned, complete, reason)

    def again_with_relative_errors() -> Iterator[Round]:
        yield replace(report([], None), noise="relative", notes=(grows_note(space),))
        evaluated = searchers.evaluated
        clock.evaluated = lambda: evaluated

    while whole.level < LARGEST_LEVEL:
        if wonder.knows_that_errors_grow(searchers.skeletons):
            yield from again_with_relative_errors()
            return wonder.weighed
        found = searchers.run()
        found = written_out(found, positive)  # joins and products of powers look beyond the allowed operators
        found = [one for one in found if can_be_said(one.draft.expression, space.operators)]
        found = [one for one in found if one.complexity <= space.max_complexity + SHRINKS]
        found = [ranked(one, whole.bank, space.target_code, codes) for one in found]
        found = progress.taken(searchers.reach, found)
        searchers.turns.learn(found)
        reason = clock.reason or progress.reason_to_stop(
            searchers.reach, is_thorough=searchers.skeletons.is_done, end_early=budget.end_early
        )
        if reason is not None and reason != "interrupted" and wonder.is_told_at_the_end():
            yield report(found, None)
            yield from again_with_relative_errors()
            return wonder.weighed
        yield report(found, reason)
        if reason is not None:
            return None
        if progress.smoother is None and whole.level == 0:
            searchers.ask_smaller_questions(generator)
        searchers.look_at_surface()
    yield report([], "nothing is left to try")
    return None


def written_out(found: Sequence[Refined], positive: Set[Expression]) -> list[Refined]:
    """The best of a level with the powers of each base collected: so a law of a smaller question becomes readable."""
    best = sorted(found, key=lambda one: one.loss)
    trees = [collected(one.draft.expression, positive) for one in best[:WRITTEN_OUT]]
    short = [
        replace(one, draft=replace(one.draft, expression=tree), complexity=complexity(tree))
        for one, tree in zip(best, trees, strict=False)
    ]
    return list({one.draft.expression: one for one in [*best[WRITTEN_OUT:], *reversed(short)]}.values())


def ranked(refined: Refined, bank: Bank, target: int, codes: Mapping[Expression, int]) -> Refined:
    """The same, its form said by its rank among all formulas, or by its products of powers, where that is shorter.

    ``codes`` are the dimension codes of inputs and known constants, ``target`` that of the target.
    """
    draft = refined.draft
    ways = (
        draft.form_bits,
        rank_bits(draft, bank, target),
        group_bits(draft, codes, target),
    )
    return replace(refined, draft=replace(draft, form_bits=min((one for one in ways if one is not None), default=None)))


def worthwhile(found: Sequence[Refined], bits: Callable[[Refined], float]) -> list[Refined]:
    """The shortest descriptions, the best of each complexity as long as no simpler one is clearly better, and the best
    of all."""
    chosen = sorted(found, key=bits)[:CANDIDATES]
    least = float("inf")
    for size in sorted({one.complexity for one in found}):
        for one in [one for one in found if one.complexity == size][:EACH_COMPLEXITY]:
            if one.loss < CLEARLY * least:
                chosen.append(one)
                least = min(least, one.loss)
    return list({id(one): one for one in [*chosen, *found[: CANDIDATES // 2]]}.values())


def candidate(refined: Refined, space: SearchSpace) -> Candidate:
    """A refined proposal as the rest of the package takes it: with free constants that nothing else is called."""
    draft: Draft = refined.draft
    fresh = (name for number in itertools.count(1) if (name := f"k{number}") not in space.taken)
    names = dict(zip(draft.names, fresh, strict=False))
    constants = tuple(
        FreeConstant(names[name], space.coding.decode(code), value)
        for name, value, code in zip(draft.names, draft.values, draft.codes, strict=True)
    )
    mapping: dict[Expression, Expression] = {
        Constant(old): Constant(new) for old, new in {**space.own_names, **names}.items() if old != new
    }
    return Candidate(substitute(draft.expression, mapping), constants, refined.source, form_bits=draft.form_bits)


def completed(bank: Bank, level: int) -> int | None:
    """The complexity up to which every expression was looked at, if ``level`` is the size up to which they were.

    The search counts a function with its surcharge (``vocabulary.SURCHARGE``, ``ODD``), so a tree of n nodes may
    stand as high as level 1 + (n - 1)*(1 + surcharge); the bound is taken for the dearest operator in use.
    """
    if len({"+", "-"} & bank.operators) == 1:  # entries stand for both signs: some sums need the other operator
        return None
    return 1 + (level - 1) // bank.dearest if level >= 1 else None
