"""Errors as instruments state them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import symreg as sr
from symreg.errors import SpecificationError, SymregError
from symreg.experiment.specification import specification_of
from symreg.tables.error_model import ErrorModel, read_error_model

X = np.linspace(1.0, 50.0, 60)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("5 %", ErrorModel(relative=0.05)),
        ({"relative": "5 %"}, ErrorModel(relative=0.05)),
        ({"relative": 0.05, "floor": 0.1}, ErrorModel(0.05, 0.1)),
        ("Poisson", ErrorModel(poisson=True)),
        ({"poisson": True, "floor": 2}, ErrorModel(floor=2, poisson=True)),
        (ErrorModel(floor=1.0), ErrorModel(floor=1.0)),
        (0.3, None),
        ("sigma_y", None),
    ],
)
def test_what_is_said_is_read(said: Any, means: ErrorModel | None) -> None:
    assert read_error_model(said) == means


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"relativ": 0.1}, "did you mean 'relative'?"),
        ({"relative": -0.1}, "relative=-0.1: give a number from 0"),
        ({"floor": "much"}, "floor='much': give a number from 0"),
        ({"poisson": 1}, "poisson=1: give true or false"),
        ({}, "an error of nothing"),
        ({"relative": float("nan")}, "relative=nan"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(said: Any, sentence: str) -> None:
    with pytest.raises(SymregError, match=None) as told:
        sr.read_table({"x": X, "y": X}, target="y", sigma={"y": said})
    assert sentence in str(told.value) and "'y'" in str(told.value)


def test_errors_in_the_columns_unit_and_in_si() -> None:
    table = sr.read_table({"x": X, "y [mV]": 3 * X}, target="y", sigma={"y": {"relative": "2 %", "floor": 0.5}})
    expected = np.sqrt((0.02 * 3 * X) ** 2 + 0.5**2)
    assert table["y"].user_sigma == pytest.approx(expected)
    assert table["y"].sigma == pytest.approx(1e-3 * expected)


def test_counts_have_the_error_of_counts() -> None:
    counts = np.array([0.0, 1.0, 9.0, 400.0])
    table = sr.read_table({"x": X[:4], "n": counts}, target="n", sigma={"n": "poisson"})
    assert table["n"].sigma == pytest.approx([1.0, 1.0, 3.0, 20.0])
    for columns, part in (({"x": X, "n [V]": X}, "in 'V'"), ({"x": X, "n": X - 2}, "below zero (rows 1, 2)")):
        with pytest.raises(SymregError) as told:
            sr.read_table(columns, target="n", sigma={"n": "poisson"})
        assert part in str(told.value)


def test_a_column_may_be_called_poisson() -> None:
    table = sr.read_table({"x": X, "poisson": X / 10, "y": X}, target="y", sigma={"y": "poisson"})
    assert table["y"].sigma == pytest.approx(X / 10)


def test_the_size_is_that_of_the_trend_and_not_of_the_reading() -> None:
    """A row that came out low by chance counts no more than its neighbours."""
    rng = np.random.default_rng(2)
    truth = 1000.0 * np.exp(-X / 20)
    table = sr.read_table({"x": X, "n": rng.poisson(truth).astype(float)}, target="n", sigma={"n": "poisson"})
    problem = sr.make_problem(table)
    found = problem.sigma(problem.train_rows)
    assert found is not None
    ratio = found / np.sqrt(truth[problem.train_rows])
    assert ratio.min() > 0.75 and ratio.max() < 1.25


def test_files_say_it_too() -> None:
    def read(said: str) -> object:
        text = f"version: 1\nname: a\ndata: {{file: a.csv, target: y}}\ncolumns: {{y: {{sigma: {said}}}}}\n"
        return specification_of(text).columns["y"].sigma

    assert read("{relative: 5 %, floor: 0.1}") == {"relative": "5 %", "floor": 0.1}
    assert read("poisson") == "poisson"
    with pytest.raises(SpecificationError, match="did you mean 'floor'"):
        read("{flor: 0.1}")


def test_the_estimator_takes_it() -> None:
    frame, y = pd.DataFrame({"x": X}), 2.0 * X + 1
    model = sr.SymbolicRegressor(budget=sr.Budget(time=None, evaluations=2_000))
    for said in ("5 %", {"relative": 0.05}, ErrorModel(relative=0.05)):
        model.fit(frame, y, sigma=said)
        assert model.problem_.target_column.errors == ErrorModel(relative=0.05)


@pytest.mark.parametrize(
    ("said", "sigma"),
    [
        ({"relative": "3 %", "floor": 2.0}, lambda y: np.sqrt((0.03 * y) ** 2 + 2.0**2)),
        ("poisson", np.sqrt),
        ("3 %", lambda y: 0.03 * y),
    ],
)
def test_intervals_hold_what_they_state(said: Any, sigma: Any) -> None:
    """A decay's constants in 60 made tables: as often within one of their stated errors as normal errors are."""
    inside, tables = 0, 60
    for seed in range(tables):
        rng = np.random.default_rng(seed)
        truth = 800.0 * np.exp(-X / 20.0)
        y = rng.poisson(truth).astype(float) if said == "poisson" else truth + sigma(truth) * rng.normal(size=len(X))
        table = sr.read_table({"x": X, "y": y}, target="y", sigma={"y": said})
        form = {"a": {"start": 700.0}, "b": {"start": 15.0}}
        problem = sr.make_problem(table, target="y = a*exp(-x/b)", parameters=form, test_fraction=0.0)
        law = sr.discover(problem, budget=sr.Budget(time=None, evaluations=1), backend=sr.Native(threads=1)).front.best
        inside += sum(abs(k.value - true) < k.stderr for k, true in zip(law.constants, (800.0, 20.0), strict=True))
    assert 0.58 < inside / (2 * tables) < 0.78
