"""``symreg list``: every run a line, whatever state it is in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from symreg.experiment.lock import locked
from tests.cli.helpers import made_run, symreg_

ROWS = "x [m],y [s]\n" + "".join(f"{x},{3 * x + 0.1 * (-1) ** x}\n" for x in range(1, 11))


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return made_run(tmp_path, ["k", "k*x"], ROWS).parent


def edited(folder: Path, **changes: Any) -> None:
    path = folder / "front.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def copied(run: Path, name: str, **changes: Any) -> Path:
    folder = run.with_name(name)
    folder.mkdir()
    for path in run.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    edited(folder, **changes)
    return folder


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[str]:
    assert symreg_("list", *arguments) == 0
    return capsys.readouterr().out.splitlines()


def test_a_run_is_one_line(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heading, line = printed(capsys)
    assert heading.split() == ["run", "status", "target", "R2", "complexity", "seconds", "when", "law"]
    name, status, target, unit, r2, complexity, seconds, day, clock, law = line.split()
    assert (name, status, target, unit, complexity, seconds, law) == ("old", "finished", "y", "[s]", "3", "1.0", "k*x")
    assert 0.99 < float(r2) < 1 and day.startswith("20") and clock[2] == ":"
    assert printed(capsys, runs) == printed(capsys, runs / "old") == [heading, line]


def test_a_run_that_nobody_works_at_was_cut_off(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(runs / "old", status="running")
    assert "  cut off  " in printed(capsys)[1]
    with locked(runs / "old"):
        assert "  running  " in printed(capsys)[1]


def test_a_run_without_a_law_yet(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copied(runs / "old", "young", laws=[], selected=-1)
    assert printed(capsys)[2].split()[-2:] == ["none", "yet"]


@pytest.mark.parametrize("width", [30, 60, 80, 200])
def test_the_law_is_cut_to_the_width_of_the_terminal(
    width: int, runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    law = {"formula": "温度*" * 30 + "x", "complexity": 61, "held_out": {"r2": None}}
    copied(runs / "old", "wide", laws=[law], selected=0)
    lines = printed(capsys)
    starts = {cell_len(line[: line.index(word)]) for line, word in zip(lines, ("law", "k*x", "温"), strict=True)}
    assert len(starts) == 1
    assert lines[2].endswith("…") and "温度*" in lines[2]
    assert max(map(cell_len, lines)) <= max(width, 41)
    assert ("seconds" in lines[0]) is (width > 80) and ("when" in lines[0]) is (width > 60)
    assert max(map(cell_len, lines)) >= width - 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"name": ', "front.json: cannot be read: it is no JSON from line 1, character 10 on"),
        ("[]", "front.json: a value is of the wrong kind"),
        ('{"name": "x", "laws": []}', "front.json: 'selected' is missing"),
        ('{"selected": 0, "laws": [3], "status": "finished", "target": {"name": "y", "unit": "s"}}', "wrong kind"),
        ("[" * 100_000, "front.json: cannot be read"),
        ('{"selected": 1e999, "laws": []}', "wrong kind"),
    ],
)  # fmt: skip
def test_a_broken_run_costs_a_line(text: str, reason: str, runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copied(runs / "old", "broken")
    (runs / "broken" / "front.json").write_text(text, encoding="utf-8")
    _, line, broken = printed(capsys)
    assert line.startswith("old") and broken.startswith("broken: cannot be read: ") and reason in broken


def test_folders_that_are_no_runs_are_passed_over(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (runs / "notes").mkdir()
    (runs / "a file").write_text("x")
    (runs / "begun").mkdir()
    (runs / "begun" / "experiment.yaml").write_text("version: 1\n")
    lines = printed(capsys)
    assert lines[1].startswith("old") and len(lines) == 3
    assert lines[2] == "begun: cannot be read: front.json: not there; the run has saved nothing"


def test_nothing_in_a_run_moves_the_cursor(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copied(runs / "old", "bad\x1b[2J\nname", status="fini\x1b[31m\nshed", target={"name": "a\x07\nb", "unit": "m"})
    copied(runs / "old", "worse\x1b[2J\nname", laws=3)
    lines = printed(capsys)
    assert len(lines) == 4 and all(line.isprintable() for line in lines)


def test_a_torn_log_tells_what_it_can(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = runs / "old" / "log.jsonl"
    log.write_text('{"time": "2024-05-06T07:08:09+0000", "event": "x"}\n3\n{"time": "20', encoding="utf-8")
    assert "  2024-05-06 07:08  " in printed(capsys)[1]
    log.unlink()
    assert "k*x" in printed(capsys)[1]


def test_no_folder_and_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert symreg_("list") == 2
    assert capsys.readouterr().err == (
        "symreg: runs: there is no such folder; symreg run makes it, or name the one that holds your runs\n"
    )
    assert printed(capsys, tmp_path) == [f"There are no runs in {tmp_path}."]


def test_runs_of_a_sweep_are_told_apart_by_their_ends(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a_long_name_of_a_sweep-problem=pendulum-noise=0.1-seed=1", "温度" * 20 + "-noise=0.1-seed=2"):
        copied(runs / "old", name)
    names = [line.split("  ")[0] for line in printed(capsys)[1:]]
    assert names[0] == "a_long_n…ndulum-noise=0.1-seed=1" and names[2].endswith("温度-noise=0.1-seed=2")
    assert all(cell_len(name) <= 32 for name in names)
