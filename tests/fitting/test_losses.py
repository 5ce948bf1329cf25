"""What residuals cost under each loss, against densities, optimisers and refits that know nothing of reweighting."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import t as student_t

from symreg.engine import get_engine
from symreg.fitting import (
    Fitted,
    Fitter,
    deviations,
    equivalent_sum,
    left_out_under,
    left_under,
    likeliest_scale,
    make_fitter,
)
from symreg.fitting.losses import CORNER, FREEDOM, density_of
from symreg.formula import parse
from symreg.problem import FreeConstant, Loss, Problem, choose_natural_units, make_problem
from symreg.tables import read_table
from symreg.units import DIMENSIONLESS

ROBUST_LOSSES: tuple[Loss, ...] = ("huber", "student")


def line(
    loss: Loss, seed: int = 0, n_rows: int = 40, far: int = 4, sigma: float | None = None, **asked: Any
) -> Problem:
    """``y = 2*x + 5`` with noise of 0.1 and a few rows far above it."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 5, n_rows)
    y = 2 * x + 5 + 0.1 * rng.normal(size=n_rows)
    y[:far] += rng.uniform(3, 9, far)
    table = read_table({"x": x, "y": y}, target="y", sigma=None if sigma is None else {"y": sigma})
    return make_problem(table, loss=loss, test_fraction=0.0, **asked)


def fitter_of(problem: Problem) -> Fitter:
    return make_fitter(problem, choose_natural_units(problem), get_engine("numpy"), 1)


def fitted(fitter: Fitter, formula: str = "k1*x + k2", start: float = 1.0) -> Fitted:
    names = [name for name in ("k1", "k2", "k3") if name in formula]
    constants = [FreeConstant(name, DIMENSIONLESS, start) for name in names]
    found = fitter.fit([(parse(formula, variables=["x"], constants=names), constants)])[0]
    assert found is not None
    return found


def nats(loss: Loss, r: np.ndarray) -> float:
    """Minus the largest log likelihood over the scale, by a plain search."""
    density = density_of(loss)
    start = math.log(np.median(np.abs(r)))
    found = minimize_scalar(
        lambda log_scale: len(r) * (log_scale + density.log_norm) + float(np.sum(density.rho(r / math.exp(log_scale)))),
        bounds=(start - 5, start + 20), method="bounded", options={"xatol": 1e-10},
    )  # fmt: skip
    return float(found.fun)


@pytest.mark.parametrize("loss", ["squared", *ROBUST_LOSSES])
def test_densities_are_densities(loss: Loss) -> None:
    density = density_of(loss)
    whole = 2 * quad(lambda u: math.exp(-float(density.rho(np.array(u))) - density.log_norm), 0, np.inf)[0]
    assert whole == pytest.approx(1.0, abs=1e-7)
    u = np.linspace(-6, 6, 401) + 0.003
    step = 1e-6
    slope = (density.rho(u + step) - density.rho(u - step)) / (2 * step)
    np.testing.assert_allclose(density.psi(u), slope, atol=1e-6)
    near_corner = np.abs(np.abs(u) - CORNER) < 0.02
    bend = (density.psi(u + step) - density.psi(u - step)) / (2 * step)
    np.testing.assert_allclose(density.bend(u)[~near_corner], bend[~near_corner], atol=1e-6)


def test_students_density_is_that_of_the_library() -> None:
    u, density = np.linspace(-8, 8, 101), density_of("student")
    np.testing.assert_allclose(-density.rho(u) - density.log_norm, student_t.logpdf(u, FREEDOM), atol=1e-12)


@pytest.mark.parametrize("loss", ROBUST_LOSSES)
@pytest.mark.parametrize("far", [0.0, 10.0, 1e6])
def test_the_scale_is_the_likeliest(loss: Loss, far: float) -> None:
    r = np.random.default_rng(3).normal(size=50)
    r[:4] += far
    scale = likeliest_scale(loss, r, 1e-12)
    density = density_of(loss)
    here = len(r) * (math.log(scale) + density.log_norm) + float(np.sum(density.rho(r / scale)))
    assert here == pytest.approx(nats(loss, r), abs=1e-6)
    assert likeliest_scale(loss, r, 1e-12, start=30 * scale) == pytest.approx(scale, rel=1e-8)


@pytest.mark.parametrize("loss", ROBUST_LOSSES)
def test_the_equivalent_sum_takes_as_many_bits(loss: Loss) -> None:
    """Gaussian errors of that sum of squares have the same largest likelihood."""
    r = np.random.default_rng(5).standard_t(2, size=60)
    total = equivalent_sum(loss, r, likeliest_scale(loss, r, 1e-12), stated=False)
    gaussian = 0.5 * len(r) * (math.log(2 * math.pi * total / len(r)) + 1)
    assert gaussian == pytest.approx(nats(loss, r), abs=1e-6)


def test_residuals_of_nothing_have_the_smallest_scale() -> None:
    """A law that passes through most rows exactly is told by rounding, not by a scale of zero."""
    r = np.zeros(30)
    r[:3] = 5.0
    assert likeliest_scale("student", r, 1e-9) == 1e-9
    assert math.isfinite(equivalent_sum("student", r, 1e-9, stated=False))


