"""Fit the constants of candidates on the training rows, in natural units, and say how sure they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.engine import Engine, Outcome
from symreg.expression import Expression, lower
from symreg.natural_units import NaturalUnits
from symreg.problem import Problem
from symreg.search.backend import FreeConstant

Floats = npt.NDArray[np.float64]
MAX_ITERATIONS = 200
MAX_ITERATIONS_OF_A_TEMPLATE = 5_000  # its parameters are the user's, and may start anywhere


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A formula with its constants fitted: ``values`` and ``covariance`` in natural units, ``(n_free,)`` squared.

    ``residual_sum`` is the weighted sum of squares on the training rows, in natural units of the target.
    """

    expression: Expression
    constants: tuple[FreeConstant, ...]
    values: Floats
    covariance: Floats
    residual_sum: float
    outcome: Outcome

    @property
    def stderr(self) -> Floats:
        """Standard errors of the values; NaN where the data do not determine them."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(np.diag(self.covariance)), dtype=np.float64)

    @property
    def fisher_diagonal(self) -> Floats:
        """Information of the data about each constant, the diagonal of the inverse covariance; NaN where unknown.

        An exact fit leaves no error at all, and its constants are known to the last digit of a float, not better.
        """
        if not np.isfinite(self.covariance).all():
            return np.full(len(self.values), np.nan)
        floor = (np.finfo(float).eps * self.values) ** 2
        covariance = self.covariance + np.diag(np.maximum(0.0, floor - np.diag(self.covariance)))
        scale = np.sqrt(np.diag(covariance))
        scale = np.where(scale > 0, scale, 1.0)
        correlation = covariance / np.outer(scale, scale)
        information = np.diag(np.linalg.pinv(correlation)) / scale**2
        return np.asarray(np.maximum(information, 0.0), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Fitter:
    """Training rows of a problem in natural units, and the engine that fits on them."""

    problem: Problem
    units: NaturalUnits
    engine: Engine
    threads: int
    X: Floats  # (n_inputs, n_rows)
    y: Floats
    weights: Floats | None
    known: Mapping[str, float]
    max_iterations: int = MAX_ITERATIONS

    def fit(
        self, candidates: Sequence[tuple[Expression, Sequence[FreeConstant]]], weights: Floats | None = None
    ) -> list[Fitted | None]:
        """Fit each formula from its starting values; None where it is undefined on a training row."""
        if not candidates:
            return []
        programs = [
            lower(expression, self.problem.inputs, [constant.name for constant in constants], self.known)
            for expression, constants in candidates
        ]
        starts = [np.array([constant.start for constant in constants]) for _, constants in candidates]
        fits = self.engine.fit_many(
            programs, self.X, self.y, self.weights if weights is None else weights, starts,
            max_iterations=self.max_iterations, threads=self.threads,
        )  # fmt: skip
        return [
            Fitted(expression, tuple(constants), fit.values, fit.covariance, fit.residual_sum, fit.outcome)
            if math.isfinite(fit.residual_sum) and np.isfinite(fit.values).all()
            else None
            for (expression, constants), fit in zip(candidates, fits, strict=True)
        ]

    def predict(self, fitted: Fitted, X: Floats) -> Floats:
        """Values in natural units on any rows; NaN where undefined."""
        names = [constant.name for constant in fitted.constants]
        program = lower(fitted.expression, self.problem.inputs, names, self.known)
        return self.engine.evaluate(program, X, fitted.values, threads=self.threads)

    def cross_validated(self, fitted: Fitted) -> Floats:
        """Predictions ``(n_rows,)`` of each training row by a fit that did without it and its fold."""
        base = np.ones_like(self.y) if self.weights is None else self.weights
        predictions = np.full_like(self.y, np.nan)
        constants = tuple(
            FreeConstant(constant.name, constant.dimension, float(value))
            for constant, value in zip(fitted.constants, fitted.values, strict=True)
        )
        for rows in self.problem.left_out_together:
            weights = base.copy()
            weights[rows] = 0.0
            refit = self.fit([(fitted.expression, constants)], weights)[0]
            if refit is not None:
                predictions[rows] = self.predict(refit, self.X[:, rows])
        return predictions


def make_fitter(problem: Problem, units: NaturalUnits, engine: Engine, threads: int) -> Fitter:
    """A fitter on the training rows of the problem; pi is known to it like any other constant."""
    rows = problem.train_rows
    factor = units.factor(problem.target_column.unit.dimension)
    weights = problem.weights(rows)
    return Fitter(
        problem=problem,
        units=units,
        engine=engine,
        threads=threads,
        X=np.ascontiguousarray(units.matrix(problem, rows)),
        y=np.ascontiguousarray(units.target_values(problem, rows)),
        weights=None if weights is None else np.ascontiguousarray(weights * factor**2),
        known={"pi": math.pi} | units.known_values(problem),
        max_iterations=MAX_ITERATIONS if problem.template is None else MAX_ITERATIONS_OF_A_TEMPLATE,
    )
