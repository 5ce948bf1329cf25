"""Uncertain inputs: York's line, his published numbers, and simulations where ordinary least squares is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_making import as_law
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import Fitter, make_fitter
from symreg.fitting.input_errors import deviance, effective_variance
from symreg.formula.dimensioning import infer_dimensions
from symreg.formula.expression import constants_of, evaluate_tree
from symreg.formula.grammar import parse
from symreg.laws.law import Law
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.problem.problem import Problem
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS, Dimension

# Pearson's data with York's weights (York 1966, Can. J. Phys. 44, 1079), with the line of York et al. 2004.
X = np.array([0.0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4])
Y = np.array([5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5])
X_WEIGHTS = np.array([1000.0, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1.0])
Y_WEIGHTS = np.array([1.0, 1.8, 4, 8, 20, 20, 70, 70, 100, 500])
YORK = {"intercept": (5.47991022, 0.29497073), "slope": (-0.48053341, 0.05798501)}


def problem_of(data: dict[str, Any], sigma: dict[str, str]) -> Problem:
    return make_problem(read_table(data, target="y", sigma=sigma), free_constants="inferred", test_fraction=0)


def fit(problem: Problem, formula: str, names: list[str], start: float = 1.0) -> tuple[Fitter, Fitted]:
    """Ordinary least squares, from which the fit with input errors sets out."""
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    tree = parse(formula, variables=problem.inputs, constants=names)
    kinds = infer_dimensions(tree, problem.dimensions, problem.target_column.unit.dimension)
    constants = [FreeConstant(name, kinds.get(name, DIMENSIONLESS), start) for name in constants_of(tree)]
    fitted = fitter.fit([(tree, constants)])[0]
    assert fitted is not None
    return fitter, fitted


def line_law(x: np.ndarray, y: np.ndarray, sx: np.ndarray, sy: np.ndarray) -> Law:
    data = {"x [m]": x, "y [s]": y, "sx [m]": sx, "sy [s]": sy}
    fitter, fitted = fit(problem_of(data, {"x": "sx", "y": "sy"}), "a + b*x", ["a", "b"])
    finisher = Finisher(fitter)
    return as_law(finisher, finisher.measured(fitted, "test"))


def york(x: np.ndarray, y: np.ndarray, sx: np.ndarray, sy: np.ndarray) -> tuple[float, float, float, float]:
    """Intercept, slope and their errors: York et al. 2004, equations 13a to 13d, iterated."""
    b = float(np.polyfit(x, y, 1)[0])
    for _ in range(500):
        W = 1 / (sy**2 + b**2 * sx**2)
        U, V = x - W @ x / W.sum(), y - W @ y / W.sum()
        beta = W * (U * sy**2 + V * b * sx**2)
        b = float((W * beta) @ V / ((W * beta) @ U))
    a = float(W @ y / W.sum() - b * (W @ x / W.sum()))
    adjusted = W @ x / W.sum() + beta
    mean = W @ adjusted / W.sum()
    slope_error = float(1 / np.sqrt(W @ (adjusted - mean) ** 2))
    return a, b, float(np.sqrt(1 / W.sum() + mean**2 * slope_error**2)), slope_error


def test_yorks_published_line() -> None:
    law = line_law(X, Y, X_WEIGHTS**-0.5, Y_WEIGHTS**-0.5)
    intercept, slope = law.constants
    assert (intercept.unit.text, slope.unit.text) == ("s", "s/m")
    assert intercept.value == pytest.approx(YORK["intercept"][0], rel=1e-6)
    assert slope.value == pytest.approx(YORK["slope"][0], rel=1e-6)
    assert intercept.stderr == pytest.approx(YORK["intercept"][1], rel=1e-5)
    assert slope.stderr == pytest.approx(YORK["slope"][1], rel=1e-5)
    assert any("errors of x" in note for note in law.notes)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e12])
def test_a_line_against_yorks_equations(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    x, sx, sy = rng.uniform(0, 10, 25), rng.uniform(0.1, 1, 25), rng.uniform(0.1, 1, 25)
    y = 3 - 2 * x + sy * rng.normal(size=25)
    x += sx * rng.normal(size=25)
    law = line_law(x * scale, y * scale, sx * scale, sy * scale)
    a, b, a_error, b_error = york(x, y, sx, sy)
    found = [(one.value, one.stderr) for one in law.constants]
    assert found[0] == pytest.approx((a * scale, a_error * scale), rel=1e-5)
    assert found[1] == pytest.approx((b, b_error), rel=1e-5)


def test_equal_errors_are_orthogonal_regression() -> None:
    """Deming's slope for errors of one size, in closed form."""
    rng = np.random.default_rng(3)
    true = rng.uniform(0, 4, 50)
    x, y = true + 0.5 * rng.normal(size=50), 1 + 1.5 * true + 0.5 * rng.normal(size=50)
    (xx, xy), (_, yy) = np.cov(x, y)
    slope = (yy - xx + np.sqrt((yy - xx) ** 2 + 4 * xy**2)) / (2 * xy)
    law = line_law(x, y, np.full(50, 0.5), np.full(50, 0.5))
    assert law.constants[1].value == pytest.approx(slope, rel=1e-6)
    assert law.constants[0].value == pytest.approx(y.mean() - slope * x.mean(), rel=1e-6)


