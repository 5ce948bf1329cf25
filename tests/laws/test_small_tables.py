"""Four to eight rows: what anyone sees in them is selected, and nothing is seen in noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.discovery import discover
from symreg.laws.law import Law
from symreg.laws.selection import judged_by
from symreg.problem.making import make_problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.table import read_table

BEND = (
    [0.0, 9.0, 18.0, 27.0, 36.0, 45.0, 54.0],
    [0.090316199, -0.078157925, -0.350137315, -0.695193468, -1.106773689, -1.60467115, -2.196169408],
)
DECAY = (
    [0.0, 0.131, 0.261, 0.377, 0.503, 0.653, 0.784, 0.88],
    [7349.91, 6889.77, 6354.54, 5952.89, 5709.72, 5599.58, 5618.98, 5405.07],
)
SATURATION = (
    [1.0, 1.5, 2.5, 4.0, 6.0, 9.0, 14.0, 20.0],
    [1.0204, 1.2529, 1.6736, 1.9886, 2.2398, 2.4493, 2.572, 2.7209],  # 3*x/(2 + x), to 1 %
)


def found(x: Any, y: Any) -> tuple[Law, ...]:
    """The selected law, and then the others of the front."""
    problem = make_problem(read_table({"x": np.array(x), "y": np.array(y)}, target="y"))
    front = discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=1_500_000)).front
    return (front.best, *(law for law in front.laws if law is not front.best))


@pytest.mark.parametrize(
    ("x", "y", "spellings"),
    [
        ([1.0, 2.0, 3.0, 4.0], [2.1, 3.9, 6.2, 7.9], {"2*x"}),
        ([1.0, 2.0, 3.0, 4.0], [5.1, 6.9, 9.2, 10.9], {"k1*x + k2", "k1 + k2*x"}),
        (*SATURATION, {"k1*x/(k2 + x)", "k1*x/(x + k2)"}),
        (*BEND, {"(k1*x + k2)*(x + k3)", "x*(k1*x + k2) + k3", "k1*x**2 + k2*x + k3", "k1*x + k2*x**2 + k3"}),
    ],
)
def test_what_anyone_sees_in_few_rows_is_selected(x: Any, y: Any, spellings: set[str]) -> None:
    assert found(x, y)[0].formula in spellings


@pytest.mark.parametrize("table", [BEND, DECAY, SATURATION])
def test_a_constant_is_not_selected_where_a_short_law_predicts_left_out_rows_much_better(table: Any) -> None:
    best = found(*table)[0]
    assert best.formula != "k"
    assert judged_by(best).r2 > 0.9


@pytest.mark.parametrize("n_rows", [5, 8, 11])
def test_nothing_is_seen_in_noise(n_rows: int) -> None:
    rng = np.random.default_rng(n_rows)
    assert found(np.linspace(1, 5, n_rows), 10 + rng.normal(size=n_rows))[0].formula == "k"
