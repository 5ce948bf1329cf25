"""Intervals of constants: closed forms where there are some, simulations with a seed where not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq

from symreg.certainty.intervals import IntervalError, IntervalMethod, constant_intervals, with_intervals
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_making import as_law
from symreg.fitting.fitter import Fitter
from symreg.laws.band import quantile
from symreg.laws.law import Law
from symreg.problem.problem import Problem
from tests.benchmarks.coverage import TRUTHS, coverage, fitted_law
from tests.fitting.test_bounds import fit, fitter_of
from tests.fitting.test_input_errors import fit as fit_ordinary
from tests.fitting.test_input_errors import problem_of

PROPORTION, DECAY, SATURATION, COOLING = TRUTHS
METHODS: tuple[IntervalMethod, ...] = ("wald", "profile", "bootstrap")


def law_of(fitter: Fitter, **starts: float) -> Law:
    finisher = Finisher(fitter)
    return as_law(finisher, finisher.measured(fit(fitter, **starts), "test"))


def line(n_rows: int = 12, stated: bool = False) -> tuple[Problem, Law, np.ndarray, np.ndarray, np.ndarray]:
    """A noisy line, its law, and inputs, targets and weights of the rows."""
    rng = np.random.default_rng(4)
    x, spread = rng.uniform(1, 3, n_rows), rng.uniform(0.05, 0.3, n_rows)
    y = 2.5 * x - 0.7 + spread * rng.normal(size=n_rows)
    fitter = fitter_of({"x": x, "y": y} | ({"s": spread} if stated else {}), "a*x + b", ["a", "b"])
    return fitter.problem, law_of(fitter), x, y, 1 / spread**2 if stated else np.ones(n_rows)


@pytest.mark.parametrize("stated", [False, True])
@pytest.mark.parametrize("method", ["wald", "profile"])
@pytest.mark.parametrize("level", [0.68, 0.95, 0.999])
def test_a_line_against_the_textbook(stated: bool, method: Any, level: float) -> None:
    """Of a law that is linear in its constants the profile is a parabola, and both intervals are Student's."""
    problem, law, x, y, weights = line(stated=stated)
    design = np.column_stack([x, np.ones_like(x)])
    normal = np.linalg.inv(design.T @ (weights[:, None] * design))
    values = normal @ design.T @ (weights * y)
    scale = 1.0 if stated else float(weights @ (y - design @ values) ** 2) / (len(y) - 2)
    width = stats.norm.ppf(0.5 + level / 2) if stated else stats.t.ppf(0.5 + level / 2, len(y) - 2)
    half = width * np.sqrt(scale * np.diag(normal))
    found = constant_intervals(problem, law, method=method, level=level)
    np.testing.assert_allclose([one.lower for one in found], values - half, rtol=1e-6)
    np.testing.assert_allclose([one.upper for one in found], values + half, rtol=1e-6)
    assert {(one.method, one.level) for one in found} == {(method, level)}


def test_a_profile_against_the_likelihood_itself() -> None:
    """The lifetime of a decay: for each lifetime the best amplitude is known, and so is the profile."""
    rng = np.random.default_rng(0)
    t = np.sort(rng.uniform(0, 6, 14))
    y = 5 * np.exp(-t / 2) + 0.4 * rng.normal(size=14)
    fitter = fitter_of({"t": t, "y": y}, "A*exp(-t/tau)", ["A", "tau"])
    _, lifetime = constant_intervals(fitter.problem, law_of(fitter), method="profile")

    def rest(tau: float) -> float:
        shape = np.exp(-t / tau)
        return float(np.sum((y - shape * (shape @ y) / (shape @ shape)) ** 2))

    best = law_of(fitter).constants[1].value
    allowed = rest(best) * (1 + stats.t.ppf(0.975, 12) ** 2 / 12)
    ends = [brentq(lambda tau: rest(tau) - allowed, *bracket) for bracket in ((0.3, best), (best, 30.0))]
    assert (lifetime.lower, lifetime.upper) == pytest.approx(tuple(ends), rel=1e-6)
    assert lifetime.upper - best > 1.05 * (best - lifetime.lower)  # it leans


