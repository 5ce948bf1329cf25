"""Powers of two of counts."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.discovery import discover
from symreg.formula.printing import to_text
from symreg.problem.making import make_problem
from symreg.search.backend import Budget
from symreg.search.native.bank.doublings import doublings
from symreg.search.native.settings import Native
from symreg.search.space import search_space
from symreg.tables.table import read_table

COUNT = np.arange(12.0)


def found(column: np.ndarray, unit: str = "1", **options: object) -> list[str]:
    table = read_table({f"n [{unit}]": column, "y [m]": 1.0 + np.arange(len(column)) ** 2}, target="y")
    problem = make_problem(table, free_constants="inferred", **options)  # type: ignore[arg-type]
    return [to_text(tree) for tree, _ in doublings(search_space(problem, problem.train_rows))]


def test_a_count_doubles() -> None:
    assert found(COUNT) == ["2**n"]
    assert found(COUNT - 1000) == ["2**n"]


@pytest.mark.parametrize(
    ("column", "unit"), [(COUNT + 0.5, "1"), (COUNT, "m"), (COUNT % 2, "1")], ids=["parts", "lengths", "a label"]
)
def test_what_is_no_count_does_not(column: np.ndarray, unit: str) -> None:
    assert found(column, unit) == []


def test_without_powers_nothing_is_raised() -> None:
    assert found(COUNT, operators=["+", "*", "exp"]) == []


def test_a_law_of_doubling_is_found_in_few_rows() -> None:
    n = np.array([0.0, 1, 2, 3, 4, 5, 6])
    noise = np.array([0.02, -0.03, 0.01, 0.03, -0.02, 0.02, -0.01])
    table = read_table({"n [1]": n, "a [m]": 0.4 + 0.3 * 2**n + noise}, target="a")
    front = discover(
        make_problem(table, free_constants="inferred"),
        backend=Native(threads=1), budget=Budget(time=None, evaluations=60_000),
    ).front  # fmt: skip
    assert to_text(front.best.expression) in ("k1 + k2*2**n", "k1*2**n + k2")
