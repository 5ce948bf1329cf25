"""Units as people write them: what is written, and what it must mean or how it must be refused."""

# ruff: noqa: RUF001  (the signs that people write are the matter of this file)

from __future__ import annotations

import pickle
import subprocess
import sys
import time
import warnings
from fractions import Fraction
from math import pi

import numpy as np
import pytest

from symreg.errors import UnitError, UnitWarning
from symreg.units.dimension import DIMENSIONLESS, Dimension
from symreg.units.reading import DIMENSIONLESS_UNIT, Unit, combine_units, parse_unit, si_unit

M = Dimension.of(m=1)
KG = Dimension.of(kg=1)
S = Dimension.of(s=1)
A = Dimension.of(A=1)
K = Dimension.of(K=1)
MOL = Dimension.of(mol=1)
ONE = DIMENSIONLESS
SPEED = M / S
FORCE = KG * M / S**2
ENERGY = FORCE * M
POWER = ENERGY / S
PRESSURE = FORCE / M**2
VOLT = POWER / A

# written, dimension, scale to SI
GOOD = [
    # CF and SI style: exponents behind the name
    ("m s-1", SPEED, 1.0),
    ("kg m2/s2", ENERGY, 1.0),
    ("kg m-3", KG / M**3, 1.0),
    ("kg.m2.s-2", ENERGY, 1.0),
    ("m s+2", M * S**2, 1.0),
    ("W m-2 K-4", POWER / M**2 / K**4, 1.0),
    ("km s-1 Mpc-1", ONE / S, 1e3 / 3.0856775814913673e22),
    # signs of power, product and quotient
    ("m/s**2", M / S**2, 1.0),
    ("m/s^2", M / S**2, 1.0),
    ("m^-1.5", ONE / M ** Fraction(3, 2), 1.0),
    ("m**-(1/2)", ONE / M ** Fraction(1, 2), 1.0),
    ("day/au**(3/2)", S / M ** Fraction(3, 2), 86400 / 149597870700**1.5),
    ("day/au**1.5", S / M ** Fraction(3, 2), 86400 / 149597870700**1.5),
    ("m² s⁻¹", M**2 / S, 1.0),
    ("(m/s)²", SPEED**2, 1.0),
    ("kg·m·s⁻²", FORCE, 1.0),
    ("kg⋅m/s", KG * SPEED, 1.0),
    ("N×m", ENERGY, 1.0),
    ("m ÷ s", SPEED, 1.0),
    ("m s−1", SPEED, 1.0),
    ("W per m2", POWER / M**2, 1.0),
    ("m/s/s", M / S**2, 1.0),
    ("W/(m*K)", POWER / M / K, 1.0),
    ("1/megakelvin", ONE / K, 1e-6),
    ("Hz^(1/2)", ONE / S ** Fraction(1, 2), 1.0),
    ("  m   /  s ", SPEED, 1.0),
    ("m\u00a0s-1", SPEED, 1.0),
    # numbers in front
    ("1e-20 W/(m^2*Hz)", POWER / M**2 * S, 1e-20),
    ("0.25 inch", M, 0.00635),
    ("100 km", M, 1e5),
    ("10^-3 mol L-1", MOL / M**3, 1.0),
    ("1.5×10⁸ km", M, 1.5e11),
    ("10**(1/2) m", M, 10**0.5),
    # letters and signs of many alphabets
    ("Å", M, 1e-10),
    ("\u212b", M, 1e-10),
    ("A\u030a", M, 1e-10),
    ("µm", M, 1e-6),
    ("μm", M, 1e-6),
    ("um", M, 1e-6),
    ("㎏", KG, 1.0),
    ("㎡", M**2, 1.0),
    ("Ω", VOLT / A, 1.0),
    ("kΩ·cm", VOLT / A * M, 10.0),
    ("Ohm", VOLT / A, 1.0),
    # fractions and counts
    ("%", ONE, 0.01),
    ("‰", ONE, 0.001),
    ("wt%", ONE, 0.01),
    ("mol%", ONE, 0.01),
    ("ppm", ONE, 1e-6),
    ("ppmv", ONE, 1e-6),
    ("ppb", ONE, 1e-9),
    ("%/K", ONE / K, 0.01),
    ("count", ONE, 1.0),
    ("counts", ONE, 1.0),
    ("count/min^2", ONE / S**2, 1 / 3600),
    ("photon/s", ONE / S, 1.0),
    ("px", ONE, 1.0),
    # the sky
    ("M_sun", KG, 1.98847e30),
    ("Msun", KG, 1.98847e30),
    ("M☉", KG, 1.98847e30),
    ("M_⊙", KG, 1.98847e30),
    ("solar_mass", KG, 1.98847e30),
    ("L_sun", POWER, 3.828e26),
    ("solar_luminosity", POWER, 3.828e26),
    ("1/Mpc**3/solar_luminosity", ONE / M**3 / POWER, 1 / 3.0856775814913673e22**3 / 3.828e26),
    ("R_sun", M, 6.957e8),
    ("R_earth", M, 6.3781e6),
    ("R⊕", M, 6.3781e6),
    ("earth_mass", KG, 5.9722e24),
    ("jupiter_mass", KG, 1.89813e27),
    ("M_jup", KG, 1.89813e27),
    ("R_jup", M, 7.1492e7),
    ("au", M, 149597870700.0),
    ("astronomical_unit", M, 149597870700.0),
    ("mJy", POWER / M**2 * S, 1e-29),
    ("MJy/sr", POWER / M**2 * S, 1e-20),
    # trades and history
    ("inch_Hg", PRESSURE, 3386.388640341),
    ("mm Hg", PRESSURE, 133.322387415),
    ("mmHg", PRESSURE, 133.322387415),
    ("cmH2O", PRESSURE, 98.0665),
    ("punto", M, 0.169 / 180),
    ("microbar", PRESSURE, 0.1),
    ("week", S, 604800.0),
    ("dalton", KG, 1.66053906892e-27),
    ("bohr^3", M**3, 5.29177210544e-11**3),
    ("G", KG / S**2 / A, 1e-4),
    ("mG", KG / S**2 / A, 1e-7),
    ("Nm", ENERGY, 1.0),
    ("kWh", ENERGY, 3.6e6),
    ("MeV/c2", KG, 1.602176634e-13 / 299792458**2),
    ("erg/s/cm^2/Å", POWER / M**3, 1e7),
    ("cm⁻¹", ONE / M, 100.0),
    ("secs", S, 1.0),
    ("days", S, 86400.0),
    ("Kelvin", K, 1.0),
    # no unit at all
    ("", ONE, 1.0),
    ("-", ONE, 1.0),
    ("1", ONE, 1.0),
    ("dimensionless", ONE, 1.0),
    ("unitless", ONE, 1.0),
]


