"""Limits on the form of a law: number of nodes, and functions inside functions."""

from __future__ import annotations

import pytest

from symreg.finishing.allowed import is_allowed
from symreg.formula.grammar import parse
from symreg.problem.constraints import Constraints


@pytest.mark.parametrize(
    ("text", "limits", "allowed"),
    [
        ("a*b", Constraints(max_complexity=3), True),
        ("a*b + a", Constraints(max_complexity=4), False),
        ("sin(a)", Constraints(nested={"sin": {"sin": 0}}), True),
        ("sin(sin(a))", Constraints(nested={"sin": {"sin": 0}}), False),
        ("sin(a + cos(b*sin(a)))", Constraints(nested={"sin": {"sin": 0}}), False),
        ("sin(a + cos(b))", Constraints(nested={"sin": {"sin": 0}}), True),
        ("sin(cos(a) + cos(b))", Constraints(nested={"sin": {"cos": 1}}), True),
        ("sin(cos(cos(a)))", Constraints(nested={"sin": {"cos": 1}}), False),
        ("sin(a)*sin(b)", Constraints(nested={"sin": {"sin": 0}}), True),
    ],
)
def test_limits_hold_for_what_is_inside(text: str, limits: Constraints, allowed: bool) -> None:
    assert is_allowed(parse(text, variables=("a", "b")), limits) is allowed
