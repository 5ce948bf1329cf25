"""The smooth surface: how large the noise is, where the truth lies, and whether residuals still hold a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from symreg.problem.making import make_problem
from symreg.search.native.questions import smoothing
from symreg.search.native.questions.smoothing import (
    FEWEST_SURFACE_ROWS,
    MOST_SURFACE_ROWS,
    Smoother,
    smoothed_rows,
    smoother_of,
)
from symreg.search.space import SearchSpace, search_space
from symreg.tables.table import read_table

Floats = np.ndarray
NOISE = 0.1  # planted, of the target's standard deviation
KINDS = [(1, "m", False), (2, "m", False), (3, "m", False), (1, "1", False), (2, "1", False), (3, "1", False),
         (1, "m", True), (2, "m", True), (3, "1", True)]  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A table whose truth is known: its space and its smoother over all training rows, truth and noise in its units."""

    space: SearchSpace
    smoother: Smoother
    truth: Floats
    noise: Floats

    @property
    def nothing(self) -> Floats:
        """The prediction of no law at all."""
        return np.zeros_like(self.truth)


def space_of(data: Mapping[str, Any], sigma: str | None = None, **options: Any) -> tuple[SearchSpace, Floats]:
    """A space of all training rows, and which rows these are; the target is the column y."""
    table = read_table(dict(data), target="y", sigma={"y": sigma} if sigma else None)
    problem = make_problem(table, **({"free_constants": "dimensionless", "test_fraction": 0.1} | options))
    return search_space(problem, problem.train_rows), problem.train_rows


def planted(
    inputs: Mapping[str, Floats], truth: Floats, noise: Floats, unit: str = "1", sigma: Floats | None = None,
    **options: Any,
) -> Planted:  # fmt: skip
    """The table of these inputs, whose target is the sum of truth and noise."""
    data = {**inputs, f"y [{unit}]": truth + noise}
    if sigma is not None:
        data[f"s [{unit}]"] = sigma
    space, rows = space_of(data, None if sigma is None else "s", **options)
    smoother = smoother_of(space, np.arange(len(rows)))
    assert smoother is not None
    scale = float(space.target @ space.target / (space.target @ (truth + noise)[rows]))
    return Planted(space, smoother, scale * truth[rows], scale * noise[rows])


