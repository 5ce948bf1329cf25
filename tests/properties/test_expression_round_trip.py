"""What must hold for every expression: text is read back, every form has one value, names never break out."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from symreg.engine.operations import CONSTANT, VARIABLE
from symreg.engine.program import Program
from symreg.errors import ParseError
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
    variables_of,
    walk,
)
from symreg.formula.grammar import parse
from symreg.formula.languages import CODE
from symreg.formula.operators import OPERATORS
from symreg.formula.printing import to_code, to_latex, to_python, to_text
from tests.strategies import CONSTANTS, HOSTILE_NAMES, VARIABLES, expressions, fractions, names, numbers

ROWS = np.array([0.3, 1.0, 2.5, -1.7, 0.0, 7.0])
VALUES: Mapping[str, Any] = {"x": ROWS, "y": ROWS[::-1], "z": ROWS**2 - 1, "a": 1.25, "b": -0.5}


def big_exponents(expression: Expression) -> bool:
    return any(
        isinstance(node, Apply)
        and node.operator == "pow"
        and isinstance(node.arguments[1], Number)
        and abs(float(node.arguments[1].value)) > 1000
        for node in walk(canonical(expression))
    )


def run(program: Program, X: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Run a program row by row: a second, plain reading of what the rows mean."""
    kernels = {row.opcode: row for row in OPERATORS.values()}
    constants = np.concatenate([free, program.fixed])
    rows: list[np.ndarray] = []
    with np.errstate(all="ignore"):
        for opcode, a, b in program.code.tolist():
            if opcode == VARIABLE:
                rows.append(X[a])
            elif opcode == CONSTANT:
                rows.append(np.full(X.shape[1], constants[a]))
            else:
                kernel = kernels[opcode]
                rows.append(kernel.numpy(*(rows[i] for i in (a, b)[: kernel.arity])))
    return rows[-1]


def value_of_python(text: str, values: Mapping[str, Any]) -> Any:
    """Evaluate printed Python by walking its syntax tree; anything but arithmetic fails the test."""
    binary = {
        ast.Add: np.add,
        ast.Sub: np.subtract,
        ast.Mult: np.multiply,
        ast.Div: np.divide,
        ast.Pow: np.power,
    }

    def value(node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=int() | float() as number):
                return np.float64(number)
            case ast.Name(id=name):
                return np.asarray(values[name], dtype=np.float64)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return binary[type(op)](value(left), value(right))
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=name), args=args, keywords=[]):
                return getattr(np, name)(*map(value, args))
        raise AssertionError(f"not arithmetic: {ast.dump(node)}")

    with np.errstate(all="ignore"):
        return value(ast.parse(text, mode="eval").body)


@given(expressions(literals=numbers()))
@settings(max_examples=300, deadline=None)
def test_text_is_read_back(expression: Expression) -> None:
    assume(not big_exponents(expression))
    read = parse(to_text(expression), variables=VARIABLES, constants=CONSTANTS)
    assert read == canonical(expression)
    assert canonical(read) == read
    assert parse(to_text(read), variables=VARIABLES, constants=CONSTANTS) == read


@given(names(), names())
@example("a\\", "`")
@example("exp", "exp_")
@settings(deadline=None)
def test_every_name_survives_the_text(first: str, second: str) -> None:
    expression = Apply("*", (Variable(first), Apply("exp", (Constant(second),))))
    read = parse(to_text(expression), variables=[first], constants=[second])
    argument = Variable(second) if first == second else Constant(second)
    assert read == Apply("*", (Variable(first), Apply("exp", (argument,))))


@given(names())
@settings(deadline=None)
def test_no_name_reaches_a_terminal_raw(name: str) -> None:
    assert to_text(Variable(name)).isprintable()


