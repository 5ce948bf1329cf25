"""``predict(X, return_std=True)``: the standard deviation of a new measurement, as scikit-learn's ``BayesianRidge``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import BayesianRidge

import symreg as sr

LENGTHS = np.linspace(0.2, 2.5, 60)
NOISE = 0.03


def line(**options: Any) -> tuple[sr.SymbolicRegressor, pd.DataFrame, pd.Series[Any]]:
    y = 3.0 * LENGTHS + 1.0 + NOISE * np.random.default_rng(2).normal(size=60)
    X = pd.DataFrame({"L [m]": LENGTHS})
    model = sr.SymbolicRegressor(
        target="T = a*L + b", parameters=["a", "b"], units={"T": "s"}, test_fraction=0, random_state=0
    )
    return model.fit(X, pd.Series(y, name="T"), **options), X, pd.Series(y)


def test_values_and_deviations_have_the_shape_of_the_rows() -> None:
    model, X, _ = line()
    values, deviations = model.predict(X, return_std=True)
    np.testing.assert_array_equal(values, model.predict(X))
    assert deviations.shape == (60,) and deviations == pytest.approx(NOISE, rel=0.3)


def test_it_is_what_a_bayesian_line_says() -> None:
    model, X, y = line()
    ours = model.predict(X, return_std=True)[1]
    theirs = BayesianRidge(alpha_1=0, alpha_2=0, lambda_1=0, lambda_2=0).fit(X.to_numpy(), y)
    np.testing.assert_allclose(ours, theirs.predict(X.to_numpy(), return_std=True)[1], rtol=0.03)


def test_it_is_in_the_unit_of_the_target_whatever_the_columns_unit() -> None:
    model, X, _ = line()
    centimetres = 100 * X
    centimetres.attrs["units"] = {"L [m]": "cm"}
    np.testing.assert_allclose(model.predict(centimetres, return_std=True)[1], model.predict(X, return_std=True)[1])


def test_so_many_new_measurements_lie_within_one_and_two() -> None:
    model, X, _ = line()
    values, deviations = model.predict(X, return_std=True)
    fresh = 3.0 * LENGTHS + 1.0 + NOISE * np.random.default_rng(8).normal(size=(400, 60))
    apart = np.abs(fresh - values) / deviations
    assert np.mean(apart < 1) == pytest.approx(0.68, abs=0.06)  # the scatter is known to a tenth from 60 rows
    assert np.mean(apart < 1.96) == pytest.approx(0.95, abs=0.03)


def test_a_search_that_finds_the_form_by_itself_knows_the_scatter_too() -> None:
    rng = np.random.default_rng(4)
    L = rng.uniform(0.2, 2.5, 80)
    T = 2 * np.pi * np.sqrt(L / 9.80665) + 0.02 * rng.normal(size=80)
    model = sr.SymbolicRegressor(
        units={"L": "m", "T": "s"}, constants=["g_n"], budget=sr.Budget(time=None, evaluations=5_000),
        backend=sr.Native(threads=1), random_state=0,
    )  # fmt: skip
    model.fit(pd.DataFrame({"L": L}), pd.Series(T, name="T"))
    fresh = rng.uniform(0.2, 2.5, 2000)
    measured = 2 * np.pi * np.sqrt(fresh / 9.80665) + 0.02 * rng.normal(size=2000)
    values, deviations = model.predict(pd.DataFrame({"L": fresh}), return_std=True)
    assert np.mean(np.abs(measured - values) < deviations) == pytest.approx(0.68, abs=0.08)


def test_a_stated_uncertainty_is_that_of_a_new_measurement() -> None:
    model, X, _ = line(sigma=0.5)
    assert np.all(model.predict(X, return_std=True)[1] >= 0.5)
