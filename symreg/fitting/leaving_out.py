"""What a fit says of rows that it did without: their residuals, to first order, from one fit of all rows.

``r/(1 - h)``, with ``h`` the leverage of a row in the linearised fit (Allen 1974, "The relationship between variable
selection and data augmentation and a method for prediction").
"""

from __future__ import annotations

import numpy as np

from symreg.arrays import Floats

ALONE = 1e-3
"""Of a row's residual that a fit leaves: below, the row is followed whatever its value."""

RANK = 1e-10
"""Of the largest singular value of scaled derivatives: below is rounding."""


def sum_left_out(residual: Floats, slopes: Floats, distance: Floats) -> float:
    """The sum of squares of each row's residual by a fit without it; infinite where a slope is no number.

    ``residual`` ``(n_rows,)``, ``slopes`` ``(n_free, n_rows)`` and ``distance`` ``(n_rows,)`` as in ``left_out``.
    """
    predicted = left_out(residual, slopes, distance)
    return float(predicted @ predicted)


def left_out(residual: Floats, slopes: Floats, distance: Floats) -> Floats:
    """Each row's residual by a fit without it, ``(n_rows,)``.

    ``residual`` and ``distance``, from the mean of the target, are ``(n_rows,)``, ``slopes`` by the constants
    ``(n_free, n_rows)``, all times the roots of the weights. A row that a fit hangs on alone is not predicted by the
    others: its residual is its distance from the mean. Infinite where a slope is no number.
    """
    with np.errstate(all="ignore"):
        norms = np.linalg.norm(slopes, axis=1, keepdims=True)
        scaled = slopes / np.where(norms > 0, norms, 1.0)
    if not np.isfinite(scaled).all():
        return np.full_like(residual, np.inf)
    # Singular values below rounding are constants that no row determines, and carry nothing.
    left, sizes, _ = np.linalg.svd(scaled.T, full_matrices=False)
    free = 1.0 - np.square(left[:, sizes > RANK * sizes.max(initial=0.0)]).sum(axis=1)
    with np.errstate(all="ignore"):
        return np.asarray(np.where(free > ALONE, residual / free, distance))
