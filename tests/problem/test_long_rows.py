"""Rows of long tables: which are held out, which are looked at, in what order laws are fitted to them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import symreg as sr
from symreg import mapped
from symreg.errors import ProblemError
from symreg.problem import combed, combed_to, designed_rows, turns_of
from symreg.problem.rows.long_splitting import hashed_split


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "LONG_ROWS", 5_000)
    monkeypatch.setattr(mapped, "ROWS_AT_ONCE", 999)


def problem_of(n_rows: int = 20_000, seed: int = 0, **how: Any) -> sr.Problem:
    rng = np.random.default_rng(1)
    x, z = rng.uniform(1, 5, n_rows), rng.uniform(1, 5, n_rows)
    y = 2 * x * z * (1 + 0.1 * rng.normal(size=n_rows))
    return sr.make_problem(sr.read_table({"x": x, "z": z, "y": y}, target="y"), seed=seed, **how)


def test_every_row_is_in_one_part_and_a_quarter_is_held_out() -> None:
    problem = problem_of()
    both = np.concatenate([problem.train_rows, problem.held_out_rows])
    assert np.array_equal(np.sort(both), np.arange(20_000))
    assert (np.diff(problem.train_rows) > 0).all()
    assert abs(len(problem.held_out_rows) / 20_000 - 0.25) < 4 * np.sqrt(0.25 * 0.75 / 20_000)


def test_the_split_is_that_of_the_seed_alone() -> None:
    assert np.array_equal(problem_of(seed=3).held_out_rows, problem_of(seed=3).held_out_rows)
    common = np.isin(problem_of(seed=3).held_out_rows, problem_of(seed=4).held_out_rows).mean()
    assert abs(common - 0.25) < 0.03


def test_what_is_held_out_says_nothing_of_values_or_errors() -> None:
    problem = problem_of(n_rows=100_000)
    for values in (*problem.matrix(np.arange(100_000)), problem.target_column.values):
        held, rest = values[problem.held_out_rows], values[problem.train_rows]
        assert abs(held.mean() - rest.mean()) < 4 * values.std() / np.sqrt(len(held))
        assert abs(held.std() / rest.std() - 1) < 0.02


def test_whole_numbers_and_zeros_are_split_evenly() -> None:
    """Hashes of numbers with few digits are as even as those of others."""
    values = [np.repeat(np.arange(200.0), 100), np.tile(np.arange(100.0), 200)]
    _, held_out = hashed_split(values, None, 0.25, 0)
    assert abs(len(held_out) / 20_000 - 0.25) < 0.015
    assert np.bincount((values[0][held_out]).astype(int), minlength=200).min() > 5


def test_copies_of_a_row_are_never_parted() -> None:
    x = np.random.default_rng(2).integers(0, 40, (3, 20_000)).astype(float)
    x[2] = x[0] * x[1]
    x[0, x[0] == 0] *= -1.0  # minus zero is zero
    train, held_out = hashed_split(list(x), None, 0.25, 0)
    rows = {tuple(row) for row in (x[:, train] + 0.0).T.tolist()}
    assert not rows & {tuple(row) for row in (x[:, held_out] + 0.0).T.tolist()}
    assert len(train) and len(held_out)


def test_rows_that_are_all_copies_still_leave_some_to_judge() -> None:
    train, held_out = hashed_split([np.ones(9_000), np.ones(9_000)], None, 0.25, 0)
    assert (len(train), len(held_out)) == (6_750, 2_250)


def test_rows_without_weight_are_in_neither_part() -> None:
    weights = np.ones(20_000)
    weights[::7] = 0
    problem = problem_of(weights=weights)
    both = np.concatenate([problem.train_rows, problem.held_out_rows])
    assert np.array_equal(np.sort(both), np.flatnonzero(weights))


def test_what_makes_no_sense_is_refused_as_of_a_short_table() -> None:
    with pytest.raises(ProblemError, match="leaving out each of 20000 rows"):
        problem_of(test_fraction=0)
    with pytest.raises(ProblemError, match="test_fraction is 2"):
        problem_of(test_fraction=2)
    with pytest.raises(ProblemError, match="seed is -1"):
        problem_of(seed=-1)
    assert len(problem_of(folds=5).train_rows) == 20_000


def test_turns_are_combs_through_all_rows() -> None:
    """Rows in order of time: the first turn has seen the beginning and the end."""
    rows = np.arange(1_000_000)
    turns = list(combed(rows, seed=1))
    assert len(turns) == turns_of(len(rows)) > 10
    assert np.array_equal(np.sort(np.concatenate(turns)), rows)
    for turn in turns:
        assert abs(turn.mean() / len(rows) - 0.5) < 0.02
    assert [len(one) for one in combed_to(rows, 1, sum(map(len, turns[:3])))] == [len(one) for one in turns[:3]]
    assert list(combed(rows[:0], seed=1)) == []


def test_relative_errors_are_parts_of_a_trend_that_is_made_where_it_is_asked_for() -> None:
    problem = problem_of(n_rows=30_000).with_relative_errors()
    assert problem.sizes is not None
    assert problem.sizes.all()
    some = np.arange(0, 30_000, 7)
    truth = 2 * problem.table["x"].values * problem.table["z"].values
    assert np.abs(problem.sizes[some] / truth[some] - 1).max() < 0.05
    weights = problem.weights(some)
    assert weights is not None
    assert np.log(weights).mean() == pytest.approx(0, abs=1e-9)


def test_rows_far_off_count_less_in_a_long_table() -> None:
    rng = np.random.default_rng(3)
    x = rng.uniform(1, 5, 12_000)
    y = x**2 + 0.01 * rng.normal(size=12_000)
    y[::100] += 5.0
    problem = sr.make_problem(sr.read_table({"x": x, "y": y}, target="y"), loss="student")
    assert problem.counts is not None
    counts = problem.counts[np.arange(12_000)]
    assert counts[::100].max() < 0.01
    assert np.median(counts) > 0.8


def tailed(n_rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Most speeds are low; one in two thousand is above twelve times the median."""
    return rng.lognormal(0, 0.75, n_rows), rng.uniform(1, 2, n_rows)