@cache
def smooth(n_inputs: int, unit: str, known: bool, n_rows: int = 1000, noise: float = NOISE, seed: int = 0) -> Planted:
    """``sin(x0)*x1 + x0**2/2``, which no product of powers comes near to; ``known`` noise differs by rows."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.5, 2, (n_inputs, n_rows))
    truth = np.sin(x[0]) * x[-1] + 0.5 * x[0] ** 2
    sigma = noise * truth.std() * (rng.choice([0.5, 2.0], n_rows) if known else np.ones(n_rows))
    inputs = {f"x{i} [{unit}]": row for i, row in enumerate(x)}
    free = "inferred" if unit != "1" else "dimensionless"
    draws = sigma * rng.normal(size=n_rows)
    return planted(inputs, truth, draws, unit, sigma if known else None, free_constants=free)


def rms(values: Floats) -> float:
    return float(np.sqrt(np.mean(values**2)))


@pytest.mark.parametrize(("n_inputs", "unit", "known"), KINDS)
def test_the_noise_is_found(n_inputs: int, unit: str, known: bool) -> None:
    """Against the noise that was drawn, not its expectation: rows are few enough for these to differ."""
    own = smooth(n_inputs, unit, known)
    found = own.smoother.surface(own.nothing).noise
    assert np.sqrt(found) == pytest.approx(rms(own.noise / own.smoother.spread), rel=0.04)


@pytest.mark.parametrize("share", [0.01, 0.5])
def test_little_noise_and_much_are_found(share: float) -> None:
    own = smooth(2, "m", False, noise=share)
    assert np.sqrt(own.smoother.surface(own.nothing).noise) == pytest.approx(rms(own.noise), rel=0.04)


def test_known_uncertainties_are_the_unit_of_the_noise() -> None:
    own = smooth(2, "m", True)
    assert own.space.sigma is not None
    assert np.array_equal(own.smoother.spread, own.space.sigma)
    assert own.smoother.surface(own.nothing).noise == pytest.approx(1, rel=0.15)


@pytest.mark.parametrize("n_rows", [100, 500, 1000])
@pytest.mark.parametrize("n_inputs", [1, 2, 3])
def test_curvature_is_no_noise(n_inputs: int, n_rows: int) -> None:
    """Without noise hardly any is seen, and the target is not said to be farther from the truth than a surface."""
    own = smooth(n_inputs, "m", False, n_rows=n_rows, noise=0.0)
    surface = own.smoother.surface(own.nothing)
    assert surface.noise < 1e-3 * np.var(own.space.target)
    assert surface.noise < 1e-12 * np.var(own.space.target) or n_inputs == 3 or n_rows == 100


@pytest.mark.parametrize(("n_inputs", "unit", "known"), KINDS)
def test_the_surface_is_nearer_to_the_truth_than_the_target(n_inputs: int, unit: str, known: bool) -> None:
    own = smooth(n_inputs, unit, known)
    surface = own.smoother.surface(own.nothing)
    assert surface.is_nearer
    assert rms((surface.values - own.truth) / own.smoother.spread) < 0.4 * rms(own.noise / own.smoother.spread)


@pytest.mark.parametrize(("n_inputs", "unit", "known"), [KINDS[1], KINDS[2], KINDS[3], KINDS[7]])
def test_the_error_of_the_surface_is_honest(n_inputs: int, unit: str, known: bool) -> None:
    """Over a few draws; one draw alone makes the same error at all rows."""
    true, said = 0.0, 0.0
    for seed in range(3):
        own = smooth(n_inputs, unit, known, seed=seed)
        surface = own.smoother.surface(own.nothing)
        true += rms((surface.values - own.truth) / own.smoother.spread) ** 2
        said += rms(surface.sigma / own.smoother.spread) ** 2
        assert surface.error == pytest.approx(rms(surface.sigma / own.smoother.spread) ** 2)
    assert 0.5 < np.sqrt(true / said) < 2


def test_a_law_that_is_right_is_hardly_corrected() -> None:
    own = smooth(2, "m", False)
    assert rms(own.smoother.surface(own.truth).values - own.truth) < 0.1 * rms(own.noise)


def test_a_law_that_misses_something_is_corrected() -> None:
    """The surface does not depend much on where it starts from; undefined predictions count as none."""
    own = smooth(2, "m", False)
    missing = own.truth * (1 + 0.2 * own.space.inputs[0] / own.space.inputs[0].max())
    assert rms(own.smoother.surface(missing).values - own.truth) < 0.4 * rms(own.noise)
    nowhere = np.where(np.arange(len(missing)) == 3, np.nan, missing)
    expected = own.smoother.surface(own.nothing)
    assert np.array_equal(own.smoother.surface(nowhere).values, expected.values)
    assert not own.smoother.is_noise(nowhere)


@pytest.mark.parametrize(("n_inputs", "unit", "known"), [KINDS[0], KINDS[1], KINDS[4], KINDS[5], KINDS[7]])
def test_a_right_law_leaves_noise_and_a_wrong_one_a_pattern(n_inputs: int, unit: str, known: bool) -> None:
    """Of 200 draws of the noise next to none is taken for a pattern; what a law misses is, at half the noise's size."""
    own = smooth(n_inputs, unit, known)
    rng = np.random.default_rng(5)
    missed = np.sin(3 * own.space.inputs[0] / own.space.inputs[0].max()) + own.space.inputs[-1] ** 2
    missed = 0.5 * rms(own.noise) * (missed - missed.mean()) / missed.std()
    right, wrong = 0, 0
    for _ in range(200):
        draw = rms(own.noise / own.smoother.spread) * own.smoother.spread * rng.normal(size=len(own.truth))
        smoother = replace(own.smoother, target=own.truth + draw)
        right += smoother.is_noise(own.truth)
        wrong += smoother.is_noise(own.truth - missed)
    assert right >= 196
    assert wrong <= 4


def test_without_noise_only_the_right_law_passes() -> None:
    """However little a law misses: no noise is there to hide it."""
    own = smooth(2, "m", False, noise=0.0)
    a = own.space.inputs[0]
    assert own.smoother.is_noise(own.space.target)
    for wrong in (1.001 * own.truth, own.truth + 1e-6 * a**3, own.truth + 1e-9 * a):
        assert not own.smoother.is_noise(wrong)


