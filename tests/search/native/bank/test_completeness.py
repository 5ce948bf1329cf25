"""The certificate says what it leaves out, and what it names is really left out of the bank."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.formula.expression import evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS
from symreg.problem.making import DEFAULT_OPERATORS
from symreg.search.native.bank.completeness import completeness, nested_pairs, not_asked
from symreg.units.dimension import DIMENSIONLESS
from tests.search.native.bank.brute import Grammar, bank_of


def test_every_family_that_is_allowed_has_an_example() -> None:
    said = completeness(7, DEFAULT_OPERATORS)
    assert "complexity 7 or less" in said
    assert nested_pairs(DEFAULT_OPERATORS) == ("sin(cos(x))", "asin(acos(x))", "exp(tanh(x))", "log(log(x))")
    assert all(example in said for example in nested_pairs(DEFAULT_OPERATORS))


def test_nothing_is_excused_that_was_not_allowed() -> None:
    assert nested_pairs(("+", "*", "sqrt")) == ()
    assert "but for" not in completeness(5, ("+", "*", "sqrt"))
    assert "exp(exp(x))" in completeness(5, ("+", "exp"))
    assert not_asked(tuple(OPERATORS)) == ""
    assert "neg" not in not_asked(("-", "/")) and "inv" not in not_asked(("-", "/"))  # they print the same signs
    assert not_asked(("+",)).startswith("Not among these operators: -, *")


@pytest.mark.parametrize("text", ["sin(cos(x))", "exp(tanh(x))", "log(log(x))", "exp(exp(x))", "sin(sin(x))"])
def test_what_is_named_is_really_left_out(text: str) -> None:
    values = np.random.default_rng(3).uniform(1.1, 2.0, 24)
    bank = bank_of(Grammar({"x": (DIMENSIONLESS, values)}, ("sin", "cos", "exp", "tanh", "log")))
    for size in range(1, 8):
        bank.request_all(size)
    wanted = evaluate_tree(parse(text, variables=("x",)), {"x": values})
    rows = np.concatenate([bank.all_of(size) for size in range(1, 8)])
    near = np.abs(np.abs(bank.values[rows]) - np.abs(wanted)).max(axis=1) if len(rows) else np.ones(1)
    assert near.min() > 1e-9
