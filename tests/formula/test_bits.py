"""The shorter message is the better law."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from symreg.formula.bits import (
    FEW_ROWS,
    NOT_SIMPLE_BITS,
    PLAIN_ANGLE_BITS,
    constant_bits,
    description_length,
    number_bits,
    residual_bits,
    small_sample_bits,
    tree_bits,
    trigonometric_of_plain,
)
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATOR_BITS


def tree(text: str):
    return parse(text, variables=["x", "y", "theta", "t"], constants=["k", "w"])


def test_residuals_against_the_gaussian_likelihood() -> None:
    residuals = np.random.default_rng(0).normal(0.0, 0.3, 500)
    variance = 0.1  # stated, and not less than what residuals have
    likelihood = np.exp(-(residuals**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    rss = float(residuals @ residuals)
    assert residual_bits(rss, 500, variance) == pytest.approx(-np.sum(np.log2(likelihood)))
    estimated = 250 * math.log2(2 * math.pi * math.e * rss / 500)
    assert residual_bits(rss, 500) == pytest.approx(estimated)
    assert rss / 500 < variance


def test_a_stated_variance_is_the_least_there_is() -> None:
    """Ten times too small, it would make a formula a hundred times longer that is a little nearer."""
    near, nearer = 9.0, 8.5  # residuals of 100 rows that are stated to have a variance of 0.001
    worth = residual_bits(near, 100, 1e-3) - residual_bits(nearer, 100, 1e-3)
    assert worth == pytest.approx(50 * math.log2(near / nearer))
    assert residual_bits(0.1, 100, 1e-3) == pytest.approx(residual_bits(0.1, 100))  # there the two meet


def test_resolution_stops_the_race_of_rounding_errors() -> None:
    exact, nearly = (residual_bits(rss, 100, resolution=1e-6) for rss in (0.0, 1e-28))
    assert exact == pytest.approx(nearly, abs=1e-9)
    assert math.isfinite(residual_bits(0.0, 100))
    assert residual_bits(1e-28, 100) < residual_bits(1e-20, 100)


def test_constants_against_the_published_formula() -> None:
    values, fisher = np.array([365.2, -0.5]), np.array([6.0, 4e4])
    published = sum(
        0.5 * math.log(f) + math.log(abs(v)) - 0.5 * math.log(3) for v, f in zip(values, fisher, strict=True)
    )
    expected = (published + 2 * 0.5) / math.log(2) + 2 * NOT_SIMPLE_BITS
    assert constant_bits(values, fisher, 1) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("scale", [1e-34, 1e30])
def test_units_of_a_constant_do_not_change_its_bits(scale: float) -> None:
    here = constant_bits(np.array([2.0]), np.array([1e6]), 100)
    there = constant_bits(np.array([2.0 * scale]), np.array([1e6 / scale**2]), 100)
    assert here == pytest.approx(there)


def test_constant_that_nothing_determines_pays_in_full_and_one_near_zero_pays_little() -> None:
    assert constant_bits(np.array([1.0]), np.array([math.nan]), 9) > 50
    assert constant_bits(np.array([1e-9]), np.array([1.0]), 9) < 2 + NOT_SIMPLE_BITS
    assert constant_bits(np.array([]), np.array([]), 9) == 0
    with pytest.raises(ValueError, match="2 constants and 1"):
        constant_bits(np.ones(2), np.ones(1), 9)


def test_constant_that_is_hardly_there_pays_for_what_it_might_have_been() -> None:
    """Two standard errors from zero on 300 rows: what it gains, 2.9 bits, is no more than it pays."""
    gain = 2.0**2 / 2 / math.log(2)
    assert gain < constant_bits(np.array([2.0]), np.array([1.0]), 300)
    assert gain > constant_bits(np.array([2.0]), np.array([1.0]), 9)
    surely = (constant_bits(np.array([1e4]), np.array([1.0]), n_rows) for n_rows in (9, 300))
    assert next(surely) == pytest.approx(next(surely), abs=1e-3)


def test_tree_pays_for_nodes_and_for_the_digits_of_its_numbers() -> None:
    assert tree_bits(tree("x + y"), 16) == pytest.approx(2 * 5 + 1 + OPERATOR_BITS["+"])
    assert tree_bits(tree("2*x"), 16) == pytest.approx(2 * 5 + 1 + OPERATOR_BITS["*"] + 1)
    assert tree_bits(tree("100*x"), 16) > tree_bits(tree("2*x"), 16)
    assert tree_bits(tree("x**14"), 16) == pytest.approx(2 * 5 + 1 + OPERATOR_BITS["pow"] + 14)
    assert tree_bits(tree("x**(-3/2)"), 16) == pytest.approx(2 * 5 + 1 + OPERATOR_BITS["pow"] + 3 + 1 + 1)
    assert number_bits(Fraction(3, 4)) == pytest.approx(math.log2(12))
    assert number_bits(Fraction(-3, 4)) == pytest.approx(1 + math.log2(12))
    assert number_bits(0.1234567) == 53


def test_every_operator_has_a_code_and_together_they_are_a_prefix_code() -> None:
    assert sum(2.0**-bits for bits in OPERATOR_BITS.values()) <= 1


def test_sine_of_what_is_no_angle_costs_more_but_is_not_forbidden() -> None:
    assert trigonometric_of_plain(tree("sin(x) + cos(theta + x) + tan(y/x)"), {"theta"}) == 2
    assert trigonometric_of_plain(tree("sin(w*t)"), {"w"}) == 0
    plain = length("x*cos(y)", 10.0, angles={"theta"})
    angle = length("x*cos(theta)", 10.0, angles={"theta"})
    assert plain - angle == PLAIN_ANGLE_BITS
    assert length("x*cos(y)", 10.0) == angle


def test_longer_law_wins_only_if_it_pays_for_itself() -> None:
    short, long = "k*x", "k*x + w"
    values, fisher = {"k": 2.0}, [1e4]
    more, more_fisher = {"k": 2.0, "w": 0.01}, [1e4, 1e3]
    before = length(short, 100.0, values=values, fisher_diagonal=fisher)
    assert length(long, 99.0, values=more, fisher_diagonal=more_fisher) > before
    assert length(long, 50.0, values=more, fisher_diagonal=more_fisher) < before


def test_snapped_constant_is_cheaper_than_a_fitted_one() -> None:
    fitted = length("k*x", 100.0, values={"k": 0.5003}, fisher_diagonal=[1e6])
    assert length("k*x", 100.01, snapped_bits=4.0) < fitted


@pytest.mark.parametrize("rss", [math.nan, math.inf, -1.0])
def test_law_without_a_residual_is_infinitely_long(rss: float) -> None:
    assert length("x", rss) == math.inf


def length(text: str, rss: float, **more) -> float:
    return description_length(
        residual_sum_squares=rss,
        n_rows=100,
        expression=tree(text),
        n_names=16,
        noise_variance=1.0,
        **more,
    )


def test_few_rows_do_not_pay_for_many_constants() -> None:
    """What residuals cost with the variance RSS/(N - K), which is unbiased, against RSS/N, which flatters."""
    for n_rows, n_free in ((12, 1), (14, 2), (20, 3)):
        own = residual_bits(1.0, n_rows)
        unbiased = residual_bits(1.0, n_rows, 1.0 / (n_rows - n_free))
        assert small_sample_bits(n_rows, n_free) == pytest.approx(unbiased - own)
    assert 0 < small_sample_bits(12, 1) < small_sample_bits(12, 2) < small_sample_bits(12, 4)
    assert small_sample_bits(100_000, 5) < 1e-3
    assert math.isfinite(small_sample_bits(FEW_ROWS, FEW_ROWS + 2))


def test_a_handful_of_rows_is_described_by_rows_left_out_and_pays_no_more() -> None:
    assert small_sample_bits(FEW_ROWS - 1, 3) == 0 < small_sample_bits(FEW_ROWS, 3)


def test_a_known_variance_flatters_nobody() -> None:
    law = {"residual_sum_squares": 0.5, "n_rows": 6, "expression": tree("k*x"), "n_names": 10}
    one = description_length(**law, noise_variance=0.1)
    assert one == pytest.approx(residual_bits(0.5, 6, 0.1) + tree_bits(tree("k*x"), 10))


def test_what_few_residuals_flatter_is_paid_where_their_variance_is_estimated() -> None:
    """By laws with constants, from a dozen rows on; of a stated variance nothing is estimated."""
    assert small_sample_bits(FEW_ROWS - 1, 3) == 0.0 < small_sample_bits(FEW_ROWS, 3)
    assert (FEW_ROWS, small_sample_bits(100, 0)) == (12, 0.0)
    assert residual_bits(0.0, 0) == 0.0
    told = {"residual_sum_squares": 20.0, "n_rows": 20, "expression": tree("k*x"), "n_names": 3}
    fitted = {"values": {"k": 2.0}, "fisher_diagonal": [50.0]}
    for variance, paid in ((None, small_sample_bits(20, 1)), (1.0, 0.0)):
        parts = residual_bits(20.0, 20, variance) + tree_bits(told["expression"], 3)
        parts += constant_bits(np.array([2.0]), np.array([50.0]), 20)
        assert description_length(**told, **fitted, noise_variance=variance) == pytest.approx(parts + paid)


def test_more_constants_than_rows_leave_half_a_row() -> None:
    """The price stays finite: half a row's freedom for laws that pass through all rows and more."""
    expected = 10 * math.log2(40) - 9.75 / math.log(2)
    assert small_sample_bits(20, 20) == small_sample_bits(20, 30) == pytest.approx(expected)
