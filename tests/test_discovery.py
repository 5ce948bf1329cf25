"""The whole way from a problem to a ranked front, under budgets of evaluations so that it repeats."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery, Progress, discover
from symreg.engine import get_engine
from symreg.finishing.finisher import Finisher
from symreg.finishing.workshop import GUESS, Workshop
from symreg.fitting.fitter import make_fitter
from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import Apply, Number, complexity, constants_of, evaluate_tree, variables_of, walk
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.laws.law import Law, ParetoFront
from symreg.problem.candidate import Candidate, FreeConstant
from symreg.problem.constraints import Constraints
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.problem.problem import Problem
from symreg.search.backend import Budget, Round
from symreg.search.native.settings import Native
from symreg.search.space import SearchSpace
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS


def run(problem: Problem, evaluations: int = 20_000, **options: Any) -> Discovery:
    budget = Budget(time=None, evaluations=evaluations)
    return discover(problem, **{"backend": Native(threads=1), "budget": budget} | options)


def problem_of(data: dict[str, Any], target: str, sigma: dict[str, Any] | None = None, **options: Any) -> Problem:
    return make_problem(read_table(data, target=target, sigma=sigma), **options)


def uniform(n: int, n_rows: int = 60, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(1, 3, n_rows) for _ in range(n)]


def noisy(n_rows: int = 60, noise: float = 0.1, **options: Any) -> Problem:
    x, v, t = uniform(3, n_rows)
    y = 0.63 * x + 0.9 * v * t + noise * np.random.default_rng(1).normal(size=n_rows)
    options = {"operators": ("+", "-", "*", "/", "sqrt", "exp")} | options
    return problem_of({"x [m]": x, "v [m/s]": v, "t [s]": t, "y [m]": y}, "y", **options)


@pytest.fixture(scope="module")
def ordinary() -> Discovery:
    return run(noisy(), 40_000)


# ------------------------------------------------------------------------------------------------- what is shown


def test_every_law_has_exactly_the_dimension_of_the_target(ordinary: Discovery) -> None:
    """By the dimension rules alone, from the text of the formula and the units of its constants."""
    problem = ordinary.problem
    assert len(ordinary.front) >= 2
    for law in ordinary.front:
        assert law.dimension_ok
        units = {constant.name: constant.unit.dimension for constant in law.constants}
        tree = parse(law.formula, variables=problem.inputs, constants=tuple(units))
        assert dimension_of(tree, problem.dimensions | units) == problem.target_column.unit.dimension


def test_every_reported_number_is_that_of_predict(ordinary: Discovery) -> None:
    """Scores recomputed from the printed formula and the printed constants, in the user's units."""
    problem = ordinary.problem
    for law in ordinary.front:
        names = [constant.name for constant in law.constants]
        read = replace(law, expression=parse(law.formula, variables=problem.inputs, constants=names))
        for rows, score in ((problem.train_rows, law.train), (problem.held_out_rows, law.held_out)):
            actual = problem.target_column.user_numbers[rows]
            data = {name: problem.table[name].user_numbers[rows] for name in problem.inputs}
            residual = read.predict(data) - actual
            assert score.rmse == pytest.approx(float(np.sqrt(np.mean(residual**2))), rel=1e-6, abs=1e-9)
            assert score.r2 == pytest.approx(1 - float(np.mean(residual**2) / np.var(actual)), rel=1e-6)
            assert (score.n_rows, score.undefined) == (len(rows), 0)


def test_the_front_is_one(ordinary: Discovery) -> None:
    """Longer means better on rows that were held out; each complexity once; the selected law is on it."""
    laws = list(ordinary.front)
    assert [law.complexity for law in laws] == sorted({law.complexity for law in laws})
    assert all(law.complexity == complexity(law.expression) for law in laws)
    best = ordinary.front.best
    errors = [law.held_out.rmse for law in laws if law is not best]
    assert errors == sorted(errors, reverse=True)
    assert best in laws


