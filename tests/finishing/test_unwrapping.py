"""A constant in a function is a constant, and the law that holds it costs what it costs without."""

from __future__ import annotations

import math

import pytest

from symreg.finishing.unwrapping import unwrapped
from symreg.formula import parse, to_text
from symreg.problem import Candidate
from symreg.problem.candidate import FreeConstant
from symreg.units import DIMENSIONLESS


def candidate(text: str, **starts: float) -> Candidate:
    tree = parse(text, variables=["x"], constants=[*starts, "pi"])
    constants = tuple(FreeConstant(name, DIMENSIONLESS, start) for name, start in starts.items())
    return Candidate(tree, constants, "native", form_bits=3.0)


@pytest.mark.parametrize(
    ("text", "start", "plain", "value"),
    [
        ("x*acos(k)", 0.5, "x*k", math.acos(0.5)),
        ("x + exp(log(k))", 2.0, "x + k", 2.0),
        ("x*tanh(k)", 0.3, "x*k", math.tanh(0.3)),
    ],
)
def test_the_constant_stands_in_the_place_of_the_function(text: str, start: float, plain: str, value: float) -> None:
    made = unwrapped(candidate(text, k=start))
    assert to_text(made.expression) == plain and made.form_bits is None
    assert made.constants[0].start == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["exp(k*x)", "sqrt(k)*x", "exp(k) + k*x", "sin(pi)*k*x", "exp(k + x)"]
)
def test_what_says_more_than_a_constant_stays(text: str) -> None:
    """Two functions of one constant are no free numbers, a root may change a unit, and pi is known."""
    one = candidate(text, k=0.7)
    assert unwrapped(one) is one


def test_what_has_no_value_stays() -> None:
    one = candidate("x*acos(k)", k=3.0)
    assert unwrapped(one) is one
