"""What it costs to start a thread for a call, beside a small call: ``python tests/benchmarks/thread_start.py``.

The compiled engine starts its threads anew for each call (``engine/core/threads.h``). The cost is how much longer two
programs take on eight rows with two threads than with one; beside it stands the smallest call that a search was seen
to share, six fits on 128 rows, on one thread. A figure is the median of its repetitions; on a busy machine it is too
large.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from symreg.engine import get_engine
from symreg.formula import lower, parse

REPEATS = 200


def main() -> None:
    """Print the ratio."""
    engine = get_engine("compiled")
    rng = np.random.default_rng(0)
    X = rng.uniform(1, 3, (1, 128))
    y = 2 * np.exp(-0.7 * X[0]) + 0.01 * rng.normal(size=128)
    program = lower(parse("k1*exp(k2*x)", variables=["x"], constants=["k1", "k2"]), ["x"], ("k1", "k2"), {})
    start = np.array([1.0, -0.1])
    few = np.ascontiguousarray(X[:, :8])
    one = seconds(lambda: engine.evaluate_many([program] * 2, few, [start] * 2, threads=1))
    two = seconds(lambda: engine.evaluate_many([program] * 2, few, [start] * 2, threads=2))
    fits = seconds(lambda: engine.fit_many([program] * 6, X, y, None, [start] * 6, max_iterations=30, threads=1))
    for part in (0.1, 0.5, 0.9):
        cost = np.quantile(two, part) - np.quantile(one, part)
        print(f"quantile {part}: a thread takes {cost / np.median(fits):.2f} times as long as six fits on 128 rows")


def seconds(call: Callable[[], object]) -> list[float]:
    """How long each repetition took, by the clock."""
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return taken


if __name__ == "__main__":
    main()
