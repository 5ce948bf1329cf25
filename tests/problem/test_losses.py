"""The loss and the weights of rows as part of a question."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from symreg.errors import ProblemError
from symreg.problem import Problem, make_problem
from symreg.problem.loss import LOSSES
from symreg.problem.rows.outlying import counts_beside_trend
from symreg.tables import Table, read_table


def table(n_rows: int = 40, **columns: object) -> Table:
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 5, n_rows)
    y = 2 * x + 5 + 0.1 * rng.normal(size=n_rows)
    return read_table({"x [m]": x, "y [s]": y, **columns}, target="y")


def question(**asked: object) -> Problem:
    return make_problem(table(), free_constants="inferred", **asked)


def test_a_wrong_loss_is_told_what_there_is() -> None:
    with pytest.raises(ProblemError, match=r"did you mean 'student'.*squared, huber, student, log"):
        question(loss="studnet")


def test_logarithms_ask_for_positive_values() -> None:
    rows = read_table({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 0.0, 3.0, 5.0]}, target="y")
    with pytest.raises(ProblemError, match="not positive in every row"):
        make_problem(rows, loss="log")
    assert make_problem(rows, loss="log", weights=[1, 0, 1, 1]).loss == "log"  # where it is zero has no part


def test_under_log_errors_are_parts_of_the_measured_values() -> None:
    problem = question(loss="log")
    rows = problem.train_rows
    weights = problem.weights(rows)
    assert weights is not None
    parts = weights * problem.target_values(rows) ** 2
    np.testing.assert_allclose(parts, parts[0])
    assert problem.with_relative_errors() is problem


@pytest.mark.parametrize("loss", ["huber", "student"])
def test_rows_beside_the_trend_lead_no_search(loss: str) -> None:
    rows = table()
    y = np.array(rows["y"].user_numbers)
    y[[3, 17]] *= 4
    problem = make_problem(
        read_table({"x [m]": rows["x"].user_numbers, "y [s]": y}, target="y"), loss=loss, test_fraction=0.0
    )
    found = problem.search_weights(problem.train_rows)
    assert found is not None
    assert set(np.argsort(found)[:2]) == {3, 17} and found[[3, 17]].max() < 0.01
    assert np.median(found) > 0.5 and problem.weights(problem.train_rows) is None


def test_held_out_rows_have_no_part_in_the_trend() -> None:
    one, rows = question(loss="student"), table()
    y = np.array(rows["y"].user_numbers)
    y[one.held_out_rows] *= 100
    other = make_problem(
        read_table({"x [m]": rows["x"].user_numbers, "y [s]": y}, target="y"), free_constants="inferred", loss="student"
    )
    np.testing.assert_array_equal(
        one.search_weights(one.train_rows), other.search_weights(other.train_rows)
    )


def test_decades_are_no_outliers() -> None:
    """The trend is that of the logarithm where this is smoother: large values are not far off, as they would be."""
    x = np.geomspace(1, 1e4, 60)
    y = x**2 * np.exp(0.1 * np.random.default_rng(2).normal(size=60))
    y[30] *= 20
    counts = counts_beside_trend(x[None], y)
    assert np.argmin(counts) == 30 and counts[30] < 0.05 and np.median(counts[-10:]) > 0.5


def test_few_rows_have_no_trend_but_a_middle() -> None:
    counts = counts_beside_trend(np.array([[1.0, 2.0, 3.0]]), np.array([1.0, 2.0, 3.0]))
    assert counts.shape == (3,) and (counts > 0).all() and counts.max() == 1.0


# ----------------------------------------------------------------------------------------------- weights of rows


def test_variances_go_with_the_inverse_of_weights() -> None:
    given = np.linspace(1, 4, 40)
    problem = question(weights=given)
    rows = problem.train_rows
    found = problem.weights(rows)
    assert found is not None
    np.testing.assert_allclose(found / found[0], given[rows] / given[rows[0]])
    assert np.log(found).mean() == pytest.approx(0, abs=1e-12)
    again = question(weights=1e6 * given).weights(rows)
    np.testing.assert_allclose(found, again)  # only their ratios mean anything


def test_beside_stated_errors_these_are_over_the_roots_of_weights() -> None:
    given = np.linspace(1, 4, 40)
    rows = read_table({name: table()[name].user_numbers for name in "xy"}, target="y", sigma={"y": 0.2})
    problem = make_problem(rows, weights=given)
    np.testing.assert_allclose(problem.sigma(np.arange(40)), 0.2 / np.sqrt(given))
    np.testing.assert_allclose(problem.weights(np.arange(40)), given / 0.04)


def test_weights_count_beside_the_size_of_relative_errors() -> None:
    given = np.linspace(1, 4, 40)
    problem = question(weights=given).with_relative_errors()
    found, plain = problem.weights(problem.train_rows), question().with_relative_errors().weights(problem.train_rows)
    assert found is not None and plain is not None
    ratio = found / plain / given[problem.train_rows]
    np.testing.assert_allclose(ratio, ratio[0])


def test_rows_without_weight_have_no_part() -> None:
    given = np.ones(40)
    given[[2, 5, 7]] = 0
    problem = question(weights=given)
    both = {*problem.train_rows.tolist(), *problem.held_out_rows.tolist()}
    assert both == set(range(40)) - {2, 5, 7} and problem.table.n_rows == 40


def test_equal_weights_are_none() -> None:
    assert question(weights=np.full(40, 3.0)).weights(np.arange(40)) is None


def test_a_column_of_weights_is_no_input() -> None:
    rows = table(n=np.arange(1.0, 41.0))
    problem = make_problem(rows, weights="n", free_constants="inferred")
    assert problem.inputs == ("x",)
    again = pickle.loads(pickle.dumps(problem))
    np.testing.assert_array_equal(again.weights(np.arange(40)), problem.weights(np.arange(40)))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([1.0, 2.0], r"shape \(2,\).*40 rows"),
        (np.r_[-1.0, np.ones(39)], "-1 in row 1"),
        (np.r_[np.ones(39), np.nan], "nan in row 40"),
        (np.zeros(40), "all zero"),
        (["a"] * 40, "no numbers"),
        (np.r_[np.ones(2), np.zeros(38)], "2 rows of a weight above zero"),
    ],
)
def test_wrong_weights_are_refused(given: object, words: str) -> None:
    with pytest.raises(ProblemError, match=words):
        question(weights=given)


def test_all_losses_are_listed() -> None:
    assert LOSSES == ("squared", "huber", "student", "log")
