"""How often intervals hold the truth under each way errors go, and each loss:

    python tests/benchmarks/noise_coverage.py

Tables of three laws are drawn with errors of a stated kind (alike, one for each row, a part of the value, a floor and a
part, counts, weights of rows, long tails, gross errors, errors that multiply). The form is given and fitted as the
question says, and the 95 % interval of each constant is held against the truth, by its standard error and by its
profile.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core is one core

import numpy as np
import numpy.typing as npt

from symreg.certainty.intervals import constant_intervals
from symreg.engine import get_engine
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_making import as_law
from symreg.fitting.fitter import make_fitter
from symreg.formula.expression import evaluate_tree
from symreg.formula.grammar import parse
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS

Floats = npt.NDArray[np.float64]

LAWS: tuple[tuple[str, Mapping[str, float], float, float], ...] = (
    ("k1*x + k2", {"k1": 2.0, "k2": 30.0}, 1.0, 50.0),
    ("k1*exp(-x/k2)", {"k1": 900.0, "k2": 20.0}, 0.0, 50.0),
    ("k1*x**k2", {"k1": 40.0, "k2": 0.6}, 1.0, 50.0),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A way errors go: how a table has them, and what the question says of it."""

    name: str
    disturbed: Callable[[Floats, np.random.Generator], tuple[Floats, Floats | None]]  # values, and sigma or weights
    sigma: Any = None
    weights: bool = False
    loss: str = "squared"
    relative: bool = False


def _alike(y: Floats, rng: np.random.Generator) -> tuple[Floats, None]:
    return y + 0.05 * np.std(y) * rng.normal(size=len(y)), None


def _row_by_row(y: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    sigma = 0.05 * np.std(y) * rng.uniform(0.3, 3.0, len(y))
    return y + sigma * rng.normal(size=len(y)), sigma


def _part(y: Floats, rng: np.random.Generator) -> tuple[Floats, None]:
    return y * (1 + 0.05 * rng.normal(size=len(y))), None


def _floor_and_part(y: Floats, rng: np.random.Generator) -> tuple[Floats, None]:
    return y + np.hypot(0.04 * y, 2.0) * rng.normal(size=len(y)), None


def _counts(y: Floats, rng: np.random.Generator) -> tuple[Floats, None]:
    return rng.poisson(y).astype(np.float64), None


def _weighted(y: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    weights = rng.integers(1, 20, len(y)).astype(np.float64)
    return y + 0.1 * np.std(y) / np.sqrt(weights) * rng.normal(size=len(y)), weights


def _long_tails(y: Floats, rng: np.random.Generator) -> tuple[Floats, None]:
    return y + 0.03 * np.std(y) * rng.standard_t(4, len(y)), None


def _gross(y: Floats, rng: np.random.Generator) -> tuple[Floats, None]:
    far = rng.random(len(y)) < 0.08
    return y + 0.03 * np.std(y) * rng.normal(size=len(y)) * np.where(far, 30.0, 1.0), None


def _multiplied(y: Floats, rng: np.random.Generator) -> tuple[Floats, None]:
    return y * np.exp(0.2 * rng.normal(size=len(y))), None


KINDS = (
    Kind("alike, not stated", _alike),
    Kind("one for each row, stated", _row_by_row, sigma="s"),
    Kind("5 % of each value, stated", _part, sigma="5 %"),
    Kind("5 % of each value, noticed", _part, relative=True),
    Kind("floor and part, stated", _floor_and_part, sigma={"relative": 0.04, "floor": 2.0}),
    Kind("counts, stated", _counts, sigma="poisson"),
    Kind("weights of rows", _weighted, weights=True),
    Kind("long tails, huber", _long_tails, loss="huber"),
    Kind("long tails, student", _long_tails, loss="student"),
    Kind("alike, student", _alike, loss="student"),
    Kind("gross errors, student", _gross, loss="student"),
    Kind("20 % that multiply, log", _multiplied, loss="log"),
)


def held(kind: Kind, law: tuple[str, Mapping[str, float], float, float], n_rows: int, seed: int) -> list[list[bool]]:
    """Whether the interval of each constant holds it, by standard errors and by profiles."""
    formula, truth, low, high = law
    rng = np.random.default_rng([seed, n_rows])
    x = np.sort(rng.uniform(low, high, n_rows))
    tree = parse(formula, variables=["x"], constants=list(truth))
    y, beside = kind.disturbed(np.asarray(evaluate_tree(tree, {"x": x, **truth}), dtype=np.float64), rng)
    data = {"x": x, "y": y} | ({"s": beside} if kind.sigma == "s" else {})
    table = read_table(data, target="y", sigma=None if kind.sigma is None else {"y": kind.sigma})
    problem = make_problem(
        table, inputs=["x"], test_fraction=0, loss=kind.loss, weights=beside if kind.weights else None
    )
    problem = problem.with_relative_errors() if kind.relative else problem
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    starts = [FreeConstant(name, DIMENSIONLESS, value) for name, value in truth.items()]
    fitted = fitter.fit([(tree, starts)])[0]
    assert fitted is not None
    finisher = Finisher(fitter)
    found = as_law(finisher, finisher.measured(fitted, "guess"))
    methods: tuple[Any, ...] = ("wald", "profile")
    return [
        [one.lower <= truth[one.name] <= one.upper for one in constant_intervals(problem, found, method=method)]
        for method in methods
    ]


def main() -> None:
    """Print the shares, all laws and constants together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=500)
    parser.add_argument("--rows", type=int, nargs="+", default=[30])
    arguments = parser.parse_args()
    print(f"{'errors':30s} {'rows':>5s} {'wald':>7s} {'profile':>8s}")
    for kind in KINDS:
        for n_rows in arguments.rows:
            answers = np.array(
                [held(kind, LAWS[seed % len(LAWS)], n_rows, seed) for seed in range(arguments.tables)]
            )  # (n_tables, 2, 2)
            wald, profile = 100 * answers.mean(axis=(0, 2))
            print(f"{kind.name:30s} {n_rows:5d} {wald:6.1f}% {profile:7.1f}%", flush=True)


if __name__ == "__main__":
    main()
