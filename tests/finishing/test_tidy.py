"""Laws as they are usually written: the same values, the same domain, one power and the factor in front."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.engine import Outcome, get_engine
from symreg.finishing.tidy import (
    merged_powers,
    ordered_products,
    ordered_sums,
    with_factor_in_front,
    without_constant_exponents,
)
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import make_fitter
from symreg.formula.expression import evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.tables.catalog import load_dataset
from symreg.units.dimension import DIMENSIONLESS, Dimension

X = np.array([-2.5, -1.0, -0.3, 0.0, 0.4, 1.0, 3.7])


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("sqrt(x)**3", "x**(3/2)"),
        ("sqrt(x**3)", "x**(3/2)"),
        ("1/(x**3)", "x**(-3)"),
        ("(x**(3/2))**3", "x**(9/2)"),
        ("sqrt(1/x)", "x**(-1/2)"),
    ],
)
def test_a_power_of_a_power_is_one_power(written: str, usual: str) -> None:
    assert to_text(merged_powers(parse(written, variables=("x",)))) == to_text(parse(usual, variables=("x",)))


@pytest.mark.parametrize("written", ["sqrt(x**2)", "sqrt(x)**2", "(x**(1/2))**2", "(x**2)**(3/2)", "(x**2)**(1/4)"])
def test_powers_that_differ_below_zero_stay(written: str) -> None:
    tree = parse(written, variables=("x",))
    assert merged_powers(tree) == tree


@pytest.mark.parametrize("inner", ["1/x", "x**2", "x**3", "sqrt(x)", "x**(3/2)", "x**(-1/2)", "x**5"])
@pytest.mark.parametrize("outer", ["1/({})", "({})**2", "({})**3", "sqrt({})", "({})**(3/2)", "({})**(-3)"])
def test_values_and_domain_stay(inner: str, outer: str) -> None:
    tree = parse(outer.format(inner), variables=("x",))
    before, after = (evaluate_tree(one, {"x": X}) for one in (tree, merged_powers(tree)))
    finite = np.isfinite(before)
    np.testing.assert_array_equal(finite, np.isfinite(after))
    np.testing.assert_allclose(after[finite], before[finite], rtol=1e-12)


def test_a_free_factor_comes_out_of_a_root() -> None:
    problem = make_problem(load_dataset("kepler"), free_constants="inferred")
    units = choose_natural_units(problem)
    fitter = make_fitter(problem, units, get_engine(), 1)
    inside = parse("sqrt(k*semi_major_axis**3)", variables=problem.inputs, constants=("k",))
    start = FreeConstant("k", Dimension.of(s=2, m=-3), 1.0)
    fitted = fitter.fit([(inside, (start,))])[0]
    assert fitted is not None
    moved = with_factor_in_front(fitted, lambda dimension: True)
    assert moved is not None
    assert to_text(moved.expression) == "k*sqrt(semi_major_axis**3)"
    assert moved.constants[0].dimension**2 == start.dimension
    assert moved.constants[0].start == pytest.approx(float(np.sqrt(fitted.values[0])))
    assert with_factor_in_front(fitted, lambda dimension: False) is None


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("x*k", "k*x"),
        ("k*(x*z)", "k*x*z"),
        ("x*(z*k)*2", "2*k*x*z"),
        ("(x/z)*k", "k*x/z"),
        ("x/z/k", "x/(k*z)"),
        ("(x/z)*(k/a)", "k*x/(z*a)"),
        ("x + x", "2*x"),
        ("sin(x*2) + z*k", "sin(2*x) + k*z"),
        ("x/(z/k)", "k*x/z"),
        ("1/(x/z)", "z/x"),
        ("x*(1 - z)**(-1/2)", "x/sqrt(1 - z)"),
        ("(1 - z)**(-1/2)", "1/sqrt(1 - z)"),
        ("x**(-3)", "1/x**3"),
        ("x**(-5)", "x**(-5)"),
        ("x*sin(z)*a**2", "x*a**2*sin(z)"),
        ("2/(x/3)", "6/x"),
        ("sin(x)*(-k)", "-(k*sin(x))"),
        ("(-x)*(-z)", "x*z"),
    ],
)
def test_products_are_one_fraction_with_numbers_first(written: str, usual: str) -> None:
    names = {"variables": ("x", "z", "a"), "constants": ("k",)}
    tree = parse(written, **names)
    after = ordered_products(tree, ("k",))
    assert to_text(after) == usual
    values = {"x": X[X != 0], "z": X[X != 0][::-1], "a": 2.0, "k": 3.0}
    np.testing.assert_allclose(evaluate_tree(after, values), evaluate_tree(tree, values), rtol=1e-13)


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("x + (-2*z + a)", "x + a - 2*z"),
        ("x*z + (a + x)", "x*z + a + x"),
        ("sqrt(x**2 + (-(z**2)/a**2))", "sqrt(x**2 - z**2/a**2)"),
        ("x - (z - a)", "x + a - z"),
        ("-x + z", "z - x"),
        ("-2*x - z", "-2*x - z"),
        ("-(2*x) - z", "-2*x - z"),
        ("-x - z", "-x - z"),
        ("2 + (-3/2*x)", "2 - 3/2*x"),
        ("z + (-1)*x", "z - x"),
        ("sin(a + (-x)) - z", "sin(a - x) - z"),
        ("x*z", "x*z"),
        ("x - x*z**2", "x*(1 - z**2)"),
        ("2 - 2*cos(x)", "2*(1 - cos(x))"),
        ("x/z - a/z", "(x - a)/z"),
        ("1/(x*z) + 1/(x*a)", "(1/z + 1/a)/x"),
        ("-x*z - x*a", "-(x*(z + a))"),
        ("x + x/z", "x + x/z"),
        ("x*z + x**2", "x*z + x**2"),
    ],
)
def test_sums_read_from_left_to_right(written: str, usual: str) -> None:
    tree, expected = (parse(text, variables=("x", "z", "a")) for text in (written, usual))
    assert to_text(ordered_sums(tree)) == to_text(expected)


def exponential(text: str, **values: float) -> Fitted:
    tree = parse(text, variables=("x", "y"), constants=tuple(values))
    constants = tuple(FreeConstant(name, DIMENSIONLESS, value) for name, value in values.items())
    n = len(values)
    return Fitted(tree, constants, np.array(list(values.values())), np.zeros((n, n)), 0.0, Outcome.CONVERGED)


@pytest.mark.parametrize(
    ("written", "usual", "factor"),
    [("y*exp(k - x)", "y*(k*exp(-x))", np.exp(0.7)), ("exp(x - y - k)", "k*exp(x - y)", np.exp(-0.7))],
)
def test_a_constant_in_an_exponent_is_a_factor_in_front(written: str, usual: str, factor: float) -> None:
    before = exponential(written, k=0.7)
    after = without_constant_exponents(before)
    assert after is not None
    assert to_text(after.expression) == usual
    assert after.constants[0].start == pytest.approx(factor)
    values = {"x": 0.3, "y": 1.9}
    assert evaluate_tree(after.expression, values | {"k": factor}) == pytest.approx(
        float(evaluate_tree(before.expression, values | {"k": 0.7}))
    )


@pytest.mark.parametrize("text", ["exp(k*x)", "exp(x - y)*k", "exp(k - x) + k", "exp(k)*x"])
def test_other_exponentials_stay(text: str) -> None:
    assert without_constant_exponents(exponential(text, k=0.7)) is None
