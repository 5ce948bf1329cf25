"""Fits within bounds and at whole numbers, against linear programs' own solver and against trying everything."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from symreg.engine import get_engine
from symreg.fitting.bounds import holding
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import Fitter, make_fitter
from symreg.formula.expression import constants_of
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS


def fitter_of(data: dict[str, Any], formula: str, names: list[str], **free_constants: Any) -> Fitter:
    """A fitter of a problem with one guess; the target is ``y``, its uncertainty ``s`` if there is one."""
    sigma = {"y": "s"} if "s" in data else {}
    table = read_table(data, target="y", units=dict.fromkeys(data, "1"), sigma=sigma)
    problem = make_problem(
        table,
        free_constants={"units": "dimensionless", **free_constants},
        guesses=[{"formula": formula, "constants": names}],
        test_fraction=0,
    )
    return make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)


def fit(fitter: Fitter, **starts: float) -> Fitted:
    tree = fitter.problem.guesses[0]
    constants = [FreeConstant(n, DIMENSIONLESS, starts.get(n, 1.0)) for n in constants_of(tree) if n != "pi"]
    fitted = fitter.fit([(tree, constants)])[0]
    assert fitted is not None
    return fitted


def values(fitted: Fitted) -> dict[str, float]:
    return dict(zip(fitted.names, fitted.values.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("weighted", [False, True])
def test_linear_fits_against_bounded_least_squares(seed: int, weighted: bool) -> None:
    """Three terms, of which chance puts some on their bounds."""
    rng = np.random.default_rng(seed)
    x, z = rng.uniform(1, 3, 30), rng.uniform(1, 3, 30)
    y = rng.normal() + rng.normal() * x + rng.normal() * z + 0.1 * rng.normal(size=30)
    spread = rng.uniform(0.05, 0.3, 30)
    data = {"x": x, "z": z, "y": y} | ({"s": spread} if weighted else {})
    bounds = {"a": [-0.5, 0.5], "b": [0, None], "c": [None, 0.2]}
    fitter = fitter_of(data, "a + b*x + c*z", ["a", "b", "c"], bounds=bounds)
    fitted = fit(fitter)
    root = 1 / spread if weighted else np.ones(30)
    design = np.column_stack([np.ones(30), x, z]) * root[:, None]
    twin = lsq_linear(design, y * root, ([-0.5, 0, -np.inf], [0.5, np.inf, 0.2]), tol=1e-14)
    np.testing.assert_allclose(fitted.values, twin.x, rtol=1e-6, atol=1e-7)
    assert fitted.residual_sum == pytest.approx(2 * twin.cost, rel=1e-9)
    on_bound = [name for name, side in zip("abc", twin.active_mask, strict=True) if side]
    assert sorted(fitted.held) == sorted(on_bound)
    assert np.isnan(fitted.stderr[~fitted.is_loose]).all()
    assert np.isfinite(fitted.stderr[fitted.is_loose]).all()


def test_errors_of_the_others_take_the_bound_as_given() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 3, 40)
    y = -1 + 2 * x + 0.1 * rng.normal(size=40)
    fitted = fit(fitter_of({"x": x, "y": y}, "a + b*x", ["a", "b"], bounds={"a": [0, None]}))
    slope = float(x @ y / (x @ x))
    error = math.sqrt(float(np.sum((y - slope * x) ** 2)) / 39 / float(x @ x))
    assert fitted.held == ("a",)
    assert fitted.values == pytest.approx([0.0, slope], rel=1e-9)
    assert fitted.stderr[1] == pytest.approx(error, rel=1e-9)
    assert np.isfinite(fitted.information).all()
    assert fitted.information[1] == pytest.approx(error**-2, rel=1e-9)


def test_a_fit_within_its_bounds_is_left_alone() -> None:
    x = np.linspace(1, 3, 30)
    y = 1 + 2 * x + 0.1 * np.sin(40 * x)
    free = fit(fitter_of({"x": x, "y": y}, "a + b*x", ["a", "b"]))
    bounded = fit(fitter_of({"x": x, "y": y}, "a + b*x", ["a", "b"], bounds={"a": [0, 5]}))
    assert np.array_equal(free.values, bounded.values) and np.array_equal(free.covariance, bounded.covariance)
    assert bounded.held == ()


def test_a_bend_is_followed_along_the_bound() -> None:
    """A decay whose lifetime is bounded: the amplitude is that of least squares at this lifetime."""
    t = np.linspace(0, 6, 40)
    y = 5 * np.exp(-t / 2.0) + 0.01 * np.cos(9 * t)
    fitted = fit(fitter_of({"t": t, "y": y}, "A*exp(-t/tau)", ["A", "tau"], bounds={"tau": [0.5, 1.5]}))
    shape = np.exp(-t / 1.5)
    assert values(fitted)["tau"] == 1.5
    assert values(fitted)["A"] == pytest.approx(float(shape @ y / (shape @ shape)), rel=1e-9)


def test_a_bound_keeps_a_formula_in_its_domain() -> None:
    """Without the bound the start is undefined, with it the logarithm has an argument."""
    x = np.linspace(1, 3, 30)
    fitted = fit(fitter_of({"x": x, "y": 2 * np.log(x + 0.5)}, "a*log(x + b)", ["a", "b"], bounds={"b": [0, 4]}), b=1.0)
    assert fitted.values == pytest.approx([2.0, 0.5], rel=1e-8)


@pytest.mark.parametrize("true", [1, 2, 3, 5])
def test_whole_numbers_against_trying_all(true: int) -> None:
    """An exponent between noise: the best of all whole ones, with the factor refitted at each."""
    rng = np.random.default_rng(true)
    x = rng.uniform(1, 2, 40)
    y = 3 * x**true * (1 + 0.1 * rng.normal(size=40))
    fitted = fit(fitter_of({"x": x, "y": y}, "a*x**n", ["a", "n"], integer=["n"]), n=2.0)
    sums = {}
    for n in range(-3, 9):
        factor = float(x**n @ y / (x**n @ x**n))
        sums[n] = (float(np.sum((y - factor * x**n) ** 2)), factor)
    best = min(sums, key=lambda n: sums[n][0])
    assert values(fitted)["n"] == best
    assert values(fitted)["a"] == pytest.approx(sums[best][1], rel=1e-9)
    assert fitted.residual_sum == pytest.approx(sums[best][0], rel=1e-9)
    assert fitted.held == ("n",)


def test_two_whole_numbers_against_trying_all() -> None:
    """Correlated exponents, whose nearest whole numbers are not the best ones."""
    rng = np.random.default_rng(5)
    x = rng.uniform(1, 2, 30)
    z = x * (1 + 0.1 * rng.normal(size=30))
    y = x**2 * z**3 * (1 + 0.15 * rng.normal(size=30))
    bounds = {"n": [-4, 9], "m": [-4, 9]}
    fitted = fit(
        fitter_of({"x": x, "z": z, "y": y}, "a*x**n*z**m", ["a", "n", "m"], bounds=bounds, integer=["n", "m"]),
        n=2.0, m=2.0,
    )  # fmt: skip
    least = math.inf
    for n, m in itertools.product(range(-4, 10), repeat=2):
        shape = x**n * z**m
        rest = y - float(shape @ y / (shape @ shape)) * shape
        least = min(least, float(rest @ rest))
    assert set(fitted.held) == {"n", "m"}
    assert fitted.residual_sum <= 1.02 * least
    assert all(value == round(value) for name, value in values(fitted).items() if name != "a")


def test_whole_numbers_stay_within_their_bounds() -> None:
    x = np.linspace(1, 2, 30)
    fitted = fit(fitter_of({"x": x, "y": 3 * x**4}, "a*x**n", ["a", "n"], bounds={"n": [0, 3]}, integer=["n"]), n=2.0)
    assert values(fitted)["n"] == 3


def test_holding_is_a_fit_of_the_rest() -> None:
    rng = np.random.default_rng(2)
    x = rng.uniform(1, 3, 25)
    y = 1 + 2 * x + 0.1 * rng.normal(size=25)
    fitter = fitter_of({"x": x, "y": y}, "a + b*x", ["a", "b"])
    found = holding(fitter, fit(fitter), {"b": 1.5})
    assert found is not None and found.held == ("b",)
    assert values(found) == pytest.approx({"a": float(np.mean(y - 1.5 * x)), "b": 1.5})


def test_nothing_is_found_where_the_formula_is_undefined_within_bounds() -> None:
    x = np.linspace(1, 3, 30)
    fitter = fitter_of({"x": x, "y": np.log(x + 2)}, "a*log(x + b)", ["a", "b"], bounds={"b": [-9, -8]})
    tree = fitter.problem.guesses[0]
    constants = [FreeConstant(name, DIMENSIONLESS, 1.0) for name in ("a", "b")]
    assert fitter.fit([(tree, constants)]) == [None]