def test_the_tails_of_inputs_are_seen() -> None:
    v, m = tailed(60_000, np.random.default_rng(4))
    problem = sr.make_problem(sr.read_table({"v": v, "m": m, "y": m * v}, target="y"))
    rows, far = designed_rows(problem, 4_000, seed=0), 9.0
    assert len(rows) == len(np.unique(rows)) == 4_000
    assert np.isin(rows, problem.train_rows).all()
    assert (v[rows] > far).sum() > 0.9 * (v[problem.train_rows] > far).sum() > 50


def test_a_corner_that_is_far_along_no_single_input_is_seen() -> None:
    rng = np.random.default_rng(5)
    x = rng.uniform(0, 1, 60_000)
    z = np.clip(x + 0.05 * rng.normal(size=60_000), 0, 1)
    corner = rng.choice(60_000, 20, replace=False)
    x[corner], z[corner] = rng.uniform(0.9, 1, 20), rng.uniform(0, 0.1, 20)
    problem = sr.make_problem(sr.read_table({"x": x, "z": z, "y": x * z}, target="y"))
    rows, known = designed_rows(problem, 4_000, seed=0), corner[np.isin(corner, problem.train_rows)]
    assert np.isin(known, rows).sum() >= 5  # of 16; at random there would be one


def test_what_is_fitted_to_the_rows_that_are_drawn_is_right_in_the_mean() -> None:
    """Half of the rows are drawn by where they lie, and by a trend of the target: never by their own error.

    Of 60 tables each coefficient, in its standard errors, is a draw of a standard normal number; so is the mean of the
    errors of the rows that are drawn. Were rows drawn by the target itself, its largest values would come with errors
    above zero.
    """
    deviations, errors = [], []
    for number in range(60):
        rng = np.random.default_rng([6, number])
        v, m = tailed(6_000, rng)
        noise = rng.normal(size=6_000)
        problem = sr.make_problem(sr.read_table({"v": v, "m": m, "y": m + 0.2 * v + noise}, target="y"), seed=number)
        rows = designed_rows(problem, 600, seed=number)
        X = np.stack([m[rows], v[rows]], axis=1)
        found = np.linalg.lstsq(X, problem.target_values(rows), rcond=None)[0]
        deviations.append((found - [1.0, 0.2]) / np.sqrt(np.diag(np.linalg.inv(X.T @ X))))
        largest = rows[np.argsort(m[rows] + 0.2 * v[rows])[-100:]]
        errors.append(noise[largest].mean() * 10)
    z = np.array(deviations)
    assert np.abs(z.mean(axis=0)).max() < 4 / np.sqrt(60)
    assert np.abs(z.std(axis=0) - 1).max() < 4 / np.sqrt(120)
    assert abs(np.mean(errors)) < 4 / np.sqrt(60)