def test_the_truth_is_selected(ordinary: Discovery) -> None:
    best = ordinary.front.best
    assert set(variables_of(best.expression)) == {"x", "v", "t"}
    fresh = dict(zip("xvt", uniform(3, seed=9), strict=True))
    np.testing.assert_allclose(best.predict(fresh), 0.63 * fresh["x"] + 0.9 * fresh["v"] * fresh["t"], rtol=0.03)
    for constant in best.constants:
        assert constant.stderr < 0.1


def test_what_the_search_has_done_is_told(ordinary: Discovery) -> None:
    assert ordinary.status == "finished"
    assert ordinary.stop_reason
    assert ordinary.evaluated > 0
    assert ordinary.pruned_by_dimension > 0
    assert ordinary.complete_to_complexity is not None and ordinary.complete_to_complexity >= 2
    assert (ordinary.backend, ordinary.engine) == ("native", ordinary.engine)
    assert ordinary.engine in ("compiled", "numpy")
    assert ordinary.wall_seconds > 0


# --------------------------------------------------------------------------------------------- the same, in other units


def shape(law: Law) -> tuple[Any, ...]:
    """What a formula is made of, however its products are written."""
    leaves = sorted(str(node) for node in walk(law.expression) if not isinstance(node, Apply | Number))
    fresh = dict(zip(law.input_units, uniform(3, 5, seed=7), strict=True))
    known = {constant.name: constant.value for constant in law.constants}
    values = np.round(evaluate_tree(law.expression, fresh | known), 6)
    return leaves, len(law.constants), tuple(values.tolist())


def scaled(factors: dict[str, float], noise: float) -> Problem:
    """x = v0*t + a*t**2/2 and some noise, each column multiplied by its factor."""
    v, a, t = uniform(3, 80)
    x = v * t + 0.5 * a * t**2
    x += noise * x.std() * np.random.default_rng(1).normal(size=80)
    data = {"v [m/s]": v, "a [m/s**2]": a, "t [s]": t, "x [m]": x}
    kinds = {"v": (1, -1), "a": (1, -2), "t": (0, 1), "x": (1, 0)}
    for header in list(data):
        metres, seconds = kinds[header.split(" ")[0]]
        data[header] = data[header] * factors.get("m", 1.0) ** metres * factors.get("s", 1.0) ** seconds
    return problem_of(data, "x", operators=("+", "-", "*", "/", "square", "sqrt", "exp"))


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_the_scale_of_the_units_leaves_the_law_as_it_is(noise: float) -> None:
    """Lengths and times multiplied by 1e-20 to 1e20: the same formula with the same constants."""
    plain = run(scaled({}, noise)).front.best
    assert set(variables_of(plain.expression)) == {"v", "a", "t"}
    for factors in ({"m": 1e20}, {"m": 1e-20, "s": 1e20}, {"m": 3e-7, "s": 1e-20}):
        other = run(scaled(factors, noise)).front.best
        assert shape(other) == shape(plain)
        for one, two in zip(plain.constants, other.constants, strict=True):
            assert one.value == pytest.approx(two.value, rel=1e-5)


def test_the_text_of_the_units_leaves_the_law_as_it_is() -> None:
    """Kilometres, minutes and milliseconds: the same numbers under other names."""
    a = np.random.default_rng(0).uniform(0.4, 30, 40)
    seconds = 1e3 * a**1.5
    found = []
    for header, values in (("P [s]", seconds), ("P [min]", seconds / 60), ("P [ms]", seconds * 1e3)):
        for other, lengths in (("a [m]", a * 1e9), ("a [km]", a * 1e6), ("a [Gm]", a)):
            found.append(run(problem_of({other: lengths, header: values}, "P")).front.best)
    assert {law.formula for law in found} == {"k*a**(3/2)"}
    si = [law.constants[0].value * law.constants[0].unit.scale for law in found]
    np.testing.assert_allclose(si, si[0], rtol=1e-10)
    assert len({law.constants[0].unit.text for law in found}) == 9


