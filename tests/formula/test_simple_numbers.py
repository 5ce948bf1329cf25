"""Simple numbers are found where they are shorter, and hardly ever where there are none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symreg.formula.expression import Expression, canonical, evaluate_tree
from symreg.formula.grammar import parse
from symreg.formula.simple_numbers import Recognised, Tolerance, _code_book, _entries, integer_bits, recognise_number

SIMPLE = [
    ("1", 1.0),
    ("2", 2.0),
    ("1/2", 0.5),
    ("-1/2", -0.5),
    ("3/2", 1.5),
    ("2/3", 2 / 3),
    ("8", 8.0),
    ("pi", math.pi),
    ("2*pi", 2 * math.pi),
    ("4*pi", 4 * math.pi),
    ("4*pi/3", 4 * math.pi / 3),
    ("pi/4", math.pi / 4),
    ("-(pi/4)", -math.pi / 4),
    ("1/pi", 1 / math.pi),
    ("1/(2*pi)", 1 / (2 * math.pi)),
    ("1/(4*pi)", 1 / (4 * math.pi)),
    ("1/(8*pi)", 1 / (8 * math.pi)),
    ("4*pi**2", 4 * math.pi**2),
    ("sqrt(2)", math.sqrt(2)),
    ("sqrt(2)/2", math.sqrt(0.5)),
    ("sqrt(3)", math.sqrt(3)),
    ("sqrt(pi)", math.sqrt(math.pi)),
    ("1/sqrt(pi)", 1 / math.sqrt(math.pi)),
    ("sqrt(2*pi)", math.sqrt(2 * math.pi)),
    ("1/sqrt(2*pi)", 1 / math.sqrt(2 * math.pi)),
]


@pytest.mark.parametrize(("text", "value"), SIMPLE)
@pytest.mark.parametrize("stderr", [0.0, 1e-13, 1e-6])
def test_simple_numbers_are_recognised(text: str, value: float, stderr: float) -> None:
    found = recognised(value, stderr)
    assert found.text == text
    assert found.value == pytest.approx(value, rel=1e-15)
    assert found.gain > 0


@pytest.mark.parametrize(("text", "value"), SIMPLE)
def test_tree_text_and_value_are_the_same_number(text: str, value: float) -> None:
    found = recognised(value, 0.0)
    assert parse(found.text, variables=(), constants=("pi",)) == canonical(found.expression)
    assert number(found.expression) == pytest.approx(value, rel=1e-15)


def test_errors_say_how_far_off_a_simple_number_may_be() -> None:
    assert recognised(0.5003, 0.0012).text == "1/2"
    assert recognised(1.01, 0.01).text == "1"
    assert recognise_number(1.03, 0.01) is None
    assert recognise_number(0.5003, 0.00003) is None


def test_what_is_poorly_known_is_left_alone() -> None:
    assert recognise_number(0.5, 0.5) is None
    assert recognise_number(3.1, 0.4) is None


@pytest.mark.parametrize(
    "value", [3.14152, 22 / 7.01, 1.0001, 0.50001, 2.718, 137.035999, 6.674e-11, 1e30, 1e-300]
)
@pytest.mark.parametrize("stderr", [0.0, 1e-6])
def test_exact_values_are_not_talked_into_fractions(value: float, stderr: float) -> None:
    assert recognise_number(value, stderr * value) is None


def test_famous_approximation_is_pi_only_where_the_error_allows_it() -> None:
    assert recognise_number(355 / 113, 0.0) is None
    assert recognised(355 / 113, 1e-6).text == "pi"


@pytest.mark.parametrize("value", [0.0, math.nan, math.inf, -math.inf])
def test_nothing_is_recognised_in_no_number(value: float) -> None:
    assert recognise_number(value, 0.01) is None


@pytest.mark.parametrize("stderr", [math.nan, math.inf, -1.0])
def test_nothing_is_recognised_without_an_error(stderr: float) -> None:
    assert recognise_number(0.5, stderr) is None


def test_code_book_is_a_prefix_code() -> None:
    _, bits = _code_book(13.0)
    assert np.sum(2.0**-bits) <= 1.0
    assert sum(2.0 ** -integer_bits(n) for n in range(1, 100_000)) <= 1.02


def test_every_entry_of_the_code_book_is_the_number_it_says() -> None:
    for bits, value, *_ in _entries(13.0):
        found = recognised(value, 0.0)
        assert number(found.expression) == pytest.approx(value, rel=1e-14)
        assert found.bits == bits


@pytest.mark.parametrize(("relative", "rate"), [(1e-2, 0.1), (1e-3, 0.07), (1e-4, 0.04), (1e-6, 2e-3)])
def test_random_numbers_are_rarely_taken_for_simple_ones(relative: float, rate: float) -> None:
    random = np.random.default_rng(7)
    values = np.concatenate([10 ** random.uniform(-1, 1, 2000), random.uniform(0.1, 4.0, 2000)])
    found = [(value, recognise_number(value, relative * value)) for value in values]
    wrong = [(value, simple.value) for value, simple in found if simple is not None]
    assert len(wrong) / len(values) < rate
    assert all(abs(value - simple) < 4.0 * relative * value for value, simple in wrong)


@pytest.mark.parametrize("relative", [1e-9, 0.0])
def test_random_numbers_that_are_known_exactly_are_never_taken_for_simple_ones(relative: float) -> None:
    values = 10 ** np.random.default_rng(11).uniform(-1.5, 1.5, 4000)
    assert not any(recognise_number(value, relative * value) for value in values)


def test_noisy_estimates_of_a_half_are_nearly_always_recognised() -> None:
    estimates = np.random.default_rng(3).normal(0.5, 0.001, 500)
    right = [recognise_number(value, 0.001) for value in estimates]
    assert sum(simple is not None and simple.text == "1/2" for simple in right) > 475


def test_tolerance_is_the_callers() -> None:
    assert recognise_number(math.pi, 0.0, tolerance=Tolerance(bits=3.0)) is None
    assert recognise_number(0.5003, 0.0012, tolerance=Tolerance(gain=5.0)) is None


def recognised(value: float, stderr: float) -> Recognised:
    found = recognise_number(value, stderr)
    assert found is not None
    return found


def number(expression: Expression) -> float:
    return float(evaluate_tree(expression, {"pi": math.pi}))
