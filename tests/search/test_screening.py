"""Of many columns, those that are searched with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import symreg as sr
from symreg.problem import Constraints, Problem
from symreg.search.columns.telling import most_telling
from symreg.search.screening import MOST_INPUTS, screened

RNG = np.random.default_rng(5)
ROWS = 400
COLUMNS = {f"x{place}": RNG.uniform(1.0, 5.0, ROWS) for place in range(300)}
SIGNED = {f"x{place}": RNG.normal(size=ROWS) for place in range(300)}


def problem_of(columns: dict[str, np.ndarray], target: np.ndarray, **more: Any) -> Problem:
    return sr.make_problem(sr.read_table({**columns, "y": target}, target="y", units=more.pop("units", None)), **more)


def kept(problem: Problem) -> set[str]:
    return set(screened(problem, problem.train_rows, 0)[0].inputs)


@pytest.mark.parametrize(
    ("columns", "law"),
    [
        (COLUMNS, lambda x: 3 * x["x7"] - x["x150"] ** 2 / 5 + np.sin(x["x299"])),
        (COLUMNS, lambda x: x["x7"] ** 2 * x["x150"] / (x["x299"] + 1.5)),
        (COLUMNS, lambda x: np.exp(-x["x7"]) * x["x150"] + x["x299"] / 20),
        (SIGNED, lambda x: x["x7"] * x["x150"]),
        (SIGNED, lambda x: x["x7"] * x["x150"] * x["x299"]),
        (SIGNED, lambda x: x["x7"] ** 2 - x["x150"]),
    ],
    ids=["a sum", "a product", "both", "signs hide it", "of three, too", "squares"],
)
def test_the_columns_of_a_law_are_kept(columns: dict[str, np.ndarray], law: Any) -> None:
    target = law(columns) * (1 + 0.05 * np.random.default_rng(1).normal(size=ROWS))
    changed = {name: law({**columns, name: columns[name][::-1]}) for name in ("x7", "x150", "x299")}
    truly = {name for name, other in changed.items() if np.ptp(target - other) > 3}
    problem = problem_of(columns, target)
    assert truly <= kept(problem)
    assert len(kept(problem)) == MOST_INPUTS


def test_few_columns_are_all_kept_without_a_word() -> None:
    problem = problem_of({f"x{place}": COLUMNS[f"x{place}"] for place in range(MOST_INPUTS)}, COLUMNS["x40"])
    assert screened(problem, problem.train_rows, 0) == (problem, None)


def test_what_was_left_out_is_said() -> None:
    _, screening = screened(problem_of(COLUMNS, COLUMNS["x3"] ** 2), np.arange(200), 0)
    assert screening is not None
    note = screening.note
    assert f"searched with {MOST_INPUTS} of 300 columns" in note and "x3" in note and "name the inputs" in note


def test_columns_of_a_guess_and_of_a_limit_stay() -> None:
    problem = problem_of(
        COLUMNS, COLUMNS["x3"] ** 2, guesses=["x250*x3"], constraints=Constraints(monotonic={"x251": "increasing"})
    )
    assert {"x250", "x251"} <= kept(problem)


def test_what_the_targets_unit_needs_stays() -> None:
    """Of 100 lengths that tell all, none has a mass in it; the one mass tells nothing here."""
    columns = {f"x{place}": COLUMNS[f"x{place}"] for place in range(100)} | {"m": COLUMNS["x200"]}
    units = {f"x{place}": "m" for place in range(100)} | {"m": "kg", "y": "kg*m"}
    problem = problem_of(columns, COLUMNS["x3"] * 2.0, units=units, free_constants="dimensionless")
    assert "m" in kept(problem)


def test_columns_that_units_shut_out_take_no_place() -> None:
    columns = {f"x{place}": COLUMNS[f"x{place}"] for place in range(100)} | {"T": COLUMNS["x3"] ** 2}
    units = {f"x{place}": "m" for place in range(100)} | {"T": "K", "y": "m"}
    problem = problem_of(columns, COLUMNS["x3"] * 2.0, units=units, free_constants="dimensionless")
    assert "T" not in kept(problem) and "x3" in kept(problem)


def test_a_column_that_says_the_same_again_comes_late() -> None:
    others = [COLUMNS[f"x{place}"] for place in range(5, 40)]
    x = np.array([COLUMNS["x0"], 2 * COLUMNS["x0"] + 1, COLUMNS["x1"], *others])
    order = most_telling(x, 5 * COLUMNS["x0"] + COLUMNS["x1"] + 0.1 * RNG.normal(size=ROWS), 10)
    assert order[:2] in ([0, 2], [1, 2])


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_magnitudes_do_not_matter(scale: float) -> None:
    target = COLUMNS["x7"] ** 2 * COLUMNS["x150"]
    assert kept(problem_of(COLUMNS, target * scale)) == kept(problem_of(COLUMNS, target))


def test_the_law_is_found_among_many_columns() -> None:
    problem = problem_of(COLUMNS, 2.5 * COLUMNS["x7"] ** 2 / COLUMNS["x150"])
    found = sr.discover(problem, budget=sr.Budget(time=None, evaluations=300_000), backend=sr.Native(threads=1))
    assert found.front.best.formula == "5*x7**2/(2*x150)"
    assert found.problem.inputs == problem.inputs
    assert found.evaluated <= 550_000, "the budget, and what a stage may go beyond it"
    assert found.screening is not None and {"x7", "x150"} <= set(found.screening.of("vouched for"))
    assert found.complete_to_complexity is None, "what the other columns hold was not looked at"
    assert any("of 300 columns" in note for note in found.notes)


WITH_UNITS = {f"x{place}": ("m", "s", "kg", "1")[place % 4] for place in range(100)} | {"y": "m/s"}


def test_each_column_has_a_verdict_and_the_note_is_one_sentence() -> None:
    columns = {f"x{place}": COLUMNS[f"x{place}"] for place in range(100)} | {"T": COLUMNS["x0"] ** 2}
    target = columns["x0"] / columns["x1"] * (1 + 0.05 * np.random.default_rng(1).normal(size=ROWS))
    units, guess = WITH_UNITS | {"T": "K"}, "x0/x1*x50/x54"
    problem = problem_of(columns, target, units=units, free_constants="dimensionless", guesses=[guess])
    own, screening = screened(problem, problem.train_rows, 0)
    assert screening is not None and [one.name for one in screening.columns] == list(problem.inputs)
    assert screening.entered == own.inputs and len(own.inputs) == MOST_INPUTS
    assert {"x0", "x1"} <= set(screening.of("vouched for")) and screening.of("asked for") == ("x50", "x54")
    assert screening.of("unit cannot enter") == ("T",)
    assert "at most one in five columns is expected to be false" in screening.note
    assert "1 can be in no law of this complexity by its unit" in screening.note and "." not in screening.note


def test_of_names_for_one_thing_that_enters_which_the_target_follows_most() -> None:
    rng = np.random.default_rng(0)
    columns = {f"x{place}": COLUMNS[f"x{place}"] for place in range(60)}
    columns["x0"] = columns["x7"] + 0.05 * rng.normal(size=ROWS)  # comes first, and stands for x7
    problem = problem_of(columns, columns["x7"] ** 2 * columns["x30"])
    _, screening = screened(problem, problem.train_rows, 0)
    assert screening is not None
    verdicts = {one.name: one for one in screening.columns}
    assert verdicts["x7"].verdict == "vouched for" and verdicts["x7"].alike == ("x0",)
    assert verdicts["x0"].verdict != "vouched for" and verdicts["x0"].alike == ("x7",)


def test_what_was_found_before_columns_were_vouched_for_is_found_still() -> None:
    """Columns that the target follows most fill up what room is left, as they did when there was nothing else."""
    target = COLUMNS["x7"] + COLUMNS["x150"] ** 2 + 0.1 * RNG.normal(size=ROWS)
    problem = problem_of(COLUMNS, target)
    _, screening = screened(problem, problem.train_rows, 0)
    assert screening is not None
    matrix = problem.matrix(problem.train_rows)
    first = most_telling(matrix, problem.target_values(problem.train_rows), MOST_INPUTS)[: MOST_INPUTS // 4]
    assert {problem.inputs[place] for place in first} <= set(screening.entered)


def test_a_column_that_needs_a_constant_with_a_unit_enters_by_standing_out() -> None:
    """Where coefficients may carry units at a price, no unit keeps a column out."""
    columns = {f"x{place}": COLUMNS[f"x{place}"] for place in range(60)} | {"T": COLUMNS["x200"]}
    units = dict.fromkeys(columns, "m") | {"T": "K", "y": "m"}
    columns["I"] = COLUMNS["x201"]
    problem = problem_of(columns, columns["x0"] * columns["T"] ** 2 / 9, units=units | {"I": "A"})
    assert problem.free_constants.is_mixed
    _, screening = screened(problem, problem.train_rows, 0)
    assert screening is not None and {"x0", "T"} <= set(screening.of("vouched for"))
    assert screening.of("needs a constant") == ("I",)


def test_what_a_short_budget_has_no_time_for_is_left_and_said() -> None:
    problem = problem_of(COLUMNS, COLUMNS["x7"] ** 2)
    _, screening = screened(problem, problem.train_rows, 0, seconds=0.01)
    assert screening is not None and "time budget is too short" in screening.note and "x7" in screening.entered


def test_the_estimator_has_the_list() -> None:
    few = {name: COLUMNS[name] for name in list(COLUMNS)[:30]}
    model = sr.SymbolicRegressor(budget=sr.Budget(time=None, evaluations=2_000), random_state=0)
    model.fit(pd.DataFrame(few), pd.Series(few["x3"] * few["x5"], name="y"))
    assert model.screening_ is model.discovery_.screening
    assert {"x3", "x5"} <= set(model.screening_.entered) and len(model.screening_.columns) == 30
