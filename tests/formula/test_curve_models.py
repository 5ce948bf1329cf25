"""Curves with a name: the list is a code, its entries differ, and what it is for is seen in tables of few rows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from symreg import Native, make_problem, read_table
from symreg.discovery import discover
from symreg.formula.curve_models import BY_NAME_BITS, CLASSES, COMMON_BITS, name_bits_of
from symreg.formula.expression import Expression, constants_of
from symreg.formula.grammar import parse
from symreg.search.backend import Budget
from tests.strategies import expressions


def bits(text: str, inputs: tuple[str, ...] = ("x",)) -> float | None:
    tree = parse(text, variables=inputs, constants=("a", "b", "c", "d", "e", "n"))
    return name_bits_of(tree, constants_of(tree), len(inputs))


def test_the_list_is_a_prefix_code() -> None:
    assert sum(len(texts) * 2**-each for each, texts in CLASSES.items()) <= 1.0


@pytest.mark.parametrize(("text", "expected"), [(text, each) for each, texts in CLASSES.items() for text in texts])
def test_each_entry_is_found_by_its_name(text: str, expected: float) -> None:
    assert bits(text) == BY_NAME_BITS + expected


def test_an_input_has_to_be_named_among_several() -> None:
    assert bits("a*x/(b + x)", ("x", "y", "z", "w")) == bits("a*x/(b + x)") + 2.0


def test_a_simple_exponent_is_paid_by_its_size() -> None:
    assert bits("a*x**n") == bits("a*x**2") < bits("a*x**3") < bits("a*x**4")
    assert bits("a*x*exp(b/x)") == bits("a*x**n*exp(b/x)") + 2.0
    assert bits("a + b*2**x") == bits("a + b*exp(c*x)") + 3.0


def test_what_nobody_writes_has_no_name() -> None:
    """Boiling water's pressure was ``k*T**14``; no exponent that was fitted would have been so much cheaper."""
    assert bits("a*x**14") is None
    assert bits("a*exp(b/x**6)") is None
    assert bits("a + b*(7/5)**x") is None


@pytest.mark.parametrize("text", ["a*x", "a*x**n", "a*exp(b*x) + c", "a*x/(b + x)", "a + b*10**x", "a + b*2**x"])
def test_an_input_may_have_any_name(text: str) -> None:
    assert bits(text) is not None
    assert bits(text.replace("x", "t").replace("etp", "exp"), ("t",)) == bits(text)


@pytest.mark.parametrize("sign", ["", "-"])
def test_exponents_that_people_write(sign: str) -> None:
    """Whole ones to the fourth, halves and thirds below two; in a power law of two inputs as in a curve."""
    for power in ("1", "2", "3", "4", "1/2", "3/2", "1/3", "2/3"):
        assert bits(f"a*x**({sign}{power})") is not None
        assert bits(f"a*x**({sign}{power})*y**b", ("x", "y")) is not None
    for power in ("5", "6", "8", "4/3", "5/3", "5/2", "1/4", "3/4", "1/5"):
        assert bits(f"a*x**({sign}{power})") is None
        assert bits(f"a*x**({sign}{power})*y**b", ("x", "y")) is None


@pytest.mark.parametrize(
    "text",
    ["a*(x + y)**2", "a*sqrt(x + 2*y)", "a*x*exp(y)", "a*(x + 2*exp(y))", "a*(x + b*exp(y))", "a*x + exp(y)",
     "a*(x + y*exp(2))", "a*log(x) + b*y", "a*(x**2 + y)", "a*(x + 2*y**2)", "a*(x + b*y**2)"],
)  # fmt: skip
def test_what_is_a_line_or_a_power_of_one_input_alone_is_none_of_both(text: str) -> None:
    assert bits(text, ("x", "y")) is None


def test_a_number_before_an_input_is_said_by_its_size() -> None:
    """What stands before the first is the factor of all; the sign of a term goes with its number."""
    inputs, line = ("x", "y"), bits("a*x + b*y", ("x", "y"))
    assert line is not None
    assert bits("a*(x + 7*y)", inputs) > bits("a*(x + 2*y)", inputs) > line
    assert bits("a*(x + y) + b", inputs) == bits("a*(x + y)", inputs)


