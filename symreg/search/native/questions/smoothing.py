"""What the data say before any law is known: a smooth surface through the target, the noise around it, and whether
the residuals of a law still hold a pattern.

The target is ``M * phi(z)``: M the product of powers that comes nearest, z the logarithms of the Pi groups (all that
dimensional analysis leaves open; Buckingham 1914), phi a polynomial. The polynomials of each total degree, times M,
are made orthonormal over the rows, degree after degree, so that fitting is one matrix product and the degrees can be
judged one by one. With ``c`` the coefficients of residuals r, n rows, p polynomials and

    s**2 = (|r|**2 - |c|**2) / (n - p)

the coefficients of one degree with q polynomials are noise if ``|c_degree|**2 / s**2`` is a draw of chi-squared with q
degrees of freedom (the F test of nested models, for many rows). If that holds for the highest degree, the surface has
taken in all there is, and s is the noise. Coefficients are shrunk towards zero by what noise alone would make of them
(positive-part James and Stein 1961), so a law that is right gets no correction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.search.native.questions.coordinates import Coordinates, coordinates_of, degrees_up_to, polynomials
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
MOST_SURFACE_ROWS = 10_000
"""Rows under a surface. With 160 polynomials their values take 13 MB, and making them orthonormal costs time in
proportion to the rows. Noise in the surface goes as ``p/n``: of 10,000 rows 1.6 % of its variance is left. Set by
hand."""

MOST_POLYNOMIALS = 160
"""Polynomials of a surface: time goes as the square of their number. More follow targets that bend more, and leave more
of the noise in the surface (``p/n`` of its variance); fewer show no pattern that is fine. Set by hand."""

ROWS_OF_A_POLYNOMIAL = 8
"""Rows for each polynomial at least, so that no more than an eighth of the noise's variance is left in the surface,
well below ``NEARER``. More rows for each allow only lower degrees on small tables."""

FEWEST_SURFACE_ROWS = 40
"""Rows without which there is no surface: 40 bear five polynomials, degree four of one coordinate, or planes of up to
four. With fewer rows ``progress`` waits for longer formulas, as no residual can be called a pattern. Set by hand."""


SURFACE_CHANCE = 1e-3  # chance below which a pattern is one
NEARER = 0.3
"""Of the noise's variance: what a surface's own error has to stay below to be looked at in place of the target. In
standard deviations that is 0.55. A larger one gains little over the target and may be wrong, a smaller one helps fewer
tables."""

MOST_NOISE = 0.5  # of the target's mean square
LEAST_NOISE = 1e-28
"""Of the target's mean square, what counts as noise at least: residuals of 1e-14 of the target, some 50 units of its
last digit. A smaller one would take rounding for a pattern in exact tables, a larger one hide terms that are small."""

MOST_LEVERAGE = 0.9
"""Of a row: its residual is divided by one less its leverage, here up to tenfold. Nearer to one a row that polynomials
pass through would decide the variance alone, or divide by zero; a smaller one corrects less. Set by hand."""


NEW_DIRECTION = 1e-6  # of a unit row: what has to be new in it

STEP = 0.0005  # of a column's size, for derivatives
ROWS_OF_SLOPES = 1000
"""Rows at which slopes are taken, where there are as many: every so-and-so-many-th, 1,000 to 2,000. Medians and sixths
of slopes need no more, and each input costs two evaluations of all polynomials there. Set by hand."""

RIDGE = 1e-11
"""Added to the diagonal of the Gram matrix of unit columns: above its rounding (about 1e-15), so that polynomials that
depend on each other can be solved for. A larger one flattens high degrees, a smaller one lets rounding into slopes."""

LEAST_ERROR = 1e-3  # of a logarithm


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A target without most of its noise, at all rows of the smoother, and its standard deviation there.

    ``noise`` is the variance of one row in units of its spread, ``error`` the mean variance of the surface: what noise
    leaves in its coefficients, and what the highest degrees still hold as a measure of all that are left out.
    ``spread`` is the variance of the target in the same units: polynomials that explain little of it are no surface.
    """

    values: Floats
    sigma: Floats
    noise: float
    error: float
    spread: float

    @property
    def is_nearer(self) -> bool:
        """Whether the surface is clearly nearer to the truth than the target itself."""
        return self.error < NEARER * self.noise < NEARER * MOST_NOISE * self.spread


