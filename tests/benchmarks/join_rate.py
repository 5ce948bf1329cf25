"""How fast the join is, against a plain single-precision matrix product of the same shapes in the same run.

Not a test: ``python tests/benchmarks/join_rate.py``. Both run on one thread; the product writes all its numbers, the
join scores them and keeps the best. On a busy machine only the ratio means something. For both with AVX2 where there is
AVX-512: ``OPENBLAS_CORETYPE=Haswell python tests/benchmarks/join_rate.py --instructions avx2``.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from threadpoolctl import threadpool_limits

from symreg.engine.compiled import CompiledEngine
from symreg.engine.joining import Join, unit_rows


def main() -> None:
    """Print pairs a second of both and their ratio, the median of some repetitions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=6000)
    parser.add_argument("--probes", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--instructions", default="newest", help="newest, avx2 or baseline")
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    rows = unit_rows(rng.normal(size=(2 * asked.rows, asked.probes)) + 1)
    first, second = np.arange(asked.rows), np.arange(asked.rows, 2 * asked.rows)
    target = rng.normal(size=(1, asked.probes))
    question = Join(
        rows, first, second, target, np.ones_like(target), np.empty((1, 0, asked.probes)), False, 32
    )  # fmt: skip
    f, g = rows[first], rows[second]
    engine = CompiledEngine(asked.instructions)
    product, join = [], []
    with threadpool_limits(1):
        for _ in range(asked.repeats):
            started = time.process_time()
            f @ g.T
            between = time.process_time()
            engine.join(question)
            product.append(between - started)
            join.append(time.process_time() - between)
    pairs = asked.rows**2
    slow, fast = float(np.median(product)), float(np.median(join))
    ratio = float(np.median(np.array(product) / np.array(join)))
    print(f"sgemm {pairs / slow:.3g} pairs/s, join {pairs / fast:.3g} pairs/s, join/sgemm {ratio:.2f}")


if __name__ == "__main__":
    main()
