"""Another law of the front predicts, scores and is reported, when a user says so; and no law of another problem."""

from __future__ import annotations

import itertools
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import symreg as sr

X = pd.DataFrame({"x": np.linspace(1.0, 10.0, 16)})
Y = pd.Series(3 * X["x"] + 0.3 * np.sqrt(X["x"]) + 0.1 * np.sin(9 * X["x"]), name="y")


def quick(**parameters: Any) -> sr.SymbolicRegressor:
    budget = sr.Budget(time=None, evaluations=2_000)
    settled: dict[str, Any] = {"budget": budget, "backend": sr.Native(threads=1), "max_complexity": 5}
    settled |= {"units": {"x": "m", "y": "s"}, "random_state": 0, "free_constants": "inferred", "operators": ["+", "*"]}
    return sr.SymbolicRegressor(**{**settled, **parameters})


@pytest.fixture(scope="module")
def fitted() -> sr.SymbolicRegressor:
    return quick().fit(X, Y)


@pytest.fixture
def model(fitted: sr.SymbolicRegressor) -> sr.SymbolicRegressor:
    copy: sr.SymbolicRegressor = pickle.loads(pickle.dumps(fitted))
    return copy


def test_one_prediction_by_another_law(model: sr.SymbolicRegressor) -> None:
    simplest = model.front_[0]
    expected = simplest.predict(X)
    for choice in (simplest.complexity, "#1", simplest):
        np.testing.assert_array_equal(model.predict(X, law=choice), expected)
    values, error = model.predict(X, return_std=True, law="#1")
    np.testing.assert_array_equal(values, expected)
    assert (error > model.predict(X, return_std=True)[1]).all()
    assert model.best_ is model.front_.best and not np.array_equal(model.predict(X), expected)


def test_use_sets_what_predicts_scores_and_is_reported(model: sr.SymbolicRegressor, tmp_path: Path) -> None:
    before, score = model.best_, model.score(X, Y)
    assert model.use("#1") is model
    assert model.best_ is model.front_[0] is model.discovery_.front.best
    np.testing.assert_array_equal(model.predict(X), model.front_[0].predict(X))
    assert model.score(X, Y) < score
    page = model.report(tmp_path / "law.md").read_text(encoding="utf-8")
    assert "this law was chosen by hand" in page
    assert model.use("best").best_ == before
    page = model.report(tmp_path / "law.md").read_text(encoding="utf-8")
    assert "chosen by hand" not in page


def test_a_law_under_other_names_stays_in_use(model: sr.SymbolicRegressor) -> None:
    names = {one.name: f"a{place}" for place, one in enumerate(model.best_.constants) if one.kind == "free"}
    model.use(model.best_.rename_constants(names))
    assert "a0" in model.best_.formula and "a0" in str(model.front_) and "a0" in model.best_.to("c")
    assert {one.name for one in model.intervals(method="wald")} == set(names.values())
    assert "a0" in pickle.loads(pickle.dumps(model)).best_.formula


def test_a_law_of_another_problem_is_refused(model: sr.SymbolicRegressor) -> None:
    other = quick(units={"x": "km", "y": "s"}).fit(X, Y)
    for ask in (lambda: model.use(other.best_), lambda: model.predict(X, law=other.best_)):
        with pytest.raises(sr.EstimatorError, match=r"for the inputs x \[km\], and this problem has x \[m\]"):
            ask()
    with pytest.raises(sr.EstimatorError, match="there is no law of complexity 99 on the front"):
        model.use(99)


@pytest.mark.parametrize("choice", ["accuracy", "score", 1])
def test_model_selection_is_a_parameter_of_the_fit(fitted: sr.SymbolicRegressor, choice: str | int) -> None:
    model = quick(model_selection=choice).fit(X, Y)
    assert [law.formula for law in model.front_] == [law.formula for law in fitted.front_]
    assert model.best_ is model.front_.best is model.front_.choose(choice)
    assert model.front_.choose("best").formula == fitted.best_.formula
    assert clone(model).model_selection == choice


def test_a_model_selection_that_is_not_there_loses_no_search() -> None:
    model = quick(model_selection=4)
    with pytest.raises(sr.EstimatorError, match=r"(?s)model_selection: there is no law of complexity 4.*front_ has"):
        model.fit(X, Y)
    assert len(model.use("best").predict(X)) == len(X)


@pytest.mark.parametrize("wrong", ["nicest", 0, 2.5, True, None])
def test_a_wrong_model_selection_is_told_before_the_search(wrong: Any) -> None:
    with pytest.raises(sr.EstimatorError, match=r"model_selection is .* 'best', 'accuracy', 'score' or a complexity"):
        quick(model_selection=wrong, budget=1e6).fit(X, Y)


def test_the_course_of_the_search_ends_with_its_law(fitted: sr.SymbolicRegressor) -> None:
    history = fitted.discovery_.history
    assert history[-1].formula == fitted.best_.formula and history[-1].error == fitted.best_.held_out.rmse
    assert all(one.seconds <= other.seconds for one, other in itertools.pairwise(history))
    assert list(pd.DataFrame(history).columns) == ["seconds", "evaluated", "complexity", "error", "formula"]


def test_names_of_constants_are_given_to_the_fit() -> None:
    model = quick(free_constants={"units": "inferred", "names": {"slope": "s/m"}}).fit(X, Y)
    assert any(law.formula == "slope*x" for law in model.front_)
