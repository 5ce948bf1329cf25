"""Signs of constants as part of the form: the same values, and every constant positive."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.engine import Outcome
from symreg.finishing.signs import with_signs_in_form
from symreg.fitting.fitted import Fitted
from symreg.formula.expression import evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.problem.candidate import FreeConstant
from symreg.units.dimension import DIMENSIONLESS

X = np.array([-2.5, -1.0, -0.3, 0.0, 0.4, 1.0, 3.7])


@pytest.mark.parametrize(
    ("written", "values", "signed"),
    [
        ("k1 + k2*x", {"k1": 2.0, "k2": -3.0}, "k1 - k2*x"),
        ("k1*x + k2", {"k1": -2.0, "k2": 3.0}, "k2 - k1*x"),
        ("k1*x - k2", {"k1": -2.0, "k2": 3.0}, "-(k1*x + k2)"),
        ("k1*x - k2", {"k1": -2.0, "k2": -3.0}, "k2 - k1*x"),
        ("k1*x + k2", {"k1": -2.0, "k2": -3.0}, "-(k2 + k1*x)"),
        ("k1*exp(k2*x)", {"k1": 2.0, "k2": -0.5}, "k1*exp(-(k2*x))"),
        ("x/(k1*z)", {"k1": -2.0}, "-(x/(k1*z))"),
        ("k1/(k2*x)", {"k1": -2.0, "k2": -3.0}, "k1/(k2*x)"),
        ("cos(k1*x) + sin(k1*x)", {"k1": -2.0}, "cos(k1*x) - sin(k1*x)"),
        ("(k1*x)**2 + (k1*z)**3", {"k1": -2.0}, "(k1*x)**2 - (k1*z)**3"),
        ("sqrt((z + k1*x)**2)", {"k1": -2.0}, "sqrt((z - k1*x)**2)"),
        ("k1**2*x", {"k1": -2.0}, "k1**2*x"),
        ("k1*x", {"k1": 2.0}, "k1*x"),
    ],
)
def test_positive_constants_have_their_signs_in_the_form(written: str, values: dict[str, float], signed: str) -> None:
    tree = parse(written, variables=("x", "z"), constants=tuple(values))
    constants = tuple(FreeConstant(name, DIMENSIONLESS, value) for name, value in values.items())
    covariance = np.diag(np.arange(1.0, len(values) + 1)) + 0.5
    before = Fitted(tree, constants, np.array([*values.values()]), covariance, 1.0, Outcome.CONVERGED)
    after = with_signs_in_form(before, ())
    assert to_text(after.expression) == signed
    assert (after.values > 0).all()
    leaves = {"x": X, "z": X[::-1]}
    with np.errstate(all="ignore"):
        old = evaluate_tree(tree, leaves | values)
        new = evaluate_tree(after.expression, leaves | dict(zip(values, after.values.tolist(), strict=True)))
    np.testing.assert_allclose(new, old, rtol=1e-12)
    signs = np.sign(before.values)
    np.testing.assert_array_equal(after.covariance, covariance * np.outer(signs, signs))


def test_the_form_of_a_guess_keeps_its_signs() -> None:
    tree = parse("k1*x", variables=("x",), constants=("k1",))
    fitted = Fitted(
        tree, (FreeConstant("k1", DIMENSIONLESS, -2.0),), np.array([-2.0]), np.eye(1), 1.0, Outcome.CONVERGED
    )
    assert with_signs_in_form(fitted, ("k1",)) is fitted
