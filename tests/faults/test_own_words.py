"""What cannot be read is told in words of this program: those of a library tell a scientist nothing."""

from __future__ import annotations

import gc
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from symreg.errors import EstimatorError, SymregError, TableError
from symreg.estimators.symbolic import SymbolicRegressor
from symreg.problem.constraints import Constraints
from symreg.problem.making import make_problem
from symreg.tables.table import read_table
from tests.campaign.holding import raw
from tests.cli.helpers import PENDULUM, made_run, symreg_, table

FRAME = pd.DataFrame({"a": [1.0, 2.0, 4.0] * 50, "y": [2.0, 4.0, 8.0] * 50})
MIXIN = (
    "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: x, datatype: float64}\n# meta: !!omap\n# - __serialized_columns__:\n"
    '#     x: {__class__: os.system, command: "touch was-here"}\n# schema: astropy-2.0\nx\n1\n2\n'
)
ECSV = "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: x, datatype: float64}\n# schema: astropy-2.0\nx\n"


def _cut(path: Path, keep: float = 0.6) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])


def _zeroed(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:40] + b"\0" * (len(data) // 2) + data[40 + len(data) // 2 :])


def _made(name: str, path: Path) -> None:
    write: dict[str, Callable[[], object]] = {
        "parquet": lambda: FRAME.to_parquet(path), "feather": lambda: FRAME.to_feather(path),
        "xlsx": lambda: FRAME.to_excel(path, index=False), "ods": lambda: FRAME.to_excel(path, index=False,
                                                                                         engine="odf"),
        "nc": lambda: FRAME.to_xarray().to_netcdf(path, engine="h5netcdf"),
        "gz": lambda: path.write_bytes(gzip.compress(FRAME.to_csv(index=False).encode())),
    }  # fmt: skip
    write[name]()


@pytest.mark.parametrize("spoil", [_cut, _zeroed])
@pytest.mark.parametrize("name", ["parquet", "feather", "xlsx", "ods", "nc", "gz"])
def test_a_damaged_file_of_a_format(name: str, spoil: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / f"t.csv.{name}" if name == "gz" else tmp_path / f"t.{name}"
    _made(name, path)
    spoil(path)
    with pytest.raises(TableError) as told:
        read_table(path, target="y")
    assert not raw(str(told.value)) and "not a readable" in str(told.value)
    del told
    gc.collect()  # what a reader leaves half made complains here, which is a warning, and so an error


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("t.ecsv", MIXIN, "t.ecsv: not a readable ECSV file: it is cut off, damaged, or of another kind"),
        ("t.ecsv", f"{ECSV}abc\n", "not a readable ECSV file"),
        ("t.ecsv", f"{ECSV}1\n\udcb9\n", "it holds the byte b9, which is no utf-8 text there"),
        ("t.jsonl", '{"y": 1}\n{"y"\n', "line 2 is no JSON from its character 6 on"),
        ("t.jsonl", '{"y": "1\n', "line 1 is no JSON from its character 9 on"),
        ("t.jsonl", '{"y": 1}3\n', "line 1 is no JSON from its character 9 on"),
        ("t.jsonl", "[" * 100_000, "line 1 is nested too deep"),
        ("t.jsonl", '{"y": ' + "9" * 5000 + "}\n", "line 1"),
        ("t.csv", 'a,y\n1,"2\n3,4\n', "a quote is opened, and not closed before the end"),
        ("t.csv", 'a,y\n1,2\n3,"4"5\n', "a quote is closed inside a cell"),
        ("t.csv", f"a,y\n1,2\n3,{'4' * 200_000}\n", "a cell has more than 131072 characters"),
        ("t.csv.gz", "\x1f\udc8b\x08garbage", "not a readable gzip file"),
    ],
)
def test_a_damaged_text(name: str, text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(TableError) as error:
        read_table(path, target="y")
    assert told in str(error.value) and not raw(str(error.value))


def test_text_of_another_encoding_than_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xff\xfea\0,\0y\0\n\0\x00\xdc\x00\xdc")
    with pytest.raises(TableError) as error:
        read_table(path, target="y")
    assert not raw(str(error.value))


RUN = "x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,10.1\n6,12\n7,13.9\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"version": 1,', "it is no JSON from line 1"),
        ("[" * 100_000, "it is nested too deep"),
        ("\udcff", "which is no utf-8 text"),
        ('{"version": 1}', "'question' is missing"),
        ('{"version": 3}', "search again: symreg run EXPERIMENT --fresh"),
    ],
)
def test_a_damaged_run(text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made_run(tmp_path, ["2*x"], RUN)
    (folder / "state.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    for command in (("report", folder), ("predict", folder, tmp_path / "old.csv")):
        assert symreg_(*command) == 2
        said = capsys.readouterr().err
        assert told in said and not raw(said)


@pytest.mark.parametrize("part", ["constants", "train", "covariance", "formula", "unit"])
@pytest.mark.parametrize("value", [None, 3, "x", [], {}, [None]])
def test_a_law_with_a_part_of_another_kind(
    part: str, value: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made_run(tmp_path, ["k*x"], RUN)
    state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    law = state["laws"][0]
    (law["constants"][0] if part == "unit" else law)[part] = value
    (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")
    status = symreg_("predict", folder, tmp_path / "old.csv")
    said = capsys.readouterr().err
    assert status == 2 and not raw(said)


def test_a_run_whose_table_has_changed_names_no_flag_of_another_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made_run(tmp_path, ["2*x"], RUN)
    table(tmp_path, RUN.replace("13.9", "14"), "old.csv")
    assert symreg_("predict", folder, tmp_path / "old.csv") == 2
    said = capsys.readouterr().err
    assert "values of column 'y' have changed" in said and "cannot be resumed" not in said
    assert "search again: symreg run EXPERIMENT --fresh" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "t.csv", "--seed", "x"], "give a whole number, not 'x'"),
        (["run", "t.csv", "--threads", "1.5"], "give a whole number, not '1.5'"),
        (["benchmark", "feynman", "--jobs", "0"], "give a whole number from 1, not 0"),
        (["benchmark", "feynman", "--scale-input", "m"], "give a number, not 'm'"),
        (["report", "run", "--format", ","], "name a format of a report or a language"),
    ],
)
def test_a_wrong_number_of_the_command_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert symreg_(*arguments) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert told in said and not raw(said)


