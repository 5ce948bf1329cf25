"""The embedded search: one level of complexity after another, simple laws first.

At each level the bank grows on demand, the joins look for laws of that total complexity (``sums``, ``products``), and
the best are fitted in y on more rows (``refine``). Once levels are dear, evolution takes turns with them (``turns``).
It ends when a law is exact, when the residual has reached the noise and further levels bring nothing, or when the
budget is spent.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial

import numpy as np

from symreg.engine import get_engine
from symreg.formula import Expression, can_be_said, collected, complexity
from symreg.problem import SHRINKS
from symreg.search.backend import INTERRUPTED, Budget, Round
from symreg.search.clock import Clock
from symreg.search.native.bank import Bank
from symreg.search.native.groups import group_bits
from symreg.search.native.hunt import Workplace
from symreg.search.native.joins import SharedEngine
from symreg.search.native.marks import nodes_of
from symreg.search.native.noise import relative
from symreg.search.native.rank import rank_bits
from symreg.search.native.refine import Refined
from symreg.search.native.repeating import Past, past_of, standing_after
from symreg.search.native.reports import Reports, rounds_of_the_past
from symreg.search.native.searchers import Searchers, searchers_of
from symreg.search.native.settings import Native
from symreg.search.native.written import tree_of
from symreg.search.space import SearchSpace, probe_rows
from symreg.team import Sharing

DESCRIBED_AT_ONCE = 8
"""Formulas whose description is worked out as one piece, of those that workers share: it takes a millisecond each, and
pieces of so many are dealt evenly."""

WRITTEN_OUT = 24  # of a level
LARGEST_LEVEL = 60
"""Complexity at which hunts end. Levels get dearer by a factor each, so that a budget ends nearly all before; this is
for spaces so small that their levels are empty and cost nothing. Above 40, the default of ``max_complexity``."""


def search(
    settings: Native, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
) -> Iterator[Round]:
    """Yield a round after every level; see ``Backend.propose``."""
    yield from search_shared(Sharing(), settings, space, budget, seed=seed, stop=stop)


def search_shared(
    sharing: Sharing, settings: Native, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
) -> Iterator[Round]:
    """The same on each of many workers, who share what is dear: all yield the same rounds."""
    yield from _search_of(0, sharing, settings, space, budget, seed, stop)


def _search_of(
    part: int, sharing: Sharing, settings: Native, space: SearchSpace, budget: Budget, seed: int,
    stop: Callable[[], bool],
) -> Iterator[Round]:  # fmt: skip
    """The rounds of a part of the search, and of the next one where it is to begin again."""
    clock = Clock(budget, stop, sharing=sharing)
    past = past_of(settings.earlier, space, part)
    weighed = yield from _search(settings, space, budget, clock, seed, past, part)
    if weighed is None:
        return
    # What the first search held is free by now: two at a time would take the memory twice.
    before, left = clock.evaluated(), replace(budget, time=clock.left, evaluations=clock.evaluations_left)
    settings = settings if past.is_weighed else replace(settings, earlier=())
    for later in _search_of(part + 1, sharing, settings, weighed, left, seed, stop):
        yield replace(later, evaluated=before + later.evaluated)


def _search(
    settings: Native, space: SearchSpace, budget: Budget, clock: Clock, seed: int, past: Past, part: int
) -> Generator[Round, None, SearchSpace | None]:
    """The rounds, and the same space with rows weighted by relative errors where the search is to begin again so.

    What a ``past`` search found comes first, and its counts are part of all that follow; then its turns are repeated.
    """
    yield from rounds_of_the_past(past, space)
    clock.evaluated = lambda: past.evaluated
    if past.is_weighed:
        return relative(space)
    sharing = clock.sharing
    engine = SharedEngine(get_engine(settings.engine), sharing)
    workplace = Workplace(settings, engine, budget, clock.spent, lambda: clock.evaluations_left, sharing)
    anew = partial(laid_out, workplace, space, seed)
    clock.evaluated = lambda: 0  # what is repeated is not looked at again: of the budgets, only time and memory end it
    past, searchers, generator = standing_after(past, anew, clock.spent)
    clock.evaluated = lambda: max(past.evaluated, searchers.evaluated)
    whole, progress, wonder = searchers.whole, searchers.progress, searchers.wonder
    codes = space.code_of_leaves
    positive = {leaf for leaf, row in zip(space.leaves, space.values, strict=True) if (row > 0).all()}
    told = Reports(space, searchers, clock, past, part, len(past.turns))
    while whole.level < LARGEST_LEVEL:
        if wonder.knows_that_errors_grow(searchers.skeletons):
            yield told.again_with_relative_errors()
            return wonder.weighed
        # Where repeating was cut short, searchers do not stand where the last turn left them.
        found = [] if past.turns and clock.reason else searchers.run()
        found = written_out(found, positive, sharing)  # joins and products of powers look beyond the allowed operators
        found = [one for one in found if can_be_said(one.draft.expression, space.operators)]
        found = [one for one in found if one.complexity <= space.max_complexity + SHRINKS]
        found = described(found, searchers, codes)
        found = progress.taken(searchers.reach, found)
        searchers.turns.learn(found)
        reason = clock.reason or progress.reason_to_stop(
            searchers.reach, is_thorough=searchers.skeletons.is_done, end_early=budget.end_early
        )
        if reason is not None and reason != INTERRUPTED and wonder.is_told_at_the_end():
            yield told.again_with_relative_errors(found)
            return wonder.weighed
        yield told.round(found, reason, is_done=clock.reason is None)
        if reason is not None:
            return None
        searchers.look_closer(generator)
    yield told.round([], "nothing is left to try")
    return None


def laid_out(workplace: Workplace, space: SearchSpace, seed: int) -> tuple[Searchers, np.random.Generator]:
    """Searchers before their first turn, and the chance that they share."""
    generator = np.random.default_rng(seed)
    fit_rows = probe_rows(space, workplace.settings.fit_rows, generator)
    probes = probe_rows(space, workplace.settings.probes, generator)
    fit_rows = np.union1d(probes, fit_rows)
    return searchers_of(workplace, space, fit_rows, probes, generator), generator


def written_out(found: Sequence[Refined], positive: Set[Expression], sharing: Sharing) -> list[Refined]:
    """The best of a level with the powers of each base collected: so a law of a smaller question becomes readable."""
    best = sorted(found, key=lambda one: one.loss)
    longer = [one.draft.expression for one in best[:WRITTEN_OUT]]
    trees = sharing.share(longer, lambda tree: collected(tree, positive), write=nodes_of, read=tree_of)
    short = [
        replace(one, draft=replace(one.draft, expression=tree), complexity=complexity(tree))
        for one, tree in zip(best, trees, strict=False)
    ]
    return list({one.draft.expression: one for one in [*best[WRITTEN_OUT:], *reversed(short)]}.values())


def described(found: Sequence[Refined], searchers: Searchers, codes: Mapping[Expression, int]) -> list[Refined]:
    """The same with what it takes to say each: its form (``ranked``), and with it the formula and its constants."""
    space, bank, progress = searchers.space, searchers.whole.bank, searchers.progress

    def work(some: Sequence[Refined]) -> list[tuple[float | None, float]]:
        told = [ranked(one, bank, space.target_code, codes) for one in some]
        return [(one.draft.form_bits, progress.own_bits(one)) for one in told]

    pieces = [found[at : at + DESCRIBED_AT_ONCE] for at in range(0, len(found), DESCRIBED_AT_ONCE)]
    answers = searchers.workplace.sharing.share(pieces, work)
    told = []
    for one, (form, own) in zip(found, (answer for some in answers for answer in some), strict=True):
        told.append(replace(one, draft=replace(one.draft, form_bits=form)))
        progress.knows(told[-1], own)
    return told


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
