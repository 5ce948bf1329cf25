"""Of a long table some rows are asked how errors go, and they give the same answer."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.finishing import Finisher
from symreg.finishing.noise import on_asked_rows, saved_by_growing, saved_by_long_tails
from symreg.finishing.noise.asked_rows import MOST_ROWS_ASKED
from symreg.fitting import Fitted, make_fitter
from symreg.formula import parse
from symreg.problem import FreeConstant, choose_natural_units, make_problem
from symreg.tables import read_table
from symreg.units import DIMENSIONLESS


def line(n_rows: int, relative: float, far: int) -> tuple[Finisher, list[Fitted]]:
    rng = np.random.default_rng(0)
    x = np.exp(rng.uniform(0, 3, n_rows))
    y = 3 * x * (1 + relative * rng.normal(size=n_rows)) + (0.0 if relative else 0.1) * rng.normal(size=n_rows)
    y[rng.choice(n_rows, far, replace=False)] *= 5
    problem = make_problem(read_table({"x": x, "y": y}, target="y"), test_fraction=0.1)
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    tree = parse("k1*x + k2", variables=["x"], constants=["k1", "k2"])
    constants = [FreeConstant("k1", DIMENSIONLESS, 1.0), FreeConstant("k2", DIMENSIONLESS, 1.0)]
    fitted = fitter.fit([(tree, constants)])[0]
    assert fitted is not None
    return Finisher(fitter), [fitted]


@pytest.mark.parametrize(("relative", "far"), [(0.0, 0), (0.05, 0), (0.0, 400)])
def test_some_rows_answer_as_all_do(relative: float, far: int) -> None:
    finisher, laws = line(10_000, relative, far)
    some, again = on_asked_rows(finisher, laws)
    assert len(some.fitter.y) == MOST_ROWS_ASKED == len(some.fitter.problem.train_rows)
    for one in ((some, again), (finisher, laws)):
        growing, tails = saved_by_growing(*one), saved_by_long_tails(*one)
        assert (max(growing, tails) > 0) == (relative > 0 or far > 0)
        assert (tails > growing) == (far > 0)  # of values of all sizes, gross factors are larger where these are


def test_the_rows_are_those_of_the_table() -> None:
    some, (law,) = on_asked_rows(*line(3_000, 0.0, 0))
    problem = some.fitter.problem
    np.testing.assert_allclose(some.fitter.y, some.fitter.units.target_values(problem, problem.train_rows))
    assert law.residual_sum == pytest.approx(some.fitter.sum_of_squares(law))


def test_a_short_table_is_asked_as_it_is() -> None:
    finisher, laws = line(200, 0.0, 0)
    some, again = on_asked_rows(finisher, laws)
    assert some is finisher and again == laws
