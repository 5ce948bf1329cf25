"""Tables of more rows than laws are finished on: fitted and scored on all of them in the end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import symreg as sr
from symreg import mapped, pursuit
from symreg.engine import get_engine
from symreg.experiment import load_discovery, predict_run, run_experiment
from symreg.experiment.specification import read_specification
from symreg.experiment.stored_law import StoredLawError
from symreg.fitting import make_fitter
from symreg.formula import parse
from symreg.problem import FreeConstant, choose_natural_units
from symreg.pursuit import FINISHED_ROWS, LAST_STEPS
from symreg.units import DIMENSIONLESS


@pytest.fixture(scope="module")
def found() -> sr.Discovery:
    rng = np.random.default_rng(3)
    n_rows = 3 * FINISHED_ROWS
    x, z = rng.uniform(1.0, 5.0, n_rows), rng.uniform(1.0, 5.0, n_rows)
    y = 2.7319 * x**2 / z + 0.05 * rng.normal(size=n_rows)
    problem = sr.make_problem(sr.read_table({"x": x, "z": z, "y": y}, target="y"))
    return sr.discover(problem, budget=sr.Budget(time=None, evaluations=200_000), backend=sr.Native(threads=1))


def test_scores_are_of_all_rows(found: sr.Discovery) -> None:
    problem = found.problem
    assert len(problem.train_rows) > 2 * FINISHED_ROWS
    for law in (*found.front.laws, *found.runners_up):
        assert law.train.n_rows == len(problem.train_rows)
        assert law.held_out.n_rows == len(problem.held_out_rows)


def test_constants_are_as_exact_as_all_rows_make_them(found: sr.Discovery) -> None:
    """The error of k is that of least squares on all training rows, not on a sample of them."""
    law, problem = found.front.best, found.problem
    assert law.formula == "k*x**2/z"
    k = law.constants[0]
    slope = (problem.table["x"].values ** 2 / problem.table["z"].values)[problem.train_rows]
    assert k.stderr == pytest.approx(0.05 / np.sqrt((slope**2).sum()), rel=0.02)
    best = (slope @ problem.target_values(problem.train_rows)) / (slope @ slope)
    assert k.value == pytest.approx(best, rel=1e-9)


def test_few_steps_from_the_sample_reach_where_many_end() -> None:
    """The last fits begin where the sample's ended: what six steps leave is nothing beside a standard error."""
    rng = np.random.default_rng(4)
    n_rows = 2 * FINISHED_ROWS
    x = rng.uniform(0.0, 4.0, n_rows)
    y = 3.1 * np.exp(-0.73 * x) + 0.4 + 0.3 * rng.normal(size=n_rows)
    problem = sr.make_problem(sr.read_table({"x": x, "y": y}, target="y"))
    fitter = make_fitter(problem, choose_natural_units(problem), get_engine("auto"), 1)
    tree = parse("k1*exp(-k2*x) + k3", variables=("x",), constants=("k1", "k2", "k3"))
    free = [FreeConstant(name, DIMENSIONLESS, 1.0) for name in ("k1", "k2", "k3")]
    sample = fitter.on_rows(np.arange(0, len(fitter.y), 3)).fit([(tree, free)])[0]
    assert sample is not None
    few, many = (
        replace(fitter, max_iterations=steps).fit([(tree, sample.restarted())])[0] for steps in (LAST_STEPS, 200)
    )
    assert few is not None and many is not None
    assert np.abs(few.values - many.values).max() < 1e-6 * many.stderr.min()


def of_many_rows(factor: float, offset: float, monkeypatch: pytest.MonkeyPatch, *, is_long: bool) -> sr.Law:
    """The best law of two hundred thousand rows, of which laws are finished on two thousand."""
    monkeypatch.setattr(pursuit, "FINISHED_ROWS", 2_000)
    monkeypatch.setattr(pursuit, "may_be_followed", lambda *_: is_long)
    rng = np.random.default_rng(1)
    x, q = rng.uniform(1.0, 5.0, 200_000), rng.uniform(0.0, 3.0, 200_000)
    y = factor * x * np.exp(-0.8123 * q) + offset + 0.02 * rng.normal(size=len(x))
    problem = sr.make_problem(sr.read_table({"x": x, "q": q, "y": y}, target="y"))
    budget = sr.Budget(time=None, evaluations=100_000)
    return sr.discover(problem, budget=budget, backend=sr.Native(threads=1)).front.best


@pytest.mark.parametrize("is_long", [True, False])
def test_a_number_that_all_rows_refute_is_fitted_to_them(monkeypatch: pytest.MonkeyPatch, is_long: bool) -> None:
    """Two thousand rows do not tell 1.7325 from the root of three, and all tell it by eight errors."""
    law = of_many_rows(1.7325, 0.0, monkeypatch, is_long=is_long)
    assert law.formula == "k1*x*exp(-k2*q)"
    k1, k2 = law.constants
    assert abs(k1.value - 1.7325) < 4 * k1.stderr and abs(k2.value - 0.8123) < 4 * k2.stderr


@pytest.mark.parametrize("is_long", [True, False])
def test_a_number_that_all_rows_bear_out_stays(monkeypatch: pytest.MonkeyPatch, is_long: bool) -> None:
    law = of_many_rows(np.sqrt(3), 0.0, monkeypatch, is_long=is_long)
    assert law.formula == "sqrt(3)*x*exp(-k*q)"
    assert abs(law.constants[0].value - 0.8123) < 4 * law.constants[0].stderr


