"""Fits of constants on the training rows: values, errors and information in natural units."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from symreg.engine import Outcome, get_engine
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_making import as_law
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import Fitter, make_fitter
from symreg.formula.grammar import parse
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.problem.problem import Problem
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS, Dimension


def fitter_of(problem: Problem, engine: str = "auto") -> Fitter:
    return make_fitter(problem, choose_natural_units(problem), get_engine(engine), 1)


def line(n_rows: int = 60, noise: float = 0.1, sigma: Any = None, scale: float = 1.0) -> Problem:
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 3, n_rows) * scale
    spread = noise if sigma is None else np.asarray(sigma)
    y = (2.5 * x / scale - 0.7 + spread * rng.normal(size=n_rows)) * scale
    data = {"x [m]": x, "y [m]": y}
    if sigma is not None:
        data["s [m]"] = np.broadcast_to(sigma, n_rows) * scale
    table = read_table(data, target="y", sigma=None if sigma is None else {"y": "s"})
    return make_problem(table, inputs=["x"], free_constants="inferred", test_fraction=0.2)


def constants(**kinds: Dimension) -> tuple[FreeConstant, ...]:
    return tuple(FreeConstant(name, kind, 1.0) for name, kind in kinds.items())


def fit_line(fitter: Fitter) -> Fitted:
    tree = parse("a*x + b", variables=["x"], constants=["a", "b"])
    fitted = fitter.fit([(tree, constants(a=DIMENSIONLESS, b=Dimension.of(m=1)))])[0]
    assert fitted is not None
    return fitted


@pytest.mark.parametrize("sigma", [None, 0.1, np.linspace(0.02, 0.5, 60)])
@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e15])
def test_a_line_against_the_normal_equations(sigma: Any, scale: float) -> None:
    """Values, covariance and information are those of weighted least squares, in any unit."""
    problem = line(sigma=sigma, scale=scale)
    fitter = fitter_of(problem)
    fitted = fit_line(fitter)
    rows = problem.train_rows
    x, y = problem.matrix(rows)[0], problem.target_values(rows)
    weights = problem.weights(rows)
    w = np.ones_like(y) if weights is None else weights
    design = np.column_stack([x, np.full_like(x, scale)])
    normal = design.T @ (w[:, None] * design)
    values = np.linalg.solve(normal, design.T @ (w * y))
    rest = y - design @ values
    covariance = np.linalg.inv(normal) * float(w @ rest**2) / (len(y) - 2)
    factor = np.array([1.0, fitter.units.factor(Dimension.of(m=1)) / scale])
    np.testing.assert_allclose(fitted.values * factor, values, rtol=1e-7)
    np.testing.assert_allclose(fitted.stderr * factor, np.sqrt(np.diag(covariance)), rtol=1e-6)
    np.testing.assert_allclose(fitted.covariance * np.outer(factor, factor), covariance, rtol=1e-6)
    # The digits of both together: the determinant of the information in parts of the values.
    digits = np.linalg.det(np.linalg.inv(fitted.covariance) * np.outer(fitted.values, fitted.values))
    assert np.prod(fitted.information * fitted.values**2) == pytest.approx(digits, rel=1e-5)
    assert fitted.outcome is Outcome.CONVERGED


def test_weights_do_not_depend_on_natural_units() -> None:
    """With known uncertainties the weighted residual sum is the chi square, a plain number."""
    for scale in (1.0, 1e-9, 1e9):
        fitted = fit_line(fitter_of(line(sigma=0.1, scale=scale)))
        assert 48 * 0.5 < fitted.residual_sum < 48 * 1.6


def test_an_exact_constant_is_known_to_the_digits_of_a_float() -> None:
    """No error is left, and yet the information is finite: some 53 bits, and not none."""
    fitted = fit_line(fitter_of(line(noise=0.0)))
    bits = np.log2(np.abs(fitted.values) * np.sqrt(fitted.information))
    assert (bits > 40).all() and (bits < 60).all()


def test_without_covariance_there_is_no_information() -> None:
    problem = line()
    tree = parse("a*b*x", variables=["x"], constants=["a", "b"])  # only the product is determined
    fitted = fitter_of(problem).fit([(tree, constants(a=DIMENSIONLESS, b=DIMENSIONLESS))])[0]
    if fitted is not None and not np.isfinite(fitted.covariance).all():
        assert np.isnan(fitted.information).all()
    none = Fitted(tree, (), np.empty(0), np.empty((0, 0)), 1.0, Outcome.NO_FREE_CONSTANTS)
    assert none.information.shape == none.stderr.shape == (0,)
    unknown = Fitted(tree, constants(a=DIMENSIONLESS), np.ones(1), np.full((1, 1), np.nan), 1.0, Outcome.SINGULAR)
    assert np.isnan(unknown.information).all() and np.isnan(unknown.stderr).all()


@pytest.mark.parametrize("text", ["log(x - 2)", "sqrt(-x)", "1/(x - x)", "exp(1000*x)"])
def test_what_is_undefined_on_a_training_row_is_no_fit(text: str) -> None:
    """Silent, too (warnings are errors)."""
    x = np.linspace(1, 3, 40)
    problem = make_problem(read_table({"x [1]": x, "y [1]": x**2 + 0.5}, target="y"))
    tree = parse(f"a*({text})", variables=["x"], constants=["a"])
    good = parse("a*x", variables=["x"], constants=["a"])
    found = fitter_of(problem).fit([(tree, constants(a=DIMENSIONLESS)), (good, constants(a=DIMENSIONLESS))])
    assert found[0] is None
    assert found[1] is not None  # one bad formula does not spoil the others


def test_known_constants_and_pi_are_at_hand() -> None:
    length = np.linspace(0.2, 2, 40)
    period = 2 * np.pi * np.sqrt(length / 9.80665)
    problem = make_problem(read_table({"L [m]": length, "T [s]": period}, target="T"), constants=["g_n"])
    tree = parse("k*pi*sqrt(L/g_n)", variables=["L"], constants=["k", "pi", "g_n"])
    fitted = fitter_of(problem).fit([(tree, constants(k=DIMENSIONLESS))])[0]
    assert fitted is not None
    assert fitted.values[0] == pytest.approx(2.0, rel=1e-12)


def test_nothing_to_fit_is_an_empty_answer() -> None:
    assert fitter_of(line()).fit([]) == []
    tree = parse("x", variables=["x"], constants=[])
    plain = fitter_of(line()).fit([(tree, ())])[0]
    assert plain is not None and plain.outcome is Outcome.NO_FREE_CONSTANTS


def test_predictions_are_in_natural_units() -> None:
    problem = line(scale=1e9)
    fitter = fitter_of(problem)
    fitted = fit_line(fitter)
    factor = fitter.units.factor(Dimension.of(m=1))
    predicted = fitter.predict(fitted, fitter.units.matrix(problem, problem.held_out_rows)) * factor
    actual = problem.target_values(problem.held_out_rows)
    assert np.sqrt(np.mean((predicted - actual) ** 2)) < 0.2 * 1e9


@pytest.mark.parametrize("sigma", [None, np.linspace(0.05, 0.3, 12)])
def test_leaving_one_out_against_a_refit_of_the_others(sigma: Any) -> None:
    problem = line(n_rows=12, sigma=sigma)
    fitter = fitter_of(problem)
    found = fitter.cross_validated(fit_line(fitter))
    x, y = fitter.X[0], fitter.y
    root = np.ones_like(y) if fitter.weights is None else np.sqrt(fitter.weights)
    unit = 1.0 / fitter.units.factor(Dimension.of(m=1))
    for row in range(12):
        others = np.arange(12) != row
        design = np.column_stack([x, np.full_like(x, unit)])
        values = np.linalg.lstsq(design[others] * root[others, None], y[others] * root[others], rcond=None)[0]
        assert found[row] == pytest.approx(float(design[row] @ values), rel=1e-7)


@pytest.mark.parametrize("folds", [2, 5, 12])
@pytest.mark.parametrize("sigma", [None, np.linspace(0.05, 0.3, 12)])
def test_cross_validation_against_a_loop_over_the_folds(folds: int, sigma: Any) -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 3, 12)
    data = {"x [1]": x, "y [1]": 2.5 * x - 0.7 + 0.1 * rng.normal(size=12)}
    if sigma is not None:
        data["s [1]"] = sigma
    table = read_table(data, target="y", sigma=None if sigma is None else {"y": "s"})
    problem = make_problem(table, inputs=["x"], folds=folds)
    fitter = fitter_of(problem)
    tree = parse("a*x + b", variables=["x"], constants=["a", "b"])
    fitted = fitter.fit([(tree, constants(a=DIMENSIONLESS, b=DIMENSIONLESS))])[0]
    assert fitted is not None
    found = fitter.cross_validated(fitted)
    root = np.ones(12) if sigma is None else 1 / sigma
    design = np.column_stack([x, np.ones(12)])
    order = np.random.default_rng([0, folds]).permutation(12)
    for part in np.array_split(order, folds):
        rest = np.setdiff1d(np.arange(12), part)
        values = np.linalg.lstsq(design[rest] * root[rest, None], data["y [1]"][rest] * root[rest], rcond=None)[0]
        np.testing.assert_allclose(found[part], design[part] @ values, rtol=1e-7)
    finisher = Finisher(fitter)
    law = as_law(finisher, finisher.measured(fitted, "test"))
    assert law.judge == f"{folds}-fold"
    assert law.held_out.rmse == pytest.approx(float(np.sqrt(np.mean((found - data["y [1]"]) ** 2))), rel=1e-9)
    assert law.held_out.n_rows == law.train.n_rows == 12


def test_a_row_that_cannot_be_left_out_is_undefined() -> None:
    """A formula that has as many constants as rows: nothing to say about a row that was left out... or NaN."""
    x = np.array([1.0, 2.0, 3.0])
    problem = make_problem(read_table({"x [1]": x, "y [1]": x**2}, target="y"))
    tree = parse("a + b*x + c*exp(x)", variables=["x"], constants=["a", "b", "c"])
    kinds = constants(a=DIMENSIONLESS, b=DIMENSIONLESS, c=DIMENSIONLESS)
    fitter = fitter_of(problem)
    fitted = fitter.fit([(tree, kinds)])[0]
    if fitted is not None:
        assert fitter.cross_validated(fitted).shape == (3,)


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_engines_agree(engine: str) -> None:
    one, other = fit_line(fitter_of(line(), engine)), fit_line(fitter_of(line(), "numpy"))
    np.testing.assert_allclose(one.values, other.values, rtol=1e-9)
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=1e-6)
    assert math.isclose(one.residual_sum, other.residual_sum, rel_tol=1e-9)
