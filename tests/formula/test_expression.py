"""The tree: its walks, its value, its rows, its normal form."""

from __future__ import annotations

import pickle
import warnings
from fractions import Fraction

import numpy as np
import pytest

from symreg.errors import ExpressionError, OperatorError
from symreg.formula.expression import (
    Apply,
    Constant,
    Expression,
    Number,
    Variable,
    canonical,
    complexity,
    constants_of,
    depth,
    evaluate_tree,
    lower,
    normalise,
    substitute,
    variables_of,
    walk,
)
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS
from symreg.formula.printing import to_text

x, y, k = Variable("x"), Variable("y"), Constant("k")


def read(text: str) -> Expression:
    return parse(text, variables=["x", "y", "z"], constants=["k", "c", "g"])


def op(name: str, *arguments: Expression) -> Apply:
    return Apply(name, arguments)


def tower(height: int) -> Expression:
    tree: Expression = x
    for _ in range(height):
        tree = op("sin", tree)
    return tree


def test_values_are_frozen_hashable_and_picklable() -> None:
    tree = read("k*x**(3/2) + sqrt(y)")
    assert pickle.loads(pickle.dumps(tree)) == tree
    assert hash(tree) == hash(read("k*x**(3/2) + sqrt(y)"))
    assert len({Variable("x"), Constant("x"), Variable("x")}) == 2
    with pytest.raises(AttributeError):
        x.name = "y"  # type: ignore[misc]


def test_numbers_are_fractions_or_finite_floats() -> None:
    assert type(Number(2).value) is Fraction
    assert Number(Fraction(1, 2)) == Number(0.5)
    for bad in (float("nan"), float("inf")):
        with pytest.raises(ExpressionError, match="must be finite"):
            Number(bad)


def test_an_operator_takes_its_number_of_operands() -> None:
    with pytest.raises(OperatorError, match="takes 2 operands, not 1"):
        op("+", x)
    with pytest.raises(OperatorError, match="takes 1 operand, not 2"):
        op("sin", x, y)
    with pytest.raises(OperatorError, match='no such operator; did you mean "sin"'):
        op("sine", x)
    with pytest.raises(OperatorError, match='is an alias; did you mean "log"'):
        op("ln", x)


def test_walk_is_in_reading_order() -> None:
    assert [to_text(node) for node in walk(read("(x + k)*y"))] == ["(x + k)*y", "x + k", "x", "k", "y"]
    assert variables_of(read("y + x*y")) == ("y", "x")
    assert constants_of(read("k*x + c*k")) == ("k", "c")


def test_complexity_counts_nodes() -> None:
    assert complexity(read("k*x**(3/2)")) == 5
    assert complexity(read("x**2")) == 2
    assert complexity(read("1/x")) == 2
    assert depth(read("k*x**(3/2)")) == 3


def test_deep_trees_do_not_exhaust_the_stack() -> None:
    tree = tower(5000)
    assert complexity(tree) == 5001
    assert depth(tree) == 5001
    assert np.isfinite(evaluate_tree(tree, {"x": 1.0}))
    assert lower(tree, ["x"], [], {}).code.shape == (5001, 3)
    assert to_text(normalise(tree)) == to_text(tree)


