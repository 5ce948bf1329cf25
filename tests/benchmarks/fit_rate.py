"""How many distinct formulas a second one core fits to 1,000 rows: ``python tests/benchmarks/fit_rate.py``.

The formulas are those that a bank of five columns makes, in the order in which a search meets them, with a free
coefficient in front, as an addend and inside the last function: up to three constants each, fitted by
Levenberg-Marquardt with covariances. The target is one of the larger ones with 10 % noise. On a busy machine the figure
is too small; PhySO fits 14 to 147 candidates a second and core (docs/benchmarks.md).
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from bank_rate import QUESTIONS  # beside this file

from symreg.engine import Engine, Outcome, get_engine
from symreg.engine.program import Program
from symreg.formula.expression import Apply, Constant, Expression, lower
from symreg.search.native.bank.bank import Bank
from symreg.search.native.proposal import Draft
from symreg.search.native.refine import with_more_coefficients

USABLE = (Outcome.CONVERGED, Outcome.MAX_ITERATIONS)


def main() -> None:
    """Print formulas fitted a second, by the number of their constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--formulas", type=int, default=4000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--max-iterations", type=int, default=30, help="as many as the search allows")
    asked = parser.parse_args()
    engine = get_engine("compiled")
    rng = np.random.default_rng(0)
    X = rng.uniform(1, 3, (5, asked.rows))
    drafts = formulas(engine, asked.formulas)
    truth = X[0] * X[1] / (X[2] + X[3] * np.sin(X[4]))
    y = truth + 0.1 * truth.std() * rng.normal(size=asked.rows)
    for count in (1, 2, 3):
        own = [draft for draft in drafts if len(draft.names) == count]
        programs = [program(draft) for draft in own]
        starts = [np.array(draft.values) for draft in own]
        seconds, fitted = [], 0
        for _ in range(asked.repeats):
            started = time.perf_counter()
            fits = engine.fit_many(programs, X, y, None, starts, max_iterations=asked.max_iterations, threads=1)
            seconds.append(time.perf_counter() - started)
            fitted = sum(fit.outcome in USABLE for fit in fits)
        print(f"{count} constants: {len(own)} formulas, {fitted} fitted, {len(own) / min(seconds):,.0f} a second")


def formulas(engine: Engine, count: int) -> list[Draft]:
    """Distinct formulas over five columns with one to three coefficients."""
    bank: Bank = QUESTIONS[2].bank(engine, 64, 40 * count, 1)
    size = 1
    while bank.n < count:
        bank.request_all(size)
        size += 1
    drafts = []
    for entry in range(count):
        k1, k2 = Constant("k1"), Constant("k2")
        front: Expression = Apply("*", (k1, bank.expression(entry)))
        one = Draft(front, ("k1",), (1.0,), (0,))
        two = Draft(Apply("+", (front, k2)), ("k1", "k2"), (1.0, 0.1), (0, 0))
        drafts += [one, two, *(more for more in with_more_coefficients(two) if len(more.names) <= 3)]
    return list({draft.expression: draft for draft in drafts}.values())


def program(draft: Draft) -> Program:
    """A draft as the engine takes it."""
    return lower(draft.expression, [f"x{place}" for place in range(5)], draft.names, {})


if __name__ == "__main__":
    main()
