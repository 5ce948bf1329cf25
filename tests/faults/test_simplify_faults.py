"""sympy hangs, dies, talks nonsense or is not there: the formula stays as it is, and a note says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from symreg.formula.grammar import parse
from symreg.formula.simplify import Simplifier
from symreg.units.dimension import DIMENSIONLESS
from symreg.worker import parent as text_worker
from symreg.worker.parent import TextWorker, WorkerError

PLAIN = {name: DIMENSIONLESS for name in "xyab"}
LONG = parse("x*y/y + a - a", variables="xyab")
OTHER = parse("a*x + b*x", variables="xyab")

CHILD = """
import json, os, sys, time
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    question = json.loads(line)
    if question["do"] == "hang":
        time.sleep(1000)
    elif question["do"] == "abort":
        os.abort()
    elif question["do"] == "leave":
        sys.exit(3)
    elif question["do"] == "babble":
        print("{not json", flush=True)
    elif question["do"] == "list":
        print("[1, 2]", flush=True)
    else:
        print(json.dumps({"pid": os.getpid()}), flush=True)
"""


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TextWorker:
    (tmp_path / "strange_child.py").write_text(CHILD)
    monkeypatch.syspath_prepend(str(tmp_path))
    return TextWorker("strange_child")


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        ("hang", "timed out after 0.5 s"),
        ("abort", f"stopped (signal {int(signal.SIGABRT)})"),
        ("leave", "stopped (exit status 3)"),
        ("babble", "cannot be read"),
        ("list", "cannot be read"),
    ],
)
def test_child_that_fails_is_ended_and_the_next_question_starts_another(
    worker: TextWorker, deed: str, why: str
) -> None:
    first = worker.ask({"do": "answer"}, 10.0)["pid"]
    with pytest.raises(WorkerError) as failure:
        worker.ask({"do": deed}, 0.5 if deed == "hang" else 10.0)
    assert why in str(failure.value)
    assert worker.pid is None
    assert _is_gone(first)
    second = worker.ask({"do": "answer"}, 10.0)["pid"]
    assert second != first
    worker.close()
    assert _is_gone(second)


def test_late_answer_never_meets_the_next_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_child.py").write_text(
        "import json, sys, time\n"
        "print('{}', flush=True)\n"
        "for line in sys.stdin:\n"
        "    question = json.loads(line)\n"
        "    time.sleep(question['wait'])\n"
        "    print(json.dumps(question), flush=True)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    slow = TextWorker("slow_child")
    with pytest.raises(WorkerError):
        slow.ask({"wait": 0.6, "n": 1}, 0.2)
    assert slow.ask({"wait": 0.0, "n": 2}, 10.0)["n"] == 2
    slow.close()


def test_child_that_cannot_be_started_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Simplifier() as simplifier:
        simplifier.start()
        (result,) = simplifier.simplify([LONG], dimensions=PLAIN)
    assert result.expression == LONG and not result.changed
    assert result.note is not None and "could not be started" in result.note


def test_child_without_sympy_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "no_sympy.py").write_text("import a_module_that_nobody_has\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("symreg.formula.simplify._WORKER", "no_sympy")
    with Simplifier() as simplifier:
        (result,) = simplifier.simplify([LONG], dimensions=PLAIN)
    assert result.note == "not simplified: sympy stopped (exit status 1)"


def test_child_killed_between_formulas_costs_one_formula_at_most() -> None:
    with Simplifier(timeout=30.0) as simplifier:
        assert simplifier.simplify([LONG], dimensions=PLAIN)[0].changed
        pid = simplifier.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        results = [simplifier.simplify([e], dimensions=PLAIN)[0] for e in (OTHER, LONG)]
    assert results[1].changed
    assert results[0].changed or results[0].note == "not simplified: sympy stopped (signal 9)"


def test_timeout_keeps_the_raw_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hanging_sympy.py").write_text(
        "import sys, time\nprint('{}', flush=True)\nfor line in sys.stdin:\n    time.sleep(1000)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("symreg.formula.simplify._WORKER", "hanging_sympy")
    with Simplifier(timeout=0.3) as simplifier:
        (result,) = simplifier.simplify([LONG], dimensions=PLAIN)
        assert simplifier.pid is None
    assert (result.expression, result.changed) == (LONG, False)
    assert result.note == "not simplified: sympy timed out after 0.3 s"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ('{"text": "x0*x1"}', "has other values"),
        ('{"text": "x0*unknown"}', "not simplified: sympy"),
        ('{"text": "__import__(\'os\').abort()"}', "not simplified: sympy"),
        ('{"text": "x0**9**9**9"}', "not simplified: sympy"),
        ('{"text": 5}', "failed"),
        ('{"error": "ValueError: strange"}', "failed: ValueError: strange"),
    ],
)
def test_what_comes_back_is_only_believed_after_a_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: str, why: str
) -> None:
    (tmp_path / "lying_sympy.py").write_text(
        f"import sys\nprint('{{}}', flush=True)\nfor line in sys.stdin:\n    print({reply!r}, flush=True)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("symreg.formula.simplify._WORKER", "lying_sympy")
    with Simplifier(timeout=10.0) as simplifier:
        (result,) = simplifier.simplify([LONG], dimensions=PLAIN)
    assert (result.expression, result.changed) == (LONG, False)
    assert result.note is not None and why in result.note


def test_a_formula_that_sympy_grinds_on_ends_in_time() -> None:
    text = "*".join(f"(x + {n}*y + a**{n} + sin(b*{n} + x))" for n in range(2, 9))
    hard = parse(f"cos({text})/({text})**5 + ({text})**4", variables="xyab")
    with Simplifier(timeout=1.0) as simplifier:
        simplifier.simplify([LONG], dimensions=PLAIN)
        start = time.monotonic()
        (result,) = simplifier.simplify([hard], dimensions=PLAIN)
        assert time.monotonic() - start < 3.0
        assert result.expression is not None
        assert simplifier.simplify([LONG], dimensions=PLAIN)[0].expression is not None


def test_budget_for_all_formulas_is_kept() -> None:
    with Simplifier(timeout=30.0) as simplifier:
        results = simplifier.simplify([LONG, OTHER], dimensions=PLAIN, budget=0.0)
    assert [result.note for result in results] == ["not simplified: no time was left"] * 2


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C interrupts, also where whoever runs the tests ignores it, as a job in the background does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_reaches_the_caller_and_leaves_no_child(worker: TextWorker) -> None:
    pid = worker.ask({"do": "answer"}, 10.0)["pid"]
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        worker.ask({"do": "hang"}, 20.0)
    timer.join()
    assert _is_gone(pid)


def test_forgotten_worker_ends_its_child(worker: TextWorker) -> None:
    other = TextWorker(worker.module)
    pid = other.ask({"do": "answer"}, 10.0)["pid"]
    del other
    assert _is_gone(pid)


def test_user_script_without_a_main_guard_is_run_once(tmp_path: Path) -> None:
    script = tmp_path / "five_lines.py"
    script.write_text(
        "print('once')\n"
        "from symreg.units.dimension import DIMENSIONLESS\n"
        "from symreg.formula.grammar import parse\n"
        "from symreg.formula.simplify import simplify\n"
        "e = parse('x*y/y + x', variables='xy')\n"
        "print(simplify([e], dimensions=dict.fromkeys('xy', DIMENSIONLESS), timeout=30.0)[0].changed)\n"
    )
    root = str(Path(text_worker.__file__).parents[2])
    worker_environment = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        env=worker_environment,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["once", "True"]
    assert done.stderr == ""


def test_modules_beside_the_user_are_not_imported_by_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sympy.py").write_text("raise SystemExit(7)\n")
    monkeypatch.chdir(tmp_path)
    with Simplifier(timeout=30.0) as simplifier:
        (result,) = simplifier.simplify([LONG], dimensions=PLAIN)
    assert result.changed


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
