"""Forms undone at the data: what comes out, put back, is the target, and its slope is that of differences."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.formula.expression import Apply, Constant, Expression, Variable, evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS
from symreg.templates.undoing import undone

HOLE = Constant("f")


def check(form: Expression, hole: np.ndarray, **values: np.ndarray) -> None:
    """Both against the form itself: forwards, and by central differences."""
    target = evaluate_tree(form, {**values, "f": hole})
    found = undone(form, HOLE, target, values)
    assert found is not None
    assert found[0] == pytest.approx(hole, rel=1e-9)
    step = 1e-6 * hole
    rise = evaluate_tree(form, {**values, "f": hole + step}) - evaluate_tree(form, {**values, "f": hole - step})
    assert found[1] == pytest.approx(np.abs(2 * step / rise), rel=1e-6)


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if row.arity == 1 and name != "step"])
def test_one_step(name: str) -> None:
    check(Apply(name, (HOLE,)), np.linspace(0.1, 0.9, 9))


@pytest.mark.parametrize("name", ["neg", "cube", "sinh", "tanh", "atan", "sin", "tan", "inv", "exp", "cbrt"])
def test_one_step_on_both_sides_of_zero(name: str) -> None:
    check(Apply(name, (HOLE,)), np.array([-0.9, -0.4, 0.4, 0.9]))


@pytest.mark.parametrize("operator", [name for name, row in OPERATORS.items() if row.arity == 2])
@pytest.mark.parametrize("place", [0, 1])
def test_one_step_beside_another_operand(operator: str, place: int) -> None:
    operands = (HOLE, Variable("x")) if place == 0 else (Variable("x"), HOLE)
    other = np.linspace(1.0, 3.0, 9) if operator == "max" else np.linspace(2.0, 4.0, 9)
    check(Apply(operator, operands), np.linspace(1.5, 3.5, 9), x=other)


@pytest.mark.parametrize("text", ["sqrt(f**2 + (x*2)**2)", "x/(1 + exp(-f))", "(x - log(f))*x**2", "3*f**(3/2)"])
def test_many_steps(text: str) -> None:
    form = parse(text, variables=["x"], constants=["f"])
    check(form, np.linspace(0.3, 2.0, 9), x=np.linspace(1.0, 2.0, 9))


@pytest.mark.parametrize(("text", "known"), [("max(f, x)", [2]), ("min(x, f)", [0]), ("step(f)", [])])
def test_what_another_operand_hides_is_nan(text: str, known: list[int]) -> None:
    form, x, hole = parse(text, variables=["x"], constants=["f"]), np.full(3, 2.0), np.array([1.0, 2.0, 3.0])
    found = undone(form, HOLE, evaluate_tree(form, {"x": x, "f": hole}), {"x": x})
    assert found is not None
    assert np.flatnonzero(np.isfinite(found[0])).tolist() == known
    assert found[0][known] == pytest.approx(hole[known])


def test_rows_without_an_inverse_are_nan() -> None:
    form = parse("sqrt(f**2 + x**2)", variables=["x"], constants=["f"])
    found = undone(form, HOLE, np.array([5.0, 1.0]), {"x": np.array([3.0, 3.0])})
    assert found is not None
    assert found[0][0] == pytest.approx(4.0)
    assert np.isnan(found[0][1])


@pytest.mark.parametrize("text", ["x", "f + f*x", "f/(x + f)"])
def test_a_form_in_which_the_unknown_does_not_stand_once_cannot_be_undone(text: str) -> None:
    form = parse(text, variables=["x"], constants=["f"])
    assert undone(form, HOLE, np.ones(3), {"x": np.ones(3)}) is None
