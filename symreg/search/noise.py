"""How much of the target is noise, and whether what a law leaves over is noise.

Where uncertainties are given they are the answer to the first question. Otherwise each row is predicted by a plane
through its nearest neighbours in the space of the (ranked) inputs. What the planes leave over is noise plus curvature;
curvature falls with the density of the rows, its square with the fourth power of the distance: in d dimensions as
``n**(-4/d)`` (Fan and Gijbels 1996, "Local polynomial modelling", section 3.2). So the same estimate on half of the
rows tells the two apart:

    e(n) = s + b,   e(n/2) = s + b*2**(4/d)   =>   s = (2**(4/d)*e(n) - e(n/2)) / (2**(4/d) - 1)

That holds for dense rows; for few rows in many dimensions it takes curvature for noise. The second question is
safer: the residuals of a law that has missed something follow a pattern, and planes through neighbours see it; for pure
noise they explain nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
LOOKED_AT = 1000  # rows whose residual is taken
NEIGHBOURS_AMONG = 4000
WHITE = 0.9  # of the residuals' mean square: what planes leave over of pure noise, within its own error


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """Planes through the nearest neighbours of the first ``len(near)`` of ``rows``, as weights of these neighbours."""

    rows: Rows
    near: Rows  # (n_looked, n_neighbours), positions in ``rows``
    weights: Floats  # (n_looked, n_neighbours)

    def left_over(self, values: Floats) -> float:
        """Mean square of what the planes leave of ``values`` (at ``rows``), scaled to be the variance of one row."""
        looked = values[: len(self.near)]
        residual = looked - np.einsum("ij,ij->i", self.weights, values[self.near])
        return float(np.mean(residual**2 / (1 + (self.weights**2).sum(axis=1))))

    def is_noise(self, residuals: Floats) -> bool:
        """Whether residuals (at ``rows``) show no pattern that their neighbours would foretell."""
        centred = residuals - residuals.mean()
        return self.left_over(centred) >= WHITE * float(np.mean(centred[: len(self.near)] ** 2))


def neighbourhood(space: SearchSpace, rows: Rows) -> Neighbourhood | None:
    """Nearest neighbours among these rows; None where there are too few for the number of inputs."""
    inputs = space.inputs[:, rows]
    varying = inputs[np.ptp(inputs, axis=1) > 0]
    n_neighbours = 3 * (len(varying) + 1)
    if not len(varying) or len(rows) < 4 * n_neighbours:
        return None
    points = np.argsort(np.argsort(varying, axis=1), axis=1).T / len(rows)
    n_looked = min(LOOKED_AT, len(rows))
    squares = (points**2).sum(axis=1)
    looked = points[:n_looked]
    distance = squares[:n_looked, None] + squares - 2 * looked @ points.T
    np.fill_diagonal(distance, np.inf)
    near = np.argpartition(distance, n_neighbours, axis=1)[:, :n_neighbours]
    offsets = points[near] - looked[:, None, :]
    design = np.concatenate([np.ones((*offsets.shape[:2], 1)), offsets], axis=2)
    weights = np.linalg.pinv(design)[:, 0, :]  # of the neighbours in the plane's value at the row
    return Neighbourhood(rows, near, np.ascontiguousarray(weights))


def noise_floor(space: SearchSpace, rows: Rows) -> float:
    """The loss that noise alone would leave: mean square over the variance of the target; 0 where none is seen.

    ``rows`` come in random order; the first half of them is the sparse sample.
    """
    if space.sigma is not None:
        w = 1 / space.sigma**2
        mean = float(w @ space.target / w.sum())
        total = float(w @ (space.target - mean) ** 2)
        return float(len(w) / total) if total > 0 else 0.0
    dense, sparse = neighbourhood(space, rows), neighbourhood(space, rows[: len(rows) // 2])
    spread = float(np.var(space.target[rows]))
    if dense is None or sparse is None or spread == 0:
        return 0.0
    varying = np.ptp(space.inputs[:, rows], axis=1) > 0
    ratio = 2 ** (4 / int(varying.sum()))
    e_dense, e_sparse = (one.left_over(space.target[one.rows]) for one in (dense, sparse))
    return float(max(0.0, (ratio * e_dense - e_sparse) / (ratio - 1)) / spread)
