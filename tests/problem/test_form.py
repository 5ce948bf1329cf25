"""Whether formulas have the form of a template: whatever is put in is found again, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from symreg.formula.expression import Expression, variables_of
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.problem.form import has_form, is_short, parts_of
from symreg.problem.template import Template, read_template
from symreg.units.dimension import DIMENSIONLESS
from tests.strategies import expressions

NAMES = ("x", "z", "u")


def template_of(text: str, **options: Any) -> Template:
    known = dict.fromkeys((*NAMES, "c"), DIMENSIONLESS)
    return read_template(text, name="test", columns=NAMES, known=known, target=DIMENSIONLESS, **options)


def tree(text: str) -> Expression:
    return parse(text, variables=NAMES, constants=["c", "k", "k1", "k2", "a", "b", "pi"])


def found(template: Template, text: str) -> dict[str, str] | None:
    parts = parts_of(template, tree(text))
    return None if parts is None else {name: to_text(part) for name, part in parts.items()}


def test_parts_of_a_formula() -> None:
    ratio = template_of("y = f(x)/(1 + g(z))")
    assert found(ratio, "2*x**2/(1 + exp(-z))") == {"f": "2*x**2", "g": "exp(-z)"}
    assert found(ratio, "k*x/(k1*z + 1)") == {"f": "k*x", "g": "k1*z"}
    assert found(ratio, "k*x/(1 - z)") == {"f": "k*x", "g": "-z"}
    assert found(ratio, "1/(1 + z)") == {"f": "1", "g": "z"}
    assert found(ratio, "pi*x/(1 + z)") == {"f": "pi*x", "g": "z"}


@pytest.mark.parametrize(
    "text",
    ["x*z/(1 + z)", "x/(1 + x)", "x/(2 + z)", "x*(1 + z)", "x", "x/(1 + z*u)", "u/(1 + z)"],
)
def test_other_formulas_have_another_form(text: str) -> None:
    """A column outside of the argument list, another number, another operator."""
    assert found(template_of("y = f(x)/(1 + g(z))"), text) is None


def test_a_known_constant_stands_where_the_form_has_it() -> None:
    template = template_of("y = c*f(x)/(1 + g(z, c))")
    assert found(template, "c*x/(1 + z*c)") == {"f": "x", "g": "z*c"}
    assert found(template, "c*(x*c)/(1 + z)") is None


def test_parameters_stay_where_they_are() -> None:
    template = template_of("y = a*f(x) + b", parameters=["a", "b"])
    assert found(template, "b + x**2*a") == {"f": "x**2"}
    assert found(template, "k*x + b") is None
    assert found(template, "a*(b*x) + b") is None
    assert found(template, "a*x") is None


def test_a_function_is_the_same_wherever_it_stands() -> None:
    template = template_of("y = f(x) + z*f(x)")
    assert found(template, "exp(x) + z*exp(x)") == {"f": "exp(x)"}
    assert found(template, "exp(x) + z*sin(x)") is None


def test_each_way_to_read_a_sum_is_tried() -> None:
    template = template_of("y = f(x) + g(z)")
    assert found(template, "exp(z) + x") == {"f": "x", "g": "exp(z)"}
    assert found(template, "exp(z) - x") == {"f": "-x", "g": "exp(z)"}
    three = template_of("y = f(x) + g(z) + h(u)")
    assert found(three, "z + u**2 + x") is None  # another grouping, which no law of the search has
    assert found(three, "(z + x) + u**2") == {"f": "x", "g": "z", "h": "u**2"}


def test_the_length_of_a_function_is_limited() -> None:
    template = template_of("y = f(x)/(1 + g(z))", functions={"g": {"max_complexity": 3}})
    assert is_short(template, tree("exp(exp(exp(x)))/(1 + k*z)"))
    assert not is_short(template, tree("x/(1 + k*z**2)"))
    assert found(template, "x/(1 + k*z**2)") is not None  # it may become shorter yet
    assert is_short(None, tree("x + z"))


def test_without_a_template_every_form_is_right() -> None:
    assert has_form(None, tree("x + z"))


@given(expressions(variables=("x", "u"), constants=("k1",)), expressions(variables=("z",), constants=("k2",)))
def test_what_is_put_in_is_found_again(first: Expression, second: Expression) -> None:
    template = template_of("y = sqrt(f(x)**2 + (u*c**2)**2)*exp(g(z))")
    parts = {"f": first, "g": second}
    assert parts_of(template, template.whole(parts)) == (None if "u" in variables_of(first) else parts)
