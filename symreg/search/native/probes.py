"""Probes: the rows at which proposals are judged first, and the loss that they are judged by."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
SOFTENING = 0.01  # of the median variance: no single row may carry a join alone
LOSSES_ALIKE = 3.0  # times the mean square that the target's uncertainty makes


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """The target at the probe rows, its standard deviation (1 where unknown) and its weights, scaled to sum to one.

    Each has shape ``(n_probes,)``, natural units. Losses below ``floor`` are alike: the target is not known better (0
    where nothing is said about that).
    """

    y: Floats
    sigma: Floats
    weights: Floats
    floor: float = 0.0

    def loss(self, predictions: Floats) -> Floats:
        """Weighted mean square of the residual over that of ``y`` about its mean; inf where undefined.

        One number for predictions ``(n_probes,)``, and ``(n,)`` for ``(n, n_probes)``.
        """
        with np.errstate(all="ignore"):
            loss = ((self.y - predictions) ** 2) @ self.weights / (self.spread or 1.0)
        return np.where(np.isfinite(loss), loss, np.inf)

    @property
    def spread(self) -> float:
        """Weighted mean square of ``y`` about its mean."""
        return float(self.weights @ (self.y - float(self.weights @ self.y)) ** 2)


def probes_of(target: Floats, sigma: Floats | None) -> Probes:
    """Probes with weights ``1 / sigma**2``."""
    spread = np.ones_like(target) if sigma is None else sigma
    weights = 1 / spread**2
    return Probes(target, spread, weights / weights.sum())


def smoothed_probes(target: Floats, sigma: Floats) -> Probes:
    """Probes of a smooth surface that is off by ``sigma``: a law cannot be held to less than a few times that."""
    probes = probes_of(target, sigma)
    mean_square = 1 / float(np.mean(1 / sigma**2))
    return replace(probes, floor=LOSSES_ALIKE * mean_square / (probes.spread or 1.0))


def target_at(space: SearchSpace, rows: npt.NDArray[np.int64]) -> Probes:
    """The target of a space at these rows, with its uncertainties where they are known."""
    return probes_of(space.target[rows], None if space.sigma is None else space.sigma[rows])