@pytest.mark.parametrize("loss", ROBUST_LOSSES)
@pytest.mark.parametrize("sigma", [None, 0.1])
def test_a_fit_is_the_least_of_its_loss(loss: Loss, sigma: float | None) -> None:
    """Against an optimiser of all constants and the scale at once."""
    fitter = fitter_of(line(loss, sigma=sigma))
    found = fitted(fitter)
    density, roots = density_of(loss), 1.0 if fitter.weights is None else np.sqrt(fitter.weights)

    def cost(at: np.ndarray) -> float:
        r = (fitter.y - at[0] * fitter.X[0] - at[1]) * roots
        scale = 1.0 if sigma else math.exp(at[2])
        return float(np.sum(density.rho(r / scale))) + (0.0 if sigma else len(r) * at[2])

    start = np.array([*found.values, 0.0])
    best = min(
        (minimize(cost, start + shift, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10, "maxiter": 9000})
         for shift in (0.0, 0.1)), key=lambda one: one.fun)  # fmt: skip
    np.testing.assert_allclose(found.values, best.x[:2], rtol=2e-4)
    assert found.residual_sum == pytest.approx(fitter.sum_of_squares(found), rel=1e-12)


def test_gross_errors_do_not_move_a_fit_under_students_loss() -> None:
    whole = fitted(fitter_of(line("student"))).values
    clean = fitted(fitter_of(line("squared", far=0))).values
    np.testing.assert_allclose(whole, clean, rtol=0.02)
    assert abs(fitted(fitter_of(line("squared"))).values[1] - clean[1]) > 0.5


def test_log_is_the_fit_of_logarithms() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(0.1, 10, 50)
    y = 3 * x**1.5 * np.exp(0.3 * rng.normal(size=50))
    problem = make_problem(read_table({"x": x, "y": y}, target="y"), loss="log", test_fraction=0.0)
    fitter = fitter_of(problem)
    found = fitted(fitter, "k1*x**k2")
    slope, offset = np.polyfit(np.log(x), np.log(y), 1)
    factor = float(np.exp(np.mean(np.log(y / fitter.y))))
    np.testing.assert_allclose([found.values[0] * factor, found.values[1]], [math.exp(offset), slope], rtol=1e-4)
    deviation = np.log(y) - offset - slope * np.log(x)
    size = math.exp(np.log(fitter.y).mean())
    assert found.residual_sum == pytest.approx(size**2 * float(deviation @ deviation), rel=1e-6)
    told = fitter.finished(found)
    variance = float(deviation @ deviation) / 48
    expected = variance * np.linalg.inv(np.vstack([np.ones(50), np.log(x)]) @ np.vstack([np.ones(50), np.log(x)]).T)
    assert told.stderr[1] == pytest.approx(math.sqrt(expected[1, 1]), rel=1e-3)
    assert told.stderr[0] / told.values[0] == pytest.approx(math.sqrt(expected[0, 0]), rel=1e-3)


def test_a_law_that_is_negative_somewhere_is_undefined_under_log() -> None:
    values = deviations("log", np.ones(3), np.array([1.0, 0.0, -1.0]))
    assert values[0] == 0 and np.isinf(values[1:]).all()


@pytest.mark.parametrize("loss", [*ROBUST_LOSSES, "log"])
def test_rows_left_out_are_those_of_refits(loss: Loss) -> None:
    problem = line(loss, n_rows=15, far=1)
    fitter = fitter_of(problem)
    found = fitted(fitter)
    told = left_out_under(fitter, found)
    weights = np.ones_like(fitter.y) if fitter.weights is None else fitter.weights
    for row in range(3, 9):
        rest = np.delete(np.arange(15), row)
        refit = fitter.on_rows(rest).refitted(found)
        assert refit is not None
        far = deviations(loss, fitter.y, fitter.predict(refit, fitter.X))[row] * math.sqrt(weights[row])
        assert told[row] == pytest.approx(far, abs=0.15 * abs(far) + 0.01)


@pytest.mark.parametrize("loss", [*ROBUST_LOSSES, "log"])
def test_errors_of_constants_are_those_of_repeated_tables(loss: Loss) -> None:
    """The standard error that one table tells is the scatter of the constant over many."""
    values, errors = [], []
    for seed in range(80):
        fitter = fitter_of(line(loss, seed, far=0))
        one = fitter.finished(fitted(fitter))
        values.append(one.values[0])
        errors.append(one.stderr[0])
    assert float(np.std(values)) == pytest.approx(float(np.mean(errors)), rel=0.3)


@pytest.mark.parametrize("loss", ROBUST_LOSSES)
def test_constants_keep_their_bounds(loss: Loss) -> None:
    problem = line(loss, free_constants={"units": "inferred", "bounds": {"k1": [0, 1.5]}}, guesses=[
        {"formula": "k1*x + k2", "constants": ["k1", "k2"]}])  # fmt: skip
    found = fitted(fitter_of(problem))
    limit = fitter_of(problem).limits["k1"]
    assert found.values[0] == pytest.approx(limit.upper) and found.held == ("k1",)


def test_both_engines_agree() -> None:
    problem = line("student")
    one = fitted(fitter_of(problem))
    other = fitted(replace(fitter_of(problem), engine=get_engine("auto")))
    np.testing.assert_allclose(one.values, other.values, rtol=1e-6)
    assert left_under(fitter_of(problem), np.full(40, np.inf)) == math.inf
