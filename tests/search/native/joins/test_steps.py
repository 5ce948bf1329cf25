"""Every step of a context can be undone, and says how it stretches noise."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import Variable, complexity, evaluate_tree
from symreg.search.native.bank.bank import search_cost
from symreg.search.native.joins.steps import STEPS, Step
from symreg.units.dimension import Dimension

# holes on which the step is one to one: the branch that the inverse takes
BRANCHES = {
    ("square",): (0.1, 3.0), ("square", "inv"): (0.2, 3.0), ("sqrt",): (0.1, 3.0),
    ("sqrt", "inv"): (0.2, 3.0), ("log",): (0.1, 5.0), ("sin",): (-1.5, 1.5), ("cos",): (0.1, 3.0),
    ("tan",): (-1.4, 1.4),
    ("asin",): (-0.95, 0.95), ("acos",): (-0.95, 0.95), ("tanh",): (-2.0, 2.0),
}  # fmt: skip
names = pytest.mark.parametrize(
    "step", STEPS, ids=lambda step: " of ".join(step.operators[::-1]) or "identity"
)


def holes(step: Step) -> np.ndarray:
    low, high = BRANCHES.get(step.operators, (-3.0, 3.0))
    return np.linspace(low, high, 400)


@names
def test_the_inverse_undoes_the_step(step: Step) -> None:
    hole = holes(step)
    np.testing.assert_allclose(step.inverse(step.forward(hole)), hole, rtol=1e-9, atol=1e-9)


@names
def test_the_step_redoes_the_inverse(step: Step) -> None:
    z = step.forward(holes(step))
    np.testing.assert_allclose(step.forward(step.inverse(z)), z, rtol=1e-9, atol=1e-12)


@names
def test_the_slope_is_the_derivative_of_the_inverse(step: Step) -> None:
    z = step.forward(holes(step)[5:-5])
    h = 1e-6 * np.maximum(np.abs(z), 1e-2)
    central = (step.inverse(z + h) - step.inverse(z - h)) / (2 * h)
    np.testing.assert_allclose(np.abs(step.slope(z)), np.abs(central), rtol=2e-4, atol=1e-6)


@names
def test_the_tree_is_the_step(step: Step) -> None:
    hole = holes(step)
    tree = step.wrap(Variable("h"))
    np.testing.assert_allclose(evaluate_tree(tree, {"h": hole}), step.forward(hole), rtol=1e-12, atol=1e-14)
    assert step.cost == sum(search_cost(name) for name in step.operators)
    assert complexity(tree) == 1 + len(step.operators)


@names
def test_the_dimension_rule_is_the_one_of_the_tree(step: Step) -> None:
    hole = Dimension.of(m=2) if step.exponent is not None else Dimension.of()
    found = dimension_of(step.wrap(Variable("h")), {"h": hole})
    assert found == (hole if step.exponent is None else hole**step.exponent)


@names
def test_outside_the_domain_is_undefined_and_silent(step: Step) -> None:
    """NaN or infinite, and no warning where the caller asked for none (warnings are errors here)."""
    z = np.array([-1e308, -2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0, 1e308, np.inf, np.nan])
    with np.errstate(all="ignore"):
        inverse, slope = step.inverse(z), step.slope(z)
        back = step.forward(inverse)
    assert inverse.shape == slope.shape == z.shape
    assert np.isnan(inverse[-1])
    one_to_one = np.isfinite(inverse) & np.isfinite(slope) & (np.abs(z) <= 2)
    if step.operators not in {("asin",), ("acos",), ("atan",)}:  # of these the inverse is periodic
        np.testing.assert_allclose(back[one_to_one], z[one_to_one], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("operators", "z"),
    [(("sqrt",), -1.0), (("square",), -1.0), (("exp",), -1.0), (("exp",), 0.0), (("sin",), 1.1),
     (("cos",), -1.1), (("tanh",), 1.5), (("sqrt", "inv"), -2.0), (("square", "inv"), -0.1), (("inv",), 0.0)],
)  # fmt: skip
def test_no_protected_inverse(operators: tuple[str, ...], z: float) -> None:
    step = next(step for step in STEPS if step.operators == operators)
    with np.errstate(all="ignore"):
        assert not np.isfinite(step.inverse(np.array([z])))[0]


def test_negative_values_pass_through_odd_powers() -> None:
    step = next(step for step in STEPS if step.operators == ("inv",))
    np.testing.assert_allclose(step.inverse(np.array([-2.0, -0.25])), [-0.5, -4.0])
