"""Probes: the rows at which proposals are judged first, and the loss that they are judged by."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
SOFTENING = 0.01  # of the median variance: no single row may carry a join alone
ALIKE = 3.0  # times the mean square that the target's uncertainty makes


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """The target at the probe rows, its standard deviation (1 where unknown) and its weights, scaled to sum to one.

    Losses below ``floor`` are alike: the target is not known better (0 where nothing is said about that).
    """

    y: Floats
    sigma: Floats
    weights: Floats
    floor: float = 0.0

    def loss(self, predictions: Floats) -> Floats:
        """Weighted mean square of the residual over that of ``y`` about its mean; inf where undefined."""
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
    total = float(weights.sum())
    probes = Probes(target, spread, weights / total)
    if sigma is None:
        return probes
    return replace(probes, floor=ALIKE * len(target) / total / (probes.spread or 1.0))
