"""Laws that the rows cannot tell apart: by construction, and not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from symreg.certainty.rivals import Rival, contest_between, rivals_of
from symreg.errors import SymregError
from symreg.laws.law import Law
from symreg.laws.refitting import fitter_of
from symreg.problem.problem import Problem
from tests.laws_by_hand import law_of, problem_of


def noisy(formula: Any, low: float, high: float, noise: float, n_rows: int = 80, **options: Any) -> Problem:
    rng = np.random.default_rng(0)
    x = rng.uniform(low, high, n_rows)
    return problem_of({"x [1]": x, "y [1]": formula(x) + noise * rng.normal(size=n_rows)}, **options)


def rivals(problem: Problem, selected: str, *others: str) -> tuple[Rival, ...]:
    laws = [law_of(problem, text) for text in (selected, *others)]
    return rivals_of(laws, laws[0], fitter_of(problem), seed=0).described


def names(found: tuple[Rival, ...]) -> list[str]:
    return [rival.law.formula for rival in found]


@pytest.mark.parametrize("folds", [None, 4])
def test_a_sine_and_its_series_on_a_narrow_range(folds: int | None) -> None:
    """They differ by x**5/120, at most 3e-4 there, with a noise of 0.01; far out they do not agree at all."""
    problem = noisy(np.sin, 0.05, 0.5, 0.01, folds=folds)
    (found,) = rivals(problem, "sin(x)", "x - x**3/6")
    assert found.law.formula == "x - x**3/6" and found.selected == "sin(x)"
    x = problem.table["x"].values
    noise = law_of(problem, "sin(x)").train.rmse
    assert found.of_noise == pytest.approx(float(np.sqrt(np.mean((np.sin(x) - x + x**3 / 6) ** 2))) / noise, rel=1e-6)
    assert found.of_noise < 0.05
    assert found.within is not None and found.beyond is not None
    assert found.within.sigmas < 0.1
    # Both grow with x: the places are the ends of the ranges, and the laws differ there by what the series leaves out.
    far = x.max() * np.sqrt(x.max() / x.min())
    assert found.beyond.inputs[0][1] == pytest.approx(far, rel=0.05)
    at = found.beyond.inputs[0][1]
    assert found.beyond.sigmas == pytest.approx(abs(np.sin(at) - at + at**3 / 6) / noise, rel=1e-6)
    assert found.best_place is found.beyond


def test_a_line_and_a_tangent_near_zero() -> None:
    problem = noisy(lambda x: 2 * x, 0.01, 0.1, 0.005)
    (found,) = rivals(problem, "k*x", "k*tan(x)")
    assert found.law.formula == "k*tan(x)"
    assert found.chance > 0.05


def test_what_the_rows_tell_apart_is_no_rival() -> None:
    problem = noisy(lambda x: 2 * x, 0.1, 3, 0.05)
    assert rivals(problem, "k*x", "k*x**2", "k*sqrt(x)", "k*tanh(x)", "k*exp(x)") == ()


def test_a_special_case_is_no_rival_of_the_general_law() -> None:
    """A further constant that might as well be zero, or a factor that might as well be the number that stands there."""
    problem = noisy(lambda x: 2 * x, 0.1, 3, 0.05)
    assert rivals(problem, "k*x", "k1*x + k2", "k1*x + k2*x**2") == ()
    assert rivals(problem, "2*x", "k*x") == ()
    assert rivals(problem, "k1*x + k2", "k*x") == ()


def test_another_writing_is_no_rival_and_counts_once_as_one() -> None:
    problem = noisy(np.sin, 0.05, 0.5, 0.01)
    assert rivals(problem, "sin(x)", "x*sin(x)/x", "sin(x + x)/(2*cos(x))") == ()
    found = rivals(problem, "sin(x)", "x - x**3/6", "x*(1 - x**2/6)")
    assert names(found) == ["x - x**3/6"]


def test_rivals_come_by_the_length_of_their_message() -> None:
    problem = noisy(np.sin, 0.1, 0.8, 0.003)
    found = rivals(problem, "sin(x)", "x - x**3/6", "x + k*x**3", "x*cos(k*x)")
    bits = [rival.bits for rival in found]
    assert bits == sorted(bits) and len(bits) >= 2
    best = law_of(problem, "sin(x)").description_length
    assert bits == pytest.approx([rival.law.description_length - best for rival in found])


def test_a_law_that_is_silent_on_a_judging_row_is_none() -> None:
    problem = noisy(np.sin, 0.05, 0.5, 0.01)
    lowest, next_lowest = np.sort(problem.table["x"].values)[:2]
    assert lowest in problem.matrix(problem.held_out_rows)[0]
    best, fitter = law_of(problem, "sin(x)"), fitter_of(problem)
    for start, expected in ((lowest - 0.001, 1), ((lowest + next_lowest) / 2, 0)):
        law = law_of(problem, f"x - x**3/6 + 0*sqrt(x - {start:.4f})")
        short = replace(law, description_length=best.description_length + 1)  # the length is not the question here
        assert len(rivals_of([best, short], best, fitter, seed=0).described) == expected


def test_the_chance_is_that_of_a_paired_test() -> None:
    """scipy's own, of the squared residuals on the rows that were held out."""
    problem = noisy(lambda x: 2 * x, 0.01, 0.1, 0.005)
    laws = [law_of(problem, "k*x"), law_of(problem, "k*tan(x)")]
    rows = problem.held_out_rows
    x, y = problem.table["x"].values[rows], problem.target_values(rows)
    squares = [(law.predict({"x": x}) - y) ** 2 for law in laws]
    (found,) = rivals_of(laws, laws[0], fitter_of(problem), seed=0).described
    assert found.chance == pytest.approx(float(stats.ttest_rel(*squares).pvalue), rel=1e-6)


