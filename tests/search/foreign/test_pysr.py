"""The way to PySR and back, with the real package and a stand-in for Julia (``stand_in/juliacall.py``).

What is not shown here is Julia's own search: no test starts Julia.
"""

from __future__ import annotations

import inspect
import json
import os
import stat
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symreg.discovery import discover
from symreg.errors import SymregError
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS
from symreg.problem.constraints import Constraints
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.backend import BackendError, Budget
from symreg.search.foreign import child, pysr
from symreg.search.foreign.pysr import (
    BINARY,
    UNARY,
    PySR,
    data_of,
    guess_text,
    hall_of_fame,
    julia_is_there,
    names_of,
    unit_text,
)
from symreg.search.space import SearchSpace, search_space
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS, Dimension

STAND_IN = Path(__file__).parent / "stand_in"
RNG = np.random.default_rng(0)
V, T = RNG.uniform(1, 3, 60), RNG.uniform(1, 3, 60)
SIGMA = np.linspace(0.1, 0.2, 60)
HALL = """Complexity,Loss,Equation
1,2.5,"1.0f-3"
3,0.5,"x1 * 1.5"
5,1.0e-3,"x1 * (x2 * 0.98)"
7,1.0e-4,"(x1 * x2) * cos(0.1 / (x3 - x3))"
8,1.0e-5,"erf(x1 * x2)"
9,1.0e-5,"(x1 * x2) + ((x3 * x2) * (x2 * 5.0f-1))"
"""


def problem_of(**options: Any) -> Problem:
    columns = {"v [m/s]": V, "t [s]": T, "x [m]": V * T + 0.5 * 9.80665 * T**2}
    table = read_table(columns, target="x", sigma={"x": 0.1})
    settled = {"constants": ["g_n"], "free_constants": "dimensionless"} | options
    return make_problem(table, **settled)


def space_of(problem: Problem) -> SearchSpace:
    return search_space(problem, problem.train_rows)


@pytest.fixture
def julia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with Julia, or so it seems: the stand-in before the real juliacall. Returns the file of the record."""
    program = tmp_path / "bin" / "julia"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "hall.csv").write_text(HALL)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(STAND_IN), *sys.path]))
    monkeypatch.setenv("RECORD", str(tmp_path / "record.json"))
    monkeypatch.setenv("HALL", str(tmp_path / "hall.csv"))
    return tmp_path / "record.json"


def test_from_the_table_to_laws_and_the_exact_arguments_for_julia(julia: Path) -> None:
    problem = problem_of(
        operators=["+", "*", "pow", "sin", "cos", "neg"], guesses=["v*t + 3*v*t"],
        constraints=Constraints(22, {"sin": {"sin": 0, "cos": 1}, "cos": {"exp": 0}}),
    )  # fmt: skip
    found = discover(problem, backend=PySR(threads=1), budget=Budget(time=90.0, evaluations=5000), seed=3)
    best = found.front.best
    assert {law.backend for law in found.front} <= {"pysr", "guess"} and best.backend == "pysr"
    assert best.dimension_ok and best.held_out.r2 > 1 - 1e-12 and "g_n" in best.formula
    assert found.stop_reason == "evaluation budget spent"
    told = [note for note in found.notes if "were rejected" in note]
    assert told and "of 6 formulas of backend pysr were rejected" in told[0]

    asked = json.loads(julia.read_text())
    space = space_of(problem)
    np.testing.assert_allclose(asked["X"], space.values[:3])
    np.testing.assert_allclose(asked["y"], space.target)
    np.testing.assert_allclose(asked["weights"], np.ones(len(space.target)))
    assert asked["X_units"] == ["m * s^(-1)", "s", "m * s^(-2)"] and asked["y_units"] == "m"
    assert asked["variable_names"] == ["x1", "x2", "x3"] and asked["guesses"] == [["x1*x2 + 3*x1*x2"]]
    assert (asked["parallelism"], asked["run_id"], asked["niterations"]) == ("serial", "run", 10**9)
    options = asked["options"]
    assert options["operators"] == [["cos", "neg", "sin"], ["*", "+", "^"]]
    assert options["constraints"] == {"1": [-1, -1, -1], "2": [[-1, -1], [-1, -1], [-1, 1]]}
    assert options["nested_constraints"] == "Dict((sin) => Dict((sin) => 0, (cos) => 1, ), )"
    assert (options["maxsize"], options["max_evals"], options["npopulations"]) == (22, 5000, 31)
    assert (options["batching"], options["deterministic"]) == (False, True) and options["dimensionless_constants_only"]
    assert 60 < options["timeout_in_seconds"] < 90  # what is left once everything has been loaded
    variance = float(np.var(space.target))
    assert options["dimensional_constraint_penalty"] == pytest.approx(1000 * variance, rel=1e-9)
    assert not Path(options["output_directory"]).exists()  # nothing is left behind


def test_the_hall_of_fame_is_read_while_it_runs(julia: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Julia holds the thread and never says a word; its laws are there before it has ended."""
    monkeypatch.setenv("SEARCH_SECONDS", "1000")
    monkeypatch.setattr(child, "GRACE", 0.2)
    seen: list[int] = []

    def stop() -> bool:
        return bool(seen)

    problem = problem_of()
    for one in PySR(threads=1).propose(space_of(problem), Budget(time=120.0), seed=0, stop=stop):
        seen.append(len(one.candidates))
        last = one
    assert seen[0] > 0 and last.stop_reason == "interrupted"


