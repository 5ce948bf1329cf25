"""Fits where inputs are uncertain too: the method of effective variance.

A row's residual is off by the error of its target and by what the errors of its inputs do to the law. To first order
its variance is::

    v = sigma_y**2 + sum over inputs of (df/dx * sigma_x)**2

and the constants are those of least ``sum((y - f)**2 / v)``, where v moves with the constants (Orear 1982, "Least
squares when both variables have uncertainties", Am. J. Phys. 50, 912, equation 3). For a straight line that is York's
fit. Holding v while the constants move, and repeating, would not do: for equal errors that is ordinary least squares,
whose slopes are too flat. Standard errors come from the slopes at the inputs as the fit adjusts them (York, Evensen,
Lopez Martinez and De Basabe Delgado 2004, Am. J. Phys. 72, 367, equation 13d).

To compare formulas the logarithm of v counts as well, as in the likelihood: without it a formula with steep slopes
would explain anything. ``deviance`` is minus twice the log-likelihood, up to what the target's own errors contribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from symreg.engine.least_squares import linearise, unscaled_covariance
from symreg.fitting.bounds import limits_of
from symreg.formula import Apply, Constant, Expression, Variable, lower, substitute, variables_of

if TYPE_CHECKING:
    from symreg.arrays import Rows
    from symreg.fitting.fitted import Fitted
    from symreg.fitting.fitter import Fitter
    from symreg.problem import NaturalUnits, Problem

Floats = npt.NDArray[np.float64]
DIFFERENCE = 6e-6  # of a constant: the cube root of the rounding of a float


@dataclass(frozen=True, slots=True, eq=False)
class InputErrors:
    """Standard deviations of inputs in natural units, by name, each ``(n_rows,)``."""

    sigma: Mapping[str, Floats]

    def on_rows(self, rows: npt.NDArray[np.intp]) -> InputErrors:
        """The errors of some rows, which may repeat."""
        return InputErrors({name: values[rows] for name, values in self.sigma.items()})


def input_errors(problem: Problem, units: NaturalUnits, rows: Rows) -> InputErrors | None:
    """The errors of the problem's inputs at these rows; None where none is stated."""
    found = {
        name: column.sigma[rows] / units.factor(column.unit.dimension)
        for name in problem.inputs
        if (column := problem.table[name]).sigma is not None
    }
    return InputErrors(found) if found else None


def uncertain_inputs(fitter: Fitter, expression: Expression) -> tuple[str, ...]:
    """Inputs of the formula that have errors."""
    sigma: Mapping[str, Floats] = {} if fitter.errors is None else fitter.errors.sigma
    return tuple(name for name in variables_of(expression) if name in sigma)


def effective_variance(fitter: Fitter, fitted: Fitted) -> Floats:
    """The variance of each training row's residual, ``(n_rows,)``, in natural units of the target squared."""
    return _Tangent(fitter, fitted).at(fitted.values).variance


def deviance(fitter: Fitter, fitted: Fitted) -> float:
    """``sum((y - f)**2 / v + ln(v / sigma_y**2))``; infinite where a slope is undefined."""
    assert fitter.weights is not None
    with np.errstate(all="ignore"):
        here = _Tangent(fitter, fitted).at(fitted.values)
        found = float(np.sum(here.residuals**2 / here.variance + np.log(here.variance * fitter.weights)))
    return found if np.isfinite(found) else float("inf")


def fit_with_input_errors(fitter: Fitter, fitted: Fitted) -> Fitted:
    """The constants of least effective sum of squares, from those of ordinary least squares; held ones stay held.

    Where slopes are undefined on a row, the fit stays as it was, with unknown errors.
    """
    loose = fitted.is_loose
    covariance = np.full_like(fitted.covariance, np.nan)
    unknown = replace(fitted, covariance=covariance, residual_sum=deviance(fitter, fitted))
    if not np.isfinite(unknown.residual_sum):
        return unknown
    uncertain = loose.any() and uncertain_inputs(fitter, fitted.expression)
    found = _minimised(fitter, fitted, loose) if uncertain else fitted
    if found is None:
        return unknown
    covariance[np.ix_(loose, loose)] = _covariance(fitter, found, loose)
    return replace(found, covariance=covariance, residual_sum=deviance(fitter, found))


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """What the law says of the training rows: residuals, slopes by constants and by inputs, effective variance."""

    residuals: Floats
    by_constant: Floats  # (n_free, n_rows)
    by_input: Mapping[str, Floats]
    variance: Floats


