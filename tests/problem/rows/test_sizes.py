"""The trend of a target: near the truth however the errors scatter, and none where it would be made up."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from symreg import make_problem, read_table
from symreg.engine import get_engine
from symreg.fitting.fitter import make_fitter
from symreg.formula.grammar import parse
from symreg.problem.candidate import FreeConstant
from symreg.problem.natural_units import choose_natural_units
from symreg.problem.problem import Problem
from symreg.problem.rows.sizes import sizes_of, trend
from symreg.units.dimension import DIMENSIONLESS

Floats = npt.NDArray[np.float64]


def power_law(n_rows: int, part: float, seed: int = 0) -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(seed)
    inputs = 1 + np.abs(rng.normal(size=(3, n_rows)))
    true = 13 * inputs[0] ** 1.6 * inputs[1] / inputs[2] ** 1.8
    return inputs, true, true * (1 + part * rng.normal(size=n_rows))


@pytest.mark.parametrize("part", [0.02, 0.1, 0.4])
@pytest.mark.parametrize("is_told", [False, True])
@pytest.mark.parametrize("sign", [1, -1])
def test_it_is_near_the_law_itself(part: float, is_told: bool, sign: int) -> None:
    inputs, true, measured = power_law(400, part)
    assert (measured < 0).any() == (part == 0.4)
    found = trend(inputs, sign * measured, part if is_told else None)
    assert found is not None
    assert np.std(np.log(found / true)) < 0.3 * part
    assert abs(np.mean(np.log(found / true))) < 0.2 * part


@pytest.mark.parametrize("share", [None, 0.1])
def test_there_is_none_where_values_change_sign_or_rows_are_few(share: float | None) -> None:
    x = np.linspace(0.1, 10, 200)[None]
    assert trend(x, np.sin(5 * x[0]), share) is None
    assert trend(x[:, :3], x[0, :3], share) is None
    assert sizes_of(x, np.sin(5 * x[0]), share) == pytest.approx(np.abs(np.sin(5 * x[0])))


def test_many_rows_are_looked_at_in_parts() -> None:
    inputs, true, measured = power_law(23_456, 0.2)
    found = trend(inputs, measured, 0.2)
    assert found is not None and found.shape == true.shape
    assert np.std(np.log(found / true)) < 0.02


def test_a_target_around_zero_has_none() -> None:
    x = np.linspace(1, 2, 40)[None]
    assert trend(x, np.tile([1.0, -1.0], 20)) is None
    assert trend(np.ones((1, 40)), np.zeros(40)) is None


def test_an_input_that_stays_or_is_not_positive_does_no_harm() -> None:
    x = np.linspace(-2, 2, 100)
    found = trend(np.array([x, np.full(100, 3.0)]), 5 * np.exp(x), 0.01)
    assert found == pytest.approx(5 * np.exp(x))


# ------------------------------------------------------------------------------------------------------ of a problem


def problem_of(n_rows: int, seed: int, **options: Any) -> Problem:
    """y = 5 x, measured to 30 % of each value."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 4, n_rows)
    y = 5 * x * (1 + 0.3 * rng.normal(size=n_rows))
    table = read_table({"x": x, "y": y}, target="y", sigma={"y": "30 %"})
    return make_problem(table, **options)


def factor_of(problem: Problem) -> tuple[float, float]:
    """``k`` of ``k*x``, and its standard error."""
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    tree = parse("k*x", variables=("x",), constants=("k",))
    found = fitter.fit([(tree, (FreeConstant("k", DIMENSIONLESS, 1.0),))])[0]
    assert found is not None
    return float(found.values[0]), float(np.sqrt(found.covariance[0, 0]))


def test_errors_in_per_cent_leave_the_factor_where_it_is() -> None:
    """Weighed by the measured values it would be 0.18 of itself too small, ten of its errors."""
    pulls = []
    for seed in range(20):
        value, error = factor_of(problem_of(300, seed, test_fraction=0.0, folds=5))
        pulls.append((value - 5) / error)
    assert abs(np.mean(pulls)) < 1.0
    assert np.std(pulls) < 1.6


def test_rows_that_are_held_out_do_not_weigh_the_others() -> None:
    problem = problem_of(120, 0)
    values = problem.target_column.values.copy()
    values[problem.held_out_rows] *= 3
    table = read_table({"x": problem.table["x"].values, "y": values}, target="y", sigma={"y": "30 %"})
    other = make_problem(table)
    assert (other.train_rows == problem.train_rows).all()
    assert other.weights(other.train_rows) == pytest.approx(problem.weights(problem.train_rows))
