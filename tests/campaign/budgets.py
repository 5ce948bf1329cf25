"""Budgets over rows and columns, and what was spent: ``python tests/campaign/budgets.py``.

Each search runs in a process of its own. Time is kept within 5 % or 2 s, memory within 20 % and the floor that the
reference states, evaluations within a block of what was asked. A line for each size, a line for each kind, and a last
line that says ``all held`` or what did not. ``--processor`` judges processor time where that is less than what the
clock says: on a machine where others work.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from symreg.search.memory import FLOOR
from tests.campaign.holding import ended, summarised

ROWS = (10, 100, 1_000, 10_000, 100_000, 1_000_000, 5_000_000)
COLUMNS = (1, 3, 10, 30, 100, 500, 2_000)
WIDE_ROWS = 200
"""Rows where columns are counted: as many as people have with hundreds of columns."""

SECONDS = (2.0, 10.0)
MEMORY = (60_000_000, 300_000_000)
EVALUATIONS = (20_000, 200_000)
BLOCK = 250_000
"""Evaluations that may come on top: a stage of skeletons is whole (decision 0040)."""

LATE, LATE_SECONDS = 0.05, 2.0  # of the time that was asked, or so many seconds
MORE_MEMORY = 0.2  # of what was asked, beside the floor


def asked_of(rows: int, columns: int, budget: dict[str, Any], seed: int) -> None:
    """Search in this process, and print what it took as JSON."""
    import symreg as sr

    rng = np.random.default_rng(seed)
    X = rng.uniform(1, 5, (columns, rows))
    y = 2.1 * X[0] ** 1.5 / (1.3 + X[columns // 2]) + 0.05 * rng.normal(size=rows)
    began = time.process_time()
    problem = sr.make_problem(sr.read_table({**{f"x{n}": one for n, one in enumerate(X)}, "y": y}, target="y"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    read, clock = time.process_time() - began, time.monotonic()
    spent = time.process_time()
    found = sr.discover(problem, budget=sr.Budget(**budget), backend=sr.Native(threads=1))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({
        "made": read, "clock": time.monotonic() - clock, "processor": time.process_time() - spent,
        "children": children.ru_utime + children.ru_stime, "evaluated": found.evaluated, "reason": found.stop_reason,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before, "law": found.front.best.formula,
    }))  # fmt: skip


def taken(rows: int, columns: int, budget: dict[str, Any], seed: int) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--one", json.dumps([rows, columns, budget, seed])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def wrong_of(kind: str, asked: float, found: dict[str, Any], *, processor: bool) -> str:
    """What does not hold."""
    if kind == "time":
        seconds = min(found["clock"], found["processor"] + found["children"]) if processor else found["clock"]
        late = seconds - asked
        return f"{late:.1f} s late" if late > max(LATE * asked, LATE_SECONDS) else ""
    if kind == "memory":
        most = asked * (1 + MORE_MEMORY) + FLOOR
        return f"{(found['memory'] - most) / 1e6:.0f} MB beyond" if found["memory"] > most else ""
    more = found["evaluated"] - asked
    return f"{more:,} evaluations more" if more > BLOCK else ""


def main() -> None:
    """Ask for them, and print a table of what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=["time", "memory", "evals"])
    parser.add_argument("--rows", type=float, default=max(ROWS), help="at most")
    parser.add_argument("--columns", type=float, default=max(COLUMNS), help="at most")
    parser.add_argument("--count", type=int, default=1, help="times each size is asked, with another seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processor", action="store_true")
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "budgets.jsonl")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        asked_of(*json.loads(given.one))
        return
    sizes = [(n, 2) for n in ROWS if n <= given.rows] + [(WIDE_ROWS, n) for n in COLUMNS if n <= given.columns]
    budgets = {
        "time": [(one, {"time": one}) for one in SECONDS],
        "memory": [(one, {"time": 60.0, "memory": one, "end_early": "never"}) for one in MEMORY],
        "evals": [(one, {"time": None, "evaluations": one}) for one in EVALUATIONS],
    }
    failed = []
    for kind in given.kinds:
        here, count = [], 0
        print(f"{kind:<6} {'rows':>9} {'columns':>7} {'asked':>12} {'clock s':>8} {'cpu s':>7} {'child s':>7} "
              f"{'making s':>8} {'MB':>6} {'evaluated':>12}", flush=True)  # fmt: skip
        for (rows, columns), (asked, budget), seed in _each(kind, sizes, budgets[kind], given.seed, given.count):
            found, count = taken(rows, columns, budget, seed), count + 1
            wrong = wrong_of(kind, asked, found, processor=given.processor)
            print(f"{kind:<6} {rows:>9,} {columns:>7,} {asked:>12,.0f} {found['clock']:>8.1f} "
                  f"{found['processor']:>7.1f} {found['children']:>7.1f} {found['made']:>8.2f} "
                  f"{found['memory'] / 1e6:>6.0f} {found['evaluated']:>12,} {wrong or found['reason']}",
                  flush=True)  # fmt: skip
            if wrong:
                here.append(f"{kind}: {rows} rows, {columns} columns, {asked:g} asked, seed {seed}: {wrong}")
                with given.kept.open("a", encoding="utf-8") as kept:
                    kept.write(json.dumps({"one": [rows, columns, budget, seed], **found, "wrong": wrong}) + "\n")
        summarised(kind, count, here)
        failed += here
    ended(failed, given.kept)


def _each(kind: str, sizes: Any, budgets: Any, seed: int, count: int) -> Any:
    """Every size with every budget; of memory and evaluations, which do not grow with rows, the middle ones."""
    for size in sizes:
        is_middle = 100 <= size[0] <= 10_000 and 2 <= size[1] <= 100
        for asked in budgets if kind == "time" or is_middle else ():
            for number in range(count):
                yield size, asked, seed + number


if __name__ == "__main__":
    main()