def test_a_tiny_constant_is_not_zero() -> None:
    """6.674e-11 as a free constant of inferred unit, to its last digit in the text too."""
    m, r = uniform(2)
    data = {"m [kg]": m * 1e24, "r [km]": r * 1e4, "g [m/s**2]": 6.6743e-11 * m * 1e24 / (r * 1e7) ** 2}
    best = run(problem_of(data, "g")).front.best
    (k,) = best.constants
    assert k.value * k.unit.scale == pytest.approx(6.6743e-11, rel=1e-9)
    assert "6.674" in str(best)
    fresh = {"m": np.array([5e24]), "r": np.array([6371.0])}
    assert best.predict(fresh) == pytest.approx([6.6743e-11 * 5e24 / 6371e3**2], rel=1e-9)


# -------------------------------------------------------------------------------------------------- names


HOSTILE = [
    ("I", "E", "S"), ("N", "gamma", "beta"), ("lambda", "a b", "=cmd()"), ("k", "k1", "k2"), ("k1", "k2", "k"),
    ("pi", "e", "O"), ("k1_0", "k_0", "zeta"), ("<script>", "\\input{x}", "../y"), ("x**2", "1/x", "-x"),
    ("exp", "sin", "log"),
]  # fmt: skip


@pytest.mark.parametrize("names", HOSTILE, ids=" ".join)
def test_any_name_survives(names: tuple[str, str, str]) -> None:
    """A law with a sum, so that every step on the way has something to do."""
    one, two = uniform(2)
    first, second, target = names
    truth = 0.731 * one * two + 1.417 * two**2
    data = {f"{first} [m]": one, f"{second} [m]": two, f"{target} [m**2]": truth}
    discovery = run(problem_of(data, target, operators=("+", "*", "square")))
    best = discovery.front.best
    assert set(variables_of(best.expression)) == {first, second}
    free = {constant.name for constant in best.constants}
    assert not free & set(names)
    fresh = {first: np.array([2.0]), second: np.array([3.0])}
    assert best.predict(fresh) == pytest.approx([0.731 * 6 + 1.417 * 9], rel=1e-9)
    again = parse(best.formula, variables=(first, second), constants=tuple(free))
    assert to_text(again) == best.formula


@pytest.mark.parametrize("name", ["k", "k1", "k2", "pi_0", "gamma"])
def test_any_name_of_a_known_constant_survives(name: str) -> None:
    x, t = uniform(2)
    constants = [{"name": name, "value": 3.0, "unit": "m/s"}]
    data = {"x [m]": x, "t [s]": t, "y [m/s]": 0.617 * 3.0 - 2.323 * x / t}
    best = run(problem_of(data, "y", constants=constants, operators=("+", "-", "*", "/"))).front.best
    fresh = {"x": np.array([2.0]), "t": np.array([4.0])}
    assert best.predict(fresh) == pytest.approx([0.617 * 3.0 - 2.323 * 0.5], rel=1e-9)
    known = [constant for constant in best.constants if constant.kind == "known"]
    assert [(constant.name, constant.value) for constant in known] == [(name, 3.0)]


# ----------------------------------------------------------------------------------------------- limits and ends


def test_the_same_budget_gives_the_same_front(ordinary: Discovery) -> None:
    again = run(noisy(), 40_000, backend=Native(threads=2))
    assert [str(law) for law in again.front] == [str(law) for law in ordinary.front]
    assert again.front.selected == ordinary.front.selected
    assert (again.evaluated, again.stop_reason) == (ordinary.evaluated, ordinary.stop_reason)


def test_interrupted_with_the_best_so_far() -> None:
    rounds = 0

    def observe(progress: Progress) -> None:
        nonlocal rounds
        rounds += 1

    discovery = run(noisy(), 10**7, observer=observe, stop=lambda: rounds >= 4)
    assert discovery.status == "interrupted"
    assert discovery.stop_reason == "interrupted"
    assert len(discovery.front) >= 1
    assert all(law.dimension_ok for law in discovery.front)
    assert 4 <= rounds <= 5 + 3  # after the rounds two stages and the end are told