@pytest.mark.parametrize(("written", "dimension", "scale"), GOOD, ids=[repr(row[0]) for row in GOOD])
def test_accepted(written: str, dimension: Dimension, scale: float) -> None:
    unit = parse_unit(written)
    assert unit.dimension == dimension
    assert unit.scale == pytest.approx(scale, rel=1e-9)
    assert unit.offset == 0.0


# written, SI value of 0 and of 100 in this unit
TEMPERATURES = [
    ("degC", 273.15, 373.15),
    ("℃", 273.15, 373.15),
    ("°C", 273.15, 373.15),
    ("° C", 273.15, 373.15),
    ("deg C", 273.15, 373.15),
    ("Celsius", 273.15, 373.15),
    ("0.1 degC", 273.15, 283.15),
    ("degF", 459.67 * 5 / 9, 559.67 * 5 / 9),
    ("℉", 459.67 * 5 / 9, 559.67 * 5 / 9),
    ("deg F", 459.67 * 5 / 9, 559.67 * 5 / 9),
    ("K", 0.0, 100.0),
    ("delta_degC", 0.0, 100.0),
    ("delta_degF", 0.0, 500 / 9),
    ("Δ°C", 0.0, 100.0),
]


@pytest.mark.parametrize(("written", "zero", "hundred"), TEMPERATURES, ids=[row[0] for row in TEMPERATURES])
def test_temperatures(written: str, zero: float, hundred: float) -> None:
    unit = parse_unit(written)
    assert unit.dimension == K
    assert unit.to_si(0.0) == pytest.approx(zero, rel=1e-14)
    assert unit.to_si(100.0) == pytest.approx(hundred, rel=1e-14)
    assert unit.from_si(unit.to_si(36.6)) == pytest.approx(36.6, rel=1e-12)


@pytest.mark.parametrize("written", ["J/(kg degC)", "J/(kg*K)", "J kg-1 ℃-1"])
def test_degrees_in_a_product_are_differences(written: str) -> None:
    unit = parse_unit(written)
    assert (unit.dimension, unit.scale, unit.offset) == (ENERGY / KG / K, 1.0, 0.0)