class _Tangent:
    """A formula with all its first derivatives, from one program.

    The derivative by an input is that by a constant which is added to it, and which is zero.
    """

    def __init__(self, fitter: Fitter, fitted: Fitted) -> None:
        self.fitter, self.names = fitter, uncertain_inputs(fitter, fitted.expression)
        shifts = {Variable(name): Constant(f"shift of {name}") for name in self.names}
        shifted = substitute(fitted.expression, {leaf: Apply("+", (leaf, shift)) for leaf, shift in shifts.items()})
        free = (*fitted.names, *(shift.name for shift in shifts.values()))
        self.program = lower(shifted, fitter.problem.inputs, free, fitter.known)

    def at(self, constants: Floats, X: Floats | None = None) -> _Rows:
        """The rows with these constants, ``(n_free,)``; with other inputs only the slopes mean anything."""
        fitter, n_free = self.fitter, len(constants)
        assert fitter.weights is not None
        values, slopes = fitter.engine.jacobian(
            self.program,
            fitter.X if X is None else X,
            np.concatenate([constants, np.zeros(len(self.names))]),
            threads=fitter.threads,
        )
        by_input = dict(zip(self.names, slopes[n_free:], strict=True))
        variance = 1.0 / fitter.weights
        for name, slope in by_input.items():
            assert fitter.errors is not None
            variance = variance + (slope * fitter.errors.sigma[name]) ** 2
        return _Rows(fitter.y - values, slopes[:n_free], by_input, variance)


def _minimised(fitter: Fitter, fitted: Fitted, loose: npt.NDArray[np.bool_]) -> Fitted | None:
    from scipy.optimize import least_squares

    whitened = _Whitened(_Tangent(fitter, fitted), fitted.values, loose)
    lower_bounds, upper_bounds = (ends[loose] for ends in limits_of(fitter, fitted))
    bounded = bool(np.isfinite(lower_bounds).any() or np.isfinite(upper_bounds).any())
    method = "trf" if bounded or loose.sum() > len(fitter.y) else "lm"
    try:
        with np.errstate(all="ignore"):
            found = least_squares(
                whitened.residuals, fitted.values[loose], whitened.slopes, (lower_bounds, upper_bounds), method,
                x_scale="jac", ftol=1e-12, xtol=1e-10, gtol=1e-12, max_nfev=200,
            )  # fmt: skip
    except (ValueError, np.linalg.LinAlgError):  # undefined on the way
        return None
    return replace(fitted, values=whitened.all_values(np.asarray(found.x))) if np.isfinite(found.cost) else None


class _Whitened:
    """Residuals over their standard deviations, and their slopes by the constants that move."""

    def __init__(self, tangent: _Tangent, values: Floats, loose: npt.NDArray[np.bool_]) -> None:
        self.tangent, self.values, self.loose = tangent, values, loose

    def all_values(self, moved: Floats) -> Floats:
        """The constants that move among those that are held, ``(n_free,)``."""
        values = self.values.copy()
        values[self.loose] = moved
        return values

    def residuals(self, moved: Floats) -> Floats:
        """``(y - f) / sqrt(v)``, ``(n_rows,)``."""
        here = self.tangent.at(self.all_values(moved))
        return np.asarray(here.residuals / np.sqrt(here.variance))

    def slopes(self, moved: Floats) -> Floats:
        """``-df/dc / sqrt(v) - (y - f) dv/dc / (2 v**(3/2))``, ``(n_rows, n_moved)``; dv/dc by central differences."""
        here = self.tangent.at(self.all_values(moved))
        columns = []
        for index, slope in enumerate(here.by_constant[self.loose]):
            step = DIFFERENCE * (abs(float(moved[index])) or 1.0)
            up, down = moved.copy(), moved.copy()
            up[index], down[index] = moved[index] + step, moved[index] - step
            rise = self.tangent.at(self.all_values(up)).variance - self.tangent.at(self.all_values(down)).variance
            bent = here.residuals * rise / (2 * step) / (2 * here.variance**1.5)
            columns.append(-slope / np.sqrt(here.variance) - bent)
        return np.column_stack(columns)


def _covariance(fitter: Fitter, fitted: Fitted, loose: npt.NDArray[np.bool_]) -> Floats:
    """``inv(J.T @ inv(V) @ J)`` with J at the adjusted inputs ``x + (y - f) * df/dx * sigma_x**2 / v``."""
    tangent = _Tangent(fitter, fitted)
    here, adjusted = tangent.at(fitted.values), fitter.X.copy()
    for name, slope in here.by_input.items():
        assert fitter.errors is not None
        shift = here.residuals * slope * fitter.errors.sigma[name] ** 2 / here.variance
        adjusted[fitter.problem.inputs.index(name)] += shift
    for X in (adjusted, fitter.X):  # an adjusted input may lie outside of the domain
        with np.errstate(all="ignore"):
            slopes = tangent.at(fitted.values, X).by_constant[loose] / np.sqrt(here.variance)
        model = linearise(slopes, np.zeros_like(fitter.y))
        found = unscaled_covariance(model.R) if model.is_finite and loose.any() else None
        if found is not None:
            return found
    return np.full((int(loose.sum()), int(loose.sum())), np.nan)