def test_interrupted_before_it_began() -> None:
    discovery = run(noisy(), 10**7, stop=lambda: True)
    assert discovery.status == "interrupted"
    assert isinstance(discovery.front, ParetoFront)


def test_a_budget_of_evaluations_ends_it() -> None:
    discovery = run(noisy(), 2_000)
    assert discovery.stop_reason == "evaluation budget spent"
    assert discovery.status == "finished"
    assert 2_000 <= discovery.evaluated < 60_000
    assert len(discovery.front)


def test_a_budget_of_time_ends_it() -> None:
    """Finishing included, within two seconds."""
    discovery = discover(noisy(), backend=Native(threads=1), budget=Budget(time=1.0))
    assert discovery.wall_seconds < 3.0
    assert len(discovery.front)


def test_watchers_see_it_grow() -> None:
    seen: list[Progress] = []
    run(noisy(), 20_000, observer=seen.append)
    assert len(seen) > 3
    assert [one.complexity for one in seen] == sorted(one.complexity for one in seen)
    assert [one.evaluated for one in seen] == sorted(one.evaluated for one in seen)
    assert [one.elapsed for one in seen] == sorted(one.elapsed for one in seen)
    stages = [one.stage for one in seen]
    assert list(dict.fromkeys(stages)) == ["search", "fit", "simplify", "finished"]
    assert stages[-3:] == ["fit", "simplify", "finished"]
    shares = [one.share for one in seen[:-1]]
    assert shares == [pytest.approx(min(1.0, one.evaluated / 20_000)) for one in seen[:-1]]
    assert all(one.seconds_left is None for one in seen) and seen[-1].share is None
    assert all(one.front is not None for one in seen)
    assert any(len(one.front or ()) for one in seen)
    for one in seen:
        assert all(law.dimension_ok for law in one.front or ())


def test_a_front_can_be_taken_up_again(ordinary: Discovery) -> None:
    """Formulas of an earlier front are fitted first: with no budget at all they are still there."""
    texts = [law.formula for law in ordinary.front]
    again = run(noisy(), 1, resume_from=texts)
    best, data = ordinary.front.best, ordinary.problem.table
    values = best.predict({name: data[name].values for name in ordinary.problem.inputs})
    kept = [law for law in again.front if law.complexity <= best.complexity + 2]  # a number may be spelled otherwise
    predicted = [law.predict({name: data[name].values for name in ordinary.problem.inputs}) for law in kept]
    assert [law.formula for law, one in zip(kept, predicted, strict=True) if np.allclose(one, values, rtol=1e-9)]


def test_formulas_that_no_longer_hold_are_left_out() -> None:
    """Columns that are gone, other dimensions, nonsense: skipped, never an error."""
    texts = ["k*gone", "x + t", "k*(", "", "__import__('os')", "k*x**99999999", "x*y", "k*x"]
    discovery = run(noisy(), 100, resume_from=texts)
    assert len(discovery.front)


def test_guesses_are_fitted_first() -> None:
    """A guess that no short search would find is on the front, its declared constants fitted."""
    x, v, t = uniform(3)
    y = 0.6317 * x * np.exp(-1.7293 * v * t / x) + 0.2719 * v * t
    data = {"x [m]": x, "v [m/s]": v, "t [s]": t, "y [m]": y}
    guess = {"formula": "a*x*exp(-b*v*t/x) + c*v*t", "constants": ["a", "b", "c"]}
    discovery = run(problem_of(data, "y", guesses=[guess]), 10)
    best = discovery.front.best
    assert sorted(abs(constant.value) for constant in best.constants) == pytest.approx([0.2719, 0.6317, 1.7293])


def test_limits_on_the_form_hold_for_what_is_shown() -> None:
    problem = noisy(constraints=Constraints(max_complexity=7))
    assert all(law.complexity <= 7 for law in run(problem).front)
    constraints = Constraints(nested={"exp": {"exp": 0, "sqrt": 0}})
    problem = noisy(constraints=constraints, operators=("+", "-", "*", "/", "exp", "sqrt"))
    for law in run(problem).front:
        exponentials = [node for node in walk(law.expression) if isinstance(node, Apply) and node.operator == "exp"]
        inside = [one for node in exponentials for one in walk(node.arguments[0])]
        assert not any(isinstance(one, Apply) and one.operator in ("exp", "sqrt") for one in inside)


