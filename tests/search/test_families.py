"""Constants that a factor is tried with."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symreg.search.families import FAMILIES, SIMPLE, Family, constants_to_try

WITH_GRID = [family for family in FAMILIES if family.grid]


@pytest.mark.parametrize("family", WITH_GRID, ids=lambda family: family.name)
@pytest.mark.parametrize("middle", [1e-6, 0.3, 1.0, 7.0, 1e6])
def test_simple_constants_are_tried_inside_the_range_of_the_grid(family: Family, middle: float) -> None:
    found = constants_to_try(family, middle * np.array([-0.5, 1.0, -2.0]))
    grid = [k / middle for k in family.grid]
    assert found[len(found) - len(grid) :] == pytest.approx(grid)
    simple = found[: len(found) - len(grid)]
    smallest, largest = min(map(abs, grid)), max(map(abs, grid))
    assert all(smallest < abs(k) < largest for k in simple)
    expected = {k for k in SIMPLE if smallest < k < largest}
    assert set(map(abs, simple)) == expected
    assert len(simple) == len(expected) * (2 if min(grid) < 0 else 1)


def test_pi_is_tried_where_the_argument_is_of_order_one() -> None:
    sine = next(family for family in FAMILIES if family.name == "sin")
    assert math.pi in constants_to_try(sine, np.array([0.5, 1.0, 1.5]))
    assert math.pi not in constants_to_try(sine, np.array([50.0, 100.0, 150.0]))


@pytest.mark.parametrize("argument", [[0.0, 0.0, 1.0], [np.nan, 1.0, 2.0]])
def test_an_argument_without_a_size_is_not_tried(argument: list[float]) -> None:
    assert constants_to_try(WITH_GRID[0], np.array(argument)) == ()
