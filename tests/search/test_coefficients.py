"""Numbers as coefficients: the same values, and no more of them than the data can tell apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symreg.formula.expression import constants_of, evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.search.coefficients import Coefficients, NotFiniteError

RNG = np.random.default_rng(0)
VALUES = {"x": RNG.uniform(0.5, 2, 30), "y": RNG.uniform(0.5, 2, 30)}


def rewritten(text: str, everywhere: bool = False) -> tuple[str, Coefficients]:
    coefficients = Coefficients(everywhere)
    tree = coefficients.tree(parse(text, variables="xy"))
    free = constants_of(tree)
    assert set(free) == set(coefficients.values)
    before = evaluate_tree(parse(text, variables="xy"), VALUES)
    np.testing.assert_allclose(evaluate_tree(tree, VALUES | coefficients.values), before, rtol=1e-12)
    for number, name in enumerate(free, start=1):  # as they stand in the formula
        text = to_text(tree) if number == 1 else text
        text = text.replace(f"`{name}`", f"c{number}")
    return text, coefficients


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("0.5*x * (0.3*y + 3)", "c1*(x*(1 + c2*y))"),
        ("(2*x)*(3*y)/(4*x)", "c1*(x*y/x)"),
        ("(2*x)**2", "c1*x**2"),
        ("sqrt(4*x + 8*y)", "c1*sqrt(x + c2*y)"),
        ("sqrt(-2*(x - 9*y))", "c1*sqrt(-(x - c2*y))"),
        ("3*exp(2 + 0.5*x)", "c1*exp(c2*x)"),
        ("sin(2*x + 1) + 4", "sin(c1*x + c2) + c3"),
        ("x**1.501", "x**(3/2)"),
        ("(0.7*x)**0.3333", "c1*x**(1/3)"),
        ("x**1.44", "x**c1"),
        ("2*x + 3*x + y", "c1*x + y"),
        ("2**x", "c1**x"),
        ("-(3*x)/-2", "c1*x"),
        ("abs(-3*x)", "c1*abs(x)"),
        ("cbrt(-8*x)", "c1*cbrt(x)"),
        ("max(2*x, 3*y + 1)*4", "c1*max(c2*x, c3*y + c4)"),
        ("x*step(2*x - 1)", "x*step(c1*x - c2)"),
        ("min(2, 3)*step(-1)*cbrt(8) + min(3, 2)", "c1"),
        ("x + y", "x + y"),
        ("2 + 3", "c1"),
        ("exp(2)*x", "c1*x"),
        ("1/(2*x)", "c1*(1/x)"),
    ],
)  # fmt: skip
def test_factors_are_drawn_together(text: str, becomes: str) -> None:
    exact = text not in ("x**1.501", "(0.7*x)**0.3333")
    if exact:
        assert rewritten(text)[0] == becomes
        return
    coefficients = Coefficients()  # an exponent that is taken for a fraction changes the values a little
    tree = coefficients.tree(parse(text, variables="xy"))
    assert to_text(tree).replace("`free 1`", "c1") == becomes


def test_everywhere_each_term_but_the_first_of_a_factor_has_a_coefficient() -> None:
    assert rewritten("x + y", everywhere=True)[0] == "c1*x + c2*y"
    assert rewritten("x*(1 + y)", everywhere=True)[0] in ("c1*(x*(1 + c2*y))", "x*(1 + c1*y)")
    assert rewritten("sin(x)", everywhere=True)[0].startswith("c") and "sin(c" in rewritten("sin(x)", True)[0]


@pytest.mark.parametrize("text", ["x/0", "log(0)*x", "1e308*10*x*1e300", "(0*x)**(-1)", "sqrt(-2)*x", "exp(1e9)*x"])
def test_numbers_that_make_no_number_are_refused(text: str) -> None:
    with pytest.raises(NotFiniteError):
        Coefficients().tree(parse(text, variables="xy"))


def test_what_vanishes_is_gone() -> None:
    assert rewritten("x - x + 2*y")[0] == "c1*y"
    assert math.isclose(rewritten("0*x + 3")[1].values["free 1"], 3.0)
