"""Correlations between the fitted constants of a law, from the covariance that it carries."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

CLOSE = 0.99  # beyond it two constants are hardly determined apart


@dataclass(frozen=True, slots=True)
class Correlation:
    """How far the errors of two constants go together: ``coefficient`` from -1 to 1."""

    first: str
    second: str
    coefficient: float

    @property
    def is_close(self) -> bool:
        """Whether the data say little of either constant without the other."""
        return abs(self.coefficient) > CLOSE


def correlations(names: tuple[str, ...], covariance: npt.NDArray[np.float64]) -> tuple[Correlation, ...]:
    """Each pair of constants once; pairs of which an error is not known, or is zero, are left out.

    ``covariance`` has shape ``(n_free, n_free)`` in the order of ``names``; without one there are no correlations.
    """
    found: list[Correlation] = []
    if covariance.shape != (len(names), len(names)):
        return ()
    for (i, first), (j, second) in combinations(enumerate(names), 2):
        scale = float(np.sqrt(covariance[i, i]) * np.sqrt(covariance[j, j]))
        if np.isfinite(scale) and scale > 0 and np.isfinite(covariance[i, j]):
            coefficient = float(np.clip(covariance[i, j] / scale, -1.0, 1.0))
            found.append(Correlation(first, second, coefficient))
    return tuple(found)
