"""Every source of tables and of units, and what comes out of it."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
import pandas as pd
import pint
import pint_pandas  # registers the pandas dtype
import pytest
import xarray as xr
from astropy.table import QTable
from astropy.table import Table as AstropyTable
from astropy.utils.masked import Masked
from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.errors import TableError, TableWarning, UnitError, UnitWarning
from symreg.tables.table import Table, read_table
from symreg.units.dimension import Dimension

VELOCITY = Dimension.of(m=1, s=-1)
assert pint_pandas


def csv(folder: Path, text: str, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def same_columns(table: Table) -> None:
    """Every source of ``SOURCES`` holds 18 and 36 km/h against 1 and 2 s."""
    assert table.names == ("v", "t")
    np.testing.assert_allclose(table["v"].values, [5.0, 10.0], rtol=1e-15)
    np.testing.assert_array_equal(table["t"].values, [1.0, 2.0])
    assert table["v"].unit.dimension == VELOCITY
    assert table["t"].unit.dimension == Dimension.of(s=1)
    np.testing.assert_array_equal(table.X["v"], [18.0, 36.0])
    assert table.target == "t" and table.y.name == "t"


def frame_with_attrs() -> pd.DataFrame:
    frame = pd.DataFrame({"v": [18, 36], "t": [1.0, 2.0]})
    frame.attrs["units"] = {"v": "km/h", "t": "s"}
    return frame


def dataset() -> xr.Dataset:
    speed = ("t", np.array([18.0, 36.0]), {"units": "km/h"})
    return xr.Dataset({"v": speed}, coords={"t": ("t", np.array([1.0, 2.0]), {"units": "s"})})


SOURCES = {
    "header": lambda: pd.DataFrame({"v [km/h]": [18, 36], "t (s)": [1, 2]}),
    "attrs": frame_with_attrs,
    "pint-pandas": lambda: pd.DataFrame(
        {"v": pd.Series([18.0, 36.0], dtype="pint[km/hour]"), "t": pd.Series([1.0, 2.0], dtype="pint[s]")}
    ),
    "nullable": lambda: pd.DataFrame(
        {"v [km/h]": pd.array([18, 36], dtype="Int64"), "t [s]": pd.array([1, 2], dtype="Float32")}
    ),
    "astropy": lambda: QTable({"v": [18.0, 36.0] * u.km / u.h, "t": [1.0, 2.0] * u.s}),
    "astropy plain": lambda: AstropyTable({"v [km/h]": [18, 36], "t [s]": ["1", "2"]}),
    "mapping": lambda: {"v [km/h]": [18, 36], "t [s]": (1.0, 2.0)},
    "pint quantities": lambda: {
        "v": pint.Quantity(np.array([18.0, 36.0]), "km/hour"),
        "t": np.array([1, 2]) * pint.Unit("s"),
    },
    "astropy quantities": lambda: {"v": [18.0, 36.0] * u.km / u.h, "t": [1.0, 2.0] * u.s},
    "objects": lambda: pd.DataFrame({"v [km/h]": ["18", 36.0], "t [s]": [1, "2e0"]}, dtype=object),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_every_source_gives_the_same_table(kind: str) -> None:
    same_columns(read_table(SOURCES[kind](), target="t"))


def test_xarray_gives_coordinates_and_variables() -> None:
    table = read_table(dataset(), target="t")
    assert set(table.names) == {"v", "t"}
    np.testing.assert_allclose(table["v"].values, [5.0, 10.0])
    assert table.units["t"] == "s"


def test_an_xarray_grid_becomes_rows() -> None:
    grid = xr.Dataset(
        {"p": (("x", "y"), np.arange(6.0).reshape(2, 3), {"units": "Pa"})},
        coords={"x": ("x", [1.0, 2.0], {"units": "m"})},
    )
    table = read_table(grid, target="p")
    assert table.names == ("x", "p") and table.n_rows == 6
    np.testing.assert_array_equal(table["x"].values, [1, 1, 1, 2, 2, 2])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "v [km/h],t [s]\n18,1\n36,2\n"),
        ("a.tsv", "v [km/h]\tt [s]\n18\t1\n36\t2\n"),
        ("semicolon.csv", "v [km/h]; t [s]\n18; 1\n36; 2\n"),
        ("comments.csv", "# measured in 1905\n# by hand\nv [km/h],t [s]\n18,1\n36,2\n"),
        ("savetxt.csv", "# v [km/h],t [s]\n1.8e1,1e0\n3.6e1,2e0\n"),
        ("quoted.csv", '"v [km/h]","t [s]"\n"18","1"\n"36","2"\n'),
        ("bom.csv", "\ufeffv [km/h],t [s]\r\n18,1\r\n36,2\r\n"),
        ("blank.csv", "\nv [km/h],t [s]\n18,1\n\n36,2\n,\n\n"),
        ("index.csv", ",v [km/h],t [s]\n0,18,1\n1,36,2\n"),
        ("trailing.csv", "v [km/h],t [s],\n18,1,\n36,2,\n"),
        ("comma_in_unit.csv", "v [km/h]|t [s]\n18|1\n36|2\n"),
    ],
)
def test_delimited_files(tmp_path: Path, name: str, text: str) -> None:
    same_columns(read_table(csv(tmp_path, text, name), target="t"))


def test_parquet_keeps_the_units_of_attrs(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    frame_with_attrs().to_parquet(path)
    same_columns(read_table(path, target="t"))
    same_columns(read_table(str(path), target="t"))


def test_ecsv_keeps_its_units(tmp_path: Path) -> None:
    path = tmp_path / "data.ecsv"
    QTable({"v": [18.0, 36.0] * u.km / u.h, "t": [1.0, 2.0] * u.s}).write(path)
    same_columns(read_table(path, target="t"))


@pytest.mark.parametrize(
    ("unit", "si"),
    [
        (u.solMass, 1.988e30), (u.solLum, 3.828e26), (u.earthRad, 6.378e6), (u.jupiterMass, 1.898e27),
        (u.AU, 1.496e11), (u.Angstrom, 1e-10), (u.percent, 0.01), (u.erg / u.s / u.cm**2, 1e-3),
        (u.solMass / u.yr, 6.3e22), (u.dimensionless_unscaled, 1.0), (u.deg, 0.01745),
    ],
)  # fmt: skip
def test_astropys_own_names_are_understood(unit: Any, si: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        table = read_table(QTable({"x": [1.0, 2.0] * unit}))
    assert table["x"].values[0] == pytest.approx(si, rel=2e-3)


@pytest.mark.parametrize(("unit", "coldest"), [("degC", -273.15), ("degF", -459.67)])
def test_a_temperature_below_absolute_zero_is_refused_with_its_row(unit: str, coldest: float) -> None:
    values = [coldest, 20.0, coldest - 0.01, 30.0]
    data = {f"T [{unit}]": values, "y [m]": [1.0, 2.0, 3.0, 4.0], "z [m]": [2.0, 3.0, 5.0, 4.0]}
    problem = rf"1 of 4 temperatures lie below absolute zero, {coldest} {unit}"
    with pytest.raises(TableError, match=problem) as caught:
        read_table(data, target="y", inputs=["T"])
    assert any(problem in note for note in read_table(data, target="y").notes)  # nobody asked for it: a line says so
    assert (caught.value.column, caught.value.rows) == ("T", (3,))
    assert "delta_degC" in str(caught.value)
    assert read_table({f"T [{unit}]": values[:2]})["T"].values.min() == pytest.approx(0.0, abs=1e-9)
    assert read_table({f"T [delta_{unit}]": values})["T"].values.min() < 0


def test_a_temperature_in_degrees_c_is_one_of_celsius() -> None:
    with pytest.warns(UnitWarning, match="read as degC"):
        table = read_table({"T (C)": [20.0, 30.0], "y (m)": [1.0, 2.0]}, target="y")
    assert table["T"].values.tolist() == [293.15, 303.15]


@pytest.mark.parametrize(
    "unit", ["degC", "um", "percent", "dimensionless", "km/hour", "Mpc", "hPa", "kg*m**2/s**3"]
)
def test_pint_units_are_written_as_people_do(unit: str) -> None:
    series = pd.Series([1.0, 2.0], dtype=f"pint[{unit}]")
    table = read_table(pd.DataFrame({"x": series}))
    own = read_table({"x": [1.0, 2.0]}, units={"x": unit})
    np.testing.assert_allclose(table["x"].values, own["x"].values)
    assert len(table.units["x"]) < 14


def test_masked_quantities() -> None:
    table = QTable({"x": Masked([1.0, 2.0, 3.0] * u.m, mask=[False, True, False]), "y": [1.0, 2.0, 4.0]})
    with pytest.raises(TableError, match=r"'x': 1 of 3 cells is empty or not finite \(row 2\)"):
        read_table(table)
    assert read_table(table, nan="drop")["x"].values.tolist() == [1.0, 3.0]


def test_units_are_given_back_exactly_as_written(tmp_path: Path) -> None:
    table = read_table(csv(tmp_path, "v [m s-1],p (kg m2/s2),n,k []\n1,2,3,4\n2,5,1,9\n"))
    assert table.units["v"] == "m s-1" and table.units["p"] == "kg m2/s2"
    again = read_table(table.X, units=table.units)
    assert again.units == table.units


def test_the_users_numbers_come_back_unchanged() -> None:
    numbers = [0.1, 1 / 3, 1e-300, 123456789.123456789]
    table = read_table({"x [km/h]": numbers, "T [degC]": [20.0, 0.1, -273.15, 36.6]}, target="T")
    assert table.X["x"].tolist() == numbers
    assert table.y.tolist() == [20.0, 0.1, -273.15, 36.6]
    np.testing.assert_allclose(table["T"].values, [293.15, 273.25, 0.0, 309.75], atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(-1e30, 1e30), min_size=2, max_size=6),
    st.sampled_from(["m", "km/h", "degC", "degF", "%", "eV", "1", "au", "hPa"]),
)
def test_user_numbers_survive_every_unit(numbers: list[float], unit: str) -> None:
    numbers = [abs(number) for number in numbers] if unit in ("degC", "degF") else numbers
    table = read_table({"x": numbers}, units={"x": unit})
    assert table.X["x"].tolist() == numbers
    assert table.units == {"x": unit} or unit == "1"


def test_arrays_are_read_only_and_pickle_keeps_them_so() -> None:
    table = read_table({"x [m]": [1.0, 2.0], "y [s]": [1.0, 3.0]}, target="y", sigma={"y": 0.1})
    for each in (table, pickle.loads(pickle.dumps(table))):
        for column in each.columns:
            assert not column.values.flags.writeable and not column.user_numbers.flags.writeable
            assert column.values.dtype == np.float64 and column.values.flags.c_contiguous
        with pytest.raises(ValueError, match="read-only"):
            each["y"].sigma[0] = 1.0  # type: ignore[index]


def test_the_source_is_not_touched() -> None:
    values = np.array([1.0, 2.0])
    table = read_table({"x [km]": values, "y": [3.0, 1.0]})
    values[0] = 99.0
    assert table["x"].values[0] == 1000.0 and values.flags.writeable


def test_angles_are_marked() -> None:
    table = read_table({"theta [deg]": [90.0, 180.0], "x": [1.0, 2.0]})
    assert table["theta"].unit.is_angle and not table["x"].unit.is_angle
    np.testing.assert_allclose(table["theta"].values, [np.pi / 2, np.pi])


def test_columns_without_a_unit_are_numbers_and_a_note_says_so() -> None:
    table = read_table({"n": [1, 2], "m [kg]": [1, 3]})
    assert table["n"].unit.dimension.is_dimensionless
    assert any("no unit is given for 'n'" in note for note in table.notes)
    assert read_table({"n [-]": [1, 2], "m [kg]": [1, 3]}).notes == ()


# Text columns


def test_text_columns_are_remembered_as_labels(tmp_path: Path) -> None:
    table = read_table(csv(tmp_path, "planet,P [d]\nMercury,88\n  Venus,225\n"), target="P")
    assert table.labels == ("planet",) and table.names == ("P",)
    assert table.label("planet") == ("Mercury", "Venus")
    assert table.notes == ()  # a name for each row is no group


def test_a_column_of_groups_is_named_with_what_to_do(tmp_path: Path) -> None:
    rows = "".join(f"{metal},{T},{T}\n" for metal in ("Cu", "Al") for T in (100, 200, 300))
    (note,) = read_table(csv(tmp_path, f"metal,T [K],rho [ohm m]\n{rows}"), target="rho").notes
    assert "'metal'" in note and "takes no part in a law" in note and "a column of 0 and 1 for each" in note
    declared = csv(tmp_path, f"metal [label],T [K],rho [ohm m]\n{rows}", "declared.csv")
    assert read_table(declared, target="rho").notes == ()


def test_a_column_of_numbers_may_be_declared_to_hold_names(tmp_path: Path) -> None:
    path = csv(tmp_path, "object [label],v [km/s]\n0221,170\nM31,290\n")
    table = read_table(path, target="v")
    assert table.label("object") == ("0221", "M31")
    assert not any("takes no part" in note for note in table.notes)  # who says so knows it
    plain = csv(tmp_path, "object,v [km/s]\n0221,170\n0598,290\n", "plain.csv")
    assert read_table(plain, units={"object": "label"}).label("object") == ("0221", "0598")


def test_labels_follow_when_rows_are_dropped(tmp_path: Path) -> None:
    path = csv(tmp_path, "planet,P [d]\nMercury,88\nVenus,\nEarth,365\n")
    assert read_table(path, nan="drop").label("planet") == ("Mercury", "Earth")


def test_dates_are_the_time_since_the_first_row() -> None:
    frame = pd.DataFrame({"day": pd.to_datetime(["2020-01-01", "2020-01-02"]), "x [m]": [1.0, 2.0]})
    table = read_table(frame)
    assert table["day"].values.tolist() == [0.0, 86400.0] and table.units["day"] == "s"
    assert any("'day' holds dates" in note and "since its first row, 2020-01-01" in note for note in table.notes)


# Units from two sources


def test_units_parameter_wins_the_wording_when_it_agrees_with_the_header() -> None:
    assert read_table({"v [m s-1]": [1, 2]}, units={"v": "m/s"}).units == {"v": "m/s"}


@pytest.mark.parametrize(
    ("source", "units", "first", "second"),
    [
        (lambda: {"v [m/s]": [1, 2]}, {"v": "km/s"}, "units= says 'km/s'", "the header says 'm/s'"),
        (SOURCES["pint-pandas"], {"v": "m/s"}, "units= says 'm/s'", "the pint dtype says"),
        (frame_with_attrs, {"t": "min"}, "units= says 'min'", "attrs['units'] says 's'"),
        (SOURCES["astropy"], {"t": "kg"}, "units= says 'kg'", "the astropy unit says 's'"),
    ],
)
def test_two_sources_that_contradict_are_both_named(
    source: Any, units: dict[str, str], first: str, second: str
) -> None:
    with pytest.raises(TableError) as error:
        read_table(source(), units=units)
    assert first in str(error.value) and second in str(error.value)


def test_attrs_and_header_that_contradict() -> None:
    frame = pd.DataFrame({"v [m/s]": [1, 2]})
    frame.attrs["units"] = {"v": "kg"}
    with pytest.raises(TableError, match=r"attrs\['units'\] says 'kg', but the header says 'm/s'"):
        read_table(frame)


def test_a_header_named_in_full_by_units_is_a_plain_name() -> None:
    table = read_table({"x[0]": [1, 2], "x[1]": [2, 1]}, units={"x[0]": "m", "x[1]": "s"})
    assert table.units == {"x[0]": "m", "x[1]": "s"}


def test_target_and_sigma_may_be_named_by_the_whole_header() -> None:
    table = read_table({"t [s]": [1, 2], "dt [ms]": [1, 2]}, target="t [s]", sigma={"t [s]": "dt [ms]"})
    assert table.target == "t" and table.names == ("t",)
    np.testing.assert_allclose(table["t"].sigma, [1e-3, 2e-3])


# Uncertainties


def test_sigma_from_a_number_is_in_the_columns_unit() -> None:
    table = read_table(
        {"T [degC]": [20.0, 30.0], "x [m]": [1.0, 2.0]}, target="T", sigma={"T": 0.5, "x": 0.1}
    )
    np.testing.assert_array_equal(table["T"].sigma, [0.5, 0.5])
    np.testing.assert_array_equal(table["x"].sigma, [0.1, 0.1])


def test_sigma_from_a_column_has_its_own_unit_or_that_of_its_quantity() -> None:
    data = {"v [km/s]": [1.0, 2.0], "sigma_v": [0.1, 0.2], "x [m]": [1.0, 2.0], "ex [cm]": [1.0, 2.0]}
    table = read_table(data, target="v", sigma={"v": "sigma_v", "x": "ex"})
    assert table.names == ("v", "x") and list(table.X) == ["x"]
    np.testing.assert_allclose(table["v"].sigma, [100.0, 200.0])
    np.testing.assert_allclose(table["x"].sigma, [0.01, 0.02])
    np.testing.assert_allclose(table["x"].user_sigma, [0.01, 0.02])
    assert not any("looks like" in note for note in table.notes)


def test_an_undeclared_uncertainty_stays_a_column_and_is_remarked_upon() -> None:
    table = read_table({"v [m/s]": [1.0, 2.0], "v_err [m/s]": [0.1, 0.3]})
    assert table.names == ("v", "v_err")
    assert any("sigma={'v': 'v_err'}" in note for note in table.notes)


@pytest.mark.parametrize(
    ("sigma", "says"),
    [
        ({"v": 0}, "not positive"),
        ({"v": -1.0}, "not positive"),
        ({"v": float("nan")}, "not positive"),
        ({"v": "m"}, "no 'm/s'"),
        ({"v": "w"}, "no column of numbers"),
        ({"w": 1.0}, "sigma names a column 'w'"),
        ({"v": True}, "neither a column nor a number"),
    ],
)
def test_bad_uncertainties(sigma: dict[str, Any], says: str) -> None:
    with pytest.raises(TableError, match=says):
        read_table({"v [m/s]": [1.0, 2.0], "m [kg]": [2.0, 1.0]}, sigma=sigma)


# Columns


def test_only_the_columns_asked_for_are_read_and_checked() -> None:
    data = {"x": [1.0, 2.0], "bad": [np.nan, 1.0], "y": [1.0, 2.5], "ey": [0.1, 0.1]}
    table = read_table(data, columns=["x"], target="y", sigma={"y": "ey"})
    assert table.names == ("x", "y")
    with pytest.raises(TableError, match=r"columns names a column 'z'"):
        read_table(data, columns=["z"])


def test_unknown_names_are_met_with_the_nearest() -> None:
    data = {"period [s]": [1, 2], "mass [kg]": [1, 3]}
    with pytest.raises(TableError, match="Did you mean 'period'"):
        read_table(data, target="perod")
    with pytest.raises(TableError, match="Did you mean 'mass'"):
        read_table(data, units={"mas": "kg"})
    with pytest.raises(TableError, match="Did you mean 'mass'"):
        read_table(data)["mas"]


def test_without_a_target_there_is_no_y() -> None:
    table = read_table({"x": [1, 2], "y": [1, 3]})
    assert list(table.X) == ["x", "y"]
    with pytest.raises(TableError, match="no target was named"):
        _ = table.y


def test_a_bad_unit_names_its_column() -> None:
    with pytest.raises(UnitError, match="v"):
        read_table({"v [kmm/s]": [1, 2]})


# Collinear columns


def test_copies_and_lines_are_warned_of_and_noted() -> None:
    x = np.linspace(1.0, 2.0, 30)
    data = {"x [m]": x, "copy [m]": x, "line [m]": 3 * x + 1, "y": x**2, "free": np.sin(9 * x)}
    with pytest.warns(TableWarning) as caught:
        table = read_table(data, target="y")
    texts = [str(warning.message) for warning in caught]
    assert any("'x' and 'copy' hold the same values" in text for text in texts)
    assert any("'x' and 'line' are collinear" in text for text in texts)
    assert sum("collinear" in note or "same values" in note for note in table.notes) == 3


def test_a_law_between_input_and_target_is_no_fault() -> None:
    x = np.linspace(1.0, 2.0, 30)
    assert read_table({"x": x, "y": 3 * x}, target="y", units={"x": "1", "y": "1"}).notes == ()


def test_two_thermometers_are_collinear_even_when_rounded() -> None:
    celsius = np.round(np.linspace(-20, 40, 50), 6)
    data = {"c [degC]": celsius, "k [K]": np.round(celsius + 273.15, 6), "y": celsius**2}
    with pytest.warns(TableWarning, match="'c' and 'k'"):
        read_table(data, target="y")


def test_extreme_values_do_not_overflow_the_comparison() -> None:
    x = np.linspace(1.0, 2.0, 10)
    data = {"big": x * 8e307, "small": x**2 * 1e-308, "wide": np.array([-1e308, 1e308] * 5), "y": x}
    read_table(data, target="y", columns=["big", "small", "wide"])


def test_many_rows_are_read(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i * i}\n" for i in range(40_000))
    table = read_table(csv(tmp_path, "x [m],y [m2]\n" + rows), target="y")
    assert table.n_rows == 40_000 and table["y"].values[-1] == 39_999.0**2


def test_an_uncertainty_may_be_a_part_of_each_value() -> None:
    table = read_table({"t [degC]": [10.0, 20.0], "y [km]": [-2.0, 5.0]}, target="y", sigma={"y": "5 %", "t": "10%"})
    np.testing.assert_allclose(table["y"].sigma, [100.0, 250.0])
    np.testing.assert_allclose(table["t"].user_sigma, [1.0, 2.0])


def test_a_part_of_nothing_is_no_uncertainty() -> None:
    with pytest.raises(TableError, match="1 uncertainties are not positive"):
        read_table({"t [s]": [1.0, 2.0], "y [m]": [0.0, 5.0]}, target="y", sigma={"y": "5 %"})


@pytest.mark.parametrize("text", ["5", "% 5", "five %", "-5 %", "1e3 %"])
def test_what_is_no_percentage_is_the_name_of_a_column(text: str) -> None:
    with pytest.raises(TableError, match="no column of numbers"):
        read_table({"t [s]": [1.0, 2.0], "y [m]": [1.0, 5.0]}, target="y", sigma={"y": text})
