"""What the user knows of a law's values: where it rises or falls, and between which bounds it stays.

Both are checked on points spread over the table's box, the smallest one that holds all rows: for each input that the
law must rise or fall with, on lines along it; for bounds, also in the corners and at the rows. A law that breaks a
limit between two points, or outside the box, is not noticed. Where a law is undefined it breaks nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from symreg.arrays import Floats
from symreg.fitting import Fitted, Fitter
from symreg.problem import Problem

LINES, STEPS = 48, 129  # along each input, and points on each of them
SCATTERED = 4_096  # points for bounds
MOST_CORNERS = 10  # inputs; with more of them the corners are too many
SLACK = 1e-9  # of the largest value: rounding breaks no limit


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """One limit: points ``(n_inputs, n_points)`` in natural units, whether values there keep it, and its name."""

    points: Floats
    is_kept: Callable[[Floats], bool]
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """All limits on the values of a problem's laws."""

    fitter: Fitter
    limits: tuple[Limit, ...] = field(default=())

    def fault(self, fitted: Fitted) -> str | None:
        """The first limit that the law breaks, in words; None where it keeps them all."""
        for limit in self.limits:
            with np.errstate(all="ignore"):
                if not limit.is_kept(self.fitter.predict(fitted, limit.points)):
                    return limit.text
        return None


def shape_of(fitter: Fitter) -> Shape:
    """The limits of the fitter's problem."""
    return Shape(fitter, tuple(_limits(fitter)))


def _limits(fitter: Fitter) -> Iterator[Limit]:
    problem, constraints = fitter.problem, fitter.problem.constraints
    for name, direction in constraints.monotonic.items():
        sign = 1.0 if direction == "increasing" else -1.0
        points = _lines(fitter, problem.inputs.index(name))
        yield Limit(points, lambda values, sign=sign: _rises(sign * values), f"is not {direction} in {name}")  # type: ignore[misc]
    if constraints.range is not None:
        low, high = _natural_range(problem, fitter)
        text = f"leaves the range from {constraints.range[0]} to {constraints.range[1]}".replace("None", "anywhere")
        yield Limit(_everywhere(fitter), lambda values: _within(values, low, high), text)


def _rises(values: Floats) -> bool:
    """Whether values never fall along a line from one point to the next, ``(n_lines * n_steps,)``."""
    lines = values.reshape(-1, STEPS)
    slack = SLACK * float(np.nanmax(np.abs(lines), initial=0.0))
    return not bool((np.diff(lines, axis=1) < -slack).any())


def _within(values: Floats, low: float, high: float) -> bool:
    slack = SLACK * float(np.nanmax(np.abs(values), initial=0.0))
    return not bool(((values < low - slack) | (values > high + slack)).any())


def _natural_range(problem: Problem, fitter: Fitter) -> tuple[float, float]:
    assert problem.constraints.range is not None
    unit = problem.target_column.unit
    factor = fitter.units.factor(unit.dimension)
    low, high = problem.constraints.range
    return (
        -np.inf if low is None else unit.to_si(float(low)) / factor,
        np.inf if high is None else unit.to_si(float(high)) / factor,
    )


def _box(fitter: Fitter) -> tuple[Floats, Floats, Floats]:
    """All rows in natural units, and the ends of each column ``(n_inputs, 1)``."""
    rows = np.ascontiguousarray(fitter.units.matrix(fitter.problem, np.arange(fitter.problem.table.n_rows)))
    return rows, rows.min(axis=1, keepdims=True), rows.max(axis=1, keepdims=True)


def _lines(fitter: Fitter, index: int) -> Floats:
    _, low, high = _box(fitter)
    starts = low + (high - low) * np.random.default_rng(0).random((len(low), LINES))
    points = np.repeat(starts, STEPS, axis=1)
    points[index] = np.tile(np.linspace(low[index, 0], high[index, 0], STEPS), LINES)
    return np.ascontiguousarray(points)


def _everywhere(fitter: Fitter) -> Floats:
    rows, low, high = _box(fitter)
    scattered = low + (high - low) * np.random.default_rng(0).random((len(low), SCATTERED))
    ends = np.concatenate([low, high], axis=1)
    corners = np.array(list(itertools.product(*ends))).T if len(low) <= MOST_CORNERS else scattered[:, :0]
    return np.ascontiguousarray(np.concatenate([rows, scattered, corners], axis=1))
