"""The door for scikit-learn: its own checks, units from every source, and what is learned."""

from __future__ import annotations

import dataclasses
import importlib
import pickle
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pint_pandas  # noqa: F401  (registers the dtype)
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

import symreg as sr
from symreg.formula.expression import Apply, Constant, Variable
from symreg.units.dimension import Dimension
from symreg.units.reading import combine_units

QUICK = sr.Budget(time=None, evaluations=2_000)
UNITS = {"L": "m", "m": "kg", "T": "s"}


def quick(**parameters: Any) -> sr.SymbolicRegressor:
    """Settings with which a search is a matter of a second, and repeats exactly."""
    settled = {"budget": QUICK, "backend": sr.Native(threads=1), "max_complexity": 6, "random_state": 0}
    return sr.SymbolicRegressor(**{**settled, **parameters})


def pendulum(n_rows: int = 24) -> pd.DataFrame:
    """Periods of pendulums; the mass has no say in it."""
    rng = np.random.default_rng(1)
    length, mass = rng.uniform(0.1, 2.0, n_rows), rng.uniform(0.5, 3.0, n_rows)
    return pd.DataFrame({"L": length, "m": mass, "T": 2 * np.pi * np.sqrt(length / 9.80665)})


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series[Any]]:
    return frame[["L", "m"]], frame["T"]


@pytest.fixture(scope="module")
def fitted() -> sr.SymbolicRegressor:
    return quick(units=UNITS, constants=["g_n"]).fit(*split(pendulum()))


# --------------------------------------------------------------------------------- scikit-learn's own checks


def not_a_count_of_rows(estimator: Any) -> dict[str, str]:
    """A weight says how exact a row is, as an error does: two rows tell more of a form than one of weight two."""
    return {"check_sample_weight_equivalence_on_dense_data": not_a_count_of_rows.__doc__ or ""}


