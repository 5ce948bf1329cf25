"""Shorter equal formulas, and nothing but equal ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from symreg.formula.expression import Apply, Constant, Expression, Number, Variable, complexity, evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.formula.simplify import Simplified, Simplifier, disagreement, simplify
from symreg.units.dimension import DIMENSIONLESS, Dimension

METRE, KILOGRAM, SPEED = Dimension.of(m=1), Dimension.of(kg=1), Dimension.of(m=1, s=-1)
HOSTILE = (
    "I",
    "E",
    "S",
    "N",
    "O",
    "Q",
    "C",
    "gamma",
    "beta",
    "lambda",
    "zeta",
    "oo",
    "nan",
    "sin",
    "x0",
    "c0",
)
PLAIN = {name: DIMENSIONLESS for name in ("x", "y", "a", "b", "c", "d", "k", "k1", "k2", *HOSTILE)}


@pytest.fixture(scope="module")
def simplifier() -> Iterator[Simplifier]:
    with Simplifier(timeout=30.0) as warm:
        warm.start()
        yield warm


def formula(text: str) -> Expression:
    return parse(
        text, variables=[*PLAIN.keys() - {"k", "k1", "k2"}, "m", "v"], constants=["k", "k1", "k2", "pi"]
    )


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("x*y/y + a - a", "x"),
        ("a*x + b*x", "x*(a + b)"),
        ("sin(x)**2 + cos(x)**2 + y", "y + 1"),
        ("(a + b)**2 - a**2 - 2*a*b", "b**2"),
        ("k*a*sqrt(a)", "k*a**(3/2)"),
        ("(x**2 - y**2)/(x - y)", "x + y"),
        ("log(exp(x)) + y", "x + y"),
        ("exp(x)*exp(y)", "exp(x + y)"),
        ("x - 1*y - 0*a", "x - y"),
        ("sqrt(a)*sqrt(b)/sqrt(d)", "sqrt(a*b/d)"),
        ("abs(x)*abs(y)", "abs(x*y)"),
        ("3*log10(x*y) - log10(y*x)", "2*log10(x*y)"),
        ("k1*x/(k1*k2)", "x/k2"),
        ("pi*x*2/pi", "2*x"),
        ("max(x, y) + max(y, x)", "2*max(x, y)"),
        ("max(x, max(y, x))*a", "a*max(x, y)"),
        ("min(x + y - x, x)", "min(x, y)"),
        ("a*b*max(1, x/(a*b))", "max(a*b, x)"),
        ("5/2*a*max(1, 2/5*x)", "a*max(5/2, x)"),
        ("min(k*b, b*x)", "b*min(k, x)"),
        ("cbrt(x)**3 + y", "x + y"),
        ("3*cbrt(x) + cbrt(-x)", "2*cbrt(x)"),
        ("-cbrt(x - y)*a", "a*cbrt(y - x)"),
        ("cbrt((x + y)**3)*a", "(x + y)*a"),
        ("step(x)*y + step(x)*a", "step(x)*(y + a)"),
        ("step(a + b)*x", "x"),
    ],
)
def test_shorter_equal_form_is_found(simplifier: Simplifier, long: str, short: str) -> None:
    (result,) = simplifier.simplify([formula(long)], dimensions=PLAIN, positive=("a", "b", "d"))
    assert result.changed
    assert complexity(result.expression) <= complexity(formula(short))
    assert disagreement(formula(short), result.expression, dimensions=PLAIN, positive=("a", "b", "d")) is None


@pytest.mark.parametrize(
    "text",
    [
        "a*x + b", "k*exp(-x)", "sqrt(a**2 + b**2)", "1/(1/a + 1/b)", "x**y", "x*max(y, k*x)", "b*cbrt(x - y)",
        "a*step(x - y)",
    ],
)  # fmt: skip
def test_what_is_shortest_already_comes_back_as_it_was(simplifier: Simplifier, text: str) -> None:
    assert simplifier.simplify([formula(text)], dimensions=PLAIN) == [Simplified(formula(text), False)]


def test_small_formulas_do_not_start_sympy() -> None:
    with Simplifier() as cold:
        assert cold.simplify([formula("x*y"), formula("x**2")], dimensions=PLAIN) == [
            Simplified(formula("x*y"), False),
            Simplified(formula("x**2"), False),
        ]
        assert cold.pid is None


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_mean_something_to_sympy_survive(simplifier: Simplifier, name: str) -> None:
    x, y = Variable(name), Variable("y")
    long = Apply("+", (Apply("*", (x, y)), Apply("*", (y, x))))
    (result,) = simplifier.simplify([long], dimensions=PLAIN)
    assert result.changed
    assert disagreement(long, result.expression, dimensions=PLAIN) is None
    assert x in _leaves(result.expression)


def test_hostile_names_together_keep_their_places(simplifier: Simplifier) -> None:
    tree: Expression = Variable("I")
    for name in HOSTILE[1:]:
        tree = Apply("+", (Apply("*", (tree, Variable(name))), Apply("*", (tree, Variable(name)))))
        if complexity(tree) > 100:
            break
    (result,) = simplifier.simplify([tree], dimensions=PLAIN)
    assert disagreement(tree, result.expression, dimensions=PLAIN) is None


def test_variable_called_pi_is_not_the_number(simplifier: Simplifier) -> None:
    long = parse("pi*x + pi*y - sin(pi)", variables=["pi", "x", "y"])
    (result,) = simplifier.simplify([long], dimensions={**PLAIN, "pi": DIMENSIONLESS})
    assert to_text(result.expression) == "pi*(x + y) - sin(pi)"
    assert Constant("pi") not in _leaves(result.expression)


@pytest.mark.parametrize("size", [1e-34, 6.674e-11, 1.380649e-23, 2.99792458e8, 1.98847e30, 1e-300, 1e300])
def test_literals_of_any_magnitude_survive_to_the_bit(simplifier: Simplifier, size: float) -> None:
    number = Number(size)
    long = Apply("+", (Apply("*", (number, Variable("x"))), Apply("*", (number, Variable("y")))))
    (result,) = simplifier.simplify([long], dimensions=PLAIN)
    assert result.changed
    values = [node.value for node in _leaves(result.expression) if isinstance(node, Number)]
    assert [float(value) for value in values] == [size]


@pytest.mark.parametrize("size", [1e-34, 6.674e-11, 1e30])
def test_constants_of_any_magnitude_are_compared_at_their_values(simplifier: Simplifier, size: float) -> None:
    long = formula("k*x + k*y")
    sample = {"k": size, "x": np.linspace(1.0, 2.0, 7), "y": np.linspace(3.0, 9.0, 7)}
    (result,) = simplifier.simplify([long], dimensions=PLAIN, sample=sample)
    assert to_text(result.expression) == "k*(x + y)"
    np.testing.assert_allclose(
        evaluate_tree(result.expression, sample), evaluate_tree(long, sample), rtol=1e-12
    )


def test_dimensions_survive(simplifier: Simplifier) -> None:
    dimensions = {"m": KILOGRAM, "v": SPEED, "c": SPEED}
    long = formula("m*v*c*v/(v*c*v) + m*v/v")
    (result,) = simplifier.simplify([long], dimensions=dimensions)
    assert result.changed
    assert disagreement(long, result.expression, dimensions=dimensions) is None


def test_no_constant_appears_or_doubles(simplifier: Simplifier) -> None:
    texts = ["k1*x + k2*x", "k1*k2*x*y/y", "exp(k1)*exp(k2*x)", "k1*(x + k2) - k1*k2"]
    for result in simplifier.simplify([formula(text) for text in texts], dimensions=PLAIN):
        constants = [node.name for node in _leaves(result.expression) if isinstance(node, Constant)]
        assert set(constants) <= {"k1", "k2"}


def test_equal_formulas_are_asked_once_and_order_is_kept(simplifier: Simplifier) -> None:
    one, two = formula("x*y/y + a"), formula("a*x + b*x")
    results = simplifier.simplify([one, two, one], dimensions=PLAIN)
    assert results[0] == results[2] != results[1]


def test_another_child_gives_the_same_answer(simplifier: Simplifier) -> None:
    texts = [
        "(1 + x/y)/sqrt(1 - x**2/y**2)*a",
        "a*cos(x)*(b**3/y**2*(k - 1)/(k + 2) - y)",
        "a*x*b/(y*d*x) + a*b",
    ]
    formulas = [formula(text) for text in texts]
    here = simplifier.simplify(formulas, dimensions=PLAIN, positive=("a", "b"))
    assert simplify(formulas, dimensions=PLAIN, positive=("a", "b"), timeout=30.0) == here


def test_one_call_is_enough() -> None:
    (result,) = simplify([formula("x*y/y + a - a")], dimensions=PLAIN, timeout=30.0)
    assert result == Simplified(Variable("x"), True)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ("x*y", "other values"),
        ("x + y + v", "speaks of v"),
        ("sqrt(x)*sqrt(x) + y", "undefined where"),
        ("x + y + a - a", "speaks of a"),
        ("x + y*(1 + 1/10**7)", "other values"),
    ],
)
def test_unequal_form_is_refused(found: str, why: str) -> None:
    reason = disagreement(formula("x + y"), formula(found), dimensions={**PLAIN, "v": SPEED})
    assert reason is not None
    assert why.split()[-1] in reason


def test_form_of_another_dimension_is_refused() -> None:
    reason = disagreement(
        formula("x*y"), formula("x*x"), dimensions={"x": METRE, "y": SPEED}, sample={"x": 1.0, "y": 1.0}
    )
    assert reason == "has another dimension"


def test_form_that_adds_metres_to_kilograms_is_refused() -> None:
    reason = disagreement(formula("x*y/y"), formula("x + y"), dimensions={"x": METRE, "y": KILOGRAM})
    assert reason is not None and reason.startswith("breaks the dimensions")


def test_formula_that_is_undefined_everywhere_cannot_be_compared() -> None:
    reason = disagreement(formula("x*y"), formula("y*x"), dimensions=PLAIN, sample={"x": np.nan, "y": 1.0})
    assert reason is not None and "cannot be compared" in reason


def test_form_that_is_defined_on_more_rows_is_welcome() -> None:
    sample = {"x": np.array([-1.0, 0.0, 1.0]), "y": np.ones(3)}
    assert disagreement(formula("x*x/x + y"), formula("x + y"), dimensions=PLAIN, sample=sample) is None


def _leaves(expression: Expression) -> list[Expression]:
    if isinstance(expression, Apply):
        return [leaf for argument in expression.arguments for leaf in _leaves(argument)]
    return [expression]
