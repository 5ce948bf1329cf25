"""``symreg front`` and ``symreg report --law``: the laws of a run, and a report about any of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symreg.experiment import load_discovery
from tests.cli.helpers import made_run, symreg_, table

X = np.linspace(1.0, 10.0, 10)
ROWS = "x [m],y [s]\n" + "".join(f"{x},{3 * x + 0.1 * np.sin(9 * x)}\n" for x in X)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return made_run(tmp_path, ["k", "k*x"], ROWS)


def test_the_front_fits_the_terminal(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert symreg_("front", "runs/old") == 0
    said, hint = capsys.readouterr().out.split("\n\n")
    assert max(map(len, said.splitlines())) <= 50
    assert [line[0] for line in said.splitlines()[1:3]] == [" ", ">"] and "k*x" in said
    assert hint.startswith("A law by its complexity, or by its number as in --law=#2: symreg report runs/old")


def test_a_report_about_another_law(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--format", "markdown", "--export", "text", "--out", "out"]
    assert symreg_("report", "runs/old", "--law=#1", *options) == 0
    assert Path("out/law.txt").read_text(encoding="utf-8").startswith("y = k")
    assert "k*x" not in Path("out/law.txt").read_text(encoding="utf-8")
    page = Path("out/report.md").read_text(encoding="utf-8")
    assert "this law was chosen by hand; the description length selects k\\*x" in page
    assert load_discovery(run).front.selected == 1  # the run itself is as it was
    assert symreg_("report", "runs/old", "--law", "3", *options) == 0
    assert "chosen by hand" not in Path("out/report.md").read_text(encoding="utf-8")
    capsys.readouterr()
    assert symreg_("report", "runs/old", "--law", "7") == 2
    assert capsys.readouterr().err.startswith("symreg: runs/old: there is no law of complexity 7 on the front. There")


def test_names_of_constants_stand_in_the_file_and_in_the_run(tmp_path: Path) -> None:
    table(tmp_path, ROWS, "old.csv")
    path = tmp_path / "named.yaml"
    path.write_text(
        "version: 1\nname: named\ndata: {file: old.csv, target: y}\nreport: {formats: []}\n"
        "operators: ['*', '+']\nbudget: {time: null, evaluations: 500}\nrobustness: {resamples: 0}\n"
        "constraints: {max_complexity: 3}\nbackend: {threads: 1}\n"
        "free_constants: {units: inferred, names: {slope: s/m}}\n",
        encoding="utf-8",
    )
    assert symreg_("run", path, "--runs", tmp_path / "runs", "--quiet") == 0
    assert load_discovery(tmp_path / "runs" / "named").front.best.formula == "slope*x"
    assert "slope: s/m" in (tmp_path / "runs" / "named" / "experiment.yaml").read_text(encoding="utf-8")