def decay(n_rows: int = 40, sign: float = -1.0) -> dict[str, Any]:
    rng = np.random.default_rng(2)
    t, x = rng.uniform(0, 3, n_rows), rng.uniform(1, 3, n_rows)
    return {"t [s]": t, "x [m]": x, "y [m]": 4.2 + sign * 1.3 * t + 0.05 * rng.normal(size=n_rows)}


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_positive_constants_are_positive_in_every_law(sign: float) -> None:
    free_constants = {"units": "inferred", "positive": True}
    front = run(problem_of(decay(sign=sign), "y", inputs=["t"], free_constants=free_constants)).front
    assert all(constant.value > 0 for law in front for constant in law.constants)
    assert front.best.formula in ("k1 - k2*t", "k1 + k2*t", "k1*t + k2")
    assert {constant.unit.text for constant in front.best.constants} == {"m", "m/s"}


def test_a_bounded_guess_keeps_its_names_and_its_bounds() -> None:
    """The best slope is -1.3 m/s; the guess may go down to -1 m/s, in the user's own unit."""
    free_constants = {"units": "inferred", "bounds": {"v": [-100, 0, "cm/s"]}}
    guess = {"formula": "y0 + v*t", "constants": ["y0", "v"]}
    problem = problem_of(decay(), "y", inputs=["t"], free_constants=free_constants, guesses=[guess])
    law = run(problem, backend=Fake()).front.best
    found = {constant.name: constant for constant in law.constants}
    assert law.formula == "y0 + v*t"
    assert found["v"].unit.to_si(found["v"].value) == pytest.approx(-1.0)
    assert np.isnan(found["v"].stderr) and np.isfinite(found["y0"].stderr)
    assert any("v is on its lower bound" in note for note in law.notes)


def test_whole_numbers_of_a_guess() -> None:
    rng = np.random.default_rng(0)
    n_level = rng.integers(1, 6, 40)
    wavenumber = 1.097e7 / n_level.astype(float) ** 2 * (1 + 0.02 * rng.normal(size=40))
    guess = {"formula": "R0*n**p", "constants": ["R0", "p"]}
    problem = problem_of(
        {"n [1]": n_level, "w [1/m]": wavenumber}, "w", guesses=[guess],
        free_constants={"units": "inferred", "integer": ["p"]},
    )  # fmt: skip
    law = run(problem, backend=Fake()).front.best
    assert {constant.name: constant.value for constant in law.constants}["p"] == -2.0


def test_a_limited_guess_can_be_taken_up_again() -> None:
    free_constants = {"units": "inferred", "bounds": {"v": [-100, 0, "cm/s"]}}
    guess = {"formula": "y0 + v*t", "constants": ["y0", "v"]}
    problem = problem_of(decay(), "y", inputs=["t"], free_constants=free_constants, guesses=[guess])
    again = run(replace(problem, guesses=()), backend=Fake(), resume_from=["y0 + v*t"])
    assert again.front.best.formula == "y0 + v*t"


def test_parameters_of_a_form_are_bounded_too() -> None:
    """What a template's own bounds only choose among, ``free_constants`` keeps to: the fit is on the bound."""
    free_constants = {"units": "auto", "bounds": {"v": [-100, 0, "cm/s"]}}
    table = read_table(decay(), target="y")
    problem = make_problem(table, target="y = y0 + v*t", parameters=["y0", "v"], free_constants=free_constants)
    law = run(problem).front.best
    found = {constant.name: constant for constant in law.constants}
    assert found["v"].unit.to_si(found["v"].value) == pytest.approx(-1.0)
    assert np.isnan(found["v"].stderr) and np.isfinite(found["y0"].stderr)