def test_stated_uncertainties_weigh_the_rows() -> None:
    """With an error bar far below the scatter nothing changes but the noise, which is the larger of the two."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0.05, 0.5, 80)
    y = np.sin(x) + 0.01 * rng.normal(size=80)
    problem = problem_of({"x [1]": x, "y [1]": y}, sigma=0.01)
    assert names(rivals(problem, "sin(x)", "x - x**3/6")) == ["x - x**3/6"]


def test_the_same_seed_the_same_rivals() -> None:
    problem = noisy(np.sin, 0.05, 0.5, 0.01)
    assert rivals(problem, "sin(x)", "x - x**3/6") == rivals(problem, "sin(x)", "x - x**3/6")


def test_a_contest_of_laws_that_are_undefined_on_the_rows_is_refused() -> None:
    problem = noisy(np.sin, 0.05, 0.5, 0.01)
    good: Law = law_of(problem, "sin(x)")
    other = noisy(np.sin, 2, 3, 0.01)
    bad = law_of(other, "log(x - 1)")
    with pytest.raises(SymregError, match="undefined"):
        contest_between(good, bad, fitter_of(problem))


def test_a_law_that_the_rows_clearly_prefer_is_no_rival_but_another_answer() -> None:
    """It fits far better than the law that somebody believes: the rows do tell the two apart."""
    problem = noisy(lambda x: 2 * x + 1, 0.1, 3, 0.3)
    short, right = law_of(problem, "k*x"), law_of(problem, "k1*x + k2")
    for selected, other in ((short, right), (right, short)):
        assert rivals_of([selected, other], selected, fitter_of(problem), seed=0).described == ()


def test_what_no_measurement_in_reach_would_tell_is_no_rival() -> None:
    """x and x + x**5/1000 differ by a tenth of the noise at most, as far as twice the range of the rows goes."""
    problem = noisy(lambda x: x, 0.3, 0.5, 0.05)
    assert rivals(problem, "x", "x + x**5/1000") == ()
