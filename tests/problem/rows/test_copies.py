"""Copies of a row are on one side of the split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import symreg as sr
from symreg.problem.rows.copies import groups_of_copies

RNG = np.random.default_rng(8)


def problem_of(x: np.ndarray, y: np.ndarray, **more: object) -> sr.Problem:
    return sr.make_problem(sr.read_table({"x": x, "y": y}, target="y"), **more)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.sampled_from([0.0, -0.0, 1.0, 2.5]), st.integers(0, 2)), min_size=1, max_size=30))
def test_rows_that_are_the_same_have_one_number(rows: list[tuple[float, int]]) -> None:
    values = np.array(rows, dtype=np.float64).T
    groups = groups_of_copies(values)
    plain = [rows.index(row) for row in rows]
    if len(set(plain)) == len(rows):
        assert groups is None
    else:
        assert groups is not None and groups.tolist() == plain


@pytest.mark.parametrize("seed", range(5))
def test_no_row_is_trained_on_and_held_out(seed: int) -> None:
    x = np.tile(RNG.uniform(1, 5, 20), 4)
    y = 3 * x + np.tile(RNG.normal(size=20), 4)
    problem = problem_of(x, y, seed=seed)
    train, held_out = ({(x[row], y[row]) for row in rows} for rows in (problem.train_rows, problem.held_out_rows))
    assert train and held_out and not train & held_out
    assert len(problem.train_rows) + len(problem.held_out_rows) == 80


def test_measured_again_is_no_copy() -> None:
    """The same input with another result is a row of its own: the split is that of a table without copies."""
    x, y = np.tile(RNG.uniform(1, 5, 20), 4), RNG.normal(size=80)
    other = problem_of(RNG.uniform(1, 5, 80), y)
    assert problem_of(x, y).held_out_rows.tolist() == other.held_out_rows.tolist()


@pytest.mark.parametrize("folds", [None, 3])
def test_refits_leave_out_all_copies_of_a_row(folds: int | None) -> None:
    x, y = np.tile(RNG.uniform(1, 5, 6), 3), np.tile(RNG.uniform(1, 5, 6), 3)
    parts = problem_of(x, y, folds=folds).left_out_together
    assert sorted(np.concatenate(parts).tolist()) == list(range(18))
    for rows in parts:
        rest = np.setdiff1d(np.arange(18), rows)
        assert not set(x[rows]) & set(x[rest])
    assert len(parts) == (folds or 6)


def test_two_rows_again_and_again_keep_a_split() -> None:
    problem = problem_of(np.tile([1.0, 2.0], 20), np.tile([3.0, 5.0], 20))
    assert problem.held_out_rows.size and problem.train_rows.size
