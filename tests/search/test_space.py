"""The problem as the search sees it: nothing lost on the way in or out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from symreg.formula.expression import Constant, Number, Variable
from symreg.problem.making import make_problem
from symreg.search.native.proposal import SAME_LOSS, Draft, Pool, Proposal
from symreg.search.space import SearchSpace, probe_rows, search_space
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS, Dimension
from tests.search.setting import problem_of


def space_of(**options: object) -> SearchSpace:
    rng = np.random.default_rng(0)
    m, v = rng.uniform(1e-27, 3e-27, 40), rng.uniform(0.1, 0.9, 40) * 299792458.0
    data = {"m [kg]": m, "v [km/s]": v / 1000, "E [J]": m * 299792458.0**2 / np.sqrt(1 - (v / 299792458.0) ** 2)}
    problem = problem_of(data, "E", constants=["c", "pi"], **options)
    return search_space(problem, problem.train_rows)


def test_leaves_are_columns_constants_and_the_number_one() -> None:
    space = space_of()
    assert space.leaves == (Variable("m"), Variable("v"), Constant("c"), Number(Fraction(1)))
    assert [space.coding.decode(code) for code in space.codes] == [
        Dimension.of(kg=1), Dimension.of(m=1, s=-1), Dimension.of(m=1, s=-1), DIMENSIONLESS,
    ]  # fmt: skip
    assert space.names == ("m", "v")
    assert set(space.known) == {"c"}  # pi is recognised in coefficients, it is no leaf


def test_numbers_are_of_order_one_and_the_way_back_is_exact() -> None:
    space = space_of()
    assert np.abs(np.log10(np.median(np.abs(space.values), axis=1))).max() < 1.5
    assert np.abs(np.log10(np.median(space.target))) < 1.5
    speed = space.units.factor(Dimension.of(m=1, s=-1))
    assert space.known["c"] * speed == 299792458.0
    mass = space.units.factor(Dimension.of(kg=1))
    assert ((space.inputs[0] * mass >= 1e-27) & (space.inputs[0] * mass <= 3e-27)).all()


def test_a_law_holds_in_natural_units_as_it_does_in_si() -> None:
    space = space_of()
    m, v = space.inputs
    c = space.known["c"]
    np.testing.assert_allclose(space.target, m * c**2 / np.sqrt(1 - v**2 / c**2), rtol=1e-12)


def test_sigma_is_scaled_like_the_target() -> None:
    data = {"x [m]": np.linspace(1, 2, 40), "y [mm]": np.linspace(2000, 7000, 40), "s [mm]": np.full(40, 70.0)}
    problem = make_problem(read_table(data, target="y", sigma={"y": "s"}))
    space = search_space(problem, problem.train_rows)
    assert space.sigma is not None
    np.testing.assert_allclose(space.sigma / space.target, 70.0 / data["y [mm]"][problem.train_rows])


@pytest.mark.parametrize(
    ("free", "allowed", "forbidden"),
    [
        ("dimensionless", [DIMENSIONLESS], [Dimension.of(s=1)]),
        (["s"], [DIMENSIONLESS, Dimension.of(s=-2), Dimension.of(s=6)], [Dimension.of(m=1), Dimension.of(s=7)]),
        (["m", "s"], [Dimension.of(m=1, s=-1), Dimension.of(m=3, s=-3)], [Dimension.of(kg=1)]),
        (["m/s"], [Dimension.of(m=2, s=-2)], [Dimension.of(m=1), Dimension.of(m=2, s=-1)]),
    ],
)
def test_units_of_coefficients(free: object, allowed: list[Dimension], forbidden: list[Dimension]) -> None:
    """Declared units, their powers and products; pure numbers always."""
    space = space_of(free_constants=free)
    assert space.coefficient_codes is not None
    found = {space.coding.decode(code) for code in space.coefficient_codes}
    assert set(allowed) <= found
    assert not set(forbidden) & found


def test_inferred_units_are_any_at_all() -> None:
    assert space_of(free_constants="inferred").coefficient_codes is None


def test_angles_are_known() -> None:
    rng = np.random.default_rng(0)
    data = {"a [deg]": rng.uniform(1, 80, 40), "r [m]": rng.uniform(1, 2, 40), "n [1]": rng.uniform(1, 2, 40)}
    problem = problem_of(data | {"x [m]": data["r [m]"] * np.sin(np.radians(data["a [deg]"]))}, "x")
    space = search_space(problem, problem.train_rows)
    assert space.angles == frozenset({0})


def test_probe_rows_are_a_sorted_sample() -> None:
    space = space_of()
    generator = np.random.default_rng(1)
    rows = probe_rows(space, 10, generator)
    assert len(set(rows.tolist())) == 10
    assert (np.diff(rows) > 0).all()
    assert rows.max() < len(space.target)
    everything = probe_rows(space, 1000, generator)
    assert everything.tolist() == list(range(len(space.target)))


def proposal(complexity: int, loss: float, name: str = "x") -> Proposal:
    return Proposal(complexity, loss, lambda: Draft(Variable(name), (), (), ()), "test")


def test_the_pool_keeps_the_best_of_each_complexity() -> None:
    pool = Pool(3)
    losses = np.random.default_rng(0).permutation(20) / 20
    for loss in losses.tolist():
        pool.offer(proposal(4, loss))
    pool.offer(proposal(2, 0.99))
    assert pool.complexities() == [2, 4]
    assert pool.threshold(4) == 0.1
    assert pool.threshold(2) == float("inf")
    assert [one.loss for one in pool.take(4)] == [0.0, 0.05, 0.1]
    assert pool.complexities() == [2]
    assert pool.take(4) == []


def test_the_pool_asks_more_of_more_nodes() -> None:
    """Three nodes more have to pay; fewer may well be needed on the way to a law, and need not."""
    pool = Pool(3)
    pool.offer(proposal(4, 0.2))
    assert pool.threshold(6) == float("inf")
    assert pool.threshold(7) == pool.threshold(20) == SAME_LOSS * 0.2
    pool.offer(proposal(6, 0.5))
    pool.offer(proposal(7, 0.22))
    pool.offer(proposal(8, 0.19))
    pool.offer(proposal(8, 0.205))  # alike on a few rows
    assert pool.complexities() == [4, 6, 8]
    assert pool.threshold(10) == SAME_LOSS * 0.2
    assert pool.threshold(11) == SAME_LOSS * 0.19
    assert [one.loss for one in pool.take(8)] == [0.19, 0.205]
    assert pool.threshold(11) == SAME_LOSS * 0.19  # what was taken is remembered
    pool.offer(proposal(9, 0.01))
    assert pool.threshold(4) == pool.threshold(6) == float("inf")  # simpler ones are not held to it


def test_a_fitted_constant_counts_as_nodes() -> None:
    """A short law with two constants does not keep out a longer one with one, and is itself held to shorter ones."""
    pool = Pool(3)
    pool.offer(replace(proposal(5, 0.2), constants=2))
    assert pool.threshold(8) == pool.threshold(10) == float("inf")
    assert pool.threshold(11) == SAME_LOSS * 0.2
    assert pool.threshold(8, 2) == SAME_LOSS * 0.2
    pool.offer(proposal(5, 0.1))
    assert pool.threshold(5, 2) == SAME_LOSS * 0.1
    pool.offer(replace(proposal(5, 0.2), constants=2))
    assert [one.loss for one in pool.take(5)] == [0.1, 0.2]  # the first one came before anything shorter


def test_losses_below_the_floor_are_alike() -> None:
    """A simpler law below the floor does not shut out others there; above it they are no use."""
    pool = Pool(3, floor=0.1)
    pool.offer(proposal(2, 0.001))
    assert pool.threshold(5) == SAME_LOSS * 0.1
    pool.offer(proposal(5, 0.1))
    pool.offer(proposal(5, 0.11))
    assert [one.loss for one in pool.take(5)] == [0.1]


def test_another_target_is_another_measure() -> None:
    pool = Pool(3)
    pool.offer(proposal(2, 0.001))
    pool.take(2)
    pool.forget(0.3)
    assert pool.threshold(5) == float("inf")
    pool.offer(proposal(2, 0.2))
    assert pool.threshold(5) == SAME_LOSS * 0.3


def test_the_pool_prefers_who_came_first() -> None:
    """Equal losses are kept in the order they came: the simplest search order decides, and it repeats."""
    pool = Pool(2)
    for name in "abcd":
        pool.offer(proposal(1, 0.5, name))
    assert [one.build().expression for one in pool.take(1)] == [Variable("a"), Variable("b")]
