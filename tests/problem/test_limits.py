"""Limits on constants: what may be said, and what is refused with a sentence."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from symreg.errors import ProblemError
from symreg.problem.limits import ConstantLimit, limits_in_words, read_limits
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.tables.table import read_table
from symreg.units.dimension import Dimension

GUESS = {"formula": "A*exp(-t/tau)", "constants": ["A", "tau"]}


def decay(free_constants: Any, guess: Any = GUESS) -> Problem:
    t = np.linspace(0, 600, 25)
    table = read_table({"t [s]": t, "U [mV]": 5 * np.exp(-t / 200) + 0.01 * np.cos(t)}, target="U")
    return make_problem(table, free_constants=free_constants, guesses=[guess])


def test_bounds_are_kept_in_si() -> None:
    problem = decay({"units": "inferred", "bounds": {"tau": [1, 5, "min"], "A": [0, None]}})
    found = {limit.name: (limit.lower, limit.upper) for limit in problem.free_constants.limits}
    assert found == {"tau": (60.0, 300.0), "A": (0.0, math.inf)}
    assert problem.free_constants.policy == "inferred"


def test_positive_bounds_what_has_a_name() -> None:
    problem = decay({"units": "inferred", "positive": True, "bounds": {"tau": [-1, 5, "min"]}})
    assert problem.free_constants.positive
    assert {one.name: (one.lower, one.upper) for one in problem.free_constants.limits} == {
        "A": (0.0, math.inf), "tau": (0.0, 300.0),
    }  # fmt: skip


def test_constants_beside_limited_ones_keep_their_names() -> None:
    problem = decay({"units": "inferred", "bounds": {"tau": [1, 5, "min"]}})
    assert {one.name: one.is_open for one in problem.free_constants.limits} == {"tau": False, "A": True}
    assert decay({"units": "inferred"}).free_constants.limits == ()


def test_a_limit_holds_its_ends() -> None:
    limit = ConstantLimit("k", 0.0, 2.0)
    assert [limit.holds(value) for value in (-1e-9, 0.0, 1.0, 2.0, 2.1)] == [False, True, True, True, False]


def test_limits_are_told_by_a_check() -> None:
    problem = decay({"units": "inferred", "positive": True, "bounds": {"tau": [1, 5, "min"]}})
    assert "Free constants: any unit that a law needs (inferred); positive; tau from 60 to 300 s; A from 0" in str(
        problem.describe()
    )
    whole = read_limits("p", {"n": [None, 7]}, ["n"])
    assert limits_in_words(False, whole) == ("n whole to 7",)


def test_whole_numbers_may_be_bounded() -> None:
    (limit,) = read_limits("p", {"n": [1, 7]}, ["n"])
    assert (limit.lower, limit.upper, limit.whole) == (1.0, 7.0, True)


@pytest.mark.parametrize(
    ("free_constants", "sentence"),
    [
        ({"units": "inferred", "bounds": {"k": [0, 1]}}, r"'k', which no guess or form has"),
        ({"units": "inferred", "bounds": {"tau": [0, 5]}}, r"'tau' have no unit, but in the guess .* s"),
        ({"units": "inferred", "bounds": {"tau": [0, 5, "m"]}}, r"'tau' are in m, but .* s"),
        ({"units": "inferred", "bounds": {"tau": [5, 1, "s"]}}, r"\[5, 1, 's'\].*5 is not below 1"),
        ({"units": "inferred", "bounds": {"tau": "5 s"}}, r"must be \[lower, upper\]"),
        ({"units": "inferred", "bounds": {"tau": [0, "five", "s"]}}, r"must be \[lower, upper\]"),
        ({"units": "inferred", "integer": ["tau"]}, r"whole number, but carries the unit s"),
        ({"units": "inferred", "integer": "tau"}, r"must be a list of names"),
        ({"units": "inferred", "positive": True, "bounds": {"A": [-2, -1, "mV"]}}, r"upper bound of 'A' is not"),
        ({"units": "inferred", "limits": {}}, r"has the key 'limits'"),
    ],
)
def test_what_cannot_be_is_said_before_any_search(free_constants: Any, sentence: str) -> None:
    with pytest.raises(ProblemError, match=sentence):
        decay(free_constants)


def test_no_whole_number_between_bounds() -> None:
    with pytest.raises(ProblemError, match="no whole number between the bounds of 'n'"):
        read_limits("p", {"n": [1.2, 1.8]}, ["n"])


def test_a_guess_without_constants_offers_none_to_bound() -> None:
    with pytest.raises(ProblemError, match="Declare it in a guess"):
        make_problem(
            read_table({"x [m]": [1.0, 2.0, 4.0], "y [m]": [2.0, 4.0, 9.0]}, target="y"),
            free_constants={"units": "dimensionless", "bounds": {"k": [0, 1]}},
        )


def test_dimensions_are_those_of_the_stated_unit() -> None:
    (limit,) = read_limits("p", {"v": [0, 10, "km/h"]}, ())
    assert limit.dimension == Dimension.of(m=1, s=-1)
    assert limit.upper == pytest.approx(10 / 3.6)
