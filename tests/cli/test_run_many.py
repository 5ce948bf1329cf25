"""`symreg run` on a sweep: one that fails stops no other, and what goes to workers is told."""

from __future__ import annotations

import importlib
import io
from pathlib import Path

import pytest
from rich.console import Console

from symreg.cli.live_runs import RunLines, RunsView, ended_line
from symreg.experiment import Overview, RunningRun, RunRecord
from tests.cli.helpers import symreg_
from tests.experiment.fake_search import KEPLER, FakeSearch, write_kepler


@pytest.fixture
def sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs, of which the first has no table."""
    monkeypatch.setattr(importlib.import_module("symreg.discovery"), "discover", FakeSearch())
    path = write_kepler(tmp_path)
    (table,) = [one for one in tmp_path.iterdir() if one.suffix == ".csv"]
    text = KEPLER + f"sweep: {{data.file: [none.csv, {table.name}]}}\n"
    path.write_text(text, encoding="utf-8")
    return path


def test_one_after_another_a_run_that_fails_stops_no_other(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert symreg_("run", sweep, "--runs", sweep.parent / "runs") == 1
    told = capsys.readouterr()
    assert "k*a**(3/2)" in told.out and "1 of 2 runs failed:" in told.err
    assert told.err.count("none.csv: there is no such file") == 2, "at once, and at the end"
    assert len(list((sweep.parent / "runs").glob("*/state.json"))) == 1


def test_on_workers_too(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The search of the workers is no fake, and its table has ten rows."""
    assert symreg_("run", sweep, "--runs", sweep.parent / "runs", "--jobs", 2, "--time", "0.5 s") == 1
    told = capsys.readouterr()
    assert "2 runs: 1 finished, 1 failed. See them: symreg list" in told.out
    lines = told.err.splitlines()
    assert any(line.startswith("symreg: kepler-file=") and "there is no such file" in line for line in lines)
    assert any(": finished, P = " in line and "held-out error" in line for line in lines)
    assert any(line.startswith("2 of 2 done, 1 failed, ") for line in lines)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--executor", "slurm"], "--executor 'slurm' is not known. There are local and dask."),
        (["--jobs", 2, "--serve"], "--serve shows one run after another, and these go on at once."),
        (["--executor", "local", "--scheduler", "tcp://x:1"], "--scheduler is for --executor dask."),
        (["--jobs", 0], "give a whole number from 1, not 0"),
    ],
)
def test_what_does_not_go_together_is_told(
    sweep: Path, options: list[object], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert symreg_("run", sweep, "--runs", sweep.parent / "runs", *options) == 2
    assert told in capsys.readouterr().err and not (sweep.parent / "runs").exists()


DONE = RunRecord("a", "finished", target="P", formula="k*a", unit="d", complexity=3, held_out_rmse=0.5, seconds=61.0)


def test_how_all_stand_in_a_terminal() -> None:
    said: list[str] = []
    view, stream = RunsView(said.append), io.StringIO()
    going = tuple(RunningRun(f"r{n}", "search", 5.0, 10**6, 2e5, 9, 0.5, "P = k*a**2") for n in range(14))
    failed = RunRecord("b", "failed", "the target is missing.")
    view.update(Overview(20, (DONE,), going, 70.0))
    view.update(Overview(20, (DONE, failed), going, 71.0, ("c: its worker stopped (x); it is begun again",)))
    view.stopping()
    Console(file=stream, width=80, force_terminal=False).print(view)
    first, *lines = stream.getvalue().splitlines()
    assert first == "2 of 20 done, 1 failed, 14 running, 2.8 million per second, 1 min 11 s"
    assert lines[0] == "  r0: search, 5 s, 50 % of the budget, complexity 9, 1 million evaluated: P = k…"
    assert lines[12] == "  and 2 more" and lines[13].startswith("Stopping")
    assert all(len(line) <= 80 for line in lines)
    assert said == [
        "a: finished, P = k*a, held-out error 0.5 d, complexity 3, 1 min 1 s",
        "b: failed: the target is missing.",
        "Note: c: its worker stopped (x); it is begun again",
    ]


def test_a_pipe_gets_a_line_every_few_seconds_and_one_for_each_that_ends() -> None:
    said: list[str] = []
    now = [0.0]
    lines = RunLines(said.append, clock=lambda: now[0])
    for second in range(12):
        now[0] = float(second)
        lines.update(Overview(2, (DONE,) if second > 6 else (), (RunningRun("b", "search", 1.0),), float(second)))
    assert said == [
        "0 of 2 done, 1 running, 0 s", "0 of 2 done, 1 running, 5 s",
        "a: finished, P = k*a, held-out error 0.5 d, complexity 3, 1 min 1 s",
        "1 of 2 done, 1 running, 10 s, about 1 min 0 s left",
    ]  # fmt: skip


def test_how_a_run_has_ended_in_a_line() -> None:
    assert ended_line(RunRecord("a", "interrupted")) == "a: interrupted, no law was found"
    kept = RunRecord("a", "finished", target="y", formula="k", unit="1", complexity=1, kept=True, begun=2)
    assert ended_line(kept) == "a: finished before, y = k, complexity 1, 0 s, begun 2 times"
