"""The one ledger: what a law takes to say is its residuals, its tree and its constants, and nothing is paid twice."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.finishing.bits import RESOLUTION, ROOT_OF_UNIT_BITS, TIED_BITS, UNIT_BITS, bits_of
from symreg.finishing.finisher import Finisher
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import make_fitter
from symreg.formula.bits import (
    NOT_SIMPLE_BITS,
    NOT_SIMPLE_BITS_TO_SCALE,
    PLAIN_ANGLE_BITS,
    constant_bits,
    name_bits,
    residual_bits,
    small_sample_bits,
    tree_bits,
)
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATOR_BITS
from symreg.formula.simple_numbers import Recognised
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.problem.problem import Problem
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS, Dimension

RNG = np.random.default_rng(4)
T, Z = RNG.uniform(1, 3, (2, 60))
SPEED = Dimension.of(m=1, s=-1)


def fitted_law(problem: Problem, text: str, **kinds: Dimension) -> tuple[Finisher, Fitted]:
    own = Finisher(make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1), None)
    known = [one.name for one in (*problem.known_constants, *problem.units_of_inputs.values())]
    tree = parse(text, variables=problem.inputs, constants=(*kinds, *known, "pi"))
    fitted = own.fitter.fit([(tree, tuple(FreeConstant(name, kind, 1.0) for name, kind in kinds.items()))])[0]
    assert fitted is not None
    return own, fitted


LAW = "z*(k + sin(t)*t)"


def path(free: Any = "dimensionless", noise: float = 0.05, sigma: bool = False, **options: Any) -> Problem:
    """Rows of a law that has no name, with a constant that is not simple; stated errors are twice the true ones."""
    x = Z * (1.37 + np.sin(T) * T) + noise * np.random.default_rng(5).normal(size=60)
    data = {"t [1]": T, "z [m]": Z, "x [m]": x} | ({"s [m]": np.full(60, 2 * noise)} if sigma else {})
    stated = {"sigma": {"x": "s"}} if sigma else {}
    return make_problem(read_table(data, target="x", **stated), free_constants=free, test_fraction=0.1, **options)


def plain(own: Finisher, fitted: Fitted, names: int, *, stated: bool = False, odd: float) -> float:
    """The same added up by hand, for a law without simple numbers and without a name."""
    n_rows = len(own.fitter.y)
    bits = tree_bits(fitted.expression, names)
    bits += constant_bits(fitted.values, fitted.information, n_rows, odd)
    if stated:
        return bits + residual_bits(fitted.residual_sum, n_rows, 1.0)
    resolution = RESOLUTION * float(np.std(own.fitter.y))
    left = residual_bits(fitted.residual_sum, n_rows, None, resolution)
    return bits + left + small_sample_bits(n_rows, len(fitted.values))


@pytest.mark.parametrize("sigma", [False, True])
def test_a_law_is_its_residuals_its_tree_and_its_constants(sigma: bool) -> None:
    """Names are two inputs, a constant and a number; every scale is in the table, and an odd number is dear."""
    own, fitted = fitted_law(path(sigma=sigma), LAW, k=DIMENSIONLESS)
    assert own.fitter.knows_errors is sigma
    expected = plain(own, fitted, 4, stated=sigma, odd=NOT_SIMPLE_BITS_TO_SCALE)
    expected += PLAIN_ANGLE_BITS  # t is a plain number
    assert bits_of(own.fitter, fitted, {}, 0.0) == pytest.approx(expected)


def test_an_exact_law_is_told_to_the_rounding_of_the_rows_and_no_finer() -> None:
    own, fitted = fitted_law(path(noise=0.0), LAW, k=DIMENSIONLESS)
    nothing, little = (bits_of(own.fitter, replace(fitted, residual_sum=left), {}, 0.0) for left in (0.0, 1e-22))
    assert little == pytest.approx(nothing, abs=1.0)
    assert nothing < -25 * len(own.fitter.y)


def test_an_input_over_its_unit_is_said_as_the_input() -> None:
    """Dimensions leave nothing else; that a unit decides how large the law's numbers are is paid once."""
    data = {"t [s]": T, "z [m]": Z, "x [m]": Z * (1.37 + np.sin(T) * T) + 0.05 * np.sin(40 * T)}
    problem = make_problem(read_table(data, target="x"), test_fraction=0.1)
    own, fitted = fitted_law(problem, "z*(k + sin(t/t_unit)*(t/t_unit))", k=DIMENSIONLESS)
    expected = plain(own, fitted, 4, odd=NOT_SIMPLE_BITS) + UNIT_BITS + PLAIN_ANGLE_BITS
    expected -= 2 * (1.0 + OPERATOR_BITS["/"] + name_bits(4))
    assert bits_of(own.fitter, fitted, {}, 0.0) == pytest.approx(expected)