# written, dimension, scale, is_angle, carries_angle
ANGLES = [
    ("rad", ONE, 1.0, True, True),
    ("degree", ONE, pi / 180, True, True),
    ("deg", ONE, pi / 180, True, True),
    ("°", ONE, pi / 180, True, True),
    ("degrees_north", ONE, pi / 180, True, True),
    ("arcmin", ONE, pi / 10800, True, True),
    ("′", ONE, pi / 10800, True, True),
    ("″", ONE, pi / 648000, True, True),
    ("mas", ONE, pi / 648e6, True, True),
    ("turn", ONE, 2 * pi, True, True),
    ("mm*rad/m", ONE, 1e-3, True, True),
    ("rad/s", ONE / S, 1.0, False, True),
    ("rpm", ONE / S, 2 * pi / 60, False, True),
    ("sr", ONE, 1.0, False, False),
    ("m/m", ONE, 1.0, False, False),
    ("Hz", ONE / S, 1.0, False, False),
]


@pytest.mark.parametrize(
    ("written", "dimension", "scale", "is_angle", "carries"), ANGLES, ids=[r[0] for r in ANGLES]
)
def test_angles(written: str, dimension: Dimension, scale: float, is_angle: bool, carries: bool) -> None:
    unit = parse_unit(written)
    assert unit.dimension == dimension
    assert unit.scale == pytest.approx(scale, rel=1e-12)
    assert (unit.is_angle, unit.carries_angle) == (is_angle, carries)


# written, position of the fault, a piece of the reason, the suggestion
BAD = [
    # typos get the nearest name
    ("meterz", 0, 'no unit is called "meterz"', "meter"),
    ("secnd", 0, "no unit", "second"),
    ("kilometrs/s", 0, "no unit", "kilometer/s"),
    ("J/Kgg", 2, "no unit", "J/kg"),
    ("kg*M_sum", 3, "no unit", "kg*M_sun"),
    ("Kg", 0, "no unit", "kg"),
    ("MPA", 0, "no unit", "MPa"),
    ("m/secc", 2, "no unit", "m/sec"),
    ("mass", 0, "name of a quantity", None),
    ("dimensionles", 0, "no unit", "dimensionless"),
    ("bananas", 0, "a count or a pure number is declared dimensionless", None),
    # logarithms and other things that no factor converts
    ("W/Mk", 2, "no unit", None),  # a kelvin, a millikelvin, a knot?
    ("HV/x", 3, "no unit", None),
    ("dB", 0, r"logarithmic: convert to a ratio with 10\*\*\(x/10\) for power", None),
    ("dBm", 0, "or declare the column dimensionless", None),
    ("mag", 0, r"flux ratio with 10\*\*\(-0.4\*x\), or declare the column dimensionless", None),
    ("mag/arcsec2", 0, "logarithmic", None),
    ("pH", 0, r"concentration in mol/L with 10\*\*\(-x\), or declare the column dimensionless", None),
    ("dex", 0, "logarithmic", None),
    ("Np/m", 0, "logarithmic", None),
    ("ppt", 0, "per trillion for others", None),
    ("k", 0, "kelvin is written K", None),
    ("label", 0, "a label is no number", None),
    # signs
    ("m//s", 2, "'/' does not belong here", "m/s"),
    ("(m/s", 4, "a closing parenthesis is missing", "(m/s)"),
    ("m/s)", 3, r"'\)' does not belong here", "m/s"),
    ("m/", 2, "missing at the end", None),
    ("m**", 3, "an exponent is a small number", None),
    ("m**x", 3, "an exponent is a small number", None),
    ("m**(1/0)", 6, "divided by zero", None),
    ("kg-m", 0, "a torque is written", None),
    ("m s -1", 4, "only stand in an exponent", "m s-1"),
    ("au1.5", 3, "exponent other than a whole number", "au**(3/2)"),
    ("s-1.5", 1, "exponent other than a whole number", "s**(-3/2)"),
    ("$m", 0, "money is no physical unit", None),
    ("m\u200bs", 1, r"the invisible character U\+200B", None),
    ("()", 1, "does not belong here", None),
    ("²", 0, "does not belong here", None),
    ("0 m", 0, "cannot be zero", None),
    # numbers that are too much
    ("9**9**9", 4, "exponents are small numbers", None),
    ("m**1000", 1, "exponents are small numbers", None),
    ("m**(1/1000)", 1, "exponents are small numbers", None),
    ("((9**300)**300)", 9, "exponents are small numbers", None),
    ("9**99999", 1, "exponents are small numbers", None),
    ("1e99999 m", 0, "too long or too large", None),
    ("1e290 m", 0, "the size of a unit lies between", None),
    ("1" * 60 + " m", 0, "too long or too large", None),
    ("m*" * 70 + "m", 121, "at most 60 factors", None),
    ("(" * 100 + "m" + ")" * 99, 21, "nested deeper than 20", None),
    ("m" * 1000, 200, "at most 200 characters", None),
    # strangers
    ("__import__('os').system('true')", 0, "has no meaning in a unit", None),
    ("import os", 0, "no unit", None),
    ("<script>alert(1)</script>", 0, "has no meaning in a unit", None),
    ("def f: 1", 5, "has no meaning in a unit", None),
    ("m;s", 1, "has no meaning in a unit", None),
    ("\\input{x}", 0, "has no meaning in a unit", None),
    ("=cmd()", 0, "has no meaning in a unit", None),
]


