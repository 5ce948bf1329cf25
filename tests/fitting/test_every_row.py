"""Fits in passes over the rows of a table, a turn at a time: the same as fits to all rows at once."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import symreg as sr
from symreg import mapped
from symreg.engine import Outcome, get_engine
from symreg.fitting import EveryRow, Fitted, Fitter, make_fitter
from symreg.formula import parse
from symreg.laws import score
from symreg.problem import FreeConstant, choose_natural_units, combed_to
from symreg.problem.rows import combed
from symreg.units import DIMENSIONLESS

ROWS, STEPS = 10_000, 6


@pytest.fixture(autouse=True)
def short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns of a thousand rows."""
    file = __import__("sys").modules["symreg.problem.rows.combed"]
    monkeypatch.setattr(file, "ROWS_OF_A_BLOCK", 100)
    monkeypatch.setattr(file, "BLOCKS_OF_A_TURN", 10)
    assert len(next(combed(np.arange(ROWS), 0))) == 1_000


def table(law: Any, noise: float = 0.1, **columns: np.ndarray) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    x, z = np.sort(rng.uniform(0, 4, ROWS)), rng.uniform(1, 2, ROWS)
    return {"x": x, "z": z, **columns, "y": law(x, z) + noise * rng.normal(size=ROWS)}


def both(data: dict[str, np.ndarray], sample: int = 500, **asked: Any) -> tuple[Fitter, EveryRow]:
    """A fitter on all rows, and passes over them that begin with a fitter on some."""
    problem = sr.make_problem(sr.read_table(data, target="y", **asked))
    units, engine = choose_natural_units(problem), get_engine("auto")
    some = make_fitter(problem.thinned(sample), units, engine, 1)
    return make_fitter(problem, units, engine, 1), EveryRow(problem, some, problem.seed, STEPS)


def of(rows: EveryRow, text: str, *names: str) -> Fitted:
    """The formula, as the fitter on some rows has it."""
    tree = parse(text, variables=("x", "z"), constants=names)
    found = rows.fitter.fit([(tree, [FreeConstant(name, DIMENSIONLESS, 1.0) for name in names])])[0]
    assert found is not None
    return found


LAWS = {
    "k1*x + k2*x**2 + k3*z": lambda x, z: 2 * x - 0.3 * x**2 + 5 * z,
    "k1*exp(-k2*x) + k3*z": lambda x, z: 3.1 * np.exp(-0.73 * x) + 0.4 * z,
    "k1*z/(k2 + x)**k3": lambda x, z: 4 * z / (1.2 + x) ** 1.5,
}


@pytest.mark.parametrize("text", LAWS)
@pytest.mark.parametrize("sigma", [None, 0.1, {"relative": "2 %", "floor": 0.1}])
def test_passes_end_where_one_fit_ends(text: str, sigma: Any) -> None:
    """Constants, covariance, sum of squares and both scores, with equal errors and with those of each row."""
    whole, rows = both(table(LAWS[text]), **({} if sigma is None else {"sigma": {"y": sigma}}))
    start = of(rows, text, "k1", "k2", "k3")
    (found,) = rows.follow([start])
    fitted = replace(whole, max_iterations=200).fit([(start.expression, start.restarted())])[0]
    assert found is not None and fitted is not None
    fitted = whole.finished(fitted)
    assert np.abs((found.fitted.values - fitted.values) / fitted.stderr).max() < 1e-3
    assert found.fitted.covariance == pytest.approx(fitted.covariance, rel=1e-4)
    assert found.fitted.residual_sum == pytest.approx(fitted.residual_sum, rel=1e-7)
    assert found.fitted.outcome is Outcome.CONVERGED
    assert found.left < 1e-3
    assert (found.train.n_rows, found.train.undefined) == (len(whole.y), 0)
    assert found.train.spread == pytest.approx(whole.spread, rel=1e-9)


def test_a_law_linear_in_its_constants_is_that_of_lstsq() -> None:
    """Columns that nearly hang together: their triangle is not squared, so that lstsq's digits are kept."""
    x = np.sort(np.random.default_rng(7).uniform(0, 4, ROWS))
    data = table(lambda x, z: 1e3 + x, z=1 + 1e-4 * np.sin(x), x=x)
    _, rows = both(data)
    (found,) = rows.follow([of(rows, "k1 + k2*z + k3*x", "k1", "k2", "k3")])
    assert found is not None
    train = rows.problem.train_rows
    X = np.stack([np.ones(len(train)), data["z"][train], data["x"][train]], axis=1)
    best, left, _, sizes = np.linalg.lstsq(X, data["y"][train], rcond=None)
    factors = [rows.fitter.units.factor(DIMENSIONLESS)] * 3
    assert sizes[0] / sizes[-1] > 1e4
    assert found.fitted.values * factors == pytest.approx(best, rel=1e-8)
    assert found.fitted.residual_sum == pytest.approx(left[0], rel=1e-9)


