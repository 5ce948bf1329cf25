"""Bands around predictions: closed forms of lines, and simulations of how many measurements lie within."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import symreg as sr
from symreg.laws.band import Band, band_of
from tests.benchmarks.coverage import TRUTHS, Truth, fitted_law
from tests.certainty.test_intervals import law_of as law_of_fitter
from tests.fitting.test_bounds import fitter_of
from tests.laws_by_hand import law_of, problem_of

X = np.linspace(0.5, 4.0, 12)
NEW = np.array([0.0, 1.3, 6.0])
NOISE = np.random.default_rng(3).normal(size=12)


def textbook(x: np.ndarray, y: np.ndarray, new: np.ndarray, weights: Any = None) -> tuple[np.ndarray, float]:
    """Standard errors of a straight line at new places, and the scatter, by the normal equations."""
    w = np.ones_like(x) if weights is None else weights
    design, at = np.column_stack([x, np.ones_like(x)]), np.column_stack([new, np.ones_like(new)])
    inverse = np.linalg.inv(design.T @ (w[:, None] * design))
    rest = y - design @ (inverse @ design.T @ (w * y))
    variance = float(w @ rest**2) / (len(x) - 2) if weights is None else 1.0
    return np.sqrt(variance * np.einsum("ij,jk,ik->i", at, inverse, at)), variance**0.5


@pytest.mark.parametrize(("unit", "scale"), [("m", 1.0), ("km", 1e3), ("nm", 1e-9)])
def test_a_line_against_the_textbook(unit: str, scale: float) -> None:
    y = 2.5 * X - 0.7 + 0.2 * NOISE
    problem = problem_of({"t [s]": X, f"y [{unit}]": y}, test_fraction=0)
    band = band_of(law_of(problem, "k*t + k1"), problem, {"t": NEW})
    error, scatter = textbook(X, y, NEW)
    np.testing.assert_allclose(band.mean_error, error, rtol=1e-6)
    np.testing.assert_allclose(band.scatter, scatter, rtol=1e-6)
    np.testing.assert_allclose(band.measurement_error, np.hypot(error, scatter), rtol=1e-6)
    assert band.freedom == 10
    lower, upper = band.ends(0.95)
    np.testing.assert_allclose(upper - lower, 2 * 2.2281 * np.hypot(error, scatter), rtol=1e-4)  # t of 10, 97.5 %
    lower, upper = band.ends(0.95, of="law")
    np.testing.assert_allclose(upper - lower, 2 * 2.2281 * error, rtol=1e-4)


def test_stated_uncertainties_are_taken_at_their_word() -> None:
    spread = np.linspace(0.1, 0.4, 12)
    y = 2.5 * X - 0.7 + spread * NOISE
    problem = problem_of({"t [s]": X, "y [m]": y, "e [m]": spread}, sigma="e", inputs=["t"], test_fraction=0)
    band = band_of(law_of(problem, "k*t + k1"), problem, {"t": NEW})
    np.testing.assert_allclose(band.mean_error, textbook(X, y, NEW, 1 / spread**2)[0], rtol=1e-6)
    np.testing.assert_allclose(band.scatter, np.sqrt(np.mean(spread**2)), rtol=1e-12)
    assert band.freedom is None


def test_degrees_of_a_scale_with_a_zero_point_are_differences() -> None:
    y = 20 + 2.5 * X + 0.2 * NOISE
    problem = problem_of({"t [s]": X, "T [degC]": y}, target="T", test_fraction=0)
    band = band_of(law_of(problem, "k*t + k1"), problem, {"t": NEW})
    np.testing.assert_allclose(band.values, np.polyval(np.polyfit(X, y, 1), NEW), rtol=1e-6)
    np.testing.assert_allclose(band.mean_error, textbook(X, y, NEW)[0], rtol=1e-5)


def test_errors_that_are_a_part_of_each_value() -> None:
    x = np.linspace(1, 50, 40)
    y = 3 * x**2 * (1 + 0.1 * np.random.default_rng(5).normal(size=40))
    noticed = problem_of({"x": x, "y": y}, test_fraction=0).with_relative_errors()
    stated = problem_of({"x": x, "y": y}, sigma="10 %", test_fraction=0)
    for problem in (noticed, stated):
        band = band_of(law_of(problem, "k*x**2"), problem, {"x": [2.0, 20.0]})
        assert band.scatter / band.values == pytest.approx([0.1, 0.1], rel=0.25)
        assert band.scatter[1] / band.scatter[0] == pytest.approx(100, rel=1e-6)


def test_a_measurement_has_the_errors_of_its_inputs() -> None:
    y = 2.5 * X - 0.7 + 0.05 * NOISE
    table = sr.read_table({"t": X, "y": y}, target="y", sigma={"y": 0.05, "t": 0.2})
    problem = sr.make_problem(table, free_constants="inferred", test_fraction=0)
    law = law_of(problem, "k*t + k1")
    slope = law.constants[0].value
    band = band_of(law, problem, {"t": NEW})
    np.testing.assert_allclose(band.scatter, np.hypot(0.05, 0.2 * slope), rtol=1e-9)


def test_a_product_that_is_known_though_its_factors_are_not() -> None:
    y = 6 * X + 0.1 * NOISE
    problem = problem_of({"x": X, "y": y}, test_fraction=0)
    one, two = (band_of(law_of(problem, form), problem, {"x": NEW}) for form in ("k*x", "k*k1*x"))
    np.testing.assert_allclose(two.mean_error, one.mean_error, rtol=1e-6)
    np.testing.assert_allclose(two.scatter, one.scatter, rtol=1e-6)
    assert one.freedom == two.freedom == 11


def test_a_value_that_hangs_on_what_the_rows_did_not_move() -> None:
    problem = problem_of({"x": X, "z": np.where(X > 2, 0.0, -1.0), "y": 6 * X + 0.1 * NOISE}, test_fraction=0)
    law = law_of(problem, "k*x + k1*(z + abs(z))")
    band = band_of(law, problem, {"x": [1.0, 1.0], "z": [-1.0, 1.0]})
    assert np.isfinite(band.mean_error[0])
    assert band.mean_error[1] == np.inf


def test_a_constant_on_its_bound_is_taken_as_given() -> None:
    fitter = fitter_of({"x": X, "y": 2 * X - 1 + 0.1 * NOISE}, "b*x + a", ["b", "a"], bounds={"a": [0, None]})
    problem, law = fitter.problem, law_of_fitter(fitter)
    band = band_of(law, problem, {"x": NEW})
    through_zero = problem_of({"x": X, "y": 2 * X - 1 + 0.1 * NOISE}, test_fraction=0)
    alone = band_of(law_of(through_zero, "k*x"), through_zero, {"x": NEW})
    np.testing.assert_allclose(band.measurement_error, alone.measurement_error, rtol=1e-6)


def test_undefined_rows_and_no_rows() -> None:
    problem = problem_of({"x": X, "y": 3 * np.sqrt(X) + 0.1 * NOISE}, test_fraction=0)
    law = law_of(problem, "k*sqrt(x)")
    band = band_of(law, problem, {"x": [-1.0, 1.0]})
    for values in (band.values, band.mean_error, band.scatter):
        assert np.isnan(values[0]) and np.isfinite(values[1])
    assert band_of(law, problem, {"x": np.array([])}).measurement_error.shape == (0,)


def test_as_many_constants_as_rows_know_no_scatter() -> None:
    problem = problem_of({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 3.0, 2.0, 5.0]}, test_fraction=0)
    band = band_of(law_of(problem, "k + k1*x + k2*x**2 + k3*x**3"), problem, {"x": [2.5]})
    assert band.freedom == 0
    assert np.isnan(band.scatter).all()


# ------------------------------------------------------------------------------------------------- simulations

N_TABLES, N_NEW = 100, 50
"""Tables and new measurements of each: 5,000 measurements, of which 68 % are known to 1 % or so, as the law's error is
shared by a table's rows; of true values they are known to 5 %, as if each table were one."""