@pytest.mark.parametrize("n_rows", [8, FEWEST_SURFACE_ROWS - 1])
def test_few_rows_say_nothing(n_rows: int) -> None:
    x = np.linspace(1, 2, n_rows)
    space, rows = space_of({"x [m]": x, "y [m]": np.sin(x)}, free_constants="inferred", test_fraction=0)
    assert smoother_of(space, np.arange(len(rows))) is None


def test_the_fewest_rows_are_enough() -> None:
    own = smooth(1, "m", False, n_rows=FEWEST_SURFACE_ROWS + 10)
    assert smoother_of(own.space, np.arange(FEWEST_SURFACE_ROWS)) is not None
    assert smoother_of(own.space, np.arange(FEWEST_SURFACE_ROWS - 1)) is None


def test_units_change_nothing() -> None:
    rng = np.random.default_rng(2)
    x, e = rng.uniform(1, 2, 400), rng.normal(size=400)
    found = []
    for factor in (1.0, 1e-20, 1e20):
        truth = np.sin(x) * factor**2
        own = planted({"x [m]": x * factor}, truth, 0.1 * e * factor**2, "m**2", free_constants="inferred")
        found.append(own.smoother.surface(own.nothing).noise / float(np.var(own.space.target)))
    assert found == pytest.approx([found[0]] * 3, rel=1e-6)


@pytest.mark.parametrize("unit", ["m", "1"])
def test_columns_that_do_not_vary_do_no_harm(unit: str) -> None:
    rng = np.random.default_rng(4)
    a, b, e = rng.uniform(1, 2, (3, 500))
    truth, free = np.sin(2 * a) * b, {"free_constants": "inferred"}
    noise = 0.3 * (e - 1.5)
    plain = planted({f"a [{unit}]": a, f"b [{unit}]": b}, truth, noise, unit, **free)
    still = {f"c [{unit}]": np.full(500, 2.0), f"z [{unit}]": np.zeros(500), f"d [{unit}]": np.full(500, -1.0)}
    more = planted({f"a [{unit}]": a, f"b [{unit}]": b, **still}, truth, noise, unit, **free)
    noises = [own.smoother.surface(own.nothing).noise / np.var(own.space.target) for own in (plain, more)]
    assert noises[1] == pytest.approx(noises[0], rel=1e-6)


@pytest.mark.parametrize("unit", ["m", "1"])
@pytest.mark.parametrize("low", [-1.0, -3.0])
def test_columns_that_are_negative_or_cross_zero_do_no_harm(unit: str, low: float) -> None:
    rng = np.random.default_rng(4)
    a, b = rng.uniform(low, low + 2, 1000), rng.uniform(1, 2, 1000)
    a[0] = 0.0 if low == -1 else a[0]
    truth = b**2 * (1.5 + np.sin(2 * a / b))
    target = "m**2" if unit == "m" else unit
    own = planted({f"a [{unit}]": a, f"b [{unit}]": b}, truth, 0.1 * rng.normal(size=1000), target)
    surface = own.smoother.surface(own.nothing)
    assert np.sqrt(surface.noise) == pytest.approx(rms(own.noise), rel=0.04)
    assert surface.is_nearer
    assert rms(surface.values - own.truth) < 0.4 * rms(own.noise)
    assert own.smoother.is_noise(own.truth)


def test_a_target_that_is_a_product_of_powers() -> None:
    """Nothing is left open by the dimensions: one coefficient is all that there is to fit."""
    rng = np.random.default_rng(6)
    m, v = rng.uniform(1, 2, (2, 800))
    truth = 3.7 * m * v**2
    own = planted({"m [kg]": m, "v [m/s]": v}, truth, truth.std() * NOISE * rng.normal(size=800), "J")
    assert own.smoother.basis.shape[1] == 1
    assert own.smoother.coordinates.front == pytest.approx([1, 2])
    surface = own.smoother.surface(own.nothing)
    assert np.sqrt(surface.noise) == pytest.approx(rms(own.noise), rel=0.01)
    assert rms(surface.values - own.truth) < 0.1 * rms(own.noise)
    assert own.smoother.is_noise(own.truth)
    assert not own.smoother.is_noise(1.1 * own.truth)


