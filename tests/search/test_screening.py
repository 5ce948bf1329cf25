"""Of many columns, those that are searched with."""

from __future__ import annotations

from typing import Any

import numpy as np
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
    assert found.complete_to_complexity is None, "what the other columns hold was not looked at"
    assert any("of 300 columns" in note for note in found.notes)
