"""Curves: on the grid some constant is near enough for a fit."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.formula.expression import Variable, evaluate_tree
from symreg.formula.operators import OPERATORS
from symreg.search.native.evolution.curves import curves_of, may_bend

ALL = frozenset(OPERATORS)
X = np.linspace(1.0, 9.0, 400)
LAWS = {
    "decay": lambda k: np.exp(-k * X),
    "growth": lambda k: np.exp(0.5 * k * X),
    "wave": lambda k: np.sin(k * X),
    "peak": lambda k: np.exp(-((X - 2 - 2 * k) ** 2)),
    "saturation": lambda k: X / (X + 3 * k),
}


@pytest.mark.parametrize("kind", LAWS)
@pytest.mark.parametrize("k", [0.3, 0.9, 2.1])
def test_some_curve_is_near_the_law(kind: str, k: float) -> None:
    """With a factor and an offset it leaves less than half of the law's variance."""
    law = LAWS[kind](k)
    rest = []
    for draft in curves_of(Variable("x"), 0, X, ALL, (0,)):
        values = evaluate_tree(draft.expression, {"x": X} | dict(zip(draft.names, draft.values, strict=True)))
        assert np.isfinite(values).all()
        rest.append(1 - np.corrcoef(values, law)[0, 1] ** 2)
    assert min(rest) < 0.5


def test_constants_carry_what_the_expression_needs() -> None:
    """Of a length (code 5): one over a length in front, a length beside; none where constants are numbers."""
    found = list(curves_of(Variable("x"), 5, X, ALL, None))
    assert {code for draft in found for code in draft.codes} == {-5, 5, -10}
    assert not list(curves_of(Variable("x"), 5, X, ALL, (0,)))
    assert may_bend(5, None) and may_bend(5, (0, 5)) and may_bend(0, (0,)) and not may_bend(5, (0,))


def test_only_with_the_operators_there_are() -> None:
    assert not list(curves_of(Variable("x"), 0, X, frozenset({"+", "*"}), (0,)))
    names = {getattr(draft.expression, "operator", "") for draft in curves_of(Variable("x"), 0, X, ALL - {"sin"}, (0,))}
    assert names == {"exp", "cos", "tanh", "/"}


def test_nothing_is_laid_over_what_does_not_vary() -> None:
    assert not list(curves_of(Variable("x"), 0, np.ones(9), ALL, None))