def test_known_constants_supply_dimensions() -> None:
    """Planck's law of frequency and temperature has one coordinate by h, c and k_B, and two without them."""
    rng = np.random.default_rng(7)
    nu, T = rng.uniform(1e14, 6e14, 1000), rng.uniform(3000, 6000, 1000)
    h, k_B, c = 6.62607015e-34, 1.380649e-23, 299792458.0
    truth = 2 * h * nu**3 / c**2 / np.expm1(h * nu / (k_B * T))
    noise = 0.05 * truth.std() * rng.normal(size=1000)
    found = {}
    for constants in (("h", "c", "k_B"), ()):
        free = "dimensionless" if constants else "inferred"
        inputs = {"nu [Hz]": nu, "T [K]": T}
        own = planted(inputs, truth, noise, "W/m**2/Hz", constants=constants, free_constants=free)
        found[len(constants)] = own.smoother.coordinates
        surface = own.smoother.surface(own.nothing)
        assert np.sqrt(surface.noise) == pytest.approx(rms(own.noise), rel=0.04)
        assert own.smoother.is_noise(own.truth)
    assert found[3].null.shape == (2, 1)
    assert found[0].null.shape == (2, 2)
    assert found[3].null[0, 0] == pytest.approx(-found[3].null[1, 0])
    assert found[3].front.sum() == pytest.approx(3)  # nu**3, times any power of h*nu/(k_B*T)


@pytest.mark.parametrize(("n_inputs", "unit", "known"), KINDS[:3])
def test_the_basis_is_orthonormal(n_inputs: int, unit: str, known: bool) -> None:
    smoother = smooth(n_inputs, unit, known).smoother
    p = smoother.basis.shape[1]
    assert np.abs(smoother.basis.T @ smoother.basis - np.eye(p)).max() < 1e-9
    assert smoother.ends[-1] == p == len(smoother.degrees)
    totals = [sum(degree) for degree in smoother.degrees]
    assert totals == sorted(totals)
    assert list(smoother.ends) == [sum(total <= each for total in totals) for each in sorted(set(totals))]


def test_reflections_give_the_basis_that_cholesky_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    columns = rng.normal(size=(20, 200)) + 3 * rng.normal(size=(20, 1))
    basis, kept = smoothing._orthonormal(columns)
    assert kept.all()

    def fails(_: Floats) -> Floats:
        raise np.linalg.LinAlgError

    monkeypatch.setattr(np.linalg, "cholesky", fails)
    other, kept = smoothing._orthonormal(columns)
    assert kept.all()
    assert np.abs(other * np.sign(np.einsum("ij,ij->j", other, basis)) - basis).max() < 1e-10



