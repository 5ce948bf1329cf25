"""Whatever a table, a helper or a stranger does to a search: a law, or a plain sentence, and never a made-up value."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery, Progress, discover
from symreg.errors import SymregError
from symreg.formula import simplify
from symreg.formula.expression import variables_of
from symreg.formula.simplify import Simplifier
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.table import read_table

DISCOVER = sys.modules["symreg.discovery"]
ROOT = Path(__file__).resolve().parents[2]
Data = dict[str, Any]


def run(problem: Problem, evaluations: int = 5_000, **options: Any) -> Discovery:
    budget = Budget(time=None, evaluations=evaluations)
    return discover(problem, **{"backend": Native(threads=1), "budget": budget} | options)


def problem_of(data: Data, target: str, **options: Any) -> Problem:
    return make_problem(read_table(data, target=target), **options)


def motion(n_rows: int = 60, noise: float = 0.0) -> Data:
    rng = np.random.default_rng(0)
    v, t = rng.uniform(1, 3, n_rows), rng.uniform(1, 3, n_rows)
    return {"v [m/s]": v, "t [s]": t, "x [m]": v * t * (1 + noise * rng.normal(size=n_rows))}


# ------------------------------------------------------------------------------------------------ sympy and its child


@contextmanager
def broken(act: Callable[[Simplifier], None]) -> Any:
    """A simplifier to whose child something happens just before it is asked."""
    with Simplifier(1.0) as simplifier:
        simplifier.start()
        ask = simplifier.simplify

        def simplify_after(*args: Any, **options: Any) -> Any:
            act(simplifier)
            return ask(*args, **options)

        simplifier.simplify = simplify_after  # type: ignore[method-assign]
        yield simplifier


def test_a_killed_child_costs_no_law(monkeypatch: pytest.MonkeyPatch) -> None:
    def kill(simplifier: Simplifier) -> None:
        if simplifier.pid is not None:
            os.kill(simplifier.pid, signal.SIGKILL)

    monkeypatch.setattr(DISCOVER, "warm_simplifier", lambda timeout: broken(kill))
    best = run(problem_of(motion(noise=0.02), "x")).front.best
    assert set(variables_of(best.expression)) == {"v", "t"}
    assert best.dimension_ok


def test_a_hanging_child_costs_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in its tracks: the raw form stays, a note says why, and the search ends in time."""

    def freeze(simplifier: Simplifier) -> None:
        simplifier.timeout = 0.3
        if simplifier.pid is not None:
            os.kill(simplifier.pid, signal.SIGSTOP)

    monkeypatch.setattr(DISCOVER, "warm_simplifier", lambda timeout: broken(freeze))
    monkeypatch.setattr(DISCOVER, "UNHURRIED", 2.0)
    data = motion()
    data["x [m]"] = data["x [m]"] * np.exp(-data["t [s]"] / 3) + 0.2
    discovery = run(problem_of(data, "x", free_constants="inferred"), 20_000)
    assert len(discovery.front)
    assert discovery.wall_seconds < 30


