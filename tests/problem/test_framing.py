"""What a template leaves of a problem: inputs, known constants, and the units that coefficients may carry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.errors import InfeasibleError, ParseError, ProblemError, TableError
from symreg.problem.constraints import Constraints
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.tables.table import read_table


def ask(target: str, **options: Any) -> Problem:
    rng = np.random.default_rng(0)
    x, t, m, y = (rng.uniform(1, 2, 30) for _ in range(4))
    table = read_table({"x [m]": x, "t [s]": t, "m [kg]": m, "y [J]": y}, target="y")
    return make_problem(table, target=target, **options)


def test_a_problem_holds_what_its_template_names() -> None:
    problem = ask("y = f(m, c)", constants=["c", "h"])
    assert (problem.target, problem.inputs) == ("y", ("m",))
    assert [one.name for one in problem.known_constants] == ["c"]
    assert problem.notes[-1] == "the form of the law was given: y = f(m, c); unknown f(m, c)"
    assert ask("y = m*f(x, t)**2").inputs == ("x", "t", "m")


def test_inputs_still_choose_among_the_columns() -> None:
    with pytest.raises(ParseError, match="unknown name t"):
        ask("y = m*f(x, t)**2", inputs=["x", "m"])


@pytest.mark.parametrize(
    ("form", "options", "policy"),
    [
        ("y = m*f(x, t)**2", {}, "dimensionless"),  # x/t is a speed
        ("y = m*f(x)**2", {}, "inferred"),
        ("y = m*(x/t)**2*f(x)", {}, "inferred"),  # nothing but x carries a length
        ("y = A*f(x)", {"parameters": ["A"]}, "dimensionless"),  # A brings whatever is missing
        ("y = A*f(x)", {"parameters": {"A": {"unit": "J"}}}, "inferred"),
        ("y = A*m", {"parameters": ["A"]}, "dimensionless"),
        ("y = f(m, c)", {"constants": ["c"]}, "dimensionless"),
        ("y = f(m)", {}, "inferred"),
        ("y = m*f(x, t)**2", {"free_constants": "inferred"}, "inferred"),
        ("y = m*f(x, t)**2", {"free_constants": ["m"]}, "declared"),
    ],
)
def test_units_of_coefficients(form: str, options: dict[str, Any], policy: str) -> None:
    assert ask(form, **options).free_constants.policy == policy


def test_a_function_that_cannot_have_its_dimension() -> None:
    with pytest.raises(InfeasibleError, match=r"no product of powers of x has the unit of the target 'f\(x\)' \(m/s\)"):
        ask("y = m*f(x)**2", free_constants="dimensionless")


def test_the_form_itself_does_not_count() -> None:
    seven = Constraints(max_complexity=7)
    assert ask("y = m*f(x, t)**2", constraints=seven).constraints.max_complexity == 7 + 4
    assert ask("y = f(m, c)", constants=["c"], constraints=seven).constraints.max_complexity == 7


def test_parameters_without_a_form() -> None:
    with pytest.raises(ProblemError, match="belong to the form of a law, and none was given"):
        ask("y", parameters=["a"], constants=["c"])


def test_a_form_without_columns() -> None:
    with pytest.raises(ProblemError, match="no column of the table stands in the form"):
        ask("y = a", parameters=["a"])


def test_a_target_that_is_not_there() -> None:
    with pytest.raises(TableError, match="'E'"):
        ask("E = f(x)")


def test_a_column_may_have_an_equals_sign_in_its_name() -> None:
    rng = np.random.default_rng(0)
    table = read_table({"x [1]": rng.uniform(1, 2, 30), "a = b": rng.uniform(1, 2, 30)}, target="a = b")
    assert make_problem(table).template is None
    assert make_problem(table, target="a = b").target == "a = b"


def test_guesses_may_name_parameters() -> None:
    problem = ask("y = A*f(x)", parameters={"A": {"unit": "J/m"}}, guesses=["A*x"])
    assert len(problem.guesses) == 1
