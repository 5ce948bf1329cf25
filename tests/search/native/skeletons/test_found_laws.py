"""Laws of handbooks, from small tables without noise to the front: found, and with no constant too many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from symreg.discovery import Discovery, discover
from symreg.problem.making import make_problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.table import read_table

Floats = npt.NDArray[np.float64]
N_ROWS = 30
PLAIN = ("+", "-", "*", "/", "exp")


@dataclass(frozen=True)
class Case:
    """A law of columns ``"name [unit]"`` with ranges that rows are drawn from, or laid out in even ratios over."""

    law: Callable[..., Floats]
    target: str
    ranges: Mapping[str, tuple[float, float]]
    free: int
    evaluations: int = 4_000_000
    options: Mapping[str, Any] = field(default_factory=dict)
    n_rows: int = N_ROWS

    def columns(self, seed: int = 0) -> dict[str, Floats]:
        """Values of the inputs, by name and unit."""
        rng = np.random.default_rng(seed)
        return {name: rng.uniform(*ends, size=self.n_rows) for name, ends in self.ranges.items()}

    def found(self, **options: Any) -> Discovery:
        """What is found on its table."""
        columns = self.columns()
        table = read_table({**columns, self.target: self.law(*columns.values())}, target=self.target.split(" ")[0])
        problem = make_problem(table, **{**self.options, **options})
        budget = Budget(time=None, evaluations=self.evaluations)
        return discover(problem, backend=Native(threads=1), budget=budget)


CASES = {
    "decay to an offset": Case(
        lambda t: 2.3 * np.exp(-0.83 * t) + 0.41, "y [V]", {"t [s]": (0, 6)}, 3
    ),
    "logistic": Case(
        lambda t: 7.3 / (1 + np.exp(-1.9 * (t - 2.7))), "m [g]", {"t [d]": (0, 6)}, 3
    ),
    "Hill": Case(
        lambda c: 3.4 * c**1.83 / (7.7**1.83 + c**1.83), "y [V]", {"c [nmol/l]": (0.2, 40)}, 3
    ),
    "power law": Case(lambda x: 3.2 * x**2.38, "m [kg]", {"x [m]": (0.4, 40)}, 2),
    "two exponentials": Case(
        lambda t: 2.3 * np.exp(-0.43 * t) + 1.7 * np.exp(-2.1 * t), "y", {"t": (0, 6)}, 4,
        evaluations=24_000_000, options={"operators": PLAIN},
    ),
    "Lorentz peak": Case(lambda f: 3.1 / ((f - 4.7) ** 2 + 0.83), "y", {"f": (1, 9)}, 3),
    "oscillator": Case(
        lambda x, v: -4.01 * x - 0.27 * v, "a [m/s2]", {"x [m]": (-2, 2), "v [m/s]": (-2, 2)}, 2,
        evaluations=8_000_000, options={"operators": ("+", "-", "*", "/")}, n_rows=60,
    ),
    "Mohr and Coulomb": Case(lambda s: 17.3 + 0.577 * s, "tau [kPa]", {"sigma [kPa]": (10, 300)}, 2),
    "gas": Case(
        lambda n, T, V: n * 8.31446261815324 * T / V, "p [Pa]",
        {"n [mol]": (1, 3), "T [K]": (250, 400), "V [m3]": (0.5, 2)}, 1,
        evaluations=15_000_000, options={"operators": ("+", "-", "*", "/")}, n_rows=40,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_laws_of_handbooks_are_found(name: str) -> None:
    """Also on other rows, with as many fitted constants as the law has; "auto" allows units where they are needed."""
    case = CASES[name]
    found = case.found()
    best = found.front.best
    if case.free <= 3:  # more follow any smooth curve so far, and simpler forms have their turn
        assert found.stop_reason == "residual at rounding", str(best)
    assert best.dimension_ok
    assert sum(one.kind == "free" for one in best.constants) == case.free, best.formula
    fresh = case.columns(seed=1)
    inputs = {key.split(" ")[0]: values for key, values in fresh.items()}
    assert best.predict(inputs) == pytest.approx(case.law(*fresh.values()), rel=1e-6)


def test_an_exponent_that_is_fitted_is_of_an_input_over_a_scale_of_its_unit() -> None:
    """The scale is half saturation, a constant of the law, and the exponent is the same in every unit."""
    case = CASES["Hill"]
    best = case.found().front.best
    (scale,) = [one for one in best.constants if one.unit.text == "nmol/l"]
    assert scale.kind == "free" and scale.value == pytest.approx(7.7)
    (power,) = [one for one in best.constants if one.kind == "free" and one.unit.dimension.is_dimensionless]
    assert abs(power.value) == pytest.approx(1.83)
    other = Case(lambda c: case.law(1e3 * c), case.target, {"c [umol/l]": (2e-4, 0.04)}, 3).found().front.best
    (again,) = [one for one in other.constants if one.kind == "free" and one.unit.dimension.is_dimensionless]
    assert abs(again.value) == pytest.approx(1.83)


def test_a_power_law_has_the_unit_of_the_target_in_front() -> None:
    best = CASES["power law"].found().front.best
    by_kind = {one.kind: one for one in best.constants if one.unit.text != "dimensionless"}
    assert by_kind["free"].unit.text == "kg" and by_kind["free"].value == pytest.approx(3.2)
    assert (by_kind["known"].name, by_kind["known"].value) == ("x_unit", 1.0)


def test_constants_of_an_oscillator_carry_their_units() -> None:
    best = CASES["oscillator"].found().front.best
    assert {one.unit.text: pytest.approx(one.value) for one in best.constants} == {"1/s**2": -4.01, "1/s": -0.27}


def test_pure_numbers_that_are_demanded_stay_pure_numbers() -> None:
    """Though no law of these fits: v**2/x has the unit, and nobody allowed 1/s."""
    case = CASES["oscillator"]
    found = case.found(free_constants="dimensionless")
    assert found.stop_reason == "evaluation budget spent"
    for law in (*found.front, *found.runners_up):
        assert law.dimension_ok
        assert all(one.unit.dimension.is_dimensionless for one in law.constants if one.kind == "free")
    assert found.front.best.train.r2 < 0.5


def test_where_a_known_constant_does_it_is_taken() -> None:
    best = CASES["gas"].found(constants=["R"]).front.best
    assert [(one.name, one.kind) for one in best.constants] == [("R", "known")]
    assert best.complexity == 7


@pytest.mark.parametrize("seed", [0, 1])
def test_what_newcomers_type_first(seed: int) -> None:
    """A hundred rows of five columns, of which two matter."""
    X = 2 * np.random.RandomState(seed).randn(100, 5)
    y = 2.5382 * np.cos(X[:, 3]) + X[:, 0] ** 2 - 0.5
    table = read_table({f"x{place}": X[:, place] for place in range(5)} | {"y": y}, target="y")
    problem = make_problem(table, operators=("+", "-", "*", "/", "square", "cos", "exp"), seed=seed)
    found = discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=20_000_000))
    best = found.front.best
    assert found.stop_reason == "residual at rounding", str(best)
    (only,) = best.constants
    assert only.value == pytest.approx(2.5382)
    assert "1/2" in best.formula


def test_coefficients_of_a_regression_stay_apart() -> None:
    """Eighty rows of six columns with noise: ratios near 2 : -3 : 1 are none of these, and none is twice another."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 6))
    y = 1.5 * X[:, 0] - 2.3 * X[:, 1] + 0.7 * X[:, 2] + 4 + 0.2 * rng.normal(size=80)
    table = read_table({f"x{place}": X[:, place] for place in range(6)} | {"y": y}, target="y")
    problem = make_problem(table, operators=("+", "-", "*", "/"))
    found = discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=8_000_000))
    best = found.front.best
    columns = {f"x{place}": np.eye(7)[place] for place in range(6)}
    values = best.predict(columns)
    assert values[:3] - values[6] == pytest.approx([1.5, -2.3, 0.7], abs=0.1)
    assert sum(one.kind == "free" for one in best.constants) >= 3, best.formula
