"""The box that the inputs of a table fill, and a larger one around it: where a law is asked, and where it might be.

An input that is positive in every row is measured in logarithms: twice the range of 1 to 100 is 0.1 to 1000. Other
inputs are stretched as they are, and one that is never negative does not become so. An input that never varies stays
where it is.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np

from symreg.arrays import Floats
from symreg.fitting import Fitter
from symreg.problem import Problem

CORNERS_OF = 6  # inputs at most: the corners of a box are among its points


@dataclass(frozen=True, slots=True, eq=False)
class InputBox:
    """Lowest and highest value of each input ``(n_inputs,)`` in natural units; ``logarithmic`` marks positive ones."""

    low: Floats
    high: Floats
    logarithmic: np.ndarray

    def at(self, places: Floats) -> Floats:
        """The inputs ``(n_inputs, n)`` at places between 0 and 1 along each side of the box ``(n_inputs, n)``."""
        low, high = self._sides()
        found = low[:, None] + places * (high - low)[:, None]
        found[self.logarithmic] = np.exp(found[self.logarithmic])
        # The ends are the ends, not what logarithm and exponential make of them.
        return np.clip(found, self.low[:, None], self.high[:, None])

    def places(self, inputs: Floats) -> Floats:
        """The inverse of ``at``; 0 along a side without length."""
        low, high = self._sides()
        inputs = inputs.copy()
        with np.errstate(all="ignore"):
            inputs[self.logarithmic] = np.log(inputs[self.logarithmic])
        length = high - low
        return np.asarray((inputs - low[:, None]) / np.where(length > 0, length, np.inf)[:, None])

    def _sides(self) -> tuple[Floats, Floats]:
        low, high = self.low.copy(), self.high.copy()
        low[self.logarithmic], high[self.logarithmic] = np.log(low[self.logarithmic]), np.log(high[self.logarithmic])
        return low, high

    def stretched(self) -> InputBox:
        """The box with every side twice as long, around the same middle, and no sign that was not there."""
        low, high = self._sides()
        half = (high - low) / 2
        low, high = low - half, high + half
        low[self.logarithmic], high[self.logarithmic] = np.exp(low[self.logarithmic]), np.exp(high[self.logarithmic])
        low = np.where((self.low >= 0) & ~self.logarithmic, np.maximum(low, 0.0), low)
        high = np.where(self.high <= 0, np.minimum(high, 0.0), high)
        fixed = self.low == self.high
        return replace(self, low=np.where(fixed, self.low, low), high=np.where(fixed, self.high, high))

    def sample(self, count: int, varied: np.ndarray, generator: np.random.Generator) -> Floats:
        """Places ``(n_inputs, n)`` spread evenly along the ``varied`` sides, and the corners; 1/2 along the others.

        Along each side in turn ``count`` strata hold one point each (Latin hypercube: McKay, Beckman and Conover 1979).
        """
        from scipy.stats.qmc import LatinHypercube

        sides = np.flatnonzero(varied)
        inner = LatinHypercube(sides.size, seed=generator).random(count).T if sides.size else np.zeros((0, count))
        corners = np.zeros((sides.size, 0))
        if sides.size <= CORNERS_OF:
            corners = np.array(list(itertools.product((0.0, 1.0), repeat=sides.size))).T
        found = np.full((len(self.low), count + corners.shape[1]), 0.5)
        found[sides] = np.concatenate([inner, corners], axis=1)
        return found


def box_of(problem: Problem, fitter: Fitter) -> InputBox:
    """The box of all rows of the table."""
    inputs = fitter.units.matrix(problem, np.arange(problem.table.n_rows))
    low, high = inputs.min(axis=1), inputs.max(axis=1)
    return InputBox(low, high, low > 0)
