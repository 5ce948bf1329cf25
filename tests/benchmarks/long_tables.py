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

    watched, clock, took = Watched(), time.monotonic(), {}

    def passed(phase: str, then: str) -> None:
        nonlocal clock
        took[phase], clock, watched.phase = time.monotonic() - clock, time.monotonic(), then

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
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({
        "took": took, "own": watched.peaks, "most": own.ru_maxrss * 1024,
        "processor": own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        "law": best.formula, "fitted": best.train.n_rows, "judged": best.held_out.n_rows,
        "constants": {c.name: [c.value, c.stderr] for c in best.constants}, "notes": list(found.notes),
        "laws": len(found.front),
    }))  # fmt: skip


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


def main() -> None:
    """Write, ask, print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=float, default=[1e4, 1e5, 1e6])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--csv", action="store_true")
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--keep", action="store_true", help="the files that were written")
    parser.add_argument("--notes", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(*json.loads(given.one))
        return
    print(f"{'rows':>12} {'reading':>8} {'asking':>7} {'search':>7} {'run':>7} {'cpu':>7} {'own MB':>7} {'most MB':>8} "
          f"{'fitted':>12} {'judged':>12}  law")  # fmt: skip
    for rows in map(int, given.rows):
        path = given.folder / f"long_{rows}.{'csv' if given.csv else 'parquet'}"
        if not path.exists():
            (write_csv if given.csv else write_parquet)(path, rows)
        try:
            found = measured(path, given.seconds, "run" if given.run else "search")
        finally:
            if not given.keep:
                path.unlink()
        took = [f"{found['took'].get(key, 0.0):.1f}" for key in ("reading", "asking", "search", "run")]
        print(f"{rows:>12,} {took[0]:>8} {took[1]:>7} {took[2]:>7} {took[3]:>7} {found['processor']:>7.1f} "
              f"{max(found['own'].values()) / 1e6:>7.0f} {found['most'] / 1e6:>8.0f} {found['fitted']:>12,} "
              f"{found['judged']:>12,}  {found['law']}  {found['constants']}", flush=True)  # fmt: skip
        print(" " * 13 + ", ".join(f"{key} {value / 1e6:.0f} MB" for key, value in found["own"].items()))
        if given.notes:
            print("\n".join(f"    {note}" for note in found["notes"]), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))
    main()