def test_a_whole_parameter_of_a_form() -> None:
    x = np.linspace(1, 2, 40)
    table = read_table({"x [1]": x, "y [1]": 3 * x**2.2 + 0.01 * np.sin(40 * x)}, target="y")
    form = {"target": "y = a*x**n", "parameters": ["a", "n"], "free_constants": {"integer": ["n"]}}
    law = run(make_problem(table, **form)).front.best
    assert {constant.name: constant.value for constant in law.constants}["n"] == 2


def test_a_search_calls_nothing_by_the_name_of_a_bounded_constant() -> None:
    """The guess is beaten by what the search finds, whose constants are no k1 of the user's."""
    free_constants = {"units": "inferred", "bounds": {"k1": [-1, 0, "cm/s"]}}
    guess = {"formula": "k1*t", "constants": ["k1"]}
    problem = problem_of(decay(), "y", inputs=["t"], free_constants=free_constants, guesses=[guess])
    best = run(problem).front.best
    assert best.formula in ("k2 - k3*t", "k2 + k3*t", "k2*t + k3")
    assert best.held_out.r2 > 0.99


def test_constants_offered_by_dimensions_are_found() -> None:
    """A pendulum whose mass has no say: g_n is one of four that are offered."""
    length, mass = uniform(2)
    period = 2 * np.pi * np.sqrt(length / 9.80665)
    data = {"L [m]": length, "m [kg]": mass, "T [s]": period}
    discovery = run(problem_of(data, "T", constants="auto"), 60_000)
    best = discovery.front.best
    assert "g_n" in {constant.name for constant in best.constants if constant.kind == "known"}
    assert best.held_out.r2 > 1 - 1e-9
    assert {"g_n", "G"} <= set(discovery.problem.offered)


def test_errors_of_inputs_straighten_a_slope() -> None:
    rng = np.random.default_rng(0)
    true = rng.uniform(0, 4, 120)
    data = {"x [m]": true + 0.6 * rng.normal(size=120), "y [m]": 5 + 2.3 * true + 0.1 * rng.normal(size=120)}
    data |= {"sx [m]": np.full(120, 0.6), "sy [m]": np.full(120, 0.1)}
    front = run(problem_of(data, "y", sigma={"x": "sx", "y": "sy"}, free_constants="inferred")).front
    best = front.best
    assert any("effective variance" in note for note in best.notes)
    slope = best.constants[0] if best.constants[0].value < 4 else best.constants[1]
    assert abs(slope.value - 2.3) < 3 * slope.stderr < 0.5
    assert np.polyfit(data["x [m]"], data["y [m]"], 1)[0] < 2.1  # what ordinary least squares makes of it


# ------------------------------------------------------------------------------------------------- tables of all sizes


@pytest.mark.parametrize("n_rows", [3, 6, 12])
def test_tiny_tables_leave_one_out(n_rows: int) -> None:
    a = np.linspace(0.4, 30, n_rows)
    problem = problem_of({"a [au]": a, "P [day]": 365.25 * a**1.5}, "P")
    assert problem.leave_one_out
    discovery = run(problem)
    best = discovery.front.best
    assert best.formula == "k*a**(3/2)"
    assert best.held_out.n_rows == best.train.n_rows == n_rows
    for law in discovery.front:
        if len(law.constants) and law.train.rmse > 1e-6:
            assert law.held_out.rmse >= law.train.rmse


def test_long_tables_are_searched_on_a_sample_and_scored_on_all() -> None:
    x, t = uniform(2, 40_000)
    y = 3.3 * x / t + 0.1 * np.random.default_rng(1).normal(size=40_000)
    discovery = run(problem_of({"x [m]": x, "t [s]": t, "y [m/s]": y}, "y", operators=("+", "*", "/")), 2_000)
    assert discovery.front.best.train.n_rows == 30_000
    assert discovery.front.best.held_out.n_rows == 10_000
    assert any("searched on 20,000 of 30,000 rows" in note for note in discovery.notes)
    assert discovery.front.best.constants[0].value == pytest.approx(3.3, abs=0.01)