@given(st.lists(names(), min_size=1, max_size=6, unique=True))
@example(list(HOSTILE_NAMES))
@settings(deadline=None)
def test_python_and_latex_are_safe_for_every_name(columns: list[str]) -> None:
    expression: Expression = Number(Fraction(1))
    for name in columns:
        expression = Apply("+", (expression, Variable(name)))
    tree = ast.parse(to_python(expression), mode="eval")
    assert len({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}) == len(columns)
    assert all(isinstance(node, (ast.Expression, ast.BinOp, ast.Add, ast.Name, ast.Load, ast.Constant))
               for node in ast.walk(tree))  # fmt: skip
    for language in ("c", "fortran", "julia"):
        assert re.fullmatch(r"[A-Za-z0-9_ +.]+", to_code(expression, CODE[language]))
    latex = to_latex(expression)
    assert not re.search(r"\\(?:input|include|write|def|catcode|csname|openout|read)(?![A-Za-z])", latex)
    assert "^^" not in latex
    level = 0
    for token in re.findall(r"\\.|[{}]", latex, re.DOTALL):
        level += {"{": 1, "}": -1}.get(token, 0)
        assert level >= 0
    assert level == 0


@given(expressions(literals=numbers()))
@settings(deadline=None)
def test_the_program_has_the_value_of_the_tree(expression: Expression) -> None:
    program = lower(expression, VARIABLES, ("a",), {"b": VALUES["b"]})
    X = np.stack([VALUES[name] for name in VARIABLES])
    direct = np.broadcast_to(evaluate_tree(expression, VALUES), ROWS.shape)
    np.testing.assert_allclose(run(program, X, np.array([VALUES["a"]])), direct, rtol=1e-12, equal_nan=True)
    assert len(program.code) == len({tuple(row) for row in program.code.tolist()})
    assert len(program.code) <= complexity(expression)


@given(expressions())
@settings(deadline=None)
def test_printed_python_has_the_value_of_the_tree(expression: Expression) -> None:
    direct = evaluate_tree(canonical(expression), VALUES)
    printed = value_of_python(to_python(expression, "numpy"), VALUES)
    np.testing.assert_allclose(printed, direct, rtol=1e-9, equal_nan=True)


#: Sums of these are exact in binary, so that folding cannot be told from rounding.
dyadic = st.builds(Fraction, st.integers(-12, 12), st.sampled_from([1, 2, 4]))
exact_operators = (
    "+",
    "-",
    "*",
    "/",
    "neg",
    "inv",
    "square",
    "cube",
    "abs",
    "pow",
    "exp",
    "log",
    "sin",
    "tanh",
)


@given(expressions(literals=dyadic, operators=exact_operators))
@settings(max_examples=300, deadline=None)
def test_normal_form_has_the_same_value(expression: Expression) -> None:
    normal = normalise(expression)
    direct, rewritten = evaluate_tree(expression, VALUES), evaluate_tree(normal, VALUES)
    direct, rewritten = np.broadcast_arrays(direct, rewritten)
    assert complexity(normal) <= complexity(expression)
    usual = np.isfinite(
        direct
    )  # an intermediate infinity that an exact number avoids is allowed to become finite
    np.testing.assert_allclose(rewritten[usual], direct[usual], rtol=1e-6, atol=1e-9)
    assert normalise(normal) == normal


@given(expressions(literals=numbers()))
@settings(deadline=None)
def test_walks_agree(expression: Expression) -> None:
    nodes = list(walk(expression))
    assert nodes[0] == expression
    assert complexity(expression) == len(nodes)  # every operator weighs one
    assert depth(expression) <= len(nodes)
    assert set(variables_of(expression)) == {node.name for node in nodes if isinstance(node, Variable)}
    assert set(constants_of(expression)) == {node.name for node in nodes if isinstance(node, Constant)}


@given(st.text(alphabet="xy12.()+-*/^,` \\eE~sinpow√", max_size=60) | st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_the_parser_answers_or_explains(text: str) -> None:
    try:
        read = parse(text, variables=["x", "y"])
    except ParseError as error:
        assert 0 <= error.position <= len(text)
        assert all(line.isprintable() for line in str(error).split("\n"))
    else:
        assert parse(to_text(read), variables=["x", "y"]) == read


@given(fractions())
@settings(deadline=None)
def test_exact_numbers_stay_exact(value: Fraction) -> None:
    assert parse(to_text(Number(value)), variables=()) == Number(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(6.674e-11)
@example(5e-324)
@example(1.7976931348623157e308)
@settings(deadline=None)
def test_floats_keep_every_digit(value: float) -> None:
    read = parse(to_text(Number(value)), variables=())
    assert isinstance(read, Number)
    assert float(read.value) == value
