"""What the parser reads, what it refuses, and how it says so."""

from __future__ import annotations

import pickle
import sys
import time
from fractions import Fraction

import pytest

from symreg.errors import ParseError
from symreg.formula.expression import Apply, Constant, Expression, Number, Variable, complexity
from symreg.formula.grammar import DEEPEST_FORMULA, MAX_LENGTH, MAX_NODES, parse
from symreg.formula.naming import unquoted

x, y, k = Variable("x"), Variable("y"), Constant("k")
COLUMNS = ("x", "y", "mass", "exp", "a b", "`", "x\ny", "λ", "I")


def num(value: object) -> Number:
    return Number(Fraction(value))  # type: ignore[call-overload]


def read(text: str) -> Expression:
    return parse(text, variables=COLUMNS, constants=["k", "c_1"])


def op(name: str, *arguments: Expression) -> Apply:
    return Apply(name, arguments)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("x", x),
        ("  x\n", x),
        ("k", k),
        ("c_1", Constant("c_1")),
        ("((x))", x),
        ("+x", x),
        ("2", num(2)),
        ("-2", num(-2)),
        ("--2", num(2)),
        ("0.1", num("1/10")),
        (".5", num("1/2")),
        ("5.", num(5)),
        ("3/2", num("3/2")),
        ("-3/2", num("-3/2")),
        ("1.5/2", num("3/4")),
        ("6.674e-11", num("6.674e-11")),
        ("6.62607015e-34", Number(6.62607015e-34)),
        ("1.0f-3", num("1/1000")),
        ("1d3", num(1000)),
        ("3.14159265358979", Number(3.14159265358979)),
        ("1e300", Number(1e300)),
        ("12345678901234567890", Number(12345678901234567890.0)),
        ("x + y - 1", op("-", op("+", x, y), num(1))),
        ("x - (y - 1)", op("-", x, op("-", y, num(1)))),
        ("x*y/k", op("/", op("*", x, y), k)),
        ("x/y*k", op("*", op("/", x, y), k)),
        ("x + y*k", op("+", x, op("*", y, k))),
        ("1/x", op("inv", x)),
        ("1.0/x", op("inv", x)),
        ("2/x", op("/", num(2), x)),
        ("1/2*x", op("*", num("1/2"), x)),
        ("x*3/2", op("/", op("*", x, num(3)), num(2))),
        ("x**2", op("square", x)),
        ("x^2", op("square", x)),
        ("x**3", op("cube", x)),
        ("x**-1", op("inv", x)),
        ("x**(-1)", op("inv", x)),
        ("x**(1/2)", op("sqrt", x)),
        ("x**0.5", op("sqrt", x)),
        ("x**(3/2)", op("pow", x, num("3/2"))),
        ("x**1.5", op("pow", x, num("3/2"))),
        ("x**-2", op("pow", x, num(-2))),
        ("x**4", op("pow", x, num(4))),
        ("x**y**2", op("pow", x, op("square", y))),
        ("(x**y)**2", op("square", op("pow", x, y))),
        ("2**x", op("pow", num(2), x)),
        ("-x", op("neg", x)),
        ("-x**2", op("neg", op("square", x))),
        ("(-x)**2", op("square", op("neg", x))),
        ("-2**2", op("neg", op("square", num(2)))),
        ("(-2)**2", op("square", num(-2))),
        ("2**-x*y", op("*", op("pow", num(2), op("neg", x)), y)),
        ("x**-y**2", op("pow", x, op("neg", op("square", y)))),
        ("-x*y", op("*", op("neg", x), y)),
        ("x*-y", op("*", x, op("neg", y))),
        ("x - -y", op("-", x, op("neg", y))),
        ("x/0", op("/", x, num(0))),
        ("1/0", op("inv", num(0))),
        ("2/0", op("/", num(2), num(0))),
        ("sqrt(x)", op("sqrt", x)),
        ("sin (x)", op("sin", x)),
        ("pow(x, y)", op("pow", x, y)),
        ("pow(x, 2)", op("square", x)),
        ("square(x)", op("square", x)),
        ("inv(2)", num("1/2")),
        ("neg(x)", op("neg", x)),
        ("ln(x)", op("log", x)),
        ("arcsin(x)", op("asin", x)),
        ("arccos(x)", op("acos", x)),
        ("arctan(x)", op("atan", x)),
        ("log10(abs(x))", op("log10", op("abs", x))),
        ("pow(x+1, (y))", op("pow", op("+", x, num(1)), y)),
        ("exp(exp)", op("exp", Variable("exp"))),
        ("exp(`exp`)", op("exp", Variable("exp"))),
        ("`x`", x),
        ("`a b`*2", op("*", Variable("a b"), num(2))),
        (r"`\``", Variable("`")),
        (r"`x\ny`", Variable("x\ny")),
        ("`x\ny`", Variable("x\ny")),
        (r"`\u000078`", x),
        ("λ*I", op("*", Variable("λ"), Variable("I"))),
        ("x \u2212 y\u00b7k\u00d72", op("-", x, op("*", op("*", y, k), num(2)))),
    ],
)
def test_reads(text: str, tree: Expression) -> None:
    assert read(text) == tree


