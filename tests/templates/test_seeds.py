"""Small expressions to begin with: the shapes are there, the smallest first, and no more than are wanted."""

from __future__ import annotations

import numpy as np

from symreg.formula.expression import complexity, constants_of, variables_of
from symreg.formula.grammar import parse
from symreg.problem.making import make_problem
from symreg.search.space import SearchSpace, search_space
from symreg.tables.table import read_table
from symreg.templates.seeds import seeds_of


def space_of(operators: tuple[str, ...] = ("+", "*", "/", "square", "exp", "pow")) -> SearchSpace:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(1, 2, 30), rng.uniform(1, 2, 30)
    problem = make_problem(read_table({"x [1]": x, "y [1]": y}, target="y"), operators=operators)
    return search_space(problem, problem.train_rows)


def test_shapes_with_constants_inside() -> None:
    found = seeds_of(space_of(), ["a", "b", "d"], lambda _: True, 500)
    for text in ("x", "a*x", "a*x + d", "x**2", "a*exp(b*x)", "a*exp(b*x) + d", "a*(x/(b + x))", "a*x**b", "1/(b + x)"):
        assert parse(text, variables=["x"], constants=["a", "b", "d"]) in found, text
    assert [complexity(one) for one in found] == sorted(complexity(one) for one in found)
    assert len(set(found)) == len(found)
    assert {name for one in found for name in variables_of(one)} == {"x"}
    assert {name for one in found for name in constants_of(one)} <= {"a", "b", "d"}


def test_no_operator_that_the_problem_lacks() -> None:
    assert {str(one) for one in seeds_of(space_of(("*",)), ["a", "b", "d"], lambda _: True, 500)} == {
        str(parse(text, variables=["x"], constants=["a"])) for text in ("x", "a*x", "x*x", "a*(x*x)")
    }


def test_only_what_is_wanted_and_no_more() -> None:
    found = seeds_of(space_of(), ["a", "b", "d"], lambda one: "b" in constants_of(one), 7)
    assert len(found) == 7
    assert all("b" in constants_of(one) for one in found)
