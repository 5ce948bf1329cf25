"""Collected powers: the same values in no more nodes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symreg.formula.collecting import collected
from symreg.formula.expression import Apply, Expression, Number, Variable, complexity, evaluate_tree, walk
from symreg.formula.grammar import parse

NAMES = ("a", "b", "c", "t")
POSITIVE = {Variable(name) for name in NAMES if name != "t"}


def values(n_rows: int = 40) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.uniform(-2 if name == "t" else 0.5, 2, n_rows) for name in NAMES}


def read(text: str) -> Expression:
    return parse(text, variables=NAMES)


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("a/b*(b**2*c/a + b**2*c/a*cos(t))", "b*c*(1 + cos(t))"),
        ("c/a**2/(1 + (b/a)**2)", "c/(a**2 + b**2)"),
        ("a*sqrt(1 - (b/c)**2)/(1 + cos(t)/(c/b))", "a*sqrt(c**2 - b**2)/(c + cos(t)*b)"),
        ("a**(1/3)*a**(2/3)*t/t", "a"),
        ("sqrt(a**2*t)/a", "sqrt(t)"),
        ("2*a/(6*a) + b", "1/3 + b"),
        ("a*cbrt(t/a)*b/a", "b*cbrt(t/a)"),
        ("a*max(t*b/b, c)/a", "max(t, c)"),
    ],
)
def test_one_power_of_each_base(text: str, shorter: str) -> None:
    found = collected(read(text), POSITIVE)
    assert complexity(found) <= complexity(read(shorter))
    expected = evaluate_tree(read(shorter), values())
    assert evaluate_tree(found, values()) == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_roots_are_drawn_of_positive_leaves_only() -> None:
    """sqrt(t**2) is not t."""
    tree = read("sqrt(t**2*a**2)*b")
    found = collected(tree, POSITIVE)
    assert evaluate_tree(found, values()) == pytest.approx(evaluate_tree(tree, values()))
    assert collected(read("sqrt(t**2)"), POSITIVE) == read("sqrt(t**2)")
    assert collected(read("sqrt(a**2)"), POSITIVE) == Variable("a")
    assert collected(read("sqrt(a**2)"), ()) == read("sqrt(a**2)")


def test_what_cannot_be_shortened_stays() -> None:
    for text in ("a + a**2", "(a - b)/(b - a)", "a - t*(a - b)", "sin(t)", "1/(a + 0)", "a**b"):
        assert collected(read(text), POSITIVE) == read(text)


ONE_OPERAND = ["sqrt", "square", "cube", "inv", "neg", "sin"]
LEAVES = st.sampled_from([*map(Variable, NAMES), Number(2), Number(-1)])
TREES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.builds(lambda op, x, y: Apply(op, (x, y)), st.sampled_from("+-*/"), below, below),
        st.builds(lambda op, x: Apply(op, (x,)), st.sampled_from(ONE_OPERAND), below),
    ),
    max_leaves=10,
)


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_values_stay(tree: Expression) -> None:
    """Wherever the original is defined, and in no more nodes; rounding that is blown up says nothing."""
    sizes = np.abs([np.broadcast_to(evaluate_tree(one, values()), (40,)) for one in walk(tree)])
    assume(not (sizes < 1e-4).any() and not (sizes > 1e4).any())
    found = collected(tree, POSITIVE)
    assert complexity(found) <= complexity(tree)
    before, after = evaluate_tree(tree, values()), evaluate_tree(found, values())
    defined = np.isfinite(before)
    assert np.broadcast_to(after, before.shape)[defined] == pytest.approx(before[defined], rel=1e-6)
