"""A search with the columns that are vouched for, and then one with all that entered.

Of two dozen columns most are there because something may have been missed. A law of those that are vouched for is found
among them as fast as in a table that has no other columns; what is not found there is sought with all the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np

from symreg.formula import Variable, variables_of
from symreg.search.backend import Backend, Budget, Round
from symreg.search.columns import Screening
from symreg.search.space import SearchSpace
from symreg.search.wrapped import Wrapped

FIRST_SHARE = 0.6
"""Of the budget, for the columns that are vouched for, where no law is found among them before that leaves nothing. So
much finds a law of five columns in the time that a table of ten columns takes; the rest is left to what was missed."""

MOST_FIRST = 16
"""Columns vouched for with which there is a search of its own: with more it is hardly faster than one with all."""

FOUND = "residual at "
"""How reasons begin to end a search because a law leaves nothing, or no pattern."""

SPENT = "time budget spent"


def vouched_first(backend: Backend, screening: Screening | None) -> Backend:
    """The backend, which searches first with the columns that are vouched for, where there are any and not many."""
    if screening is None:
        return backend
    first = screening.of("asked for", "vouched for")
    if not screening.of("vouched for") or len(first) > min(MOST_FIRST, len(screening.entered) - 1):
        return backend
    return VouchedFirst(backend, first)


@dataclass(frozen=True, slots=True)
class VouchedFirst(Wrapped):
    """A backend that searches with the inputs of these names, and then with all.

    A search that is interrupted between its turns does not go on after them, but begins with the laws that it had.
    """

    names: tuple[str, ...]

    def propose(self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]) -> Iterator[Round]:
        """The rounds of both searches; the first ends them where a law leaves nothing, or where ``stop()`` is true."""
        own = space_of(space, self.names)
        if (budget.time is None and budget.evaluations is None) or not _reaches(own):
            yield from self.backend.propose(space, budget, seed=seed, stop=stop)
            return
        began, last = time.monotonic(), Round((), 0, 0, 0, None)
        seconds, evaluations = budget.time, budget.evaluations
        part = replace(
            budget,
            time=None if seconds is None else FIRST_SHARE * seconds,
            evaluations=None if evaluations is None else max(1, int(FIRST_SHARE * evaluations)),
        )
        for last in self.backend.propose(own, part, seed=seed, stop=stop):
            over = last.stop_reason is not None and (last.stop_reason.startswith(FOUND) or stop())
            yield replace(last, turn=None, stop_reason=last.stop_reason if over else None, complete_to_complexity=None)
            if over:
                return
        rest = None if seconds is None else seconds - (time.monotonic() - began)
        if rest is not None and rest <= 0:  # the first was late by all that was left
            yield replace(last, candidates=(), formulas=(), notes=(), rejections=(), stop_reason=SPENT)
            return
        more = None if evaluations is None else max(1, evaluations - last.evaluated)
        left = replace(budget, time=rest, evaluations=more)
        for one in self.backend.propose(space, left, seed=seed, stop=stop):
            evaluated, pruned = one.evaluated + last.evaluated, one.pruned_by_dimension + last.pruned_by_dimension
            yield replace(one, evaluated=evaluated, pruned_by_dimension=pruned, turn=None)


def _reaches(space: SearchSpace) -> bool:
    """Whether a law with pure numbers can have the target's dimension, or coefficients may bring what it lacks."""
    if space.coefficient_codes != (0,) or space.is_mixed:
        return True
    digits = space.coding.digits(np.array([*space.codes, space.target_code])).astype(np.float64)
    return bool(np.linalg.matrix_rank(digits[:-1]) == np.linalg.matrix_rank(digits))


def space_of(space: SearchSpace, names: Collection[str]) -> SearchSpace:
    """The space with those inputs alone that have these names; constants and rows stay."""
    kept = [
        place
        for place, leaf in enumerate(space.leaves)
        if place >= space.n_inputs or (isinstance(leaf, Variable) and leaf.name in names)
    ]
    inputs = {leaf.name for leaf in space.leaves[: space.n_inputs] if isinstance(leaf, Variable) and leaf.name in names}
    units = {name: unit for name, unit in space.units_of_inputs.items() if name in inputs}
    return replace(
        space,
        leaves=tuple(space.leaves[place] for place in kept),
        codes=tuple(space.codes[place] for place in kept),
        values=space.values[kept],
        n_inputs=len(inputs),
        angles=frozenset(new for new, place in enumerate(kept) if place in space.angles),
        guesses=tuple(one for one in space.guesses if set(variables_of(one)) <= inputs),
        units_of_inputs=units,
        scales={name: space.scales[name] for name in units.values() if name in space.scales},
    )
