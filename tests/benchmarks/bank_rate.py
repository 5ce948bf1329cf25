"""How many distinct expressions a second the bank takes in: ``python tests/benchmarks/bank_rate.py``.

Each figure is the best of a few banks, filled up to the same number of entries in one process. Of a new process the
first bank is the slowest: the system clears the pages that it hands out, and a virtual machine may have to fetch them
from its host. "user" counts the time of this program alone, "cpu" that of the system for it too, "wall" all that went
by.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core is one core

import numpy as np

from symreg.engine import Engine, get_engine
from symreg.errors import EngineError
from symreg.formula.expression import Number, Variable
from symreg.search.dimension_code import coding_for
from symreg.search.native.bank.bank import Bank, Leaf
from symreg.units.dimension import DIMENSIONLESS, Dimension

ARITHMETIC = ("+", "-", "*", "/")
FUNCTIONS = ("sqrt", "square", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "tanh")
M, S, KG = Dimension.of(m=1), Dimension.of(s=1), Dimension.of(kg=1)


@dataclass(frozen=True, slots=True)
class Question:
    """Columns and operators."""

    name: str
    dimensions: Sequence[Dimension]
    operators: Sequence[str]

    def bank(self, engine: Engine, n_probes: int, n_entries: int, threads: int) -> Bank:
        """An empty bank."""
        rng = np.random.default_rng(0)
        coding = coding_for(self.dimensions)
        leaves = [
            Leaf(Variable(f"x{place}"), coding.encode(kind), rng.uniform(1, 3, n_probes))
            for place, kind in enumerate(self.dimensions)
        ]
        leaves.append(Leaf(Number(1), 0, np.ones(n_probes)))
        return Bank(leaves, coding, self.operators, max_entries=n_entries, engine=engine, threads=threads)


PLAIN, UNITS = [DIMENSIONLESS] * 5, [M, M, S, KG, DIMENSIONLESS]
QUESTIONS = (
    Question("arithmetic", PLAIN, ARITHMETIC),
    Question("arithmetic, units", UNITS, ARITHMETIC),
    Question("all functions", PLAIN, (*ARITHMETIC, *FUNCTIONS)),
    Question("all functions, units", UNITS, (*ARITHMETIC, *FUNCTIONS)),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds to fill a bank, and what it looked at on the way."""

    entries: int
    evaluated: int
    wall: float
    user: float
    system: float


def fill(bank: Bank) -> Taken:
    """Ask for every size until the bank is full."""
    before, started, size = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter(), 0
    while bank.truncated_at is None:
        size += 1
        bank.request_all(size)
    after = resource.getrusage(resource.RUSAGE_SELF)
    wall, user = time.perf_counter() - started, after.ru_utime - before.ru_utime
    return Taken(bank.n, bank.evaluated, wall, user, after.ru_stime - before.ru_stime)


def best(question: Question, engine: Engine, n_probes: int, n_entries: int, threads: int, repeats: int) -> Taken:
    """The fastest of several."""
    taken = []
    for _ in range(repeats):
        taken.append(fill(question.bank(engine, n_probes, n_entries, threads)))
        gc.collect()
    return min(taken, key=lambda one: one.wall)


def engines() -> list[tuple[Engine, Sequence[int], int]]:
    """Each with the numbers of threads, and by what its banks are smaller, being slower."""
    found: list[tuple[Engine, Sequence[int], int]] = [(get_engine("numpy"), (1,), 8)]
    try:
        found.append((get_engine("compiled"), (1, 2), 1))
    except EngineError as missing:
        print(missing)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probes", type=int, default=128)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    print(f"{chosen.probes} probes; distinct expressions per second and core, in thousands")
    print(f"{'question':22}{'engine':>10}{'threads':>9}{'entries':>10}{'tried':>10}{'wall':>8}{'cpu':>8}{'user':>8}")
    for question in QUESTIONS:
        for engine, threads, smaller in engines():
            for n in threads:
                n_entries = chosen.entries // smaller
                taken = best(question, engine, chosen.probes, n_entries, n, chosen.repeats)
                spent = (taken.wall * n, taken.user + taken.system, taken.user)
                rates = "".join(f"{taken.entries / seconds / 1000:>8.0f}" for seconds in spent)
                print(
                    f"{question.name:22}{engine.name:>10}{n:>9}{taken.entries:>10}{taken.evaluated:>10}"
                    f"{rates}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