def test_slopes_are_right_where_ordinary_least_squares_is_not() -> None:
    """200 tables: the mean slope, and how often two standard errors hold the truth."""
    rng = np.random.default_rng(0)
    slopes, errors, ordinary = [], [], []
    for _ in range(200):
        true = rng.uniform(0, 4, 30)
        x, y = true + 0.8 * rng.normal(size=30), 1 + 2 * true + 0.5 * rng.normal(size=30)
        data = {"x [1]": x, "y [1]": y, "sx [1]": np.full(30, 0.8), "sy [1]": np.full(30, 0.5)}
        fitter, fitted = fit(problem_of(data, {"x": "sx", "y": "sy"}), "a + b*x", ["a", "b"])
        finished = fitter.finished(fitted)
        slopes.append(finished.values[1])
        errors.append(finished.stderr[1])
        ordinary.append(fitted.values[1])
    assert np.mean(ordinary) < 1.5  # attenuated by 1.33/(1.33 + 0.64)
    assert np.mean(slopes) == pytest.approx(2.0, abs=0.1)
    covered = np.abs(np.array(slopes) - 2.0) < 1.96 * np.array(errors)
    assert 0.91 <= covered.mean() <= 0.99


def test_a_curve_has_less_bias_than_by_ordinary_least_squares() -> None:
    """A power law; what is left of the bias is of second order in the errors of the input."""
    rng = np.random.default_rng(1)
    exponents: dict[float, Any] = {}
    for spread in (0.1, 0.2):
        found = []
        for _ in range(60):
            true = rng.uniform(1, 4, 60)
            x, y = true + spread * rng.normal(size=60), 2 * true**2 + 0.2 * rng.normal(size=60)
            data = {"x [1]": x, "y [1]": y, "sx [1]": np.full(60, spread), "sy [1]": np.full(60, 0.2)}
            fitter, fitted = fit(problem_of(data, {"x": "sx", "y": "sy"}), "a*x**p", ["a", "p"], 1.5)
            found.append((fitted.values[1], fitter.finished(fitted).values[1]))
        exponents[spread] = np.abs(np.mean(found, axis=0) - 2)
    assert exponents[0.1][1] < 0.02
    assert all(effective < ordinary for ordinary, effective in exponents.values())