@pytest.mark.parametrize(
    ("written", "position", "reason", "suggestion"), BAD, ids=[repr(row[0][:30]) for row in BAD]
)
def test_refused(written: str, position: int, reason: str, suggestion: str | None) -> None:
    start = time.perf_counter()
    with pytest.raises(UnitError, match=reason) as caught:
        parse_unit(written, column="speed")
    assert time.perf_counter() - start < 2.0
    error = caught.value
    assert (error.column, error.text, error.position) == ("speed", written, position)
    assert error.suggestion == suggestion
    assert "column 'speed'" in str(error)
    assert f"at character {position + 1}" in str(error)
    assert suggestion is None or f'did you mean "{suggestion}"?' in str(error)
    assert pickle.loads(pickle.dumps(error)).position == position


@pytest.mark.parametrize("written", [None, 3, b"m", ["m"]])
def test_only_text_is_a_unit(written: object) -> None:
    with pytest.raises(UnitError, match="a unit is a text, not"):
        parse_unit(written)  # type: ignore[arg-type]


def test_a_message_shows_no_control_characters() -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit("m\x1b[31m\n" + "q" * 150)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


# written, what it is read as, what people often mean
AMBIGUOUS = [
    ("J/mol K", "J*K/mol", "J/(mol K)"),
    ("J/mol·K", "J*K/mol", "J/(mol·K)"),
    ("W/m2 Hz", "W*Hz/m**2", "W/(m2 Hz)"),
    ("J/mol K s/m", "J*K*s/mol/m", "J/(mol K s)/m"),
]


@pytest.mark.parametrize(("written", "read_as", "meant"), AMBIGUOUS, ids=[row[0] for row in AMBIGUOUS])
def test_ambiguous_quotients_warn(written: str, read_as: str, meant: str) -> None:
    for _ in range(2):  # every time, not only the first
        with pytest.warns(UnitWarning) as caught:
            unit = parse_unit(written, column="cp")
        assert (
            str(caught[0].message)
            == f'column \'cp\': "{written}" is read as "{read_as}"; did you mean "{meant}"?'
        )
    assert unit.dimension == parse_unit(read_as).dimension
    assert parse_unit(meant).dimension != unit.dimension


@pytest.mark.parametrize(("written", "scale"), [("AU", 149597870700.0), ("mb", 1e-31)])
def test_names_of_two_trades_warn(written: str, scale: float) -> None:
    with pytest.warns(UnitWarning, match=f'"{written}" is read as'):
        assert parse_unit(written).scale == pytest.approx(scale)


_DATA_UNITS = """
1/Mpc**3/solar_luminosity 1/cm 1/m 1/m^3 1/megakelvin 1/s A A*m^2 A/m A/m^2 C C*m C/m^2 C/m^3 F F/m
GPa Hz J J*m J*s J/(g*K) J/(kg*K) J/(mol*K) J/K J/kg J/m^2 J/m^3 K Mpc N N*m N/m Pa Pa*s T V V*s/m
V/m W W/(m*K) W/(m^2*Hz*sr) W/m^2 W/sr/m**2/Hz angstrom angstrom^3 astronomical_unit au bohr^3
cm^2/(V*s) cm^3/mol count/min^2 dalton day degC degF dimensionless eV earth_mass g/L g/cm^3 inch_Hg
kJ/mol kV kg kg*m/s kg/m^3 kg/mol km/s m m**3 m/s m/s^2 m^2 m^2/s m^3 m^3/(kg*s^2) microbar
micrometer mm^3 mol nm pm ppm punto rad s s/kg solar_luminosity solar_mass week km/s/Mpc day/au**1.5
m**3/kg/s**2
"""