@pytest.mark.parametrize("place", [1, 5, 10])
def test_collinear_columns_are_left_out(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes after a repetition is made orthogonal as if that were not there."""
    columns = np.random.default_rng(9).normal(size=(10, 100))
    basis, _ = smoothing._orthonormal(columns)

    def fails(_: Floats) -> Floats:
        raise np.linalg.LinAlgError

    monkeypatch.setattr(np.linalg, "cholesky", fails)
    repeated = 2 * columns[0] - 3 * columns[place - 1]
    other, kept = smoothing._orthonormal(np.insert(columns, place, repeated, axis=0))
    assert kept.tolist() == [index != place for index in range(11)]
    assert np.abs(np.abs(np.einsum("ij,ij->j", other, basis)) - 1).max() < 1e-10


def test_inputs_on_a_grid_and_twins_are_no_trouble() -> None:
    """Ten values bear ten polynomials, and a twin adds none (warnings are errors)."""
    rng = np.random.default_rng(3)
    x = np.repeat(np.linspace(1, 2, 10), 40)
    own = planted({"x [1]": x}, x, 0.05 * rng.normal(size=400))
    assert own.smoother.basis.shape[1] == 10
    assert np.sqrt(own.smoother.surface(own.nothing).noise) == pytest.approx(rms(own.noise), rel=0.04)
    w = rng.uniform(1, 2, 400)
    own = planted({"x [1]": x, "u [1]": w, "w [1]": w**2}, x + w, 0.05 * rng.normal(size=400))
    assert np.sqrt(own.smoother.surface(own.nothing).noise) == pytest.approx(rms(own.noise), rel=0.04)


def test_one_input_varied_at_a_time() -> None:
    """Around the middle of the ranges: products of odd polynomials in both inputs are zero at every row."""
    a = np.concatenate([np.linspace(-1, 1, 41), np.zeros(41)])
    b = a[::-1].copy()
    noise = 0.01 * np.random.default_rng(3).normal(size=82)
    own = planted({"a [1]": a, "b [1]": b}, a + b**2, noise)
    assert np.isfinite(own.smoother.basis).all()


def test_slopes_in_logarithms() -> None:
    """By positive inputs that vary, and by no others; a pure power has the same slope everywhere."""
    rng = np.random.default_rng(10)
    a, b, c = rng.uniform(1, 2, (3, 800))
    truth = b**2 * np.hypot(a, c)
    still, under = np.full(800, 2.0), -rng.uniform(1, 2, 800)
    inputs = {"a [m]": a, "b [s]": b, "c [m]": c, "still [s]": still}
    own = planted(inputs, truth, 0 * a, "m*s**2")
    slopes = own.smoother.log_slopes(0.0)
    assert sorted(slopes) == [0, 1, 2]
    a, b, c = own.space.inputs[:3]
    assert slopes[0] == pytest.approx(a**2 / (a**2 + c**2), abs=1e-3)
    assert slopes[1] == pytest.approx(2, abs=1e-6)
    assert slopes[2] == pytest.approx(c**2 / (a**2 + c**2), abs=1e-3)
    own = planted({**inputs, "under [s]": under}, truth, 0 * truth, "m*s**2", free_constants="inferred")
    assert sorted(own.smoother.log_slopes(0.0)) == [0, 1, 2]


@pytest.mark.parametrize("low", [1.0, -2.0, -0.5])
def test_slopes_by_inputs_of_any_sign(low: float) -> None:
    """Of the target itself, which may change its sign, and at fewer rows where there are many."""
    rng = np.random.default_rng(11)
    a, b = rng.uniform(low, low + 1, 2500), rng.uniform(1, 2, 2500)
    own = planted({"a [1]": a, "b [m]": b}, b * np.sin(3 * a), 0 * a, "m")
    inputs, slopes = own.smoother.slopes(0.0, logarithm=False)
    assert inputs.shape[0] == 2 and 1000 <= inputs.shape[1] < 2500
    a, b = inputs[0], inputs[1]
    scale = np.ptp(own.space.target) / np.ptp(own.space.inputs[1] * np.sin(3 * own.space.inputs[0]))
    assert slopes[0] == pytest.approx(3 * b * np.cos(3 * a) * scale, abs=2e-3 * scale)
    assert slopes[1] == pytest.approx(np.sin(3 * a) * scale, abs=2e-3 * scale)


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_bits_that_are_left(noise: float) -> None:
    """About as many as the true law explains beyond the one that is asked about; none for the true law."""
    rng = np.random.default_rng(12)
    a, b = rng.uniform(1, 2, (2, 3000))
    truth, e = a * b + 0.5 * a, rng.normal(size=3000)
    own = planted({"a [1]": a, "b [1]": b}, truth, noise * truth.std() * e)
    kept = own.space.target
    a, b = own.space.inputs
    unit = float(np.median(kept / (a * b + 0.5 * a)))
    right, wrong = unit * (a * b + 0.5 * a), unit * (a * b + 0.52 * a)
    assert own.smoother.bits_left(right) < 12
    if noise:
        gain = 0.5 * len(kept) * np.log2(np.mean((kept - wrong) ** 2) / np.mean((kept - right) ** 2))
        assert own.smoother.bits_left(wrong) == pytest.approx(gain, abs=25)
    else:
        assert own.smoother.bits_left(wrong) > 1000


def test_rows_to_smooth_are_all_or_a_choice_with_the_probes() -> None:
    probes = np.array([3, 17, 40_000])
    every = smoothed_rows(MOST_SURFACE_ROWS, probes[:2], np.random.default_rng(0))
    assert np.array_equal(every, np.arange(MOST_SURFACE_ROWS))
    rows = smoothed_rows(50_000, probes, np.random.default_rng(0))
    assert MOST_SURFACE_ROWS <= len(rows) <= MOST_SURFACE_ROWS + len(probes)
    assert (np.diff(rows) > 0).all()
    assert set(probes) <= set(rows)
    assert np.array_equal(rows, smoothed_rows(50_000, probes, np.random.default_rng(0)))
