"""What a search reports after a turn: the formulas that are worth a fit on all rows, the counts, the certificate."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from symreg.formula import Constant, Expression, substitute
from symreg.problem import Candidate, FreeConstant
from symreg.search.backend import Round
from symreg.search.clock import Clock
from symreg.search.native.bank import Bank
from symreg.search.native.noise import grows_note
from symreg.search.native.proposal import Draft
from symreg.search.native.refine import Refined
from symreg.search.native.repeating import Past, turn_of
from symreg.search.native.searchers import Searchers
from symreg.search.native.written import plain
from symreg.search.space import SearchSpace

CANDIDATES = 16  # of a level, sent on to be fitted on all rows
EACH_COMPLEXITY = 2
"""Formulas of each complexity, those of least loss, that are sent on beside the shortest descriptions, for the front: a
second one where the first turns out worse on all rows. Each costs a fit on all rows; set by hand."""

CLEARLY = 1.1  # a longer formula may be a little worse here and become simpler than it looks


@dataclass(slots=True, eq=False)
class Reports:
    """Makes rounds of what turns find; ``number`` turns were done before, those of a ``past`` search among them.

    Counts and certificate are those of the past and of now together.
    """

    space: SearchSpace
    searchers: Searchers
    clock: Clock
    past: Past
    part: int
    number: int

    def round(self, found: Sequence[Refined], reason: str | None, *, is_done: bool = False) -> Round:
        """A round with the best of these; one that ``is_done`` says what its turn came to."""
        whole, past = self.searchers.whole, self.past
        chosen = worthwhile(found, self.searchers.progress.bits_of)
        complete = completed(whole.bank, whole.sums.complete)
        turn = None
        if is_done:
            turn = plain(turn_of(self.searchers, self.part, self.number, complete, found, chosen))
            self.number += 1
        return Round(
            tuple(candidate(one, self.space) for one in chosen), max(past.level, whole.level), self.clock.evaluated(),
            max(past.pruned, whole.bank.pruned), max((complete, past.complete), key=lambda level: level or 0), reason,
            turn=turn,
        )  # fmt: skip

    def again_with_relative_errors(self, found: Sequence[Refined] = ()) -> Round:
        """The last round with errors that are alike; from now on the clock counts what was looked at so far."""
        self.searchers.last = "weighed", 0
        last = self.round(found, None, is_done=True)
        evaluated = last.evaluated
        self.clock.evaluated = lambda: evaluated
        return replace(last, noise="relative", notes=(grows_note(self.space),))


def rounds_of_the_past(past: Past, space: SearchSpace) -> Iterator[Round]:
    """What a past search proposed, and that rows were weighed by then, where they were."""
    if past.turns:
        again = tuple(candidate(one, space) for one in past.reported)
        known = Round(again, past.level, past.evaluated, past.pruned, past.complete)
        yield replace(known, noise="relative", notes=(grows_note(space),)) if past.is_weighed else known


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
