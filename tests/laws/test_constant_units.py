"""Constants are shown in the unit that the reader would write, and always in one of the right dimension."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.errors import DimensionError
from symreg.formula.dimensioning import infer_dimensions
from symreg.formula.expression import evaluate_tree
from symreg.formula.grammar import parse
from symreg.laws.constant_units import display_unit
from symreg.units.dimension import DIMENSIONLESS, Dimension
from symreg.units.reading import DIMENSIONLESS_UNIT, Unit, parse_unit, si_unit


def shown(
    formula: str, target: str, inputs: dict[str, str], name: str = "k", known: dict[str, str] | None = None
) -> Unit:
    units = {column: parse_unit(text) for column, text in {**inputs, **(known or {})}.items()}
    constants = ["k", "q", *(known or {})]
    expression = parse(formula, variables=inputs, constants=constants)
    dimensions = {column: unit.dimension for column, unit in units.items()}
    inferred = infer_dimensions(expression, dimensions, parse_unit(target).dimension)
    found = display_unit(expression, name, inferred[name], units, parse_unit(target))
    assert found.dimension == inferred[name]
    assert found.offset == 0.0
    return found


@pytest.mark.parametrize(
    ("formula", "target", "inputs", "unit"),
    [
        ("k*a**(3/2)", "day", {"a": "au"}, "day/au**(3/2)"),
        ("k*D", "km/s", {"D": "Mpc"}, "km/s/Mpc"),
        ("k*sqrt(E)", "m/s", {"E": "1e-21 V m^2"}, "s**(1/2)*A**(1/2)/kg**(1/2)/m"),  # no root of a power of ten
        ("k*sqrt(p)", "mm/min", {"p": "10^3 psi"}, "m**(3/2)/kg**(1/2)"),
        ("k*p", "mm/min", {"p": "10^3 psi"}, "mm/min/(10^3*psi)"),
        ("k*sqrt(x)", "m/s", {"x": "m^2"}, "1/s"),
        ("k/V", "kPa", {"V": "cm**3"}, "kPa*cm**3"),
        ("V/k", "kPa", {"V": "cm**3"}, "cm**3/kPa"),
        ("2*k*sqrt(L)", "s", {"L": "cm"}, "s/cm**(1/2)"),
        ("sqrt(L/k)", "s", {"L": "cm"}, "cm/s**2"),
        ("1/(k*x)", "s", {"x": "km"}, "1/(s*km)"),
        ("x*exp(-t/k)", "mV", {"x": "mV", "t": "ms"}, "ms"),
        ("k*exp(-t/q)", "mV", {"t": "ms"}, "mV"),
        ("x*sin(k*t)", "cm", {"t": "ms", "x": "mm"}, "1/ms"),
        ("m*(x + k)**2", "g*mm**2", {"x": "mm", "m": "g"}, "mm"),
        ("x + k*t", "km", {"x": "km", "t": "h"}, "km/h"),
        ("abs(-k)*x/x", "km", {"x": "m"}, "km"),
        ("x*log(y/k)", "eV", {"x": "eV", "y": "Pa"}, "Pa"),
        ("k*(T - x)", "W", {"T": "degC", "x": "degC"}, "W/K"),
        ("k**3*x", "L", {"x": "m/m"}, "L**(1/3)"),
    ],
)
def test_unit_is_told_in_the_users_units(
    formula: str, target: str, inputs: dict[str, str], unit: str
) -> None:
    found, expected = shown(formula, target, inputs), parse_unit(unit)
    assert found.dimension == expected.dimension
    assert found.scale == pytest.approx(expected.scale, rel=1e-12)
    assert parse_unit(found.text).scale == pytest.approx(found.scale, rel=1e-12)


@pytest.mark.parametrize(
    ("formula", "target", "inputs", "known", "text"),
    [
        ("exp(h*c/(k*x*q0))", "1", {"x": "nm"}, {"h": "J*s", "c": "m/s", "q0": "J/K"}, "K"),
        ("exp(h*c*x/(k*q0))", "1", {"x": "1/cm"}, {"h": "J*s", "c": "m/s", "q0": "J/K"}, "K"),
        ("P*x*k/E", "K", {"x": "s", "E": "J", "P": "W"}, {}, "K"),
        ("k*x/y", "mm", {"x": "1/m", "y": "cm"}, {}, "mm**3"),
        ("k*D", "km/s", {"D": "Mpc"}, {}, "km/s/Mpc"),
        ("k*T", "mm/s", {"T": "min"}, {}, "mm/s/min"),
        ("k*p", "mm/min", {"p": "10^3 psi"}, {}, "0.001*mm/min/psi"),
    ],
)
def test_units_that_cancel_do(
    formula: str, target: str, inputs: dict[str, str], known: dict[str, str], text: str
) -> None:
    found, expected = shown(formula, target, inputs, known=known), parse_unit(text)
    assert found.dimension == expected.dimension
    names = re.findall(r"[A-Za-z]+", found.text)
    assert len(names) <= len(re.findall(r"[A-Za-z]+", text))
    assert parse_unit(found.text) == found


UNITS = ["m", "mm", "nm", "km/s", "1e-21 V m^2", "10^3 psi", "W", "J", "s", "1/cm", "W*s/J", "mm/m", "eV/A", "K", "min"]


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["k*x", "k*x*y", "k*x/y", "k*sqrt(x)", "k*sqrt(x)/y", "x*exp(-k*y)", "k**2*x", "x/(k*y)"]),
    st.sampled_from(UNITS),
    st.sampled_from(UNITS),
    st.sampled_from(UNITS),
    st.floats(1e-3, 1e3),
)
@pytest.mark.filterwarnings("ignore::symreg.errors.UnitWarning")
def test_a_value_times_its_unit_stays_the_same_quantity(
    formula: str, target: str, x: str, y: str, value: float
) -> None:
    """``value`` in SI, said in the unit that is shown, and read again by its text."""
    units = {"x": parse_unit(x), "y": parse_unit(y)}
    expression = parse(formula, variables=["x", "y"], constants=["k"])
    dimensions = {name: unit.dimension for name, unit in units.items()}
    try:
        dimension = infer_dimensions(expression, dimensions, parse_unit(target).dimension)["k"]
    except DimensionError:
        return  # this target is no such product
    found = display_unit(expression, "k", dimension, units, parse_unit(target))
    again = parse_unit(found.text)
    assert (found.dimension, again.dimension) == (dimension, dimension)
    assert again.to_si(found.from_si(value)) == pytest.approx(value, rel=1e-9)
    assert not re.search(r"(?<![\w(/.])\d+\*\*\(", found.text)  # no root of a number


def test_text_is_what_a_reader_would_write() -> None:
    assert shown("k*a**(3/2)", "day", {"a": "au"}).text == "day/au**(3/2)"
    assert shown("k*D", "km/s", {"D": "Mpc"}).text == "km/s/Mpc"


def test_known_constants_count_with_their_units() -> None:
    assert shown("sqrt(k*m/c)", "s", {"m": "g"}, known={"c": "N/mm"}).dimension.is_dimensionless
    assert shown("k*m*c**2", "MJ*s", {"m": "g"}, known={"c": "km/s"}).dimension == Dimension.of(s=1)


@pytest.mark.parametrize(
    ("formula", "target", "inputs"),
    [
        ("k*q*x", "s", {"x": "kg"}),
        ("k*(x + y)", "s", {"x": "km", "y": "m"}),
    ],
)
def test_where_units_are_unclear_si_serves(formula: str, target: str, inputs: dict[str, str]) -> None:
    found = shown(formula, target, inputs)
    assert found == si_unit(found.dimension)


@pytest.mark.parametrize(
    ("formula", "target", "inputs", "unit"),
    [
        ("k/(1 + q*exp(-x/r))", "eV", {"x": "angstrom"}, "eV"),
        ("k*(1 - q*exp(-x/r))**2", "eV", {"x": "angstrom"}, "eV"),
        ("q*exp(-((x - r)/k)**2)", "mV", {"x": "nm"}, "nm"),
        ("k*x/(x + q)", "g/L", {"x": "h"}, "g/L"),
        ("q*k*x", "s", {"x": "km"}, "s/km"),
        ("sin(x/r)*q*k", "mV", {"x": "s"}, "mV"),
        ("q*x/(k + y)", "eV", {"x": "h", "y": "angstrom"}, "angstrom"),
    ],
)
def test_beside_other_free_constants_the_users_units_serve(
    formula: str, target: str, inputs: dict[str, str], unit: str
) -> None:
    wanted = parse_unit(unit)
    tree = parse(formula, variables=list(inputs), constants=["k", "q", "r"])
    units = {name: parse_unit(text) for name, text in inputs.items()}
    found = display_unit(tree, "k", wanted.dimension, units, parse_unit(target))
    assert (found.scale, found.dimension) == (wanted.scale, wanted.dimension)


def test_dimension_that_is_given_is_never_contradicted() -> None:
    expression = parse("k*x", variables=["x"], constants=["k"])
    wrong = Dimension.of(kg=3)
    found = display_unit(expression, "k", wrong, {"x": parse_unit("km")}, parse_unit("h"))
    assert found == si_unit(wrong)


def test_dimensionless_constant_has_no_unit_even_between_kilometres_and_metres() -> None:
    expression = parse("k*x", variables=["x"], constants=["k"])
    found = display_unit(expression, "k", DIMENSIONLESS, {"x": parse_unit("m")}, parse_unit("km"))
    assert found == DIMENSIONLESS_UNIT


def test_constant_that_is_not_in_the_formula_is_shown_in_si() -> None:
    expression = parse("x*y", variables=["x", "y"], constants=["k"])
    units = {"x": parse_unit("km"), "y": parse_unit("h")}
    found = display_unit(expression, "k", Dimension.of(m=1), units, parse_unit("km*h"))
    assert found == si_unit(Dimension.of(m=1))


def test_value_in_the_shown_unit_is_the_number_of_the_users_columns() -> None:
    """period = k*a**(3/2) in days and au: k in the shown unit is the period in days at 1 au."""
    unit = shown("k*a**(3/2)", "day", {"a": "au"})
    day, au = parse_unit("day"), parse_unit("au")
    k = float(unit.to_si(365.25))
    expression = parse("k*a**(3/2)", variables=["a"], constants=["k"])
    periods = day.from_si(evaluate_tree(expression, {"k": k, "a": au.to_si(np.array([1.0, 4.0]))}))
    np.testing.assert_allclose(periods, [365.25, 8 * 365.25], rtol=1e-12)


def test_a_declared_unit_is_the_one_to_use() -> None:
    """In ``exp(h*c*q/(T*k_B))`` with q in 1/cm the temperature is in K, and where mK is declared in that."""
    units = {"q": parse_unit("1/cm"), "b": parse_unit("m*K")}
    expression = parse("exp(b*q/T)", variables=("q",), constants=("b", "T"))
    kelvin, millikelvin, metre = parse_unit("K"), parse_unit("mK"), parse_unit("m")
    assert display_unit(expression, "T", kelvin.dimension, units, parse_unit("1")) == kelvin
    assert display_unit(expression, "T", kelvin.dimension, units, parse_unit("1"), (metre, millikelvin)) == millikelvin
    assert display_unit(expression, "T", DIMENSIONLESS, units, parse_unit("1"), (metre, kelvin)) == DIMENSIONLESS_UNIT


def test_a_power_that_no_reader_takes_is_shown_in_si() -> None:
    """``k*lam**108`` is a law that a search may propose: the centimetres of its constant have no text that is read."""
    assert shown("k*lam**108", "W", {"lam": "cm"}) == si_unit(Dimension.of(kg=1, m=-106, s=-3))
