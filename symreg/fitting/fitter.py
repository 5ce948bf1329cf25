"""Fit the constants of candidates on the training rows, in natural units, and say how sure they are.

Bounded and whole constants are seen to in ``bounds``, uncertain inputs in ``input_errors``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from symreg.engine import Engine
from symreg.engine.least_squares import linearise, unscaled_covariance
from symreg.fitting.bounds import within_limits
from symreg.fitting.fitted import Fitted
from symreg.fitting.input_errors import InputErrors, deviance, effective_variance, fit_with_input_errors, input_errors
from symreg.fitting.reweighting import covariance_under, left_under, reweighted, weighed_deviations
from symreg.formula import Expression, lower
from symreg.problem import ConstantLimit, FreeConstant, Loss, NaturalUnits, Problem

Floats = npt.NDArray[np.float64]
MAX_ITERATIONS = 200
"""Steps of one fit, at most; those that converge end by themselves. More is spent on formulas that lead nowhere, of
which a search fits many, fewer leaves narrow valleys unfinished; set by hand."""

MAX_ITERATIONS_OF_A_TEMPLATE = 5_000  # its parameters are the user's, and may start anywhere


@dataclass(frozen=True, slots=True, eq=False)
class Fitter:
    """Training rows of a problem in natural units, and the engine that fits on them.

    ``X`` has shape ``(n_inputs, n_rows)``, ``y`` and ``weights`` (None: all 1) ``(n_rows,)``; the weights are those of
    squared deviations as the loss has them (``losses``). ``first_counts`` ``(n_rows,)`` multiply them in the first fit
    of a formula, of whose constants nothing is known yet, where rows may be outliers. ``n_told`` is not zero where laws
    were fitted to so many rows, of which these are a sample (``told_of``).
    """

    problem: Problem
    units: NaturalUnits
    engine: Engine
    threads: int
    X: Floats  # (n_inputs, n_rows)
    y: Floats
    weights: Floats | None
    known: Mapping[str, float]
    max_iterations: int = MAX_ITERATIONS
    errors: InputErrors | None = None
    knows_errors: bool = False  # the weights are those of stated uncertainties, not only right in their ratios
    limits: Mapping[str, ConstantLimit] = field(default_factory=dict)
    loss: Loss = "squared"
    first_counts: Floats | None = None
    n_told: int = 0
    _spread: list[float] = field(init=False, repr=False, default_factory=list)

    @property
    def spread(self) -> float:
        """Standard deviation of ``y``, in natural units; taken once, of millions of rows it takes a tenth of a second.
        """
        if not self._spread:
            self._spread.append(float(np.std(self.y)))
        return self._spread[0]

    @property
    def n_rows(self) -> int:
        """Rows that laws were fitted to."""
        return self.n_told or len(self.y)

    def told_of(self, n_rows: int, spread: float) -> Fitter:
        """The same for laws that ``EveryRow`` fitted to so many rows, whose targets have this ``spread`` in natural
        units: what counts rows counts those."""
        found = replace(self, n_told=n_rows)
        found._spread.append(spread)
        return found

    def fit(self, candidates: Sequence[tuple[Expression, Sequence[FreeConstant]]]) -> list[Fitted | None]:
        """Fit each formula from its starting values; None where it is undefined on a training row.

        Constants that the user bounds stay within their bounds. Where inputs have errors, the constants are still
        those of ordinary least squares, which is quick; ``finished`` fits them in earnest.
        """
        found = [
            None if fitted is None else within_limits(self, fitted)
            for fitted in self.fit_freely(candidates)
        ]
        if self.loss != "squared":
            return [None if one is None else reweighted(self, one) for one in found]
        if self.errors is None:
            return found
        return [None if one is None else replace(one, residual_sum=deviance(self, one)) for one in found]

    def fit_freely(self, candidates: Sequence[tuple[Expression, Sequence[FreeConstant]]]) -> list[Fitted | None]:
        """The same without any limits, and with the plain weighted sum of squares under any loss."""
        if not candidates:
            return []
        programs = [
            lower(expression, self.problem.inputs, [constant.name for constant in constants], self.known)
            for expression, constants in candidates
        ]
        starts = [np.array([constant.start for constant in constants]) for _, constants in candidates]
        fits = self.engine.fit_many(
            programs, self.X, self.y, self.first_weights, starts, max_iterations=self.max_iterations,
            threads=self.threads,
        )  # fmt: skip
        return [
            Fitted(expression, tuple(constants), fit.values, fit.covariance, fit.residual_sum, fit.outcome)
            if math.isfinite(fit.residual_sum) and np.isfinite(fit.values).all()
            else None
            for (expression, constants), fit in zip(candidates, fits, strict=True)
        ]

    def finished(self, fitted: Fitted) -> Fitted:
        """The fit as a law shows it: errors in inputs counted, and standard errors from the stated uncertainties.

        Where no uncertainty is stated, the spread of the residuals says how large it is, and the fit stays as it is.
        """
        if self.loss != "squared":
            return replace(fitted, covariance=covariance_under(self, fitted))
        if self.errors is not None:
            return fit_with_input_errors(self, fitted)
        if not self.knows_errors or not fitted.is_loose.any():
            return fitted
        return replace(fitted, covariance=self.stated_covariance(fitted))

    def stated_covariance(self, fitted: Fitted) -> Floats:
        """``inv(J.T @ W @ J)``, ``(n_free, n_free)``: the weights are taken at their word, the residuals unseen."""
        loose, weights = np.flatnonzero(fitted.is_loose), self.row_weights(fitted)
        _, slopes = self.slopes(fitted)
        triangle = linearise(slopes[loose] * np.sqrt(weights), np.zeros_like(self.y))
        found = unscaled_covariance(triangle.R) if triangle.is_finite else None
        covariance = np.full_like(fitted.covariance, np.nan)
        if found is not None:
            covariance[np.ix_(loose, loose)] = found
        return covariance

    def freedom(self, fitted: Fitted) -> int:
        """Degrees of freedom: rows less constants that the fit moved."""
        return self.n_rows - int(fitted.is_loose.sum())

    def sum_of_squares(self, fitted: Fitted) -> float:
        """What the constants make least: the weighted sum of squared residuals on the training rows, or what is
        equivalent under the loss.
        """
        if self.n_told:
            return fitted.residual_sum
        if self.loss != "squared":
            return left_under(self, weighed_deviations(self, fitted))
        rest = self.y - self.predict(fitted, self.X)
        return float(np.sum(rest**2 * self.row_weights(fitted)))

    def slopes(self, fitted: Fitted) -> tuple[Floats, Floats]:
        """Values ``(n_rows,)`` on the training rows and their derivatives by the constants ``(n_free, n_rows)``."""
        program = lower(fitted.expression, self.problem.inputs, fitted.names, self.known)
        return self.engine.jacobian(program, self.X, fitted.values, threads=self.threads)

    def row_weights(self, fitted: Fitted) -> Floats:
        """The weight of each training row, ``(n_rows,)``; with errors in inputs they depend on the law's slopes."""
        if self.errors is not None:
            return 1.0 / effective_variance(self, fitted)
        weights = np.ones_like(self.y) if self.weights is None else self.weights
        return weights / self.y**2 if self.loss == "log" else weights

    @property
    def first_weights(self) -> Floats | None:
        """Weights ``(n_rows,)`` of the first least squares fit of a formula; None: all 1."""
        weights = self.weights
        if self.loss == "log":
            weights = (1.0 if weights is None else weights) / self.y**2
        if self.first_counts is None:
            return weights
        return self.first_counts if weights is None else weights * self.first_counts

    def predict(self, fitted: Fitted, X: Floats) -> Floats:
        """Values ``(n_rows,)`` in natural units for any inputs ``(n_inputs, n_rows)`` in these; NaN where undefined."""
        program = lower(fitted.expression, self.problem.inputs, fitted.names, self.known)
        return self.engine.evaluate(program, X, fitted.values, threads=self.threads)

    def cross_validated(self, fitted: Fitted) -> Floats:
        """Predictions ``(n_rows,)`` of each training row by a fit that did without it and its fold; NaN: undefined."""
        predictions = np.full_like(self.y, np.nan)
        for rows in self.problem.left_out_together:
            refit = self.on_rows(np.delete(np.arange(len(self.y)), rows)).refitted(fitted)
            if refit is not None:
                predictions[rows] = self.predict(refit, self.X[:, rows])
        return predictions

    def refitted(self, fitted: Fitted) -> Fitted | None:
        """The formula fitted to the rows of this fitter, from the values that it has; None where it is undefined."""
        if self.loss != "squared":  # from where the constants are, and not from a fit that outliers rule
            return reweighted(self, fitted)
        constants = [replace(one, start=float(v)) for one, v in zip(fitted.constants, fitted.values, strict=True)]
        found = self.fit([(fitted.expression, constants)])[0]
        return found if found is None or self.errors is None else fit_with_input_errors(self, found)

    def on_rows(self, rows: npt.NDArray[np.intp]) -> Fitter:
        """The same fitter on some of its rows, places ``(n,)`` that may repeat."""
        weights = None if self.weights is None else self.weights[rows]
        errors = None if self.errors is None else self.errors.on_rows(rows)
        counts = None if self.first_counts is None else self.first_counts[rows]
        X = np.ascontiguousarray(self.X[:, rows])
        return replace(self, X=X, y=self.y[rows], weights=weights, errors=errors, first_counts=counts)

    def holding(self, values: Mapping[str, float]) -> Fitter:
        """The same fitter, for which these constants are known; ``values`` in natural units."""
        return replace(self, known={**self.known, **values})