def test_each_known_constant_is_one_more_name_to_choose_from() -> None:
    own, fitted = fitted_law(path(), LAW, k=DIMENSIONLESS)
    other, same = fitted_law(path(constants=["c", "h"]), LAW, k=DIMENSIONLESS)
    leaves = 4  # k, and t and z where they stand
    expected = leaves * (name_bits(6) - name_bits(4))
    assert bits_of(other.fitter, same, {}, 0.0) - bits_of(own.fitter, fitted, {}, 0.0) == pytest.approx(expected)


def test_the_shortest_way_to_say_a_form_is_paid() -> None:
    own, fitted = fitted_law(path(), LAW, k=DIMENSIONLESS)
    by_tree = tree_bits(fitted.expression, 4)
    price = {said: bits_of(own.fitter, fitted, {}, 0.0, said) for said in (None, by_tree - 7.0, by_tree + 7.0)}
    assert price[None] - price[by_tree - 7.0] == pytest.approx(7.0)
    assert price[None] == pytest.approx(price[by_tree + 7.0])


def test_a_constant_of_a_unit_that_nobody_declared_is_a_power_of_one() -> None:
    """An operator and a number, by the price of two names."""
    problems = [path(free) for free in (["m/s", "m**2/s"], ["m/s"])]
    price = []
    for problem in problems:
        own, fitted = fitted_law(problem, "z + k*z**2/d", k=SPEED, d=Dimension.of(m=2, s=-1))
        price.append(bits_of(own.fitter, fitted, {}, 0.0))
    assert price[1] - price[0] == pytest.approx(2 * name_bits(4))


def test_a_root_of_a_unit_is_dear_where_no_column_has_one() -> None:
    root = Dimension.of(m=Fraction(1, 2))
    price = []
    for unit in ("m", "m**(1/2)"):
        data = {f"w [{unit}]": T, "z [m]": Z, "x [m]": 1.37 * Z + 0.05 * np.sin(40 * Z)}
        problem = make_problem(read_table(data, target="x"), free_constants="inferred", test_fraction=0.1)
        own, fitted = fitted_law(problem, "k*sqrt(z)", k=root)
        price.append(bits_of(own.fitter, fitted, {}, 0.0))
    assert price[0] - price[1] == pytest.approx(ROOT_OF_UNIT_BITS)


def test_a_number_that_is_written_ties_constants() -> None:
    """``k*(2*t + u)`` where nobody knows a scale; an exponent, and a one, tie nothing."""
    u = np.random.default_rng(9).uniform(1, 3, 60)
    y = 1.37 * (2 * T + u * Z) + 0.05 * np.sin(40 * T)
    problem = make_problem(read_table({"t": T, "z": Z, "u": u, "y": y}, target="y"), test_fraction=0.1)
    prices = {}
    for text in ("k*(2*t + u*z)", "k*(t**2 + u*z)", "k*(1/t + u*z)"):
        own, fitted = fitted_law(problem, text, k=DIMENSIONLESS)
        prices[text] = bits_of(own.fitter, fitted, {}, 0.0) - plain(own, fitted, 5, odd=NOT_SIMPLE_BITS)
    assert list(prices.values()) == pytest.approx([TIED_BITS, 0.0, 0.0])


@pytest.mark.parametrize(
    ("unit", "times", "price"), [("rad", "1", 0.0), ("m", "1/m", PLAIN_ANGLE_BITS), ("rad/s", "s", 0.0)]
)
def test_what_carries_an_angle_may_stand_in_a_sine(unit: str, times: str, price: float) -> None:
    """A phase, or a frequency times a time; nobody said that a length times a wave number is one."""
    data = {f"a [{unit}]": T, f"b [{times}]": Z, "x [m]": 1.37 * np.sin(T * Z) + 0.05 * np.sin(40 * T)}
    problem = make_problem(read_table(data, target="x"), free_constants="inferred", test_fraction=0.1)
    own, fitted = fitted_law(problem, "k*sin(a*b)", k=Dimension.of(m=1))
    without = plain(own, fitted, 4, odd=NOT_SIMPLE_BITS)
    assert bits_of(own.fitter, fitted, {}, 0.0) - without == pytest.approx(price)


def test_a_simple_number_is_paid_by_its_code_and_not_by_its_nodes() -> None:
    """``pi/9`` is one number of so many bits, and not an operator, a name and a fraction."""
    own, fitted = fitted_law(path(), "z*(pi/9 + sin(t)*t)")
    number = parse("pi/9", variables=(), constants=("pi",))
    spelled = bits_of(own.fitter, fitted, {}, 0.0)
    told = bits_of(own.fitter, fitted, {"k": (Recognised(number, "pi/9", math.pi / 9, 6.0, 1.0), 0.35, 0.01)}, 6.0)
    assert spelled - told == pytest.approx(tree_bits(number, 4) - name_bits(4) - 6.0)