def test_a_setting_that_a_backend_has_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table(tmp_path, PENDULUM)
    path = tmp_path / "e.yaml"
    text = "version: 1\nname: e\ndata: {file: pendulum.csv, target: T}\nbackend: {name: native, settings: {probe: 3}}\n"
    path.write_text(text, encoding="utf-8")
    assert symreg_("run", path, "--runs", tmp_path) == 2
    said = capsys.readouterr().err
    assert "backend native does not take probe; did you mean 'probes'?" in said and not raw(said)


def test_bounds_that_are_no_numbers() -> None:
    data = read_table({"x": [1.0, 2.0, 3.0, 4.0, 5.0], "y": [2.0, 4.0, 6.0, 8.0, 9.0]}, target="y")
    for bounds, told in ((["x", 1], "must be"), ([[], {}], "must be"), ([3, 1], "3 is not below 1"), ([0, 1, "blah"],
                                                                                                      "")):
        with pytest.raises(SymregError) as error:
            make_problem(data, free_constants={"bounds": {"k": bounds}}, guesses=["k*x"])
        assert told in str(error.value) and not raw(str(error.value))


def _symreg_errors_of(act: Callable[[object], object], values: list[object]) -> None:
    for value in values:
        try:
            act(value)
        except SymregError as error:
            assert not raw(str(error)), value


ODD: list[object] = [
    None, 0, -1, 1.5, float("nan"), 10**30, "", "x", [], {}, [None], [[]], [3], {"x": 3}, {3: "m"}, {"x": None}, (0,),
    object(),
    dict, np.ones(3), b"x", True, [{"value": 1}], "\0", "x" * 2000, {"sin": 3}, {"sin": {"cos": "x"}}, {"k": [1, "x"]},
]  # fmt: skip


@pytest.mark.parametrize(
    "key", ["target", "inputs", "columns", "units", "sigma", "nan", "decimal", "separator", "skip_rows", "missing"]
)
def test_an_argument_of_read_table_of_any_kind(key: str) -> None:
    data = {"x": np.arange(1.0, 9.0), "y": np.arange(1.0, 9.0) ** 2}
    options: dict[str, object] = {"target": "y"}
    _symreg_errors_of(lambda value: read_table(data, **{**options, key: value}), ODD)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "key",
    ["target", "inputs", "constants", "free_constants", "operators", "constraints", "guesses", "parameters",
     "functions",
     "test_fraction", "folds", "seed"],
)  # fmt: skip
def test_an_argument_of_make_problem_of_any_kind(key: str) -> None:
    table_ = read_table({"x": np.arange(1.0, 9.0), "y": np.arange(1.0, 9.0) ** 2}, target="y")
    _symreg_errors_of(lambda value: make_problem(table_, **{key: value}), ODD)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["max_complexity", "nested", "monotonic", "range", "units", "positive", "bounds",
                                 "integer"])
def test_a_limit_of_any_kind(key: str) -> None:
    table_ = read_table({"x": np.arange(1.0, 9.0), "y": np.arange(1.0, 9.0) ** 2}, target="y")
    own = key in ("units", "positive", "bounds", "integer")

    def act(value: object) -> object:
        if own:
            return make_problem(table_, free_constants={key: value})
        return make_problem(table_, constraints=Constraints(**{key: value}))  # type: ignore[arg-type]

    _symreg_errors_of(act, ODD)


X = np.arange(1.0, 41.0).reshape(20, 2)


@pytest.mark.parametrize(
    ("sigma", "told"),
    [
        (np.ones(3), "inconsistent numbers of samples: [20, 3]"),
        (np.ones((20, 1)), "sigma of 'y' has the shape (20, 1), and must be one number, or one for each of 20 rows"),
        ("abc", "sigma of 'y' is 'abc', and must be one number, or one for each of 20 rows"),
        (1j, "sigma of 'y' is 1j"),
        (object(), "sigma of 'y' is <object"),
        ({"x0": "b"}, "sigma of 'x0' is 'b'"),
    ],
)
def test_a_sigma_that_is_none(sigma: object, told: str) -> None:
    with pytest.raises(EstimatorError) as error:
        SymbolicRegressor().fit(X, X[:, 0], sigma=sigma)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "X has 0 rows, and y has 20"),
        (X[:, :0], "X has no column"),
        (object(), "X or y holds what is no number"),
        ({1, 2}, "X or y holds what is no number"),
        (pd.DataFrame({"a": pd.date_range("2024", periods=20), "b": X[:, 1]}), "Leave columns of dates"),
        (pd.DataFrame(X, columns=[0, "a"]), "must be named by texts alone"),
        (scipy.sparse.csr_matrix(X), "Write X.toarray()"),
    ],
)
def test_an_x_that_is_none(data: object, told: str) -> None:
    with pytest.raises(EstimatorError) as error:
        SymbolicRegressor().fit(data, X[:, 0])
    assert told in str(error.value)
