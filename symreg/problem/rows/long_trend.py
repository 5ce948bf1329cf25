"""Sizes and counts of the rows of a long table: a trend that some rows tell, and values of it where they are asked for.

Nothing of the length of the table is made. The rows that tell the trend are drawn at random among those that laws are
fitted to; beyond the range of these an input counts as if it was at its end, where a polynomial would run away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from symreg.arrays import Floats, Rows
from symreg.mapped import every
from symreg.problem.rows.outlying import LARGEST, Beside, fitted_beside
from symreg.problem.rows.sizes import MOST_SIZED_ROWS, fitted_trend, polynomial_values


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """An input as a coordinate of mean zero and standard deviation one over the rows that told it."""

    column: Floats  # (n_rows,), all rows
    is_log: bool
    low: float
    high: float
    mean: float
    spread: float

    def at(self, rows: Rows) -> Floats:
        """The coordinate at these rows, ``(n,)``."""
        values = np.clip(self.column[rows], self.low, self.high)
        return np.asarray(((np.log(values) if self.is_log else values) - self.mean) / self.spread)


@dataclass(frozen=True, slots=True, eq=False)
class LongSizes:
    """The size of a target ``(n_rows,)`` at rows that are asked for; without a trend the measured values."""

    axes: tuple[Axis, ...]
    target: Floats
    found: tuple[int, Floats] | None

    def __getitem__(self, rows: Rows) -> Floats:
        if self.found is None:
            return np.abs(self.target[rows])
        return np.exp(polynomial_values(_coordinates(self.axes, rows), *self.found))

    def all(self) -> bool:
        """Whether no row has the size zero."""
        return self.found is not None or every(lambda values: values != 0, self.target)


@dataclass(frozen=True, slots=True, eq=False)
class LongCounts:
    """What rows count beside the trend of a target ``(n_rows,)``, at rows that are asked for."""

    axes: tuple[Axis, ...]
    target: Floats
    found: Beside | None

    def __getitem__(self, rows: Rows) -> Floats:
        if self.found is None:
            return np.ones(len(rows))
        return np.asarray(self.found.counts(_coordinates(self.axes, rows), self.target[rows]) / LARGEST)


def long_sizes(columns: Sequence[Floats], target: Floats, train: Rows, share: float | None) -> LongSizes:
    """Sizes of a target ``(n_rows,)`` by the inputs ``columns``, each ``(n_rows,)``, as some of the rows ``train`` tell
    them; ``share`` is that of ``trend``.
    """
    some = _some(train)
    axes = _axes(columns, some)
    y = target[some] * np.sign(target[some].mean())
    found = fitted_trend(_coordinates(axes, some), y, share) if y.mean() > 0 else None
    return LongSizes(axes, target, found)


def long_counts(columns: Sequence[Floats], target: Floats, train: Rows) -> LongCounts:
    """What rows count beside the trend of a target ``(n_rows,)``, as some of the rows ``train`` tell it."""
    some = _some(train)
    axes = _axes(columns, some)
    positive = every(lambda values: values > 0, target)
    return LongCounts(axes, target, fitted_beside(_coordinates(axes, some), target[some], positive=positive))


def _some(train: Rows) -> Rows:
    if len(train) <= MOST_SIZED_ROWS:
        return train
    return train[np.sort(np.random.default_rng(len(train)).choice(len(train), MOST_SIZED_ROWS, replace=False))]


def _axes(columns: Sequence[Floats], some: Rows) -> tuple[Axis, ...]:
    """One for each input that varies."""
    found = []
    for column in columns:
        values = column[some]
        low, high = float(values.min()), float(values.max())
        if low < high:
            seen = np.log(values) if low > 0 else values
            found.append(Axis(column, low > 0, low, high, float(seen.mean()), float(seen.std())))
    return tuple(found)


def _coordinates(axes: Sequence[Axis], rows: Rows) -> Floats:
    return np.array([axis.at(rows) for axis in axes]).reshape(len(axes), len(rows))
