"""Of many columns, those that are searched with: what the units let in, what stands out, and what fills up.

A search looks at pairs, triples and products of its inputs, so that hundreds of columns would spend any budget before
the first law. First the columns go whose unit no law can cancel (``problem.reach``). Then those enter that tell more of
the target than false copies of them (``columns.vouching``), of which it is known how many are false. Columns that are
weak, or matter only together with others, may be lost by that, so that what room is left is filled with those that the
target follows most, one after another (``columns.telling``); nothing vouches for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from symreg.formula import variables_of
from symreg.problem import beyond_reach, out_of_balance
from symreg.search.columns import (
    FALSE_SHARE,
    TOO_LONG,
    ColumnVerdict,
    Screening,
    Verdict,
    Vouched,
    curves_of,
    followed,
    groups_alike,
    seconds_for,
    vouched_for,
    ways_of,
)
from symreg.units import DIMENSIONLESS, power_product

if TYPE_CHECKING:
    from symreg.arrays import Rows
    from symreg.problem import Problem

Floats = npt.NDArray[np.float64]

MOST_INPUTS = 24
"""Columns that a search takes in; with more of them those that tell most are chosen. What a search does before its
first level grows with pairs of columns and takes one second for these; laws with so many inputs are not known to us."""

SCREENED_ROWS = 1000
"""Rows at which columns are compared, drawn from those searched. A curve that explains 2 % of the target stands out of
hundreds that explain nothing there; time and memory grow in proportion."""

COPIED_ROWS = 2000
"""Rows at which columns are compared with false copies: how hundreds of columns go together takes more rows to know
than what one of them tells."""

VOUCHING_SHARE = 0.2
"""Of the time budget, is for comparing columns with false copies; what would take longer is left, and said to be."""


def screened(
    problem: Problem, rows: Rows, seed: int, seconds: float | None = None, most: int = MOST_INPUTS,
    shut_out: Collection[str] | None = None,
) -> tuple[Problem, Screening | None]:  # fmt: skip
    """The problem with at most ``most`` inputs, and what was decided of each where there were more.

    ``rows`` ``(n_rows,)`` are numbers of rows of the table; ``seconds`` are those of the whole search, None where time
    does not count. ``shut_out`` are inputs that cannot enter, by default those that the units keep from all laws.
    Inputs that a guess or a limit names stay, and so does what the target's unit needs. A problem whose form is given
    keeps all.
    """
    bare = problem.template is None or problem.template.is_bare
    if len(problem.inputs) <= most or not bare:
        return problem, None
    shut_out = frozenset(beyond_reach(problem) if shut_out is None else shut_out)
    named = {leaf for guess in problem.guesses for leaf in variables_of(guess)} | set(problem.constraints.monotonic)
    needed = [name for name in problem.inputs if name in named]
    alone = _beside_constants(problem) - shut_out
    order = _by_what_they_tell(problem, _some_of(rows, SCREENED_ROWS, seed), shut_out | alone, most)
    seen = problem.matrix(_some_of(rows, COPIED_ROWS, seed))
    alike = _alike(problem, seen, shut_out)
    vouched, none_because = _vouched(problem, _some_of(rows, COPIED_ROWS, seed), seen, alike, order, seed, seconds)
    kept = list(dict.fromkeys([*needed, *vouched, *order]))[: max(most, len(needed))]
    own_unit = _for_its_unit(problem, kept, order)
    verdicts = _verdicts(shut_out, alone, kept, [*needed, *own_unit], [name for name in vouched if name in kept])
    others = {name: tuple(one for one in group if one != name) for group in alike for name in group}
    columns = [ColumnVerdict(name, verdicts.get(name, "not chosen"), others.get(name, ())) for name in problem.inputs]
    screening = Screening(tuple(columns), FALSE_SHARE, none_because)
    return replace(problem, inputs=screening.entered), screening


def _verdicts(
    shut_out: Iterable[str], alone: Iterable[str], kept: Iterable[str], asked_for: Iterable[str], vouched: Iterable[str]
) -> dict[str, Verdict]:
    """What is decided of each column by name; of several reasons to enter the best one."""
    found: dict[str, Verdict] = {}
    reasons: tuple[tuple[Verdict, Iterable[str]], ...] = (
        ("unit cannot enter", shut_out), ("needs a constant", alone), ("filled up", kept),
        ("asked for", asked_for), ("vouched for", vouched),
    )  # fmt: skip
    for verdict, names in reasons:
        for name in names:
            found[name] = verdict
    return found


def _some_of(rows: Rows, most: int, seed: int) -> Rows:
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, size=most, replace=False))


def _beside_constants(problem: Problem) -> frozenset[str]:
    """Inputs that no law with pure numbers holds, though one with a unit might: they enter by standing out alone."""
    free = problem.free_constants
    if free.policy != "dimensionless":
        return frozenset()
    target = problem.target_column.unit.dimension
    return frozenset(out_of_balance(problem.dimensions, target, [unit.dimension for unit in free.units]))


def _by_what_they_tell(problem: Problem, rows: Rows, shut_out: Collection[str], most: int) -> list[str]:
    """The inputs that are not shut out, those that tell most first, as far as any tells something."""
    names = [name for name in problem.inputs if name not in shut_out]
    columns = problem.matrix(rows)[[place for place, name in enumerate(problem.inputs) if name not in shut_out]]
    if not names:
        return []
    curves = np.stack([curves_of(column) for column in columns])
    orders = [followed(curves, way, most) for way in ways_of(problem.target_values(rows))]
    taken_in_turn = chain.from_iterable(zip_longest(*orders))
    return [names[place] for place in dict.fromkeys(one for one in taken_in_turn if one is not None)]


def _alike(problem: Problem, seen: Floats, shut_out: Collection[str]) -> list[list[str]]:
    """The inputs that can enter, in groups that say the same."""
    names = [name for name in problem.inputs if name not in shut_out]
    places = [place for place, name in enumerate(problem.inputs) if name not in shut_out]
    return [[names[one] for one in group] for group in groups_alike(seen[places])] if names else []


def _vouched(
    problem: Problem, rows: Rows, seen: Floats, alike: Sequence[Sequence[str]], order: Sequence[str], seed: int,
    seconds: float | None,
) -> tuple[list[str], str]:  # fmt: skip
    """The columns that stand out from their copies, and why none does.

    The first of each group is compared, whatever the target says; of a group that stands out that one enters, of each
    unit, which the target follows most.
    """
    if seconds is not None and seconds_for(len(alike), len(rows)) > VOUCHING_SHARE * seconds:
        return [], TOO_LONG
    places = {name: place for place, name in enumerate(problem.inputs)}
    found = Vouched() if not alike else vouched_for(
        seen[[places[group[0]] for group in alike]], problem.target_values(rows), seed
    )  # fmt: skip
    rank, dimensions = {name: place for place, name in enumerate(order)}, problem.dimensions
    names: list[str] = []
    for group in (alike[one] for one in found.places):
        in_order = sorted(group, key=lambda name: rank.get(name, len(rank)))
        names += {dimensions[name]: name for name in reversed(in_order)}.values()
    return names, found.none_because


def _for_its_unit(problem: Problem, kept: Sequence[str], order: Sequence[str]) -> list[str]:
    """Further columns without which no law has the target's unit, where numbers without a unit are all that is free."""
    target, free = problem.target_column.unit.dimension, problem.free_constants
    if free.policy != "dimensionless":
        return []
    dimensions = problem.dimensions
    units = {f"coefficient {place}": unit.dimension for place, unit in enumerate(free.units)}
    known = {one.name: one.unit.dimension for one in problem.known_constants} | units
    rest = [name for name in (*order, *problem.inputs) if name not in set(kept)]
    met = {DIMENSIONLESS} | {dimensions[name] for name in kept}
    added: list[str] = []
    while power_product(target, known | {name: dimensions[name] for name in (*kept, *added)}) is None and rest:
        name = rest.pop(0)
        if dimensions[name] not in met:
            met.add(dimensions[name])
            added.append(name)
    return added
