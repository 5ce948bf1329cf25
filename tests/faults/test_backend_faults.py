"""Whatever a backend in a child process does, it costs only itself: the run ends well and nothing is executed."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery, discover
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.backend import Budget
from symreg.search.foreign import child, operon
from symreg.search.foreign.operon import Operon
from symreg.search.native.settings import Native
from symreg.search.several import Several
from symreg.tables.table import read_table
from symreg.worker.parent import TextWorker

# A child that proposes a good formula and then does what its name says.
STRANGE = """
import json, os, sys, time
deed = os.environ["DEED"]
if deed == "deaf":
    time.sleep(1000)
print(json.dumps({"ready": True}), flush=True)
question = json.loads(sys.stdin.readline())
good = {"formulas": ["2.5*x1*x2"], "evaluated": 9}
if deed != "mute":
    print(json.dumps(good), flush=True)
if deed == "killed":
    os.kill(os.getpid(), 9)
elif deed in ("hang", "mute"):
    time.sleep(1000)
elif deed == "raise":
    raise OSError("the disk is on fire")
elif deed == "garbage":
    sys.stdout.buffer.write(b"\\x80\\xff{{{\\n"); sys.stdout.flush(); time.sleep(1000)
elif deed == "no json":
    print("formula: x1", flush=True); time.sleep(1000)
elif deed == "numbers":
    print(json.dumps({"formulas": [1, 2], "evaluated": "many"}), flush=True); time.sleep(1000)
elif deed == "endless":
    while True:
        sys.stdout.write("x" * 65536)
elif deed == "deep":
    print("[" * 200_000, flush=True); time.sleep(1000)
elif deed == "shout":
    while True:
        sys.stderr.write("x" * 65536)
elif deed == "memory":
    hoard = bytearray(3 * 2**30)
    time.sleep(1000)
elif deed == "inject":
    texts = [
        "__import__('os').system('touch executed')", "open('executed', 'w')", "x1.__class__", "lambda: x1",
        "exec(\\"open('executed','w')\\")", "${touch executed}", "`touch executed`", "9**9**9**9*x1*x2",
        "x1" + "(" * 5000,
    ]
    print(json.dumps({"formulas": texts, "evaluated": 20}), flush=True)
    print(json.dumps({"done": "os.system('touch executed')"}), flush=True)
elif deed == "error":
    print(json.dumps({"error": "out of luck"}), flush=True); time.sleep(1000)
"""
RNG = np.random.default_rng(0)
V, T = RNG.uniform(1, 3, 60), RNG.uniform(1, 3, 60)
PROBLEM: Problem = make_problem(
    read_table({"v [m/s]": V, "t [s]": T, "x [m]": V * T * (1 + 0.01 * RNG.normal(size=60))}, target="x"),
    free_constants="inferred",
)


@pytest.fixture
def strange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "strange_backend.py").write_text(STRANGE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(child, "GRACE", 0.3)
    monkeypatch.setattr(child, "LONGEST_COMPLAINT", 1_000_000)

    def named(deed: str) -> Operon:
        monkeypatch.setenv("DEED", deed)
        monkeypatch.setattr(operon, "WORKER", "strange_backend")
        return Operon(threads=1)

    return named


def run(backend: Any, seconds: float = 2.0, **options: Any) -> Discovery:
    return discover(PROBLEM, **{"backend": backend, "budget": Budget(time=seconds, memory=2**30)} | options)


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("killed", f"backend operon stopped (signal {int(signal.SIGKILL)})"),
        ("raise", "backend operon stopped (exit status 1): OSError: the disk is on fire"),
        ("garbage", "backend operon gave an answer that cannot be read"),
        ("no json", "backend operon gave an answer that cannot be read"),
        ("numbers", "backend operon gave an answer that cannot be read"),
        ("endless", "backend operon gave an answer that cannot be read"),
        ("memory", "backend operon stopped (exit status 1): MemoryError"),
        ("deep", "backend operon gave an answer that cannot be read"),
        ("shout", "backend operon wrote without end to standard error"),
        ("error", "backend operon failed: out of luck"),
        ("hang", "time budget spent"),
    ],
)
def test_what_it_had_found_is_kept_and_the_answer_says_what_happened(strange: Any, deed: str, told: str) -> None:
    if deed == "memory" and not sys.platform.startswith("linux"):
        told = "time budget spent"  # no limit on the address space is kept there; the limit of time is
    began = time.monotonic()
    found = run(strange(deed))
    assert time.monotonic() - began < 15
    assert (found.status, found.stop_reason) == ("finished", told)
    assert [law.backend for law in found.front] == ["operon"] and found.evaluated == 9
    assert set(found.front.best.input_units) == {"v", "t"} and found.front.best.held_out.r2 > 0.99


@pytest.mark.parametrize("deed", ["deaf", "mute"])
def test_one_that_says_nothing_is_ended_by_the_clock(strange: Any, deed: str) -> None:
    found = run(strange(deed), seconds=1.0)
    assert found.stop_reason == "backend operon did not answer in time" and len(found.front) == 0


def test_one_that_says_nothing_is_ended_without_a_clock_too(strange: Any) -> None:
    strange("mute")
    asked = child.Child("x", operon.WORKER, {}, silence=0.5)
    budget = Budget(time=None, evaluations=100)
    reasons = [reason for _, _, reason in asked._words(budget, lambda: False)]
    assert reasons[-1] == "backend x said nothing for 0.5 s"


def test_text_is_never_executed(strange: Any, tmp_path: Path) -> None:
    found = run(strange("inject"))
    assert not (tmp_path / "executed").exists()
    assert found.stop_reason == "nothing is left to try"  # its own words for that are no text of ours
    assert any("9 of 10 formulas of backend operon were rejected" in note for note in found.notes)
    assert [law.backend for law in found.front] == ["operon"]


def test_the_others_go_on(strange: Any) -> None:
    found = run(Several((strange("killed"), Native(threads=1))), seconds=4.0)
    assert found.stop_reason.startswith("backend operon stopped (signal 9); native: ")
    assert {"operon", "native"} >= {law.backend for law in found.front} and found.evaluated > 1000
    assert found.front.best.held_out.r2 > 0.99


def test_ctrl_c_ends_the_child_at_once(strange: Any) -> None:
    asked: list[float] = []

    def stop() -> bool:
        asked.append(time.monotonic())
        return len(asked) > 5

    found = run(strange("hang"), seconds=60.0, stop=stop)
    assert time.monotonic() - asked[5] < 5
    assert (found.status, found.stop_reason) == ("interrupted", "interrupted")


def test_operon_itself_may_be_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real engine, in the middle of its work."""
    hear = TextWorker.hear
    pids: list[int] = []

    def kill_after_first_formulas(self: TextWorker, seconds: float) -> dict[str, Any] | None:
        answer = hear(self, seconds)
        if answer is not None and answer.get("formulas") and not pids:
            assert self.pid is not None
            pids.append(self.pid)
            os.kill(self.pid, signal.SIGKILL)
        return answer

    monkeypatch.setattr(TextWorker, "hear", kill_after_first_formulas)
    found = run(Operon(threads=1, population=200), seconds=30.0)
    assert pids and found.stop_reason == "backend operon stopped (signal 9)"
    assert len(found.front) and {law.backend for law in found.front} == {"operon"}
