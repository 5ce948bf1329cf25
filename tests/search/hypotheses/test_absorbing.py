"""Free constants that no table can tell apart become one: against the rank of the derivatives, by brute force."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.formula.expression import constants_of, evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.search.hypotheses.absorbing import absorbed

FREE = ("k1", "k2", "k3")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("2*pi*sqrt(x**3/(k1*k2))", "2*pi*sqrt(x**3/k1)"),
        ("k1*k2*x", "k1*x"),
        ("k1*x + k2", "k1*x + k2"),
        ("k1*(k2*x + k3*y)", "k1*(k2*x + y)"),
        ("k3*(k1*x + k1*y)", "k1*x + k1*y"),
        ("exp(k1*x/k2)*k3", "exp(k1*x)*k3"),
        ("k1*exp(k2*x)*k3", "k1*exp(k2*x)"),
        ("k1*x**k2", "k1*x**k2"),
        ("sqrt(k1*k2)*x", "sqrt(k1)*x"),
        ("sqrt(k2)/k1*x", "1/k1*x"),
        ("k1*sqrt(k2**2 + x**2)", "k1*sqrt(k2**2 + x**2)"),
        ("k1*log(x/k2)", "k1*log(x/k2)"),
        ("sin(k1)**2*x*k2", "sin(k1)**2*x*k2"),
        ("x*y", "x*y"),
    ],
)
def test_what_is_left(formula: str, expected: str) -> None:
    expression = parse(formula, variables=["x", "y"], constants=["pi", *FREE])
    left = parse(expected, variables=["x", "y"], constants=["pi", *FREE])
    assert to_text(absorbed(expression, FREE)) == to_text(left)


@pytest.mark.parametrize(
    "formula",
    [
        "k1*k2*x/k3", "k1*x + k2*y*k1", "k1*k2**2*x + y*k1*k3", "exp(k1*k2*x)*k3", "k1*(x + k2*k3)", "k1*k2/(x + k3)",
        "k1*tanh(k2*x/k3)", "(k1*x + k2)/(k3*y)", "k1**2*sqrt(k2/k3)*log(x)", "k1/(k2*x + k3*y)",
    ],
)  # fmt: skip
def test_as_many_constants_stay_as_the_derivatives_tell_apart(formula: str) -> None:
    expression = parse(formula, variables=["x", "y"], constants=FREE)
    rng = np.random.default_rng(0)
    columns = {"x": rng.uniform(1, 2, 50), "y": rng.uniform(1, 2, 50)}
    values = {name: value for name, value in zip(FREE, (1.3, 0.7, 1.9), strict=True)}
    step = 1e-6
    J = [
        (evaluate_tree(expression, columns | values | {name: values[name] * (1 + step)})
         - evaluate_tree(expression, columns | values | {name: values[name] * (1 - step)})) / (2 * step)
        for name in constants_of(expression)
    ]  # fmt: skip
    rank = np.linalg.matrix_rank(np.array(J), tol=1e-6)
    assert len(constants_of(absorbed(expression, FREE))) == rank


def test_nothing_but_the_constants_changes() -> None:
    expression = parse("k1*k2*exp(-x/k3)", variables=["x"], constants=FREE)
    x = {"x": np.linspace(1, 2, 5)}
    values = {"k1": 2.0, "k2": 5.0, "k3": 3.0}
    assert evaluate_tree(absorbed(expression, FREE), x | values | {"k1": 10.0}) == pytest.approx(
        evaluate_tree(expression, x | values)
    )
