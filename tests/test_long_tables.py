"""Tables of more rows than laws are finished on: fitted and scored on all of them in the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import symreg as sr
from symreg.engine import get_engine
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
    return sr.discover(problem, budget=sr.Budget(time=None, evaluations=100_000), backend=sr.Native(threads=1))


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