def test_the_variance_against_differences() -> None:
    """A formula with two uncertain inputs and a certain one, slopes by central differences."""
    rng = np.random.default_rng(2)
    x, z, w = (rng.uniform(1, 2, 20) for _ in range(3))
    data = {"x [m]": x, "z [m]": z, "w [1]": w, "y [m]": x * np.sin(w) + z**2 / x, "sx [m]": 0.1 * x, "sy [m]": x}
    problem = make_problem(
        read_table(data | {"sz [m]": 0.2 * z}, target="y", sigma={"x": "sx", "y": "sy", "z": "sz"}),
        free_constants="inferred", test_fraction=0,
    )  # fmt: skip
    fitter, fitted = fit(problem, "k*x*sin(w) + z**2/x", ["k"])
    factor = fitter.units.factor(Dimension.of(m=1))
    leaves: dict[str, Any] = {"x": x, "z": z, "w": w, "k": float(fitted.values[0])}

    def slope(name: str) -> np.ndarray:
        step = 1e-6
        up, down = (evaluate_tree(fitted.expression, leaves | {name: leaves[name] + d}) for d in (step, -step))
        return np.asarray((up - down) / (2 * step))

    expected = x**2 + (slope("x") * 0.1 * x) ** 2 + (slope("z") * 0.2 * z) ** 2
    np.testing.assert_allclose(effective_variance(fitter, fitted) * factor**2, expected, rtol=1e-7)


def test_the_deviance_punishes_steepness() -> None:
    """Both formulas pass through the rows alike, one of them by slopes so steep that anything would fit."""
    x = np.linspace(1, 3, 40)
    data = {"x [1]": x, "y [1]": x + 0.1 * np.sin(50 * x), "sx [1]": np.full(40, 0.1), "sy [1]": np.full(40, 0.05)}
    problem = problem_of(data, {"x": "sx", "y": "sy"})
    fitter, flat = fit(problem, "k*x", ["k"])
    steep = fit(problem, "k*x + sin(300*x)/10", ["k"])[1]
    chi = [fitter.sum_of_squares(one) for one in (flat, steep)]
    assert chi[1] < chi[0]
    assert flat.residual_sum == deviance(fitter, flat) < steep.residual_sum


def test_an_undefined_slope_keeps_the_plain_fit() -> None:
    """The slope of a square root at zero."""
    x = np.linspace(0, 3, 30)
    data = {"x [1]": x, "y [1]": 2 * np.sqrt(x) + 0.01, "sx [1]": np.full(30, 0.1), "sy [1]": np.full(30, 0.1)}
    fitter, fitted = fit(problem_of(data, {"x": "sx", "y": "sy"}), "k*sqrt(x)", ["k"])
    finished = fitter.finished(fitted)
    assert np.array_equal(finished.values, fitted.values)
    assert np.isnan(finished.stderr).all()


def test_errors_of_inputs_alone_are_not_used_and_that_is_said() -> None:
    x = np.linspace(1, 3, 30)
    problem = problem_of({"x [1]": x, "y [1]": 2 * x + 0.01 * np.sin(9 * x), "sx [1]": 0.1 * x}, {"x": "sx"})
    assert any("uncertainties of 'x' are not used" in note for note in problem.notes)
    fitter, fitted = fit(problem, "k*x", ["k"])
    assert fitter.errors is None
    assert fitter.finished(fitted) is fitted


def test_leaving_one_out_fits_the_others_with_their_errors() -> None:
    x, y, sx, sy = X, Y, X_WEIGHTS**-0.5, Y_WEIGHTS**-0.5
    data = {"x [1]": x, "y [1]": y, "sx [1]": sx, "sy [1]": sy}
    fitter, fitted = fit(problem_of(data, {"x": "sx", "y": "sy"}), "a + b*x", ["a", "b"])
    found = fitter.cross_validated(fitter.finished(fitted))
    for row in range(10):
        kept = np.arange(10) != row
        a, b, *_ = york(x[kept], y[kept], sx[kept], sy[kept])
        factor = fitter.units.factor(DIMENSIONLESS)
        assert found[row] * factor == pytest.approx(a + b * x[row], rel=1e-4)
