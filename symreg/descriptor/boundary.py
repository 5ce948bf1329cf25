"""The linear boundary of two classes by one or two descriptors, ``d1 + k*d2`` against a threshold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from symreg.descriptor.threshold import Classes, best_threshold
from symreg.descriptor.validation import over_folds

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
FOLDS = 10
"""Parts of the rows, each left out once: the customary ten, so that nine tenths are fitted. Fewer judge boundaries of
fewer rows, more take as many more fits."""


def boundary_ratio(values: Floats, classes: Classes) -> float:
    """``k`` of ``d1 + k*d2``: Fisher's linear discriminant, refined by a logistic regression where that cuts better.

    ``values`` has shape ``(1 or 2, n_rows)``; 0 for one descriptor, or where the first does not matter.
    """
    if len(values) == 1:
        return 0.0
    scale = _spread(values)
    ratios = [
        float(slope[1] / scale[1] / (slope[0] / scale[0]))
        for slope in (discriminant(values, classes), logistic(values, classes))
        if np.isfinite(slope).all() and slope[0] != 0
    ]
    return max(ratios, key=lambda ratio: best_threshold(combined(values, ratio), classes).points, default=0.0)


def combined(values: Floats, ratio: float) -> Floats:
    """``d1 + k*d2``, or ``d1`` alone."""
    return np.asarray(values[0] if len(values) == 1 else values[0] + ratio * values[1])


def discriminant(values: Floats, classes: Classes) -> Floats:
    """Slopes of Fisher's discriminant in standard units (Fisher 1936): least squares on the classes."""
    design, weights = _design(values, classes)
    target = np.where(classes.positive, 1.0, -1.0)
    root = np.sqrt(weights)
    return np.asarray(np.linalg.lstsq(design * root[:, None], target * root, rcond=None)[0][1:])


def logistic(values: Floats, classes: Classes, rounds: int = 30, ridge: float = 1e-4) -> Floats:
    """Slopes of a logistic regression in standard units, by Newton's steps; ``ridge`` keeps them finite if the classes
    are told without a mistake."""
    design, weights = _design(values, classes)
    penalty = np.diag([0.0, *[ridge * weights.sum()] * len(values)])
    slope = np.zeros(design.shape[1])
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-np.clip(design @ slope, -500, 500)))
        gradient = design.T @ (weights * (classes.positive - chance)) - penalty @ slope
        curvature = (design * (weights * chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.lstsq(curvature, gradient, rcond=None)[0]
        slope = slope + step
        if np.abs(step).max() < 1e-8:
            break
    return np.asarray(slope[1:])


def _design(values: Floats, classes: Classes) -> tuple[Floats, Floats]:
    standard = (values - values.mean(axis=1, keepdims=True)) / _spread(values)[:, None]
    one, other = classes.points
    weights = np.where(classes.positive, float(one), float(other))
    return np.vstack([np.ones(values.shape[1]), standard]).T, weights / weights.mean()


def _spread(values: Floats) -> Floats:
    """Standard deviations; 1 for a descriptor that does not vary over the rows of a fold."""
    spread = values.std(axis=1)
    return np.where(spread > 0, spread, 1.0)


def cross_validated(values: Floats, classes: Classes, seed: int) -> float:
    """The (balanced) accuracy on rows left out, a tenth at a time, threshold and ratio chosen without."""
    told = np.zeros(values.shape[1], dtype=bool)

    def judge(search: Ids, unseen: Ids) -> None:
        ratio = boundary_ratio(values[:, search], classes.on(search))
        cut = best_threshold(combined(values[:, search], ratio), classes.on(search))
        told[unseen] = cut.told(combined(values[:, unseen], ratio), classes.positive[unseen])

    over_folds(values.shape[1], min(FOLDS, values.shape[1]), seed, judge, classes.positive.astype(np.int64))
    return classes.share(told)
