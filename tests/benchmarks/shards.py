"""One search on one and two workers, and on two threads: the same front, wall times, and a model for many workers.

    python tests/benchmarks/shards.py [--evaluations 100_000_000] [--problem units] [--runs 1,2,t2]

The model: T(n) = serial + sum over lists of items of max(their seconds / n, the longest item) + exchanges * latency(n)
+ bytes / speed. Seconds are those of one worker, which takes them down list by list; latency and speed are measured on
this machine, with as many workers as it can hold, over the same sockets.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import symreg as sr
from symreg.discovery import linear_algebra_on
from symreg.search import Native, search_space
from symreg.search.native.search import search_shared
from symreg.search.native.workers.together import search_together
from symreg.team import Host, Sharing, Tally, arrive

CORES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)
PINGS = 200  # exchanges that are timed


def units() -> sr.Problem:
    """Six inputs with units, a law that is too long to be found, and 3 % noise."""
    rng, n = np.random.default_rng(1), 400
    m1, m2 = rng.uniform(1, 5, (2, n))
    x1, y1 = rng.uniform(1, 5, (2, n))
    x2, w = rng.uniform(7, 11, n), rng.uniform(1, 4, n)
    f = m1 * w**2 * np.sqrt(x1**2 + x2 * y1 * np.exp(-m2 / m1)) / (1 + np.sin(x1 / x2))
    data = {"m1 [kg]": m1, "m2 [kg]": m2, "x1 [m]": x1, "x2 [m]": x2, "y1 [m]": y1, "w [1/s]": w}
    data["f [N]"] = f * (1 + 0.03 * rng.normal(size=n))
    return sr.make_problem(sr.read_table(data, target="f"), free_constants="dimensionless", test_fraction=0.2)


def everyday() -> sr.Problem:
    """Two inputs without units, constants anywhere, and 1 % noise."""
    rng, n = np.random.default_rng(2), 200
    t, z = rng.uniform(0.2, 6, (2, n))
    y = 2.1 * np.exp(-0.43 * t) * np.cos(2.7 * t + 0.4 * z) + 0.31 * z**1.6 / (1.3 + t)
    data = {"t": t, "z": z, "y": y * (1 + 0.01 * rng.normal(size=n))}
    return sr.make_problem(sr.read_table(data, target="y"), test_fraction=0.2)


def exact() -> sr.Problem:
    """Three inputs without units and without noise."""
    rng, n = np.random.default_rng(3), 200
    a, b, c = rng.uniform(0.2, 3, (3, n))
    y = np.tanh(0.73 * a + np.sin(1.9 * b * c)) * (1.7 + np.exp(-0.6 * c**1.3)) + 0.37 * np.log(1.1 + a * b)
    return sr.make_problem(sr.read_table({"a": a, "b": b, "c": c, "y": y}, target="y"), test_fraction=0.2)


PROBLEMS: dict[str, Callable[[], sr.Problem]] = {"units": units, "everyday": everyday, "exact": exact}


@dataclass(frozen=True)
class Run:
    """One search: seconds on the wall and of this process, what it found, and what sharing took."""

    name: str
    wall: float
    processor: float
    found: Any
    tally: Tally


def searched(name: str, problem: sr.Problem, evaluations: int) -> Run:
    """The native search, without the end that writes laws: ``t2`` is one worker with two threads."""
    workers, threads = (1, int(name[1:])) if name.startswith("t") else (int(name), 1)
    space = search_space(problem, problem.train_rows)
    settings, tally = Native(threads=threads, workers=workers), Tally()
    budget = sr.Budget(time=None, evaluations=evaluations, end_early="never")
    wall, processor = time.perf_counter(), time.process_time()
    asked: dict[str, Any] = {"seed": 3, "stop": lambda: False}
    with linear_algebra_on(threads):
        if workers == 1:
            rounds = list(search_shared(Sharing(tally=tally), settings, space, budget, **asked))
        else:
            rounds = list(search_together(settings, space, budget, tally=tally, **asked))
    found = [replace(one, notes=()) for one in rounds]
    return Run(name, time.perf_counter() - wall, time.process_time() - processor, found, tally)


def latency(size: int, message: bytes) -> float:
    """Seconds of an exchange of this message among so many workers, who do nothing else."""
    host = Host(size)
    host.open(None)

    def guest(number: int) -> None:
        one = arrive(host.invitations()[number])
        for _ in range(PINGS):
            one.allgather(message)

    threads = [threading.Thread(target=guest, args=(number,)) for number in range(size - 1)]
    for one in threads:
        one.start()
    host.allgather(message)
    before = time.perf_counter()
    for _ in range(PINGS - 1):
        host.allgather(message)
    took = (time.perf_counter() - before) / (PINGS - 1)
    for one in threads:
        one.join()
    host.close()
    return took


def model(one: Run, two: Run) -> None:
    """The table for many cores."""
    near, far = latency(2, b"x"), latency(9, b"x")
    each = (far - near) / 7  # of one more worker, at rank 0
    large = latency(2, b"x" * 1_000_000)
    speed = 2e6 / max(large - near, 1e-6)  # a message comes and all messages go back
    serial, work = one.processor - one.tally.working, one.tally.working
    read = max(0.0, two.processor - serial - two.tally.working) / max(1, two.tally.bytes_sent)
    exchanges, bytes_all = two.tally.exchanges, 2 * two.tally.bytes_sent
    print(f"\nlatency of two {1e6 * near:.0f} us, of one more {1e6 * each:.0f} us; {speed / 1e6:.0f} MB/s")
    print(f"serial {serial:.2f} s of {one.processor:.2f} s, {100 * serial / one.processor:.0f} %; items {work:.2f} s")
    print(f"writing and reading {1e9 * read:.0f} ns a byte\n")
    print("| workers | serial s | items s | exchanges s | messages s | T s | speed-up | speed-up without any latency |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for n in CORES:
        items = sum(max(total / n, longest) for total, longest in one.tally.shares)
        told = exchanges * (near + each * (n - 2)) if n > 1 else 0.0
        sent = bytes_all * (read * (n - 1) / n + n / speed) if n > 1 else 0.0
        whole = serial + items + told + sent
        best = serial + items
        print(
            f"| {n} | {serial:.2f} | {items:.2f} | {told:.2f} | {sent:.2f} | {whole:.2f} "
            f"| {one.processor / whole:.2f} | {one.processor / best:.2f} |"
        )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=100_000_000)
    parser.add_argument("--problem", choices=PROBLEMS, default="units")
    parser.add_argument("--runs", default="1,2,t2")
    given = parser.parse_args()
    problem, runs = PROBLEMS[given.problem](), dict[str, Run]()
    print(f"{given.problem}, {given.evaluations:,} evaluations, load {os.getloadavg()[0]:.1f}")
    columns = ("run", "wall s", "ratio", "processor s", "ratio", "items s", "exchanges", "items", "kB sent", "waited s")
    print(f"| {' | '.join(columns)} | the same |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in given.runs.split(","):
        one = runs[name] = searched(name, problem, given.evaluations)
        first = next(iter(runs.values()))
        print(
            f"| {name} | {one.wall:.1f} | {first.wall / one.wall:.2f} | {one.processor:.1f} "
            f"| {first.processor / one.processor:.2f} | {one.tally.working:.1f} | {one.tally.exchanges} "
            f"| {one.tally.items} | {one.tally.bytes_sent / 1e3:.0f} | {one.tally.waiting:.1f} "
            f"| {'yes' if one.found == first.found else 'NO'} |",
            flush=True,
        )
    if {"1", "2"} <= set(runs):
        model(runs["1"], runs["2"])


if __name__ == "__main__":
    main()