@pytest.mark.parametrize("written", _DATA_UNITS.split())
def test_every_unit_of_the_data_sets_is_read_without_a_warning(written: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_unit(written).text == written


def test_text_is_kept_as_written() -> None:
    assert parse_unit("  kg   m2/s2 ").text == "kg m2/s2"
    assert str(parse_unit("℃")) == "℃"
    assert parse_unit("-") is DIMENSIONLESS_UNIT


# factors, text
COMBINED = [
    ([("km/s", 1), ("Mpc", -1)], "km/s/Mpc"),
    ([("day", 1), ("au", Fraction(-3, 2))], "day/au**(3/2)"),
    ([("K", -1)], "1/K"),
    ([("km/s", 1), ("s", 1)], "km"),
    ([("m", 2), ("m", -2)], "dimensionless"),
    ([], "dimensionless"),
    ([("dimensionless", 3), ("m s-1", 1)], "m/s"),
    ([("J/(mol*K)", 2)], "J**2/mol**2/K**2"),
    ([("degC", 1)], "delta_degC"),
    ([("W", 1), ("m", -1), ("degF", -1)], "W/m/delta_degF"),
    ([("0.25 inch", -1)], "4/inch"),
    ([("1e-20 W", 1), ("1e-20 W", 1)], "1e-40*W**2"),
    ([("100 km", Fraction(1, 2))], "100**(1/2)*km**(1/2)"),
    ([("100 km", Fraction(1, 2)), ("100 km", Fraction(1, 2))], "100*km"),
    ([("3 km", -1)], "1/3/km"),
    ([("%", 1), ("K", -1)], "%/K"),
    ([("M☉", 1), ("µm", -1)], "M_sun/μm"),
]


@pytest.mark.parametrize(("factors", "text"), COMBINED, ids=[row[1] for row in COMBINED])
def test_combined_units_read_well_and_read_back(factors: list[tuple[str, Fraction]], text: str) -> None:
    units = [(parse_unit(written), power) for written, power in factors]
    unit = combine_units(units)
    assert unit.text == text
    assert unit.offset == 0.0
    assert parse_unit(unit.text) == unit
    dimension, scale = DIMENSIONLESS, 1.0
    for each, power in units:
        dimension *= each.dimension**power
        scale *= each.scale ** float(power)
    assert unit.dimension == dimension
    assert unit.scale == pytest.approx(scale, rel=1e-14)


def test_exponents_that_no_one_types_still_combine() -> None:
    unit = combine_units([(parse_unit("0.5 m"), 40)])
    assert unit.dimension == M**40
    assert unit.scale == pytest.approx(0.5**40, rel=1e-14)


def test_a_combined_unit_has_a_size() -> None:
    with pytest.raises(UnitError, match="the size of a unit lies between"):
        combine_units([(parse_unit("km"), 90)])
    with pytest.raises(UnitError, match="exponents of a unit are small"):
        combine_units([(parse_unit("km"), 10**9)])


def test_a_unit_whose_text_lies_is_found_out() -> None:
    with pytest.raises(UnitError, match="does not describe"):
        combine_units([(Unit("km", M, 1.0), 1)])


def test_whole_powers_are_exact() -> None:
    assert parse_unit("microbar**3").scale == 1e-3
    assert parse_unit("inch**10").scale == float(Fraction(254, 10000) ** 10)


def test_si_units() -> None:
    assert si_unit(FORCE) == Unit("kg*m/s**2", FORCE, 1.0)
    assert si_unit(DIMENSIONLESS) is DIMENSIONLESS_UNIT
    assert parse_unit(si_unit(VOLT).text) == si_unit(VOLT)


def test_arrays_convert() -> None:
    values = np.array([0.0, 25.0, 100.0])
    unit = parse_unit("degC")
    np.testing.assert_allclose(unit.to_si(values), [273.15, 298.15, 373.15])
    np.testing.assert_allclose(unit.from_si(unit.to_si(values)), values, atol=1e-12)
    np.testing.assert_array_equal(parse_unit("km").to_si(values), values * 1000)


def test_a_unit_is_a_small_value() -> None:
    unit = parse_unit("km/s/Mpc")
    assert pickle.loads(pickle.dumps(unit)) == unit
    assert hash(unit) == hash(parse_unit("km/s/Mpc"))
    with pytest.raises(AttributeError):
        unit.scale = 2.0  # type: ignore[misc]


def test_importing_units_does_not_load_the_library() -> None:
    heavy = "('pint', 'scipy', 'pandas', 'sympy')"
    code = f"import sys, symreg.units.reading; sys.exit(any(name in sys.modules for name in {heavy}))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
