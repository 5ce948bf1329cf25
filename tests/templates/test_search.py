"""Planted laws behind templates: with one and two unknown functions, with parameters, units, noise and error bars."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery, discover
from symreg.formula.expression import complexity, constants_of, evaluate_tree, variables_of
from symreg.formula.grammar import parse
from symreg.laws.law import Law
from symreg.problem.constraints import Constraints
from symreg.problem.form import parts_of
from symreg.problem.making import make_problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.table import read_table

C = 299792458.0


def run(form: str, data: dict[str, Any], evaluations: int = 150_000, **options: Any) -> Discovery:
    sigma = options.pop("sigma", None)
    table = read_table(data, target=form.partition("=")[0].strip(), sigma=sigma)
    problem = make_problem(table, target=form, **options)
    return discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=evaluations))


def uniform(n: int, seed: int = 0, rows: int = 120) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(1.0, 4.0, rows) for _ in range(n)]


def noise(y: np.ndarray, level: float, seed: int = 7) -> np.ndarray:
    return np.asarray(y + level * np.std(y) * np.random.default_rng(seed).normal(size=len(y)))


def same(law: Law, truth: str, data: dict[str, Any], rel: float) -> None:
    """The law predicts what the truth gives, and nothing else."""
    columns = {name.split(" ")[0]: values for name, values in data.items()}
    tree = parse(truth, variables=list(columns), constants=["c"])
    assert law.predict(columns) == pytest.approx(evaluate_tree(tree, {**columns, "c": C}), rel=rel)


def energies(level: float) -> dict[str, Any]:
    p, m = uniform(2)
    p, m = 3e-19 * p, 1e-27 * m
    return {"p [kg*m/s]": p, "m [kg]": m, "E [J]": noise(np.sqrt((p * C) ** 2 + (m * C**2) ** 2), level)}


@pytest.mark.parametrize("level", [0.0, 0.01])
def test_one_unknown_function_in_a_form_that_can_be_undone(level: float) -> None:
    data = energies(level)
    discovery = run("E = sqrt(f(p, c)**2 + (m*c**2)**2)", data, constants=["c"])
    law = discovery.front.best
    assert law.formula in ("sqrt((p*c)**2 + (m*c**2)**2)", "sqrt((c*p)**2 + (m*c**2)**2)")
    assert any(note.startswith("f(p, c) = ") for note in law.notes)
    assert discovery.notes[0].startswith("the form of the law was given: E = sqrt(f(p, c)**2")


def test_an_unknown_constant_within_an_unknown_function_gets_its_unit() -> None:
    discovery = run("E = sqrt(f(p)**2 + (m*c**2)**2)", energies(0.01), constants=["c"])
    (free,) = (one for one in discovery.front.best.constants if one.kind == "free")
    assert free.unit.dimension == parse_dimension("m/s")
    assert free.value == pytest.approx(C, abs=5 * free.stderr)
    assert discovery.problem.free_constants.policy == "inferred"


def parse_dimension(text: str) -> Any:
    from symreg.units.reading import parse_unit

    return parse_unit(text).dimension


@pytest.mark.parametrize("level", [0.0, 0.01])
def test_two_unknown_functions(level: float) -> None:
    x, z = uniform(2)
    truth = 2 * x**2 / (1 + np.exp(-z))
    data = {"x [1]": x, "z [1]": z, "y [1]": noise(truth, level)}
    law = run("y = f(x)/(1 + g(z))", data, 40_000).front.best
    columns = {"x": x, "z": z}
    assert law.predict(columns) == pytest.approx(truth, rel=1e-9 if level == 0 else 0.01)
    assert set(variables_of(law.expression)) == {"x", "z"}


@pytest.mark.parametrize("level", [0.0, 0.01])
def test_one_unknown_function_between_parameters_with_units(level: float) -> None:
    x, z = uniform(2)
    data = {"x [m]": x, "z [m]": z, "y [J]": noise(3 * np.sqrt(x**2 + z**2) + 2, level)}
    law = run("y = A*f(x, z) + B", data, 40_000, parameters={"A": {"unit": "kJ/km"}, "B": {}}).front.best
    assert law.formula in ("A*sqrt(z**2 + x**2) + B", "A*sqrt(x**2 + z**2) + B")
    a, b = law.constants
    assert (a.name, a.unit.text, b.name, b.unit.text) == ("A", "kJ/km", "B", "J")
    assert a.value == pytest.approx(3, abs=max(1e-9, 4 * a.stderr))
    assert b.value == pytest.approx(2, abs=max(1e-9, 4 * b.stderr))


def test_what_a_parameter_says_is_not_said_twice() -> None:
    """B + u and B + (1 + u) are one law, and the second has a parameter near zero, which seems to cost nothing."""
    x, u = uniform(2)
    data = {"x [1]": x, "u [1]": u, "y [1]": noise(x**2 / (1 + u), 0.003)}
    law = run("y = f(x)/(B + g(u))", data, 40_000, parameters=["B"]).front.best
    assert law.formula == "x**2/(B + u)"


def test_error_bars_are_carried_through_the_form() -> None:
    """Where the target is worthless its error bars say so; the function is found from the other rows."""
    x, z = uniform(2, rows=200)
    y = np.exp(z) / (1 + x**2)
    bars = np.where(x > 2.5, 30.0, 0.002)
    y = y + bars * np.random.default_rng(3).normal(size=len(y))
    data = {"x [1]": x, "z [1]": z, "y [1]": y, "bars [1]": bars}
    law = run("y = exp(z)/(1 + f(x))", data, sigma={"y": "bars"}).front.best
    assert law.formula == "exp(z)/(1 + x**2)"


def test_every_law_has_the_form_and_its_argument_lists() -> None:
    """Whatever is on the front: y depends on z most simply through x, and may not."""
    x, z = uniform(2)
    data = {"x [1]": x, "z [1]": z, "y [1]": noise(x * z / (1 + x * z), 0.05)}
    discovery = run("y = f(x)/(1 + g(z))", data, 30_000, functions={"g": {"max_complexity": 4}})
    template = discovery.problem.template
    assert template is not None and len(discovery.front) > 0
    for law in discovery.front:
        parts = parts_of(template, law.expression)
        assert parts is not None
        assert set(variables_of(parts["f"])) <= {"x"} and set(variables_of(parts["g"])) <= {"z"}
        assert complexity(parts["g"]) <= 4


def test_a_bare_function_holds_what_it_names() -> None:
    """z would explain the noise-free target exactly; the form leaves it out."""
    x, z = uniform(2)
    data = {"x [m]": x, "z [m]": z, "m [kg]": np.sqrt(x), "T [s]": np.sqrt((x + z) / 9.80665)}
    discovery = run("T = f(x, g_n)", data, 20_000, constants=["g_n", "c"])
    assert discovery.problem.inputs == ("x",)
    assert [one.name for one in discovery.problem.known_constants] == ["g_n"]
    for law in discovery.front:
        assert set(variables_of(law.expression)) <= {"x"}
        assert set(constants_of(law.expression)) <= {"g_n", "k", "k1", "k2", "pi"}


def test_a_bare_function_with_a_short_leash() -> None:
    x, z = uniform(2)
    data = {"x [1]": x, "z [1]": z, "y [1]": noise(x * np.exp(z), 0.01)}
    front = run("y = f(x, z)", data, 20_000, functions={"f": {"max_complexity": 3}}).front
    assert max(law.complexity for law in front) <= 3
    assert run("y = f(x, z)", data, 20_000).front.best.formula in ("x*exp(z)", "exp(z)*x")


def test_parameters_out_of_their_bounds_are_counted() -> None:
    (x,) = uniform(1)
    data = {"x [1]": x, "y [1]": noise(2 * x + 5, 0.01)}
    discovery = run("y = a*f(x) + b", data, 20_000, parameters={"a": {}, "b": {"upper": 0}})
    for law in discovery.front:
        assert {one.name: one.value for one in law.constants}["b"] <= 0


def test_limits_on_values_hold_for_a_form_too() -> None:
    """The nearest laws turn round at the end of the data; those that are shown do not."""
    (x,) = uniform(1)
    data = {"x [1]": x, "y [1]": noise(4 * x - 2 * x**2 / 3, 0.02)}
    limits = Constraints(monotonic={"x": "increasing"})
    free, bound = (
        run("y = A*f(x) + B", data, 20_000, parameters=["A", "B"], constraints=one) for one in (None, limits)
    )
    grid = np.linspace(x.min(), x.max(), 200)
    falls = [[bool((np.diff(law.predict({"x": grid})) < 0).any()) for law in one.front] for one in (free, bound)]
    assert any(falls[0])
    assert falls[1] and not any(falls[1])
    assert any("not shown: each is not increasing in x" in note for note in bound.notes)


def test_a_form_that_no_start_fits_has_no_law() -> None:
    (x,) = uniform(1)
    discovery = run("y = a*sqrt(-x) + b", {"x [1]": x, "y [1]": x}, parameters=["a", "b"])
    assert len(discovery.front) == 0
    assert "no start of the parameters" in discovery.stop_reason


def test_it_repeats_under_a_budget_of_evaluations() -> None:
    x, z = uniform(2)
    data = {"x [1]": x, "z [1]": z, "y [1]": noise(x**2 / (1 + z), 0.02)}
    first, second = (run("y = A*f(x)/(1 + g(z))", data, 8_000, parameters=["A"]) for _ in range(2))
    assert str(first.front) == str(second.front)
    assert first.evaluated == second.evaluated


def test_a_guess_has_the_form_or_is_left_out() -> None:
    (x,) = uniform(1)
    data = {"x [1]": x, "y [1]": 3 * x**2.5 + 1}
    guesses = [{"formula": "a*x**(5/2) + 1", "constants": ["a"]}, "x**2"]
    discovery = run("y = a*f(x) + 1", data, 1_000, parameters=["a"], guesses=guesses)
    assert discovery.front.best.formula == "a*x**(5/2) + 1"
    assert all("a" in constants_of(law.expression) for law in discovery.front)


def test_a_stop_keeps_what_there_is() -> None:
    x, z = uniform(2)
    table = read_table({"x [1]": x, "z [1]": z, "y [1]": noise(x**2 / (1 + z), 0.02)}, target="y")
    problem = make_problem(table, target="y = A*f(x)/(1 + g(z))", parameters=["A"])
    discovery = discover(problem, backend=Native(threads=1), budget=Budget(time=None), stop=lambda: True)
    assert discovery.status == "interrupted"
    assert len(discovery.front) > 0