def make_fitter(problem: Problem, units: NaturalUnits, engine: Engine, threads: int) -> Fitter:
    """A fitter on the training rows of the problem; pi is known to it like any other constant."""
    rows = problem.train_rows
    factor = units.factor(problem.target_column.unit.dimension)
    weights, stated = problem.weights(rows), problem.states_errors
    y = np.ascontiguousarray(units.target_values(problem, rows))
    scale = (factor**2 if stated else 1.0) * (y**2 if problem.loss == "log" else 1.0)
    return Fitter(
        problem=problem,
        units=units,
        engine=engine,
        threads=threads,
        X=np.ascontiguousarray(units.matrix(problem, rows)),
        y=y,
        weights=None if weights is None else np.ascontiguousarray(weights * scale),
        known={"pi": math.pi} | units.known_values(problem) | units.unit_values(problem),
        max_iterations=MAX_ITERATIONS if problem.template is None else MAX_ITERATIONS_OF_A_TEMPLATE,
        errors=input_errors(problem, units, rows) if stated and problem.loss == "squared" else None,
        knows_errors=stated,
        limits={limit.name: limit for limit in problem.free_constants.limits},
        loss=problem.loss,
        first_counts=None if problem.counts is None else np.ascontiguousarray(problem.counts[rows]),
    )