def test_known_uncertainties_weigh() -> None:
    """Rows of small sigma decide; the others may be far off."""
    x = np.linspace(1, 3, 60)
    sigma = np.where(np.arange(60) % 3 == 0, 5.0, 0.01)
    y = 2.417 * x + sigma * np.random.default_rng(0).normal(size=60)
    problem = problem_of({"x [m]": x, "y [m]": y, "s [m]": sigma}, "y", sigma={"y": "s"}, inputs=["x"])
    best = run(problem, 2_000).front.best
    assert best.constants[0].value == pytest.approx(2.417, abs=0.005)
    assert best.constants[0].stderr < 0.005


# ---------------------------------------------------------------------------------------------- other backends


class Fake:
    """A backend that proposes what it was given, right or wrong."""

    name, threads, engine = "fake", 1, "auto"

    def __init__(self, *texts: str, reason: str | None = "done") -> None:
        self.texts, self.reason = texts, reason

    def propose(self, space: SearchSpace, budget: Budget, **options: Any) -> Iterator[Round]:
        trees = [parse(text, variables=space.names, constants=("q",)) for text in self.texts]
        found = tuple(
            Candidate(tree, tuple(FreeConstant(name, DIMENSIONLESS, 1.0) for name in constants_of(tree)), "fake")
            for tree in trees
        )
        yield Round(found, 1, 7, 0, None, self.reason)


def test_a_backend_cannot_smuggle_in_a_wrong_dimension() -> None:
    """What it proposes is checked anew: metres plus seconds, the exponential of a length, the wrong unit."""
    fake = Fake("q*x", "q*(x + t)", "q*exp(x)", "q*t", "q*v*t", "q*log(-x)*x")
    discovery = run(noisy(), backend=fake)
    assert {law.formula for law in discovery.front} <= {"k*x", "k*t*v", "k*v*t"}
    assert len(discovery.front)
    assert (discovery.backend, discovery.evaluated, discovery.stop_reason) == ("fake", 7, "done")


def test_a_backend_that_finds_nothing_is_no_error() -> None:
    discovery = run(noisy(), backend=Fake())
    assert len(discovery.front) == 0
    assert discovery.status == "finished"


def test_a_backend_without_a_last_word_is_finished() -> None:
    discovery = run(noisy(), backend=Fake("q*x", reason=None))
    assert discovery.stop_reason == "nothing is left to try"
    assert len(discovery.front) == 1


def test_numbers_of_a_law_are_exact_where_they_are_simple() -> None:
    m, v = uniform(2)
    best = run(problem_of({"m [kg]": m, "v [m/s]": v, "E [J]": 0.5 * m * v**2}, "E")).front.best
    assert best.constants == ()
    assert any(isinstance(node, Number) and node.value in (2, 0.5) for node in walk(best.expression))
    assert float(evaluate_tree(best.expression, {"m": 2.0, "v": 3.0})) == 9.0


def test_runners_up_are_laws_near_the_front_and_not_on_it(ordinary: Discovery) -> None:
    """Judged as the front is, each once, shortest message first; for whoever asks which other forms fit as well."""
    shown = {law.expression for law in ordinary.front}
    beside = [law.expression for law in ordinary.runners_up]
    assert ordinary.runners_up and len(set(beside)) == len(beside) and not shown & set(beside)
    lengths = [law.description_length for law in ordinary.runners_up]
    assert lengths == sorted(lengths)
    least = min(law.description_length for law in (*ordinary.front, *ordinary.runners_up))
    assert max(lengths) < least + 25
    for law in ordinary.runners_up:
        assert law.dimension_ok and law.held_out.n_rows == ordinary.front.best.held_out.n_rows