def test_what_the_data_do_not_bound_is_open() -> None:
    """Half of a saturation: the rows are as well on a straight line, and K has no upper end."""
    rng = np.random.default_rng(1)
    c = np.linspace(0.1, 1, 12)
    y = 5 * c / (2 + c) + 0.25 * rng.normal(size=12)
    fitter = fitter_of({"c": c, "y": y}, "v*c/(K + c)", ["v", "K"])
    found = {one.name: one for one in constant_intervals(fitter.problem, law_of(fitter, K=2.0, v=5.0))}
    ends = [end for one in found.values() for end in (one.lower, one.upper)]
    assert any(math.isinf(end) for end in ends)
    assert not any(math.isnan(end) for end in ends)


def test_an_exact_law_has_intervals_of_no_width() -> None:
    x = np.linspace(1, 3, 20)
    fitter = fitter_of({"x": x, "y": 2 * x}, "k*x", ["k"])
    for method in ("wald", "profile"):
        (found,) = constant_intervals(fitter.problem, law_of(fitter), method=method)
        assert (found.lower, found.upper) == pytest.approx((2.0, 2.0), rel=1e-12)


def test_a_profile_ends_at_a_bound() -> None:
    """The offset is on its bound: no standard error, but an upper end."""
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 3, 40)
    y = -0.3 + 2 * x + 0.2 * rng.normal(size=40)
    fitter = fitter_of({"x": x, "y": y}, "b*x + a", ["b", "a"], bounds={"a": [0, None]})
    law = law_of(fitter)
    named = {one.name: one for one in law.constants}
    assert named["a"].value == 0 and math.isnan(named["a"].stderr)
    assert any(note.startswith("a is on its lower bound") for note in law.notes)
    profile = {one.name: one for one in constant_intervals(fitter.problem, law)}
    assert profile["a"].lower == 0 and 0 < profile["a"].upper < 1
    wald = {one.name: one for one in constant_intervals(fitter.problem, law, method="wald")}
    assert math.isnan(wald["a"].lower) and math.isfinite(wald["b"].lower)


def test_a_whole_number_has_no_interval() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 2, 40)
    fitter = fitter_of({"x": x, "y": 3 * x**2 + 0.1 * rng.normal(size=40)}, "a*x**n", ["a", "n"], integer=["n"])
    law = law_of(fitter)
    assert any(note.startswith("n is a whole number") for note in law.notes)
    for method in METHODS:
        found = {one.name: one for one in constant_intervals(fitter.problem, law, method=method, resamples=50)}
        assert math.isnan(found["n"].lower)
        others = [one for name, one in found.items() if name != "n"]
        assert all(math.isfinite(one.lower) for one in others)


def test_errors_of_inputs_widen_every_interval() -> None:
    rng = np.random.default_rng(7)
    x = rng.uniform(1, 5, 25)
    data = {"x [1]": x + 0.2 * rng.normal(size=25), "y [1]": 2 * x + 0.1 * rng.normal(size=25)}
    data |= {"sy [1]": np.full(25, 0.1)}
    widths = {}
    for errors in ({}, {"sx [1]": np.full(25, 0.2)}):
        problem = problem_of(data | errors, {"y": "sy"} | ({"x": "sx"} if errors else {}))
        fitter, fitted = fit_ordinary(problem, "k*x", ["k"])
        law = as_law(Finisher(fitter), Finisher(fitter).measured(fitted, "test"))
        for method in METHODS:
            (found,) = constant_intervals(problem, law, method=method, resamples=100)
            widths[len(errors), method] = found.upper - found.lower
    assert widths[1, "wald"] > 2 * widths[0, "wald"]
    assert widths[1, "profile"] == pytest.approx(widths[1, "wald"], rel=0.05)
    assert widths[1, "bootstrap"] == pytest.approx(widths[1, "wald"], rel=0.6)
    with pytest.raises(IntervalError, match="resampling='rows'"):
        constant_intervals(problem, law, method="bootstrap", resampling="residuals")


def test_a_seed_repeats_the_bootstrap() -> None:
    problem, law, *_ = line()
    kinds: list[Any] = ["residuals", "rows"]
    for resampling in kinds:
        one, same, other = (
            constant_intervals(problem, law, method="bootstrap", resampling=resampling, resamples=100, seed=seed)
            for seed in (0, 0, 1)
        )
        assert one == same != other