def shares(truth: Truth, stated: bool, n_rows: int) -> dict[tuple[float, str], float]:
    """Of new measurements, and of true values, the parts that lie in bands of 68 % and 95 %."""
    rng, inside = np.random.default_rng(11), []
    for _ in range(N_TABLES):
        problem = truth.problem(n_rows, stated, rng, guessed=True)
        law, name = fitted_law(problem, truth), problem.inputs[0]
        x = rng.uniform(truth.low, truth.high, N_NEW)
        exact, known = truth.exact(x), truth.exact(problem.table[name].user_numbers)
        spread = truth.noise * np.max(np.abs(known)) * (rng.uniform(0.5, 1.5, N_NEW) if stated else 1.0)
        measured = exact + spread * rng.normal(size=N_NEW)
        band = band_of(law, problem, {name: x})
        inside.append({
            (level, of): _held(band, values, level, of)
            for level in (0.68, 0.95) for of, values in (("measurement", measured), ("law", exact))
        })  # fmt: skip
    return {key: float(np.mean([one[key] for one in inside])) for key in inside[0]}


def _held(band: Band, values: np.ndarray, level: float, of: Any) -> float:
    lower, upper = band.ends(level, of)
    return float(np.mean((lower <= values) & (values <= upper)))


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
@pytest.mark.parametrize(("stated", "n_rows"), [(False, 10), (True, 40)])
def test_so_many_measurements_lie_within(truth: Truth, stated: bool, n_rows: int) -> None:
    found = shares(truth, stated, n_rows)
    assert found[0.68, "measurement"] == pytest.approx(0.68, abs=0.03)
    assert found[0.95, "measurement"] == pytest.approx(0.95, abs=0.02)
    assert found[0.68, "law"] == pytest.approx(0.68, abs=0.1)
    assert found[0.95, "law"] == pytest.approx(0.95, abs=0.05)
