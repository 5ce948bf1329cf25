"""Tables like those that people bring, each one of a family on which a wrong law was selected once.

Others of them: ``search/native/skeletons/test_found_laws.py`` (what newcomers type first, regressions),
``search/native/test_noise.py`` (errors that are a part of each value), ``laws/test_small_tables.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest

from symreg.discovery import Discovery, discover
from symreg.laws.law import Law
from symreg.problem.making import make_problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.table import read_table

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