def test_lines_and_power_laws_of_several_inputs() -> None:
    inputs = ("x", "y", "z")
    assert bits("a*x + b*y + c*z + d", inputs) == BY_NAME_BITS + COMMON_BITS + 3
    assert bits("a*x**b*y**c*z**n", inputs) == BY_NAME_BITS + COMMON_BITS + 6
    assert bits("a*x**b*y**c*z", inputs) == bits("a*x**b*y**c*z**n", inputs) + 1
    assert bits("a*x*y + b*z", inputs) is None
    assert bits("a*x + b/(1/x + 1/y)", inputs) is None
    assert bits("a*x + b*(y*z) + c", inputs) is None
    assert bits("z*(a*x + b) + c*y", inputs) is None
    assert bits("a*(x*y)**b", inputs) is None  # one exponent for two is another law
    assert bits("a*(x + y) + b*z", inputs) is None


def test_a_curve_in_a_product_of_powers_times_another() -> None:
    """Both products are said by the powers of all inputs: one bit for each, and what the power costs."""
    inputs = ("x", "y")
    assert bits("a*x**3/(exp(b*x/y) - 1)", inputs) == bits("a/(exp(b*x) - 1)") + 2 + 4 + (3 + 1 + 2)
    assert bits("a*x**3/(exp(x/(b*y)) - 1)", inputs) == bits("a*x**3/(exp(b*x/y) - 1)", inputs)
    assert bits("a*y*exp(b*x**2)", inputs) == bits("a*exp(b*x)") + 2 + 4 + (1 + 2)
    assert bits("a*(x/y)/(b + x/y)", inputs) == bits("a*x/(y*(b + x/y))", inputs)
    assert bits("a + b*x*y", inputs) < bits("a*sin(b*x*y + c)", inputs)
    for text in ("a*exp(b*x)*cos(c*y)", "a*exp(x/y)", "x*exp(b*x/y)", "a*exp(2*b*x) + c*y", "a*x*exp(b*x**n*y)"):
        assert bits(text, inputs) is None, text


def test_lines_whose_coefficients_are_tied() -> None:
    """What is said beside the name is the number that is written; what a tie costs is paid elsewhere."""
    inputs = ("x", "y", "z")
    assert bits("a*(x + 2*y)", inputs) == bits("a*x + b*y", inputs) + 2.0
    assert bits("a*(x + 2*y + b*z) + c", inputs) == bits("a*x + b*y + c*z", inputs) + 2.0
    assert bits("a*(x + 2*y*z)", inputs) is None


def test_inputs_that_cancel_have_no_name() -> None:
    inputs = ("x", "y")
    assert bits("a*(x*y)/(x*y)", inputs) is None
    assert bits("a*x*y/(y*x) + b", inputs) is None
    assert bits("a*exp(b*x*y/(x*y))", inputs) is None


OF_CURVES = ("+", "-", "*", "/", "exp", "inv", "pow")


@given(expressions(variables=("x", "y", "z"), constants=("a", "b"), operators=OF_CURVES))
def test_any_formula_has_a_name_or_none(tree: Expression) -> None:
    found = name_bits_of(tree, constants_of(tree), 3)
    assert found is None or found > 0


def test_a_number_in_the_place_of_a_constant() -> None:
    """It is paid for as a number; but what is written around it is said nowhere."""
    tree, number = (parse(text, variables=("x",), constants=("pi",)) for text in ("x*(pi/9)", "pi/9"))
    assert name_bits_of(tree, (), 1, numbers=[number]) == bits("a*x")
    hidden = parse("x*(1 + exp(pi/9))", variables=("x",), constants=("pi",))
    assert name_bits_of(hidden, (), 1, numbers=[number]) is None


def test_no_name() -> None:
    assert bits("a") is None  # no curve at all
    assert bits("a*x + b*x**(1/3)") is None
    assert bits("exp(b*x)") is None  # nothing says how large it is
    assert bits("a*exp(b*x)/(c + d*x)") is None


@pytest.mark.parametrize("seed", range(2))
def test_a_saturation_is_named_on_a_dozen_noisy_rows(seed: int) -> None:
    """``k1*x + k2*x**(1/3)`` and other odd sums follow a dozen such rows as well, and were selected."""
    draw = np.random.default_rng(seed)
    x = np.repeat([0.02, 0.06, 0.11, 0.22, 0.56, 1.1], 2)
    y = 210 * x / (0.065 + x) + draw.normal(0, 9, x.size)
    problem = make_problem(read_table({"x": x, "y": y}, target="y"))
    law = discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=600_000)).front.best
    at = np.array([0.03, 0.3, 0.8])
    assert law.predict({"x": at}) == pytest.approx(210 * at / (0.065 + at), rel=0.15)
    assert sum(one.kind == "free" for one in law.constants) == 2
    assert math.isfinite(law.description_length)
