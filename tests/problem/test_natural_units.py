"""Natural units: columns of order one, and no digit touched on the way."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.problem.making import make_problem
from symreg.problem.natural_units import NaturalUnits, choose_natural_units
from symreg.problem.problem import Problem
from symreg.tables.table import Column, Table, read_table
from symreg.units.dimension import BASE_UNITS, DIMENSIONLESS, Dimension
from symreg.units.reading import si_unit


def energy(scale: dict[str, float] | None = None) -> Problem:
    """E = m c²/√(1 - v²/c²), with base units that may be stretched."""
    stretch = {"m": 1.0, "kg": 1.0, "s": 1.0, **(scale or {})}
    rng = np.random.default_rng(1)
    v, m, c = rng.uniform(0.1, 0.9, 50), rng.uniform(1, 5, 50), 1.0
    e = m * c**2 / np.sqrt(1 - v**2)
    kinds = {"v": Dimension.of(m=1, s=-1), "m": Dimension.of(kg=1), "E": Dimension.of(kg=1, m=2, s=-2)}
    columns = []
    for name, values in {"v": v, "m": m, "E": e}.items():
        factor = np.prod([stretch[b] ** float(kinds[name].exponent(b)) for b in stretch])
        columns.append(Column(name, si_unit(kinds[name]), values * factor))
    speed = c * stretch["m"] / stretch["s"]
    return make_problem(Table(tuple(columns), "E"), constants=[{"name": "c", "value": speed, "unit": "m/s"}])


def spread(problem: Problem) -> float:
    """Largest |log2| of the median magnitude of any quantity in natural units."""
    natural, rows = choose_natural_units(problem), problem.train_rows
    sizes = [np.median(np.abs(row)) for row in natural.matrix(problem, rows)]
    sizes += [
        np.median(np.abs(natural.target_values(problem, rows))),
        *natural.known_values(problem).values(),
    ]
    return float(np.max(np.abs(np.log2(sizes))))


def test_si_is_the_default() -> None:
    assert NaturalUnits().factor(Dimension.of(m=1, s=-2)) == 1.0


def test_a_factor_is_a_product_of_powers() -> None:
    natural = NaturalUnits((3, -2, 5, 0, 0, 0, 0))
    assert natural.factor(Dimension.of(m=1, kg=1, s=-2)) == 2.0 ** (3 - 2 - 10)
    assert natural.factor(Dimension.of(m=Fraction(1, 2))) == pytest.approx(2.0**1.5, rel=1e-15)
    assert natural.factor(DIMENSIONLESS) == 1.0


def test_columns_come_out_near_one() -> None:
    data = {
        "nu [THz]": np.linspace(100, 900, 30),
        "T [K]": np.linspace(3000, 6000, 30),
        "B [W/m**2]": np.linspace(1e-8, 2e-7, 30),
    }
    problem = make_problem(read_table(data, target="B", columns=["nu", "B"]), constants=["h", "c", "k_B"])
    assert spread(problem) < 12
    assert np.max(np.abs(np.log2(np.median(problem.matrix(problem.train_rows))))) > 40


@pytest.mark.parametrize("base", ["m", "kg", "s"])
@pytest.mark.parametrize("size", [1e20, 1e-20, 1e-34, 1e30])
def test_stretching_a_base_unit_leaves_the_scaled_data_as_they_were(base: str, size: float) -> None:
    plain, stretched = energy(), energy({base: size})
    rows = plain.train_rows
    before = choose_natural_units(plain).matrix(plain, rows)
    after = choose_natural_units(stretched).matrix(stretched, rows)
    ratio = after / before
    np.testing.assert_allclose(ratio, ratio[:, :1] * np.ones_like(ratio), rtol=1e-12)
    assert np.max(np.abs(np.log2(ratio))) <= 2.0
    assert spread(stretched) <= spread(plain) + 2.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-100, 100), min_size=3, max_size=3))
def test_stretching_by_powers_of_two_changes_nothing_at_all(powers: list[int]) -> None:
    stretched = energy({base: 2.0**power for base, power in zip(("m", "kg", "s"), powers, strict=True)})
    plain = energy()
    rows = plain.train_rows
    before, after = choose_natural_units(plain), choose_natural_units(stretched)
    np.testing.assert_array_equal(after.matrix(stretched, rows), before.matrix(plain, rows))
    np.testing.assert_array_equal(after.target_values(stretched, rows), before.target_values(plain, rows))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["m", "km", "nm", "pc", "fm"]), st.sampled_from(["s", "Gyr", "fs", "day"]))
def test_the_unit_in_which_a_table_is_written_does_not_matter(length: str, time: str) -> None:
    rng = np.random.default_rng(2)
    x, t = rng.uniform(1, 2, 30), rng.uniform(1, 2, 30)
    table = read_table({f"x [{length}]": x, f"t [{time}]": t, f"v [{length}/{time}]": x / t}, target="v")
    problem = make_problem(table)
    assert spread(problem) < 1.5


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(1e-100, 1e100), min_size=3, max_size=20, unique=True))
def test_scaling_is_exact_for_whole_exponents(values: list[float]) -> None:
    table = read_table(
        {"x [m]": values, "y [m]": sorted(values)}, target="y", sigma={"y": 1.0}, columns=["x"]
    )
    problem = make_problem(table, test_fraction=0)
    natural, rows = choose_natural_units(problem), problem.train_rows
    back = natural.matrix(problem, rows)[0] * natural.factor(Dimension.of(m=1))
    np.testing.assert_array_equal(back, problem.matrix(rows)[0])


def test_units_that_do_not_occur_keep_their_size() -> None:
    natural = choose_natural_units(energy({"m": 1e10}))
    for base, power in zip(BASE_UNITS, natural.log2_scales, strict=True):
        assert power == 0 or base in {"m", "kg", "s"}


def test_pure_numbers_and_zeros_leave_everything_alone() -> None:
    numbers = make_problem(read_table({"x": [1e9, 2e9, 3e9], "y": [1.0, 3.0, 2.0]}, target="y"))
    assert choose_natural_units(numbers) == NaturalUnits()
    zeros = make_problem(read_table({"x [m]": [0.0, 0.0, 0.0], "y [m]": [1.0, 3.0, 2.0]}, target="y"))
    assert choose_natural_units(zeros).factor(Dimension.of(m=1)) == 2.0
