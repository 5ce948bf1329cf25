"""Constants that a factor is tried with."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from symreg.search.native.joins.factors import FactorTable
from symreg.search.native.joins.families import FAMILIES, SIMPLE_RATES, Family, constants_to_try, sizes_of

WITH_GRID = [family for family in FAMILIES if family.grid]


def sizes(argument: Any) -> tuple[float, float, float]:
    middle, high, largest = sizes_of(np.array(argument)).tolist()
    return middle, high, largest


def tried(family: Family, argument: Any) -> tuple[float, ...]:
    """The constants for an argument of these values."""
    return constants_to_try(family, sizes(argument))


@pytest.mark.parametrize("family", WITH_GRID, ids=lambda family: family.name)
@pytest.mark.parametrize("middle", [1e-6, 0.3, 1.0, 7.0, 1e6])
def test_simple_constants_are_tried_inside_the_range_of_the_grid(family: Family, middle: float) -> None:
    found = tried(family, middle * np.array([-0.5, 1.0, -2.0]))
    grid = [k / middle for k in family.grid]
    assert found[len(found) - len(grid) :] == pytest.approx(grid)
    simple = found[: len(found) - len(grid)]
    smallest, largest = min(map(abs, grid)), max(map(abs, grid))
    assert all(smallest < abs(k) < largest for k in simple)
    expected = {k for k in SIMPLE_RATES if smallest < k < largest}
    assert set(map(abs, simple)) == expected
    assert len(simple) == len(expected) * (2 if min(grid) < 0 else 1)


def test_pi_is_tried_where_the_argument_is_of_order_one() -> None:
    sine = next(family for family in FAMILIES if family.name == "sin")
    assert math.pi in tried(sine, np.array([0.5, 1.0, 1.5]))
    assert math.pi not in tried(sine, np.array([50.0, 100.0, 150.0]))


@pytest.mark.parametrize("argument", [[0.0, 0.0, 1.0], [np.nan, 1.0, 2.0]])
def test_an_argument_without_a_size_is_not_tried(argument: list[float]) -> None:
    assert tried(WITH_GRID[0], np.array(argument)) == ()


def test_a_grid_reaches_the_large_values_of_a_skewed_argument() -> None:
    argument = np.geomspace(1e-6, 100.0, 400)
    grid = tried(next(family for family in FAMILIES if family.name == "exp-1"), argument)
    assert any(0.5 < k * 100.0 < 2.0 for k in grid)
    assert any(0.5 < k * float(np.median(argument)) < 2.0 for k in grid)


def test_a_family_is_tried_with_the_constants_of_exponentials_around_the_same_argument() -> None:
    expm1, power = (next(one for one in FAMILIES if one.name == name) for name in ("exp-1", "1+k*f"))
    table = FactorTable.__new__(FactorTable)
    table._learned, table.news = {}, []
    values = np.array([[0.5, 1.0, 1.5], [1.0, 2.0, 3.0]])
    for k, loss in ((3.21, 0.1), (3.22, 0.01), (-7.0, 0.02), (9.0, 0.5), (11.0, 0.4), (13.0, 0.3)):
        table.learn(0, k, loss)
    learned = set(table._constants(expm1, 0, sizes(values[0]))) - set(tried(expm1, values[0]))
    assert learned == {3.21, -3.21, 7.0, -7.0, 11.0, -11.0, 13.0, -13.0}  # 3.22 is 3.21, and 9 fits worst
    assert table._constants(expm1, 1, sizes(values[1])) == tried(expm1, values[1])
    assert table._constants(power, 0, sizes(values[0])) == tried(power, values[0])