def test_every_argument_is_one_that_pysr_has(julia: Path) -> None:
    text = (
        "import inspect, json, pysr; print(json.dumps([list(inspect.signature(f).parameters) for f in "
        "(pysr.PySRRegressor.__init__, pysr.PySRRegressor.fit)]))"
    )
    told = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout
    made, fitted = map(set, json.loads(told))
    every = problem_of(guesses=["v*t + 3*v*t"], constraints=Constraints(9, {"sin": {"sin": 0}}))
    arguments = PySR().arguments(space_of(every), Budget(), 0, "folder")
    assert {"guesses", "nested_constraints", "constraints", "dimensional_constraint_penalty"} <= set(arguments)
    assert set(arguments) <= made
    assert set(data_of(space_of(every))) <= fitted


def test_errors_of_pysr_are_told(julia: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALL", str(julia.parent / "absent.csv"))
    found = discover(problem_of(), backend=PySR(threads=1), budget=Budget(time=60.0))
    assert found.stop_reason.startswith("backend pysr failed: ") and len(found.front) == 0


# ------------------------------------------------------------------------------------------------------- the mapping


@pytest.mark.parametrize(
    ("dimension", "text"),
    [
        (DIMENSIONLESS, ""),
        (Dimension.of(m=1), "m"),
        (Dimension.of(kg=1, m=2, s=-2), "m^(2) * kg * s^(-2)"),
        (Dimension.of(m=Fraction(-3, 2), K=1), "m^(-3//2) * K"),
    ],
)
def test_units_are_powers_of_base_units(dimension: Dimension, text: str) -> None:
    assert sorted(unit_text(dimension).split(" * ")) == sorted(text.split(" * "))


def test_settings_follow_the_problem() -> None:
    free = space_of(problem_of(free_constants="inferred", operators=["+", "*"]))
    several = PySR(threads=4).arguments(free, Budget(time=5.0), 1, "folder")
    assert (several["parallelism"], several["deterministic"], several["random_state"]) == ("multithreading", False, 1)
    assert (several["dimensionless_constants_only"], several["maxsize"], several["precision"]) == (False, 40, 64)
    assert not {"constraints", "nested_constraints", "guesses"} & set(several)
    small = space_of(problem_of(constraints=Constraints(3)))
    assert PySR().arguments(small, Budget(), 0, "folder")["maxsize"] == 7


def test_many_rows_are_looked_at_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pysr, "MANY_ROWS", 10)
    assert PySR().arguments(space_of(problem_of()), Budget(), 0, "folder")["batching"] is True


