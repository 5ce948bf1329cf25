"""Units form a group too, their sizes compose exactly, and what is printed reads back."""

from __future__ import annotations

import string
from collections.abc import Sequence
from fractions import Fraction
from math import log10

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from symreg.errors import UnitError
from symreg.units.dimension import DIMENSIONLESS
from symreg.units.reading import DIMENSIONLESS_UNIT, Unit, combine_units, parse_unit
from symreg.units.spelling import number_text
from symreg.units.text import MAX_EXPONENT
from symreg.units.tokens import plain

_NAMES = """
m km µm Å au pc inch s day yr g kg M_sun J eV W Pa mbar K degC degF mol A V Hz rad degree % ppm count T G
nT Jy L cd N kWh
"""
NAMES = _NAMES.split()

names = st.sampled_from(NAMES)
exponents = st.fractions(min_value=-3, max_value=3, max_denominator=4)
whole = st.integers(-3, 3)
products = st.lists(st.tuples(names, exponents.filter(bool)), min_size=1, max_size=4)
whole_products = st.lists(st.tuples(names, whole.filter(bool)), min_size=1, max_size=4)


def combined(factors: Sequence[tuple[str, Fraction | int]]) -> Unit:
    assume(sum(abs(float(power)) * abs(log10(parse_unit(name).scale)) for name, power in factors) < 60)
    return combine_units([(parse_unit(name), Fraction(power)) for name, power in factors])


@settings(deadline=None)
@given(products)
def test_print_then_parse_is_the_identity(factors: list[tuple[str, Fraction]]) -> None:
    unit = combined(factors)
    assert parse_unit(unit.text) == unit


@settings(deadline=None)
@given(products)
def test_sizes_and_dimensions_compose(factors: list[tuple[str, Fraction]]) -> None:
    unit = combined(factors)
    dimension, scale = DIMENSIONLESS, 1.0
    for name, power in factors:
        dimension *= parse_unit(name).dimension ** power
        scale *= parse_unit(name).scale ** float(power)
    assert unit.dimension == dimension
    assert unit.scale == pytest.approx(scale, rel=1e-13)


@settings(deadline=None)
@given(whole_products, whole_products)
def test_units_are_a_group(a: list[tuple[str, int]], b: list[tuple[str, int]]) -> None:
    one, other = combined(a), combined(b)
    product = combine_units([(one, 1), (other, 1)])
    swapped = combine_units([(other, 1), (one, 1)])
    assert (product.dimension, product.scale) == (swapped.dimension, swapped.scale)
    assert combine_units([(product, 1), (other, -1)]).scale == one.scale
    assert combine_units([(one, 1), (one, -1)]) == DIMENSIONLESS_UNIT


@settings(deadline=None)
@given(whole_products, whole)
def test_a_root_undoes_a_power(factors: list[tuple[str, int]], power: int) -> None:
    unit = combined(factors)
    assume(sum(abs(exponent) for _, exponent in factors) * abs(power) <= MAX_EXPONENT)
    if power:
        raised = combine_units([(unit, power)])
        assert combine_units([(raised, Fraction(1, power))]) == unit


@settings(deadline=None)
@given(whole_products)
def test_the_ways_to_write_a_product_agree(factors: list[tuple[str, int]]) -> None:
    styles = [
        " ".join(f"{name}{power}" for name, power in factors if name != "%"),
        ".".join(f"{name}^{power}" for name, power in factors if name != "%"),
        "*".join(f"({name})**({power})" for name, power in factors if name != "%"),
        "·".join(name + _superscript(power) for name, power in factors if name != "%"),
    ]
    units = [parse_unit(style) for style in styles]
    assert len({(unit.dimension, unit.scale, unit.offset, unit.is_angle) for unit in units}) == 1


def _superscript(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


@settings(deadline=None)
@given(names, st.floats(-1e12, 1e12))
def test_there_and_back_again(name: str, value: float) -> None:
    unit = parse_unit(name)
    assert unit.from_si(unit.to_si(value)) == pytest.approx(value, rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(st.fractions(min_value=Fraction(1, 10**12), max_value=10**12, max_denominator=10**12))
def test_numbers_print_what_they_are(number: Fraction) -> None:
    above, _, below = number_text(number).partition("/")
    printed = Fraction(above) / Fraction(below or 1)
    assert printed == number or float(printed) == float(number)


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.text(max_size=30),
        st.text(alphabet=string.ascii_letters + string.digits + "*/^() .-+_%°µ²⁻·", max_size=30),
        st.lists(st.sampled_from([*NAMES, "**", "^", "/", "*", "(", ")", " ", "-", "2", "1e9", "."])).map(
            "".join
        ),
    )
)
@pytest.mark.filterwarnings("ignore::symreg.errors.UnitWarning")
def test_any_text_is_a_unit_or_a_unit_error(text: str) -> None:
    try:
        unit = parse_unit(text)
    except UnitError as error:
        assert 0 <= error.position <= len(text)
        assert error.suggestion is None or parse_unit(error.suggestion)
        return
    assert unit.scale > 0
    assert parse_unit(unit.text) == unit
    if 1e-120 < unit.scale < 1e120:  # its square is within the sizes that a unit may have
        assert combine_units([(unit, 2)]).dimension == unit.dimension**2


@settings(deadline=None)
@given(st.text(max_size=40))
@example("0\u1ab0")  # an accent that joins with nothing
def test_every_plain_letter_has_a_place(text: str) -> None:
    letters, places = plain(text)
    assert len(places) == len(letters) + 1
    assert places == sorted(places)
    assert places[-1] == len(text)
