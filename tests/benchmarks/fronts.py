"""The fronts of twelve tables under a budget of evaluations, to be compared before and after a change that should
change nothing: ``python tests/benchmarks/fronts.py > before.txt``, and again, and ``diff``.

Budgets of evaluations do not depend on the machine's speed; last digits may, from one processor to another.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core is one core

import numpy as np

import symreg as sr

EVALUATIONS = 300_000
MEASURED = (
    "kepler", "boyle", "forbes_1857", "puromycin", "time_dilation", "hydrogen_lines", "langmuir", "nist_strd_misra1a",
)  # fmt: skip


def tables() -> Iterator[tuple[str, sr.Table]]:
    for name in MEASURED:
        yield name, sr.load_dataset(name)
    rng = np.random.default_rng(0)
    m, v = rng.uniform(1, 5, 200), rng.uniform(1e7, 2e8, 200)
    yield "kinetic energy", sr.read_table({"m [kg]": m, "v [m/s]": v, "E [J]": m * v**2 / 2}, target="E")
    t = np.linspace(0, 10, 60)
    decay = (3 * np.exp(-t / 2.5) + 0.5) * (1 + 0.01 * rng.normal(size=60))
    yield "a decay", sr.read_table({"t [s]": t, "U [V]": decay}, target="U")
    a, b, c = rng.uniform(0.5, 3, (3, 200))
    yield "pure numbers", sr.read_table({"a": a, "b": b, "c": c, "y": a * np.sin(b) + c**2}, target="y")
    x, y, noise = rng.uniform(1, 10, 100), rng.uniform(1, 10, 100), rng.normal(size=100)
    yield "a plane", sr.read_table({"x": x, "z": y, "w": 2.13 * x - 0.77 * y + 4.1 + 0.2 * noise}, target="w")


def main() -> None:
    for name, table in tables():
        found = sr.discover(
            sr.make_problem(table), backend=sr.Native(threads=1), budget=sr.Budget(time=None, evaluations=EVALUATIONS)
        )
        print(f"{name}: {found.stop_reason}, {found.evaluated:,} evaluations")
        for law in found.front:
            values = ", ".join(f"{one.name} = {one.value:.6g}" for one in law.constants)
            mark = "*" if law is found.front.best else " "
            print(f"  {mark} {law.complexity:3d} {law.description_length:10.2f} {law.formula}   {values}", flush=True)


if __name__ == "__main__":
    main()