def test_scores_are_those_of_all_rows_at_once() -> None:
    _, rows = both(table(LAWS["k1*exp(-k2*x) + k3*z"]))
    (found,) = rows.follow([of(rows, "k1*exp(-k2*x) + k3*z", "k1", "k2", "k3")])
    assert found is not None
    units, problem = rows.fitter.units, rows.problem
    for tally, at in ((found.train, problem.train_rows), (found.held_out, problem.held_out_rows)):
        plain = score(rows.fitter.predict(found.fitted, units.matrix(problem, at)), units.target_values(problem, at))
        assert tally.n_rows == plain.n_rows
        assert math.sqrt(tally.squares / tally.n_rows) == pytest.approx(plain.rmse, rel=1e-12)
        assert 1 - tally.squares / tally.n_rows / tally.spread**2 == pytest.approx(plain.r2, rel=1e-9)


def test_a_law_that_is_undefined_in_a_row_of_its_fit_is_none() -> None:
    data = table(lambda x, z: np.sqrt(x))
    _, rows = both(data)
    good, bad = of(rows, "k1*sqrt(x)", "k1"), of(rows, "k1*x", "k1")
    place = rows.problem.train_rows[1234]
    changed = {**data, "x": np.where(np.arange(ROWS) == place, -1.0, data["x"])}
    problem = replace(rows.problem, table=sr.read_table(changed, target="y"))
    found = EveryRow(problem, rows.fitter, 0, STEPS).follow([good, bad])
    assert found[0] is None
    assert found[1] is not None


def test_rows_held_out_in_which_a_law_is_undefined_are_counted() -> None:
    data = table(lambda x, z: np.sqrt(x))
    _, rows = both(data)
    law, held = of(rows, "k1*sqrt(x)", "k1"), rows.problem.held_out_rows[10:13]
    changed = {**data, "x": np.where(np.isin(np.arange(ROWS), held), -1.0, data["x"])}
    problem = replace(rows.problem, table=sr.read_table(changed, target="y"))
    (found,) = EveryRow(problem, rows.fitter, 0, STEPS).follow([law])
    assert found is not None
    assert (found.held_out.n_rows, found.held_out.undefined) == (len(problem.held_out_rows), 3)
    x, y = (problem.table[name].values[np.setdiff1d(problem.held_out_rows, held)] for name in "xy")
    away = y - found.fitted.values[0] * rows.fitter.units.factor(DIMENSIONLESS) * np.sqrt(x)
    assert math.sqrt(found.held_out.squares / len(x)) == pytest.approx(math.sqrt(np.mean(away**2)), rel=1e-9)


def test_where_time_is_short_laws_are_fitted_to_the_same_part_of_the_rows() -> None:
    """What is told is what least squares makes of just these rows, and they are from the whole of a sorted table."""
    text = "k1*x + k2*x**2 + k3*z"
    whole, rows = both(table(LAWS[text]))
    laws = [of(rows, text, "k1", "k2", "k3"), of(rows, "k1*x", "k1"), of(rows, "k1*exp(k2*x)", "k1", "k2")]
    found = rows.follow(laws, until=time.monotonic())
    counts = {one.train.n_rows for one in found if one is not None}
    assert None not in found
    assert len(counts) == 1
    (count,) = counts
    assert 900 <= count < len(whole.y)
    some = np.concatenate(list(combed_to(rows.problem.train_rows, rows.problem.seed, count)))
    assert len(some) == count
    places = np.searchsorted(rows.problem.train_rows, some)
    assert abs(places.mean() / len(whole.y) - 0.5) < 0.1
    again = whole.on_rows(places).fit([(laws[0].expression, laws[0].restarted())])[0]
    assert again is not None and found[0] is not None
    assert np.abs((found[0].fitted.values - again.values) / again.stderr).max() < 0.01
    assert found[0].fitted.covariance == pytest.approx(again.covariance, rel=1e-3)
    judged = {one.held_out.n_rows for one in found if one is not None}
    assert len(judged) == 1
    assert judged.pop() < len(rows.problem.held_out_rows)


