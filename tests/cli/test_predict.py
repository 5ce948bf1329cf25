"""``symreg predict``: new rows by the law of a run, with units, bands, and what nobody knows."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import numpy as np
import pytest

from symreg.experiment import predict_run
from symreg.tables import read_rows
from tests.cli.helpers import made_run, symreg_, table

NOISE = np.random.default_rng(3).normal(size=10)
X = np.linspace(1.0, 10.0, 10)
ROWS = "x [m],junk,y [s]\n" + "".join(f"{x},{-x * x},{3 * x + 0.1 * e}\n" for x, e in zip(X, NOISE, strict=True))
HEADINGS = [
    "x [m]", "y [s]", "y law 95% lower [s]", "y law 95% upper [s]", "y measurement 95% lower [s]",
    "y measurement 95% upper [s]", "extrapolated",
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return made_run(tmp_path, ["k", "k*x"], ROWS)


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_values_and_both_bands_of_a_line_through_zero(run: Path, tmp_path: Path) -> None:
    new = table(tmp_path, "x [cm]\n100\n450\n2000\n", "new.csv")
    assert symreg_("predict", run, new, "--output", "out.csv") == 0
    headings, *rows = cells(tmp_path / "out.csv")
    assert headings == ["x [cm]", *HEADINGS[1:]]
    y, t = 3 * X + 0.1 * NOISE, 2.262157  # Student's t of 9 degrees of freedom, 97.5 %
    slope = float(X @ y / (X @ X))
    spread = float(np.sqrt(np.sum((y - slope * X) ** 2) / 9))
    for row, x in zip(rows, (1.0, 4.5, 20.0), strict=True):
        own = t * spread * x / np.sqrt(X @ X)
        whole = np.hypot(own, t * spread)
        numbers = [float(cell) for cell in row[:-1]]
        expected = [100 * x, slope * x, slope * x - own, slope * x + own, slope * x - whole, slope * x + whole]
        np.testing.assert_allclose(numbers, expected, rtol=1e-5)
    assert [row[-1] for row in rows] == ["false", "false", "true"]


def test_the_file_is_a_table_for_us_too(run: Path, tmp_path: Path) -> None:
    assert symreg_("predict", run, table(tmp_path, "x [m]\n1\n2\n", "new.csv"), "--output", "out.csv") == 0
    again = read_rows(tmp_path / "out.csv", ("y",))
    assert again["y"].unit.text == "s" and again["y law 95% upper"].unit.text == "s"
    np.testing.assert_allclose(again["y"].values, [3.0, 6.0], rtol=0.1)


def test_without_output_it_is_shown_and_what_is_not_known_is_said(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "who,y,x [mm],broken [kmm]\na,1,1000,1\nb,2,,1\nc,3,20000,1\nd,4,-5,1\n"
    before = sorted(path.name for path in tmp_path.iterdir())
    assert symreg_("predict", run, table(tmp_path, text, "new.csv")) == 0
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert lines[0].startswith("y = k*x, k = ")
    assert lines[2].split("  ")[0] == "x [mm]" and "measurement from" in lines[2]
    assert lines[4].split() == ["-"] * 6
    assert [line.endswith("yes") for line in lines[3:7]] == [False, False, True, True]
    assert "law: the law's own value lies there with 95%; measurement: one new measurement does." in said
    assert "Note: 2 rows (3, 4) lie beyond what the law was fitted to (x from 1 to 10 m): extrapolated.\n" in said
    assert "Note: row 2 has no prediction: a cell is empty or not finite.\n" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "new.csv"])


def test_a_row_where_the_law_has_no_value_is_empty_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "x,y\n" + "".join(f"{x},{3 * np.sqrt(x) + 0.01 * e}\n" for x, e in zip(X, NOISE, strict=True))
    run = made_run(tmp_path, ["k*sqrt(x)"], rows)
    assert symreg_("predict", run, table(tmp_path, "x\n4\n-4\n", "new.csv"), "--output", tmp_path / "out.csv") == 0
    assert "Note: row 2 has no prediction: the law has no value there." in capsys.readouterr().out
    assert cells(tmp_path / "out.csv")[2] == ["-4.0", "", "", "", "", "", "true"]


def test_ends_of_the_range_are_within_it_in_any_unit(tmp_path: Path) -> None:
    rows = "x [inch],y\n" + "".join(f"{0.1 * x},{x}\n" for x in range(1, 9))
    run = made_run(tmp_path, ["k*x"], rows)
    new = table(tmp_path, "x [cm]\n0.254\n2.032\n2.033\n", "new.csv")
    assert predict_run(run, new).is_beyond.tolist() == [False, False, True]


def test_any_law_of_the_front(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = table(tmp_path, "x\n1\n9\n", "new.csv")
    assert symreg_("predict", run, new, "--law", 1, "--output", "out.csv") == 0
    headings, *rows = cells(tmp_path / "out.csv")
    assert headings == HEADINGS[1:]
    assert len({row[0] for row in rows}) == 1 and float(rows[0][0]) == pytest.approx(np.mean(3 * X + 0.1 * NOISE))
    capsys.readouterr()
    for same in ("3", "#2", "best", "accuracy"):  # by complexity, by place in the list, by a word
        assert symreg_("predict", run, new, f"--law={same}") == 0
        assert capsys.readouterr().out.startswith("y = k*x, k = "), same
    assert symreg_("predict", run, new, "--law", 2) == 2
    told = "there is no law of complexity 2 on the front. There are:\n  #1, complexity 1: k\n  #2, complexity 3: k*x\n"
    assert told in capsys.readouterr().err


def test_a_column_without_a_unit_is_in_that_of_the_run(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert symreg_("predict", run, table(tmp_path, "x\n2\n", "new.csv"), "--output", "out.csv") == 0
    assert cells(tmp_path / "out.csv")[0] == HEADINGS
    assert "Note: no unit is given for 'x' in new.csv: taken in m, as in the run." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("X [m],z\n1,2\n", "new.csv: there is no column 'x', which the law needs. There are: X, z."),
        ("x [kg]\n1\n", "new.csv, column 'x': its unit is 'kg' (kg), and the law takes 'm' (m)."),
        ("x [kmm]\n1\n", "column 'x': cannot read the unit \"kmm\""),
        ("x,z\na,1\nb,1\n", "column 'x': this column holds text, not numbers"),
        ("x\n", "a header but no rows"),
    ],
)
def test_a_file_that_does_not_fit_is_told(
    text: str, told: str, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert symreg_("predict", run, table(tmp_path, text, "new.csv"), "--output", "out.csv") == 2
    error = capsys.readouterr().err
    assert error.startswith("symreg: ") and told in error
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["runs/old", "nowhere.csv"], "nowhere.csv: there is no such file"),
        (["runs/young", "new.csv"], "runs/young: experiment.yaml: not there"),
        (["runs/old", "new.csv", "--output", "new.csv"], "new.csv holds the rows to predict; give another --output"),
        (["runs/old", "new.csv", "--output", "no/out.csv"], "out.csv cannot be written (No such file or directory)"),
        (["runs/old", "new.csv", "--law", "#3"], "runs/old: there is no law #3 on the front."),
        (["runs/old", "new.csv", "--law", "first"], "'first' names no law. Give a complexity (5), a place in the list"),
    ],
)
def test_wrong_use_is_told(
    arguments: list[str], told: str, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table(tmp_path, "x [m]\n1\n", "new.csv")
    assert symreg_("predict", *arguments) == 2
    error = capsys.readouterr().err
    assert told in " ".join(error.replace("│", " ").split()) and "Traceback" not in error
    assert (tmp_path / "new.csv").read_text() == "x [m]\n1\n"


def test_the_table_of_the_run_has_to_be_there_as_it_was(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = table(tmp_path, "x [m]\n1\n", "new.csv")
    (tmp_path / "old.csv").rename(tmp_path / "moved.csv")
    assert symreg_("predict", run, new) == 2
    told = capsys.readouterr().err
    assert "runs/old: the table of the run is needed, and cannot be read again: " in told and "no such file" in told
    table(tmp_path, ROWS.replace("3", "4"), "old.csv")
    assert symreg_("predict", run, new) == 2
    assert "values of column" in capsys.readouterr().err


def test_a_file_written_like_the_one_of_the_run_is_read_like_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "logger 7\nx [m];y\n" + "".join(f"{i},{i}00;{i},500\n" for i in range(1, 9)) + "-999;1,000\n"
    said = "data: {file: old.csv, target: y, decimal: ',', skip_rows: 1, missing: [-999], nan: drop}\n"
    run = made_run(tmp_path, ["k*x"], rows, said)
    new = table(tmp_path, "logger 7\nx [m];z\n1,234;1\n-999;1\n", "new.csv")
    found = predict_run(run, new)
    np.testing.assert_array_equal(found.columns[0].values, [1.234, np.nan])
    assert any("was read as the run's table" in remark for remark in found.remarks)
    plain = predict_run(run, table(tmp_path, "x [m],z\n1.25,1\n-999,1\n", "plain.csv"))
    np.testing.assert_array_equal(plain.columns[0].values, [1.25, np.nan])
    assert not any("was read as" in remark for remark in plain.remarks)


def test_a_unit_that_the_run_had_to_say_is_said_for_the_same_header(tmp_path: Path) -> None:
    rows = "logg (cgs),E [J] [m],y\n" + "".join(f"{i},{i * i},{i}\n" for i in range(1, 9))
    columns = 'columns: {logg: {unit: "m/s**2"}, "E [J]": {unit: m}}\n'
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run = made_run(tmp_path, ["k*logg"], rows, columns)
        found = predict_run(run, table(tmp_path, "logg (cgs)\n3\n", "new.csv"))
    assert found.columns[0].heading == "logg [m/s**2]" and found.values == pytest.approx([3.0])


def test_a_name_that_looks_like_a_name_and_a_unit(tmp_path: Path) -> None:
    rows = "f (x),y\n" + "".join(f"{i},{2 * i}\n" for i in range(1, 9))
    run = made_run(tmp_path, ["k*`f (x)`"], rows, 'columns: {"f (x)": {unit: "1"}}\n')
    assert predict_run(run, table(tmp_path, "f (x)\n3\n", "new.csv")).values == pytest.approx([6.0])


def test_degrees_are_converted_with_their_zero(tmp_path: Path) -> None:
    rows = "T [degC],y [degC]\n" + "".join(f"{i},{2 * (i + 273.15) - 273.15}\n" for i in range(10, 30))
    run = made_run(tmp_path, ["k*T"], rows)
    found = predict_run(run, table(tmp_path, "T [degF]\n68\n", "new.csv"))
    assert found.columns[0].values == pytest.approx([20.0]) and found.values == pytest.approx([313.15])
    assert found.headings[1] == "y [degC]"


def test_no_degree_of_freedom_no_band(tmp_path: Path) -> None:
    run = made_run(tmp_path, ["k*x**2 + k1*x + k2"], "x,y\n1,1\n2,3\n3,8\n")
    found = predict_run(run, table(tmp_path, "x\n2\n", "new.csv"))
    assert np.isfinite(found.values).all() and not np.isfinite(found.of_measurement[0]).any()
    assert "row 1 has no band: the rows of the run do not tell how sure the law is there" in found.remarks


def test_nothing_in_the_file_is_a_spreadsheet_s_command(tmp_path: Path) -> None:
    rows = "=cmd(),y\n" + "".join(f"{i},{2 * i}\n" for i in range(1, 9))
    run = made_run(tmp_path, ["k*`=cmd()`"], rows)
    assert symreg_("predict", run, table(tmp_path, "=cmd()\n3\n", "new.csv"), "--output", tmp_path / "out.csv") == 0
    assert cells(tmp_path / "out.csv")[0][0] == "'=cmd() [1]"


def test_how_the_new_file_is_written_can_be_said(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = table(tmp_path, "x [m];z\n2,500;1\n", "new.csv")
    assert symreg_("predict", run, new) == 2
    assert "On the command line: --data decimal=VALUE." in capsys.readouterr().err
    assert symreg_("predict", run, new, "--data", "decimal=,", "--output", "out.csv") == 0
    assert cells(tmp_path / "out.csv")[1][0] == "2.5"
    assert symreg_("predict", run, new, "--data", "nan=drop") == 2
    assert "--data 'nan=drop' cannot be read" in capsys.readouterr().err


def test_a_law_without_inputs_says_so(run: Path, tmp_path: Path) -> None:
    found = predict_run(run, table(tmp_path, "z\n1\n2\n", "new.csv"), 1)
    assert len(found.values) == 2 and found.remarks == ("the law holds no input: it says the same of every row",)
