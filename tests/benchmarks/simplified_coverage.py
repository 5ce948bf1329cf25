"""How often what a law says of its constants is true once it is simplified:

    python tests/benchmarks/simplified_coverage.py

Tables are drawn from forms whose constants are simple numbers half of the time, with Gaussian errors of 0.1 to 10 % and
20 to 300 rows. The true form is fitted and finished as the search finishes it: simple numbers replace constants, one
constant stands for two, terms go. What the law then says of each constant of the true form is held against the truth:
its 95 % interval where the law leaves it free, alone or tied to another, and its value where a number stands for it.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core is one core

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from scipy.stats import t as student

from symreg.engine import get_engine
from symreg.finishing.finisher import Finisher
from symreg.finishing.passes import shown
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import make_fitter
from symreg.formula.expression import Expression, evaluate_tree
from symreg.formula.grammar import parse
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.tables.table import read_table
from symreg.units.reading import DIMENSIONLESS_UNIT

Floats = npt.NDArray[np.float64]
NAMES = ("a", "b", "c")
SIMPLE = (1.0, 2.0, 3.0, 4.0, 0.5, 1.5, 0.25, 1 / 3)
IS_SIMPLE = 0.5  # of constants
SAME = 1e-6  # of a constant: two values that are one but for the fit that found them
STEP = 1e-5  # of a constant, for slopes


@dataclass(frozen=True, slots=True)
class Truth:
    """A form of the inputs ``a``, ``b``, ``c`` with the constants ``k1``, ``k2``, ..."""

    text: str
    n_constants: int

    @property
    def names(self) -> list[str]:
        return [f"k{number}" for number in range(1, self.n_constants + 1)]

    @property
    def tree(self) -> Expression:
        return parse(self.text, variables=NAMES, constants=self.names)

    def values(self, constants: Floats, X: Floats) -> Floats:
        """The target, ``(n_rows,)``, for inputs ``(3, n_rows)``."""
        leaves = dict(zip(NAMES, X, strict=True)) | dict(zip(self.names, constants, strict=True))
        with np.errstate(all="ignore"):
            return np.asarray(np.broadcast_to(evaluate_tree(self.tree, leaves), X.shape[1:]))


TRUTHS = (
    Truth("k1 + k2*a + k3*b + k4*c", 4), Truth("k1*a**k2*b**k3", 3), Truth("k1*exp(-k2*a) + k3", 3),
    Truth("k1*a/(k2 + a)", 2), Truth("k1*a + k2*b**2", 2), Truth("k1*(a + k2*b)/(1 + k3*c)", 3),
)  # fmt: skip


def drawn(truth: Truth, rng: np.random.Generator) -> tuple[Floats, Floats, Floats, float]:
    """Constants, inputs, target with its errors, and how large these are, as a part of the target's spread."""
    simple = rng.random(truth.n_constants) < IS_SIMPLE
    constants = np.where(simple, rng.choice(SIMPLE, truth.n_constants), np.exp(rng.normal(0.3, 0.7, truth.n_constants)))
    X = rng.uniform(0.3, 3.0, (3, int(np.exp(rng.uniform(np.log(20), np.log(300))))))
    exact, part = truth.values(constants, X), float(np.exp(rng.uniform(np.log(1e-3), np.log(0.1))))
    return constants, X, exact + part * exact.std() * rng.normal(size=exact.size), part


def claims(truth: Truth, fitted: Fitted, X: Floats, start: Floats, freedom: int) -> tuple[Floats, Floats]:
    """What a simplified law says of the constants of the form that it was: values, and half widths of intervals."""
    names = list(fitted.names)

    def law(values: Floats) -> Floats:
        leaves = dict(zip(NAMES, X, strict=True)) | dict(zip(names, values, strict=True)) | {"pi": np.pi}
        return np.asarray(np.broadcast_to(evaluate_tree(fitted.expression, leaves), X.shape[1:]))

    def implied(values: Floats, near: Floats) -> Floats:
        goal = law(values)
        ends = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15}
        fit = least_squares(lambda k: truth.values(k, X) - goal, near, x_scale="jac", **ends)
        return np.asarray(fit.x)

    at = implied(fitted.values, start)
    slopes = np.zeros((len(at), len(names)))
    for place, value in enumerate(fitted.values):
        moved, step = fitted.values.copy(), STEP * max(abs(float(value)), 1e-3)
        moved[place] += step
        slopes[:, place] = (implied(moved, at) - at) / step
    variances = np.einsum("ij,jk,ik->i", slopes, fitted.covariance, slopes) if names else np.zeros(len(at))
    return at, np.sqrt(np.maximum(variances, 0.0)) * student.ppf(0.975, max(freedom, 1))


def answers(tables: int, seed: int) -> Iterator[tuple[Truth, bool, bool]]:
    """Of each constant: the form, whether a number stands for it, and whether what the law says of it is true."""
    rng = np.random.default_rng(seed)
    for number in range(tables):
        truth = TRUTHS[number % len(TRUTHS)]
        constants, X, y, _ = drawn(truth, rng)
        table = read_table(dict(zip(NAMES, X, strict=True)) | {"y": y}, target="y")
        problem = make_problem(table, test_fraction=0)
        fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
        starts = [FreeConstant(*one) for one in zip(
            truth.names, [DIMENSIONLESS_UNIT.dimension] * len(constants), constants.tolist(), strict=True
        )]  # fmt: skip
        fitted = fitter.fit([(truth.tree, starts)])[0]
        if fitted is None:
            continue
        finisher = Finisher(fitter)
        short = shown(finisher, finisher.measured(fitted, "native")).fitted
        at, half = claims(truth, short, X, fitted.values, fitter.freedom(short))
        for value, width, true in zip(at, half, constants, strict=True):
            is_number = width < SAME * max(abs(value), 1e-3)
            yield truth, is_number, bool(abs(value - true) <= max(width, SAME * max(abs(true), 1.0)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = list(answers(options.tables, options.seed))
    print(f"{'form':28s} {'constants':>9s} {'true':>7s} {'numbers':>8s} {'true':>7s}")
    for truth in (*TRUTHS, None):
        own = [one for one in found if truth is None or one[0] == truth]
        numbers = [one for one in own if one[1]]
        shares = [100 * float(np.mean([one[2] for one in some] or [np.nan])) for some in (own, numbers)]
        name = "all" if truth is None else truth.text
        print(f"{name:28s} {len(own):9d} {shares[0]:6.1f}% {len(numbers):8d} {shares[1]:6.1f}%")


if __name__ == "__main__":
    main()
