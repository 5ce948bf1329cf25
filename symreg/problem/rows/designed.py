"""The rows of a long table on which laws are looked for: half at random, half spread over the ranges.

At random, a law that shows only where rows are rare is not seen: of 20,000 rows two lie in a corner that holds one in
ten thousand. So half of the rows are drawn against their density: along each input, each dimensionless group and the
trend of the target, and in each plane of two inputs, the range is cut into cells, and every cell that holds a row has
the same say.

What is drawn does not look at a row's own error. Inputs and groups know nothing of it, and the trend of the target at a
row is that of a polynomial fitted to other rows: so what is fitted to the rows that are drawn is right in the mean.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from symreg.arrays import Floats, Rows
from symreg.problem.rows.combed import BLOCKS_OF_A_TURN, ROWS_OF_A_BLOCK, combed
from symreg.problem.rows.sizes import polynomials
from symreg.units import pi_groups

if TYPE_CHECKING:
    from symreg.problem.problem import Problem

MOST_SEEN = 500_000
"""Rows among which is drawn, from the whole of the table: in half a second, a cell that holds one in ten thousand has
fifty of them. More see rarer corners and take the search's time; set by hand."""

CELLS_OF_A_LINE, CELLS_OF_A_SIDE = 64, 24
"""Cells along one coordinate, and along each of two: a cell of a line is a hundredth of a range or so, and all cells of
a plane together have a few rows each where ten thousand are drawn among thirty lines and planes. Set by hand."""

MOST_COORDINATES = 24
"""That are looked at, the inputs first: planes go as the square of their number."""

TREND_ROWS = 10_000
"""Of each half of the rows, to which a polynomial of second degree is fitted: with ten inputs 66 terms, each known to a
hundredth of the noise."""


MOST_SQUARED = 10
"""Inputs of a trend of second degree; with more it is a straight line, whose terms are as many as the inputs."""


def designed_rows(problem: Problem, count: int, seed: int) -> Rows:
    """So many of the rows to train on, in order, ``(n_rows,)``; all of them where there are no more."""
    train = problem.train_rows
    if len(train) <= count:
        return train
    generator = np.random.default_rng(seed)
    by_chance = generator.choice(len(train), size=count - count // 2, replace=False)
    seen = _seen(train, problem.seed)
    density = _say(_coordinates(problem, seen, generator), len(problem.inputs))
    # Without replacement, in proportion to what each row says (Efraimidis and Spirakis 2006).
    order = np.argsort(-np.log(generator.random(len(seen))) / density)
    chance = train[np.sort(by_chance)]
    spread = seen[order[: count // 2 + len(chance)]]
    spread = spread[~np.isin(spread, chance)][: count // 2]
    return np.sort(np.concatenate([chance, spread]))


def _seen(train: Rows, seed: int) -> Rows:
    """Rows from the whole of the table among which is drawn."""
    if len(train) <= MOST_SEEN:
        return train
    return np.concatenate(list(combed(train, seed, MOST_SEEN // (ROWS_OF_A_BLOCK * BLOCKS_OF_A_TURN))))


def _coordinates(problem: Problem, rows: Rows, generator: np.random.Generator) -> list[Floats]:
    """Each ``(n_rows,)``: the inputs that vary, in logarithms where they are positive, then groups and the trend."""
    columns = {name: problem.table[name].values[rows] for name in problem.inputs}
    logs = {name: np.log(values) for name, values in columns.items() if values.min() > 0}
    inputs = [logs.get(name, values) for name, values in columns.items()]
    inputs = [one for one in inputs if one.min() < one.max()][:MOST_COORDINATES]
    found = [*inputs, *_groups(problem, logs)][:MOST_COORDINATES]
    trend = _trend(inputs, problem.target_column.values[rows], generator)
    return [*found, trend] if trend is not None else found


def _groups(problem: Problem, logs: Mapping[str, Floats]) -> Iterator[Floats]:
    """Logarithms of the dimensionless products of inputs, but for those that are one input."""
    dimensions = {name: problem.table[name].unit.dimension for name in logs}
    for powers in pi_groups(dimensions):
        if len(powers) > 1:
            values = np.sum([power * logs[name] for name, power in powers.items()], axis=0)
            if values.min() < values.max():
                yield values


def _trend(inputs: list[Floats], target: Floats, generator: np.random.Generator) -> Floats | None:
    """The target as a polynomial has it that was fitted to rows of the other half; None without inputs that vary."""
    if not inputs:
        return None
    with np.errstate(all="ignore"):
        some = [(one - one.mean()) / one.std() for one in inputs[:MOST_COORDINATES]]
        target = target / np.abs(target).max()
    if not (np.isfinite(target).all() and all(np.isfinite(one).all() for one in some)):
        return None
    degree = 2 if len(some) <= MOST_SQUARED else 1
    is_first = generator.random(len(target)) < 0.5
    found = np.empty(len(target))
    for half in (is_first, ~is_first):
        fitted = np.flatnonzero(half)[:TREND_ROWS]
        told = np.flatnonzero(~half)
        if not len(fitted) or not len(told):
            return None
        own = polynomials(np.array([one[fitted] for one in some]), degree)
        coefficients = np.linalg.lstsq(own, target[fitted], rcond=None)[0]
        for part in np.array_split(told, max(1, len(told) // TREND_ROWS)):
            found[part] = polynomials(np.array([one[part] for one in some]), degree) @ coefficients
    return found if found.min() < found.max() and np.isfinite(found).all() else None


def _say(coordinates: list[Floats], n_inputs: int) -> Floats:
    """What each row has to say ``(n_rows,)``: over all lines and planes, one over the rows of its cell."""
    n_rows = len(coordinates[0]) if coordinates else 0
    say = np.zeros(n_rows)
    for one in coordinates:
        say += _of_cells(_cells(one, CELLS_OF_A_LINE))
    coarse = [_cells(one, CELLS_OF_A_SIDE) for one in coordinates[:n_inputs]]
    for first, second in itertools.combinations(coarse, 2):
        say += _of_cells(first * CELLS_OF_A_SIDE + second)
    return say


def _cells(values: Floats, count: int) -> npt.NDArray[np.int64]:
    low, high = float(values.min()), float(values.max())
    return np.minimum(((values - low) * (count / (high - low))).astype(np.int64), count - 1)


def _of_cells(cells: npt.NDArray[np.int64]) -> Floats:
    """Of each row its part of its cell, over the number of cells that hold any."""
    counts = np.bincount(cells)
    return np.asarray(1.0 / counts[cells] / np.count_nonzero(counts))
