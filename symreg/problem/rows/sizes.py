"""About how large a target is in each row, before any law is known: what relative errors are a part of.

Weighed by the measured values themselves, rows that came out low by chance count most: with errors of 20 % a factor
comes out 8 % low, with 40 % the few rows near zero rule. The trend takes the errors out: the logarithm of the mean is a
polynomial in the logarithms of the inputs (in the inputs themselves where they are not positive), fitted by
quasi-likelihood with a variance that goes with the square of the mean, which asks for no sign of the measured values
(Wedderburn 1974, "Quasi-likelihood functions, generalized linear models, and the Gauss-Newton method").
"""

from __future__ import annotations

import itertools
from math import comb, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LARGEST_DEGREE = 4
"""Total degree of the polynomial in the logarithms: each adds a bend, and a trend that needs more than four is not
called smooth. More takes rows and terms (MOST_POLYNOMIAL_TERMS) and follows errors; set by hand."""

MOST_POLYNOMIAL_TERMS = 250
"""Of a polynomial: more take longer than a search may wait."""

MOST_SIZED_ROWS = 5_000
"""Rows that it is fitted to, and looked at together."""

ROWS_A_TERM = 4
"""A polynomial has so many rows for each of its terms at least, or it follows the errors."""

LONGEST_STEP = 1.0
"""Of the logarithm of the mean, in one iteration."""

ITERATIONS = 60
"""Steps of one fit, at most; where they do not settle there is no trend. Each moves the logarithm by LONGEST_STEP at
most, so they reach 26 decades; more would only delay the refusal. Set by hand."""

CONVERGED = 1e-8  # of the logarithm of the mean

NEXT_DEGREE_CHANCE = 0.01
"""Chance of as much more of a pattern: below it the next degree is needed."""

BEYOND_STATED = 3.0
"""Standard deviations by which the variance may be above the one that is stated."""


def sizes_of(inputs: Floats, target: Floats, share: float | None = None) -> Floats:
    """The trend ``(n_rows,)``, or the measured values where there is none that is smooth; signs taken away.

    Arguments are those of ``trend``.
    """
    found = trend(inputs, target, share)
    return np.abs(target) if found is None else found


def trend(inputs: Floats, target: Floats, share: float | None = None) -> Floats | None:
    """The size of the target at each row, shape ``(n_rows,)``, positive; None where no smooth trend leaves noise alone.

    ``inputs`` has shape ``(n_inputs, n_rows)``, ``target`` ``(n_rows,)``. ``share`` is the standard deviation of an
    error as a part of the size, if it is known; otherwise the degree is the first to which the next adds nothing.
    """
    y = target * np.sign(target.mean())
    if not y.mean() > 0:
        return None
    coordinates = coordinates_of(inputs)
    some = np.arange(len(y))
    if len(y) > MOST_SIZED_ROWS:
        some = np.random.default_rng(len(y)).choice(len(y), size=MOST_SIZED_ROWS, replace=False)
    found = fitted_trend(coordinates[:, some], y[some], share)
    return None if found is None else np.exp(polynomial_values(coordinates, *found))


def fitted_trend(coordinates: Floats, y: Floats, share: float | None) -> tuple[int, Floats] | None:
    """Degree and coefficients of the polynomial that the logarithm of the size is, of a target whose mean is positive.

    ``coordinates`` have the shape ``(n, n_rows)``, ``y`` ``(n_rows,)``; ``share`` is that of ``trend``.
    """
    before: tuple[Floats, int, float, int] | None = None  # coefficients, degree, sum of squares and terms before
    for degree in range(LARGEST_DEGREE + 1):
        n_terms = comb(len(coordinates) + degree, degree)
        if n_terms * ROWS_A_TERM > len(y) or n_terms > MOST_POLYNOMIAL_TERMS:
            return None
        columns = polynomials(coordinates, degree)
        coefficients = _fitted(y, columns)
        if coefficients is None:
            return None
        left, free = float(np.sum((y / np.exp(columns @ coefficients) - 1) ** 2)), len(y) - n_terms
        if share is not None and left <= share**2 * (free + BEYOND_STATED * sqrt(2 * free)):
            return degree, coefficients
        if share is None and before is not None:
            lower, its_degree, more, fewer = before
            if _chance(more - left, n_terms - fewer, left, free) > NEXT_DEGREE_CHANCE:
                return its_degree, lower
        before = coefficients, degree, left, n_terms
    return None


def polynomial_values(coordinates: Floats, degree: int, coefficients: Floats) -> Floats:
    """The polynomial at all rows ``(n_rows,)``, some at a time."""
    parts = np.array_split(coordinates, max(1, coordinates.shape[1] // MOST_SIZED_ROWS), axis=1)
    return np.concatenate([polynomials(part, degree) @ coefficients for part in parts])


def coordinates_of(inputs: Floats) -> Floats:
    """One row for each input that varies, of mean zero and standard deviation one."""
    varying = [row for row in inputs if np.ptp(row) > 0]
    rows = np.array([np.log(row) if (row > 0).all() else row for row in varying]).reshape(len(varying), inputs.shape[1])
    rows = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / rows.std(axis=1, keepdims=True))


def polynomials(coordinates: Floats, degree: int) -> Floats:
    """Products of coordinates up to this total degree, in columns ``(n_rows, n)``."""
    places = range(len(coordinates))
    products = [
        np.prod(coordinates[list(chosen)], axis=0)
        for size in range(degree + 1)
        for chosen in itertools.combinations_with_replacement(places, size)
    ]
    return np.column_stack(products)


def _fitted(y: Floats, columns: Floats) -> Floats | None:
    """Coefficients of the logarithm of the mean; None where they do not settle."""
    basis, triangle = np.linalg.qr(columns)
    logs = np.full(len(y), np.log(y.mean()))
    for _ in range(ITERATIONS):
        step = basis @ (basis.T @ (y / np.exp(logs) - 1))
        largest = float(np.abs(step).max())
        if not np.isfinite(largest):
            return None
        logs = logs + step * min(1.0, LONGEST_STEP / largest) if largest else logs
        if largest < CONVERGED:
            return np.asarray(np.linalg.lstsq(triangle, basis.T @ logs, rcond=None)[0])
    return None


def _chance(gain: float, more: int, left: float, free: int) -> float:
    """Chance that noise lets so many more terms take away as much (F test of nested models)."""
    from scipy.special import betainc

    if gain <= 0:
        return 1.0
    return float(betainc(free / 2, more / 2, left / (left + gain)))
