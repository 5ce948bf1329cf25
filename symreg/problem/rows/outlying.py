"""How much each row counts where it may be an outlier, before any law is known: by how far it lies off a trend.

A polynomial in the inputs, or in their logarithms, is fitted to the target, or to its logarithm where that follows one
better, with Student errors (Lange, Little and Taylor 1989): rows that it cannot follow lose their say, little by
little. A law that is found afterwards has counts of its own; these only keep gross errors from leading the search.
"""

from __future__ import annotations

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
    forms = [(target, 0.0)]
    if (target > 0).all():
        forms.append((np.log(target), float(np.log(target[some]).sum())))
    best: Floats = np.ones(len(target))
    least = np.inf
    for values, spread in forms:  # densities of the logarithm are those of the target times its value
        for degree in range(LARGEST_DEGREE + 1):
            n_terms = comb(len(coordinates) + degree, degree)
            if n_terms * ROWS_A_TERM > len(some) or n_terms > MOST_POLYNOMIAL_TERMS:
                break
            columns = polynomials(coordinates[:, some], degree)
            coefficients, scale, nats = _fitted(values[some], columns)
            nats += spread + 0.5 * n_terms * log(len(some))
            if nats < least and scale > 0:
                away = values - polynomial_values(coordinates, degree, coefficients)
                best, least = np.asarray((TAIL + 1) / (TAIL + (away / scale) ** 2)), nats
    return np.asarray(best / best.max())


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
