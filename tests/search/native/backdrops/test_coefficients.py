"""Coefficients of exact laws: fractions, ratios, phases, and products of sums, as a reader would write them."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from symreg.formula.expression import Apply, Expression, Number, Variable, evaluate_tree
from symreg.formula.printing import to_text
from symreg.search.native.backdrops.coefficients import fraction_of, merged_waves, summed
from symreg.search.native.backdrops.factoring import factored
from symreg.search.native.backdrops.sparse import SUM_ROUNDING, needed
from symreg.search.native.backdrops.term import Term

ONE = Number(Fraction(1))
X, Z = Variable("x"), Variable("z")
SINE, COSINE = Apply("sin", (X,)), Apply("cos", (X,))


def product(*factors: Expression) -> Expression:
    whole = factors[0]
    for one in factors[1:]:
        whole = Apply("*", (whole, one))
    return whole


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.75, Fraction(3, 4)), (-49 / 30, Fraction(-49, 30)), (12.0, Fraction(12)), (0.7500001, None), (math.pi, None)],
)
def test_a_number_is_a_fraction_to_ten_digits_or_it_is_none(value: float, expected: Fraction | None) -> None:
    assert fraction_of(value) == expected


def test_multiples_share_one_constant_and_plain_numbers_need_none() -> None:
    names: list[str] = []
    values: list[float] = []
    terms = [Term(X, 2.0), Term(Z, 1.234567), Term(product(X, Z), 3 * 1.234567), Term(ONE, -1.0)]
    tree = summed(terms, names, values, plainly=True)
    assert tree is not None
    assert to_text(tree) == "2*x - 1 + k1*(z + 3*(x*z))"
    assert names == ["k1"]
    assert values == [1.234567]


def test_two_halves_of_a_wave_are_one_where_its_phase_is_simple() -> None:
    terms = [Term(product(Z, SINE), 2 * math.cos(4.0)), Term(product(Z, COSINE), -2 * math.sin(4.0))]
    found = merged_waves(terms)
    assert len(found) == 1
    x, z = np.array([0.3, 1.7, 2.9]), np.array([1.0, -2.0, 0.5])
    values = found[0].coefficient * np.asarray(evaluate_tree(found[0].tree, {"x": x, "z": z}))
    np.testing.assert_allclose(values, 2 * z * np.sin(x - 4), rtol=1e-12)
    odd = [Term(SINE, math.cos(0.123456)), Term(COSINE, math.sin(0.123456))]
    assert merged_waves(odd) == odd


def test_a_sum_that_is_a_product_of_two_sums_is_written_so() -> None:
    terms = [
        Term(product(X, Z), 6.0), Term(product(X, COSINE), 2.0),
        Term(product(SINE, Z), 3.0), Term(product(SINE, COSINE), 1.0),
    ]  # fmt: skip
    both = factored(terms)
    assert both is not None
    assert [len(some) for some in both] == [2, 2]
    leaves = {"x": np.array([0.3, 1.7]), "z": np.array([1.0, -2.0])}

    def total(some: list[Term]) -> object:
        return sum(one.coefficient * np.asarray(evaluate_tree(one.tree, leaves)) for one in some)

    np.testing.assert_allclose(total(both[0]) * total(both[1]), total(terms), rtol=1e-12)  # type: ignore[operator]
    terms[0] = Term(terms[0].tree, 6.1)
    assert factored(terms) is None


def test_of_many_terms_those_that_are_needed() -> None:
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(60, 120))
    target = 2 * columns[7] - 0.3 * columns[31] + columns[59]
    kept = needed(columns, target, 12, np.ones(60), SUM_ROUNDING)
    assert kept is not None
    assert sorted(kept.tolist()) == [7, 31, 59]
    assert needed(columns, target + 1e-9 * rng.normal(size=120), 12, np.ones(60), SUM_ROUNDING) is None
    assert needed(columns, target, 2, np.ones(60), SUM_ROUNDING) is None