LONG = 100_000


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of more than so many rows are long ones: a tenth of what they are otherwise."""
    monkeypatch.setattr(mapped, "LONG_ROWS", LONG)


@pytest.mark.usefixtures("long")
def test_a_law_that_shows_only_in_the_tail_is_found() -> None:
    """Of 120,000 speeds 18 are above fifteen, where the square is worth nine errors; at random three are searched."""
    rng = np.random.default_rng(11)
    v, m = rng.lognormal(0, 0.75, 120_000), rng.uniform(1, 2, 120_000)
    y = 2 * m * v + 0.002 * m * v**2 + 0.05 * rng.normal(size=120_000)
    problem = sr.make_problem(sr.read_table({"v": v, "m": m, "y": y}, target="y"))
    found = sr.discover(problem, budget=sr.Budget(time=None, evaluations=200_000), backend=sr.Native(threads=1))
    law = found.front.best
    assert law.held_out.rmse == pytest.approx(0.05, rel=0.01)
    assert law.train.n_rows == len(problem.train_rows)
    far = np.array([15.0, 20.0, 25.0])
    away = law.predict({"v": far, "m": np.full(3, 1.5)}) - (3 * far + 0.003 * far**2)
    assert np.abs(away).max() < 0.05 < 0.003 * far.min() ** 2
    assert any("half spread over the ranges" in note for note in found.notes)


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table whose errors are parts of each value, with a row that is far off."""
    rng = np.random.default_rng(12)
    v, m = rng.uniform(1, 9, 130_000), rng.uniform(1, 9, 130_000)
    E = 0.5 * m * v**2 * (1 + 0.02 * rng.normal(size=130_000))
    path = tmp_path_factory.mktemp("long") / "energies.parquet"
    pq.write_table(pa.table({"v [m/s]": v, "m [kg]": m, "E [kJ]": E / 1000}), path, row_group_size=20_000)
    return path


def ran(parquet: Path, folder: Path, more: str = "") -> sr.Discovery:
    file = folder / "energies.yaml"
    file.write_text(
        f"version: 1\nname: energies\ndata: {{file: {parquet}, target: E}}\n"
        f"budget: {{evaluations: 5000}}\nbackend: {{name: native, threads: 1}}\n{more}",
        encoding="utf-8",
    )
    return run_experiment(read_specification(file), folder / "runs")


@pytest.mark.usefixtures("long")
def test_a_run_of_a_long_table_is_written_read_again_and_predicts(parquet: Path, tmp_path: Path) -> None:
    """What the folder says is confirmed on all rows; figures are of a sample, and the report says so."""
    found = ran(parquet, tmp_path)
    law, problem = found.front.best, found.problem
    assert law.formula == "v**2*m/2"
    assert law.train.n_rows == len(problem.train_rows) > 90_000
    assert law.held_out.n_rows == len(problem.held_out_rows)
    away = problem.target_column.values - 0.5 * problem.table["m"].values * problem.table["v"].values ** 2
    held = problem.held_out_rows
    assert law.held_out.rmse == pytest.approx(np.sqrt(np.mean(away[held] ** 2)) / 1000, rel=1e-9)
    folder = tmp_path / "runs" / "energies"
    again = load_discovery(folder)
    assert [one.held_out for one in again.front] == [one.held_out for one in found.front]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "130,000" in page
    assert "rows, drawn at random" in page
    new = tmp_path / "new.csv"
    new.write_text("v [m/s],m [kg]\n3,2\n", encoding="utf-8")
    predicted = predict_run(folder, new)
    assert predicted.values == pytest.approx([0.009])
    low, high = predicted.of_measurement
    assert (high - low)[0] / 0.009 == pytest.approx(2 * 1.96 * 0.02, rel=0.1)


@pytest.mark.usefixtures("long")
def test_a_score_that_is_not_that_of_all_rows_is_refused(parquet: Path, tmp_path: Path) -> None:
    ran(parquet, tmp_path, "report: {formats: []}\n")
    state = tmp_path / "runs" / "energies" / "state.json"
    text = state.read_text(encoding="utf-8")
    stored = json.loads(text)
    rmse = stored["laws"][-1]["held_out"]["rmse"]
    state.write_text(text.replace(repr(rmse), repr(rmse * 1.001)), encoding="utf-8")
    with pytest.raises(StoredLawError, match="cannot be trusted"):
        load_discovery(state.parent)


@pytest.mark.usefixtures("long")
def test_under_other_losses_a_part_of_the_rows_is_fitted_at_once(
    parquet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as there is time for, from the whole of the table, and the law says how many."""
    monkeypatch.setattr(sr.Problem.combed, "__defaults__", (80_000,))
    problem = sr.make_problem(sr.read_table(parquet, target="E"), loss="student")
    found = sr.discover(problem, budget=sr.Budget(time=None, evaluations=1_000), backend=sr.Native(threads=1))
    law = found.front.best
    assert law.formula == "v**2*m/2"
    assert law.train.n_rows < len(problem.train_rows)
    assert any(f"fitted to {law.train.n_rows:,} of {len(problem.train_rows):,} rows" in note for note in law.notes)


@pytest.mark.usefixtures("long")
def test_time_ends_fits_and_the_law_says_on_how_many(parquet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No time is left for the passes: one turn is made, from the whole of the table."""
    from symreg import discovery
    from symreg.finishing import workshop

    monkeypatch.setattr(workshop, "LAST_SECONDS", -1e3)
    monkeypatch.setattr(discovery, "_due", lambda *_: 0.0)
    problem = sr.make_problem(sr.read_table(parquet, target="E"))
    found = sr.discover(problem, budget=sr.Budget(time=3.0), backend=sr.Native(threads=1))
    law = found.front.best
    assert law.train.n_rows < len(problem.train_rows)
    told = f"fitted to {law.train.n_rows:,} of {len(problem.train_rows):,} rows"
    assert any(told in note for note in law.notes)
