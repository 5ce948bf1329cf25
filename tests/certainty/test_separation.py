"""Where a measurement tells two laws apart: against closed forms, brute force and linear algebra."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from symreg.certainty.input_box import box_of
from symreg.certainty.separation import Contest, Place, best_place, contest_of, sigmas_at
from symreg.laws.refitting import fitted_again, fitter_of
from symreg.problem.problem import Problem
from tests.laws_by_hand import law_of, problem_of


def contest(problem: Problem, first: str, second: str) -> Contest:
    fitter = fitter_of(problem)
    one, two = fitted_again([law_of(problem, first), law_of(problem, second)], fitter)
    assert one is not None and two is not None
    return contest_of(one, two, fitter, box_of(problem, fitter))


def place_of(found: Contest, wide: bool = False) -> Place:
    box = box_of(found.fitter.problem, found.fitter)
    place = best_place(found, box.stretched() if wide else box, seed=0)
    assert place is not None
    return place


def unit_interval(noise: float = 0.1, n_rows: int = 60, **options: Any) -> Problem:
    rng = np.random.default_rng(3)
    x = np.concatenate([[0.05, 0.95], rng.uniform(0.05, 0.95, n_rows - 2)])
    return problem_of({"x [1]": x, "y [1]": x + noise * rng.normal(size=n_rows)}, **options)


def test_two_laws_without_constants_differ_most_where_their_difference_is_largest() -> None:
    """x and x**2 on 0.05 ... 0.95: |x - x**2| is 1/4 at 1/2, and nothing but the noise is uncertain."""
    problem = unit_interval()
    found = place_of(contest(problem, "x", "x**2"))
    noise = law_of(problem, "x").train.rmse  # no constant was fitted: the mean square is that of the noise
    ((name, value, unit),) = found.inputs
    assert (name, unit) == ("x", problem.table["x"].unit.text)
    assert value == pytest.approx(0.5, abs=0.06)
    assert found.difference == pytest.approx(0.25, abs=0.005)
    assert found.sigmas == pytest.approx(found.difference / noise, rel=1e-9)
    assert found.repeats == math.ceil((3 * noise / found.difference) ** 2)


def test_the_same_place_in_any_units() -> None:
    """Lengths in kilometres, times in milliseconds: a law of nature does not care, and no more does the place."""
    rng = np.random.default_rng(3)
    x = rng.uniform(0.05, 0.95, 60)
    y = x + 0.1 * rng.normal(size=60)
    plain = place_of(contest(problem_of({"x [s]": x, "y [m]": y}), "k*x", "k*x**2"))
    odd = place_of(contest(problem_of({"x [ms]": 1e3 * x, "y [km]": y / 1e3}), "k*x", "k*x**2"))
    assert odd.inputs[0][1] == pytest.approx(1e3 * plain.inputs[0][1], rel=1e-9)
    assert odd.difference == pytest.approx(plain.difference / 1e3, rel=1e-6)
    assert (odd.sigmas, odd.repeats) == (pytest.approx(plain.sigmas, rel=1e-6), plain.repeats)


@pytest.mark.parametrize("sigma", [None, 0.1])
@pytest.mark.parametrize("wide", [False, True])
def test_laws_with_constants_against_a_fine_grid(sigma: float | None, wide: bool) -> None:
    """z(x) = |a x - b x**2|/sqrt(s**2 + var(a) x**2 + var(b) x**4), by the normal equations of each law alone."""
    problem = unit_interval(sigma=sigma)
    x, y = problem.matrix(problem.train_rows)[0], problem.target_values(problem.train_rows)
    laws = []
    for column in (x, x**2):
        value = float(column @ y / (column @ column))
        rest = float(np.sum((y - value * column) ** 2)) / (len(y) - 1)
        laws.append((value, rest / float(column @ column), rest))
    (a, var_a, rest), (b, var_b, _) = laws
    noise = rest if sigma is None else max(rest, sigma**2)
    low, high = problem.table["x"].values.min(), problem.table["x"].values.max()
    if wide:
        low, high = low * math.sqrt(low / high), high * math.sqrt(high / low)
    grid = np.exp(np.linspace(np.log(low), np.log(high), 20_001))
    z = np.abs(a * grid - b * grid**2) / np.sqrt(noise + var_a * grid**2 + var_b * grid**4)
    found = place_of(contest(problem, "k*x", "k*x**2"), wide)
    assert 0.95 * z.max() - 1e-9 <= found.sigmas <= z.max() * (1 + 1e-6)
    at = float(found.inputs[0][1])
    assert found.sigmas == pytest.approx(float(np.interp(at, grid, z)), rel=1e-3)


def test_only_inputs_that_occur_are_told_and_whole_numbers_stay_whole() -> None:
    rng = np.random.default_rng(0)
    n, z = rng.integers(1, 9, 60).astype(float), rng.uniform(1, 2, 60)
    problem = problem_of({"n [1]": n, "z [1]": z, "y [1]": n + rng.normal(size=60)})
    place = place_of(contest(problem, "n", "n**2/4"))
    assert [name for name, _, _ in place.inputs] == ["n"]
    assert place.inputs[0][1] == 8.0
    assert str(place) == "n = 8"


def test_several_repeats_or_none() -> None:
    """With n repeats the noise is s**2/n, and what the constants leave open remains."""
    problem = unit_interval(noise=0.3)
    found = contest(problem, "k*x", "k*x**2")
    place = place_of(found)
    X = np.array([[place.inputs[0][1]]])
    (difference,), (variance,) = found.predictions(X)
    noise = float(found.noise(X)[0])

    def apart(n: int) -> float:
        return float(abs(difference) / np.sqrt(noise**2 / n + variance))

    if place.repeats is None:
        assert apart(10**6) < 3
    else:
        assert apart(place.repeats) >= 3 * (1 - 1e-9)
        assert place.repeats == 1 or apart(place.repeats - 1) < 3
    hopeless = place_of(contest(problem, "k*x", "k*x**(101/100)"))
    assert hopeless.repeats is None and hopeless.sigmas < 3


def test_a_law_is_never_judged_where_it_is_undefined() -> None:
    """log(x - 1/2) beyond the rows: below 1/2 it has no value, so no measurement is proposed there."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0.6, 3, 60)
    problem = problem_of({"x [1]": x, "y [1]": np.log(x - 0.5) + 0.1 * rng.normal(size=60)})
    found = contest(problem, "log(x - 1/2)", "k1 + k2*x")
    assert sigmas_at(found, {"x": np.array([0.4])})[0] == 0.0
    assert place_of(found, wide=True).inputs[0][1] > 0.5


