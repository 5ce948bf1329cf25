"""How often intervals of constants hold the truth: ``python tests/benchmarks/coverage.py``.

Tables are drawn from laws with units and known constants, with Gaussian noise; the form is given and fitted, and each
interval is held against the truth. ``--search`` lets the search find the form as well, on one simple law: there the
share is of those tables where it was found.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core is one core

import numpy as np

from symreg.certainty.intervals import IntervalMethod, constant_intervals
from symreg.discovery import discover
from symreg.engine import get_engine
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_making import as_law
from symreg.fitting.fitter import make_fitter
from symreg.formula.expression import Constant, constants_of, evaluate_tree, normalise, substitute
from symreg.formula.grammar import parse
from symreg.laws.law import Law
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.problem.problem import Problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.table import read_table
from symreg.units.reading import parse_unit

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Truth:
    """A law: one input between two values, constants with their units, noise as a part of the largest target."""

    name: str
    formula: str
    target: str
    input: str
    low: float
    high: float
    constants: Mapping[str, tuple[float, str]]
    noise: float

    def problem(self, n_rows: int, stated: bool, rng: np.random.Generator, *, guessed: bool = True) -> Problem:
        """A table of this law, with the noise's size in a column or without, and the form as a guess."""
        x = rng.uniform(self.low, self.high, n_rows)
        name = self.input.split(" ")[0]
        exact = self.exact(x)
        spread = self.noise * np.max(np.abs(exact)) * (rng.uniform(0.5, 1.5, n_rows) if stated else np.ones(n_rows))
        target = self.target.split(" ")[0]
        data = {self.input: x, self.target: exact + spread * rng.normal(size=n_rows), "spread": spread}
        units = {"spread": self.target.split(" ")[1].strip("[]")}
        sigma = {target: "spread"} if stated else {}
        columns = None if stated else [name, target]
        table = read_table(data, target=target, units=units, sigma=sigma, columns=columns)
        guesses = [{"formula": self.formula, "constants": list(self.constants)}] if guessed else []
        return make_problem(table, free_constants="inferred", guesses=guesses, test_fraction=0)

    def exact(self, x: np.ndarray) -> np.ndarray:
        """The target without noise, in its unit."""
        name, unit = self.input.split(" ")
        tree = parse(self.formula, variables=[name], constants=list(self.constants))
        values = {one: parse_unit(text).to_si(value) for one, (value, text) in self.constants.items()}
        values[name] = parse_unit(unit.strip("[]")).to_si(x)
        return np.asarray(parse_unit(self.target.split(" ")[1].strip("[]")).from_si(evaluate_tree(tree, values)))


TRUTHS = (
    Truth("proportion", "H0*D", "v [km/s]", "D [Mpc]", 1, 30, {"H0": (70.0, "km/s/Mpc")}, 0.1),
    Truth("decay", "A*exp(-t/tau)", "U [mV]", "t [s]", 0, 400, {"A": (5.0, "mV"), "tau": (150.0, "s")}, 0.05),
    Truth(
        "saturation", "vmax*c/(K + c)", "r [umol/L/s]", "c [mmol/L]", 0.1, 8,
        {"vmax": (12.0, "umol/L/s"), "K": (1.5, "mmol/L")}, 0.05,
    ),
    Truth(
        "cooling", "T0 + D*exp(-t/tau)", "T [K]", "t [min]", 0, 60,
        {"T0": (290.0, "K"), "D": (60.0, "K"), "tau": (15.0, "min")}, 0.005,
    ),
)  # fmt: skip


def fitted_law(problem: Problem, truth: Truth) -> Law:
    """The guess of the problem as a law."""
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    starts = []
    for name, (value, text) in truth.constants.items():
        unit = parse_unit(text)
        start = float(unit.to_si(value)) / fitter.units.factor(unit.dimension)
        starts.append(FreeConstant(name, unit.dimension, start))
    fitted = fitter.fit([(problem.guesses[0], starts)])[0]
    assert fitted is not None
    finisher = Finisher(fitter)
    return as_law(finisher, finisher.measured(fitted, "guess"))


