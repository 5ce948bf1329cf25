"""What each part of evolution earns: ``python tests/benchmarks/evolution_parts.py --fits 4000``.

Evolution alone, without hunts and without what makes laws of its formulas, from nothing but the bank's short
expressions, as many formulas fitted in each variant. Shown are, of the shortest description, R² on rows that it never
saw and its bits beside the whole's, both means over seeds, and seconds of processor time.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import Any

import numpy as np
from held_out import ROWS, TEST_FRACTION, Table, tables  # beside this file
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

from symreg.engine import get_engine
from symreg.formula.expression import evaluate_tree
from symreg.problem.making import make_problem
from symreg.search.backend import Budget
from symreg.search.native.evolution.evolve import Breeding, Evolution
from symreg.search.native.hunt import Workplace, hunt_of
from symreg.search.native.probes import target_at
from symreg.search.native.progress import Progress
from symreg.search.native.refine import Refined, Refiner
from symreg.search.native.settings import Native
from symreg.search.native.turns import evolution_of
from symreg.search.space import probe_rows, search_space
from symreg.tables.table import read_table

WHOLE = Breeding()
VARIANTS: dict[str, Breeding] = {
    "whole": WHOLE,
    "no grafts": replace(WHOLE, grafts=False),
    "no exchange": replace(WHOLE, exchanging=0.0),
    "no curves": replace(WHOLE, curves=False),
    "3 iterations": replace(WHOLE, iterations=3),
    "one island": replace(WHOLE, islands=1, population=2 * WHOLE.population, children=2 * WHOLE.children),
    "equal thrift": replace(WHOLE, thrift=False),
}


def evolution_on(table: Table, breeding: Breeding, seed: int, X: np.ndarray, y: np.ndarray) -> Evolution:
    """Evolution laid out as the search does it, over a bank of the first levels."""
    columns: dict[str, Any] = {f"x{i}": column for i, column in enumerate(X.T)}
    problem = make_problem(
        read_table({**columns, "y": y}, target="y"), free_constants="dimensionless", test_fraction=0.02
    )
    space = search_space(problem, problem.train_rows)
    generator = np.random.default_rng(seed)
    rows = probe_rows(space, ROWS, generator)
    workplace = Workplace(Native(threads=1), get_engine("auto"), Budget(), lambda: False)
    hunt = hunt_of(workplace, space, probe_rows(space, 128, generator))
    size = 1
    while hunt.bank.n < 3000 and size < 6:
        hunt.bank.request_all(size)
        size += 1
    refiner = Refiner(space, workplace.engine, 1, target_at(space, rows), rows)
    return evolution_of(workplace, hunt, refiner, Progress(space, refiner), generator, breeding)


def r2_of(evolution: Evolution, one: Refined, X: np.ndarray, y: np.ndarray, mean: float) -> float:
    """R² of a formula on other rows."""
    space = evolution.refiner.space
    named: dict[str, Any] = {f"x{i}": column for i, column in enumerate(X.T)}
    units = [space.units.factor(space.coding.decode(code)) for code in space.codes]
    named = {name: column / unit for (name, column), unit in zip(named.items(), units, strict=False)}
    named |= dict(zip(one.draft.names, one.draft.values, strict=True))
    found = evaluate_tree(one.draft.expression, named) * space.units.factor(space.coding.decode(space.target_code))
    return float(r2_score(y, np.where(np.isfinite(found), found, mean) * np.ones_like(y)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=4000)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--tables", default="friedman1,nist gauss1,I.18.4")
    parser.add_argument("--variants", default=",".join(VARIANTS))
    asked = parser.parse_args()
    for table in [one for one in tables() if one.name in asked.tables.split(",")]:
        for name in asked.variants.split(","):
            scores, bits, started = [], [], time.process_time()
            for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
                X, X_test, y, y_test = train_test_split(
                    table.X, table.y, test_size=TEST_FRACTION, random_state=seed
                )
                evolution = evolution_on(table, VARIANTS[name], seed, X, y)
                while evolution.fits < asked.fits:
                    evolution.run()
                best = min(evolution.best.values(), key=evolution.progress.bits_of)
                scores.append(r2_of(evolution, best, X_test, y_test, float(y.mean())))
                bits.append(evolution.progress.bits_of(best))
            seconds = (time.process_time() - started) / asked.seeds
            print(f"{table.name:12} {name:16} {np.mean(scores):8.4f} {np.mean(bits):10.1f} bits {seconds:6.1f} s",
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
