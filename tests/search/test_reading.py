"""Text becomes candidates of the right dimension, or a reason."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import evaluate_tree
from symreg.formula.printing import to_text
from symreg.problem.candidate import Candidate
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.reading import Reader
from symreg.search.space import search_space
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS, Dimension

RNG = np.random.default_rng(1)
LENGTH, MASS = RNG.uniform(0.1, 3, 40), RNG.uniform(1, 5, 40)
PENDULUM = {"L [m]": LENGTH, "m [kg]": MASS, "T [s]": 2 * np.pi * np.sqrt(LENGTH / 9.80665)}


def problem_of(data: Mapping[str, Any] = PENDULUM, target: str = "T", **options: Any) -> Problem:
    return make_problem(read_table(dict(data), target=target), **options)


def read(problem: Problem, *texts: str) -> tuple[Reader, tuple[Candidate, ...]]:
    reader = Reader(search_space(problem, problem.train_rows), "engine")
    return reader, reader.candidates(texts)


def check(problem: Problem, candidate: Candidate) -> None:
    """Each candidate has exactly the target's dimension with the constants it comes with."""
    free = {one.name: one.dimension for one in candidate.constants}
    found = dimension_of(candidate.expression, problem.dimensions | free)
    assert found == problem.target_column.unit.dimension


def test_a_coefficient_with_a_unit_is_inferred_where_any_unit_will_do() -> None:
    problem = problem_of(free_constants="inferred")
    _, (found,) = read(problem, "1.9*sqrt(1.1*L)")
    assert to_text(found.expression) == "k1*sqrt(L)"
    assert found.constants[0].dimension == Dimension.of(s=1, m=Fraction(-1, 2))
    check(problem, found)


def test_a_coefficient_becomes_known_constants_where_only_pure_numbers_are_allowed() -> None:
    """And its start is such that the value stays what the engine had found."""
    problem = problem_of(constants=["g_n"], free_constants="dimensionless")
    space = search_space(problem, problem.train_rows)
    _, (found,) = read(problem, "1.9*sqrt(1.1*L)")
    assert to_text(found.expression) == "k1/sqrt(g_n)*sqrt(L)"
    assert [one.dimension for one in found.constants] == [DIMENSIONLESS]
    check(problem, found)
    leaves: dict[str, Any] = {**space.known, "k1": found.constants[0].start, "L": space.inputs[0]}
    np.testing.assert_allclose(evaluate_tree(found.expression, leaves), 1.9 * np.sqrt(1.1 * space.inputs[0]))


def test_where_both_are_possible_both_are_proposed() -> None:
    problem = problem_of(constants=["g_n"], free_constants="inferred")
    _, found = read(problem, "1.9*sqrt(1.1*L)")
    assert [to_text(one.expression) for one in found] == ["k1*sqrt(L)", "k1/sqrt(g_n)*sqrt(L)"]
    for one in found:
        check(problem, one)


def test_a_coefficient_of_one_may_have_a_unit() -> None:
    """An engine without units writes ``v + t``; the law needs an acceleration before the time."""
    data = {"v [m/s]": LENGTH, "t [s]": MASS, "w [m/s]": LENGTH + MASS}
    problem = problem_of(data, "w", free_constants="inferred")
    _, (found,) = read(problem, "v + t")
    check(problem, found)
    assert {str(one.dimension) for one in found.constants} == {"1", "m/s**2"}


def test_rejections_are_counted_by_their_reason() -> None:
    reader, found = read(
        problem_of(free_constants="dimensionless", constants=["g_n"]),
        "1.5*m", "2.5*m", "L +", "q*L", "__import__('os').system('true')", "erf(L)", "2*log10(L)", "1/0*L",
    )  # fmt: skip
    assert found == ()
    (note,) = reader.notes()
    assert note.startswith("8 of 8 formulas of backend engine were rejected (2: it needs a constant in s/kg, which the")
    assert reader.candidates(["1.5*m"]) == () and reader.rejected.total() == 8  # met before


def test_an_operator_that_the_problem_does_not_have_is_no_way_out() -> None:
    reader, found = read(problem_of(free_constants="inferred", operators=["+", "*", "sqrt"]), "sin(2*L)", "2*L")
    assert len(found) == 1
    assert "it holds sin, which is no operator of the problem" in reader.notes()[0]


def test_a_declared_unit_is_allowed_and_no_other() -> None:
    problem = problem_of(free_constants=["m/s**2"])
    reader, found = read(problem, "2*sqrt(L)", "2*m*sqrt(L)")
    assert [to_text(one.expression) for one in found] == ["k1*sqrt(L)"]
    assert "needs a constant in" in reader.notes()[0]


@pytest.mark.parametrize("name", ["k1", "k2"])
def test_names_of_free_constants_are_nobody_elses(name: str) -> None:
    data = {f"{name} [m]": LENGTH, "T [s]": PENDULUM["T [s]"]}
    problem = problem_of(data, free_constants="inferred")
    _, (found,) = read(problem, f"2*sqrt({name}) + 1")
    assert name not in {one.name for one in found.constants} and len(found.constants) == 2
    check(problem, found)
