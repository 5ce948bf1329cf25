"""Whatever holds a table at the fit holds one at the prediction: same law, same values, for model and laws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import astropy.units as au
import numpy as np
import pandas as pd
import pint
import pint_pandas  # noqa: F401  (registers the dtype)
import pytest
import xarray as xr
from astropy.table import QTable
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import symreg as sr

N = 24
UNITS = {"T": "K", "V": "L", "m": "g"}
RNG = np.random.default_rng(7)
NUMBERS = {"T": RNG.uniform(250, 400, N), "V": RNG.uniform(1, 9, N), "m": RNG.uniform(5, 6, N)}
P = 8.314 * NUMBERS["T"] / NUMBERS["V"]
ureg = pint.UnitRegistry()
Columns = dict[str, np.ndarray]
Maker = Callable[[Columns, dict[str, str]], Any]


def headers(columns: Columns, units: dict[str, str]) -> Any:
    return pd.DataFrame({f"{name} [{units[name]}]": values for name, values in columns.items()})


def attrs(columns: Columns, units: dict[str, str]) -> Any:
    frame = pd.DataFrame(columns)
    frame.attrs["units"] = {name: units[name] for name in columns}
    return frame


def pint_frame(columns: Columns, units: dict[str, str]) -> Any:
    return pd.DataFrame({name: pd.Series(values, dtype=f"pint[{units[name]}]") for name, values in columns.items()})


def pairs(columns: Columns, units: dict[str, str]) -> Any:
    labels = pd.MultiIndex.from_tuples([(name, units[name]) for name in columns])
    return pd.DataFrame(np.column_stack(list(columns.values())), columns=labels)


def quantities(columns: Columns, units: dict[str, str]) -> Any:
    return {name: ureg.Quantity(values, units[name]) for name, values in columns.items()}


def astropy_table(columns: Columns, units: dict[str, str]) -> Any:
    return QTable({name: values * au.Unit(units[name].replace("degC", "deg_C")) for name, values in columns.items()})


def dataset(columns: Columns, units: dict[str, str]) -> Any:
    return xr.Dataset({name: ("row", values, {"units": units[name]}) for name, values in columns.items()})


def own(columns: Columns, units: dict[str, str]) -> Any:
    return sr.read_table(columns, units={name: units[name] for name in columns})


STATED: dict[str, Maker] = {
    "headers": headers, "attrs": attrs, "pint frame": pint_frame, "pairs": pairs, "quantities": quantities,
    "QTable": astropy_table, "Dataset": dataset, "Table": own,
}  # fmt: skip
"""Holders that state units themselves."""

PLAIN: dict[str, Maker] = {
    "frame": lambda columns, units: pd.DataFrame(columns),
    "mapping": lambda columns, units: dict(columns),
    "records": lambda columns, units: np.rec.fromarrays(list(columns.values()), names=list(columns)),
    "lists": lambda columns, units: {name: values.tolist() for name, values in columns.items()},
}
"""Holders whose units are said beside them."""


def fitted(X: Any, units: dict[str, str] | None = None) -> sr.SymbolicRegressor:
    y = pd.Series(P, name="p [kPa]")
    parameters = {"k": {"unit": "J/K", "start": 1.0}}
    model = sr.SymbolicRegressor(target="p = k*T/V", parameters=parameters, units=units, random_state=0)
    return model.fit(X, y)


@pytest.fixture(scope="module", params=[*STATED, *PLAIN])
def kind(request: pytest.FixtureRequest) -> tuple[Maker, sr.SymbolicRegressor]:
    make = {**STATED, **PLAIN}[request.param]
    return make, fitted(make(NUMBERS, UNITS), None if request.param in STATED else {**UNITS, "p": "kPa"})


def every_way(model: sr.SymbolicRegressor, X: Any) -> list[np.ndarray]:
    laws = [law for law in model.front_ if law.input_units]
    return [model.predict(X), model.best_.predict(X), *(law.predict(X) for law in laws)]


def picked(*names: str) -> Columns:
    return {name: NUMBERS[name] for name in names}


def test_the_law_is_found_in_its_units(kind: Any) -> None:
    _, model = kind
    units = model.best_.input_units
    assert set(units) == {"T", "V"} and units["V"].scale == 1e-3 and units["T"].text == "K"
    assert model.best_.constants[0].value == pytest.approx(8.314)


@pytest.mark.parametrize(
    "columns",
    [NUMBERS, picked("T", "V"), picked("m", "V", "T"), {**NUMBERS, "z": np.ones(N)}],
    ids=["all", "only what is needed", "in another order", "and others"],
)
def test_columns_are_taken_by_their_names(kind: Any, columns: Columns) -> None:
    make, model = kind
    for values in every_way(model, make(columns, {**UNITS, "z": "s"})):
        np.testing.assert_allclose(values, P, rtol=1e-9)
    assert model.score(make(columns, {**UNITS, "z": "s"}), P) == pytest.approx(1.0)


@pytest.mark.parametrize("make", [STATED[name] for name in STATED], ids=list(STATED))
def test_other_units_are_converted_whatever_held_the_table_at_the_fit(kind: Any, make: Maker) -> None:
    _, model = kind
    other = {"T": NUMBERS["T"] - 273.15, "V": NUMBERS["V"] * 1000}
    for values in every_way(model, make(other, {"T": "degC", "V": "mL"})):
        np.testing.assert_allclose(values, P, rtol=1e-9)


@pytest.mark.parametrize("make", [STATED[name] for name in STATED], ids=list(STATED))
def test_another_dimension_is_named_with_both(make: Maker) -> None:
    model = fitted(headers(NUMBERS, UNITS))
    wrong = make(NUMBERS, {**UNITS, "V": "m**2"})
    for predict in (model.predict, model.best_.predict):
        with pytest.raises(sr.SymregError, match=r"column 'V' is in 'm.*2'.*at fit it was in 'L'.* m\*\*2, .* m\*\*3"):
            predict(wrong)


@pytest.mark.parametrize("make", [*STATED.values(), *PLAIN.values()], ids=[*STATED, *PLAIN])
def test_a_missing_column_is_named(make: Maker) -> None:
    model = fitted(headers(NUMBERS, UNITS))
    for predict in (model.predict, model.best_.predict):
        with pytest.raises(sr.SymregError, match=r"column 'V' is missing: the law .* needs .*the data have"):
            predict(make(picked("T", "m"), UNITS))


@pytest.mark.parametrize("make", [*STATED.values(), *PLAIN.values()], ids=[*STATED, *PLAIN])
def test_one_row_and_none(make: Maker) -> None:
    model = fitted(headers(NUMBERS, UNITS))
    for n in (1,) if make is own else (0, 1):  # a table of no rows is none
        rows = make({name: values[:n] for name, values in NUMBERS.items()}, UNITS)
        for values in every_way(model, rows):
            np.testing.assert_allclose(values, P[:n], rtol=1e-9)


@pytest.mark.parametrize("make", [headers, attrs, quantities, PLAIN["frame"], PLAIN["mapping"], PLAIN["records"]])
def test_an_empty_cell_is_nan_for_a_law_and_an_error_for_the_estimator(make: Maker) -> None:
    model = fitted(headers(NUMBERS, UNITS))
    holed = {**NUMBERS, "T": np.where(np.arange(N) == 3, np.nan, NUMBERS["T"])}
    assert np.flatnonzero(np.isnan(model.best_.predict(make(holed, UNITS)))).tolist() == [3]
    with pytest.raises(sr.EstimatorError, match=r"X contains NaN or inf: column 'T', 1 of 24 rows \(4\)"):
        model.predict(make(holed, UNITS))


def test_text_is_refused_where_it_is_needed_and_passed_over_where_not() -> None:
    model = fitted(headers(NUMBERS, UNITS))
    named = pd.DataFrame({**NUMBERS, "gas": "argon"})
    np.testing.assert_allclose(model.predict(named), P, rtol=1e-9)
    np.testing.assert_allclose(model.best_.predict(named), P, rtol=1e-9)
    for predict in (model.predict, model.best_.predict):
        with pytest.raises(sr.SymregError, match="column 'T' holds no numbers, but text such as 'warm'"):
            predict(named.assign(T="warm"))


def test_two_columns_of_one_name_are_refused() -> None:
    model = fitted(headers(NUMBERS, UNITS))
    twice = headers(NUMBERS, UNITS).assign(**{"V [mL]": 1.0})
    with pytest.raises(sr.EstimatorError, match=r"two columns are called 'V': 'V \[L\]' and 'V \[mL\]'"):
        model.predict(twice)


def test_numbers_and_quantities_for_one_point() -> None:
    model = fitted(headers(NUMBERS, UNITS))
    point = {"T": ureg.Quantity(26.85, "degC"), "V": 2.0}
    assert model.best_.predict(point) == pytest.approx([8.314 * 300 / 2])
    assert model.predict({"T": [300.0, 600.0], "V": 2.0}) == pytest.approx([8.314 * 150, 8.314 * 300])


def test_dates_have_no_origin_for_a_law() -> None:
    t = pd.date_range("2024-01-01", periods=N, freq="h")
    table = sr.read_table(pd.DataFrame({"t": t, "x [m]": np.arange(N) * 1.5}), target="x")
    model = sr.SymbolicRegressor(target="x = v*t", parameters={"v": {"unit": "m/s", "start": 1.0}})
    law = model.fit(table, table.y).best_
    assert law.predict({"t": ureg.Quantity([0.0, 2.0], "h")}) == pytest.approx([0.0, 3.0])
    with pytest.raises(sr.PredictionError, match="holds dates, and nobody knows from which instant the law counts"):
        law.predict(pd.DataFrame({"t": t}))


# ------------------------------------------------------------------------------------------------- arrays


def test_arrays_go_by_their_place() -> None:
    matrix = np.column_stack(list(NUMBERS.values()))
    model = sr.SymbolicRegressor(
        target="p = k*x0/x1", parameters={"k": {"unit": "J/K", "start": 1.0}}, units={"x0": "K", "x1": "L", "p": "kPa"}
    ).fit(matrix, P)
    np.testing.assert_allclose(model.predict(matrix), P, rtol=1e-9)
    np.testing.assert_allclose(model.predict(matrix.tolist()), P, rtol=1e-9)
    np.testing.assert_allclose(model.predict({"x1": NUMBERS["V"], "x0": NUMBERS["T"]}), P, rtol=1e-9)
    assert model.predict(np.empty((0, 3))).shape == (0,)
    with pytest.raises(sr.EstimatorError, match="X has 2 features, but SymbolicRegressor is expecting 3"):
        model.predict(matrix[:, :2])
    with pytest.raises(sr.EstimatorError, match=r"shape \(24,\), and must be a table .* Reshape your data"):
        model.predict(matrix[:, 0])


@pytest.mark.parametrize("make", [lambda a: ureg.Quantity(a, "cm"), lambda a: a * au.cm], ids=["pint", "astropy"])
def test_a_matrix_of_quantities_states_one_unit_for_all(make: Callable[[np.ndarray], Any]) -> None:
    sides = RNG.uniform(1, 9, (N, 2))
    model = sr.SymbolicRegressor(target="A = k*x0*x1", parameters={"k": {"start": 2.0}}, units={"A": "m2"})
    model.fit(make(100 * sides), 3 * sides[:, 0] * sides[:, 1])
    assert model.best_.constants[0].value == pytest.approx(3.0)
    for predict in (model.predict, model.best_.predict):
        np.testing.assert_allclose(predict(make(100 * sides)), 3 * sides[:, 0] * sides[:, 1], rtol=1e-9)


# ------------------------------------------------------------------------------------------------- targets

TARGETS: dict[str, Callable[[np.ndarray], Any]] = {
    "header": lambda p: pd.Series(p, name="p [Pa]"),
    "attrs": lambda p: attrs({"p": p}, {"p": "Pa"})["p"],
    "frame": lambda p: attrs({"p": p}, {"p": "Pa"}),
    "pairs": lambda p: pairs({"p": p}, {"p": "Pa"}),
    "pint series": lambda p: pd.Series(p, dtype="pint[Pa]", name="p"),
    "pint": lambda p: ureg.Quantity(p, "Pa"),
    "astropy": lambda p: p * au.Pa,
    "xarray": lambda p: xr.DataArray(p, dims="row", name="p", attrs={"units": "Pa"}),
    "mapping": lambda p: {"p": ureg.Quantity(p, "Pa")},
}


@pytest.mark.parametrize("make", TARGETS.values(), ids=list(TARGETS))
def test_a_target_brings_its_unit_to_fit_and_to_score(make: Callable[[np.ndarray], Any]) -> None:
    X = headers(NUMBERS, UNITS)
    form = sr.SymbolicRegressor(target="p = k*T/V", parameters={"k": {"unit": "J/K", "start": 1.0}})
    form.fit(X, make(1000 * P))
    assert form.best_.unit.text == "Pa" and form.best_.constants[0].value == pytest.approx(8.314)
    assert fitted(X).score(X, make(1000 * P)) == pytest.approx(1.0)


def test_a_score_of_another_dimension_is_refused() -> None:
    X = headers(NUMBERS, UNITS)
    with pytest.raises(sr.EstimatorError, match="column 'p' is in 'm', but at fit it was in 'kPa'"):
        fitted(X).score(X, pd.Series(P, name="p [m]"))


def test_a_score_of_rows_where_the_law_is_undefined() -> None:
    X = headers(NUMBERS, UNITS)
    with pytest.raises(sr.EstimatorError, match=r"the law is undefined on 1 of 24 rows \(1\)"):
        fitted(X).score(X.assign(**{"V [L]": np.r_[0.0, NUMBERS["V"][1:]]}), P)


def test_two_targets_are_refused() -> None:
    X = headers(NUMBERS, UNITS)
    for y in (np.c_[P, P], pd.DataFrame({"p": P, "q": P}), {"p": P, "q": P}):
        with pytest.raises(sr.EstimatorError, match=r"y has 2 columns.*Fit one estimator for each"):
            sr.SymbolicRegressor(budget=1).fit(X, y)


def test_uncertainties_have_units_too() -> None:
    one, each = ureg.Quantity(50.0, "Pa"), ureg.Quantity(np.full(N, 0.05), "kPa")
    for sigma in (one, each, 50.0 * au.Pa, np.full(N, 50.0) * au.Pa):
        model = sr.SymbolicRegressor(target="p = k*T/V", parameters={"k": {"unit": "J/K", "start": 1.0}})
        model.fit(headers(NUMBERS, UNITS), pd.Series(P, name="p [kPa]"), sigma=sigma)
        np.testing.assert_allclose(model.problem_.target_column.user_sigma, 0.05)


# ------------------------------------------------------------------------------------------------- pipelines


def test_a_scaler_that_keeps_the_units_is_told_of() -> None:
    scaler = StandardScaler().set_output(transform="pandas")
    model = sr.SymbolicRegressor(target="p = a*T + b*V + c", parameters=["a", "b", "c"], units={"p": "kPa"})
    with pytest.warns(sr.TableWarning, match="mean 0 and standard deviation 1.*which they no longer have"):
        make_pipeline(scaler, model).fit(headers(NUMBERS, UNITS), pd.Series(P, name="p"))


def test_a_scaler_that_drops_the_units_is_told_of() -> None:
    y = pd.Series(P, name="p [kPa]")
    model = sr.SymbolicRegressor(target="p = a*x0 + b*x1 + c", parameters=["a", "b", "c"])
    with pytest.warns(sr.TableWarning, match="X is an array without names and units, but 'p' is in 'kPa'.*a scaler"):
        make_pipeline(StandardScaler(), model).fit(headers(NUMBERS, UNITS), y)
    named = sr.SymbolicRegressor(units={**UNITS, "p": "kPa"}, budget=1)
    with pytest.raises(sr.EstimatorError, match="units= names 'T', which is no column here"):
        make_pipeline(StandardScaler(), named).fit(headers(NUMBERS, UNITS), y)


def test_plain_numbers_may_be_scaled() -> None:
    model = sr.SymbolicRegressor(target="p = a*x0 + b*x1 + c", parameters=["a", "b", "c"])
    pipeline = make_pipeline(StandardScaler(), model).fit(pd.DataFrame(NUMBERS), P)
    assert pipeline.score(pd.DataFrame(NUMBERS), P) > 0.5


def test_cross_validation_takes_frames_with_units() -> None:
    model = sr.SymbolicRegressor(target="p = k*T/V", parameters={"k": {"unit": "J/K", "start": 1.0}})
    for X in (headers(NUMBERS, UNITS), attrs(NUMBERS, UNITS), pint_frame(NUMBERS, UNITS)):
        np.testing.assert_allclose(cross_val_score(model, X, pd.Series(P, name="p [kPa]"), cv=3), 1.0)


# ------------------------------------------------------------------------------------------------- what cannot be used

SENTENCES: list[tuple[Callable[[], tuple[Any, Any]], str]] = [
    (lambda: (NUMBERS["T"], P), r"X has the shape \(24,\), and must be a table"),
    (lambda: (np.ones((2, 3, 4)), P), r"X has the shape \(2, 3, 4\)"),
    (lambda: (headers(NUMBERS, UNITS), P[:20]), "X has 24 rows, and y has 20"),
    (lambda: (headers(NUMBERS, UNITS)[:2], P[:2]), "X has 2 samples .* a law needs"),
    (lambda: (headers(NUMBERS, UNITS)[:0], P[:0]), "X has 0 samples"),
    (lambda: (headers(NUMBERS, UNITS), [np.nan, np.inf, *P[2:]]), r"y contains NaN .* 2 of 24 rows \(1, 2\)"),
    (lambda: ([[1.0, 2.0], [3.0]], [1.0, 2.0]), "differ in length"),
    (lambda: (np.full((N, 2), "warm"), P), "holds text, such as 'warm'"),
    (lambda: (pd.DataFrame({**NUMBERS, "gas": "argon"}), P), "column 'gas' of X holds text, such as 'argon'"),
    (lambda: ({**NUMBERS, "gas": ["argon"] * N}, P), "column 'gas' of X holds text, such as 'argon'"),
    (lambda: (pd.DataFrame({"p": P}), pd.Series(P, name="p")), "the target is called 'p', and so is"),
    (lambda: (pd.DataFrame({"T [K]": P}), pd.Series(P, name="T [s]")), r"two columns .* 'T \[K\]' and 'T \[s\]'"),
    (lambda: (headers(NUMBERS, UNITS), ["a"] * N), "holds text, such as 'a'"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "sentence"), SENTENCES, ids=range(len(SENTENCES)))
def test_what_cannot_be_used_is_said_in_a_sentence(given: Callable[[], tuple[Any, Any]], sentence: str) -> None:
    with pytest.raises(sr.SymregError, match=sentence):
        sr.SymbolicRegressor(budget=1).fit(*given())
