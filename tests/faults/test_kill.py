"""A run may die between any two steps of any write: what lies in its folder can always be read and gone on
from.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from symreg.document import read_document
from symreg.experiment import store
from symreg.experiment.assembly import problem_of
from symreg.experiment.lock import holder_of
from symreg.experiment.runner import run_experiment
from symreg.experiment.specification import Specification, read_specification
from symreg.problem.problem import Problem
from tests.experiment.fake_search import FakeSearch, write_kepler

ROOT = Path(__file__).resolve().parents[2]


class PowerCut(BaseException):
    """Nothing that runs in the process after this is let through: the machine is off."""


class Machine:
    """Counts the steps that reach the disk and switches off before step ``last``; then none is done."""

    def __init__(self, last: int | None) -> None:
        self.last = last
        self.step = 0

    def guard(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            if self.last is not None and self.step >= self.last:
                raise PowerCut
            self.step += 1
            return real(*args, **options)

        return step

    def install(self, patch: pytest.MonkeyPatch) -> None:
        for name in ("open", "replace"):
            patch.setattr(os, name, self.guard(getattr(os, name)))
        # What is not forced to the disk is there all the same for a process that looks: only count the step.
        patch.setattr(os, "fsync", self.guard(lambda _descriptor: None))
        for name in ("unlink", "mkdir", "open"):
            patch.setattr(Path, name, self.guard(getattr(Path, name)))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of runs of one problem: read it once, and do not ask the package manager for versions."""
    monkeypatch.setattr("symreg.experiment.environment.versions", lambda: {"symreg": "test"})
    problems: list[Problem] = []

    def problem_once(specification: Specification) -> Problem:
        problems[:] = problems or [problem_of(specification)]
        return problems[0]

    monkeypatch.setattr("symreg.experiment.runner.problem_of", problem_once)


def run(file: Path, search: FakeSearch, *, fresh: bool = False) -> None:
    run_experiment(read_specification(file), file.parent / "runs", discover=search, interval=0.0, fresh=fresh)


def assert_loadable(folder: Path) -> None:
    """Every file that is there is whole."""
    if not folder.exists():
        return
    store.read_state(folder)
    store.read_log(folder)
    for name in (store.FRONT, store.ENVIRONMENT):
        if (folder / name).exists():
            json.loads((folder / name).read_text(encoding="utf-8"))
    if (folder / store.EXPERIMENT).exists():
        read_document(folder / store.EXPERIMENT)
    if (folder / store.TABLE).exists():
        assert (folder / store.TABLE).read_text(encoding="utf-8").endswith("\n")


def cut(file: Path, step: int, monkeypatch: pytest.MonkeyPatch, **options: Any) -> bool:
    """Run until the power goes at ``step``, False when the run ends before.

    The lock that is left looks like another process's.
    """
    with monkeypatch.context() as patch:
        Machine(step).install(patch)
        try:
            run(file, FakeSearch(steps=2), **options)
        except PowerCut:
            pass
        else:
            return False
    lock = file.parent / "runs" / "kepler" / "lock.json"
    if lock.exists():
        assert json.loads(lock.read_text(encoding="utf-8"))["pid"] == os.getpid()
        lock.write_text(
            json.dumps({"pid": os.getpid(), "process_start": "before", "since": "then"}), encoding="utf-8"
        )
    return True


def test_power_cut_before_every_step_of_a_first_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in itertools.count():
        (tmp_path / str(step)).mkdir()
        file = write_kepler(tmp_path / str(step))
        if not cut(file, step, monkeypatch):
            break
        folder = file.parent / "runs" / "kepler"
        assert_loadable(folder)
        run(file, FakeSearch(steps=2))
        assert json.loads((folder / "front.json").read_text(encoding="utf-8"))["status"] == "finished"
        assert {path.name for path in folder.iterdir()} == set(store.KNOWN_FILES), "leftovers are cleared"
    assert step > 40


def test_power_cut_before_every_step_of_a_second_run_keeps_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_kepler(tmp_path)
    run(file, FakeSearch(status="interrupted"))
    shutil.copytree(tmp_path / "runs", tmp_path / "old")
    for step in itertools.count():
        shutil.rmtree(tmp_path / "runs")
        shutil.copytree(tmp_path / "old", tmp_path / "runs")
        if not cut(file, step, monkeypatch):
            break
        assert_loadable(tmp_path / "runs" / "kepler")
        state = store.read_state(tmp_path / "runs" / "kepler")
        assert state is not None and "k*a**(3/2)" in state.formulas
    assert step > 40


def test_power_cut_before_every_step_of_handing_over_a_finished_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_kepler(tmp_path)
    run(file, FakeSearch())
    for step in itertools.count():
        if not cut(file, step, monkeypatch):
            break
        assert_loadable(tmp_path / "runs" / "kepler")
    assert step > 10


def test_power_cut_while_starting_over_leaves_the_old_run_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_kepler(tmp_path)
    run(file, FakeSearch())
    shutil.copytree(tmp_path / "runs", tmp_path / "old")
    for step in itertools.count():
        shutil.rmtree(tmp_path / "runs")
        shutil.copytree(tmp_path / "old", tmp_path / "runs")
        if not cut(file, step, monkeypatch, fresh=True):
            break
        assert_loadable(tmp_path / "runs" / "kepler")
    run(file, FakeSearch())


def start(file: Path, pause: float) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "tests.experiment.fake_search",
        str(file),
        str(file.parent / "runs"),
        str(pause),
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def wait_for_step(child: subprocess.Popen[str], step: int) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        if line.strip() == str(step):
            return
    pytest.fail("the run ended before it was killed")


@pytest.mark.parametrize("step", [1, 7, 40])
def test_a_real_kill_loses_nothing_but_time(tmp_path: Path, step: int) -> None:
    file = write_kepler(tmp_path)
    folder = tmp_path / "runs" / "kepler"
    with start(file, 0.002) as child:
        wait_for_step(child, step)
        holder = holder_of(folder)
        assert holder is not None and holder.pid == child.pid
        child.kill()
    assert (folder / "lock.json").exists() and holder_of(folder) is None
    assert_loadable(folder)
    search = FakeSearch()
    run(file, search)
    assert search.given == [("k*a",)]
    assert json.loads((folder / "front.json").read_text(encoding="utf-8"))["status"] == "finished"


def formulas_in(folder: Path) -> tuple[str, ...]:
    state = store.read_state(folder)
    return () if state is None else state.formulas


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c(tmp_path: Path, presses: int) -> None:
    """Once: the best so far, saved, exit 130. Twice: at once, and the folder is still good."""
    file = write_kepler(tmp_path)
    folder = tmp_path / "runs" / "kepler"
    began = time.monotonic()
    with start(file, 0.05 if presses == 1 else 3.0) as child:
        wait_for_step(child, 1 if presses == 1 else 0)
        while "k*a" not in formulas_in(folder):
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        if presses == 2:
            time.sleep(0.3)
            child.send_signal(signal.SIGINT)
    assert time.monotonic() - began < 20
    assert child.returncode == (130 if presses == 1 else -signal.SIGINT)
    assert_loadable(folder)
    if presses == 1:
        front = json.loads((folder / "front.json").read_text(encoding="utf-8"))
        assert (front["status"], front["stop_reason"]) == ("interrupted", "stopped by Ctrl-C")
        assert front["laws"][front["selected"]]["formula"] == "k*a"
        assert not (folder / "lock.json").exists()
    search = FakeSearch()
    run(file, search)
    assert search.given == [("k*a",)]