@parametrize_with_checks([quick()], expected_failed_checks=not_a_count_of_rows)  # type: ignore[untyped-decorator]
def test_scikit_learn_finds_no_fault(
    estimator: Any, check: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # without it one of the checks skips itself
    check(estimator)


# --------------------------------------------------------------------------------------------- with a search


def test_a_law_of_nature_comes_out(fitted: sr.SymbolicRegressor) -> None:
    frame = pendulum()
    np.testing.assert_allclose(fitted.predict(frame[["L", "m"]]), frame["T"], rtol=1e-6)
    assert set(fitted.best_.input_units) == {"L", "m"} and "m" not in str(fitted.best_.formula)
    assert fitted.best_.unit.text == "s" and fitted.best_.dimension_ok
    assert fitted.front_ is fitted.discovery_.front and fitted.best_ is fitted.front_.best
    assert fitted.problem_ is fitted.discovery_.problem and fitted.problem_.seed == 0
    assert fitted.score(*split(frame)) > 0.999999
    assert list(fitted.feature_names_in_) == ["L", "m"]


def test_the_five_lines_of_the_documentation(tmp_path: Path) -> None:
    pendulum().rename(columns={"L": "L [m]", "m": "m [kg]", "T": "T [s]"}).to_csv(
        tmp_path / "pendulum.csv", index=False
    )
    data = sr.read_table(tmp_path / "pendulum.csv", target="T")
    model = quick(units=data.units, constants=["g_n"]).fit(data.X, data.y)
    assert "sqrt" in str(model.front_)
    assert model.report(tmp_path / "pendulum.html").read_text(encoding="utf-8").count("<table") > 0
    assert "sqrt" in model.best_.to("fortran")


def test_one_seed_is_one_front(fitted: sr.SymbolicRegressor) -> None:
    again = clone(fitted).fit(*split(pendulum()))
    assert str(again.front_) == str(fitted.front_)


def test_a_fitted_model_can_be_pickled(fitted: sr.SymbolicRegressor) -> None:
    copy = pickle.loads(pickle.dumps(fitted))
    X, _ = split(pendulum())
    np.testing.assert_array_equal(copy.predict(X), fitted.predict(X))
    assert str(copy.front_) == str(fitted.front_) and copy.units == UNITS
    assert copy.problem_.table.units == fitted.problem_.table.units


def test_units_survive_grid_search_and_pipelines() -> None:
    frame = pendulum(40).assign(noise=1.0)
    chosen = ColumnTransformer([("keep", "passthrough", ["L", "m"])], verbose_feature_names_out=False)
    pipeline = Pipeline(
        [
            ("select", chosen.set_output(transform="pandas")),
            ("same", FunctionTransformer(feature_names_out="one-to-one").set_output(transform="pandas")),
            ("law", quick(units=UNITS, constants=["g_n"])),
        ]
    )
    search = GridSearchCV(pipeline, {"law__max_complexity": [6, 8]}, cv=2, error_score="raise")
    search.fit(frame.drop(columns="T"), frame["T"])
    law = search.best_estimator_.named_steps["law"]
    assert law.units == UNITS and law.best_.unit.text == "s"
    assert law.problem_.dimensions["L"] == Dimension.of(m=1)
    np.testing.assert_allclose(search.predict(frame.drop(columns="T")), frame["T"], rtol=1e-6)


# -------------------------------------------------------------------------- with a search that takes no time


class Searches(list[dict[str, Any]]):
    """What ``discover`` was asked, in the order of the questions."""

    @property
    def problem(self) -> sr.Problem:
        asked: sr.Problem = self[-1]["problem"]
        return asked

    @property
    def sigma(self) -> Any:
        return self.problem.target_column.sigma


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> Searches:
    """In place of the search: the target as ``k`` times the first input, whatever that is."""
    asked = Searches()

    def proportional(problem: sr.Problem, **given: Any) -> sr.Discovery:
        asked.append({"problem": problem, **given})
        law = proportional_law(problem)
        if given["observer"] is not None:
            given["observer"](progress(law))
        return discovery_of(problem, sr.ParetoFront((law,), 0))

    monkeypatch.setattr(importlib.import_module("symreg.discovery"), "discover", proportional)
    return asked


def proportional_law(problem: sr.Problem) -> sr.Law:
    from fractions import Fraction

    from symreg.laws.law import LawConstant, Score

    name, target = problem.inputs[0], problem.target_column
    column = problem.table[name]
    unit = combine_units([(target.unit, Fraction(1)), (column.unit, Fraction(-1))])
    slope = float(np.mean(target.user_numbers) / np.mean(column.user_numbers))
    score = Score(0.0, 1.0, 1)
    return sr.Law(
        expression=Apply("*", (Constant("k"), Variable(name))), formula=f"k*{name}", complexity=3,
        unit=target.unit, dimension_ok=True, train=score, held_out=score, description_length=1.0,
        constants=(LawConstant("k", slope, 0.0, unit),), target=problem.target,
        input_units={each: problem.table[each].unit for each in problem.inputs},
    )  # fmt: skip


def progress(law: sr.Law) -> Any:
    from symreg.discovery import Progress

    return Progress(0.1, 1234, 3, 2, sr.ParetoFront((law,), 0), "search")


def discovery_of(problem: sr.Problem, front: sr.ParetoFront) -> sr.Discovery:
    return sr.Discovery(
        problem=problem, front=front, status="finished", stop_reason="time budget spent",
        complete_to_complexity=3, pruned_by_dimension=0, evaluated=1, wall_seconds=0.0, engine="numpy",
        backend="native",
    )  # fmt: skip


def with_attrs(frame: pd.DataFrame) -> tuple[Any, Any]:
    frame.attrs["units"] = UNITS
    return split(frame)


def with_pint(frame: pd.DataFrame) -> tuple[Any, Any]:
    return split(frame.astype({name: f"pint[{unit}]" for name, unit in UNITS.items()}))


def with_headers(frame: pd.DataFrame) -> tuple[Any, Any]:
    frame = frame.rename(columns={name: f"{name} [{unit}]" for name, unit in UNITS.items()})
    return frame[["L [m]", "m [kg]"]], frame["T [s]"]


def with_column_for_target(frame: pd.DataFrame) -> tuple[Any, Any]:
    X, y = with_pint(frame)
    return X, y.to_frame()


@pytest.mark.parametrize("stated", [with_attrs, with_pint, with_headers])
def test_frames_may_state_their_units(searches: Searches, stated: Callable[..., tuple[Any, Any]]) -> None:
    X, y = stated(pendulum())
    model = sr.SymbolicRegressor().fit(X, y)
    assert searches.problem.table.units == {"L": "m", "m": "kg", "T": "s"}
    assert searches.problem.target == "T" and searches.problem.inputs == ("L", "m")
    assert model.predict(X).shape == y.shape
    assert list(model.feature_names_in_) == list(X.columns)


@pytest.mark.filterwarnings("ignore:A column-vector y was passed")
def test_a_frame_of_one_column_is_a_target_too(searches: Searches) -> None:
    sr.SymbolicRegressor().fit(*with_column_for_target(pendulum()))
    assert searches.problem.target_column.unit.text == "s"


def test_a_target_may_state_its_unit_as_a_text(searches: Searches) -> None:
    X, y = split(pendulum())
    y.attrs["units"] = "ms"
    sr.SymbolicRegressor(units={"L": "m", "m": "kg"}).fit(X, y)
    assert searches.problem.table["T"].unit.text == "ms"


def test_the_callers_data_are_left_as_they_are(searches: Searches) -> None:
    X, y = with_attrs(pendulum())
    before = X.copy()
    model = sr.SymbolicRegressor(units=UNITS).fit(X, y, sigma=np.full(len(y), 0.1))
    in_centimetres = X.copy()
    in_centimetres.attrs["units"] = {"L": "cm"}
    model.predict(in_centimetres)
    pd.testing.assert_frame_equal(X, before)
    pd.testing.assert_frame_equal(in_centimetres, before)
    assert X.attrs == {"units": UNITS} and list(X.columns) == ["L", "m"]


def test_arrays_are_plain_numbers_unless_units_are_given(searches: Searches) -> None:
    X, y = split(pendulum())
    sr.SymbolicRegressor().fit(X.to_numpy(), y.to_numpy())
    assert searches.problem.table.units == {name: "dimensionless" for name in ("x0", "x1", "y")}
    sr.SymbolicRegressor(units={"x0": "m", "P": "s"}, target="P").fit(X.to_numpy(), y.to_numpy())
    assert searches.problem.table.units == {"x0": "m", "x1": "dimensionless", "P": "s"}


def test_columns_with_numbers_for_names_are_counted(searches: Searches) -> None:
    X, y = split(pendulum())
    X = X.set_axis([5, 7], axis=1)
    X.attrs["units"] = {7: "kg"}
    sr.SymbolicRegressor().fit(X, y)
    assert searches.problem.table.units == {"x0": "dimensionless", "x1": "kg", "T": "dimensionless"}


def test_two_sources_that_disagree_are_an_error(searches: Searches) -> None:
    X, y = with_pint(pendulum())
    with pytest.raises(sr.TableError, match="units= says 'cm', but the pint dtype says 'm'"):
        sr.SymbolicRegressor(units={"L": "cm"}).fit(X, y)
    assert not searches


def test_units_of_columns_that_a_step_has_dropped_may_stay(searches: Searches) -> None:
    X, y = split(pendulum())
    sr.SymbolicRegressor(units=UNITS).fit(X[["L"]], y)
    assert searches.problem.table.units == {"L": "m", "T": "s"}


def test_a_misspelt_name_in_units_is_noticed(searches: Searches) -> None:
    X, y = split(pendulum())
    with pytest.raises(sr.EstimatorError) as caught:
        sr.SymbolicRegressor(units={"length": "m", "m": "kg", "T": "s"}).fit(X, y)
    assert str(caught.value) == (
        "units= names 'length', which is no column here, and 'L' has no unit. There are: L, m, T. "
        "The target is 'T'."
    )
    with pytest.raises(sr.EstimatorError, match=r"'T'.*'y' has no unit"):
        sr.SymbolicRegressor(units=UNITS).fit(X, y.to_numpy())
    assert not searches


def test_a_prediction_converts_what_states_another_unit(searches: Searches) -> None:
    X, y = split(pendulum())
    model = sr.SymbolicRegressor(units=UNITS).fit(X, y)
    expected = model.predict(X)
    in_pint = X.assign(L=pd.Series(X["L"] * 100, dtype="pint[cm]"))
    np.testing.assert_allclose(model.predict(in_pint), expected, rtol=1e-12)
    in_attrs = X.assign(m=X["m"] * 1000, L=X["L"] * 100)
    in_attrs.attrs["units"] = {"L": "cm", "m": "g"}
    np.testing.assert_allclose(model.predict(in_attrs), expected, rtol=1e-12)
    in_attrs.attrs["units"] = {"L": "s"}
    with pytest.raises(sr.EstimatorError, match="column 'L' is in 's', but at fit it was in 'm'"):
        model.predict(in_attrs)


def test_uncertainties_become_weights(searches: Searches) -> None:
    X, y = split(pendulum())
    spread = np.linspace(0.1, 0.2, len(y))
    sr.SymbolicRegressor(units={**UNITS, "T": "ms"}).fit(X, y, sigma=spread)
    np.testing.assert_allclose(searches.sigma, spread / 1000)
    assert list(searches.problem.inputs) == ["L", "m"]
    sr.SymbolicRegressor(units=UNITS).fit(X, y, sigma=0.5)
    np.testing.assert_allclose(searches.sigma, 0.5)
    in_units = pd.Series(spread * 1000, dtype="pint[ms]")
    sr.SymbolicRegressor(units=UNITS).fit(X.assign(sigma_T=1.0), y, sigma=in_units)
    np.testing.assert_allclose(searches.sigma, spread)
    assert list(searches.problem.inputs) == ["L", "m", "sigma_T"]
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        sr.SymbolicRegressor(units=UNITS).fit(X, y, sigma=spread[1:])
    with pytest.raises(sr.TableError, match="not positive"):
        sr.SymbolicRegressor(units=UNITS).fit(X, y, sigma=0.0)


def test_uncertainties_of_inputs(searches: Searches) -> None:
    X, y = split(pendulum())
    spread = np.linspace(0.01, 0.02, len(y))
    sr.SymbolicRegressor(units={**UNITS, "L": "cm"}).fit(X, y, sigma={"L": spread, "T": 0.5})
    np.testing.assert_allclose(searches.problem.table["L"].sigma, spread / 100)
    np.testing.assert_allclose(searches.sigma, 0.5)
    assert list(searches.problem.inputs) == ["L", "m"]
    with pytest.raises(sr.EstimatorError, match="sigma names a column 'l'"):
        sr.SymbolicRegressor(units=UNITS).fit(X, y, sigma={"l": 0.1})
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        sr.SymbolicRegressor(units=UNITS).fit(X, y, sigma={"L": spread[1:]})


def test_limits_and_offered_constants_reach_the_problem(searches: Searches) -> None:
    X, y = split(pendulum())
    free_constants = {"units": "inferred", "positive": True, "bounds": {"k": [0, 10]}}
    guesses = [{"formula": "k*sqrt(L/g_n)", "constants": ["k"]}]
    model = sr.SymbolicRegressor(units=UNITS, constants="auto", free_constants=free_constants, guesses=guesses)
    model.fit(X, y)
    assert searches.problem.free_constants.positive
    assert [limit.name for limit in searches.problem.free_constants.limits] == ["k"]
    assert "g_n" in searches.problem.offered
    assert clone(model).get_params()["free_constants"] == free_constants


def test_intervals_of_the_best_law() -> None:
    frame = pendulum()
    frame["T"] *= 1 + 0.01 * np.random.default_rng(0).normal(size=len(frame))
    model = quick(units=UNITS, free_constants="inferred").fit(*split(frame))
    profile, wald = model.intervals(), model.intervals(method="wald", level=0.95)
    assert [one.name for one in profile] == [one.name for one in model.best_.constants if one.kind == "free"]
    for one, other, constant in zip(profile, wald, model.best_.constants, strict=True):
        assert one.lower < constant.value < one.upper
        assert one.lower == pytest.approx(other.lower, rel=0.01)
    with pytest.raises(NotFittedError):
        quick().intervals()


def test_uncertainties_are_split_with_the_rows(searches: Searches) -> None:
    X, y = split(pendulum())
    spread = np.where(X["L"] > 1, 0.1, 0.2)
    model = sr.SymbolicRegressor(units=UNITS, random_state=0)
    cross_val_score(model, X, y, cv=3, params={"sigma": spread})
    assert len(searches) == 3
    for asked in searches:
        table = asked["problem"].table
        np.testing.assert_array_equal(table["T"].sigma, np.where(table["L"].values > 1, 0.1, 0.2))


def test_parameters_reach_the_problem_and_the_search(searches: Searches) -> None:
    backend = sr.Native(threads=1)
    sr.SymbolicRegressor(
        units=UNITS, constants=["g_n"], free_constants=["m", "s"], operators=["*", "/", "sqrt", "sin"],
        max_complexity=9, nested={"sin": {"sin": 0}}, guesses=["6.28*sqrt(L/g_n)"], backend=backend,
        budget=12.5, test_fraction=0.5, random_state=7,
    ).fit(*split(pendulum()))  # fmt: skip
    problem = searches.problem
    assert [constant.name for constant in problem.known_constants] == ["g_n"]
    assert problem.free_constants.policy == "declared"
    assert problem.operators == ("*", "/", "sqrt", "sin")
    assert problem.constraints.max_complexity == 9 and problem.constraints.nested == {"sin": {"sin": 0}}
    assert len(problem.guesses) == 1 and len(problem.held_out_rows) == 12
    assert problem.seed == searches[-1]["seed"] == 7 and problem.name == "T"
    assert searches[-1]["backend"] is backend and searches[-1]["budget"] == sr.Budget(time=12.5)


def test_folds_are_those_of_the_problem(searches: Searches) -> None:
    sr.SymbolicRegressor(units=UNITS, folds=4, random_state=0).fit(*split(pendulum()))
    assert searches.problem.judge == "4-fold" and searches.problem.held_out_rows.size == 0


def test_an_answer_is_examined_on_request(fitted: sr.SymbolicRegressor) -> None:
    assert fitted.discovery_.robustness is None
    examination = sr.Examination(resamples=10, time=None)
    model = clone(fitted).set_params(examination=examination).fit(*split(pendulum()))
    assert model.discovery_.robustness is not None
    assert model.discovery_.robustness == sr.examined(fitted.discovery_, examination).robustness


def test_seeds_are_drawn_where_none_is_given(searches: Searches) -> None:
    def seed(state: Any) -> int:
        sr.SymbolicRegressor(units=UNITS, random_state=state).fit(*split(pendulum()))
        return searches.problem.seed

    assert seed(np.int64(3)) == 3
    assert seed(np.random.RandomState(5)) == seed(np.random.RandomState(5))
    assert seed(None) >= 0


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"units": "m/s"}, "units is 'm/s', and must be a mapping"),
        ({"target": 3}, "target is 3, and must be a name or None"),
        ({"max_complexity": "long"}, "max_complexity is 'long', and must be a whole number"),
        ({"max_complexity": True}, "max_complexity is True, and must be a whole number"),
        ({"nested": ["sin"]}, "nested is .'sin'., and must be a mapping"),
        ({"backend": 3}, r"backend is 3, and must be a backend such as Native\(threads=2\), or its name"),
        ({"backend": "natve"}, "no backend is called 'natve'; did you mean native?"),
        ({"budget": "2 min"}, "budget is '2 min', and must be seconds or a Budget"),
        ({"test_fraction": "half"}, "test_fraction is 'half', and must be a number"),
        ({"examination": 50}, r"examination is 50, and must be None or such as Examination\(resamples=50\)"),
        ({"verbose": None}, "verbose is None, and must be 0 or 1"),
        ({"target": "L"}, "the target is called 'L', and so is a column of X"),
    ],
)
def test_a_wrong_parameter_is_told_in_a_sentence(
    searches: Searches, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        sr.SymbolicRegressor(**parameters).fit(*split(pendulum()))
    assert isinstance(caught.value, sr.EstimatorError) and not searches


@pytest.mark.parametrize("parameters", [{"budget": 0.0}, {"test_fraction": 2.0}, {"random_state": -1}])
def test_a_number_out_of_range_is_told_before_the_search(
    searches: Searches, parameters: dict[str, Any]
) -> None:
    with pytest.raises(sr.SymregError):
        sr.SymbolicRegressor(units=UNITS, **parameters).fit(*split(pendulum()))
    assert not searches


def test_what_the_units_forbid_is_told_before_the_search(searches: Searches) -> None:
    with pytest.raises(sr.InfeasibleError, match=r"time \(s\) is missing"):
        sr.SymbolicRegressor(units=UNITS, free_constants="dimensionless").fit(*split(pendulum()))
    with pytest.raises(sr.UnitError, match="mm"):
        sr.SymbolicRegressor(units={**UNITS, "L": "kmm"}).fit(*split(pendulum()))
    assert not searches


def test_a_constant_target_leaves_nothing_to_explain(searches: Searches) -> None:
    X, y = split(pendulum())
    with pytest.raises(sr.ProblemError, match="'T' is 1 s in every row"):
        sr.SymbolicRegressor(units=UNITS).fit(X, y * 0 + 1)
    assert not searches


def test_missing_values_are_named(searches: Searches) -> None:
    X, y = split(pendulum())
    model = sr.SymbolicRegressor(units=UNITS).fit(X, y)
    X.loc[[1, 3], "m"] = [np.nan, np.inf]
    with pytest.raises(sr.EstimatorError, match=r"X contains NaN or inf: column 'm', 2 of 24 rows \(2, 4\)"):
        model.predict(X)
    X.loc[:8, "L"] = np.nan
    with pytest.raises(sr.EstimatorError, match=r"column 'L', 9 of 24 rows \(1, 2, 3, 4, 5, \.\.\.\)"):
        model.fit(X, y)


def test_a_search_without_a_law_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(problem: sr.Problem, **_: Any) -> sr.Discovery:
        return discovery_of(problem, sr.ParetoFront((), -1))

    monkeypatch.setattr(importlib.import_module("symreg.discovery"), "discover", nothing)
    model = sr.SymbolicRegressor(units=UNITS)
    with pytest.raises(sr.EstimatorError, match=r"no law was found .* \(time budget spent\)"):
        model.fit(*split(pendulum()))
    assert not hasattr(model, "front_")


def test_progress_is_printed_on_request(searches: Searches, capsys: pytest.CaptureFixture[str]) -> None:
    sr.SymbolicRegressor(units=UNITS).fit(*split(pendulum()))
    assert capsys.readouterr().out == ""
    sr.SymbolicRegressor(units=UNITS, verbose=1).fit(*split(pendulum()))
    assert "search, 0 s, complexity 3, 1,230 evaluated: T = k*L\n" in capsys.readouterr().out


def test_an_interrupt_keeps_the_best_and_a_second_one_aborts(monkeypatch: pytest.MonkeyPatch) -> None:
    from symreg.live import interruption

    began = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr("symreg.live.shown.print_line", lambda _: signal.raise_signal(signal.SIGINT))
    monkeypatch.setitem(interruption._last, "pressed", float("-inf"))
    budget = sr.Budget(time=60.0, end_early="never")
    ask = {"units": UNITS, "budget": budget, "backend": sr.Native(threads=1), "verbose": 1}
    rounds = sr.SymbolicRegressor(**ask)
    with pytest.raises(KeyboardInterrupt):  # the line of the next stage is the second
        rounds.fit(*split(pendulum()))
    assert not hasattr(rounds, "front_")
    pressed = []

    def once(_: str) -> None:
        if not pressed:
            pressed.append(signal.raise_signal(signal.SIGINT))

    monkeypatch.setattr("symreg.live.shown.print_line", once)
    monkeypatch.setitem(interruption._last, "pressed", float("-inf"))
    model = sr.SymbolicRegressor(**ask).fit(*split(pendulum()))
    assert model.discovery_.status == "interrupted" and model.discovery_.wall_seconds < 30
    assert len(model.front_) and model.best_ is model.front_.best
    pressed.clear()
    with pytest.raises(KeyboardInterrupt):  # within seconds of the one before, as in a grid search
        sr.SymbolicRegressor(**ask).fit(*split(pendulum()))
    assert signal.getsignal(signal.SIGINT) is began


def test_an_interrupt_before_any_law_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(problem: sr.Problem, **_: Any) -> sr.Discovery:
        return dataclasses.replace(discovery_of(problem, sr.ParetoFront((), -1)), status="interrupted")

    monkeypatch.setattr(importlib.import_module("symreg.discovery"), "discover", nothing)
    with pytest.raises(KeyboardInterrupt):
        sr.SymbolicRegressor(units=UNITS).fit(*split(pendulum()))


def test_a_notebook_shows_the_diagram_and_then_the_front(searches: Searches) -> None:
    model = sr.SymbolicRegressor(units=UNITS)
    assert "sk-top-container" in model._repr_html_()
    assert "sk-top-container" in model._repr_mimebundle_()["text/html"]
    model.fit(*split(pendulum()))
    assert "<table>" in model._repr_html_() and "<mi>L</mi>" in model._repr_html_()
    assert model._repr_mimebundle_() == {
        "text/plain": repr(model.front_),
        "text/html": model.front_._repr_html_(),
    }
    assert "sk-top-container" in Pipeline([("law", model)])._repr_html_()


def test_clone_keeps_units_and_forgets_what_was_learned(searches: Searches) -> None:
    model = sr.SymbolicRegressor(units=UNITS, constants=[{"name": "c0", "value": 3.0, "unit": "m/s"}])
    copy = clone(model.fit(*split(pendulum())))
    assert copy.get_params() == model.get_params() and copy.units == UNITS
    with pytest.raises(NotFittedError):
        copy.report("never.html")
    assert not hasattr(copy, "front_")


# ------------------------------------------------------------------------------------------------- templates


def test_a_form_with_parameters_and_fewer_columns_than_the_table() -> None:
    frame = pendulum()
    form = "T = a*sqrt(L/g_n) + b"
    model = quick(units=UNITS, constants=["g_n"], target=form, parameters={"a": {"start": 1}, "b": {"unit": "ms"}})
    model.fit(*split(frame))
    assert model.best_.formula == "a*sqrt(L/g_n) + b"
    a, b = model.best_.constants[:2]
    assert a.value == pytest.approx(2 * np.pi)
    assert (b.value, b.unit.text) == (pytest.approx(0, abs=1e-9), "ms")
    assert model.problem_.inputs == ("L",)
    np.testing.assert_allclose(model.predict(frame[["L", "m"]]), frame["T"], rtol=1e-9)
    np.testing.assert_allclose(pickle.loads(pickle.dumps(model)).predict(frame[["L", "m"]]), frame["T"], rtol=1e-9)
    assert clone(model).get_params()["parameters"] == {"a": {"start": 1}, "b": {"unit": "ms"}}


def test_columns_of_another_unit_than_at_fit_reach_a_form_that_names_the_second_one() -> None:
    frame = pendulum()
    X, y = frame[["m", "L"]].astype({"m": "pint[kg]", "L": "pint[m]"}), frame["T"]
    model = quick(target="T = f(L, g_n)", constants=["g_n"], units={"T": "s"}, functions={"f": {"max_complexity": 6}})
    model.fit(X, y)
    assert model.problem_.inputs == ("L",)
    assert all(law.complexity <= 6 for law in model.front_)
    in_centimetres = pd.DataFrame({"m": X["m"], "L": (100 * frame["L"]).astype("pint[cm]")})
    for rows in (X, in_centimetres):
        np.testing.assert_allclose(model.predict(rows), y, rtol=1e-3)


def test_limits_on_values_reach_the_search() -> None:
    frame = pendulum()
    model = quick(units=UNITS, constants=["g_n"], monotonic={"L": "increasing"}, value_range=(0, None))
    model.fit(*split(frame))
    constraints = model.problem_.constraints
    assert (dict(constraints.monotonic), constraints.range) == ({"L": "increasing"}, (0, None))
    with pytest.raises(sr.EstimatorError, match="no law was found"):
        quick(units=UNITS, constants=["g_n"], value_range=(50, None)).fit(*split(frame))


def test_a_target_with_an_equals_sign_in_its_name_is_no_form() -> None:
    frame = pendulum().rename(columns={"T": "a = b"})
    model = quick(target="a = b").fit(frame[["L", "m"]], frame["a = b"])
    assert model.best_.target == "a = b"


def test_a_column_of_text_is_named_with_what_to_do() -> None:
    metal, T = ["Cu"] * 15 + ["Al"] * 15, np.tile(np.linspace(100.0, 500.0, 15), 2)
    with pytest.raises(sr.EstimatorError, match=r"column 'metal' of X holds text, such as 'Cu'.*get_dummies"):
        sr.SymbolicRegressor(budget=2).fit(pd.DataFrame({"metal": metal, "T": T}), pd.Series(T, name="rho"))
    table = pd.get_dummies(pd.DataFrame({"metal": metal, "T": T}), columns=["metal"], dtype=float)
    assert list(table) == ["T", "metal_Al", "metal_Cu"]  # what is advised makes numbers of it


# ------------------------------------------------------------------------------------------- losses and weights


def test_a_weight_is_that_of_a_mean_of_readings() -> None:
    """Three readings of each length, or their mean with the weight three: the same constant."""
    rng = np.random.default_rng(2)
    length = np.repeat(rng.uniform(0.1, 2.0, 8), [1, 2, 3, 4, 5, 6, 7, 8])
    period = 2 * np.sqrt(length) + 0.05 * rng.normal(size=36)
    means = pd.DataFrame({"L": length, "T": period}).groupby("L").agg(["mean", "size"])["T"]
    form = {"target": "T = k*sqrt(L)", "parameters": ["k"]}
    each = quick(**form).fit(pd.DataFrame({"L": length}), pd.Series(period, name="T"))
    model = quick(**form).fit(
        pd.DataFrame({"L": means.index}), pd.Series(means["mean"].to_numpy(), name="T"), sample_weight=means["size"]
    )
    at = pd.DataFrame({"L": [1.0]})
    rows = each.problem_.train_rows  # a part is held out of so many rows
    k = float(np.sum(period[rows] * np.sqrt(length[rows])) / np.sum(length[rows]))
    assert each.predict(at)[0] == pytest.approx(k, rel=1e-6)
    assert model.predict(at)[0] == pytest.approx(float(np.sum(period * np.sqrt(length)) / np.sum(length)), rel=1e-6)


def test_a_row_without_weight_may_be_anything() -> None:
    frame = pendulum()
    X, y = split(frame)
    spoilt = y.copy()
    spoilt.iloc[3] = 1e6
    model = quick(units=UNITS).fit(X, spoilt, sample_weight=np.arange(24) != 3)
    np.testing.assert_allclose(model.predict(X), y, rtol=1e-6)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1.0], r"shape \(1,\), and there are 24 rows"),
        ([-1.0] * 24, "numbers from 0, and is not in 24 of 24 rows"),
        ([0.0] * 24, "zero in every row"),
        (["x"] * 24, "no number"),
    ],
)
def test_wrong_weights_are_refused(weights: Any, words: str) -> None:
    with pytest.raises(sr.EstimatorError, match=words):
        quick().fit(*split(pendulum()), sample_weight=weights)


def test_another_loss_is_a_parameter() -> None:
    X, y = split(pendulum())
    spoilt = y.copy()
    spoilt.iloc[[3, 9]] *= 5
    model = quick(units=UNITS, loss="student").fit(X, spoilt)
    assert model.get_params()["loss"] == "student" and model.problem_.loss == "student"
    np.testing.assert_allclose(model.predict(X), y, rtol=1e-3)
    with pytest.raises(sr.ProblemError, match="did you mean 'huber'"):
        quick(loss="hubber").fit(X, y)
