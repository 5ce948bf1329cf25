"""Of columns that hold the same numbers one is searched with, and the others are told."""

from __future__ import annotations

import numpy as np
import pytest

import symreg as sr
from symreg.problem.problem import Problem
from symreg.search.equal_columns import without_equals

pytestmark = pytest.mark.filterwarnings("ignore::symreg.errors.TableWarning")

S = np.linspace(1.0, 5.0, 40)


def problem(**more: object) -> Problem:
    columns = {"s0 [m]": S, "s1 [m]": S.copy(), "s2 [mm]": 1000 * S, "x [m]": S[::-1].copy(), "n [1]": S.copy()}
    return sr.make_problem(sr.read_table({**columns, "y [m2]": S**2}, target="y"), **more)


def test_a_square_is_a_square_and_no_product_of_roots_of_its_copies() -> None:
    found = sr.discover(problem(), budget=sr.Budget(time=None, evaluations=50_000), backend=sr.Native(threads=1))
    assert found.front.best.formula == "s0**2"
    assert any("s1, s2 hold the same values as s0, which was searched with alone" in note for note in found.notes)
    assert found.problem.inputs == ("s0", "s1", "s2", "x", "n"), "what was asked is kept"


def test_equal_are_numbers_of_one_dimension_on_all_rows() -> None:
    kept, notes = without_equals(problem(), np.arange(40))
    assert kept.inputs == ("s0", "x", "n") and len(notes) == 1
    nearly = {"a": S, "b": np.where(np.arange(40) == 39, 7.0, S), "y": 2 * S}
    table = sr.make_problem(sr.read_table(nearly, target="y"))
    assert without_equals(table, np.arange(39)) == (table, ()), "the last row tells them apart"


def test_a_column_that_a_guess_names_stays() -> None:
    kept, notes = without_equals(problem(guesses=["s1**2"]), np.arange(40))
    assert kept.inputs == ("s0", "s1", "x", "n") and notes[0].startswith("s2 holds")
