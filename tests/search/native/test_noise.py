"""How errors go is told where it can be told: relative over decades, alike otherwise; scales mean nothing."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from symreg.discovery import Discovery, discover
from symreg.engine import get_engine
from symreg.formula.grammar import parse
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.backend import Budget
from symreg.search.native.noise import Wonder, errors_grow, may_grow, relative
from symreg.search.native.probes import target_at
from symreg.search.native.progress import Progress
from symreg.search.native.proposal import Draft
from symreg.search.native.questions.smoothing import smoother_of
from symreg.search.native.refine import Refined, Refiner
from symreg.search.native.settings import Native
from symreg.search.space import SearchSpace, search_space
from symreg.tables.table import read_table
from tests.search.native.skeletons.made import search_of

Floats = npt.NDArray[np.float64]


def power_law(n_rows: int = 60, seed: int = 0, scale: float = 1.0, **noise: float) -> tuple[Floats, Floats]:
    """3*x**1.4 over two decades of x, with noise that is a part of each value, or of the largest."""
    rng = np.random.default_rng(seed)
    x = np.geomspace(0.5, 50, n_rows)
    y = 3 * x**1.4
    kind, size = next(iter(noise.items()))
    y = y * (1 + size * rng.normal(size=n_rows)) if kind == "part" else y + size * y.max() * rng.normal(size=n_rows)
    return x, scale * y


def space_of(x: Floats, y: Floats) -> SearchSpace:
    problem = make_problem(read_table({"x": x, "y": y}, target="y"), test_fraction=0.0 if len(x) < 500 else 0.25)
    return search_space(problem, problem.train_rows)


FORMS = [("k1*x**k2", (2.0, 1.2)), ("k1*x + k2", (1.0, 1.0)), ("k1*x**2 + k2*x + k3", (0.1, 1.0, 1.0)), ("k1", (1.0,))]


def told(space: SearchSpace, forms: list[tuple[str, tuple[float, ...]]] = FORMS) -> bool:
    rows = np.arange(len(space.target))
    refiner = Refiner(space, get_engine("auto"), 1, target_at(space, rows), rows)
    drafts = []
    for text, values in forms:
        names = tuple(f"k{number}" for number in range(1, 1 + len(values)))
        tree = parse(text, variables=("x",), constants=names)
        drafts.append(Refined(Draft(tree, names, values, (0,) * len(names)), 0.0, 5, "test"))
    return errors_grow(relative(space), refiner.again(drafts), refiner, Progress(space, refiner).own_bits) is not None


@pytest.mark.parametrize("part", [0.03, 0.1, 0.2])
@pytest.mark.parametrize("seed", range(5))
def test_errors_that_are_a_part_of_each_value_are_told(part: float, seed: int) -> None:
    assert told(space_of(*power_law(part=part, seed=seed)))


@pytest.mark.parametrize("size", [0.003, 0.001])
@pytest.mark.parametrize("seed", range(5))
def test_errors_that_are_alike_are_told(size: float, seed: int) -> None:
    x, y = power_law(size=size, seed=seed)
    assert not told(space_of(x, np.abs(y) + 1e-3))


def test_exact_data_have_no_errors_to_grow() -> None:
    assert not told(space_of(*power_law(part=0.0)))
    assert not told(space_of(*power_law(part=1e-12)))


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e12])
def test_a_scale_of_the_target_means_nothing(scale: float) -> None:
    """Both likelihoods shift alike; what is told does not depend on the unit of y."""
    for part, size in ((0.1, None), (None, 0.002)):
        noise = {"part": part} if part else {"size": size}
        x, y = power_law(scale=1.0, seed=2, **noise)  # type: ignore[arg-type]
        y = np.abs(y) + 1e-3
        forms = [(text, values) for text, values in FORMS if text != "k1*x**2 + k2*x + k3"]
        scaled = [(text, tuple(scale * v if n == 0 or "+" in text else v for n, v in enumerate(values)))
                  for text, values in forms]  # fmt: skip
        assert told(space_of(x, scale * y), scaled) is told(space_of(x, y), forms) is bool(part)


def test_where_errors_may_grow() -> None:
    x, y = power_law(part=0.1)
    assert may_grow(space_of(x, y))
    assert may_grow(space_of(x, -y))
    assert not may_grow(space_of(x, y - 100))  # of both signs
    assert not may_grow(space_of(x, y + 10 * y.max()))  # alike in size: it makes no difference
    assert not may_grow(space_of(x[:8], y[:8]))  # too few to tell
    space = space_of(x, y)
    assert not may_grow(replace(space, sigma=np.ones_like(y)))  # they are stated
    assert not may_grow(replace(space, may_weigh=False))
    assert not may_grow(relative(space))  # it has been found already


def test_relative_errors_have_a_geometric_mean_of_one() -> None:
    x, y = power_law(part=0.1)
    found = relative(space_of(x, y))
    assert found.sigma is not None and not found.knows_errors
    assert np.log(found.sigma).mean() == pytest.approx(0.0, abs=1e-12)
    assert np.std(np.log(found.sigma / x**1.4)) < 0.05  # of the law's values, not of the measured ones


# --------------------------------------------------------------------------------------------------- of a problem


def problem_of(data: dict[str, Any], **options: Any) -> Problem:
    return make_problem(read_table(data, target="y"), **options)


def test_weights_of_a_problem_say_how_errors_go() -> None:
    x, y = power_law(part=0.1)
    problem = problem_of({"x": x, "y": y})
    rows = problem.train_rows
    assert problem.weights(rows) is None
    assert not problem.states_errors
    weights = problem.with_relative_errors().weights(rows)
    assert weights is not None
    assert np.log(weights).mean() == pytest.approx(0.0, abs=1e-12)
    assert np.std(np.log(weights * x[rows] ** 2.8)) < 0.1


def test_stated_errors_are_weights_however_noise_is_called() -> None:
    x, y = power_law(part=0.1)
    sigma = 0.1 + 0.01 * x
    table = read_table({"x": x, "y": y, "dy": sigma}, target="y", sigma={"y": "dy"})
    problem = make_problem(table, inputs=["x"])
    rows = problem.train_rows
    for one in (problem, problem.with_relative_errors()):
        assert one.states_errors
        assert one.weights(rows) == pytest.approx(sigma[rows] ** -2)


def test_weights_of_some_rows_are_as_those_of_all_but_for_their_mean() -> None:
    x, y = power_law(part=0.1)
    problem = problem_of({"x": x, "y": y}, test_fraction=0.0, folds=5).with_relative_errors()
    rows = np.arange(0, 60, 3)
    some, every = problem.weights(rows), problem.weights(np.arange(60))
    assert some is not None and every is not None
    assert some / every[rows] == pytest.approx(float(some[0] / every[0]))


# ----------------------------------------------------------------------------------------------------- end to end


def found_in(x: Floats, y: Floats) -> Discovery:
    problem = problem_of({"x": x, "y": y}, operators=("+", "-", "*", "/", "pow"))
    return discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=4_000_000))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_over_decades_the_law_is_looked_for_both_ways(seed: int) -> None:
    """Fifteen rows of a viscosity over two decades with errors of two per cent: fitted as if all rows erred alike, the
    law is far behind formulas that pass through the two largest values."""
    rng = np.random.default_rng(seed)
    T = np.sort(rng.uniform(230, 380, 15))
    y = 2.1e-4 * np.exp(912 / (T - 171)) * (1 + 0.02 * rng.normal(size=15))
    problem = problem_of({"T": T, "y": y})
    space = search_space(problem, problem.train_rows)
    search, rows = search_of(space), np.arange(len(space.target))
    refiner = Refiner(space, get_engine("auto"), 1, target_at(space, rows), rows)
    wonder = Wonder(space, refiner, Progress(space, refiner), search_of)
    assert not wonder.knows_that_errors_grow(search)  # it is not asked yet
    for _ in range(3):
        search.run()
    assert wonder.knows_that_errors_grow(search)
    assert wonder.evaluated > 0


@pytest.mark.parametrize(("part", "grows"), [(0.0, False), (0.05, False), (0.3, True)])
def test_what_is_mostly_a_pattern_says_nothing_of_errors(part: float, grows: bool) -> None:
    """A wave on a power law over two decades: a straight power leaves a third of each value, and that is no error."""
    rng = np.random.default_rng(0)
    x = np.geomspace(0.5, 50, 300)
    y = 3 * x**1.4 * (1 + (0.0 if grows else 0.4) * np.sin(2 * np.log(x))) * (1 + part * rng.normal(size=300))
    assert knows_of(space_of(x, np.abs(y))) == grows


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_few_large_values_make_no_pattern_of_errors_that_grow(seed: int) -> None:
    """Sixty rows of an allometric law over six decades, each off by a factor of about two: as if all rows erred alike,
    polynomials pass through the two largest values, and nothing is left that could be an error."""
    rng = np.random.default_rng(seed)
    x = np.exp(rng.uniform(np.log(5e-3), np.log(5e3), 62))
    assert knows_of(space_of(x, 10 * x**0.75 * np.exp(0.6 * rng.normal(size=62))))


def test_skewed_values_say_nothing_of_errors() -> None:
    """As long as no formula with an input is near, nobody knows what the values follow."""
    rng = np.random.default_rng(0)
    space = space_of(rng.uniform(1, 5, 120), rng.lognormal(size=120))
    assert not knows_of(space, "k1", (1.0,))


def knows_of(space: SearchSpace, text: str = "k1*x**k2", values: tuple[float, ...] = (3.0, 1.4)) -> bool:
    """Whether a power law alone tells that errors grow, once simple forms have had their first stages."""
    rows = np.arange(len(space.target))
    refiner = Refiner(space, get_engine("auto"), 1, target_at(space, rows), rows)
    progress = Progress(space, refiner, smoother_of(space, rows))
    names = ("k1", "k2")[: len(values)]
    tree = parse(text, variables=("x",), constants=names)
    near = Refined(Draft(tree, names, values, (0,) * len(values)), 0.1, 5, "test")
    assert errors_grow(relative(space), [near], refiner, progress.own_bits) is not None
    search = SimpleNamespace(stages_run=3, is_done=False, near=[near])
    other = SimpleNamespace(is_done=True, near=[], evaluated=0, stages_run=0)
    wonder = Wonder(space, refiner, progress, lambda _: other)  # type: ignore[arg-type,return-value]
    return wonder.knows_that_errors_grow(search)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [0, 1])
def test_a_power_law_with_errors_of_a_fifth_has_its_exponent(seed: int) -> None:
    x, y = power_law(part=0.2, seed=seed)
    found = found_in(x, y)
    assert found.problem.noise == "relative"
    # Whether 3/2 is taken for the exponent is a matter of luck at a fifth; the slope over both decades is not.
    ends = found.front.best.predict({"x": np.array([x.min(), x.max()])})
    slope = np.log(ends[1] / ends[0]) / np.log(x.max() / x.min())
    assert slope == pytest.approx(1.4, abs=0.12), str(found.front)


def test_errors_that_are_alike_leave_the_problem_as_it_is() -> None:
    x, y = power_law(size=0.002)
    assert found_in(x, np.abs(y)).problem.noise == "constant"
    x, y = power_law(part=0.0)
    assert found_in(x, y).problem.noise == "constant"




@pytest.mark.parametrize(
    ("seed", "sign"),
    [
        (1, 1.0),
        (1, -1.0),
        (3, -1.0),
        (0, 1.0),
    ],
)
def test_formulas_that_follow_noise_do_not_tell_how_errors_go(seed: int, sign: float) -> None:
    """Thirty rows over two decades with errors of a tenth, and what the first stages of skeletons make of them."""
    rng = np.random.default_rng(seed)
    x = np.geomspace(1, 100, 40)
    y = sign * 3 * x**1.37 * (1 + 0.1 * rng.normal(size=40))
    problem = problem_of({"x": x, "y": y})
    space = search_space(problem, problem.train_rows)
    search = search_of(space)
    for _ in range(3):
        search.run()
    rows = np.arange(len(space.target))
    refiner = Refiner(space, get_engine("auto"), 1, target_at(space, rows), rows)
    assert errors_grow(relative(space), search.near, refiner, Progress(space, refiner).own_bits)


@pytest.mark.parametrize(("part", "noise"), [(0.05, "relative"), (0.0, "constant")])
def test_it_is_asked_at_the_end_where_no_simple_form_had_a_turn(part: float, noise: str) -> None:
    """Without constants that carry units there are no stages of simple forms, and the law is found all the same."""
    rng = np.random.default_rng(1)
    m, v = rng.uniform(1, 100, (2, 80))
    y = 0.5 * m * v**2
    y = y * (1 + part * rng.normal(size=80)) if part else y + 1e-3 * y.max() * rng.normal(size=80)
    table = read_table({"m [kg]": m, "v [m/s]": v, "y [J]": np.abs(y)}, target="y")
    problem = make_problem(table, free_constants="dimensionless")
    found = discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=300_000))
    assert found.problem.noise == noise
    assert found.front.best.formula in {"m*v**2/2", "k*m*v**2"}
