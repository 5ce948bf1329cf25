"""A sweep that is killed (SIGKILL) at random moments and begun again: ``python tests/campaign/sweep_kills.py``.

``--kills`` times in all, either the parent alone or its whole group is killed, and the same command is given again at
once, while orphans of the parent may still be there; after up to ``MOST_KILLS`` of them a sweep is left to end. Then
the table of all runs (law, constants, complexity, held-out error, evaluated, certificate) is that of an undisturbed
sweep, no run was searched again after it had finished, no temporary file is left, and no process of an earlier start is
alive.
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
from symreg.experiment.lock import LOCK_NAME
from tests.campaign.holding import ended, summarised

SWEEP = """version: 1
name: e
data:
  generate:
    formula: 2.5*a**2/b
    target: {name: y, unit: "1"}
    rows: 60
    inputs: {a: {unit: "1", low: 1, high: 5}, b: {unit: "1", low: 1, high: 3}}
backend: {name: native, threads: 1}
budget: {evaluations: 3000, end_early: never}
robustness: {resamples: 0}
report: {formats: []}
sweep: {noise: [0, 0.01], seed: [0, 1]}
"""

MOST_KILLS = 6
"""Kills of one sweep before it is left to end: with more, a sweep whose start takes a second is never seen to end."""

LONGEST = 240.0
"""Seconds in which a sweep has ended."""

ORPHANS = 5.0
"""Seconds in which the workers of a killed parent, and their children, notice it and end."""

MARK = "SYMREG_CAMPAIGN"
"""A variable of the environment by which the processes of one start are known."""


def start(folder: Path, number: int, jobs: int) -> subprocess.Popen[bytes]:
    """The command, in a group of its own and with a mark of its own."""
    command = [sys.executable, "-m", "symreg", "run", "e.yaml", "--jobs", str(jobs)]
    with (folder / "said.txt").open("ab") as said:
        return subprocess.Popen(
            command, cwd=folder, stdout=said, stderr=said, env={**os.environ, MARK: f"{folder}:{number}"},
            start_new_session=True,
        )  # fmt: skip


def alive(mark: str) -> Iterator[int]:
    """Processes whose mark begins so."""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            is_dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            marks = (entry / "environ").read_bytes().split(b"\0")
            if int(entry.name) and not is_dead and any(one.startswith(f"{MARK}={mark}".encode()) for one in marks):
                yield int(entry.name)


def runs_in(folder: Path) -> list[Path]:
    """Its folders of runs; those of links to parents that were killed are swept away later, and are none."""
    return sorted(path for path in (folder / "runs").iterdir() if not path.name.startswith("."))


def table(folder: Path) -> dict[str, Any]:
    """What the runs have found: all but their seconds."""
    found: dict[str, Any] = {}
    for run in runs_in(folder):
        front = json.loads((run / store.FRONT).read_text(encoding="utf-8"))
        law = front["laws"][front["selected"]]
        found[run.name] = {
            "status": front["status"], "law": law["formula"], "complexity": law["complexity"],
            "constants": {name: one["value"] for name, one in law["constants"].items()},
            "held_out": law["held_out"]["rmse"], "evaluated": front["evaluated"],
            "certificate": front["complete_to_complexity"],
        }  # fmt: skip
    return found


def not_whole(folder: Path) -> str:
    """What is wrong with the files of a sweep that has ended."""
    for run in runs_in(folder):
        if left := [path.name for path in run.rglob("*") if TEMPORARY_SUFFIX in path.name or path.name == LOCK_NAME]:
            return f"{run.name}: left {left}"
        store.read_state(run)
        events = [one["event"] for one in store.read_log(run)]
        after = events[events.index("finished") + 1 :] if "finished" in events else []
        if again := [one for one in after if one in ("started", "resumed", "finished")]:
            return f"{run.name} was {again} after it had finished"
    return ""


def killed(folder: Path, rng: np.random.Generator, kills: int, seconds: float, jobs: int) -> list[str]:
    """Kill a sweep so many times, then let it end; what was done, in words."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "e.yaml").write_text(SWEEP, encoding="utf-8")
    done = []
    for number in range(kills):
        moment, group = float(rng.uniform(0, 0.9 * seconds)), bool(rng.integers(2))
        child = start(folder, number, jobs)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(moment)
        if child.poll() is not None:
            done.append(f"ended by itself before {moment:.2f} s")
            continue
        os.killpg(child.pid, signal.SIGKILL) if group else child.send_signal(signal.SIGKILL)
        child.wait()
        done.append(f"{'group' if group else 'parent'} killed after {moment:.2f} s")
    (folder / "moments.txt").write_text("\n".join(done), encoding="utf-8")
    return done


def wrong_after(folder: Path, kills: int, jobs: int, undisturbed: dict[str, Any] | None) -> str:
    """Let the sweep end, and say what does not hold."""
    child = start(folder, kills, jobs)
    try:
        status = child.wait(LONGEST)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        return f"no end after {LONGEST:g} s"
    if status:
        return f"exit status {status}"
    until = time.monotonic() + ORPHANS
    while list(alive(str(folder))) and time.monotonic() < until:
        time.sleep(0.1)
    if left := list(alive(str(folder))):
        return f"processes that are still alive: {left}"
    if wrong := not_whole(folder):
        return wrong
    found = table(folder)
    if undisturbed is None:
        return ""
    differ = [name for name in {**undisturbed, **found} if found.get(name) != undisturbed.get(name)]
    return "; ".join(f"{name}: {found.get(name)}, undisturbed {undisturbed.get(name)}" for name in differ)


def whole_sweep(folder: Path, jobs: int) -> tuple[float, dict[str, Any]]:
    """Seconds and table of an undisturbed sweep; that of an earlier call is used again."""
    taken = folder / "seconds.txt"
    if not taken.exists():
        killed(folder, np.random.default_rng(0), 0, 0.0, jobs)
        began = time.monotonic()
        if wrong := wrong_after(folder, 0, jobs, None):
            sys.exit(f"the undisturbed sweep: {wrong}")
        taken.write_text(f"{time.monotonic() - began}", encoding="utf-8")
    return float(taken.read_text(encoding="utf-8")), table(folder)


def main() -> None:
    """Kill them, and say what did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "sweep_kills")
    given = parser.parse_args()
    rng, kept = np.random.default_rng(given.seed), given.kept.absolute()
    seconds, undisturbed = whole_sweep(kept / "whole", given.jobs)
    failed, sweeps, left = list[str](), 0, given.kills
    while left > 0:
        kills = min(left, int(rng.integers(1, MOST_KILLS + 1)))
        folder = kept / f"sweep-{given.seed}-{sweeps}"
        done = killed(folder, rng, kills, seconds, given.jobs)
        left -= sum("killed" in one for one in done)
        sweeps += 1
        print(f"{folder.name}: {'; '.join(done)}", flush=True)
        if wrong := wrong_after(folder, kills, given.jobs, undisturbed):
            (folder / "what_does_not_hold.txt").write_text(wrong, encoding="utf-8")
            failed.append(f"{folder.name}: {wrong}")
        else:
            print("  held", flush=True)
            shutil.rmtree(folder)
    summarised(f"{given.kills} kills of {sweeps} sweeps, {seconds:.1f} s each", sweeps, failed)
    ended(failed, kept)


if __name__ == "__main__":
    main()
