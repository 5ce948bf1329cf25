"""How sure a prediction is: the error of the law's own value, and how far a new measurement lies from it.

The values of a law move with its fitted constants. To first order the variance of a value is ``g.T @ C @ g``, with
``g`` its slopes by the constants and ``C`` their covariance, the one that the law shows (Seber and Wild 1989,
"Nonlinear regression", section 5.1). A new measurement scatters around the law besides, as the rows did that it was
fitted to: by ``sqrt(RSS/(N - K))`` where nobody stated an uncertainty, by a part of each value where errors grow with
the target, and else by what was stated, errors of inputs included. Both are kept apart, because who asks for the curve
wants the first and who asks for the next measurement wants both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from symreg.arrays import Floats
from symreg.fitting import Fitted, Fitter, InputErrors
from symreg.formula import variables_of
from symreg.laws.identifiability import PARTAKES, Directions, directions_of
from symreg.laws.law import Law, columns_of
from symreg.laws.law_fit import fit_of
from symreg.problem import Problem

BandKind = Literal["measurement", "law"]


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Predictions with their errors, each ``(n_rows,)`` in the target's unit; a temperature's errors are differences.

    ``mean_error`` is the standard error of the law's value: that of a mean of many new measurements. ``scatter`` is the
    standard deviation of one measurement around the true law. Where the law is undefined all are NaN; ``mean_error`` is
    infinite where the value hangs on what the rows did not determine. ``freedom`` counts the degrees of freedom from
    which the scatter is known, None where uncertainties were stated.
    """

    values: Floats
    mean_error: Floats
    scatter: Floats
    freedom: int | None

    @property
    def measurement_error(self) -> Floats:
        """Standard deviation of a new measurement from the law's value: both errors together, ``(n_rows,)``."""
        return np.hypot(self.mean_error, self.scatter)

    def ends(self, level: float = 0.95, of: BandKind = "measurement") -> tuple[Floats, Floats]:
        """Lower and upper ends, ``(n_rows,)`` each, between which a new measurement at that row lies with probability
        ``level``, or ("law") the value of the true law.
        """
        error = self.measurement_error if of == "measurement" else self.mean_error
        width = quantile(level, self.freedom)
        return self.values - width * error, self.values + width * error


def quantile(level: float, freedom: int | None) -> float:
    """Standard errors to either side: Student's t with so many degrees of freedom, or normal for None."""
    from scipy.special import ndtri, stdtrit

    if freedom is None:
        return float(ndtri(0.5 + level / 2))
    return float(stdtrit(freedom, 0.5 + level / 2)) if freedom > 0 else math.nan


def band_of(law: Law, problem: Problem, data: Any) -> Band:
    """The law's values at new rows ``(n_rows,)`` with their errors; ``data`` is a table as ``law.predict`` takes it.

    ``problem`` is that of the discovery (``Discovery.problem``), whose rows the law was fitted to. Of stated
    uncertainties that differ from row to row the root of their mean square stands for a new measurement. Errors of
    known constants are not counted. Raises what ``law.predict`` raises.
    """
    values = law.predict(data)
    fitter, own = fit_of(law, problem)
    there = replace(fitter, X=_natural(law, fitter, data, len(values)), y=np.zeros(len(values)))
    covariance, directions = _covariance(law, fitter, own), None
    freedom = fitter.freedom(own)
    if not np.isfinite(covariance).all():
        directions = directions_of(fitter, own)
        freedom += int(own.is_loose.sum()) - (0 if directions is None else int(directions.is_determined.sum()))
    spread = _spread(fitter, own, freedom)
    with np.errstate(all="ignore"):
        at_rows, slopes = there.slopes(own)
        if directions is None:
            error = np.sqrt(np.maximum(np.einsum("im,ij,jm->m", slopes, covariance, slopes), 0.0))
        else:
            error = spread * _error_of_what_is_known(directions, slopes[own.is_loose])
        scatter = _scatter(there, own, at_rows, spread)
    unit, unknown = problem.target_column.unit, np.isnan(values)
    scale = fitter.units.factor(unit.dimension) / abs(unit.scale)
    mean_error, scatter = (np.where(unknown, np.nan, one * scale) for one in (error, scatter))
    return Band(values, mean_error, scatter, None if fitter.knows_errors else max(freedom, 0))


