"""Forms apart from where constants stand, against values: formulas of one form give each other's values."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import least_squares

from symreg.formula.curve_form import form_of
from symreg.formula.expression import Constant, evaluate_tree, walk
from symreg.formula.grammar import parse

CONSTANTS = ("a", "b", "c", "d", "u")

ALIKE = (
    ("a*x/(b + x)", "a/(1 + b/x)", "x/(a + b*x)", "1/(a + b/x)", "a*b*x/(1 + b*x)"),
    ("a*log(x/b)", "a + b*log(x)", "a*log(b*x)", "log(a*x)*b", "a + b*log(x/u)"),
    ("a*exp(-x/b)", "exp(a - x/b)", "a*exp(b*(x - c))", "exp(b*x)/a"),
    ("a*exp(b*x) + c", "a*(exp(b*x) + c)", "exp(b*x + a) - c"),
    ("a*x**b", "(x/a)**b", "(a*x)**b", "a*(x/u)**b", "a*x*x**b"),
    ("a + b*x + c*x**2", "x*(a + b*x) + c", "a*(x**2 + b*x + c)", "a*(x*(b + x) - c)"),
    ("a/((x - b)**2 + c)", "a/(1 + ((x - b)/c)**2)", "1/(a + b*(x + c)**2)"),
    ("a*exp(-((x - b)/c)**2)", "a*exp(b*(x - c)**2)", "exp(a - ((x - b)/c)**2)"),
    ("a/x**12 - b/x**6", "a/x**6*(b/x**6 - 1)", "(a - b*x**6)/x**12"),
    ("a + b/(x + c)", "a*(1 + b/(x + c))"),
    ("(a*x + b)/(x + c)", "a*(x + b)/(x + c)", "(a + b*x)/(c + d*x)"),
    ("a*sin(b*x + c)", "a*sin(b*(x + c))"),
    ("a*exp(b*x) + c*exp(d*x)", "a*(exp(b*x) + c*exp(d*x))"),
)  # fmt: skip

APART = (
    "a*x", "a + b*x", "a*x**2", "a*x**b", "a*exp(b*x)", "a*exp(b*x) + c", "a*(1 - exp(b*x))", "a*exp(b*x) + c*exp(d*x)",
    "a*exp(b*x) + c*exp(b*x**2)", "a*log(x) + b", "log(a*x)", "a*x/(b + x)", "x/(b + x)", "a*x/(b + x**2)", "x + a",
    "a*(1 + x)", "a*(x + b)*(x + c)", "a*(x + b)**2", "a*sin(x)", "a*sin(b*x)", "a*2**x", "a*3**x", "a*tanh(b*x)",
    "sqrt(a + b*x)", "a*sqrt(b + x) + c",
)  # fmt: skip


def form(text: str):
    tree = parse(text, variables=("x",), constants=CONSTANTS)
    return form_of(tree, {one for one in walk(tree) if isinstance(one, Constant) and one.name != "u"}, ("u",))


@pytest.mark.parametrize("texts", ALIKE, ids=lambda texts: texts[0])
def test_spellings_of_one_form(texts: tuple[str, ...]) -> None:
    assert len({form(text) for text in texts}) == 1


@pytest.mark.parametrize("texts", ALIKE, ids=lambda texts: texts[0])
def test_they_follow_each_others_values(texts: tuple[str, ...]) -> None:
    """What is said to be one form can be: each spelling can have the values of the first."""
    x = np.linspace(0.6, 1.7, 40)
    first = values(texts[0], dict(a=1.3, b=0.7, c=0.4, d=-0.8, u=1.0), x)
    for text in texts[1:]:
        starts = itertools.product((0.5, -0.5, 2.0), repeat=len(CONSTANTS) - 1)
        assert any(follows(text, first, x, start) for start in starts), text


def test_forms_that_are_not_one() -> None:
    assert len({form(text) for text in APART}) == len(APART)


def test_what_is_written_as_a_number_is_no_constant() -> None:
    assert form("2*x + a") != form("b*x + a")
    assert form("a*x/(2 + x)") != form("a*x/(b + x)")


def values(text: str, constants: dict[str, float], x: np.ndarray) -> np.ndarray:
    tree = parse(text, variables=("x",), constants=CONSTANTS)
    with np.errstate(all="ignore"):
        return np.broadcast_to(evaluate_tree(tree, {"x": x, **constants}), x.shape)


def follows(text: str, goal: np.ndarray, x: np.ndarray, start: tuple[float, ...]) -> bool:
    def left(found: np.ndarray) -> np.ndarray:
        constants = dict(zip(CONSTANTS, [*found, 1.0], strict=True))
        return np.nan_to_num(values(text, constants, x) - goal, nan=1e6, posinf=1e6, neginf=-1e6)

    fit = least_squares(left, start, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=400)
    return bool(np.abs(left(fit.x)).max() < 1e-6)
