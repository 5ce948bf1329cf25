"""Tables like those that people bring, each one of a family on which a wrong law was selected once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest

from symreg.discover import Discovery, discover
from symreg.law import Law
from symreg.problem import make_problem
from symreg.search.backend import Budget, Native
from symreg.table import read_table

Floats = npt.NDArray[np.float64]


def found(columns: Mapping[str, Floats], target: str, evaluations: int = 6_000_000) -> Discovery:
    problem = make_problem(read_table(dict(columns), target=target))
    return discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=evaluations))


def free(law: Law) -> list[float]:
    return sorted(abs(one.value) for one in law.constants if one.kind == "free")


@pytest.mark.parametrize(
    ("power", "factor", "offset"), [(1 / 3, 24.99, -16.0), (1 / 3, 1.2, 0.5), (2 / 3, 25.0, -16.0)]
)
def test_thirds_beside_something_else(power: float, factor: float, offset: float) -> None:
    """Lightness, nuclear radii: sums of ``x**(3/8)``, roots of roots and cosines with five constants and more."""
    x = np.linspace(2, 100, 60)
    best = found({"x": x, "y": factor * x**power + offset}, "y").front.best
    fresh = np.linspace(110, 200, 9)
    assert best.predict({"x": fresh}) == pytest.approx(factor * fresh**power + offset, rel=1e-6)
    assert len(free(best)) <= 2


def test_an_exponent_that_is_no_fraction() -> None:
    """With errors of 2 % it was ``pi*x**(11/8)``, or a sine in an exponent."""
    power, x = 1.37, np.geomspace(0.4, 40, 30)
    y = 3.2 * x**power * (1 + 0.02 * np.random.default_rng(0).normal(size=30))
    best = found({"x": x, "y": y}, "y", 3_000_000).front.best
    constants = {one.name: one for one in best.constants}
    assert best.formula == "k1*x**k2"
    assert abs(constants["k2"].value - power) < 3 * constants["k2"].stderr
    assert abs(constants["k1"].value - 3.2) < 3 * constants["k1"].stderr


@pytest.mark.parametrize("seed", [0, 1])
def test_coefficients_of_a_regression_are_each_their_own(seed: int) -> None:
    """Ratios of 2 : 1 : -3 were taken as exact, and one coefficient was nine of its errors off."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(4, 80))
    truth = {"x0": 1.5, "x1": -2.3, "x2": 0.7}
    y = sum(value * X[int(name[1])] for name, value in truth.items()) + 4 + 0.2 * rng.normal(size=80)
    best = found({f"x{place}": row for place, row in enumerate(X)} | {"y": y}, "y", 6_000_000).front.best
    at = {f"x{place}": np.zeros(4) for place in range(4)}
    for place in range(3):
        at[f"x{place}"][place] = 1.0
    values = best.predict(at)
    # Each within three errors of a coefficient, 0.2 over the root of sixty rows.
    assert values[:3] - values[3] == pytest.approx(list(truth.values()), abs=3 * 0.026)
    assert values[3] == pytest.approx(4, abs=3 * 0.026)


def test_a_coefficient_with_a_unit_beside_a_term_without() -> None:
    """The right-hand side of a differential equation: ``u*u_x`` has the unit already, the diffusion needs m**2/s."""
    u, first, second = np.random.default_rng(0).normal(size=(3, 200))
    columns = {"u [m/s]": u, "u_x [1/s]": first, "u_xx [1/(m s)]": second, "u_t [m/s^2]": 0.05 * second - u * first}
    best = found(columns, "u_t", 20_000_000).front.best
    assert [(one.unit.text, pytest.approx(0.05)) for one in best.constants] == [("m**2/s", 0.05)]
    assert best.held_out.r2 == pytest.approx(1.0)


def test_an_oscillator_whose_accelerations_are_differences() -> None:
    """``v**2/x`` has the unit of an acceleration, and shut out the law."""
    t = np.linspace(0, 10, 300)
    x = np.exp(-0.1 * t) * np.cos(2 * t)
    v = np.gradient(x, t)
    a = np.gradient(v, t)
    columns = {"x [m]": x[3:-3], "v [m/s]": v[3:-3], "a [m/s2]": a[3:-3]}
    best = found(columns, "a", 10_000_000).front.best
    assert {one.unit.text: round(one.value, 1) for one in best.constants} == {"1/s**2": -4.0, "1/s": -0.2}


def test_errors_that_are_a_large_part_of_each_value() -> None:
    """A power law in three of five columns with errors of 40 %: it was an exponential of a root."""
    rng = np.random.default_rng(3)
    X = np.abs(rng.normal(size=(5, 400))) + 1.0
    y = 13.08 * (1 + 0.4 * rng.normal(size=400)) * X[2] ** 1.56 * X[3] / X[0] ** 1.76
    best = found({f"x{place}": row for place, row in enumerate(X)} | {"y": y}, "y", 20_000_000).front.best
    one = {f"x{place}": np.ones(6) for place in range(5)}
    for place in range(5):
        one[f"x{place}"][place] = 2.0
    values = best.predict(one)
    slopes = np.log2(values[:5] / values[5])
    assert slopes == pytest.approx([-1.76, 0, 1.56, 1, 0], abs=0.25)