def _natural(law: Law, fitter: Fitter, data: Any, n_rows: int) -> Floats:
    """Inputs in natural units, ``(n_inputs, n_rows)``; zero for those that the law does not hold."""
    columns, _ = columns_of(data, tuple(law.input_units), variables_of(law.expression), law.formula)
    found = np.zeros((len(fitter.problem.inputs), n_rows))
    for place, name in enumerate(fitter.problem.inputs):
        if name in columns:
            unit = law.input_units[name]
            found[place] = unit.to_si(columns[name]) / fitter.units.factor(unit.dimension)
    return found


def _covariance(law: Law, fitter: Fitter, own: Fitted) -> Floats:
    """Covariance of the free constants in natural units, ``(n_free, n_free)``; those that are held have no error."""
    free = [one for one in law.constants if one.kind == "free"]
    scales = np.array([one.unit.scale / fitter.units.factor(one.unit.dimension) for one in free])
    covariance = np.array(law.covariance, dtype=np.float64).reshape(len(free), len(free))
    covariance *= scales[:, None]  # one after the other: both may be huge
    covariance *= scales
    covariance[~own.is_loose] = 0.0
    covariance[:, ~own.is_loose] = 0.0
    return covariance


def _spread(fitter: Fitter, own: Fitted, freedom: int) -> float:
    """Standard deviation of a residual of weight one, in natural units; NaN without a degree of freedom."""
    if fitter.knows_errors:
        return 1.0
    return math.sqrt(fitter.sum_of_squares(own) / freedom) if freedom > 0 else math.nan


def _error_of_what_is_known(directions: Directions, slopes: Floats) -> Floats:
    """Error of each value ``(n_rows,)`` in those of a residual, by its ``slopes`` ``(n_loose, n_rows)``.

    Infinite where a value moves with what moved nothing on the rows of the fit: ``A*B*x`` is known though ``A`` is not.
    """
    moved, known = directions.lengths > 0, directions.is_determined
    scaled = slopes[moved] / directions.lengths[moved, None]
    along = directions.vectors.T @ scaled
    error = np.linalg.norm(along[known] / directions.sizes[known, None], axis=0)
    lost = np.abs(along[~known]).max(axis=0, initial=0.0) > PARTAKES * np.linalg.norm(scaled, axis=0)
    return np.where(lost | slopes[~moved].any(axis=0), np.inf, error)


def _scatter(there: Fitter, own: Fitted, values: Floats, spread: float) -> Floats:
    """Standard deviation of a measurement at the rows of ``there`` around the law, ``(n_rows,)``, natural units."""
    problem = there.problem
    factor = there.units.factor(problem.target_column.unit.dimension)
    share = problem.target_column.sigma_share
    stated = problem.sigma(problem.train_rows)
    if stated is None and problem.sizes is None:
        return np.full(len(values), spread)
    if stated is None:
        assert problem.sizes is not None
        return spread * np.abs(values) / _weight_one(problem, factor)
    own_size = np.full(len(values), _root_mean_square(stated) / factor)
    sigma = own_size if share is None else share * np.abs(values)
    if there.errors is None:
        return sigma
    inputs = {name: np.full(len(values), _root_mean_square(one)) for name, one in there.errors.sigma.items()}
    rows = replace(there, weights=1.0 / sigma**2, errors=InputErrors(inputs))
    return np.sqrt(1.0 / rows.row_weights(own))


def _weight_one(problem: Problem, factor: float) -> float:
    """The size of a target whose row has weight one where errors are a part of each value, in natural units."""
    assert problem.sizes is not None
    return float(np.exp(np.log(problem.sizes[problem.train_rows]).mean())) / factor


def _root_mean_square(values: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