def held(problem: Problem, law: Law, truth: Truth, method: IntervalMethod, resamples: int) -> list[bool]:
    """Whether each constant's interval holds the true value; they are in the order of the formula."""
    found = constant_intervals(problem, law, method=method, level=LEVEL, resamples=resamples)
    values = [(value, parse_unit(text)) for value, text in truth.constants.values()]
    answers = []
    for one, (value, unit) in zip(found, values, strict=True):
        true = value * unit.scale / one.unit.scale
        answers.append(one.lower <= true <= one.upper)
    return answers


def coverage(
    truth: Truth, n_rows: int, stated: bool, methods: Sequence[IntervalMethod], tables: int, resamples: int = 500
) -> dict[str, np.ndarray]:
    """The share of tables whose intervals hold the truth, by method, each ``(n_constants,)``."""
    rng = np.random.default_rng([n_rows, stated, len(truth.name)])
    answers: dict[str, list[list[bool]]] = {method: [] for method in methods}
    for _ in range(tables):
        problem = truth.problem(n_rows, stated, rng)
        law = fitted_law(problem, truth)
        for method in methods:
            answers[method].append(held(problem, law, truth, method, resamples))
    return {method: np.mean(found, axis=0) for method, found in answers.items()}


def searched_coverage(truth: Truth, n_rows: int, tables: int, evaluations: int) -> tuple[int, np.ndarray]:
    """In how many tables the search selects the true form, and the share of those whose intervals hold the truth."""
    rng = np.random.default_rng(len(truth.name))
    budget = Budget(evaluations=evaluations)
    answers = []
    for _ in range(tables):
        problem = truth.problem(n_rows, False, rng, guessed=False)
        law = discover(problem, backend=Native(threads=1), budget=budget, seed=0).front.best
        if _is_form(law, truth):
            answers.append(held(problem, law, truth, "wald", 100))
    return len(answers), np.mean(answers, axis=0)


def _is_form(law: Law, truth: Truth) -> bool:
    """Whether the law is the truth but for the names of its constants."""
    own = constants_of(law.expression)
    if len(own) != len(truth.constants):
        return False
    renamed = {Constant(old): Constant(new) for old, new in zip(own, truth.constants, strict=True)}
    true = parse(truth.formula, variables=[*law.input_units], constants=[*truth.constants])
    return substitute(law.expression, {**renamed}) == normalise(true)


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--resamples", type=int, default=500)
    parser.add_argument("--rows", type=int, nargs="+", default=[10, 200])
    parser.add_argument("--search", action="store_true")
    arguments = parser.parse_args()
    methods: tuple[IntervalMethod, ...] = get_args(IntervalMethod)
    if arguments.search:
        started = time.monotonic()
        found, shares = searched_coverage(TRUTHS[0], 30, arguments.tables, 20_000)
        spent, share = time.monotonic() - started, 100 * shares[0]
        print(f"{TRUTHS[0].formula} selected in {found} of {arguments.tables}, held in {share:.1f} %, {spent:.0f} s")
        return
    print(f"{'law':12s} {'rows':>5s} {'sigma':8s} " + " ".join(f"{method:>24s}" for method in methods))
    for truth in TRUTHS:
        for n_rows in arguments.rows:
            for stated in (False, True):
                found = coverage(truth, n_rows, stated, methods, arguments.tables, arguments.resamples)
                cells = (" ".join(f"{100 * share:5.1f}" for share in found[method]) for method in methods)
                print(
                    f"{truth.name:12s} {n_rows:5d} {'stated' if stated else 'unknown':8s} "
                    + " ".join(f"{cell:>24s}" for cell in cells),
                    flush=True,
                )


if __name__ == "__main__":
    main()
