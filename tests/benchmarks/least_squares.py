"""Our fits beside those of SciPy, in one run: ``python tests/benchmarks/least_squares.py``.

The formulas are the curves with a name (``symreg/formula/curve_models.py``) that have one to four constants, each with
some draws of true constants and of noise; starts are up to so many times too large or too small. All fit the same rows
from the same starts, with the values and derivatives of the compiled engine. SciPy asks for them from Python, scales
by the columns of the Jacobian, as we do, and stops at its own tolerances, 1e-8, which are looser than ours. A fit has
reached the optimum where its sum of squares is within a millionth of the least that any of the three found. The three
take turns, one thread each; a ratio of times is the median of the ratios within a turn.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from symreg.engine import get_engine
from symreg.engine.program import Program
from symreg.formula import constants_of, lower, parse
from symreg.formula.curve_models import CLASSES

Floats = NDArray[np.float64]
ENGINE = get_engine("compiled")
MAX_ITERATIONS = 200  # as many as a law is allowed
NEAR = 1e-6
LARGEST = 1e6  # of a target


@dataclass(frozen=True, eq=False)
class Question:
    """One formula, a target and a start."""

    program: Program
    y: Floats
    start: Floats


Answer = tuple[float, int]
"""The sum of squares, infinite where a fit failed, and how many times the values were asked for."""


def questions(X: Floats, draws: int, factor: float) -> list[Question]:
    """Each form with that many draws; starts are up to ``factor`` times too large or too small."""
    rng = np.random.default_rng(0)
    found = []
    for text in (text for forms in CLASSES.values() for text in forms):
        tree = parse(text, variables=["x"], constants="abcden")
        names = constants_of(tree)
        if len(names) > 4:
            continue
        program = lower(tree, ["x"], names, {})
        for _ in range(draws):
            exact = np.full(X.shape[1], np.nan)
            while not (np.abs(exact) < LARGEST).all():
                true = rng.choice([-1, 1], len(names)) * rng.uniform(0.4, 2.5, len(names))
                exact = ENGINE.evaluate(program, X, true)
            y = exact + 0.02 * exact.std() * rng.normal(size=exact.size)
            found.append(Question(program, y, true * factor ** rng.uniform(-1, 1, len(names))))
    return found


def ours(X: Floats, asked: list[Question]) -> list[Answer]:
    """By the engine. One call for each, since the targets differ; a search fits many formulas to one target."""
    found = []
    for one in asked:
        fit = ENGINE.fit_many([one.program], X, one.y, None, [one.start], max_iterations=MAX_ITERATIONS)[0]
        found.append((fit.residual_sum if np.isfinite(fit.residual_sum) else np.inf, fit.iterations + 1))
    return found


def scipys(method: str) -> Callable[[Floats, list[Question]], list[Answer]]:
    """By ``scipy.optimize.least_squares``: MINPACK's "lm" or the trust region "trf"."""

    def fit(X: Floats, asked: list[Question]) -> list[Answer]:
        found = []
        for one in asked:
            try:
                fitted = least_squares(
                    lambda c, one=one: ENGINE.evaluate(one.program, X, c) - one.y,
                    one.start,
                    jac=lambda c, one=one: ENGINE.jacobian(one.program, X, c)[1].T,
                    method=method,
                    x_scale="jac",
                )
                total = 2 * fitted.cost
                found.append((total if np.isfinite(total) else np.inf, fitted.nfev))
            except ValueError:  # a residual at the start that is not finite
                found.append((np.inf, 1))
        return found

    return fit


WAYS = {"ours": ours, "lm": scipys("lm"), "trf": scipys("trf")}


def main() -> None:
    """Print who reached the optimum how often, with how many evaluations, and the ratios of times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--factor", type=float, default=3.0, help="how far starts are from the truth")
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    X = np.linspace(0.5, 4.0, asked.rows)[None]
    all_questions = questions(X, asked.draws, asked.factor)
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    answers: dict[str, list[Answer]] = {}
    with np.errstate(all="ignore"):
        for _ in range(asked.repeats):
            for name, way in WAYS.items():
                started = time.process_time()
                answers[name] = way(X, all_questions)
                seconds[name].append(time.process_time() - started)
    totals = {name: np.array([total for total, _ in found]) for name, found in answers.items()}
    least = np.min(list(totals.values()), axis=0)
    print(f"{len(all_questions)} fits, {asked.rows} rows, starts within a factor of {asked.factor:g}")
    for name, found in answers.items():
        reached = np.isfinite(least) & (totals[name] <= least * (1 + NEAR))
        ratio = float(np.median(np.array(seconds[name]) / seconds["ours"]))
        evaluations = np.median([count for _, count in found])
        share = f"{reached.mean():.1%} at the optimum"
        print(f"{name}: {share}, {evaluations:.0f} evaluations (median), {ratio:.1f} times our time")


if __name__ == "__main__":
    main()
