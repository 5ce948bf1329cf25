"""Joint fits: dimensions of constants from the whole formula, and constants that say nothing new."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.engine import Outcome, get_engine
from symreg.finishing.finisher import Finisher
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import make_fitter
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.tables.table import read_table
from symreg.templates.joint import JointFits, fits_of, values_of
from symreg.units.dimension import DIMENSIONLESS, Dimension

X = np.linspace(1.0, 3.0, 40)
NAMES = ["A", "B", "k1", "k2", "k3"]


def joint_of(form: str, y: np.ndarray, *, unit: str = "1", **options: Any) -> JointFits:
    table = read_table({f"x [{unit}]": X, "y [J]": y}, target="y")
    problem = make_problem(table, target=form, **options)
    assert problem.template is not None
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    return JointFits(problem.template, Finisher(fitter))


def fitted(joint: JointFits, text: str) -> Fitted:
    candidate = joint.candidate(parse(text, variables=["x"], constants=NAMES))
    assert candidate is not None
    (found,) = fits_of(joint.fitter, [candidate])
    return found


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("A*(k1*x + k2) + B", "A*x + B"),
        ("A*(k1*x**2) + B", "A*x**2 + B"),
        ("A*(x + k1) + B", "A*x + B"),
        ("A*(k1*(k2*x)) + B", "A*x + B"),
        ("A*(k1*exp(x*k2)) + B", "A*exp(x*k2) + B"),
        ("A*exp(k1*x + k2) + B", "A*exp(k1*x) + B"),
        ("A*(x**2 + k1*x) + B", "A*(x**2 + k1*x) + B"),  # nothing is superfluous here
    ],
)
def test_constants_that_the_parameters_make_superfluous_go(text: str, short: str) -> None:
    joint = joint_of("y = A*f(x) + B", 2 * np.exp(0.7 * X) + 1 + 0.3 * X**2, parameters=["A", "B"])
    before = fitted(joint, text)
    lean = joint.lean(before)
    assert lean is not None
    assert to_text(lean.expression) == short
    assert lean.outcome is Outcome.CONVERGED
    assert lean.residual_sum == pytest.approx(before.residual_sum, rel=1e-6)


def test_parameters_are_never_superfluous() -> None:
    """A form whose parameters say the same twice has no lean fit: neither may go."""
    joint = joint_of("y = A*B*f(x)", 2 * X, parameters=["A", "B"])
    assert joint.lean(fitted(joint, "A*B*x")) is None


def test_dimensions_come_from_the_whole_formula() -> None:
    joint = joint_of("y = A*f(x) + B", X, unit="m", parameters=["A", "B"])
    candidate = joint.candidate(parse("A*x**2 + B", variables=["x"], constants=NAMES))
    assert candidate is not None
    energy = Dimension.of(kg=1, m=2, s=-2)
    assert [one.dimension for one in candidate[1]] == [energy / Dimension.of(m=2), energy]
    assert joint.candidate(parse("A*exp(x) + B", variables=["x"], constants=NAMES)) is None


@pytest.mark.parametrize(("policy", "allowed"), [("dimensionless", False), ("inferred", True), (["1/cm"], True)])
def test_constants_inside_a_function_carry_what_the_problem_allows(policy: Any, allowed: bool) -> None:
    joint = joint_of("y = A*f(x)", X, unit="m", parameters=["A"], free_constants=policy)
    candidate = joint.candidate(parse("A*exp(k1*x)", variables=["x"], constants=NAMES))
    assert (candidate is not None) == allowed
    (function,) = joint.template.functions
    assert joint.may_be(function, parse("x + x**2", variables=["x"]))  # open: the whole formula decides


def test_a_function_with_a_dimension_is_checked_alone() -> None:
    joint = joint_of("y = A*f(x)", X, unit="m", parameters=["A"], functions={"f": {"unit": "m", "max_complexity": 3}})
    (function,) = joint.template.functions
    verdicts = {text: joint.may_be(function, parse(text, variables=["x"], constants=NAMES)) for text in
                ("x", "x**2", "k1*x", "k1*x**2", "x*x/x")}  # fmt: skip
    assert verdicts == {"x": True, "x**2": False, "k1*x": True, "k1*x**2": False, "x*x/x": False}


def test_the_dimension_of_a_function_in_a_formula() -> None:
    joint = joint_of("y = A*f(x) + B", X, unit="m", parameters=["A", "B"])
    assert joint.dimensions_of_parts(fitted(joint, "A*x**3 + B")) == {"f": Dimension.of(m=3)}
    assert joint.dimensions_of_parts(fitted(joint, "A*(x/x) + B")) == {"f": DIMENSIONLESS}
    assert set(values_of(fitted(joint, "A*x**3 + B"))) == {"A", "B"}


def test_the_best_of_many_starts() -> None:
    joint = joint_of("y = A*f(x)", 2 * np.sin(9 * X), parameters=["A"])
    found = joint.from_many_starts(parse("A*sin(k1*x)", variables=["x"], constants=NAMES), count=300)
    assert found is not None
    unit = joint.fitter.units.factor(Dimension.of(kg=1, m=2, s=-2))
    assert np.abs(list(values_of(found).values())) == pytest.approx([2 / unit, 9])
