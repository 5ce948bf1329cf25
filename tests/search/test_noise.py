"""The noise floor: right where the rows are dense, never a pretext to stop early where there is no noise."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.problem import Problem, make_problem
from symreg.search.noise import neighbourhood, noise_floor
from symreg.search.space import search_space
from symreg.table import read_table
from tests.search.setting import problem_of


def floor(problem: Problem, seed: int = 0) -> float:
    space = search_space(problem, problem.train_rows)
    return noise_floor(space, np.random.default_rng(seed).permutation(len(space.target))[:4000])


def smooth(n_rows: int, noise: float, n_inputs: int = 2, seed: int = 0) -> Problem:
    """A smooth function plus noise that is ``noise`` of its spread."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.5, 2, (n_inputs, n_rows))
    y = np.sin(x[0]) * x[-1] + 0.5 * x[0] ** 2
    y += noise * y.std() * rng.normal(size=n_rows)
    data = {f"x{i} [m]": row for i, row in enumerate(x)} | {"y [m]": y}
    return problem_of(data, "y", free_constants="inferred", test_fraction=0.1)


@pytest.mark.parametrize("noise", [0.03, 0.1, 0.3])
@pytest.mark.parametrize("n_inputs", [1, 2])
def test_the_floor_is_the_noise(noise: float, n_inputs: int) -> None:
    true = noise**2 / (1 + noise**2)
    assert floor(smooth(2_000, noise, n_inputs)) == pytest.approx(true, rel=0.25)


@pytest.mark.parametrize("n_rows", [100, 500, 2_000])
@pytest.mark.parametrize("n_inputs", [1, 2, 3])
def test_without_noise_the_floor_is_small(n_rows: int, n_inputs: int) -> None:
    """Curvature is told from noise: a law that explains all but a hundredth does not pass for the truth."""
    assert floor(smooth(n_rows, 0.0, n_inputs)) < 0.01


def test_known_uncertainties_are_the_answer() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 2, 200)
    sigma = np.where(np.arange(200) % 2, 0.1, 0.4)
    y = x + sigma * rng.normal(size=200)
    table = read_table({"x [m]": x, "y [m]": y, "s [m]": sigma}, target="y", sigma={"y": "s"})
    found = floor(make_problem(table, test_fraction=0.1))
    rows = make_problem(table, test_fraction=0.1).train_rows
    w = sigma[rows] ** -2
    mean = w @ y[rows] / w.sum()
    assert found == pytest.approx(len(rows) / float(w @ (y[rows] - mean) ** 2))


@pytest.mark.parametrize("n_rows", [8, 30])
def test_too_few_rows_say_nothing(n_rows: int) -> None:
    assert floor(smooth(n_rows, 0.5, 3)) == 0.0


def test_units_change_nothing() -> None:
    rng = np.random.default_rng(2)
    x = rng.uniform(1, 2, 400)
    y = x**2 + 0.1 * rng.normal(size=400)
    plain = floor(problem_of({"x [m]": x, "y [m**2]": y}, "y"))
    for factor in (1e-20, 1e20):
        scaled = problem_of({"x [m]": x * factor, "y [m**2]": y * factor**2}, "y")
        assert floor(scaled) == pytest.approx(plain, rel=1e-6)


def test_inputs_on_a_grid_and_repeated_rows_are_silent() -> None:
    """Ties in the ranks and equal neighbours (warnings are errors); repeated rows show the noise best."""
    rng = np.random.default_rng(3)
    x = np.repeat(np.linspace(1, 2, 10), 40)
    y = x + 0.05 * rng.normal(size=400)
    true = 0.05**2 / np.var(y)
    assert floor(problem_of({"x [m]": x, "y [m]": y}, "y")) == pytest.approx(true, rel=0.4)


def test_an_input_that_never_varies_does_not_count() -> None:
    rng = np.random.default_rng(4)
    x = rng.uniform(1, 2, 300)
    y = x + 0.1 * rng.normal(size=300)
    one = floor(problem_of({"x [m]": x, "y [m]": y}, "y"))
    with_constant = problem_of({"x [m]": x, "c [m]": np.full(300, 2.0), "y [m]": y}, "y")
    assert floor(with_constant) == pytest.approx(one)


def test_the_same_generator_gives_the_same_floor() -> None:
    problem = smooth(6_000, 0.1)
    assert floor(problem, 5) == floor(problem, 5)


@pytest.mark.parametrize("n_inputs", [1, 2, 4, 6])
@pytest.mark.parametrize("seed", range(5))
def test_what_a_law_missed_is_no_noise(n_inputs: int, seed: int) -> None:
    """Pure noise is taken for noise; a smooth remainder of the same size, alone or half of it, is not."""
    problem = smooth(2_000, 0.1, n_inputs, seed)
    space = search_space(problem, problem.train_rows)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(space.target))
    around = neighbourhood(space, rows)
    assert around is not None
    noise = rng.normal(size=len(rows))
    missed = np.sin(3 * space.inputs[0, rows] / space.inputs[0].max()) + space.inputs[-1, rows] ** 2
    missed = (missed - missed.mean()) / missed.std()
    assert around.is_noise(noise)
    assert not around.is_noise(missed)
    assert not around.is_noise(noise + missed)
