"""Rows left out of a fit, from one fit of all rows, against as many fits without them."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.fitting.fitter import make_fitter
from symreg.fitting.leaving_out import sum_left_out
from symreg.formula.grammar import parse
from symreg.laws.refitting import left_over
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.tables.table import read_table
from symreg.units.reading import DIMENSIONLESS_UNIT


def line(n_rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x, weights = rng.uniform(0, 5, n_rows), rng.uniform(0.5, 2.0, n_rows)
    return np.column_stack([x, np.ones(n_rows)]), 2 * x + 1 + rng.normal(size=n_rows), weights


@pytest.mark.parametrize("n_rows", [4, 7, 30])
@pytest.mark.parametrize("seed", range(3))
def test_sum_of_rows_left_out_is_that_of_fits_without_them(n_rows: int, seed: int) -> None:
    """Exactly, for a line: plain refits are the twin."""
    design, y, weights = line(n_rows, seed)
    roots = np.sqrt(weights)
    values = np.linalg.lstsq(design * roots[:, None], y * roots, rcond=None)[0]
    found = sum_left_out((y - design @ values) * roots, design.T * roots, y * roots)
    plain = 0.0
    for row in range(n_rows):
        others = np.delete(np.arange(n_rows), row)
        some = np.linalg.lstsq(design[others] * roots[others, None], y[others] * roots[others], rcond=None)[0]
        plain += weights[row] * (y[row] - design[row] @ some) ** 2
    assert found == pytest.approx(plain)


def test_a_row_that_a_fit_hangs_on_alone_is_not_predicted() -> None:
    """The second constant is that row's own: what is left there is its distance."""
    slopes = np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    residual = np.array([0.1, -0.2, 0.1, 0.0])
    found = sum_left_out(residual, slopes, np.array([0.0, 0.0, 0.0, 7.0]))
    assert found == pytest.approx(float(np.square(residual[:3] * 1.5).sum()) + 49.0)


def test_a_slope_that_is_no_number_predicts_nothing() -> None:
    assert sum_left_out(np.zeros(2), np.array([[1.0, np.nan]]), np.zeros(2)) == np.inf


@pytest.mark.parametrize(("n_rows", "is_few"), [(8, True), (12, False)])
def test_few_rows_are_described_by_what_was_left_out(n_rows: int, is_few: bool) -> None:
    design, y, _ = line(n_rows, 0)
    problem = make_problem(read_table({"x": design[:, 0], "y": y}, target="y"), test_fraction=0.0)
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    constants = tuple(FreeConstant(name, DIMENSIONLESS_UNIT.dimension, 1.0) for name in ("k1", "k2"))
    fitted = fitter.fit([(parse("k1*x + k2", variables=("x",), constants=("k1", "k2")), constants)])[0]
    assert fitted is not None
    assert (left_over(fitted, fitter) > 1.1 * fitted.residual_sum) is is_few
    if not is_few:
        assert left_over(fitted, fitter) == fitted.residual_sum