def test_no_child_at_all_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process can be started, laws come in their raw form."""
    monkeypatch.setattr(simplify, "_idle", [])
    monkeypatch.setattr(simplify, "_WORKER", "symreg.there_is_no_such_module")
    best = run(problem_of(motion(), "x")).front.best
    assert best.predict({"v": np.array([2.0]), "t": np.array([3.0])}) == pytest.approx([6.0])


# ---------------------------------------------------------------------------------------------------- strange tables


def constant_column() -> Data:
    return motion() | {"c [m]": np.full(60, 2.0)}


def column_of_zeros() -> Data:
    return motion() | {"z [m]": np.zeros(60)}


def whole_numbers() -> Data:
    return motion() | {"n [1]": np.arange(60) % 4}


def a_switch() -> Data:
    return motion() | {"s [1]": (np.arange(60) % 7 == 0).astype(float)}


def enormous() -> Data:
    one, two = np.random.default_rng(1).uniform(1, 9, (2, 60))
    return motion() | {"h [m]": 1e250 * one, "w [s]": 1e-250 * two}


def an_outlier() -> Data:
    data = motion()
    data["x [m]"][7] = 1e12
    return data


def both_signs_and_zero() -> Data:
    data = motion()
    data["v [m/s]"] = np.linspace(-3, 3, 61)[:60]
    return data | {"x [m]": data["v [m/s]"] * data["t [s]"]}


def nearly_constant_target() -> Data:
    data = motion()
    return data | {"x [m]": 1.0 + 1e-9 * data["v [m/s]"]}


def sorted_rows() -> Data:
    data = motion()
    order = np.argsort(data["v [m/s]"])
    return {name: values[order] for name, values in data.items()}


def repeated_rows() -> Data:
    return {name: np.tile(values[:6], 10) for name, values in motion().items()}


STRANGE = [
    constant_column, column_of_zeros, whole_numbers, a_switch, enormous, an_outlier, both_signs_and_zero,
    nearly_constant_target, sorted_rows, repeated_rows,
]  # fmt: skip


@pytest.mark.parametrize("make", STRANGE, ids=lambda make: make.__name__.replace("_", " "))
def test_strange_columns_are_searched_silently(make: Callable[[], Data]) -> None:
    """No warning (warnings are errors), no wrong dimension, no number that is not one."""
    discovery = run(problem_of(make(), "x", free_constants="inferred"), 3_000)
    for law in discovery.front:
        assert law.dimension_ok
        assert np.isfinite([law.train.rmse, *(constant.value for constant in law.constants)]).all()
    if make not in (an_outlier, nearly_constant_target):
        assert discovery.front.best.train.r2 > 0.999


def test_collinear_columns_are_searched_after_the_warning() -> None:
    data = motion() | {"u [m/s]": 2 * motion()["v [m/s]"]}
    with pytest.warns(UserWarning, match="u"):
        problem = problem_of(data, "x")
    assert run(problem).front.best.train.r2 > 0.999


def test_a_hundred_columns() -> None:
    rng = np.random.default_rng(3)
    data: Data = {f"x{i} [m]": rng.uniform(1, 2, 60) for i in range(100)}
    data["y [m**2]"] = data["x17 [m]"] * data["x71 [m]"]
    best = run(problem_of(data, "y", operators=("+", "*")), 20_000).front.best
    assert set(variables_of(best.expression)) == {"x17", "x71"}


def test_a_law_that_is_silent_on_new_rows_says_so() -> None:
    """Trained where the root exists, held out where it does not: counted as undefined, never filled in."""
    x = np.concatenate([np.linspace(1, 3, 60), np.linspace(-3, -1, 20)])
    problem = problem_of({"x [m]": x, "y [m**(1/2)]": np.sqrt(np.abs(x))}, "y", operators=("sqrt", "*", "+"))
    rows = np.arange(80)
    front = run(replace(problem, train_rows=rows[:60], held_out_rows=rows[60:])).front
    for law in front:
        found = law.predict({"x": x[60:]})
        assert law.held_out.undefined == int(np.isnan(found).sum())
    roots = [law for law in front if law.held_out.undefined]
    assert all(law.held_out.undefined == 20 and np.isnan(law.held_out.rmse) for law in roots)


@pytest.mark.parametrize("unit", ["m**0.1", "m**(1/7)", "m**(3/5)"])
def test_odd_exponents_are_searched(unit: str) -> None:
    x = np.linspace(1, 3, 40)
    best = run(problem_of({f"x [{unit}]": x, f"y [{unit}]": 2.7 * x}, "y")).front.best
    assert best.predict({"x": np.array([2.0])}) == pytest.approx([5.4])


def test_all_seven_base_units_at_once() -> None:
    """A volume among them: exponents up to three must fit beside six other units, or a sentence says why not."""
    rng = np.random.default_rng(4)
    units = ("m**3", "kg", "s", "A", "K", "mol", "cd")
    data: Data = {f"x{i} [{unit}]": rng.uniform(1, 2, 60) for i, unit in enumerate(units)}
    data["y [m**3*kg]"] = data["x0 [m**3]"] * data["x1 [kg]"]
    try:
        best = run(problem_of(data, "y")).front.best
    except SymregError as error:
        assert "exponent" in str(error)
    else:
        assert set(variables_of(best.expression)) == {"x0", "x1"}


# ---------------------------------------------------------------------------------------------------- limits and ends


def test_little_memory_is_enough_for_something() -> None:
    budget = Budget(time=None, evaluations=30_000, memory=1_000_000)
    discovery = discover(problem_of(motion(), "x"), backend=Native(threads=1), budget=budget)
    assert set(variables_of(discovery.front.best.expression)) == {"v", "t"}


class TiredError(Exception):
    """Raised by a watcher."""


def test_an_error_of_the_watcher_comes_through() -> None:
    """And leaves a search behind that can be started again."""

    def watch(progress: Progress) -> None:
        raise TiredError

    problem = problem_of(motion(noise=0.1), "x")
    with pytest.raises(TiredError):
        run(problem, observer=watch)
    assert len(run(problem).front)


def test_control_c_in_the_middle_comes_through() -> None:
    """``discover`` itself swallows no KeyboardInterrupt: whoever wants the best so far gives ``stop``."""
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        if calls > 5:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        run(problem_of(motion(noise=0.1), "x"), stop=stop)


SCRIPT = """
import json
import numpy as np
from symreg.discovery import discover
from symreg.problem.making import make_problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.table import read_table
rng = np.random.default_rng(0)
x, v, t = rng.uniform(1, 3, (3, 60))
y = 0.63 * x + 0.9 * v * t * np.sin(v * t / x) + 0.05 * rng.normal(size=60)
table = read_table({"x [m]": x, "v [m/s]": v, "t [s]": t, "y [m]": y}, target="y")
found = discover(make_problem(table), backend=Native(threads=1), budget=Budget(time=None, evaluations=15_000))
print(json.dumps([[str(law), law.description_length] for law in found.front] + [found.evaluated]))
"""


def test_the_same_seed_is_the_same_front_in_another_process() -> None:
    """Whatever the order in which sets are walked through there."""
    answers = []
    for seed in ("0", "1"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        answers.append(json.loads(done.stdout))
    assert answers[0] == answers[1]


def test_the_numpy_engine_finds_the_same_law() -> None:
    problem = problem_of(motion(noise=0.02), "x")
    one, other = (run(problem, backend=Native(threads=1, engine=engine)) for engine in ("auto", "numpy"))
    assert other.engine == "numpy"
    assert one.front.best.formula == other.front.best.formula