def test_errors_that_are_parts_of_a_size_are_counted_so() -> None:
    rng = np.random.default_rng(8)
    x, z = rng.uniform(1, 9, ROWS), rng.uniform(1, 9, ROWS)
    data = {"x": x, "z": z, "y": 3 * x * z**2 * (1 + 0.05 * rng.normal(size=ROWS))}
    problem = sr.make_problem(sr.read_table(data, target="y")).with_relative_errors()
    units, engine = choose_natural_units(problem), get_engine("auto")
    rows = EveryRow(problem, make_fitter(problem.thinned(500), units, engine, 1), 0, STEPS)
    (found,) = rows.follow([of(rows, "k1*x*z**k2", "k1", "k2")])
    whole = make_fitter(problem, units, engine, 1)
    assert found is not None
    fitted = whole.fit([(found.fitted.expression, found.fitted.restarted())])[0]
    assert fitted is not None
    assert np.abs((found.fitted.values - fitted.values) / fitted.stderr).max() < 1e-3
    assert found.fitted.covariance == pytest.approx(fitted.covariance, rel=1e-3)
    assert rows.error is not None
    told = math.sqrt(found.train.weighed / found.train.n_rows) / rows.error
    assert told == pytest.approx(0.05, rel=0.05)


@pytest.mark.parametrize("is_long", [False, True])
def test_weights_of_rows_count_and_rows_without_any_do_not(is_long: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a long table the first rows, which have no weight, are numbered otherwise in the sample."""
    monkeypatch.setattr(mapped, "LONG_ROWS", ROWS // 2 if is_long else ROWS)
    data = table(LAWS["k1*exp(-k2*x) + k3*z"])
    weights = np.random.default_rng(9).uniform(0.5, 4, ROWS)
    weights[:2_000] = 0
    problem = sr.make_problem(sr.read_table(data, target="y"), weights=weights)
    assert problem.is_long is is_long
    units, engine = choose_natural_units(problem), get_engine("auto")
    rows = EveryRow(problem, make_fitter(problem.thinned(500), units, engine, 1), 0, STEPS)
    (found,) = rows.follow([of(rows, "k1*exp(-k2*x) + k3*z", "k1", "k2", "k3")])
    whole = make_fitter(problem, units, engine, 1)
    assert found is not None
    fitted = whole.fit([(found.fitted.expression, found.fitted.restarted())])[0]
    assert fitted is not None
    assert np.abs((found.fitted.values - fitted.values) / fitted.stderr).max() < 1e-3
    assert found.fitted.covariance == pytest.approx(fitted.covariance, rel=1e-4)
    held = problem.held_out_rows
    away = units.target_values(problem, held) - whole.predict(found.fitted, units.matrix(problem, held))
    factor = units.factor(DIMENSIONLESS)
    told = np.sqrt(np.mean((away * factor) ** 2 * weights[held]))
    assert rows.error is not None
    assert math.sqrt(found.held_out.weighed / found.held_out.n_rows) / rows.error == pytest.approx(told, rel=1e-9)


def test_a_fit_that_starts_far_away_is_damped_and_says_what_is_left() -> None:
    """From constants that no sample left, steps of Gauss and Newton lead astray; no pass keeps what fits worse."""
    whole, rows = both(table(LAWS["k1*exp(-k2*x) + k3*z"]))
    start = of(rows, "k1*exp(-k2*x) + k3*z", "k1", "k2", "k3")
    far = replace(start, values=start.values * [1.0, 12.0, 1.0])
    (found,) = rows.follow([far])
    assert found is not None
    first = whole.sum_of_squares(far)
    assert found.fitted.residual_sum <= first
    assert found.fitted.residual_sum == pytest.approx(whole.sum_of_squares(found.fitted), rel=1e-9)
    if found.fitted.outcome is not Outcome.CONVERGED:
        assert found.left > 1e-3


def test_laws_that_leave_nothing_end() -> None:
    _, rows = both(table(lambda x, z: 2 * x + z, noise=0.0))
    found = rows.follow([of(rows, "k1*x + k2*z", "k1", "k2"), of(rows, "2*x + z")])
    assert found[0] is not None and found[1] is not None
    assert found[0].train.squares < 1e-24
    assert found[1].fitted.values.shape == (0,)
