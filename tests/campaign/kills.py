"""Runs that are killed (SIGKILL) at random moments and go on until they end: ``python tests/campaign/kills.py``.

Each of ``--count`` experiments is killed one to three times, then goes on undisturbed. Afterwards its folder is whole,
no temporary file lies in it, and no process that it has begun is alive. Under a budget of evaluations the selected law
is that of an undisturbed run; under one of time it is no worse on the rows that were held out. One line for each kind
of budget, a last line that says ``all held``; what does not hold stays in its folder.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from symreg.atomic import TEMPORARY_SUFFIX
from symreg.experiment import store
from tests.campaign.holding import ended, summarised

BUDGETS = {"evals": "evaluations: 20000", "time": "time: 3 s"}
LONGEST = 120.0
"""Seconds in which a run has ended, whatever its budget here."""

ORPHANS = 5.0
"""Seconds in which the children of a killed run notice that nobody speaks with them, and end."""

NO_WORSE = 1.02
"""Times the held-out error of the undisturbed run: a search in seconds does not end at the same law twice."""

AS_MUCH = 0.8
"""Of what the undisturbed run evaluated: with less, others had the machine, and the law may be worse for that."""

MARK = "SYMREG_CAMPAIGN"
"""A variable of the environment by which the children of a run are known."""


def written(folder: Path, budget: str) -> None:
    """The experiment: a wave with noise, which takes its search all of its budget."""
    rng = np.random.default_rng(5)
    x, m = rng.uniform(1, 5, (2, 60))
    y = (2.1 * x**2 / (1.3 + m) + 3.3 * np.exp(-0.7 * x)) * (1 + 0.02 * rng.normal(size=60))
    rows = "".join(f"{a:.6g},{b:.6g},{c:.6g}\n" for a, b, c in zip(x, m, y, strict=True))
    (folder / "t.csv").write_text(f"x,m,y\n{rows}", encoding="utf-8")
    text = "version: 1\nname: e\ndata: {file: t.csv, target: y}\nbackend: {name: native, threads: 1}\n"
    text += f"budget: {{{BUDGETS[budget]}, end_early: never}}\nrobustness: {{resamples: 0}}\nreport: {{formats: []}}\n"
    (folder / "e.yaml").write_text(text, encoding="utf-8")


def start(folder: Path) -> subprocess.Popen[bytes]:
    """``symreg run`` in ``folder``, marked as its own."""
    with (folder / "said.txt").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "symreg", "run", "e.yaml"], cwd=folder, stdout=said, stderr=said,
            env={**os.environ, MARK: str(folder)},
        )  # fmt: skip


def alive(folder: Path) -> Iterator[int]:
    """Processes that a run in ``folder`` has begun."""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(entry.name)
            is_dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            if not is_dead and f"{MARK}={folder}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                yield pid


def ended_by_itself(folder: Path) -> str:
    """Let the run go on to its end; what does not hold."""
    child = start(folder)
    try:
        status = child.wait(LONGEST)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return f"no end after {LONGEST:g} s"
    return f"status {status}" if status else ""


def front(folder: Path) -> dict[str, Any]:
    """What the run tells."""
    told: dict[str, Any] = json.loads((folder / "runs/e/front.json").read_text(encoding="utf-8"))
    return told


def selected(folder: Path) -> dict[str, Any]:
    """The selected law, as stored."""
    told = front(folder)
    return {**told["laws"][told["selected"]], "evaluated": told["evaluated"]}


def not_whole(folder: Path) -> str:
    """What is wrong with the files of a run that has ended."""
    run = folder / "runs/e"
    names = {path.name for path in run.iterdir()}
    missing, strange = {*store.KNOWN_FILES} - names, names - {*store.KNOWN_FILES, store.POSITION}
    if missing or strange:
        return f"missing {sorted(missing)}, not known {sorted(strange)}"
    if left := [str(path) for path in folder.rglob(f"*{TEMPORARY_SUFFIX}*")]:
        return f"left: {left}"
    store.read_state(run)
    store.read_log(run)
    return "" if front(folder)["status"] == "finished" else f"the status is {front(folder)['status']}"


def killed(folder: Path, budget: str, rng: np.random.Generator, seconds: float, undisturbed: dict[str, Any]) -> str:
    """Kill a run one to three times, let it end, and say what does not hold."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    written(folder, budget)
    moments = rng.uniform(0, 1.1 * seconds, int(rng.integers(1, 4)))
    (folder / "moments.txt").write_text(f"killed after {moments.round(3).tolist()} s\n", encoding="utf-8")
    for moment in moments:
        child = start(folder)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(moment)
        child.send_signal(signal.SIGKILL)
        child.wait()
    wrong = ended_by_itself(folder) or not_whole(folder)
    until = time.monotonic() + ORPHANS
    while not wrong and list(alive(folder)) and time.monotonic() < until:
        time.sleep(0.1)
    if not wrong and (left := list(alive(folder))):
        wrong = f"processes that are still alive: {left}"
    return wrong or _other_law(selected(folder), undisturbed, budget)


def _other_law(found: dict[str, Any], undisturbed: dict[str, Any], budget: str) -> str:
    if budget == "evals":
        same = found["formula"] == undisturbed["formula"] and found["constants"] == undisturbed["constants"]
        return "" if same else f"selected {found['formula']}, undisturbed {undisturbed['formula']}"
    errors = found["held_out"]["rmse"], undisturbed["held_out"]["rmse"]
    had_its_time = found["evaluated"] > AS_MUCH * undisturbed["evaluated"]
    worse = had_its_time and errors[0] > NO_WORSE * errors[1]
    return f"held-out error {errors[0]:.4g} of {found['formula']}, undisturbed {errors[1]:.4g}" if worse else ""


def main() -> None:
    """Kill them, and say what did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("budgets", nargs="*", default=list(BUDGETS), help=", ".join(BUDGETS))
    parser.add_argument("--count", type=int, default=50, help="runs that are killed, as many of each budget")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "kills")
    given = parser.parse_args()
    rng, failed, kept = np.random.default_rng(given.seed), [], given.kept.absolute()
    for budget in given.budgets:
        whole = kept / f"{budget}-whole"
        shutil.rmtree(whole, ignore_errors=True)
        whole.mkdir(parents=True)
        written(whole, budget)
        began = time.monotonic()
        if wrong := ended_by_itself(whole):
            sys.exit(f"the undisturbed run: {wrong}")
        seconds, law, here = time.monotonic() - began, selected(whole), []
        for number in range(given.count // len(given.budgets)):
            folder = kept / f"{budget}-{number}"
            if wrong := killed(folder, budget, rng, seconds, law):
                (folder / "what_does_not_hold.txt").write_text(wrong, encoding="utf-8")
                here.append(f"{folder.name}: {wrong}")
            else:
                shutil.rmtree(folder)
        summarised(budget, given.count // len(given.budgets), here)
        failed += here
    ended(failed, kept)


if __name__ == "__main__":
    main()
