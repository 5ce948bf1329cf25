"""Is there a pattern in what a law leaves over? Neighbours tell, whatever the shape: noise does not resemble its
neighbour.

For one input after another, for pairs of inputs and for all of them, each row's nearest other row is found, by
ranks, and the residuals of both are multiplied. Under noise the mean of these products is zero with a variance that
counts how often two rows are each other's neighbour (the idea of the nearest-neighbour tests of Friedman and Rafsky
1983; in one dimension von Neumann's ratio, 1941). No surface is fitted, so a law that no polynomial follows is not
taken for noise.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
PATTERN_CHANCE = 0.01
"""Chance at which neighbours resemble each other by luck, over all sets of inputs together. A smaller one would let
real patterns pass on few rows; a larger one costs time, not truth: the search goes on."""

MOST_PAIRS = 28
"""Pairs of inputs that are looked at, those of the first eight inputs: more would each count for less."""


def leaves_pattern(inputs: Floats, residual: Floats) -> bool:
    """Whether residuals ``(n_rows,)`` of neighbours in inputs ``(n_inputs, n_rows)`` resemble each other."""
    spread = float(np.std(residual))
    if not spread > 0:
        return False
    from scipy.stats import rankdata

    # Rows of equal inputs are each other's neighbours in no order: that of the table may be the target's.
    order = np.random.default_rng(residual.size).permutation(residual.size)
    values = (residual[order] - residual.mean()) / spread
    ranks = rankdata(inputs[:, order], axis=1) / residual.size
    count = len(inputs)
    pairs = list(itertools.islice(itertools.combinations(range(count), 2), MOST_PAIRS))
    sets = [*((place,) for place in range(count)), *pairs, *([tuple(range(count))] if count > 2 else [])]
    largest = max((_resemblance(ranks[list(places)], values) for places in sets), default=0.0)
    return 0.5 * math.erfc(largest / math.sqrt(2)) * len(sets) < PATTERN_CHANCE


def _resemblance(points: Floats, values: Floats) -> float:
    """The mean product of neighbours' values, in its standard deviations under noise."""
    from scipy.spatial import cKDTree

    n_rows = values.size
    # The row itself is among the two nearest; where rows coincide, either may be named first.
    near = cKDTree(points.T).query(points.T, k=2)[1]
    neighbour = np.where(near[:, 0] == np.arange(n_rows), near[:, 1], near[:, 0])
    mutual = int(np.count_nonzero(neighbour[neighbour] == np.arange(n_rows)))
    return float(np.sum(values * values[neighbour]) / math.sqrt(n_rows + mutual))
