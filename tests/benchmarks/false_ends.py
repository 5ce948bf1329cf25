"""How often a search ends early without the truth, on formulas that nobody chose:

    python tests/benchmarks/false_ends.py

Formulas are drawn node by node over one to eight inputs, with constants, and tables of 20 to 2,000 rows from them, a
third of them exact, the others with errors of 1 or 5 % of the target's spread. Of the searches that end before their
time is spent, those are counted whose law misses the true function, on fresh points, by more than the errors of its
constants. The files of problems have false ends of their own (``symreg benchmark``).
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core is one core

import numpy as np
import numpy.typing as npt

from symreg.discovery import discover
from symreg.formula.expression import Expression, complexity, evaluate_tree
from symreg.formula.grammar import parse
from symreg.problem.making import make_problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.table import read_table

Floats = npt.NDArray[np.float64]
NOISE = (0.0, 0.01, 0.05)  # of the target's spread
LEAST, MOST = 4, 15  # nodes
FUNCTIONS = ("sin", "cos", "exp", "log", "sqrt", "tanh")
FRESH = 2_000  # points on which a law is held against the truth
FAR = 3.0  # errors that a fit of the true form has there
EXACT = 1e-4  # of the spread: nearer than this no table of rounded numbers tells
LARGEST = 1e4  # of the spread, for a value to count as one that people measure


@dataclass(frozen=True, slots=True)
class Made:
    """A formula with its number of constants, a table of it, and the truth on fresh points."""

    text: str
    n_constants: int
    noise: float
    X: Floats
    y: Floats
    fresh: Floats
    truth: Floats


def formula(rng: np.random.Generator, n_inputs: int, depth: int) -> tuple[str, int]:
    """A random formula in text, and its number of constants."""
    if depth == 0 or rng.random() < 0.2:
        if rng.random() < 0.25:
            return f"{np.exp(rng.normal(0.3, 0.7)):.3f}", 1
        return f"x{rng.integers(n_inputs)}", 0
    if rng.random() < 0.25:
        inside, count = formula(rng, n_inputs, depth - 1)
        return f"{rng.choice(FUNCTIONS)}({inside})", count
    (first, some), (second, more) = (formula(rng, n_inputs, depth - 1) for _ in range(2))
    return f"({first} {rng.choice(['+', '-', '*', '*', '/'])} {second})", some + more


def made(rng: np.random.Generator) -> Made:
    """A table whose target is defined, varies, and has no value far beyond the others."""
    while True:
        n_inputs = int(rng.integers(1, 9))
        text, n_constants = formula(rng, n_inputs, int(rng.integers(2, 5)))
        names = [f"x{place}" for place in range(n_inputs)]
        tree = parse(text, variables=names)
        rows = int(np.exp(rng.uniform(np.log(20), np.log(2_000))))
        X = rng.uniform(0.5, 3.0, (n_inputs, rows + FRESH))
        values = values_of(tree, X)
        spread = float(np.std(values)) if np.isfinite(values).all() else 0.0
        usual = spread > 1e-6 and np.abs(values - np.median(values)).max() < LARGEST * spread
        if usual and LEAST <= complexity(tree) <= MOST:
            noise = float(rng.choice(NOISE))
            y = values[:rows] + noise * spread * rng.normal(size=rows)
            return Made(text, n_constants, noise, X[:, :rows], y, X[:, rows:], values[rows:])


def values_of(tree: Expression, X: Floats) -> Floats:
    with np.errstate(all="ignore"):
        found = evaluate_tree(tree, {f"x{place}": row for place, row in enumerate(X)})
    return np.asarray(np.broadcast_to(found, X.shape[1:]))


def answer(task: tuple[int, float]) -> tuple[Made, str, str, float, float]:
    """The table, the law, why the search ended, how far the law is from the truth in its errors, and seconds."""
    seed, seconds = task
    one = made(np.random.default_rng(seed))
    columns = {f"x{place}": row for place, row in enumerate(one.X)}
    problem = make_problem(read_table(columns | {"y": one.y}, target="y"))
    started = time.monotonic()
    found = discover(problem, backend=Native(threads=1), budget=Budget(time=seconds))
    spent, law = time.monotonic() - started, found.front.best
    predicted = law.predict({f"x{place}": row for place, row in enumerate(one.fresh)})
    spread = float(np.std(one.truth))
    off = float(np.sqrt(np.mean((predicted - one.truth) ** 2))) / spread
    error = max(one.noise * np.sqrt((one.n_constants + 1) / one.y.size), EXACT)
    return one, law.formula, found.stop_reason, off / error if np.isfinite(off) else np.inf, spent


def answers(tables: int, seconds: float, jobs: int) -> Iterator[tuple[Made, str, str, float, float]]:
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(answer, [(seed, seconds) for seed in range(tables)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    ended, false, right, saved = 0, 0, 0, 0.0
    for one, law, reason, far, spent in answers(options.tables, options.seconds, options.jobs):
        early = reason not in ("time budget spent", "evaluation budget spent")
        ended, right = ended + early, right + (far <= FAR)
        saved += max(options.seconds - spent, 0.0) if early else 0.0
        if early and far > FAR:
            false += 1
            print(f"{reason}: {law}   [{one.text}], {one.y.size} rows, errors of {one.noise:g}, "
                  f"off by {far:.3g} errors, {spent:.1f} s", flush=True)  # fmt: skip
    print(f"of {options.tables} searches {right} have the truth; {ended} end early, {false} of these without it; "
          f"{saved:.0f} s saved")  # fmt: skip


if __name__ == "__main__":
    main()
