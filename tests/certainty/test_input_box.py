"""The box of the inputs and the larger one around it."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.certainty.input_box import InputBox, box_of
from symreg.laws.refitting import fitter_of
from tests.laws_by_hand import problem_of


def box(*sides: tuple[float, float]) -> InputBox:
    low, high = (np.array(side, dtype=float) for side in zip(*sides, strict=True))
    return InputBox(low, high, low > 0)


@pytest.mark.parametrize(
    ("side", "stretched"),
    [
        ((1.0, 100.0), (0.1, 1000.0)),  # positive: in logarithms
        ((-1.0, 3.0), (-3.0, 5.0)),
        ((0.0, 2.0), (0.0, 3.0)),  # never negative, and does not become so
        ((-4.0, -2.0), (-5.0, -1.0)),
        ((-4.0, -0.5), (-5.75, 0.0)),
        ((7.0, 7.0), (7.0, 7.0)),  # a constant stays one
        ((0.0, 0.0), (0.0, 0.0)),
    ],
)
def test_every_side_becomes_twice_as_long_and_no_sign_is_new(
    side: tuple[float, float], stretched: tuple[float, float]
) -> None:
    found = box(side).stretched()
    assert (found.low[0], found.high[0]) == pytest.approx(stretched, rel=1e-12)


def test_places_are_the_inverse_of_inputs() -> None:
    sides = box((1.0, 100.0), (-1.0, 3.0), (0.0, 2.0))
    places = np.random.default_rng(0).random((3, 50))
    np.testing.assert_allclose(sides.places(sides.at(places)), places, atol=1e-12)
    middle = sides.at(np.full((3, 1), 0.5))[:, 0]
    np.testing.assert_allclose(middle, [10.0, 1.0, 1.0], rtol=1e-12)
    np.testing.assert_array_equal(sides.at(np.zeros((3, 1)))[:, 0], sides.low)  # exactly, not nearly
    np.testing.assert_array_equal(sides.at(np.ones((3, 1)))[:, 0], sides.high)


def test_a_sample_is_even_along_every_varied_side_and_holds_the_corners() -> None:
    sides = box((1.0, 100.0), (5.0, 5.0), (-1.0, 3.0))
    varied = np.array([True, False, True])
    sample = sides.sample(40, varied, np.random.default_rng(1))
    assert sample.shape == (3, 44)
    assert (sample[1] == 0.5).all()
    for row in (0, 2):
        np.testing.assert_array_equal(np.sort(np.floor(sample[row, :40] * 40)), np.arange(40))
    corners = {tuple(corner) for corner in sample[[0, 2], 40:].T.tolist()}
    assert corners == {(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)}
    again = sides.sample(40, varied, np.random.default_rng(1))
    np.testing.assert_array_equal(sample, again)


def test_many_sides_have_no_corners_and_no_side_is_one_point() -> None:
    many = box(*[(1.0, 2.0)] * 9)
    assert many.sample(10, np.ones(9, dtype=bool), np.random.default_rng(0)).shape == (9, 10)
    none = many.sample(10, np.zeros(9, dtype=bool), np.random.default_rng(0))
    assert (none == 0.5).all()


def test_the_box_of_a_problem_holds_its_held_out_rows_too() -> None:
    x, z = np.linspace(1, 9, 40), np.linspace(-2, 2, 40)[::-1] ** 3
    problem = problem_of({"x [km]": x, "z [1]": z, "y [km]": x})
    fitter = fitter_of(problem)
    found = box_of(problem, fitter)
    factor = fitter.units.factor(problem.table["x"].unit.dimension)
    assert (found.low[0] * factor, found.high[0] * factor) == pytest.approx((1000.0, 9000.0))
    assert found.logarithmic.tolist() == [True, False]
