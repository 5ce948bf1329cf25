"""How often a law is selected from other rows like these."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from symreg.certainty.stability import Stability, drawn_again, is_same_form, stability_of
from symreg.laws.law import Law
from symreg.laws.refitting import fitter_of
from symreg.laws.selection import select
from symreg.problem.problem import Problem
from tests.laws_by_hand import law_of, problem_of


def stability(problem: Problem, *texts: str, resamples: int = 100, seed: int = 0) -> Stability:
    laws = [law_of(problem, text) for text in texts]
    found = stability_of(laws, laws[0], fitter_of(problem), resamples=resamples, seed=seed)
    assert found is not None
    return found


def clean(n_rows: int = 60, **options: int | float) -> Problem:
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 3, n_rows)
    return problem_of({"x [1]": x, "y [1]": 2 * x + 0.01 * rng.normal(size=n_rows)}, **options)


def coin(n_rows: int = 80, **options: int | float) -> Problem:
    """y is the mean of two inputs that are nearly the same: either alone explains it as well as the other."""
    rng = np.random.default_rng(5)
    middle = rng.uniform(1, 3, n_rows)
    apart = 0.2 * rng.normal(size=n_rows)
    y = middle + 0.05 * rng.normal(size=n_rows)
    return problem_of({"a [1]": middle + apart, "b [1]": middle - apart, "y [1]": y}, **options)


@pytest.mark.parametrize("options", [{}, {"folds": 4}, {"test_fraction": 0.0}])
def test_a_clean_law_is_selected_every_time(options: dict[str, float]) -> None:
    """By whichever rows judge: those held out, folds, or each row in turn."""
    found = stability(clean(**options), "k*x", "k*x**2", "k", "k1*x + k2")
    assert found.selected == "k*x"
    assert (found.times, found.drawn) == (100, 100) and found.share == 1.0
    assert found.counts == (("k*x", 100),)
    assert str(found) == "k*x is selected in 100 of 100 resamples of the rows"


@pytest.mark.parametrize("options", [{}, {"folds": 4}])
def test_a_coin_flip_is_one(options: dict[str, int | float]) -> None:
    found = stability(coin(**options), "a", "b", "k")
    counts = dict(found.counts)
    assert set(counts) == {"a", "b"}
    assert min(counts.values()) >= 10 and sum(counts.values()) == 100
    assert found.counts[0][1] == max(counts.values())  # the most frequent first


def test_six_rows_are_enough() -> None:
    x = np.array([0.387, 0.723, 1.0, 1.524, 5.203, 9.54])
    y = x**1.5 * (1 + 0.002 * np.array([1, -1, 0.5, -0.3, 0.8, -0.6]))
    found = stability(problem_of({"x [1]": x, "y [1]": y}), "k*x**(3/2)", "k*x", "k1*x + k2*x**2", "k1*x**2 + k2")
    assert found.counts == (("k*x**(3/2)", 100),)


def test_the_same_seed_the_same_counts() -> None:
    problem = coin()
    one, again, other = (stability(problem, "a", "b", seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_other_writings_of_a_form_are_counted_as_it() -> None:
    problem = clean()
    found = stability(problem, "k*x", "k*x**2/x", "k*x*2")
    assert found.counts == (("k*x", 100),)


def test_when_time_is_spent_what_was_made_counts() -> None:
    """The draws so far are those of a longer run: nothing is drawn in another order."""
    problem = coin()
    laws = [law_of(problem, "a"), law_of(problem, "b")]
    asked = iter(range(1000))
    found = stability_of(laws, laws[0], fitter_of(problem), resamples=50, seed=0, spent=lambda: next(asked) >= 7)
    assert found == stability(problem, "a", "b", resamples=7)
    assert stability_of(laws, laws[0], fitter_of(problem), resamples=50, seed=0, spent=lambda: True) is None
    assert stability_of(laws, laws[0], fitter_of(problem), resamples=0, seed=0) is None


def test_a_resample_against_weighted_least_squares() -> None:
    """One weighting of the rows by hand: which of two lines is selected, in each of twenty draws."""
    rng = np.random.default_rng(2)
    x = rng.uniform(1, 3, 60)
    problem = problem_of({"x [1]": x, "y [1]": 2 * x + 1.0 + 0.8 * rng.normal(size=60)})
    laws = [law_of(problem, "k*x"), law_of(problem, "k1*x + k2")]
    generator = np.random.default_rng([0, 2])
    chosen = []
    train, held = problem.train_rows, problem.held_out_rows
    for _ in range(20):
        weights, judging = (_normal(generator.exponential(size=len(rows))) for rows in (train, held))
        chosen.append(select([_weighted(law, problem, weights, judging) for law in laws]))
    found = dict(stability(problem, "k*x", "k1*x + k2", resamples=20).counts)
    assert found == {law.formula: chosen.count(i) for i, law in enumerate(laws) if i in chosen}
    assert len(found) == 2


def _normal(weights: np.ndarray) -> np.ndarray:
    return np.asarray(weights / weights.mean())


def _weighted(law: Law, problem: Problem, weights: np.ndarray, judging: np.ndarray) -> Law:
    from symreg.formula.bits import constant_bits, residual_bits, small_sample_bits

    powers = [1] if law.formula == "k*x" else [1, 0]

    def fit(w: np.ndarray) -> tuple[np.ndarray, float]:
        x, y = problem.matrix(problem.train_rows)[0], problem.target_values(problem.train_rows)
        design = np.column_stack([x**p for p in powers])
        values = np.linalg.lstsq(design * np.sqrt(w)[:, None], y * np.sqrt(w), rcond=None)[0]
        rest = float(w @ (y - design @ values) ** 2)
        n, k = design.shape
        # The digits of all constants together: eigenvalues of the information in parts of their values.
        whole = design.T @ (w[:, None] * design) / (rest / (n - k))
        information = np.linalg.eigvalsh(whole * np.outer(values, values)) / values**2
        bits = residual_bits(rest, n) + small_sample_bits(n, k)
        return values, bits + constant_bits(values, information, n)

    values, bits = fit(weights)
    _, plain = fit(np.ones_like(weights))
    x, y = problem.matrix(problem.held_out_rows)[0], problem.target_values(problem.held_out_rows)
    residual = y - sum(value * x**p for value, p in zip(values, powers, strict=True))
    error = float(np.sqrt(np.mean(judging * residual**2)))
    spread = float(np.sqrt(np.mean(judging * (y - np.mean(judging * y)) ** 2)))
    judged = replace(law.held_out, rmse=error, r2=1 - (error / spread) ** 2)
    return replace(law, description_length=law.description_length - plain + bits, held_out=judged)


# ------------------------------------------------------------------------------------------------- searching again


def test_a_draw_is_four_fifths_of_the_rows_and_nothing_twice() -> None:
    problem = clean(100)
    drawn = drawn_again(problem, np.random.default_rng(0))
    for rows, of in ((drawn.train_rows, problem.train_rows), (drawn.held_out_rows, problem.held_out_rows)):
        assert len(rows) == round(0.8 * len(of)) == len(set(rows.tolist()))
        assert set(rows.tolist()) < set(of.tolist())
    again = drawn_again(problem, np.random.default_rng(0))
    np.testing.assert_array_equal(again.train_rows, drawn.train_rows)
    tiny = drawn_again(clean(3), np.random.default_rng(0))
    assert len(tiny.train_rows) == 3 and tiny.leave_one_out


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("k*x", "2*x", True),
        ("k*sqrt(x)", "2*pi*sqrt(x)", True),
        ("k1*x + k2", "k2 + 2*x", True),
        ("k*x**2", "x*x*k", True),
        ("k*x", "k*x**2", False),
        ("k*x**(3/2)", "k*x**(4/3)", False),
        ("k*x", "k1*x + k2", False),
    ],
)
def test_forms_are_the_same_whatever_their_numbers(one: str, other: str, same: bool) -> None:
    problem = clean()
    assert is_same_form(law_of(problem, one), law_of(problem, other), fitter_of(problem)) is same


def test_a_law_that_is_undefined_on_these_rows_is_another_form() -> None:
    rng = np.random.default_rng(0)
    far = rng.uniform(5, 9, 60)
    elsewhere = problem_of({"x [1]": far, "y [1]": np.log(far - 4) + 0.01 * rng.normal(size=60)})
    problem = clean()
    assert not is_same_form(law_of(elsewhere, "k*log(x - 4)"), law_of(problem, "k*x"), fitter_of(problem))


def test_a_search_says_that_it_was_one() -> None:
    found = Stability("k*x", (("k*x", 4), ("k", 1)), 5, searched=True)
    assert str(found) == "k*x was found and selected again in 4 of 5 searches, each on four fifths of the rows"
    assert Stability("k*x", (("k", 5),), 5).times == 0