@pytest.mark.parametrize("resampling", ["residuals", "rows"])
def test_the_bootstrap_of_many_rows_is_near_the_others(resampling: Any) -> None:
    problem, law, *_ = line(n_rows=300)
    wald = constant_intervals(problem, law, method="wald")
    drawn = constant_intervals(problem, law, method="bootstrap", resampling=resampling, resamples=1000)
    for one, other in zip(wald, drawn, strict=True):
        width = one.upper - one.lower
        assert other.lower == pytest.approx(one.lower, abs=0.12 * width)
        assert other.upper == pytest.approx(one.upper, abs=0.12 * width)


def test_intervals_are_in_the_users_units() -> None:
    truth = PROPORTION
    problem = truth.problem(20, False, np.random.default_rng(0))
    law = fitted_law(problem, truth)
    for method in METHODS:
        (found,) = constant_intervals(problem, law, method=method, resamples=100)
        assert found.unit.text == "km/s/Mpc"
        assert 50 < found.lower < 70 < found.upper < 90


def test_a_law_carries_the_intervals_it_was_given() -> None:
    problem, law, *_ = line()
    with_them = with_intervals(problem, law, method="profile", level=0.9)
    assert [one.interval for one in with_them.constants] == list(constant_intervals(problem, law, level=0.9))


def test_quantiles() -> None:
    assert quantile(0.95, None) == pytest.approx(1.959964, rel=1e-6)
    assert quantile(0.95, 4) == pytest.approx(2.776445, rel=1e-6)
    assert math.isnan(quantile(0.95, 0))


def test_a_law_without_constants_has_no_intervals() -> None:
    x = np.linspace(1, 3, 20)
    fitter = fitter_of({"x": x, "y": x + 0.001 * np.sin(9 * x)}, "x", [])
    assert all(constant_intervals(fitter.problem, law_of(fitter), method=method) == () for method in METHODS)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"method": "bayes"}, "must be one of wald, profile, bootstrap"),
        ({"level": 95}, "must be a probability"),
        ({"method": "bootstrap", "resampling": "columns"}, "'residuals' or 'rows'"),
        ({"method": "bootstrap", "resamples": 3}, "from 20 to 100000"),
    ],
)
def test_what_makes_no_sense_is_refused(how: dict[str, Any], sentence: str) -> None:
    problem, law, *_ = line()
    with pytest.raises(IntervalError, match=sentence):
        constant_intervals(problem, law, **how)


# ------------------------------------------------------------------------------------------------------- coverage


@pytest.mark.parametrize("stated", [False, True])
@pytest.mark.parametrize("truth", [PROPORTION, SATURATION], ids=lambda truth: str(truth.name))
def test_intervals_hold_the_truth_as_often_as_they_say(truth: Any, stated: bool) -> None:
    """``tests/benchmarks/coverage.py`` in small: ten rows, where normal quantiles in place of t would hold 90 %."""
    found = coverage(truth, 10, stated, ("wald", "profile"), 60)
    for method, shares in found.items():
        assert ((shares >= 0.87) & (shares <= 1.0)).all(), (method, shares)


def test_the_bootstrap_holds_the_truth() -> None:
    shares = coverage(DECAY, 12, False, ("bootstrap",), 40, resamples=100)["bootstrap"]
    assert ((shares >= 0.85) & (shares <= 1.0)).all(), shares


def test_too_narrow_intervals_would_be_seen() -> None:
    """Of four rows and two constants normal quantiles hold four in five: what Student's t is for."""
    narrow, right = [], []
    rng = np.random.default_rng(2)
    for _ in range(150):
        x = np.array([1.0, 1.5, 2.5, 3.0])
        y = 2 * x + 1 + 0.1 * rng.normal(size=4)
        fitter = fitter_of({"x": x, "y": y}, "a*x + b", ["a", "b"])
        law = law_of(fitter)
        slope = law.constants[0]
        (found, _) = constant_intervals(fitter.problem, law, method="wald")
        narrow.append(abs(slope.value - 2) < 1.96 * slope.stderr)
        right.append(found.lower <= 2 <= found.upper)
    assert np.mean(narrow) < 0.88 < 0.91 < np.mean(right) < 0.99