def test_without_units_there_is_no_penalty_and_nothing_about_units() -> None:
    table = read_table({"a": V, "b": T, "y": V + T}, target="y")
    space = space_of(make_problem(table))
    assert "dimensional_constraint_penalty" not in PySR().arguments(space, Budget(), 0, "folder")
    assert not {"X_units", "y_units"} & set(data_of(space))


def test_weights_have_the_mean_one_and_are_those_of_the_errors() -> None:
    columns = {"v [m/s]": V, "t [s]": T, "x [m]": V * T, "e [m]": SIGMA}
    space = space_of(make_problem(read_table(columns, target="x", sigma={"x": "e"}), test_fraction=0.0))
    weights = np.array(data_of(space)["weights"])
    assert weights.mean() == pytest.approx(1.0)
    np.testing.assert_allclose(weights / weights[0], (SIGMA[0] / SIGMA) ** 2)


def test_guesses_are_in_the_names_and_powers_of_julia() -> None:
    problem = problem_of(guesses=["v*t + g_n*t**2/2", {"formula": "k*v*t", "constants": ["k"]}, "v*t*sin(2)"])
    space = space_of(problem)
    texts = [guess_text(one, space, {"+", "*", "/", "square"}) for one in problem.guesses]
    assert texts == ["x1*x2 + x3*x2^2/2", "1*x1*x2", None]
    assert guess_text(parse("pi*v", variables="vt", constants=["pi"]), space, {"*"}) == f"{np.pi!r}*x1"


def test_a_table_that_is_being_written_is_read_as_far_as_it_is_whole() -> None:
    whole = hall_of_fame(HALL)
    assert whole[:3] == ["1.0f-3", "x1 * 1.5", "x1 * (x2 * 0.98)"] and len(whole) == 6
    for end in range(len(HALL)):
        assert set(hall_of_fame(HALL[:end])) <= set(whole)
    assert hall_of_fame("") == hall_of_fame("nonsense\n") == []


def test_numbers_of_julia_are_read_by_our_grammar() -> None:
    tree = parse("1.0f-3*x1 + 2.5e-4 * x1 ^ 2.0", variables=["x1"])
    assert tree == parse("0.001*x1 + 0.00025*x1**2", variables=["x1"])
    with pytest.raises(SymregError):
        parse("x1 * NaN", variables=["x1"])


def test_its_operators_are_ours() -> None:
    assert set(OPERATORS) >= set(BINARY) | UNARY
    assert set(OPERATORS) == set(BINARY) | UNARY | {"max", "min", "cbrt", "step"}  # which nobody searches unasked


def test_names_mean_nothing_to_anyone_else() -> None:
    table = read_table({"N [m]": V, "lambda [m]": T, "y [m]": V + T}, target="y")
    assert list(names_of(space_of(make_problem(table)))) == ["x1", "x2"]


# ----------------------------------------------------------------------------------------------------- what is missing


@pytest.mark.parametrize("missing", ["pysr", "juliacall"])
def test_an_absent_package_is_one_error(missing: str, julia: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pysr, "find_spec", lambda name: None if name == missing else inspect)
    with pytest.raises(BackendError, match=r"pysr, which is not installed: pip install 'symreg-laws\[pysr\]'"):
        discover(problem_of(), backend=PySR(), budget=Budget(time=5.0))
    assert not julia.exists()


def test_absent_julia_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pysr, "julia_is_there", lambda: False)
    with pytest.raises(BackendError, match="backend pysr needs Julia, which was not found: install it"):
        discover(problem_of(), backend=PySR(), budget=Budget(time=5.0))


def test_julia_is_found_where_juliacall_would_find_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pysr.sys, "prefix", str(tmp_path / "venv"))
    monkeypatch.setattr(pysr.Path, "home", lambda: tmp_path / "home")
    nothing = {"PATH": str(tmp_path)}
    assert not julia_is_there(nothing)
    assert julia_is_there({**nothing, "PYTHON_JULIACALL_EXE": "/somewhere/julia"})
    installed = tmp_path / "venv" / "julia_env" / "pyjuliapkg" / "install" / "bin" / "julia"
    installed.parent.mkdir(parents=True)
    installed.touch()
    assert julia_is_there(nothing)
