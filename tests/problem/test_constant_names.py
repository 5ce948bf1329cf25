"""``free_constants: {names: {T: K}}``: the fitted constant that is a temperature is called T, and shown in K."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import symreg as sr
from symreg.errors import ProblemError, UnitError
from symreg.problem import Problem, make_problem
from symreg.tables.table import read_table
from tests.laws_by_hand import law_of

X = np.linspace(1.0, 10.0, 12)
COLUMNS = {"x [m]": X, "m [kg]": X[::-1] ** 2, "y [K]": 3 * X + 5 + 0.1 * np.sin(9 * X)}


def problem(names: Any, units: Any = "inferred", **options: Any) -> Problem:
    table = read_table(COLUMNS, target="y")
    free = {"units": units, "names": names}
    return make_problem(table, free_constants=free, test_fraction=0, **options)


def formulas(names: dict[str, str], *texts: str) -> list[str]:
    question = problem(names)
    return [law_of(question, text).formula for text in texts]


def test_the_constant_of_that_unit_has_the_name() -> None:
    assert formulas({"T": "K"}, "k*x + k1", "k*x", "k + k1*x/(x + k2)") == ["k*x + T", "k*x", "T1 + T2*x/(x + k)"]
    assert formulas({"T": "K", "slope": "K/m"}, "k*x + k1") == ["slope*x + T"]
    assert formulas({"n": "1", "T1": "K/m", "T": "K"}, "k*x + k1 + k2") == ["T1*x + T2 + T3"]
    assert formulas({"k2": "K"}, "k*x + k1") == ["k*x + k2"]
    assert formulas({"k": "K"}, "k*x + k1") == ["k1*x + k"]


def test_it_is_shown_in_that_unit() -> None:
    law = law_of(problem({"T": "mK"}), "k*x + k1")
    constant = next(one for one in law.constants if one.name == "T")
    assert constant.unit.text == "mK" and constant.value == pytest.approx(5000, rel=0.05)


def test_a_part_in_a_million_is_a_unit_too() -> None:
    table = read_table({"c [ppm]": X, "y": X / (4 + X) + 0.001 * np.sin(9 * X)}, target="y")
    question = make_problem(table, free_constants={"units": "inferred", "names": {"K": "ppm"}}, test_fraction=0)
    constants = law_of(question, "c/(k + c)").constants
    assert [(one.name, one.unit.text) for one in constants] == [("K", "ppm")]
    assert constants[0].value == pytest.approx(4, rel=0.05)


def test_names_alone_leave_the_policy_as_it_is() -> None:
    table = read_table(COLUMNS, target="y")
    plain = make_problem(table, test_fraction=0).free_constants
    named = make_problem(table, free_constants={"names": {"T": "K"}}, test_fraction=0).free_constants
    assert (named.policy, named.is_mixed) == (plain.policy, plain.is_mixed)
    assert "in K called T" in str(problem({"T": "K"}).describe())


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ({"m": "K"}, "a fitted constant cannot be called 'm': that is a column of the table. Take another name"),
        ({"y": "K"}, "that is a column of the table"),
        ({"h": "K"}, "that is a constant of nature. Take another name, such as h_fit."),
        ({"T0": "K"}, "that is a known constant of this problem"),
        ({"sin": "K"}, "that is an operator"),
        ({"a b": "K"}, "that is no name"),
        ({"T": "degC"}, "is to be in degC, which has a zero point of its own. Give it in K"),
        ({"T": "K", "S": "mK"}, "'T' and 'S' have one dimension, K. Give one name: two such constants in a law are"),
        (["T"], "names of free_constants is ['T'], and must be a mapping"),
    ],
)
def test_a_name_that_cannot_be_is_told(names: Any, told: str) -> None:
    with pytest.raises(ProblemError) as caught:
        problem(names, constants=[{"name": "T0", "value": 300, "unit": "K"}])
    assert told in str(caught.value)


def test_a_unit_that_cannot_be_read_names_the_constant() -> None:
    with pytest.raises(UnitError, match="'T'"):
        problem({"T": "kmm"})


def test_pure_numbers_have_no_unit_to_be_named_by() -> None:
    table = read_table({"x [m]": X, "y [m]": 2 * X}, target="y")
    with pytest.raises(ProblemError, match="'T' is to be in K, and all are to be pure numbers"):
        make_problem(table, free_constants={"units": "dimensionless", "names": {"T": "K"}})


def test_a_search_goes_on_from_formulas_with_such_names() -> None:
    budget, backend = sr.Budget(time=None, evaluations=1), sr.Native(threads=1)
    question = problem({"T": "K", "slope": "K/m"})
    found = sr.discover(question, budget=budget, backend=backend, resume_from=["slope*x + T", "other*x + T"])
    assert "slope*x + T" in [law.formula for law in found.front]
