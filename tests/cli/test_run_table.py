"""``symreg run TABLE --target NAME``: a search without a YAML file."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from symreg.cli.starting import names
from symreg.experiment.specification import read_specification
from tests.cli.helpers import symreg_, table
from tests.experiment.fake_search import PLANETS, FakeSearch, write_kepler


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeSearch:
    fake = FakeSearch()
    monkeypatch.setattr(importlib.import_module("symreg.discovery"), "discover", fake)
    monkeypatch.chdir(tmp_path)
    table(tmp_path, PLANETS, "planets.csv")
    return fake


def test_the_folder_is_the_table_s_name_and_the_report_lies_there(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert symreg_("run", "planets.csv", "--target", "P") == 0
    assert "k*a**(3/2)" in capsys.readouterr().out
    folder = tmp_path / "runs" / "planets"
    assert (folder / "report.html").is_file()
    resolved = read_specification(folder / "experiment.yaml")
    assert (resolved.name, resolved.data.target, resolved.data.inputs) == ("planets", "P", ("a",))
    assert resolved.data.file == str(folder / ".." / ".." / "planets.csv")


def test_the_same_command_goes_on_and_its_experiment_can_be_run_too(search: FakeSearch) -> None:
    search.status = "interrupted"
    for asked in (["planets.csv", "--target", "P"],) * 2 + (["runs/planets/experiment.yaml"],):
        assert symreg_("run", *asked, "--quiet") == 130
    assert search.given == [(), *[("k*a", "k*a**(3/2)")] * 2]
    assert symreg_("report", "runs/planets", "--format", "markdown") == 0


def test_every_option_reaches_the_experiment(tmp_path: Path, search: FakeSearch) -> None:
    text = 'a,"p, x",c [m],y\n' + "".join(f"{i},{i**3},{1 / i},{i * i}\n" for i in range(1, 8)) + "8,,,\n"
    table(tmp_path, text, "odd.csv")
    options = ["--inputs", 'a,"p, x"', "--input", "c", "--constants", "g_n, c_1", "--operators", "+,*,sqrt", "--unit"]
    options += ["a=km/h", "--unit", "p, x=J/(mol K)", "--data", "nan=drop", "--name", "mine"]
    options += ["--seed", 3, "--time", "9 s"]
    assert symreg_("run", "odd.csv", "--target", "y", *options, "--quiet") == 0
    found = read_specification(tmp_path / "runs" / "mine" / "experiment.yaml")
    assert found.data.inputs == ("a", "p, x", "c") and found.operators == ("+", "*", "sqrt")
    assert [one.name for one in found.constants] == ["g_n", "c_1"]
    assert {name: part.unit for name, part in found.columns.items()} == {"a": "km/h", "p, x": "J/(mol K)"}
    assert (found.data.nan, found.seed, found.budget.time) == ("drop", 3, 9.0)


def test_a_form_may_be_the_target(search: FakeSearch, tmp_path: Path) -> None:
    assert symreg_("run", "planets.csv", "--target", "P = f(a)", "--quiet") == 0
    assert read_specification(tmp_path / "runs" / "planets" / "experiment.yaml").data.target == "P = f(a)"


def test_an_interrupted_run_says_how_to_go_on(search: FakeSearch, capsys: pytest.CaptureFixture[str]) -> None:
    search.status = "interrupted"
    assert symreg_("run", "planets.csv", "--target", "P", "--unit", "a=au", "--seed", 2) == 130
    assert "To go on: symreg run planets.csv --target P --unit a=au --seed 2\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["planets.csv"], "is to be explained: --target NAME. There are: a [au], P [day]."),
        (["planets.csv", "--target", "Q"], "there is no column 'Q' to be the target"),
        (["planets.csv", "--target", "P", "--inputs", "b"], "there is no column 'b'"),
        (["planets.csv", "--target", "P", "--unit", "au"], "--unit 'au' cannot be read. Write --unit NAME=UNIT"),
        (["planets.csv", "--target", "P", "--unit", "b=m"], "units names a column 'b' that is not there"),
        (["planets.csv", "--target", "P", "--unit", "a=m"], "units= says 'm', but the header says 'au'"),
        (["planets.csv", "--target", "P", "--operators", "sqr"], "the command line, operators: 'sqr' is not known"),
        (["planets.csv", "--target", "P", "--constants", "gn"], 'is called "gn"; did you mean "g_n"?'),
        (["planets.csv", "--target", "P", "--name", "../x"], "the command line, name: '../x' cannot name a folder"),
        (["planets.csv", "--target", "P", "--data", "nan=keep"], "the command line, data.nan: 'keep' is not allowed"),
        (["planets.csv", "--target", "P", "--data", "file=x"], "--data 'file=x' cannot be read. Write --data KEY="),
        (["planets.csv", "--target", "P", "--data", "skip_rows=x"], "data.skip_rows: should be a whole number"),
        (["kepler.yaml", "--target", "P"], "--target is for tables, and kepler.yaml is an experiment that"),
        (["kepler.yaml", "--unit", "a=au"], "--unit is for tables"),
        (["nowhere.csv", "--target", "P"], "nowhere.csv: there is no such file"),
        ([".", "--target", "P"], "this is a folder, not a file"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told_and_nothing_is_made(
    arguments: list[str], told: str, tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_kepler(tmp_path)
    assert symreg_("run", *arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("symreg: ") and told in error
    assert not (tmp_path / "runs").exists() and not search.given


def test_a_table_is_no_experiment_to_be_checked(search: FakeSearch, capsys: pytest.CaptureFixture[str]) -> None:
    assert symreg_("check", "planets.csv") == 2
    told = capsys.readouterr().err
    assert "planets.csv is a table. Write its experiment: symreg init planets.csv --target NAME" in told


def test_names_with_commas_between_them() -> None:
    assert names(("L,m", '"p, bar", T', "")) == ("L", "m", "p, bar", "T")


AMBIGUOUS = "a;y\n" + "".join(f"{i},500;{i * i},250\n" for i in range(1, 8))


def test_what_a_file_does_not_show_can_be_said_on_the_command_line(
    tmp_path: Path, search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    table(tmp_path, AMBIGUOUS, "comma.csv")
    for command in (["run"], ["init"]):
        assert symreg_(*command, "comma.csv", "--target", "y") == 2
        told = capsys.readouterr().err
        assert "decimal: ','" in told and told.endswith("On the command line: --data decimal=VALUE.\n")
        assert symreg_(*command, "comma.csv", "--target", "y", "--data", "decimal=,") == 0
    assert "\n  decimal: \",\"\n  # header_rows: 1\n" in (tmp_path / "comma.yaml").read_text(encoding="utf-8")
    assert symreg_("check", "comma.yaml") == 0
    assert "1.25 to 49.25" in capsys.readouterr().out
    capsys.readouterr()
    assert symreg_("init", "comma.csv", "--data", "decimal=,", "--output", "other.yaml") == 2
    assert "There are: a, y." in capsys.readouterr().err


def test_values_of_data_are_numbers_and_lists_where_these_are_meant(tmp_path: Path, search: FakeSearch) -> None:
    table(tmp_path, "logger\na,y\n" + "".join(f"{i},{i * i}\n" for i in range(1, 8)) + "-999,1\nn.d.,1\n", "l.csv")
    said = ["skip_rows=1", "missing=-999, n.d.", "nan=drop", "test_fraction=0.4", "separator=,"]
    options = [part for text in said for part in ("--data", text)]
    assert symreg_("run", "l.csv", "--target", "y", *options, "--quiet") == 0
    data = read_specification(tmp_path / "runs" / "l" / "experiment.yaml").data
    assert (data.skip_rows, data.missing, data.nan, data.test_fraction) == (1, (-999.0, "n.d."), "drop", 0.4)
