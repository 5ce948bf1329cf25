"""One sweep in four ways, and whether they end with the same table: ``python tests/benchmarks/sweep_ways.py``.

Six problems that are drawn, three levels of noise and three seeds, under a budget of evaluations: one after another,
on ``--jobs`` processes, on a Dask cluster of as many processes, and on one of whose workers one is killed (SIGKILL)
when a third of the runs is done. Prints a line for each way: seconds by the clock, runs that were begun again, and
whether law, constants, complexity, held-out errors, evaluated and certificate of every run are those of the first way.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from symreg.executors import Cluster, dask_cluster
from symreg.experiment import Overview, RunRecord, Specification, run_experiment, run_many
from symreg.sweeps import read_specifications

PROBLEMS = {
    "parabola": ("2.5*a**2/b", "m"),
    "pendulum": ("6.283*sqrt(a/b)", "1"),
    "decay": ("3*a*exp(-b/a)", "m"),
    "lens": ("a*b/(a + b)", "m"),
    "sum": ("a**2 + 2*b**2", "m**2"),
    "wave": ("1.5*a*sin(b/a)", "m"),
}
"""Laws of two lengths, and the unit of what they give."""

FILE = {
    "version": 1,
    "name": "ways",
    "backend": {"name": "native", "threads": 1},
    "robustness": {"resamples": 0},
    "report": {"formats": []},
}
ROWS = {"rows": 60, "inputs": {"a": {"unit": "m", "low": 1, "high": 5}, "b": {"unit": "m", "low": 1, "high": 3}}}


def specifications(folder: Path, given: argparse.Namespace) -> list[Specification]:
    """The runs of all problems, from one file."""
    problems = {
        name: {"data": {"generate": {"formula": formula, "target": {"name": "y", "unit": unit}, **ROWS}}}
        for name, (formula, unit) in list(PROBLEMS.items())[: given.problems]
    }
    sweep = {"problem": problems, "noise": [0, 0.01, 0.05][: given.noise], "seed": list(range(given.seeds))}
    budget = {"evaluations": given.evaluations, "end_early": "never"}
    path = folder / "ways.yaml"
    path.write_text(json.dumps({**FILE, "budget": budget, "sweep": sweep}), encoding="utf-8")  # JSON is YAML too
    return list(read_specifications(path))


def table(runs: Path) -> dict[str, Any]:
    """What every run has stored, but its seconds."""
    found = {}
    for path in sorted(runs.glob("*/front.json")):
        front = json.loads(path.read_text(encoding="utf-8"))
        found[path.parent.name] = {key: value for key, value in front.items() if key != "wall_seconds"}
    return found


def one_after_another(asked: list[Specification], runs: Path, jobs: int) -> int:
    for one in asked:
        run_experiment(one, runs)
    return 0


def on_processes(asked: list[Specification], runs: Path, jobs: int) -> int:
    return again(run_many(asked, runs, jobs=jobs))


def on_dask(asked: list[Specification], runs: Path, jobs: int) -> int:
    with dask_cluster(jobs=jobs) as cluster:
        return again(run_many(asked, runs, cluster))


def on_dask_with_a_death(asked: list[Specification], runs: Path, jobs: int) -> int:
    with dask_cluster(jobs=jobs) as cluster:
        killed: list[int] = []

        def observe(now: Overview) -> None:
            if not killed and now.running and 3 * len(now.done) >= now.total:
                killed.append(process_of(cluster))
                os.kill(killed[0], signal.SIGKILL)

        found = again(run_many(asked, runs, cluster, observer=observe))
        if not killed or not found:
            sys.exit("no worker was killed in mid-run")
        return found


def process_of(cluster: Cluster) -> int:
    """The number of one worker's process."""
    return int(next(iter(cluster.client.run(os.getpid).values())))


def again(records: tuple[RunRecord, ...]) -> int:
    """Runs that were begun more than once; all must have finished."""
    if wrong := [one for one in records if one.status != "finished"]:
        sys.exit(f"{wrong[0].name}: {wrong[0].status} {wrong[0].reason}")
    return sum(one.begun > 1 for one in records)


WAYS: dict[str, Callable[[list[Specification], Path, int], int]] = {
    "one after another": one_after_another,
    "processes": on_processes,
    "Dask": on_dask,
    "Dask with a death": on_dask_with_a_death,
}


def main() -> None:
    """Do it in every way, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=len(PROBLEMS))
    parser.add_argument("--noise", type=int, default=3, help="levels")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--evaluations", type=int, default=20_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--ways", default=",".join(WAYS), help="with commas; the table of the first is the measure")
    parser.add_argument("--folder", type=Path, help="that is kept: a further call compares with what lies there")
    given = parser.parse_args()
    folder = given.folder.absolute() if given.folder else Path(tempfile.mkdtemp(prefix="sweep_ways-"))
    folder.mkdir(parents=True, exist_ok=True)
    asked, first, differs = specifications(folder, given), table(folder / next(iter(WAYS))), False
    print(f"{len(asked)} runs, {given.evaluations:,} evaluations each, {given.jobs} jobs", flush=True)
    for way in given.ways.split(","):
        shutil.rmtree(folder / way, ignore_errors=True)
        began = time.monotonic()
        repeated = WAYS[way](asked, folder / way, given.jobs)
        seconds, found = time.monotonic() - began, table(folder / way)
        first = first or found
        different = [name for name in {**first, **found} if first.get(name) != found.get(name)]
        differs = differs or bool(different)
        said = "the same table" if not different else f"{len(different)} runs differ: {', '.join(different[:3])}"
        print(f"{way:<18} {seconds:7.1f} s  {len(found)} runs, {repeated} begun again, {said}", flush=True)
    if differs:
        sys.exit(f"see {folder}")
    if given.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
