"""One integer for a dimension: everything exact, or said not to be."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.search.dimension_code import DimensionCode, DimensionRangeError, coding_for
from symreg.units.dimension import BASE_UNITS, DIMENSIONLESS, Dimension

M, S, KG = Dimension.of(m=1), Dimension.of(s=1), Dimension.of(kg=1)


def twelfths(most: int = 4) -> st.SearchStrategy[Fraction]:
    return st.integers(-12 * most, 12 * most).map(lambda n: Fraction(n, 12))


def dimensions(bases: int = 4) -> st.SearchStrategy[Dimension]:
    return st.lists(twelfths(), min_size=bases, max_size=bases).map(
        lambda powers: Dimension((*powers, *[Fraction(0)] * (len(BASE_UNITS) - bases)))
    )


MECHANICS = DimensionCode((0, 1, 2, 3))


@given(dimensions(), dimensions())
def test_a_product_is_a_sum(a: Dimension, b: Dimension) -> None:
    assert MECHANICS.encode(a * b) == MECHANICS.encode(a) + MECHANICS.encode(b)
    assert MECHANICS.encode(a / b) == MECHANICS.encode(a) - MECHANICS.encode(b)


@given(dimensions())
def test_decoding_is_the_way_back(dimension: Dimension) -> None:
    assert MECHANICS.decode(MECHANICS.encode(dimension)) == dimension


@given(dimensions(), dimensions())
def test_different_dimensions_have_different_codes(a: Dimension, b: Dimension) -> None:
    assert (MECHANICS.encode(a) == MECHANICS.encode(b)) == (a == b)


@given(dimensions(), st.integers(2, 4))
def test_a_root_is_exact_or_none(dimension: Dimension, degree: int) -> None:
    codes, exact = MECHANICS.root(np.array([MECHANICS.encode(dimension)]), degree)
    wanted = dimension ** Fraction(1, degree)
    assert exact[0] == all((12 * power).denominator == 1 for power in wanted.exponents)
    assert not exact[0] or MECHANICS.decode(int(codes[0])) == wanted


@settings(max_examples=60)
@given(st.sets(st.sampled_from(BASE_UNITS), min_size=1), st.data())
def test_any_set_of_base_units(names: set[str], data: st.DataObject) -> None:
    """Fewer base units leave more room; with all seven an exponent of 5/2 still fits."""
    coding = coding_for([Dimension.of(**dict.fromkeys(names, 1))])
    powers = {name: data.draw(twelfths(2)) for name in names}
    dimension = Dimension.of(**powers)
    assert coding.decode(coding.encode(dimension)) == dimension


def test_zero_is_dimensionless() -> None:
    assert MECHANICS.encode(DIMENSIONLESS) == 0
    assert coding_for([DIMENSIONLESS]).encode(DIMENSIONLESS) == 0
    assert coding_for([]).decode(0) == DIMENSIONLESS


def test_only_base_units_that_occur_take_part() -> None:
    assert coding_for([M / S, S**2]).bases == (BASE_UNITS.index("m"), BASE_UNITS.index("s"))


def test_leaving_the_range_is_seen() -> None:
    """A sum of two codes in range is seen to be out of range; never a wrong dimension."""
    coding = coding_for([M, S])
    largest = Fraction(coding.limit - 1, 12)
    code = coding.encode(M**largest)
    assert coding.in_range(np.array([code, -code])).all()
    assert not coding.in_range(np.array([2 * code, -2 * code, 3 * code])).any()


@pytest.mark.parametrize("power", [Fraction(1, 5), Fraction(1, 24), Fraction(10**20)])
def test_what_cannot_be_coded_is_refused(power: Fraction) -> None:
    with pytest.raises(DimensionRangeError, match="beyond what the search can hold"):
        coding_for([M]).encode(M**power)
