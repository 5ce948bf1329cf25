"""What long tables take, in seconds and in memory: ``python tests/benchmarks/long_tables.py 1e4 1e5 1e6``.

For each number of rows a Parquet file of eight columns with units is written, a law of two columns with two constants
and 1 % noise, and asked in a process of its own: reading, asking, ten seconds of search. Memory is that of the process:
the most it held (``VmHWM``, which counts pages of files that the system may take back at any time) and the most that
was its own (``RssAnon``, looked at every 20 ms). ``--csv`` reads a text file of the same table, ``--run`` makes a whole
run of it with reports, ``--svg FILE`` draws what was measured.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

UNITS = {"v": "m/s", "t": "s", "m": "kg", "T": "K", "p": "kPa", "d": "mm", "q": "1", "E": "J"}
"""The columns of the table; the last is the target."""

GROUP = 1_000_000  # rows of a row group
LOOK = 0.02  # seconds between two looks at what the process holds


def law(columns: dict[str, Any]) -> Any:
    """Kinetic energy that is lost: one constant enters linearly, the other does not."""
    return 0.37 * columns["m"] * columns["v"] ** 2 * np.exp(-0.8 * columns["q"])


def drawn(count: int, rng: np.random.Generator) -> dict[str, Any]:
    """So many rows, columns by name."""
    columns: dict[str, Any] = {name: rng.uniform(1.0, 5.0, count) for name in UNITS if name not in ("E", "q")}
    columns["q"] = rng.uniform(0.0, 3.0, count)
    truth = law(columns)
    columns["E"] = truth * (1 + 0.01 * rng.normal(size=count))
    return {f"{name} [{unit}]": columns[name] for name, unit in UNITS.items()}


def write_parquet(path: Path, rows: int) -> None:
    """The table, a row group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng, writer = np.random.default_rng(rows), None
    for start in range(0, rows, GROUP):
        part = pa.table(drawn(min(GROUP, rows - start), rng))
        writer = writer or pq.ParquetWriter(path, part.schema, compression="NONE", use_dictionary=False)
        writer.write_table(part)
    if writer is not None:
        writer.close()


def write_csv(path: Path, rows: int) -> None:
    """The same table as text."""
    import pandas as pd

    rng = np.random.default_rng(rows)
    for start in range(0, rows, GROUP):
        frame = pd.DataFrame(drawn(min(GROUP, rows - start), rng))
        frame.to_csv(path, index=False, mode="a" if start else "w", header=not start)


class Watched:
    """The most memory of its own that this process held, in bytes, and when."""

    def __init__(self) -> None:
        self.peaks: dict[str, int] = {}
        self.phase = "reading"
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            text = Path("/proc/self/status").read_text(encoding="ascii")
            own = next(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("RssAnon"))
            self.peaks[self.phase] = max(self.peaks.get(self.phase, 0), own)
            time.sleep(LOOK)


def one(path: str, seconds: float, kind: str) -> None:
    """Read, ask and search in this process; print what it took as JSON."""
    import symreg as sr

    watched, clock, worked, took, cpu = Watched(), time.monotonic(), 0.0, {}, {}

    def passed(phase: str, then: str) -> None:
        nonlocal clock, worked
        took[phase], cpu[phase] = time.monotonic() - clock, _worked() - worked
        clock, worked, watched.phase = time.monotonic(), _worked(), then

    if kind == "run":
        found = _run(path, seconds)
        passed("run", "")
    else:
        table = sr.read_table(path, target="E")
        passed("reading", "asking")
        problem = sr.make_problem(table)
        passed("asking", "search")
        found = sr.discover(problem, budget=sr.Budget(time=seconds), backend=sr.Native(threads=1))
        passed("search", "")
    best = found.front.best
    print(json.dumps({
        "took": took, "cpu": cpu, "own": watched.peaks,
        "most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "law": best.formula, "fitted": best.train.n_rows, "judged": best.held_out.n_rows,
        "constants": {c.name: [c.value, c.stderr] for c in best.constants}, "notes": list(found.notes),
        "laws": len(found.front),
    }))  # fmt: skip


def _worked() -> float:
    """Seconds of processor of this process and of those that it had and that are over."""
    each = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in each)


def _run(path: str, seconds: float) -> Any:
    from symreg.experiment import run_experiment
    from symreg.experiment.specification import read_specification

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "long.yaml"
        file.write_text(
            f"version: 1\nname: long\ndata: {{file: {path}, target: E}}\nbudget: {{time: {seconds:g} s}}\n",
            encoding="utf-8"
        )
        return run_experiment(read_specification(file), Path(folder) / "runs")


def measured(path: Path, seconds: float, kind: str) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--one", json.dumps([str(path), seconds, kind])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def drawing(kept: Path, svg: Path) -> None:
    """Seconds and memory over rows, from the lines that were kept; of a size that was measured twice the last."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    found = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    by_rows = {one["rows"]: one for one in found if "search" in one["took"]}
    rows = sorted(by_rows)
    each = [by_rows[count] for count in rows]
    matplotlib.rcParams["svg.hashsalt"] = "long tables"
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.0, 3.2), layout="constrained")
    for name, label in (("reading", "reading"), ("asking", "asking"), ("search", "search and fits")):
        left.loglog(rows, [one["cpu"].get(name, np.nan) for one in each], "o-", label=label)
    left.set(xlabel="rows", ylabel="seconds of processor")
    right.loglog(rows, [max(one["own"].values()) / 1e6 for one in each], "o-", label="its own")
    right.loglog(rows, [one["most"] / 1e6 for one in each], "s--", label="with pages of files")
    right.loglog(rows, [64e-6 * count for count in rows], "k:", label="the table as float64")
    right.set(xlabel="rows", ylabel="MB, at most", ylim=(50, None))
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(svg, metadata={"Date": None})


def main() -> None:
    """Write, ask, print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=float)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--csv", action="store_true")
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--keep", action="store_true", help="the files that were written")
    parser.add_argument("--notes", action="store_true")
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "long_tables.jsonl")
    parser.add_argument("--svg", type=Path, help="draw what was kept here, besides")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(*json.loads(given.one))
        return
    phases = ("reading", "asking", "search", "run")
    print("seconds of the clock (of the processor), MB of its own and with pages of files, rows fitted and judged")
    head = "".join(f"{one:>14}" for one in phases)
    print(f"{'rows':>12} {head} {'own':>6} {'all':>6} {'fitted':>11} {'judged':>11}  law")
    for rows in map(int, given.rows):
        path = given.folder / f"long_{rows}.{'csv' if given.csv else 'parquet'}"
        if not path.exists():
            (write_csv if given.csv else write_parquet)(path, rows)
        try:
            found = measured(path, given.seconds, "run" if given.run else "search")
        finally:
            if not given.keep:
                path.unlink()
        with given.kept.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps({"rows": rows, **found}) + "\n")
        took, cpu = found["took"], found["cpu"]
        told = "".join(f"{took[one]:>7.1f} ({cpu[one]:>4.1f})" if one in took else f"{'-':>14}" for one in phases)
        print(f"{rows:>12,} {told} {max(found['own'].values()) / 1e6:>6.0f} {found['most'] / 1e6:>6.0f} "
              f"{found['fitted']:>11,} {found['judged']:>11,}  {found['law']}", flush=True)  # fmt: skip
        if given.notes:
            print("\n".join(f"    {note}" for note in found["notes"]), flush=True)
    if given.svg:
        drawing(given.kept, given.svg)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))
    main()
