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

from symreg.bounded_fitting import limits_of
from symreg.engine.least_squares import linearise, unscaled_covariance
from symreg.expression import Apply, Constant, Expression, Variable, lower, substitute, variables_of

if TYPE_CHECKING:
    from symreg.arrays import Rows
    from symreg.fitting import Fitted, Fitter
    from symreg.natural_units import NaturalUnits
    from symreg.problem import Problem

Floats = npt.NDArray[np.float64]


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
    return _variance(fitter, fitted)[2]


def deviance(fitter: Fitter, fitted: Fitted) -> float:
    """``sum((y - f)**2 / v + ln(v / sigma_y**2))``."""
    with np.errstate(all="ignore"):
        values, _, variance = _variance(fitter, fitted)
        assert fitter.weights is not None
        found = float(np.sum((fitter.y - values) ** 2 / variance + np.log(variance * fitter.weights)))
    return found if np.isfinite(found) else float("inf")


def fit_with_input_errors(fitter: Fitter, fitted: Fitted) -> Fitted:
    """The constants of least effective sum of squares, from those of ordinary least squares; held ones stay held.

    Where slopes are undefined on a row, the fit stays as it was, with unknown errors.
    """
    unknown = replace(fitted, covariance=np.full_like(fitted.covariance, np.nan))
    loose = fitted.is_loose
    found = _minimised(fitter, fitted, loose) if loose.any() and uncertain_inputs(fitter, fitted.expression) else fitted
    if found is None:
        return unknown
    covariance = unknown.covariance.copy()
    covariance[np.ix_(loose, loose)] = _covariance(fitter, found, loose)
    return replace(found, covariance=covariance, residual_sum=deviance(fitter, found))


def _minimised(fitter: Fitter, fitted: Fitted, loose: npt.NDArray[np.bool_]) -> Fitted | None:
    from scipy.optimize import least_squares

    def moved(values: Floats) -> Fitted:
        return replace(fitted, values=_placed(fitted.values, loose, values))

    def residuals(values: Floats) -> Floats:
        predicted, _, variance = _variance(fitter, moved(values))
        return np.asarray((fitter.y - predicted) / np.sqrt(variance))

    lower_bounds, upper_bounds = limits_of(fitter, fitted)
    try:
        with np.errstate(all="ignore"):
            found = least_squares(
                residuals, fitted.values[loose], "3-point", (lower_bounds[loose], upper_bounds[loose]),
                x_scale="jac", ftol=1e-13, xtol=1e-11, gtol=1e-13, max_nfev=200,
            )  # fmt: skip
    except (ValueError, np.linalg.LinAlgError):
        return None
    return moved(np.asarray(found.x))


def _placed(values: Floats, where: npt.NDArray[np.bool_], some: Floats) -> Floats:
    placed = values.copy()
    placed[where] = some
    return placed


def _variance(fitter: Fitter, fitted: Fitted) -> tuple[Floats, dict[str, Floats], Floats]:
    """Values of the law, its slopes by each uncertain input, and the effective variance, all by rows.

    The derivative by an input is that by a constant added to it, which the engine has.
    """
    names = uncertain_inputs(fitter, fitted.expression)
    shifts = {name: f"shift of {name}" for name in names}
    shifted = substitute(
        fitted.expression, {Variable(name): Apply("+", (Variable(name), Constant(shifts[name]))) for name in names}
    )
    known = {**fitter.known, **dict(zip(fitted.names, fitted.values.tolist(), strict=True))}
    program = lower(shifted, fitter.problem.inputs, list(shifts.values()), known)
    values, slopes = fitter.engine.jacobian(program, fitter.X, np.zeros(len(names)), threads=fitter.threads)
    assert fitter.weights is not None and fitter.errors is not None
    found = dict(zip(names, slopes, strict=True))
    variance = 1.0 / fitter.weights
    for name in names:
        variance = variance + (found[name] * fitter.errors.sigma[name]) ** 2
    return values, found, variance


def _covariance(fitter: Fitter, fitted: Fitted, loose: npt.NDArray[np.bool_]) -> Floats:
    """``inv(J.T @ inv(V) @ J)`` with J at the adjusted inputs ``x + (y - f) * df/dx * sigma_x**2 / v``."""
    values, slopes, variance = _variance(fitter, fitted)
    assert fitter.errors is not None
    adjusted = fitter.X.copy()
    for name, slope in slopes.items():
        shift = (fitter.y - values) * slope * fitter.errors.sigma[name] ** 2 / variance
        adjusted[fitter.problem.inputs.index(name)] += shift
    for X in (adjusted, fitter.X):  # an adjusted input may lie outside of the domain
        _, by_constant = replace(fitter, X=X).slopes(fitted)
        model = linearise(by_constant[loose] / np.sqrt(variance), np.zeros_like(fitter.y))
        found = unscaled_covariance(model.R) if model.is_finite and loose.any() else None
        if found is not None:
            return found
    return np.full((int(loose.sum()), int(loose.sum())), np.nan)
