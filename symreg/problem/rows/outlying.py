"""How much each row counts where it may be an outlier, before any law is known: by how far it lies off a trend.

A polynomial in the inputs, or in their logarithms, is fitted to the target, or to its logarithm where that follows one
better, with Student errors (Lange, Little and Taylor 1989): rows that it cannot follow lose their say, little by
little. A law that is found afterwards has counts of its own; these only keep gross errors from leading the search.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, log, pi

import numpy as np

from symreg.arrays import Floats
from symreg.problem.rows.sizes import (
    LARGEST_DEGREE,
    MOST_POLYNOMIAL_TERMS,
    MOST_SIZED_ROWS,
    ROWS_A_TERM,
    coordinates_of,
    polynomial_values,
    polynomials,
)

TAIL = 4.0
"""Degrees of freedom of the errors, as of the loss "student"."""

LARGEST = (TAIL + 1) / TAIL  # what a row on the polynomial counts, before the largest is made one

REWEIGHTINGS = 40
"""Fits of one polynomial: each takes away some of the say of rows that lie off; more would only polish, set by hand."""


def counts_beside_trend(inputs: Floats, target: Floats) -> Floats:
    """For each row ``(n_rows,)`` what it counts, one on the trend and less the farther it lies off.

    ``inputs`` has shape ``(n_inputs, n_rows)``, ``target`` ``(n_rows,)``. All count one where there are too few rows
    for a trend.
    """
    every = np.arange(len(target))
    some = every
    if len(target) > MOST_SIZED_ROWS:
        some = np.sort(np.random.default_rng(len(target)).choice(len(target), size=MOST_SIZED_ROWS, replace=False))
    coordinates = coordinates_of(inputs)
    found = fitted_beside(coordinates[:, some], target[some], positive=bool((target > 0).all()))
    if found is None:
        return np.ones(len(target))
    best = found.counts(coordinates, target)
    return np.asarray(best / best.max())


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """A polynomial beside which rows count: of the target, or of its logarithm, with errors of this scale."""

    is_log: bool
    degree: int
    coefficients: Floats
    scale: float

    def counts(self, coordinates: Floats, target: Floats) -> Floats:
        """What rows count ``(n_rows,)``, `LARGEST` on the polynomial; ``coordinates`` are ``(n, n_rows)``."""
        values = np.log(target) if self.is_log else target
        away = values - polynomial_values(coordinates, self.degree, self.coefficients)
        return np.asarray((TAIL + 1) / (TAIL + (away / self.scale) ** 2))


def fitted_beside(coordinates: Floats, target: Floats, *, positive: bool) -> Beside | None:
    """The likeliest polynomial for these rows, ``coordinates`` ``(n, n_rows)`` and ``target`` ``(n_rows,)``; of the
    logarithm only where the target is ``positive``. None where there are too few rows for any.
    """
    forms = [(target, False)]
    if positive:
        forms.append((np.log(target), True))
    best, least = None, np.inf
    for values, is_log in forms:  # densities of the logarithm are those of the target times its value
        spread = float(values.sum()) if is_log else 0.0
        for degree in range(LARGEST_DEGREE + 1):
            n_terms = comb(len(coordinates) + degree, degree)
            if n_terms * ROWS_A_TERM > len(target) or n_terms > MOST_POLYNOMIAL_TERMS:
                break
            coefficients, scale, nats = _fitted(values, polynomials(coordinates, degree))
            nats += spread + 0.5 * n_terms * log(len(target))
            if nats < least and scale > 0:
                best, least = Beside(is_log, degree, coefficients, scale), nats
    return best


def _fitted(y: Floats, columns: Floats) -> tuple[Floats, float, float]:
    """Coefficients of the polynomial, the scale of its errors, and minus the logarithm of the likelihood."""
    floor = 1e-12 * (float(np.std(y)) or 1.0)
    scale = 0.0
    counts: Floats = np.ones(len(y))
    coefficients: Floats = np.zeros(columns.shape[1])
    for step in range(REWEIGHTINGS):
        roots = np.sqrt(counts)
        solved = np.linalg.lstsq(columns * roots[:, None], y * roots, rcond=None)[0]
        coefficients = np.asarray(solved, dtype=np.float64)
        away = y - columns @ coefficients
        if step == 0:  # least absolute values first: squares would let the outliers have the polynomial
            counts = 1.0 / np.maximum(np.abs(away), max(float(np.median(np.abs(away))), floor))
            continue
        scale = max(float(np.median(np.abs(away))), floor) if step == 1 else scale
        counts = (TAIL + 1) / (TAIL + (away / scale) ** 2)
        scale = max(float(np.sqrt(np.mean(counts * away**2))), floor)
    away = (y - columns @ coefficients) / scale
    nats = len(y) * log(scale) + 0.5 * (TAIL + 1) * float(np.log1p(away**2 / TAIL).sum())
    return coefficients, scale, nats + 0.5 * len(y) * log(2 * pi)
