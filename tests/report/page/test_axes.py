"""Axes: room for every value, decades where values span them, and few numbers that people would write."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.report.page.axes import FAR_OUT, axis_of, spans_decades, ticks


def texts(values: list[float], direction: str = "x", length: float = 400.0) -> tuple[list[str], int]:
    found, power = ticks(axis_of(np.array(values), "x", 0.0, length), direction)
    return [text for _, text in found], power


@pytest.mark.parametrize(
    ("values", "expected", "power"),
    [
        ([0.0, 10.0], ["0", "2", "4", "6", "8", "10"], 0),
        ([-0.4, 0.4], ["\N{MINUS SIGN}0.4", "\N{MINUS SIGN}0.2", "0.0", "0.2", "0.4"], 0),
        ([0.0, 2e6], ["0.0", "0.5", "1.0", "1.5", "2.0"], 6),
        ([0.0, 4e-21], ["0", "1", "2", "3", "4"], -21),
        ([1.0, 1e4], ["1", "10", "100", "1000", "10⁴"], 0),
        ([1e-21, 1e-17], ["10⁻²¹", "10⁻²⁰", "10⁻¹⁹", "10⁻¹⁸", "10⁻¹⁷"], 0),
        ([2.0, 100.0], ["2", "5", "10", "20", "50", "100"], 0),
    ],
)
def test_numbers_beside_an_axis(values: list[float], expected: list[str], power: int) -> None:
    assert texts(values) == (expected, power)


def test_decades_need_positive_values_that_are_far_apart() -> None:
    assert spans_decades(np.array([1.0, 100.0])) and not spans_decades(np.array([1.0, 20.0]))
    assert not spans_decades(np.array([0.0, 100.0])) and not spans_decades(np.array([np.nan, 5.0]))


@pytest.mark.parametrize(
    "values", [[], [np.nan], [3.0], [0.0, 0.0], [-1e308, 1e308], [1e-300, 1e300], [5e-324, 1e-323], [1.0, 1.0 + 1e-15]]
)
def test_any_values_have_an_axis(values: list[float]) -> None:
    axis = axis_of(np.array(values), "x", 10.0, 400.0)
    places = axis.at(np.array(values))
    known = np.isfinite(values)
    assert np.all((places[known] >= 10.0) & (places[known] <= 400.0))
    found, _ = ticks(axis, "x")
    assert len(found) < 20
    far = axis.at(np.array([1e308, -1e308]))
    assert np.all(np.abs(far[np.isfinite(far)]) <= FAR_OUT)


def test_what_has_no_logarithm_has_no_place() -> None:
    axis = axis_of(np.array([1.0, 1000.0]), "x", 0.0, 1.0)
    assert axis.log and np.isnan(axis.at(np.array([-1.0]))[0])