def test_numbers_are_exact_or_floats() -> None:
    assert isinstance(read("0.1"), Number)
    assert type(read("0.1").value) is Fraction  # type: ignore[union-attr]
    assert type(read("0.12345678").value) is float  # type: ignore[union-attr]


def test_a_name_that_is_both_is_the_variable() -> None:
    assert parse("x", variables=["x"], constants=["x"]) == Variable("x")


def test_keplers_law_has_complexity_five() -> None:
    assert complexity(parse("k*a**(3/2)", variables=["a"], constants=["k"])) == 5
    assert complexity(parse("x**2", variables=["x"])) == 2


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 0, "the formula is empty"),
        ("   ", 3, "the formula is empty"),
        ("x +", 3, "the formula ends where a number or a name should follow"),
        ("sin(", 4, "the formula ends where"),
        ("-", 1, "the formula ends where"),
        ("*x", 0, "a number or a name should stand before '*'"),
        ("x***2", 3, "a number or a name should stand before '*'"),
        ("()", 1, "a number or a name should stand before ')'"),
        ("sin()", 4, "a number or a name should stand before ')'"),
        ("pow(x,)", 6, "a number or a name should stand before ')'"),
        ("pow(,x)", 4, "a number or a name should stand before ','"),
        ("(x", 0, "this parenthesis is never closed"),
        ("x + sin(y", 4, "this parenthesis is never closed"),
        ("x)", 1, "')' without an open parenthesis"),
        ("x, y", 1, "',' without an open parenthesis"),
        ("(x, y)", 2, "a comma may stand only between the arguments of a function"),
        ("pow(x)", 0, "pow takes 2 arguments, not 1"),
        ("pow(x, y, x)", 0, "pow takes 2 arguments, not 3"),
        ("sin(x, y)", 0, "sin takes 1 argument, not 2"),
        ("ln(x, y)", 0, "ln takes 1 argument, not 2"),
        ("2x", 1, "an operator is missing here (for a product write 2*x)"),
        ("x y", 2, "an operator is missing here (for a product write x*y)"),
        ("x 2", 2, "an operator is missing here"),
        ("2(x)", 1, "an operator is missing before the parenthesis (for a product write 2*(...))"),
        ("x(y)", 1, "an operator is missing before the parenthesis"),
        ("mas*x", 0, "unknown name mas (did you mean mass?)"),
        ("x + y*sinn(x)", 6, "unknown name sinn (did you mean sin?)"),
        ("q", 0, "unknown name q (known names: I, `\\``, `a b`, c_1, `exp`, k, mass, x, ...)"),
        ("`q r`", 0, "unknown name `q r`"),
        ("``", 0, "unknown name ``"),
        ("sin", 0, "sin needs its argument in parentheses (write sin(...))"),
        ("sin x", 0, "sin needs its argument in parentheses"),
        ("`x", 0, "this backtick opens a name that never ends"),
        (r"`\q`", 0, "holds an unknown escape"),
        ("x == y", 2, "unexpected character '=' (names with other characters stand in `backticks`)"),
        ("x; y", 1, "unexpected character ';'"),
        ("x & y", 2, "unexpected character '&'"),
        ("x[0]", 1, "unexpected character '['"),
        ("x.real", 1, "unexpected character '.'"),
        ("'x'", 0, "unexpected character"),
        ("x \x00", 2, "unexpected character"),
        ("x ** 1001", 2, "the exponent is larger than 1000"),
        ("x ** -1e9", 2, "the exponent is larger than 1000"),
        ("1e999", 0, "this number does not fit into double precision"),
        ("1e-999", 0, "this number does not fit into double precision"),
        ("9" * 400, 0, "this number does not fit into double precision"),
        ("__import__('os').system('id')", 0, "unknown name __import__"),
        ("x if x else y", 2, "an operator is missing here"),
        ("lambda: x", 0, "unknown name lambda"),
    ],
)
def test_refuses(text: str, position: int, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(text)
    assert message in str(caught.value)
    assert caught.value.position == position


def test_an_error_shows_the_place_and_can_be_pickled() -> None:
    with pytest.raises(ParseError) as caught:
        read("2*mas + x")
    assert str(caught.value) == (
        "cannot read the formula at character 3: unknown name mas (did you mean mass?)\n  2*mas + x\n    ^"
    )
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_long_formula_is_shown_around_the_place() -> None:
    with pytest.raises(ParseError) as caught:
        read("x*" * 45 + "\x1b[31m$" + "*x" * 400)
    _, shown, caret = str(caught.value).split("\n")
    assert len(shown) <= 82
    assert "\x1b" not in shown
    assert len(caret) == 43


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "x" + ")" * 4999,
        "-" * 9999 + "x",
        "sin(" * 2400 + "x" + ")" * 300,
        "x**" * 3000 + "x",
        "x+" * 4900 + "x",
        "1/" * 4900 + "x",
        "x" * (MAX_LENGTH + 1),
        "x" * MAX_LENGTH,
        "`" + "x" * (MAX_LENGTH - 2) + "`",
        "`" + "\\`" * 4999 + "`",
        "9" * MAX_LENGTH,
        "9**" * 3000 + "9",
        "," * MAX_LENGTH,
        " " * MAX_LENGTH,
        "pow(" * 2500,
        ")" * MAX_LENGTH,
    ],
    ids=lambda text: text[:6],
)
def test_hostile_formulas_are_refused_at_once(text: str) -> None:
    limit, start = sys.getrecursionlimit(), time.perf_counter()
    with pytest.raises(ParseError):
        read(text)
    assert time.perf_counter() - start < 1.0
    assert sys.getrecursionlimit() == limit


def test_limits_are_those_that_are_stated() -> None:
    deep = "sin(" * (DEEPEST_FORMULA - 1) + "x" + ")" * (DEEPEST_FORMULA - 1)
    assert complexity(read(deep)) == DEEPEST_FORMULA
    with pytest.raises(ParseError, match="nested deeper than 100"):
        read(f"sin({deep})")
    row = "+".join(["x"] * 90)
    wide = "(" + ")*(".join([row] * 11) + ")"
    assert complexity(read(wide)) == 11 * 179 + 10
    with pytest.raises(ParseError, match=f"more than {MAX_NODES} parts"):
        read(f"{wide}*({row})")
    with pytest.raises(ParseError, match="10001 characters, more than 10000"):
        read("x" * (MAX_LENGTH + 1))


def test_a_tower_of_powers_is_a_tree_and_not_a_number() -> None:
    assert complexity(read("9**9**9")) == 5


@pytest.mark.parametrize("text", ["`", "`a", "`\\", "`\\u12", "`\\u110000`", "`\\x41`"])
def test_broken_quotes(text: str) -> None:
    assert unquoted(text, 0) is None
