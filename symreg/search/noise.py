"""How much of the target is noise, as far as the data tell before any law is known.

Where uncertainties are given they are the answer. Otherwise each row is predicted by a plane through its nearest
neighbours in the space of the (ranked) inputs. What the planes leave over is noise plus curvature; curvature falls with
the density of the rows, its square with the fourth power of the distance: in d dimensions as ``n**(-4/d)`` (Fan and
Gijbels 1996, "Local polynomial modelling", section 3.2). So the same estimate on half of the rows tells the two apart:

    e(n) = s + b,   e(n/2) = s + b*2**(4/d)   =>   s = (2**(4/d)*e(n) - e(n/2)) / (2**(4/d) - 1)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
LOOKED_AT = 1000  # rows whose residual is taken
NEIGHBOURS_AMONG = 4000


def noise_floor(space: SearchSpace, generator: np.random.Generator) -> float:
    """The loss that noise alone would leave: mean square over the variance of the target; 0 where none is seen."""
    if space.sigma is not None:
        w = 1 / space.sigma**2
        mean = float(w @ space.target / w.sum())
        total = float(w @ (space.target - mean) ** 2)
        return float(len(w) / total) if total > 0 else 0.0
    n_rows = len(space.target)
    rows = generator.permutation(n_rows)[:NEIGHBOURS_AMONG]
    y = space.target[rows]
    inputs = space.inputs[:, rows]
    varying = inputs[np.ptp(inputs, axis=1) > 0]
    spread = float(np.var(y))
    n_neighbours = 3 * (len(varying) + 1)
    if not len(varying) or len(rows) < 8 * n_neighbours or spread == 0:
        return 0.0
    ranks = np.argsort(np.argsort(varying, axis=1), axis=1).T / len(rows)
    n_looked = min(LOOKED_AT, len(rows) // 2)
    dense = _mean_residual(ranks, y, n_looked, n_neighbours)
    sparse = _mean_residual(ranks[: len(rows) // 2], y[: len(rows) // 2], n_looked, n_neighbours)
    ratio = 2 ** (4 / len(varying))
    return float(max(0.0, (ratio * dense - sparse) / (ratio - 1)) / spread)


def _mean_residual(points: Floats, y: Floats, n_looked: int, n_neighbours: int) -> float:
    """Mean squared error of planes through the neighbours of each row, scaled to be the variance of one row."""
    squares = (points**2).sum(axis=1)
    looked = points[:n_looked]
    distance = squares[:n_looked, None] + squares - 2 * looked @ points.T
    np.fill_diagonal(distance, np.inf)
    near = np.argpartition(distance, n_neighbours, axis=1)[:, :n_neighbours]
    offsets = points[near] - looked[:, None, :]
    design = np.concatenate([np.ones((*offsets.shape[:2], 1)), offsets], axis=2)
    weights = np.linalg.pinv(design)[:, 0, :]  # of the neighbours in the plane's value at the row
    residual = y[:n_looked] - np.einsum("ij,ij->i", weights, y[near])
    return float(np.mean(residual**2 / (1 + (weights**2).sum(axis=1))))
