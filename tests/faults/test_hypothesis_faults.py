"""Whatever a program that is asked for hypotheses does: the run ends well, nothing is executed, a note says what."""

from __future__ import annotations

import json
import os
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
from symreg.search.hypotheses.backend import Hypotheses
from symreg.search.hypotheses.conversation import MAX_REPLY, Conversation, ConversationError
from symreg.tables.table import read_table

GOOD = "print(json.dumps({'formulas': ['k*x**2']}), flush=True)"


def problem() -> Problem:
    x = np.linspace(1.0, 2.0, 30)
    return make_problem(read_table({"x [m]": x, "y [s]": 3 * x**2}, target="y"), free_constants="inferred")


def command(path: Path, *lines: str) -> list[str]:
    """A program that answers the first question well and then runs these lines."""
    start = ["import json, os, signal, subprocess, sys, time", "sys.stdin.readline()", GOOD, "sys.stdin.readline()"]
    path.write_text("\n".join([*start, *lines]), encoding="utf-8")
    return [sys.executable, str(path)]


def run(program: list[str], **options: Any) -> Discovery:
    return discover(problem(), backend=Hypotheses(command=program, **options), budget=Budget(time=20))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["os.kill(os.getpid(), signal.SIGKILL)"], "stopped (signal 9)"),
        (["sys.exit(3)"], "stopped (exit status 3)"),
        (["1/0"], "stopped (exit status 1)"),
        (["os.close(1)", "time.sleep(60)"], "closed its output"),
        (["print('Sure! Here is a formula: k*x', flush=True)"], "gave an answer that is no JSON object"),
        (["print('[' * 100_000, flush=True)"], "gave an answer that is no JSON object"),
        (["print('[1, 2]', flush=True)"], "gave an answer that is no JSON object"),
        (["print('{\"formulas\": \"k*x\"}', flush=True)"], "gave formulas that are no list"),
        (["sys.stdout.buffer.write(bytes(range(256)) * 4 + b'\\n')", "sys.stdout.flush()"], "no JSON object"),
        ([f"print('x' * {MAX_REPLY + 1}, flush=True)", "time.sleep(60)"], "more than 262,144 bytes"),
        (["while True: sys.stdout.write('x' * 65536)"], "more than 262,144 bytes"),
        (["time.sleep(60)"], "gave no answer within 0.5 s"),
        (["signal.signal(signal.SIGTERM, signal.SIG_IGN)", "while True: pass"], "gave no answer within 0.5 s"),
    ],
)
def test_a_program_that_misbehaves_costs_only_its_own_ideas(tmp_path: Path, lines: list[str], words: str) -> None:
    started = time.monotonic()
    found = run(command(tmp_path / "p.py", *lines), patience=0.5)
    assert time.monotonic() - started < 15
    assert found.status == "finished" and found.front.best.formula == "k*x**2"
    assert any(words in note and note.startswith("the program ") for note in found.notes)


def test_what_a_program_says_is_never_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    evil = [
        "__import__('os').system('touch x')",
        "k*x**2 + __import__('os').system('touch x')",
        "exec(\"open('x', 'w')\")",
        "k*x; import os",
        "x.__class__.__base__.__subclasses__()",
        "lambda: 0",
    ]
    answer = f"print(json.dumps({{'formulas': {evil!r}, 'done': True}}), flush=True)"
    found = run(command(tmp_path / "p.py", answer))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.py"]
    assert [one.formula for one in found.rejections] == evil
    assert {one.fault for one in found.rejections} == {"unreadable"}
    assert found.front.best.formula == "k*x**2"


def test_odd_entries_are_rejected_one_by_one(tmp_path: Path) -> None:
    deep: list[Any] = []
    for _ in range(500):
        deep = [deep]
    named = {"formula": "k*x", "constants": ["\x1b[2J"]}
    odd = [deep, 3, None, {}, {"formula": 7}, ["k*x"], "x" * 50_000, named, "k*x"]
    found = run(command(tmp_path / "p.py", f"print({json.dumps({'formulas': odd, 'done': True})!r}, flush=True)"))
    assert [one.fault for one in found.rejections] == ["unreadable"] * 8
    assert all(str(one).isprintable() and len(str(one)) < 1_000 for one in found.rejections)
    assert {law.formula for law in found.front} >= {"k*x", "k*x**2"}


def test_a_program_that_chatters_without_being_asked_fills_no_memory(tmp_path: Path) -> None:
    lines = ["while True: print(json.dumps({'formulas': ['k*x']}), flush=True)"]
    assert run(command(tmp_path / "p.py", *lines)).front.best.formula == "k*x**2"


def test_a_program_that_does_not_read_its_questions_keeps_nobody() -> None:
    program = Conversation([sys.executable, "-c", "import time; time.sleep(60)"])
    with program, pytest.raises(ConversationError, match=r"no answer within 0\.3 s"):
        program.ask({"long": "x" * 10_000_000}, 0.3)


def test_it_ends_with_all_that_it_has_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    lines = [
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])",
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')",
        "time.sleep(60)",
    ]
    run(command(tmp_path / "p.py", *lines), patience=1.0)
    own, grandchild = map(int, pids.read_text().split())
    end = time.monotonic() + 5
    while (is_alive(own) or is_alive(grandchild)) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_alive(own) and not is_alive(grandchild)


def test_an_interrupt_is_heard_while_a_program_thinks(tmp_path: Path) -> None:
    started = time.monotonic()
    program = Hypotheses(command=command(tmp_path / "p.py", "time.sleep(60)"))
    found = discover(problem(), backend=program, budget=Budget(time=60), stop=lambda: time.monotonic() - started > 2)
    assert found.status == "interrupted" and found.front.best.formula == "k*x**2"
    assert time.monotonic() - started < 10
    assert not any("the program" in note for note in found.notes)


def test_the_time_of_the_whole_search_ends_a_conversation(tmp_path: Path) -> None:
    program = Hypotheses(command=command(tmp_path / "p.py", "time.sleep(60)"))
    found = discover(problem(), backend=program, budget=Budget(time=2))
    assert found.stop_reason == "time budget spent" and found.wall_seconds < 10


def test_what_is_no_program_is_said_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("no program")
    (tmp_path / "p").chmod(0o755)
    with pytest.raises(ConversationError, match="could not be started"), Conversation([str(tmp_path / "p")]):
        pass
    assert any("could not be started" in note for note in run([str(tmp_path / "p")]).notes)
