"""Whether errors are a part of each value, asked of laws that are near: on tables where they are and where not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.finishing import Finisher
from symreg.finishing.noise.growing_errors import saved_by_growing
from symreg.finishing.noise.neighbours import nearest
from symreg.fitting import Fitted, make_fitter
from symreg.formula import parse
from symreg.problem import FreeConstant, choose_natural_units, make_problem
from symreg.tables import read_table
from symreg.units import DIMENSIONLESS

POWER, LINE = "k1*x**k2", "k1*x + k2"


def told(
    x: np.ndarray, y: np.ndarray, formulas: Sequence[str] = (LINE, POWER), sigma: Any = None, **asked: Any
) -> bool:
    table = read_table({"x": x, "y": y}, target="y", sigma=None if sigma is None else {"y": sigma})
    problem = make_problem(table, test_fraction=0.0 if len(x) <= 500 else 0.1, **asked)
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    laws: list[Fitted] = []
    for formula in formulas:
        names = [name for name in ("k1", "k2") if name in formula]
        tree = parse(formula, variables=["x"], constants=names)
        one = fitter.fit([(tree, [FreeConstant(name, DIMENSIONLESS, 1.0) for name in names])])[0]
        assert one is not None
        laws.append(one)
    return saved_by_growing(Finisher(fitter), laws) > 0


def power(n_rows: int = 300, seed: int = 0, relative: float = 0.0, equal: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = np.exp(rng.uniform(0, 3, n_rows))
    y = 3 * x**1.5
    return x, y * (1 + relative * rng.normal(size=n_rows)) + equal * rng.normal(size=n_rows)


@pytest.mark.parametrize("relative", [0.01, 0.1])
def test_errors_that_are_a_part_of_the_value_are_seen(relative: float) -> None:
    assert told(*power(relative=relative))


@pytest.mark.parametrize("equal", [0.01, 1.0, 10.0])
def test_equal_errors_are_not_called_relative(equal: float) -> None:
    assert not any(told(*power(seed=seed, equal=equal)) for seed in range(20))


def test_a_law_that_is_not_there_yet_does_not_answer() -> None:
    """A line leaves a pattern, which is smaller where the values are: that is no error."""
    x, y = power(equal=0.1)
    assert not told(x, y, formulas=(LINE,))


def test_what_is_stated_or_exact_or_short_is_not_asked() -> None:
    x, y = power(relative=0.05)
    assert not told(x, y, sigma=1.0) and not told(x, y, loss="log") and not told(x, y, weights=x)
    assert not told(*power()) and not told(x[:99], y[:99])


def test_values_of_one_size_do_not_tell() -> None:
    x = np.random.default_rng(1).uniform(10, 12, 300)
    assert not told(x, 3 * x * (1 + 0.05 * np.random.default_rng(2).normal(size=300)), formulas=(LINE,))


def test_neighbours_are_those_of_a_plain_search() -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(2, 30))
    ranks = np.array([[sorted(row).index(one) for one in row] for row in X])
    for row, found in zip([0, 7, 29], nearest(X, np.array([0, 7, 29])), strict=True):
        apart = sorted(float(np.sum((ranks[:, one] - ranks[:, row]) ** 2)) for one in range(30) if one != row)
        assert sorted(float(np.sum((ranks[:, one] - ranks[:, row]) ** 2)) for one in found) == apart[:4]
