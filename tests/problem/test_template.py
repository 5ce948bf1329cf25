"""Templates: what is read, what follows from the units, and what is refused in which words."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symreg.errors import DimensionError, ParseError, ProblemError, SymregError, UnitError
from symreg.formula.expression import Constant, complexity
from symreg.formula.grammar import parse, parse_template
from symreg.problem.template import Template, is_template, read_template, target_of
from symreg.units.dimension import DIMENSIONLESS, Dimension

LENGTH, TIME, MASS = Dimension.of(m=1), Dimension.of(s=1), Dimension.of(kg=1)
ENERGY = Dimension.of(kg=1, m=2, s=-2)
COLUMNS = {"x": LENGTH, "z": TIME, "m": MASS}
KNOWN = {**COLUMNS, "c": Dimension.of(m=1, s=-1)}


def read(text: str, target: Dimension = ENERGY, **options: Any) -> Template:
    return read_template(text, name="test", columns=tuple(COLUMNS), known=KNOWN, target=target, **options)


# ------------------------------------------------------------------------------------------------- reading


def test_a_function_stands_in_the_tree_as_a_constant() -> None:
    tree, calls = parse_template("2*f(x, z) + f(x,z)/g(x)", variables=["x", "z"])
    assert tree == parse("2*f + f/g", variables=[], constants=["f", "g"])
    assert calls == {"f": ("x", "z"), "g": ("x",)}


def test_operators_stay_operators_and_names_stay_names() -> None:
    tree, calls = parse_template("sqrt(x)*sign(z) + ln(k)", variables=["x", "z"], constants=["k"])
    assert calls == {"sign": ("z",)}
    assert tree == parse("sqrt(x)*sign + log(k)", variables=["x"], constants=["k", "sign"])
    with pytest.raises(ParseError, match="before the parenthesis"):
        parse_template("x(z)", variables=["x", "z"])


def test_without_a_template_an_unknown_function_is_an_unknown_name() -> None:
    with pytest.raises(ParseError, match="unknown name f"):
        parse("f(x)", variables=["x"])


def test_quoted_arguments() -> None:
    _, calls = parse_template("f(`wave length`)", variables=["wave length"])
    assert calls == {"f": ("wave length",)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f(q)", "unknown name q"),
        ("f(x + z)", "arguments of the unknown function f are names"),
        ("f(sin(x))", "arguments of the unknown function f are names"),
        ("f(2)", "arguments of the unknown function f are names"),
        ("f(g(x))", "arguments of the unknown function f are names"),
        ("f(x, x)", "each once"),
        ("f(x) + f(z)", r"f has other arguments here than in f\(x\)"),
        ("f(x) + f(x, z)", r"f has other arguments here than in f\(x\)"),
        ("f(x) + f", "f is an unknown function and needs its arguments"),
        ("f()", "should stand before"),
        ("f(x", "never closed"),
        ("sin(x, z)", "sin takes 1 argument, not 2"),
    ],
)
def test_what_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_template(text, variables=["x", "z"])


def test_the_target_is_left_of_the_equals_sign() -> None:
    assert target_of("T = f(L)") == "T"
    assert target_of("`wave length`=f(L)") == "wave length"
    assert target_of("T") == "T"
    assert is_template("T = f(L)", ["T", "L"])
    assert not is_template("a=b", ["a=b", "L"])
    assert not is_template("T", ["T", "L"])


@given(st.text(alphabet="fgxz(),+-*/=^`. 1e", max_size=30) | st.text(max_size=30))
def test_any_text_is_a_form_or_a_mistake(text: str) -> None:
    try:
        template = read(text, parameters=[])
    except SymregError:
        return
    assert template.functions


# ------------------------------------------------------------------------------------------------- dimensions


def test_a_functions_dimension_follows_from_its_place() -> None:
    template = read("E = sqrt(f(x)**2 + (m*c**2)**2)")
    (function,) = template.functions
    assert function.dimension == ENERGY
    assert function.arguments == ("x",)
    assert template.names == ("m", "c", "x")
    assert template.own_complexity == complexity(template.outer) == 9
    two = read("E = f(x)/(1 + g(z))")
    assert [one.dimension for one in two.functions] == [ENERGY, DIMENSIONLESS]


def test_what_the_form_leaves_open_is_open() -> None:
    assert [one.dimension for one in read("E = A*f(x) + B", parameters=["A", "B"]).functions] == [None]
    stated = {"A": {"unit": "J/m"}, "B": None}
    assert [one.dimension for one in read("E = A*f(x) + B", parameters=stated).functions] == [LENGTH]
    limited = read("E = A*f(x) + B", parameters=["A", "B"], functions={"f": {"unit": "km", "max_complexity": 5}})
    assert [(one.dimension, one.max_complexity) for one in limited.functions] == [(LENGTH, 5)]
    assert [one.dimension for one in read("E = f(x)*g(z)").functions] == [None, None]


def test_a_bare_function_is_a_choice_of_inputs() -> None:
    template = read("E = f(x, m, c)")
    assert template.is_bare
    assert template.own_complexity == 0
    assert not read("E = 2*f(x)").is_bare
    assert template.whole({"f": Constant("k")}) == Constant("k")


def test_parameters_have_their_numbers_in_si() -> None:
    parameters = {"A": {"unit": "kJ/m", "start": 2, "lower": 1}, "B": {"unit": "eV", "upper": 3.0}}
    a, b = read("E = A*x + B", parameters=parameters).parameters
    assert (a.start, a.lower, a.upper) == (2000.0, 1000.0, float("inf"))
    assert b.start is None
    assert b.upper == pytest.approx(3 * 1.602176634e-19)


def test_it_says_what_was_fixed() -> None:
    text = read("E = A*f(x, c)", parameters={"A": {"unit": "kJ", "lower": 0, "upper": 5}}).describe()
    assert text == (
        "the form of the law was given: E = A*f(x, c); unknown f(x, c); parameters A [kJ] from 0 up to 5"
    )


def test_it_can_be_pickled() -> None:
    template = read("E = A*f(x) + B", parameters=["A", "B"])
    assert pickle.loads(pickle.dumps(template)) == template


def test_dimensions_that_cannot_work_are_both_named() -> None:
    with pytest.raises(DimensionError, match=r"cannot add .*m.*(kg|J).*s"):
        read("E = f(x)*(x + m*c**2)")
    with pytest.raises(DimensionError, match=r"exp needs a dimensionless argument, but z has dimension s"):
        read("E = f(x)*exp(z)")
    with pytest.raises(DimensionError, match=r"has dimension kg, but the target has dimension kg\*m\*\*2/s"):
        read("E = a*m", parameters={"a": {"unit": "1"}})


# ------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("E = m*c**2", {}, "holds no unknown function and no parameter"),
        ("E = a*f(x)", {"parameters": ["a", "b"]}, "the parameter 'b' does not stand in the form"),
        ("E = f(x)", {"functions": {"g": {}}}, "no unknown function is called 'g'"),
        ("E = f(c)", {}, "no argument of the unknown function f is a column"),
        ("E = a*f(x, a)", {"parameters": ["a"]}, "f has the parameter 'a' among its arguments"),
        ("E = x*f(z)", {"parameters": ["x"]}, "'x' has a name that is taken"),
        ("E = exp*f(z)", {"parameters": ["exp"]}, "'exp' has a name that is taken"),
        ("E = a*f(z)", {"parameters": {"a": {"value": 1}}}, "Keys: unit, start, lower, upper"),
        ("E = a*f(z)", {"parameters": {"a": {"unit": "J", "lower": 2, "upper": 1}}}, "has no room"),
        ("E = a*f(z)", {"parameters": {"a": {"unit": "J", "start": "1"}}}, "must be a number"),
        ("E = a*x", {"parameters": {"a": {"start": 1}}}, "has the dimension kg.*and its numbers no unit"),
        ("E = f(x)/a", {"parameters": {"a": {"unit": "degC"}}}, "a zero point of its own"),
        ("E = f(x)", {"functions": {"f": {"max_complexity": 0}}}, "must be a whole number from 1"),
    ],
)
def test_mistakes_in_words(text: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        read(text, **options)


def test_an_undeclared_name_gets_advice() -> None:
    with pytest.raises(ParseError, match="unknown name Kx"):
        read("E = Kx*f(x)")
    with pytest.raises(ParseError, match=r"unknown name g_n \(g_n is a constant of nature: list it in constants\)"):
        read("E = f(x, g_n)")
    with pytest.raises(UnitError, match="cannot read the unit"):
        read("E = a*f(x)", parameters={"a": {"unit": "Jule"}})
