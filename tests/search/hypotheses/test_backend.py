"""Hypotheses as a backend: rounds of candidates, reasons for rejection in order, and a program that hears them."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symreg.discovery import discover
from symreg.formula.printing import to_text
from symreg.problem.candidate import Candidate
from symreg.problem.constraints import Constraints
from symreg.problem.problem import Problem
from symreg.search.backend import Budget, Round
from symreg.search.hypotheses.analogy_program import converse
from symreg.search.hypotheses.backend import IDLE_TURNS, Hypotheses
from symreg.search.hypotheses.hypothesis import Hypothesis, HypothesisError, read_hypothesis
from symreg.search.hypotheses.scope import scope_of
from symreg.search.space import search_space
from tests.search.known_tables import known_problem
from tests.search.setting import problem_of

X = np.linspace(1.0, 2.0, 30)


def square(**options: Any) -> Problem:
    return problem_of({"x [m]": X, "y [s]": 3 * X**2}, "y", **{"free_constants": "inferred"} | options)


def rounds(backend: Hypotheses, problem: Problem, budget: Budget | None = None, stop: Any = None) -> list[Round]:
    space = search_space(problem, problem.train_rows)
    return list(backend.propose(space, budget or Budget(time=20), seed=0, stop=stop or (lambda: False)))


def formulas(found: list[Round]) -> list[str]:
    return [to_text(candidate.expression) for one in found for candidate in one.candidates]


def program(path: Path, body: str) -> list[str]:
    """A program that calls ``answer(question, turn)`` for each question."""
    lines = ["import json, sys", body, "for turn, line in enumerate(sys.stdin):"]
    lines += ["    print(json.dumps(answer(json.loads(line), turn)), flush=True)"]
    path.write_text("\n".join(lines), encoding="utf-8")
    return [sys.executable, str(path)]


def test_a_list_is_one_round_with_its_rejections_in_order() -> None:
    given = ["k*x", "x", "k*x**2", "foo*x", {"formula": "a*x + b", "constants": ["a", "b"], "source": "Smith"}, "k*x"]
    first, last = rounds(Hypotheses(formulas=given), square())
    assert formulas([first]) == ["k*x", "k*x**2"]
    assert [one.fault for one in first.rejections] == ["dimension", "unreadable", "worse"]
    assert first.rejections[-1].source == "Smith"
    assert first.pruned_by_dimension == 1 and first.stop_reason is None and last.rejections == ()
    assert last.stop_reason == "every hypothesis was tried"
    assert last.notes[0].startswith("3 hypotheses were rejected: x: the formula has dimension m, but the target has")


def test_constants_start_where_they_were_fitted() -> None:
    (first, _) = rounds(Hypotheses(formulas=["k*x**2"]), problem := square())
    space = search_space(problem, problem.train_rows)
    (constant,) = first.candidates[0].constants
    assert constant.start * space.units.factor(constant.dimension) == pytest.approx(3.0)


def test_a_file_and_a_list_together(tmp_path: Path) -> None:
    (tmp_path / "h.txt").write_text("k*x**2\n")
    found = rounds(Hypotheses(formulas=["k*x"], file=str(tmp_path / "h.txt")), square())
    assert formulas(found) == ["k*x", "k*x**2"]
    assert found[0].candidates[1].notes == ("proposed by h.txt",)


def test_the_whole_pipeline_tells_which_law_it_is() -> None:
    backend = Hypotheses(formulas=["period**2"], library=True)
    found = discover(known_problem("kepler"), backend=backend, budget=Budget(time=20))
    best = found.front.best
    assert best.backend == "hypotheses" and "Kepler's third law" in best.notes[0]
    mass = best.constants[0]
    assert float(mass.unit.to_si(mass.value)) == pytest.approx(1.327e20, rel=0.02)  # G times the mass of the sun
    assert [(one.formula, one.fault) for one in found.rejections] == [("period**2", "unreadable")]
    assert any(note.startswith("1 hypothesis was rejected: period**2") for note in found.notes)


def test_known_constants_by_any_name_and_without_a_unit() -> None:
    known = [{"name": "k1", "value": 3.0, "unit": "s/m**2"}, {"name": "two", "value": 2.0}, "pi"]
    problem = square(constants=known, free_constants="dimensionless")
    found = rounds(Hypotheses(formulas=["k1*x**2", "two*k1*x**2/2", "k*k1*x**2"]), problem)
    assert formulas(found) == ["k1*x**2", "two*k1*x**2/2", "k*k1*x**2"]
    law = discover(problem, backend=Hypotheses(formulas=["two*k1*x**2/2"]), budget=Budget(time=20)).front.best
    assert law.train.r2 == pytest.approx(1.0)


def test_a_formula_longer_than_allowed_is_said() -> None:
    first, *_ = rounds(Hypotheses(formulas=["k*x**2 + 0*k*x**2"]), square(constraints=Constraints(max_complexity=5)))
    assert [one.fault for one in first.rejections] == ["complexity"]


def test_a_tower_of_powers_is_undefined() -> None:
    first, *_ = rounds(Hypotheses(formulas=["9**9**9**9*k*x"]), square())
    assert [one.fault for one in first.rejections] == ["domain"]


@pytest.mark.parametrize(
    "given",
    [{}, {"formulas": "k*x"}, {"formulas": [3]}, {"command": "python x.py"}, {"formulas": ["k*x"], "patience": 0.0}],
)
def test_settings_that_cannot_be_used(given: Any) -> None:
    with pytest.raises(HypothesisError):
        Hypotheses(**given)


def test_what_is_missing_is_said_before_any_work(tmp_path: Path) -> None:
    for backend in (Hypotheses(file=str(tmp_path / "gone.txt")), Hypotheses(command=["no-such-program-here"])):
        with pytest.raises(HypothesisError):
            backend.check()
        with pytest.raises(HypothesisError):
            rounds(backend, square())


def test_limits_and_interrupts_are_kept() -> None:
    backend = Hypotheses(formulas=["k*x", "k*x**2"], library=True)
    assert rounds(backend, square(), Budget(time=None, evaluations=1))[-1].stop_reason == "evaluation budget spent"
    assert rounds(backend, square(), stop=lambda: True)[-1].stop_reason == "interrupted"


def test_the_same_candidates_for_any_number_of_threads() -> None:
    budget = Budget(time=None)
    one, two = (rounds(Hypotheses(library=True, threads=n), known_problem("langmuir"), budget) for n in (1, 2))
    assert one == two


# ------------------------------------------------------------------------------------------------------------- programs


def test_a_program_hears_the_problem_the_front_and_the_reasons(tmp_path: Path) -> None:
    heard = tmp_path / "heard.jsonl"
    body = (
        f"def answer(question, turn):\n    open({str(heard)!r}, 'a').write(json.dumps(question) + '\\n')\n"
        "    return {'formulas': [['k*x', 'x', 7], ['k*x**2'], []][turn], 'done': turn == 2}"
    )
    problem = square(constants=["g_n", "alpha"], operators=["+", "*", "pow"])
    found = rounds(Hypotheses(command=program(tmp_path / "p.py", body)), problem)
    assert formulas(found) == ["k*x", "k*x**2"]
    assert [[one.fault for one in part.rejections] for part in found] == [["unreadable", "dimension"], [], [], []]
    first, second, third = map(json.loads, heard.read_text().splitlines())
    assert first["target"] == {"name": "y", "unit": "s", "low": pytest.approx(3.0), "high": pytest.approx(12.0)}
    assert first["columns"] == [{"name": "x", "unit": "m", "low": pytest.approx(1.0), "high": pytest.approx(2.0)}]
    assert {one["name"]: (one["unit"], one["value"]) for one in first["constants"]} == {
        "pi": ("1", pytest.approx(np.pi)),
        "alpha": ("1", pytest.approx(0.0072973525643)),
        "g_n": ("m/s**2", pytest.approx(9.80665)),
    }
    assert (first["free_constants"], first["operators"], first["max_complexity"]) == ("any", ["*", "+", "pow"], 40)
    assert first["front"] == [] and first["rejected"] == []
    assert [one["formula"] for one in second["front"]] == ["k*x"]
    assert [one["fault"] for one in second["rejected"]] == ["unreadable", "dimension"]
    assert "the target has dimension s" in second["rejected"][1]["reason"]
    assert [one["formula"] for one in third["front"]] == ["k*x", "k*x**2"] and third["rejected"] == []
    assert third["front"][1]["r2"] == pytest.approx(1.0)


def test_a_program_without_new_ideas_is_not_asked_for_ever(tmp_path: Path) -> None:
    command = program(tmp_path / "p.py", "def answer(question, turn):\n    return {'formulas': ['k*x']}")
    assert len(rounds(Hypotheses(command=command), square())) == 1 + IDLE_TURNS + 1


def test_the_example_program_names_keplers_law() -> None:
    command = [sys.executable, "-m", "symreg.search.hypotheses.analogy_program"]
    found = discover(known_problem("kepler"), backend=Hypotheses(command=command), budget=Budget(time=60))
    assert found.front.best.notes == ("proposed by Kepler's third law",)
    assert found.stop_reason == "every hypothesis was tried"


def test_the_example_program_ends_and_allows_only_what_the_problem_does() -> None:
    question = {
        "target": {"name": "T", "unit": "s"},
        "columns": [{"name": "L", "unit": "m"}],
        "constants": [{"name": "g_n", "unit": "m/s**2"}],
        "free_constants": ["kg"],
    }
    written = io.StringIO()
    converse(io.StringIO((json.dumps(question) + "\n") * 3), written)
    answers: Iterator[Any] = map(json.loads, written.getvalue().splitlines())
    assert [one["done"] for one in answers] == [False, True, True]
    said = json.loads(written.getvalue().splitlines()[0])["formulas"]
    assert {"formula": "2*pi*sqrt(L/g_n)", "source": "Period of a pendulum"} in said
    assert all("k1" not in one["formula"] for one in said)


def test_a_hypothesis_is_a_value() -> None:
    assert Hypotheses(formulas=["k*x"]) == Hypotheses(formulas=[Hypothesis("k*x")])
    one, two = (Hypotheses(formulas=["k*x"], command=["a", "b"]) for _ in range(2))
    assert hash(one) == hash(two)


def test_constants_with_limits_are_called_by_their_names() -> None:
    limits = {"units": "inferred", "bounds": {"a": [0.5, 2, "s/m**2"]}}
    problem = square(free_constants=limits, guesses=[{"formula": "a*x**2", "constants": ["a"]}])
    scope = scope_of(search_space(problem, problem.train_rows))
    assert scope.named == {"a"} and not scope.is_free("a")
    (first, *_) = rounds(Hypotheses(formulas=["x**2*a"]), problem)
    assert [constant.name for constant in first.candidates[0].constants] == ["a"]
    law = discover(problem, backend=Hypotheses(formulas=["x**2*a"]), budget=Budget(time=20)).front.best
    assert law.constants[0].value == pytest.approx(2.0)  # the rows say 3


class Beside:
    """A search that finds the same function in another form, with a backend of hypotheses after it."""

    name, threads, engine = "beside", 1, "auto"

    def __init__(self, formula: str, hypotheses: Hypotheses) -> None:
        self.formula, self.hypotheses = formula, hypotheses

    def propose(self, space: Any, budget: Budget, *, seed: int, stop: Any) -> Iterator[Round]:
        found = read_hypothesis(Hypothesis(self.formula), scope_of(space), 40)
        assert isinstance(found, Candidate)
        yield Round((found,), 1, 1, 0, None)
        yield from self.hypotheses.propose(space, budget, seed=seed, stop=stop)


def test_a_law_that_somebody_else_found_is_named_too() -> None:
    backend = Beside("k*semi_major_axis**(3/2)", Hypotheses(library=True))
    best = discover(known_problem("kepler"), backend=backend, budget=Budget(time=20)).front.best
    assert best.formula == "k*semi_major_axis**(3/2)" and best.backend == "beside"
    assert len(best.notes) == 1 and "has the form of Kepler's third law" in best.notes[0]


def test_a_law_of_another_form_is_not_named() -> None:
    backend = Beside("k1*semi_major_axis + k2", Hypotheses(library=True))
    front = discover(known_problem("kepler"), backend=backend, budget=Budget(time=20)).front
    assert "Kepler" in front.best.notes[0]
    assert [any("Kepler" in note for note in law.notes) for law in front] == [law is front.best for law in front]
    assert len(front) > 1
