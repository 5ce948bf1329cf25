"""How much of the target is noise, as far as the data tell before any law is known.

Where uncertainties are given they are the answer. Otherwise each row is predicted by a plane through its nearest
neighbours in the space of the (ranked) inputs; what the planes leave over is noise plus curvature, so the estimate is
an upper bound that tightens as rows become dense (Rice 1984, "Bandwidth choice for nonparametric regression",
difference-based variance, in several dimensions).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
ROWS = 600


def noise_floor(space: SearchSpace, rows: npt.NDArray[np.int64]) -> float:
    """The loss that noise alone would leave: weighted mean square over the variance of the target."""
    y = space.target[rows]
    spread = float(np.var(y))
    if spread == 0:
        return 0.0
    if space.sigma is not None:
        w = 1 / space.sigma[rows] ** 2
        mean = float(w @ y / w.sum())
        return float(len(rows) / (w @ (y - mean) ** 2))
    inputs = space.inputs[:, rows]
    varying = inputs[np.ptp(inputs, axis=1) > 0]
    n_inputs = len(varying)
    n_neighbours = 3 * (n_inputs + 1)
    if not n_inputs or len(rows) < 4 * n_neighbours:
        return 0.0
    ranks = np.argsort(np.argsort(varying, axis=1), axis=1).T / len(rows)
    residuals = [_residual(ranks, y, index, n_neighbours) for index in range(min(ROWS, len(rows)))]
    return float(np.mean(residuals)) / spread


def _residual(points: Floats, y: Floats, index: int, n_neighbours: int) -> float:
    """Squared error of a plane through the neighbours of a row, scaled to be the variance of one row."""
    offset = points - points[index]
    distance = np.einsum("ij,ij->i", offset, offset)
    distance[index] = np.inf
    near = np.argpartition(distance, n_neighbours)[:n_neighbours]
    design = np.column_stack([np.ones(n_neighbours), offset[near]])
    inverse = np.linalg.pinv(design)
    variance = 1 + float(inverse[0] @ inverse[0])  # of y[index] minus the plane's value there
    return float((y[index] - inverse[0] @ y[near]) ** 2) / variance