def test_a_formula_with_a_constant_for_every_second_row_is_no_law() -> None:
    """With one for each it passes through all rows, those left out too. Who guesses it gets it fitted all the same."""
    x, y = np.arange(1.0, 9.0), np.array([0.3, 0.7, 1.0, 1.5, 2.8, 5.2, 9.6, 19.2])
    problem = problem_of({"x [1]": x, "y [1]": y}, "y")
    found = []
    for degree in (3, 4):
        names = [f"k{power}" for power in range(degree + 1)]
        text = " + ".join(f"{name}*x**{power}" for power, name in enumerate(names))
        tree = parse(text, variables=("x",), constants=names)
        found.append(Candidate(tree, tuple(FreeConstant(name, DIMENSIONLESS, 1.0) for name in names), "fake"))
    for source, expected in (("fake", [4]), (GUESS, [4, 5])):
        workshop = Workshop(Finisher(make_fitter(problem, choose_natural_units(problem), get_engine(), 1)))
        workshop.take(found, source)
        assert sorted(len(one.fitted.constants) for one in workshop.promising(10)) == expected


# ------------------------------------------------------------------------------------------- losses and weights


def with_gross_errors(n_rows: int = 60) -> dict[str, Any]:
    """``y = 3*a*b`` with noise, and every tenth row several times too large."""
    a, b, _ = uniform(3, n_rows)
    rng = np.random.default_rng(8)
    y = 3 * a * b + 0.01 * rng.normal(size=n_rows)
    y[::10] *= rng.uniform(3, 8, n_rows // 10)
    return {"a": a, "b": b, "y": y}


def test_students_loss_finds_the_law_behind_gross_errors() -> None:
    found = run(problem_of(with_gross_errors(), "y", loss="student")).front.best
    assert is_proportional(found, lambda a, b: 3 * a * b)
    (note,) = [note for note in found.notes if "farther from this law" in note]
    assert note.startswith("6 of 60 rows lie") and "'student' lets them count less" in note


def test_squares_are_led_astray() -> None:
    """Why there are other losses: the same rows, fitted as if all were as good."""
    found = run(problem_of(with_gross_errors(), "y", loss="squared")).front.best
    assert not is_proportional(found, lambda a, b: 3 * a * b)


def test_rows_far_off_are_noticed_where_nobody_said_anything() -> None:
    found = run(problem_of(with_gross_errors(), "y"))
    assert is_proportional(found.front.best, lambda a, b: 3 * a * b)
    assert found.problem.loss == "student" and any("errors have long tails" in note for note in found.notes)
    assert found.evaluated <= 20_000 + 250_000  # within a block of the budget, both searches together


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_nothing_is_noticed_where_no_row_is_far_off(noise: float) -> None:
    found = run(noisy(noise=noise))
    assert found.problem.loss == "squared" and not any("long tails" in note for note in found.notes)


def test_an_interrupted_search_is_not_begun_again() -> None:
    problem = problem_of(with_gross_errors(), "y")
    seen = []
    found = discover(problem, backend=Native(threads=1), stop=lambda: len(seen) > 0, observer=seen.append)
    assert found.status == "interrupted"


def test_log_finds_a_power_law_over_decades() -> None:
    rng = np.random.default_rng(4)
    x = np.geomspace(1e-2, 1e2, 50)
    found = run(problem_of({"x": x, "y": 0.7 * x**1.5 * np.exp(0.1 * rng.normal(size=50))}, "y", loss="log")).front.best
    ratio = found.predict({"x": x}) / x**1.5
    assert ratio.max() < 1.05 * ratio.min() and ratio.mean() == pytest.approx(0.7, rel=0.1)


def test_rows_of_little_weight_are_hardly_listened_to() -> None:
    data = with_gross_errors()
    weights = np.where(np.arange(60) % 10 == 0, 1e-8, 1.0)
    found = run(problem_of(data, "y", weights=weights)).front.best
    assert is_proportional(found, lambda a, b: 3 * a * b)


def is_proportional(law: Law, truth: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> bool:
    """Whether a law of ``a`` and ``b`` is this one to two parts in a thousand."""
    a, b, _ = uniform(3, seed=5)
    return bool(np.abs(law.predict({"a": a, "b": b}) / truth(a, b) - 1).max() < 2e-3)
