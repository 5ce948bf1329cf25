"""SRBench's protocol for rows, split and noise."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.benchmark.problems import load_problem_set, select_problems
from symreg.benchmark.sampling import LARGEST_SAMPLE, sample_problem, sample_ranges
from symreg.formula.expression import evaluate_tree

FEYNMAN = load_problem_set("feynman")
(ENERGY,) = select_problems(FEYNMAN, ["I.48.2"])


def test_equal_arguments_give_equal_rows_and_seeds_differ() -> None:
    first, again, other = (sample_problem(ENERGY, rows=400, noise=0.1, seed=seed) for seed in (5, 5, 6))
    for part in ("train", "test"):
        for column in getattr(first, part).columns:
            assert np.array_equal(column.values, getattr(again, part)[column.name].values)
            assert not np.array_equal(column.values, getattr(other, part)[column.name].values)


def test_three_quarters_train_and_every_variable_is_a_column_in_its_range() -> None:
    sample = sample_problem(ENERGY, rows=2_000)
    assert (sample.train.n_rows, sample.test.n_rows) == (1_500, 500)
    assert sample.train.target == "E_n"
    assert sample.train.names == ("m", "v", "c", "E_n")
    for name, (low, high) in sample_ranges(ENERGY, sample.train).items():
        values = sample.train[name].values
        assert low <= values.min() < low + 0.01 * (high - low)
        assert high - 0.01 * (high - low) < values.max() <= high


def test_no_more_rows_than_srbench_draws() -> None:
    sample = sample_problem(ENERGY, rows=50_000)
    assert sample.train.n_rows + sample.test.n_rows == LARGEST_SAMPLE


@pytest.mark.parametrize("level", [0.001, 0.01, 0.1])
def test_noise_is_in_the_training_target_only_and_has_its_level(level: float) -> None:
    exact, noisy = (sample_problem(ENERGY, rows=8_000, noise=noise, seed=2) for noise in (0.0, level))
    clean, disturbed = exact.train["E_n"].values, noisy.train["E_n"].values
    assert np.std(disturbed - clean) / np.sqrt(np.mean(clean**2)) == pytest.approx(level, rel=0.04)
    assert np.array_equal(exact.test["E_n"].values, noisy.test["E_n"].values)
    for name in ("m", "v", "c"):
        assert np.array_equal(exact.train[name].values, noisy.train[name].values)
    truth = evaluate_tree(ENERGY.expression, {name: noisy.test[name].values for name in ("m", "v", "c")})
    assert noisy.test["E_n"].values == pytest.approx(truth)


def test_without_units_the_same_numbers_are_pure() -> None:
    with_units, without = (sample_problem(ENERGY, rows=100, units=units) for units in (True, False))
    assert all(column.unit.dimension.is_dimensionless for column in without.train.columns)
    for column in with_units.train.columns:
        assert np.array_equal(column.values, without.train[column.name].values)


def test_a_problem_with_a_table_uses_its_rows() -> None:
    kepler, newton = select_problems(load_problem_set("empiricalbench"), ["kepler", "newton"])
    sample = sample_problem(kepler, rows=2_000)
    assert sample.train.n_rows == sample.test.n_rows == 6, "none can be spared"
    assert sample.train.units == {"a": "au", "P": "day"}
    assert sample_problem(newton, rows=2_000).train.n_rows == 30, "as many as the paper draws"
    (bacres,) = select_problems(load_problem_set("strogatz"), ["bacres1"])
    assert sample_problem(bacres).train.n_rows == 300
    low, high = sample_ranges(bacres, sample_problem(bacres).train)["x"]
    assert 3 < low < high < 17


def test_a_problem_may_bring_its_own_noise() -> None:
    (ideal,) = select_problems(load_problem_set("empiricalbench"), ["ideal_gas"])
    sample = sample_problem(ideal, seed=1)
    columns = {name: sample.train[name].values for name in ("n", "T", "V")}
    truth = evaluate_tree(ideal.expression, columns | ideal.constant_values)
    assert 0.05 < np.std(sample.train["P"].values / truth - 1) < 0.2
    sigma = sample.train["P"].sigma
    assert sigma is not None
    np.testing.assert_allclose(sigma, 0.1 * sample.train["P"].values)


def test_the_noise_of_srbench_is_not_told() -> None:
    (force,) = select_problems(load_problem_set("feynman"), ["I.12.1"])
    assert sample_problem(force, rows=40, noise=0.1).train[force.target_name].sigma is None