def test_substitute_is_simultaneous_and_takes_the_outermost() -> None:
    assert substitute(read("x + y"), {x: y, y: x}) == read("y + x")
    assert substitute(read("sin(x + y)*x"), {read("x + y"): k, x: y}) == read("sin(k)*y")
    tree = read("x*y")
    assert substitute(tree, {k: x}) is tree
    assert substitute(tree, {}) is tree


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (op("pow", x, Number(2)), "x**2"),
        (op("pow", x, Number(0.5)), "sqrt(x)"),
        (op("/", Number(1), x), "1/x"),
        (op("/", Number(6), Number(4)), "3/2"),
        (op("inv", Number(-2)), "-1/2"),
        (op("neg", Number(2)), "-2"),
        (Number(2.0), "2"),
        (Number(0.1), "0.1"),
        (Number(Fraction(10**30, 7)), "1.4285714285714285e+29"),
    ],
)
def test_canonical_is_what_the_parser_builds(tree: Expression, text: str) -> None:
    assert canonical(tree) == read(text)
    assert to_text(canonical(tree)) == text


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("2*3", "6"),
        ("1/2 + 1/3", "5/6"),
        ("2**2*3**3", "108"),
        ("abs(-3)", "3"),
        ("x*1", "x"),
        ("1*x", "x"),
        ("x/1", "x"),
        ("x**1", "x"),
        ("x + 0", "x"),
        ("0 + x", "x"),
        ("x - 0", "x"),
        ("0 - x", "-x"),
        ("-(-x)", "x"),
        ("x + (-y)", "x - y"),
        ("x - (-y)", "x + y"),
        ("x - (-(-y))", "x - y"),
        ("(-x)**2", "x**2"),
        ("abs(-x)", "abs(x)"),
        ("x*(3 - 2)", "x"),
        ("x**(1 + 1)", "x**2"),
        ("x**(1 - 1/2)", "sqrt(x)"),
        ("sin(x + 2 - 2)", "sin(x + 2 - 2)"),  # re-association rounds differently
        ("x*0", "x*0"),  # undefined where x is
        ("x/x", "x/x"),
        ("x - x", "x - x"),
        ("sqrt(x)**2", "sqrt(x)**2"),
        ("log(exp(x))", "log(exp(x))"),
        ("9**9**9", "9**9**9"),
        ("1/0", "1/0"),
        ("sqrt(4)", "sqrt(4)"),
    ],
)
def test_normalise_uses_only_rules_that_hold_everywhere(text: str, normal: str) -> None:
    assert normalise(read(text)) == read(normal)


def test_evaluate_tree_broadcasts_and_stays_silent() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = evaluate_tree(
            read("k*sqrt(x)/y"), {"x": np.array([4.0, -1.0, 9.0]), "y": [1.0, 1.0, 0.0], "k": 2}
        )
    np.testing.assert_array_equal(values, [4.0, np.nan, np.inf])
    assert values.dtype == np.float64
    assert evaluate_tree(read("2*3"), {}).shape == ()
    with pytest.raises(ExpressionError, match="'y': no value is given"):
        evaluate_tree(y, {"x": 1.0})


def test_whole_numbers_in_the_data_are_no_integers() -> None:
    assert evaluate_tree(read("1/x"), {"x": np.array([2])}) == 0.5
    assert evaluate_tree(read("x**(-2)"), {"x": np.array([2])}) == 0.25


def test_lower_shares_what_is_common() -> None:
    program = lower(read("sin(x*k)*exp(x*k) + 2*g + 2"), ["z", "x"], ["k"], {"g": 9.81, "c": 3e8})
    assert program.code.tolist() == [
        [0, 1, 0],  # x
        [1, 0, 0],  # k
        [4, 0, 1],
        [OPERATORS["sin"].opcode, 2, 0],
        [OPERATORS["exp"].opcode, 2, 0],
        [4, 3, 4],
        [1, 1, 0],  # 2
        [1, 2, 0],  # g
        [4, 6, 7],
        [2, 5, 8],
        [2, 9, 6],
    ]
    assert program.fixed.tolist() == [2.0, 9.81]
    assert (program.n_inputs, program.n_free) == (2, 1)


def test_lower_counts_every_input_and_every_free_constant() -> None:
    program = lower(Number(3), ["x", "y"], ["k", "c"], {})
    assert (program.n_inputs, program.n_free, program.fixed.tolist()) == (2, 2, [3.0])
    assert program.code.tolist() == [[1, 2, 0]]


def test_a_constant_that_is_both_free_and_known_is_free() -> None:
    assert lower(k, [], ["k"], {"k": 2.0}).fixed.size == 0


def test_lower_names_what_it_cannot_place() -> None:
    with pytest.raises(ExpressionError, match="'y': is in the formula, but is not an input"):
        lower(y, ["x"], [], {})
    with pytest.raises(ExpressionError, match="'k': is in the formula, but is not a free or known constant"):
        lower(k, ["k"], ["c"], {})