@dataclass(frozen=True, slots=True, eq=False)
class Smoother:
    """Orthonormal polynomials ``(n_rows, p)`` over ``rows``.

    Those of one total degree stand from ``ends[k-1]`` to ``ends[k]``. ``target`` is ``(n_rows,)``, ``inputs``
    ``(n_inputs, n_rows)``; ``spread`` ``(n_rows,)`` is the standard deviation of each row's target, up to a factor.
    """

    rows: Rows
    basis: Floats
    ends: tuple[int, ...]
    target: Floats
    spread: Floats
    coordinates: Coordinates
    degrees: tuple[tuple[int, ...], ...]
    inputs: Floats

    def slopes(self, noise: float, *, logarithm: bool) -> tuple[Floats, dict[int, Floats]]:
        """Inputs ``(n_inputs, n)`` at some rows, and there ``dg/dx`` by every input that varies.

        g is the target, or the logarithm of its size, at rows where that is not 0. By polynomials through g itself, the
        logarithm weighted for this noise: there a pure power is a straight line, however far y reaches.
        """
        y = np.abs(self.target)
        rows = np.flatnonzero(y > 0) if logarithm else np.arange(len(y))
        inputs, goal, degrees = self.inputs[:, rows], self.target[rows], list(self.degrees)
        front, own = self.coordinates.at(inputs)
        if logarithm:
            weights = 1 / np.hypot(noise * self.spread[rows] / y[rows], LEAST_ERROR)
            goal = np.log(y[rows] / front)
        else:
            weights = front / self.spread[rows]
            goal = goal / front
        columns = polynomials(own, degrees) * weights
        scale = np.sqrt(np.maximum(np.einsum("ij,ij->i", columns, columns), np.finfo(float).tiny))
        columns /= scale[:, None]
        gram = columns @ columns.T + RIDGE * np.eye(len(columns))
        coefficients = np.linalg.solve(gram, columns @ (weights * goal)) / scale

        def at(moved: Floats) -> Floats:
            front, own = self.coordinates.at(moved)
            phi = np.asarray(coefficients @ polynomials(own, degrees))
            return np.asarray(np.log(front) + phi if logarithm else front * phi)

        inputs = inputs[:, :: max(1, len(rows) // ROWS_OF_SLOPES)]
        found = {}
        for index in np.flatnonzero(np.ptp(inputs, axis=1) > 0).tolist():
            column = inputs[index]
            step = STEP * (np.abs(column) if (column > 0).all() or (column < 0).all() else np.ptp(column))
            above, below = inputs.copy(), inputs.copy()
            above[index] += step
            below[index] -= step
            found[index] = np.asarray((at(above) - at(below)) / (2 * step))
        return inputs, found

    def log_slopes(self, noise: float) -> dict[int, Floats]:
        """``d log|y| / d log(x)`` ``(n,)`` by every input that varies and is positive, at rows where y is not 0."""
        inputs, slopes = self.slopes(noise, logarithm=True)
        return {index: slope * inputs[index] for index, slope in slopes.items() if (inputs[index] > 0).all()}

    def surface(self, predicted: Floats) -> Surface:
        """The law that predicts these values ``(n_rows,)``, corrected by what its residuals still hold.

        Coefficients are shrunk as by James and Stein (1961). Where one prediction is undefined, all count as zeros.
        """
        with np.errstate(all="ignore"):
            residual = (self.target - predicted) / self.spread
        if not np.isfinite(residual).all():
            return self.surface(np.zeros_like(self.target))
        coefficients = self.basis.T @ residual
        noise = self._noise(residual, coefficients)
        kept = np.zeros(len(coefficients))
        for low, high in zip((0, *self.ends[:-1]), self.ends, strict=True):
            size = float(coefficients[low:high] @ coefficients[low:high])
            kept[low:high] = max(0.0, 1 - (high - low) * noise / size) if size > 0 else 0.0
        values = predicted + self.spread * (self.basis @ (kept * coefficients))
        leverage = np.einsum("ij,j,ij->i", self.basis, kept, self.basis)
        last = self.ends[-3] if len(self.ends) > 2 else 0  # a symmetric law has every other degree only
        tail = float(coefficients[last:] @ coefficients[last:]) - (len(coefficients) - last) * noise if last else 0.0
        variance = noise * np.maximum(leverage, 1 / len(residual)) + max(0.0, tail) / len(residual)
        spread = float(np.mean((self.target / self.spread) ** 2))
        return Surface(values, self.spread * np.sqrt(variance), noise, float(variance.mean()), spread)

    def is_noise(self, predicted: Floats) -> bool:
        """Whether no degree finds a pattern in what these predictions ``(n_rows,)`` leave over."""
        with np.errstate(all="ignore"):
            residual = (self.target - predicted) / self.spread
        if not np.isfinite(residual).all():
            return False
        coefficients = self.basis.T @ residual
        return self._chance(residual, coefficients) > SURFACE_CHANCE

    def part_of_noise(self, predicted: Floats) -> float:
        """The part of the residuals' mean square, in units of the rows' spread, that is no pattern to polynomials.

        Residuals are those of predictions ``(n_rows,)``; 1 where one is undefined, or all residuals are zero.
        """
        with np.errstate(all="ignore"):
            residual = (self.target - predicted) / self.spread
        mean_square = float(np.mean(residual**2))
        if not 0 < mean_square < np.inf:
            return 1.0
        return self._noise(residual, self.basis.T @ residual) / mean_square

    def bits_left(self, predicted: Floats) -> float:
        """What a law that leaves no pattern would gain over predictions ``(n_rows,)``, in bits, as polynomials see it.

        Less what noise alone makes of it one time in six.
        """
        with np.errstate(all="ignore"):
            residual = (self.target - predicted) / self.spread
        coefficients = self.basis.T @ residual
        noise = self._noise(residual, coefficients)
        squares = float(coefficients @ coefficients) / noise if noise > 0 else 0.0
        expected = len(coefficients) + np.sqrt(2 * len(coefficients))
        return max(0.0, squares - float(expected)) / (2 * float(np.log(2)))

    def _noise(self, residual: Floats, coefficients: Floats) -> float:
        left = float(residual @ residual - coefficients @ coefficients)
        rounding = LEAST_NOISE * float(np.sum((self.target / self.spread) ** 2))
        return max(left, rounding) / (len(residual) - len(coefficients))

    def _chance(self, residual: Floats, coefficients: Floats) -> float:
        """Chance that noise makes coefficients as large as some degree's, or as all together (Bonferroni's bound).

        Noise need not be the same everywhere: each coefficient is measured by the noise of its own rows where that is
        larger (MacKinnon and White 1985, "Some heteroskedasticity-consistent covariance matrix estimators", HC3, the
        diagonal).
        """
        whole = [(0, self.ends[-1]), *zip((0, *self.ends[:-1]), self.ends, strict=True)]
        if self._noise(residual, coefficients) <= 0:
            return 0.0 if np.any(coefficients) else 1.0
        from scipy.special import gammaincc

        squares = self._squares(residual, coefficients)
        chances = [gammaincc((high - low) / 2, float(squares[low:high].sum()) / 2) for low, high in whole]
        return min(1.0, len(whole) * float(min(chances)))

    def _squares(self, residual: Floats, coefficients: Floats) -> Floats:
        """Squares of the coefficients in units of what noise makes of them."""
        left = residual - self.basis @ coefficients
        leverage = np.minimum(np.einsum("ij,ij->i", self.basis, self.basis), MOST_LEVERAGE)
        variance = (left / (1 - leverage)) ** 2 @ self.basis**2
        return np.asarray(coefficients**2 / np.maximum(variance, self._noise(residual, coefficients)))


def smoother_of(space: SearchSpace, rows: Rows) -> Smoother | None:
    """Polynomials over these rows of a space; None for few rows."""
    if len(rows) < FEWEST_SURFACE_ROWS:
        return None
    inputs, target = space.inputs[:, rows], space.target[rows]
    spread = np.ones(len(rows)) if space.sigma is None else space.sigma[rows]
    coordinates = coordinates_of(space, rows, target, spread)
    front, own = coordinates.at(inputs)
    degrees = degrees_up_to(len(own), min(MOST_POLYNOMIALS, len(rows) // ROWS_OF_A_POLYNOMIAL))
    basis, kept = _orthonormal(polynomials(own, degrees) * (front / spread))
    degrees = [degree for degree, one in zip(degrees, kept.tolist(), strict=True) if one]
    totals = np.array([sum(degree) for degree in degrees])
    ends = tuple(dict.fromkeys(int((totals <= total).sum()) for total in range(int(totals.max()) + 1)))
    return Smoother(rows, basis, ends, target, spread, coordinates, tuple(degrees), inputs)


def _orthonormal(columns: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Orthonormal columns ``(n_rows, p)`` with the span of the first 1, 2, ... rows given, and which of them are new.

    Twice by Cholesky factors of the Gram matrix, which is matrix products only (Yamamoto et al. 2015); where rows
    depend on each other, by Gram and Schmidt, each row twice.
    """
    norm = np.sqrt(np.einsum("ij,ij->i", columns, columns))
    there = np.asarray(norm > 0, dtype=bool)
    scaled = columns[there] / norm[there, None]
    try:
        basis = scaled
        for _ in range(2):
            factor = np.linalg.cholesky(basis @ basis.T)
            if np.diag(factor).min() < NEW_DIRECTION:
                raise np.linalg.LinAlgError
            basis = np.linalg.inv(factor) @ basis
        if np.abs(basis @ basis.T - np.eye(len(basis))).max() < 1e-9:
            return np.ascontiguousarray(basis.T), there
    except np.linalg.LinAlgError:
        pass
    basis, kept = [], there.copy()
    for index, row in zip(np.flatnonzero(there), scaled, strict=True):
        rest = row.copy()
        for _ in range(2):
            for other in basis:
                rest -= (other @ rest) * other
        size = float(np.sqrt(rest @ rest))
        kept[index] = size > NEW_DIRECTION
        if kept[index]:
            basis.append(rest / size)
    return np.ascontiguousarray(np.array(basis).T), kept


def smoothed_rows(n_rows: int, probes: Rows, generator: np.random.Generator) -> Rows:
    """Numbers of all rows, ``(n,)``, or of as many as are worth it, the probes among them."""
    if n_rows <= MOST_SURFACE_ROWS:
        return np.arange(n_rows)
    return np.union1d(probes, generator.choice(n_rows, size=MOST_SURFACE_ROWS, replace=False))
