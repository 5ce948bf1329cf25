"""How fast the join is, against a plain single-precision matrix product of the same shapes in the same run.

Not a test: ``python tests/benchmarks/join_rate.py``. Both run on one thread; the product writes all its numbers, to a
new array or ("in place") to one that is there, the join scores them and keeps the best. On a busy machine only the
ratio means something. For both with AVX2 where there is AVX-512:
``OPENBLAS_CORETYPE=Haswell python tests/benchmarks/join_rate.py --instructions avx2``.
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
    product, in_place, join, there = [], [], [], np.zeros((asked.rows, asked.rows), dtype=np.float32)
    with threadpool_limits(1):
        for _ in range(asked.repeats):
            started = time.process_time()
            f @ g.T
            made = time.process_time()
            np.matmul(f, g.T, out=there)
            written = time.process_time()
            engine.join(question)
            product.append(made - started)
            in_place.append(written - made)
            join.append(time.process_time() - written)
    pairs = asked.rows**2
    rates = [pairs / float(np.median(seconds)) for seconds in (product, in_place, join)]
    new, old = (float(np.median(np.array(seconds) / np.array(join))) for seconds in (product, in_place))
    print(
        f"sgemm {rates[0]:.3g} pairs/s, in place {rates[1]:.3g}, join {rates[2]:.3g}; "
        f"join/sgemm {new:.2f}, in place {old:.2f}"
    )


if __name__ == "__main__":
    main()
