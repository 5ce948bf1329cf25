"""Does a law come back as often from errors that are a part of each value as from errors of one size?

    python tests/benchmarks/noise_of_values.py --each 4 --time 10

Equations of a problem set, with noise that is a part of the target's root mean square (SRBench's) or the same part of
each value, nothing stated: how many laws come back, and how many stand on the front.
"""

from __future__ import annotations

import argparse
import os
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core is one core

from symreg.benchmark.equivalence import Judge
from symreg.benchmark.problems import load_problem_set
from symreg.benchmark.trial import Settings, Trial, run_trial

KINDS: tuple[Any, ...] = ("rms", "relative")


def main() -> None:
    """Print each miss, and the counts after each equation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="feynman")
    parser.add_argument("--each", type=int, default=1, help="every so many equations")
    parser.add_argument("--time", type=float, default=10.0, help="seconds for each search")
    parser.add_argument("--noise", type=float, nargs="+", default=[0.01, 0.1])
    parser.add_argument("--seed", type=int, default=91)
    arguments = parser.parse_args()
    counts = {(noise, kind): [0, 0, 0] for noise in arguments.noise for kind in KINDS}
    with Judge() as judge:
        for definition in load_problem_set(arguments.set)[:: arguments.each]:
            for (noise, kind), count in counts.items():
                settings = Settings(time=arguments.time, noise_kind=kind)
                found = run_trial(Trial(definition, noise, arguments.seed), settings, discover=None, judge=judge)
                for place, one in enumerate((found.recovered, found.on_front, True)):
                    count[place] += one
                if not found.recovered:
                    print(f"{definition.id}, {noise:g} {kind}: {found.formula} {found.note}")
            print(", ".join(f"{noise:g} {kind}: {a}, front {b}, of {n}" for (noise, kind), (a, b, n) in counts.items()),
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
