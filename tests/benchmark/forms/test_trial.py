"""Trials of forms, with searches that know the answer: false ends, failures, going on."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from symreg.benchmark.forms.problems import form_trials
from symreg.benchmark.forms.trial import FORMS, FormResult, form_problem, run_form_trial
from symreg.benchmark.results import ResultsError, ResultsFile
from symreg.benchmark.run import run_trials
from symreg.benchmark.trial import SRBENCH, Settings
from symreg.problem.problem import Problem
from tests.benchmark.forms.form_files import CHARGE, LINE, SQUARE, forms, trial
from tests.benchmark.known_answers import found, law

SETTINGS = Settings(time=1.0)


def lines(problem: Problem, settings: Settings, seed: int) -> Any:
    """A line for everything."""
    name = problem.inputs[0]
    return found(law(problem, f"k1*{name} + k2", k1=2.9, k2=8.0))


def run(tmp_path: Path, *laws: tuple[str, dict[str, float]], entry: str = LINE, **told: Any) -> FormResult:
    """A trial of the line whose search ends with these laws, the last one selected."""

    def search(problem: Problem, settings: Settings, seed: int) -> Any:
        return found(*(law(problem, formula, **values) for formula, values in laws), **told)

    (problem,) = forms(tmp_path, entry)
    return run_form_trial(trial(problem, 20), SETTINGS, discover=search, judge=None)


RIGHT = ("k1*x + k2", {"k1": 2.9, "k2": 8.0})
WRONG = ("k1*x", {"k1": 4.0})


def test_a_row_holds_what_was_found(tmp_path: Path) -> None:
    row = run(tmp_path, WRONG, RIGHT)
    assert (row.recovered, row.on_front, row.false_end) == (True, True, False)
    assert (row.id, row.set, row.truth, row.rows, row.seconds, row.evaluated) == (
        "line", "mine", "a*x + b", 20, 0.25, 1000,
    )  # fmt: skip
    assert (row.constants, row.true_constants, row.stop) == (2, 2, "residual at the noise")
    assert row.formula.startswith("y = k1*x + k2, k1 = 2.9") and row.deviation < 1e-9


def test_a_wrong_law_before_the_budget_is_a_false_end(tmp_path: Path) -> None:
    for stop in ("residual at the noise", "residual at rounding", "nothing is left to try"):
        row = run(tmp_path, WRONG, stop_reason=stop)
        assert (row.recovered, row.on_front, row.false_end) == (False, False, True)
    for stop in ("time budget spent", "evaluation budget spent", "native: time budget spent; operon: died"):
        assert not run(tmp_path, WRONG, stop_reason=stop).false_end
    assert not run(tmp_path, WRONG, status="interrupted").false_end
    assert not run(tmp_path, RIGHT, stop_reason="residual at rounding").false_end


def test_the_truth_on_the_front_does_not_make_the_end_right(tmp_path: Path) -> None:
    row = run(tmp_path, RIGHT, WRONG)
    assert (row.recovered, row.on_front, row.false_end) == (False, True, True)


def test_no_law_and_a_search_that_breaks_are_failures_and_no_false_ends(tmp_path: Path) -> None:
    row = run(tmp_path)
    assert (row.status, row.note, row.false_end, row.seconds) == ("failed", "no law", False, 0.25)
    row = run(tmp_path, ("k1*q", {"k1": 1.0}))
    assert row.status == "failed" and "q" in row.note and math.isnan(row.seconds)


def test_the_search_is_told_units_and_constants_of_nature_and_nothing_else(tmp_path: Path) -> None:
    (charge,) = forms(tmp_path, CHARGE)
    problem = form_problem(trial(charge, 30, 0.1, seed=4))
    assert problem.inputs == ("t", "r") and problem.target == "U"
    assert [constant.name for constant in problem.known_constants] == ["k_B"]
    assert problem.free_constants.policy == "inferred" and problem.guesses == ()
    assert problem.target_column.sigma is None and problem.seed == 4
    assert problem.train_rows.size + problem.held_out_rows.size == 30


def test_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    problems, path, calls = forms(tmp_path, LINE, SQUARE), tmp_path / "results.csv", list[str]()

    def counted(problem: Problem, settings: Settings, seed: int) -> Any:
        calls.append(problem.name)
        return lines(problem, settings, seed)

    def results(settings: Settings = SETTINGS, **chosen: Any) -> list[FormResult]:
        trials = form_trials(problems, **chosen)
        return run_trials(trials, FORMS, settings, output=path, jobs=0, discover=counted)

    first = results(noise=["none"])
    assert [(row.id, row.size, row.recovered) for row in first] == [
        ("line", "smaller", True), ("line", "larger", True), ("square", "only", False),
    ]  # fmt: skip
    assert results(noise=["none"])[:2] == first[:2] and len(calls) == 3
    assert len(results(noise=["none", "first"])) == 5
    assert len(results(replace(SETTINGS, time=2.0), ids=["square"])) == 6
    assert len(results(ids=["square"], seeds=(0, 1))) == 7 == len(calls)
    assert len(ResultsFile(path, FORMS).results) == 7
    with pytest.raises(ResultsError, match="choose another file"):
        ResultsFile(path, SRBENCH)


def test_processes_run_forms_too(tmp_path: Path) -> None:
    trials = form_trials(forms(tmp_path, LINE, SQUARE), rows=["smaller"], noise=["none"])
    rows = run_trials(trials, FORMS, SETTINGS, output=tmp_path / "r.csv", jobs=1, discover=lines)
    assert {row.id: row.recovered for row in rows} == {"line": True, "square": False}
