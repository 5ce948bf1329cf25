"""Many runs on the command line: plan, run, summary, list, compare, rerun, as somebody types them."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helpers import made_run, symreg_
from tests.sweeps.helpers import DRAWN, answering, written

SWEEP = DRAWN + "budget: {time: 5 s}\nsweep: {noise: [0, 0.05], seed: [0, 1]}\n"
Said = Callable[..., str]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What every search finds: the last of the list."""
    formulas = ["k*sqrt(h)"]
    module = importlib.import_module("symreg.discovery")
    monkeypatch.setattr(module, "discover", lambda problem, **given: answering(formulas[-1])(problem, **given))
    return formulas


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """What a command prints, from a folder with ``fall.yaml``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    written(tmp_path, SWEEP)

    def say(*arguments: object, code: int = 0, err: bool = False) -> str:
        assert symreg_(*arguments) == code
        printed = capsys.readouterr()
        return printed.err if err else printed.out

    return say


def test_from_the_plan_to_the_summary(said: Said, found: list[str], tmp_path: Path) -> None:
    assert "4 to do in runs\nUp to 20 s for 4 runs, 10 s on 2 jobs" in said("plan", "fall.yaml",
    "--jobs", 2)
    text = said("run", "fall.yaml")
    assert "fall: 4 runs, 4 finished\n4 of the 4 that found a law selected the most frequent one\n" in text
    assert "The formula of the table came back in 4 of 4\n  4 of 4  t = k*sqrt(h)\n" in text
    assert "runs/fall/summary.html\n" in text and (tmp_path / "runs" / "fall" / "summary.html").is_file()
    assert "4 done in runs\nNothing would be searched." in said("plan", "fall.yaml")
    (tmp_path / "runs" / "fall" / "summary.csv").unlink()
    assert "noise: 2 of 2 groups that differ in it alone have one law" in said("summary", "fall.yaml")
    assert (tmp_path / "runs" / "fall" / "summary.csv").is_file()


def test_a_summary_that_cannot_be_written_is_told_all_the_same(said: Said, found: list[str], tmp_path: Path) -> None:
    said("run", "fall.yaml", "--quiet")
    for file in (tmp_path / "runs" / "fall").iterdir():
        file.unlink()
    (tmp_path / "runs" / "fall").rmdir()
    (tmp_path / "runs" / "fall").touch()  # a file, where its folder would be
    assert "fall: 4 runs, 4 finished\n4 of the 4 that found a law" in said("summary", "fall.yaml", code=2)


def test_a_quiet_sweep_writes_its_summary_and_says_nothing(said: Said, found: list[str], tmp_path: Path) -> None:
    assert said("run", "fall.yaml", "--quiet") == ""
    assert (tmp_path / "runs" / "fall" / "summary.json").is_file()


def test_options_of_the_command_line_stand_in_the_summary(said: Said, found: list[str]) -> None:
    text = said("run", "fall.yaml", "--seed", 7)
    assert "4 runs, 4 finished" in text
    assert "4 another question" in said("summary", "fall.yaml")


def test_one_run_has_no_summary_of_itself(said: Said, found: list[str], tmp_path: Path) -> None:
    written(tmp_path, DRAWN, "one.yaml")
    said("run", "one.yaml")
    assert not (tmp_path / "runs" / "fall" / "summary.csv").exists()


def test_the_list_by_name_status_target_and_order(said: Said, found: list[str], tmp_path: Path) -> None:
    said("run", "fall.yaml")
    path = tmp_path / "runs" / "fall-noise=0-seed=1" / "front.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"status": "interrupted"}))
    (tmp_path / "runs" / "fall-noise=0.05-seed=1" / "front.json").write_text("{")

    def names(*options: object) -> list[str]:
        return [line.split()[0] for line in said("list", *options).splitlines()[1:]]

    assert names() == [
        "fall-noise=0-seed=0", "fall-noise=0-seed=1", "fall-noise=0.05-seed=0", "fall-noise=0.05-seed=1:",
    ]  # fmt: skip
    assert names("--name", "*seed=1") == ["fall-noise=0-seed=1", "fall-noise=0.05-seed=1:"]
    assert names("--status", "interrupted") == ["fall-noise=0-seed=1"]
    assert len(names("--status", "finished, interrupted")) == 3 and len(names("--target", "t")) == 3
    assert names("--sort", "r2")[2] == "fall-noise=0.05-seed=0"
    assert said("list", "--target", "q") == "There are no such runs in runs.\n"
    assert "one of name, r2, complexity, seconds, when, not 'size'" in said("list", "--sort", "size", code=2, err=True)
    assert (tmp_path / "runs" / "index.sqlite").is_file()


def test_the_best_the_simplest_and_the_latest_first(tmp_path: Path, said: Said) -> None:
    rows = "x [m],y [s]\n" + "".join(f"{x},{3 * x + 0.1 * (-1) ** x}\n" for x in range(1, 11))
    first = made_run(tmp_path, ["k", "k*x"], rows)
    for name, r2, complexity, seconds in (("b", 0.9, 9, 1.0), ("c", None, 1, 9.0), ("d", 0.99999, 5, 0.1)):
        folder = first.with_name(name)
        folder.mkdir()
        front = json.loads((first / "front.json").read_text())
        law = front["laws"][1] | {"complexity": complexity, "held_out": {"r2": r2, "rmse": 1}}
        (folder / "front.json").write_text(json.dumps(front | {"laws": [law], "selected": 0, "wall_seconds": seconds}))
    order = {
        key: "".join(line[0] for line in said("list", "--sort", key).splitlines()[1:])
        for key in ("name", "r2", "complexity", "seconds")
    }
    assert order == {"name": "bcdo", "r2": "dobc", "complexity": "codb", "seconds": "dboc"}
    assert said("list", "--sort", "when").splitlines()[1].startswith("old")  # the only one that tells when


def test_runs_side_by_side(said: Said, found: list[str]) -> None:
    said("run", "fall.yaml")
    text = said("compare", "runs/fall-noise=0.05-seed=0", "runs/fall-noise=0.05-seed=1")
    assert "1  runs/fall-noise=0.05-seed=0  finished           4" in text and "t = k*sqrt(h)" in text
    assert "The questions differ:" in text and "  seed" in text and "The laws are alike" in text
    assert "  k [s/m**(1/2)]: 0.4" in text and "the same constant comes out as far apart in" in text
    assert "name two runs or more" in said("compare", "runs/fall-noise=0-seed=0", code=2, err=True)
    assert "not there" in said("compare", "runs/a", "runs/b", code=2, err=True)


def test_again_and_the_same_law(said: Said, found: list[str], tmp_path: Path) -> None:
    said("run", "fall.yaml")
    run = "runs/fall-noise=0-seed=0"
    text = said("rerun", run, "--quiet")
    assert text.startswith("The same law came out: t = k*sqrt(h)\n  k [s/m**(1/2)]: 0.4515236")
    assert "See " in text and (tmp_path / f"{run}-again" / "front.json").is_file()
    found.append("k*h + k1")
    assert "Another law came out: t = k1*h + k2\n  It was t = k*sqrt(h)\n" in said("rerun", run, "--fresh", "--quiet")
    assert json.loads((tmp_path / run / "front.json").read_text())["laws"][0]["formula"] == "k1*h + k2"
    found.append("")
    assert said("rerun", run, "--quiet") == "This time there is no law to compare.\n"
    assert "not there" in said("rerun", "runs/none", code=2, err=True)


def test_again_tells_of_other_data_before_it_searches(said: Said, found: list[str], tmp_path: Path) -> None:
    rows = "h [m],t [s]\n" + "".join(f"{h},{(h / 5) ** 0.5}\n" for h in range(1, 30))
    (tmp_path / "fall.csv").write_text(rows)
    head = DRAWN.partition("data:")[0] + "free_constants: {units: inferred}\nreport: {formats: []}\n"
    written(tmp_path, head + "data: {file: fall.csv, target: t}\n", "table.yaml")
    said("run", "table.yaml")
    assert "The data have the fingerprint that the run had.\n" in said("rerun", "runs/fall", err=True)
    (tmp_path / "fall.csv").write_text(rows.replace("[s]", "[min]"))
    told = said("rerun", "runs/fall", err=True)
    assert "The data are not those that the run had:\n  data: unit of column 't': 's' in the stored run" in told


def test_a_mistake_in_a_sweep_is_told_with_its_line(said: Said, tmp_path: Path) -> None:
    written(tmp_path, SWEEP.replace("seed: [0, 1]", "sede: [0, 1]"))
    for command in ("plan", "summary", "check", "run"):
        assert "fall.yaml, line 14, sweep.sede: unknown key 'sede'; did you mean 'seed'?" in said(
            command, "fall.yaml", code=2, err=True
        )
    (tmp_path / "t.csv").write_text("x,y\n1,2\n")
    assert "t.csv is a table" in said("plan", "t.csv", code=2, err=True)
    told: Any = said("plan", "fall.yaml", "--jobs", "0", code=2, err=True)
    assert "give a whole number from 1, not 0" in told
