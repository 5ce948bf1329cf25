"""Dimensions are a vector space over the rationals; Pi groups are its relations, and complete."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.units.dimension import (
    BASE_UNITS,
    DIMENSIONLESS,
    Dimension,
    missing_base_units,
    pi_groups,
    power_product,
)
from symreg.units.reading import parse_unit, si_unit

# No deadline: the first unit loads the library of units, and test machines are busy.
QUICK = settings(deadline=None, max_examples=50)

small = st.fractions(min_value=-6, max_value=6, max_denominator=6)
powers = st.fractions(min_value=-4, max_value=4, max_denominator=4)
dimensions = st.lists(small, min_size=7, max_size=7).map(lambda exponents: Dimension(tuple(exponents)))
plain = st.lists(st.integers(-2, 2), min_size=7, max_size=7).map(
    lambda exponents: Dimension(tuple(Fraction(exponent) for exponent in exponents))
)
columns = st.lists(plain, max_size=6).map(lambda listed: {f"x{i}": each for i, each in enumerate(listed)})


@QUICK
@given(dimensions, dimensions, dimensions)
def test_multiplication_is_a_commutative_group(a: Dimension, b: Dimension, c: Dimension) -> None:
    assert (a * b) * c == a * (b * c)
    assert a * b == b * a
    assert a * DIMENSIONLESS == a
    assert a / a == DIMENSIONLESS
    assert a / b == a * b**-1
    assert hash(a * b) == hash(b * a)


@QUICK
@given(dimensions, dimensions, powers, powers)
def test_powers_are_linear(a: Dimension, b: Dimension, p: Fraction, q: Fraction) -> None:
    assert (a * b) ** p == a**p * b**p
    assert a ** (p + q) == a**p * a**q
    assert (a**p) ** q == a ** (p * q)
    assert a**0 == DIMENSIONLESS
    assert a**1 == a


@QUICK
@given(dimensions, st.integers(1, 12))
def test_a_root_undoes_a_power(a: Dimension, n: int) -> None:
    assert (a**n) ** Fraction(1, n) == a
    assert (a ** Fraction(1, n)) ** n == a


@QUICK
@given(dimensions)
def test_the_printed_si_unit_reads_back(a: Dimension) -> None:
    unit = si_unit(a)
    assert unit.scale == 1.0
    assert parse_unit(unit.text) == unit


@QUICK
@given(columns)
def test_pi_groups_are_dimensionless_independent_and_complete(dimensions: dict[str, Dimension]) -> None:
    groups = pi_groups(dimensions)
    for group in groups:
        assert _product(dimensions, group) == DIMENSIONLESS
    assert _rank([[Fraction(group.get(name, 0)) for name in dimensions] for group in groups]) == len(groups)
    assert len(groups) == len(dimensions) - _rank([list(each.exponents) for each in dimensions.values()])


@QUICK
@given(plain, columns)
def test_a_power_product_has_the_target_or_something_is_missing(
    target: Dimension, dimensions: dict[str, Dimension]
) -> None:
    product = power_product(target, dimensions)
    missing = missing_base_units(target, dimensions)
    if product is not None:
        assert _product(dimensions, product) == target
        assert missing == ()
    else:
        assert missing
        assert set(missing) <= set(BASE_UNITS)
        supplied = {**dimensions, **{unit: Dimension.of(**{unit: 1}) for unit in missing}}
        assert power_product(target, supplied) is not None


def _product(dimensions: dict[str, Dimension], exponents: dict[str, int] | dict[str, Fraction]) -> Dimension:
    result = DIMENSIONLESS
    for name, exponent in exponents.items():
        result *= dimensions[name] ** exponent
    return result


def _rank(rows: list[list[Fraction]]) -> int:
    """Plain elimination, written apart from the code under test."""
    rank = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[rank:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(rank, pivot)
        for index in range(rank + 1, len(rows)):
            factor = rows[index][column] / pivot[column]
            rows[index] = [a - factor * b for a, b in zip(rows[index], pivot, strict=True)]
        rank += 1
    return rank
