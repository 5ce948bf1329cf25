"""Formulas in allowed operators: the same values, no other operator, and None only where nothing says it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symreg.formula.expression import Apply, Expression, constants_of, evaluate_tree, variables_of, walk
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS
from symreg.formula.printing import to_text
from symreg.formula.saying import PRINTED_AS, can_be_said, said_with
from tests.strategies import expressions

VALUES = {"a": np.array([0.3, 1.7, 2.9]), "b": np.array([1.1, 0.6, 2.2]), "k": 1.3, "k2": 0.7}


def parsed(text: str) -> Expression:
    return parse(text, variables=["a", "b"], constants=["k", "k2"])


def printed_operators(tree: Expression) -> set[str]:
    """Written apart from what is tested: the names of all nodes, a minus sign and a quotient by their signs."""
    names = {node.operator for node in walk(tree) if isinstance(node, Apply)}
    return {{"neg": "-", "inv": "/"}.get(name, name) for name in names}


@pytest.mark.parametrize(
    ("text", "operators", "expected"),
    [
        ("a**2", "*", "a*a"),
        ("a**3", "*", "a*a*a"),
        ("k*a**2", "*", "k*a*a"),
        ("a**3", "square *", "a*a*a"),
        ("a**2", "pow", "a**2"),
        ("3*a/10", "*", "3*a/10"),
        ("a/4 + b", "+ *", "a/4 + b"),
        ("2*a", "/", "a/(1/2)"),
        ("a/b", "pow *", "a*1/b"),
        ("1/a", "/", "1/a"),
        ("1/a", "*", None),
        ("a*sqrt(a)", "pow *", "a*sqrt(a)"),
        ("a**(3/2)", "* sqrt", "a*sqrt(a)"),
        ("a**(1/4)", "sqrt", "sqrt(sqrt(a))"),
        ("a**(-1/2)", "/ sqrt", "1/sqrt(a)"),
        ("a**(1/3)", "* / sqrt square cube", None),
        ("-a", "-", "-a"),
        ("-a", "*", "-1*a"),
        ("a - b", "+", None),
        ("a - b", "+ *", "a + -1*b"),
        ("a - 2", "+", "a + -2"),
        ("a + 2", "-", "a - -2"),
        ("1 + b*exp(-a)", "+ * exp", "1 + b*exp(-1*a)"),
        ("sin(a)", "+ - * / pow", None),
        ("a**k", "* exp log", None),
        ("k*sqrt(a)/b**2", "+ -", None),
        ("k*sqrt(a)/b**2", "+ - *", None),
        ("k*a", "+ -", None),
        ("k", "+", "k"),
    ],
)
def test_by_hand(text: str, operators: str, expected: str | None) -> None:
    said = said_with(parsed(text), operators.split())
    if expected is None:
        assert said is None
        return
    assert said is not None
    assert printed_operators(said) <= set(operators.split())
    theirs = evaluate_tree(said, VALUES)
    assert theirs == pytest.approx(evaluate_tree(parsed(expected), VALUES), rel=1e-14)
    assert theirs == pytest.approx(evaluate_tree(parsed(text), VALUES), rel=1e-14)


@given(tree=expressions(), operators=st.sets(st.sampled_from(sorted(OPERATORS)), min_size=1))
def test_what_is_said_holds_allowed_operators_and_every_name(tree: Expression, operators: set[str]) -> None:
    said = said_with(tree, operators)
    if said is not None:
        allowed = operators | {name for name, sign in PRINTED_AS.items() if sign in operators}
        assert {node.operator for node in walk(said) if isinstance(node, Apply)} <= allowed | {"neg", "inv"}
        assert printed_operators(said) <= {{"neg": "-", "inv": "/"}.get(one, one) for one in operators}
        assert set(variables_of(said)) == set(variables_of(tree))
        assert set(constants_of(said)) == set(constants_of(tree))
        assert can_be_said(tree, operators)


@given(tree=expressions(variables=["a", "b"], constants=["k"]), operators=st.sets(st.sampled_from(sorted(OPERATORS))))
def test_values_stay(tree: Expression, operators: set[str]) -> None:
    said = said_with(tree, operators)
    if said is None:
        return
    with np.errstate(all="ignore"):
        before, after = evaluate_tree(tree, VALUES), evaluate_tree(said, VALUES)
    usual = np.isfinite(before) & (np.abs(before) < 1e30) & np.isfinite(after)
    if max((abs(float(n.value)) for n in walk(tree) if hasattr(n, "value")), default=0) < 100:
        assert after[usual] == pytest.approx(before[usual], rel=1e-6, abs=1e-9)


@given(tree=expressions())
def test_all_operators_say_everything_as_it_is(tree: Expression) -> None:
    said = said_with(tree, set(OPERATORS))
    assert said is not None
    if not any(isinstance(node, Apply) and node.operator == "*" for node in walk(tree)):
        assert to_text(said) == to_text(tree)


def test_a_coefficient_may_turn_out_to_be_needless() -> None:
    assert can_be_said(parsed("k*a + b"), ["+"])
    assert said_with(parsed("k*a + b"), ["+"]) is None
    assert not can_be_said(parsed("a*b"), ["+"])
