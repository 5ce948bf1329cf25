"""Files of other programs: sheets, Parquet, Feather, FITS, VOTable, NetCDF, JSON lines."""

from __future__ import annotations

import gzip
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import astropy.units as u
import h5netcdf
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from astropy.table import QTable

from symreg.errors import TableError
from symreg.tables.table import read_table

assert h5netcdf


def same(path: Path, **options: Any) -> None:
    """Every file here holds 18, 36 and 54 km/h against 1, 2 and 4 s."""
    table = read_table(path, target="t", **options)
    assert table["v"].user_numbers.tolist() == [18.0, 36.0, 54.0] and table["t"].values.tolist() == [1.0, 2.0, 4.0]
    np.testing.assert_allclose(table["v"].values, [5.0, 10.0, 15.0], rtol=1e-15)
    assert table.understood is not None and str(table.understood)


def frame() -> pd.DataFrame:
    made = pd.DataFrame({"v": [18, 36, 54], "t": [1.0, 2.0, 4.0]})
    made.attrs["units"] = {"v": "km/h", "t": "s"}
    return made


def sheet(path: Path, rows: list[list[Any]], name: str = "data", more: tuple[str, ...] = ()) -> Path:
    with pd.ExcelWriter(path, engine="odf" if path.suffix == ".ods" else "openpyxl") as book:
        pd.DataFrame(rows).to_excel(book, sheet_name=name, header=False, index=False)
        for other in more:
            pd.DataFrame([["v", "t"], [1, 2]]).to_excel(book, sheet_name=other, header=False, index=False)
    return path


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods"])
def test_sheets(tmp_path: Path, name: str) -> None:
    same(sheet(tmp_path / name, [["v [km/h]", "t [s]"], [18, 1], [36, 2], [54, 4]]))
    same(sheet(tmp_path / name, [["v", "t"], ["km/h", "s"], [18, 1], [36, 2], [54, 4]]))
    title = [["Experiment 7", None], [None, None], ["v [km/h]", "t [s]"], [18, 1], ["36", 2], [54, 4]]
    same(sheet(tmp_path / name, title))


def test_one_sheet_of_several(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["v [km/h]", "t [s]"], [18, 1], [36, 2], [54, 4]], more=("notes",))
    table = read_table(path)
    assert any("sheet 'data' was read; there are also 'notes'" in note for note in table.notes)
    same(path, sheet="data")
    assert read_table(path, sheet=2).n_rows == 1
    with pytest.raises(TableError, match=r"there is no sheet 'note'\. Did you mean 'notes'"):
        read_table(path, sheet="note")


def test_cells_of_a_sheet(tmp_path: Path) -> None:
    rows = [
        ["when", "on", "x [m]", "comma"], [datetime(2024, 1, 1), True, 1.5, "1,5"],
        [datetime(2024, 1, 1, 12), False, "#N/A", "2,5"], [datetime(2024, 1, 2), True, 2.5, "3,5"],
    ]  # fmt: skip
    table = read_table(sheet(tmp_path / "a.xlsx", rows), nan="drop")
    assert table["when"].values.tolist() == [0.0, 86400.0] and table["on"].values.tolist() == [1.0, 1.0]
    assert table["comma"].values.tolist() == [1.5, 3.5]


def test_parquet_and_feather(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "a.parquet")
    same(tmp_path / "a.parquet")
    frame().set_axis(["v [km/h]", "t [s]"], axis=1).to_feather(tmp_path / "a.feather")
    same(tmp_path / "a.feather")


@pytest.mark.parametrize(("name", "form"), [("a.fits", "fits"), ("a.vot", "votable"), ("a.ecsv", "ascii.ecsv")])
def test_tables_of_astronomers(tmp_path: Path, name: str, form: str) -> None:
    table = QTable({"v": [18.0, 36.0, 54.0] * u.km / u.h, "t": [1.0, 2.0, 4.0] * u.s, "name": ["a", "b", "c"]})
    table.write(tmp_path / name, format=form)
    same(tmp_path / name)
    assert read_table(tmp_path / name).label("name") == ("a", "b", "c")


