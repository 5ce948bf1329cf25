"""Some rows of a long table at a time, and what is kept of them: sums of residuals, and a triangle for each law."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from symreg.arrays import Floats

PANEL = 32
"""Columns of work space for each column of a triangle: what LAPACK asks for on most machines. Less makes it take one
column after the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """Some rows: inputs ``(n_inputs, n_rows)``, target and weights (None: all 1) ``(n_rows,)`` in natural units;
    ``middle`` is a value in the middle of all targets, ``roots`` are those of the weights, ``sums`` of the targets."""

    X: Floats
    y: Floats
    weights: Floats | None
    middle: float
    roots: Floats | None
    sums: tuple[float, float]


def sums_of(away: Floats) -> tuple[float, float]:
    """The sum of numbers ``(n,)`` and that of their squares."""
    return float(away.sum()), float(away @ away)


@dataclass(slots=True, eq=False)
class Folding:
    """Room in which triangles are made, taken once: that of a turn is fresh memory otherwise, page by page."""

    room: Floats = field(default_factory=lambda: np.empty(0))

    def folded(self, slopes: Floats, rest: Floats, roots: Floats | None, before: Floats | None) -> Floats:
        """The triangle of ``[J | r]`` below the one of the turns ``before``, ``(p + 1, p + 1)``; NaN where anything is.

        ``slopes`` have the shape ``(p, n_rows)``, ``rest`` and ``roots`` of the weights (None: all 1) ``(n_rows,)``.
        """
        from scipy.linalg.lapack import dgeqrf

        width, n_rows = len(slopes) + 1, len(rest)
        if len(self.room) < width * (n_rows + width):
            self.room = np.empty(width * (n_rows + width))
        stacked = self.room[: width * (n_rows + width)].reshape(width, n_rows + width)
        stacked[:, :width] = 0.0 if before is None else before.T
        one = 1.0 if roots is None else roots
        np.multiply(slopes, one, out=stacked[:-1, width:])
        np.multiply(rest, one, out=stacked[-1, width:])
        reduced = dgeqrf(stacked.T, lwork=width * PANEL, overwrite_a=1)[0]
        return np.triu(reduced[:width])


@dataclass(slots=True)
class Tally:
    """Residuals of a law so far, in natural units: rows, those where it is undefined, sums of squares as they are and
    weighed, and over the rows where it is defined the targets and their squares, from a value in their middle on."""

    n_rows: int = 0
    undefined: int = 0
    squares: float = 0.0
    weighed: float = 0.0
    targets: float = 0.0
    target_squares: float = 0.0

    def take(self, rest: Floats, turn: Turn) -> None:
        """Count the residuals ``rest`` ``(n_rows,)`` of the rows of a turn."""
        self.n_rows += len(rest)
        square, sums, weights = float(rest @ rest), turn.sums, turn.weights
        if not math.isfinite(square):
            defined = np.isfinite(rest)
            self.undefined += int(np.count_nonzero(~defined))
            rest = rest[defined]
            square, sums = float(rest @ rest), sums_of(turn.y[defined] - turn.middle)
            weights = None if weights is None else weights[defined]
        self.squares += square
        self.weighed += square if weights is None else float(weights @ (rest * rest))
        self.targets += sums[0]
        self.target_squares += sums[1]

    @property
    def spread(self) -> float:
        """Standard deviation of the targets where the law is defined; NaN where it is so nowhere."""
        count = self.n_rows - self.undefined
        if not count:
            return math.nan
        return math.sqrt(max(self.target_squares / count - (self.targets / count) ** 2, 0.0))
