"""Probes: the rows at which proposals are judged first, and the loss that they are judged by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
SOFTENING = 0.01  # of the median variance: no single row may carry a join alone


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """The target at the probe rows, its standard deviation (1 where unknown) and its weights, scaled to sum to one."""

    y: Floats
    sigma: Floats
    weights: Floats

    def loss(self, predictions: Floats) -> Floats:
        """Weighted mean square of the residual over that of ``y`` about its mean; inf where undefined."""
        mean = float(self.weights @ self.y)
        total = float(self.weights @ (self.y - mean) ** 2)
        with np.errstate(all="ignore"):
            loss = ((self.y - predictions) ** 2) @ self.weights / (total if total > 0 else 1.0)
        return np.where(np.isfinite(loss), loss, np.inf)


def probes_of(target: Floats, sigma: Floats | None) -> Probes:
    """Probes with weights ``1 / sigma**2``."""
    spread = np.ones_like(target) if sigma is None else sigma
    weights = 1 / spread**2
    return Probes(target, spread, weights / weights.sum())