def test_arrays_in_the_cells_of_a_fits_table_are_left_out(tmp_path: Path) -> None:
    QTable({"x": [1.0, 2.0], "pair": [[1.0, 2.0], [3.0, 4.0]]}).write(tmp_path / "a.fits")
    table = read_table(tmp_path / "a.fits")
    assert table.names == ("x",) and any("'pair' was left out: each of its cells holds" in note for note in table.notes)


@pytest.mark.parametrize(("name", "engine"), [("a.nc", "scipy"), ("b.nc", "h5netcdf"), ("a.h5", "h5netcdf")])
def test_grids(tmp_path: Path, name: str, engine: str) -> None:
    speed = ("t", np.array([18.0, 36.0, 54.0]), {"units": "km/h"})
    data = xr.Dataset({"v": speed}, coords={"t": ("t", np.array([1.0, 2.0, 4.0]), {"units": "s"})})
    data.to_netcdf(tmp_path / name, engine=engine)  # type: ignore[call-overload]
    same(tmp_path / name)


def test_packed_files(tmp_path: Path) -> None:
    QTable({"v": [18.0, 36.0, 54.0] * u.km / u.h, "t": [1.0, 2.0, 4.0] * u.s}).write(tmp_path / "a.fits.gz")
    same(tmp_path / "a.fits.gz")
    lines = b'{"v [km/h]": 18, "t [s]": 1}\n{"v [km/h]": 36, "t [s]": 2}\n{"v [km/h]": 54, "t [s]": 4}\n'
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines))
    same(tmp_path / "a.jsonl.gz")
    (tmp_path / "a.xlsx.gz").write_bytes(gzip.compress(b"PK"))
    with pytest.raises(TableError, match="not a readable spreadsheet"):
        read_table(tmp_path / "a.xlsx.gz")


def test_json_lines(tmp_path: Path) -> None:
    rows = [{"v [km/h]": 18, "t [s]": 1}, {"v [km/h]": 36, "t [s]": 2.0, "more": [1]}, {"t [s]": 4, "v [km/h]": "54"}]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    same(path)
    for text, says in (("[1, 2]\n", "line 1 holds no names"), ('{"a": 1}\n{"a"\n', "line 2 is no JSON")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(TableError, match=says):
            read_table(path)


def test_an_ecsv_file_that_would_run_a_program(tmp_path: Path) -> None:
    path = tmp_path / "a.ecsv"
    path.write_text(
        "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: x, datatype: float64}\n"
        "# meta: !!omap\n# - __serialized_columns__:\n"
        '#     x: {__class__: os.system, command: "touch was-here"}\n# schema: astropy-2.0\nx\n1\n2\n',
        encoding="utf-8",
    )
    with pytest.raises(TableError, match="not a readable ECSV file"):
        read_table(path)


def test_pairs_of_name_and_unit_in_a_frame() -> None:
    pairs = pd.MultiIndex.from_tuples([("v", "km/h"), ("t", "[s]")])
    table = read_table(pd.DataFrame([[18, 1], [36, 2]], columns=pairs))
    assert table.units == {"v": "km/h", "t": "s"}


@pytest.mark.parametrize(
    ("name", "package", "says"),
    [
        ("a.xlsx", "openpyxl", r"openpyxl, which is not installed. Install it: pip install 'symreg-laws\[excel\]'"),
        ("a.parquet", "pyarrow", r"pyarrow, which is not installed. Install it: pip install 'symreg-laws\[data\]'"),
        ("a.fits", "astropy.table", r"astropy, .*symreg-laws\[data\]"),
        ("b.nc", "h5netcdf", r"h5netcdf, .*symreg-laws\[data\]"),
    ],
)
def test_a_package_that_is_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, package: str, says: str
) -> None:
    path = tmp_path / name
    if name == "a.xlsx":
        sheet(path, [["v", "t"], [1, 2]])
    else:
        path.write_bytes(b"x")
    for module in [one for one in sys.modules if one == package or one.startswith(f"{package}.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)  # type: ignore[arg-type]
    with pytest.raises(TableError, match=says):
        read_table(path)
