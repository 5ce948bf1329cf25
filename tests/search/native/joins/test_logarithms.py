"""Logarithms of quantities with a dimension: found where coefficients may carry it, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.formula.expression import variables_of
from symreg.search.native.joins.logarithms import offer_logarithms
from tests.search.setting import Setting, has_the_dimension_of_the_target, setting

RNG = np.random.default_rng(0)
P, L = RNG.uniform(1, 30, (2, 200))


def asked(data: dict[str, np.ndarray], complexity: int, **options: object) -> Setting:
    own = setting(data, "y", operators=("+", "-", "*", "/", "log"), **options)
    offer_logarithms(own.space, own.bank, own.probes, own.pool, own.joiner, complexity)
    return own


@pytest.mark.parametrize("units", ["inferred", ["day"]])
def test_a_magnitude_is_a_logarithm_of_a_period(units: object) -> None:
    own = asked({"P [day]": P, "L [m]": L, "y [1]": 15.6 - 2.5 * np.log10(P)}, 3, free_constants=units)
    best = own.proposals()[0]
    assert best.loss < 1e-20 and best.constants == 2
    draft = best.build()
    assert has_the_dimension_of_the_target(draft, own.space)
    assert draft.values[0] == pytest.approx(-2.5 / np.log(10), rel=1e-9)


def test_a_logarithm_of_a_product_with_a_unit_in_front() -> None:
    own = asked({"P [day]": P, "L [m]": L, "y [V]": 0.3 * np.log(2 * P * L)}, 5, free_constants="inferred")
    best = own.proposals()[0]
    assert best.loss < 1e-20
    assert has_the_dimension_of_the_target(best.build(), own.space)


@pytest.mark.parametrize(
    ("y", "unit", "units"),
    [
        (15.6 - 2.5 * np.log10(P), "1", "dimensionless"),  # nothing takes the day away
        (15.6 - 2.5 * np.log10(P), "1", ["m"]),
        (15.6 - 2.5 * np.log10(P), "V", ["day"]),  # nothing makes a voltage
        (1e3 + np.log(P), "1", "inferred"),  # a scale of exp(1000) days
    ],
)
def test_what_no_constant_allows_is_not_put_forward(y: np.ndarray, unit: str, units: object) -> None:
    beside = {"M [day]": L[::-1], "U [V]": P[::-1]}  # what makes each question one that has an answer
    own = asked({"P [day]": P, "L [m]": L, **beside, f"y [{unit}]": y}, 3, free_constants=units)
    assert not [one for one in own.proposals() if one.loss < 1e-6]


def test_a_quantity_that_changes_its_sign_has_no_logarithm() -> None:
    own = asked({"P [day]": P - 15, "L [m]": L, "y [1]": np.log(L) + P}, 3, free_constants="inferred")
    found = own.proposals()
    assert found and all(variables_of(one.build().expression) == ("L",) for one in found)
