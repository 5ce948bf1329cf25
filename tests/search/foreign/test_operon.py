"""Operon, the real one, in its child process: laws with exact units from an engine that knows none."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from symreg.discovery import Discovery, discover
from symreg.estimators.symbolic import SymbolicRegressor
from symreg.formula.operators import OPERATORS
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.backend import BackendError, Budget
from symreg.search.foreign import operon
from symreg.search.foreign.operon import Operon
from symreg.search.native.settings import Native
from symreg.search.space import search_space
from symreg.tables.table import read_table

RNG = np.random.default_rng(0)


def problem_of(data: dict[str, Any], target: str, **options: Any) -> Problem:
    return make_problem(read_table(data, target=target), **options)


def pendulum(**options: Any) -> Problem:
    length, mass = RNG.uniform(0.2, 2, 80), RNG.uniform(1, 2, 80)
    data = {"L [cm]": 100 * length, "m [g]": mass, "T [ms]": 2e3 * np.pi * np.sqrt(length / 9.80665)}
    return problem_of(data, "T", **options)


def run(problem: Problem, evaluations: int = 4_000, **settings: Any) -> Discovery:
    budget = Budget(time=None, evaluations=evaluations)
    return discover(problem, backend=Operon(threads=1, population=200, **settings), budget=budget)


def test_a_law_with_an_unknown_constant_and_its_unit() -> None:
    best = run(pendulum(free_constants="inferred", operators=["*", "/", "sqrt", "+"])).front.best
    assert (best.backend, best.formula, best.dimension_ok) == ("operon", "k*sqrt(L)", True)
    (constant,) = best.constants
    np.testing.assert_allclose(constant.value * float(constant.unit.scale), 2 * np.pi / np.sqrt(9.80665), rtol=1e-6)


def test_with_pure_numbers_the_question_is_asked_in_pi_groups() -> None:
    """Nothing but the factor of one product is open, so that not even the child is started."""
    found = run(pendulum(constants=["g_n"], free_constants="dimensionless"))
    assert found.front.best.formula in ("2*pi*sqrt(L/g_n)", "2*pi*sqrt(L)/sqrt(g_n)")
    assert (found.evaluated, found.stop_reason) == (1, "nothing is left to try")


def test_every_formula_in_pi_groups_has_the_dimension_of_the_target() -> None:
    v, m = RNG.uniform(0.1, 0.9, 200) * 299792458.0, RNG.uniform(1, 5, 200)
    energy = m * 299792458.0**2 * (1 + 0.7 * (v / 299792458.0) ** 2)
    problem = problem_of({"v [m/s]": v, "m [kg]": m, "E [J]": energy}, "E", constants=["c"])
    found = run(problem)
    assert found.pruned_by_dimension == 0 and not any("were rejected" in note for note in found.notes)
    assert found.front.best.held_out.r2 > 0.999 and all(law.dimension_ok for law in found.front)


def test_the_child_gets_numbers_and_words_of_its_own() -> None:
    problem = pendulum(free_constants="inferred", operators=["+", "-", "cube", "neg", "sin", "log10"])
    space = search_space(problem, problem.train_rows)
    asked = Operon(fit_rows=10)._question(space, ["x1", "x2"], Budget(time=3.0, evaluations=77), 5)
    assert asked["operators"] == ["*", "+", "-", "sin"]
    assert (np.shape(asked["inputs"]), np.shape(asked["target"])) == ((2, 10), (10,))
    assert (asked["seconds"], asked["evaluations"], asked["seed"]) == (3.0, 77, 5)


def test_the_same_seed_gives_the_same_front() -> None:
    noisy = pendulum(free_constants="inferred", operators=["*", "+", "sqrt", "sin"])
    first, again = run(noisy, 2_000), run(noisy, 2_000)
    assert [law.formula for law in first.front] == [law.formula for law in again.front]


def test_its_operators_are_ours_and_known_to_the_child() -> None:
    assert set(OPERATORS) >= operon.OPERATORS
    text = "import symreg.search.foreign._operon_worker as w, pyoperon; " \
           "print(all(hasattr(pyoperon.NodeType, f) for f in w.OPERON_NAMES.values()), ' '.join(w.OPERON_NAMES))"
    told = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout.split()
    assert told[0] == "True" and set(told[1:]) == operon.OPERATORS - {"neg", "inv", "cube"}


def test_absence_is_one_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operon, "find_spec", lambda name: None)
    with pytest.raises(BackendError, match=r"pyoperon, which is not installed: pip install 'symreg-laws\[operon\]'"):
        run(pendulum(free_constants="inferred"))


def test_the_estimator_takes_it_by_name_and_beside_others() -> None:
    length = RNG.uniform(0.2, 2, 60)
    budget = Budget(time=None, evaluations=3_000)
    options: dict[str, Any] = {"units": {"L": "m", "T": "s"}, "target": "T", "random_state": 0, "budget": budget}
    X = pd.DataFrame({"L": length})
    model = SymbolicRegressor(backend=[Native(threads=1), Operon(threads=1, population=100)], **options)
    model.fit(X, 2.006 * np.sqrt(length))
    assert model.discovery_.backend == "native, operon" and model.best_.formula == "k*sqrt(L)"
    assert SymbolicRegressor(backend="operon", **options).fit(X, 2.006 * np.sqrt(length)).best_.backend == "operon"