def test_the_noise_is_that_of_the_nearest_row() -> None:
    x = np.linspace(1, 4, 40)
    sigma = np.where(x < 2, 0.1, 1.0)
    y = x + np.random.default_rng(0).normal(size=40) * 0.5 * sigma
    table = {"x [1]": x, "y [1]": y, "s [1]": sigma}
    problem = problem_of(table, sigma="s", inputs=["x"])
    found = contest(problem, "x", "x**2")
    np.testing.assert_allclose(found.noise(np.array([[1.1, 3.5]])), [0.1, 1.0], rtol=1e-9)


def test_errors_of_a_difference_against_the_normal_equations() -> None:
    """Both laws see the same noise: f1 - f2 is linear in y, and its variance is that of y carried through."""
    problem = unit_interval()
    found = contest(problem, "k*x", "k1*x + k2*x**2")
    x = problem.matrix(problem.train_rows)[0]
    one, two = np.column_stack([x]), np.column_stack([x, x**2])
    at = np.array([0.1, 0.5, 0.9])
    rows = np.column_stack([at]) @ np.linalg.pinv(one) - np.column_stack([at, at**2]) @ np.linalg.pinv(two)
    rest = found.first.residual_sum / (len(x) - 1)
    difference, _ = found.predictions(at[None, :])
    expected = np.abs(difference) / np.sqrt(rest * np.sum(rows**2, axis=1))
    np.testing.assert_allclose(found.beyond_errors(at[None, :]), expected, rtol=1e-6)
    # A law in another writing differs by nothing, whatever its errors.
    same = contest(problem, "k*x", "k*x**2/x")
    assert (same.beyond_errors(at[None, :]) == 0).all()


def test_the_same_seed_gives_the_same_place() -> None:
    problem = unit_interval()
    found = contest(problem, "k*x", "k*x**2")
    assert place_of(found) == place_of(found)


def test_no_place_at_the_edge_of_a_pole() -> None:
    """The laws part without limit where x comes to 2, but nobody sets x to 1.999999: a neighbour must do as well."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0.6, 1.9, 60)
    problem = problem_of({"x [1]": x, "y [1]": 1 / (2 - x) + 0.1 * rng.normal(size=60)})
    near = contest(problem, "1/(2 - x)", "k1 + k2*x")
    wide = box_of(problem, near.fitter).stretched()
    assert wide.low[0] < 2 < wide.high[0]
    assert sigmas_at(near, {"x": np.array([2 - 1e-12])})[0] > 1e6
    place = place_of(near, wide=True)
    step = 0.01 * np.log(wide.high[0] / wide.low[0])  # of the side, in logarithms
    for moved in (place.inputs[0][1] * np.exp(-step), place.inputs[0][1] * np.exp(step)):
        assert sigmas_at(near, {"x": np.array([moved])})[0] > 0.2 * place.sigmas


def test_noise_that_grows_with_the_target_does_not_make_a_factor_sure() -> None:
    """Of 150 tables with 5 % noise about three find the factor beside 1 by chance; were the noise taken for equal in
    all rows, its error would come out much too small."""
    surprised = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        x = np.exp(rng.uniform(0, 5, 60))
        found = contest(problem_of({"x [1]": x, "y [1]": x * (1 + 0.05 * rng.normal(size=60))}), "x", "k*x")
        surprised += bool(found.beyond_errors(np.array([[10.0]]))[0] > 2.3)  # 2 % of normal draws
    assert surprised <= 8
