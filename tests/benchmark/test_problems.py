"""The problem sets: every formula parses, is dimensionally exact and has finite values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symreg.benchmark.problems import (
    ProblemDefinition,
    ProblemFileError,
    load_problem_set,
    read_problems,
    select_problems,
)
from symreg.benchmark.run import load_set
from symreg.benchmark.sampling import sample_problem
from symreg.formula.expression import evaluate_tree, variables_of
from symreg.tables.table import read_table
from symreg.units.reading import parse_unit

SETS = {name: load_problem_set(name) for name in ("feynman", "empiricalbench", "strogatz")}
PROBLEMS = [pytest.param(problem, id=problem.id) for problems in SETS.values() for problem in problems]


def test_how_many_there_are() -> None:
    assert {name: len(problems) for name, problems in SETS.items()} == {
        "feynman": 120,
        "empiricalbench": 9,
        "strogatz": 14,
    }
    assert len(load_set("feynman")) == 116
    assert len(load_set("bonus")) == 20
    missing = {problem.id for problem in SETS["feynman"] if not problem.in_srbench}
    assert missing == {"I.26.2", "I.30.5", "II.11.17", "test_10"}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_formula_is_dimensionally_exact_and_uses_every_variable(problem: ProblemDefinition) -> None:
    assert problem.dimension == parse_unit(problem.target_unit).dimension
    names = {entry.name for entry in problem.variables}
    assert set(variables_of(problem.expression)) == names or problem.set_name == "strogatz"
    assert set(variables_of(problem.expression)) <= names


@pytest.mark.parametrize("problem", PROBLEMS)
def test_targets_are_finite(problem: ProblemDefinition) -> None:
    sample = sample_problem(problem, rows=200, seed=1)
    target = np.concatenate([part[problem.target_name].values for part in (sample.train, sample.test)])
    assert np.all(np.isfinite(target))
    assert np.ptp(target) > 0


def test_what_the_published_tables_get_wrong_is_noted() -> None:
    noted = {problem.id: problem.note for problem in SETS["feynman"] if problem.note}
    assert len(noted) == 33
    assert "s/kg" in noted["I.43.16"]
    drift = next(problem for problem in SETS["feynman"] if problem.id == "I.43.16")
    assert {entry.name: entry.unit for entry in drift.variables}["mu_drift"] == "s/kg"


@pytest.mark.parametrize("problem", [pytest.param(p, id=p.id) for p in SETS["strogatz"]])
def test_the_equations_of_strogatz_reproduce_their_rows(problem: ProblemDefinition) -> None:
    table = read_table(problem.table)
    values = evaluate_tree(problem.expression, {"x": table["x"].values, "y": table["y"].values})
    assert values == pytest.approx(table[problem.target_name].values, abs=2e-13)


def test_problems_by_id_come_in_the_order_of_the_file() -> None:
    chosen = select_problems(SETS["feynman"], ["II.8.31", "I.12.1"])
    assert [problem.id for problem in chosen] == ["I.12.1", "II.8.31"]
    with pytest.raises(ProblemFileError, match=r"I\.99\.9: no problem has this id"):
        select_problems(SETS["feynman"], ["I.99.9"])


ENTRY = """
- id: fall
  formula: 1/2*g*t**2
  target: {name: s, unit: cm}
  variables:
  - {name: g, unit: m/s**2, low: 9, high: 10}
  - {name: t, unit: min, low: 1, high: 2}
"""


def test_other_units_and_ranges_of_a_users_file(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(ENTRY)
    (problem,) = read_problems(tmp_path / "mine.yaml")
    assert (problem.id, problem.set_name, problem.in_srbench) == ("fall", "mine", True)
    table = sample_problem(problem, rows=40).train
    seconds = table["t"].user_values
    assert seconds is not None
    expected = 0.5 * table["g"].values * (60 * seconds) ** 2 * 100
    assert table["s"].user_values == pytest.approx(expected)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("1/2*g*t**2", "1/2*g*t", "mine.yaml, fall: the formula has the dimension"),
        ("1/2*g*t**2", "1/2*g*q**2", "mine.yaml, fall: .*q"),
        ("1/2*g*t**2", "__import__('os')", "mine.yaml, fall: "),
        ("unit: cm", "unit: cmm", "mine.yaml, fall: .*cmm"),
        ("formula: 1/2*g*t**2", "law: 1/2*g*t**2", "'formula' is missing"),
        (", low: 9, high: 10", "", "g: a range"),
        ("low: 9", "low: nine", "mine.yaml, fall: "),
        ("- id: fall", "- id: fall\n  table: ../../../etc/passwd", "must stand beside"),
        ("- id: fall", "- 3\n- id: fall", "entry 1: a mapping"),
    ],
)
def test_a_mistake_names_the_file_and_the_entry(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "mine.yaml").write_text(ENTRY.replace(old, new, 1))
    with pytest.raises(ProblemFileError, match=message):
        read_problems(tmp_path / "mine.yaml")


def test_an_id_stands_once(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(ENTRY + ENTRY)
    with pytest.raises(ProblemFileError, match="fall: this id stands here twice"):
        read_problems(tmp_path / "mine.yaml")
    (tmp_path / "mine.yaml").write_text("a: 1")
    with pytest.raises(ProblemFileError, match="a list of problems"):
        read_problems(tmp_path / "mine.yaml")
