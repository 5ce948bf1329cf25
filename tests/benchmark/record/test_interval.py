"""Wilson's interval against values that others have published or that follow by hand."""

from __future__ import annotations

import math

import pytest

from symreg.benchmark.record.interval import wilson_interval

Z_95 = 1.959963984540054


@pytest.mark.parametrize(
    ("found", "trials", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17, 857 (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_values(found: int, trials: int, low: float, high: float) -> None:
    assert wilson_interval(found, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("trials", [1, 3, 116, 348])
def test_the_edges_solve_the_equation_that_defines_them(trials: int) -> None:
    for found in range(trials + 1):
        low, high = wilson_interval(found, trials)
        assert 0 <= low <= found / trials <= high <= 1
        for edge in (low, high):
            if 0 < edge < 1:
                deviation = (found - trials * edge) / math.sqrt(trials * edge * (1 - edge))
                assert abs(deviation) == pytest.approx(Z_95)


def test_all_and_nothing() -> None:
    low, high = wilson_interval(10, 10)
    assert (low, high) == (pytest.approx(10 / (10 + Z_95**2)), 1.0)
    assert wilson_interval(0, 10) == (0.0, pytest.approx(1 - low))
    assert wilson_interval(0, 0) == (0.0, 1.0)
