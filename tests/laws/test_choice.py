"""A law is meant by a word, a complexity, a number or itself, and by nothing else; the front then selects it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symreg.errors import LawError
from symreg.laws.choice import best_score
from symreg.laws.law import Law, ParetoFront
from tests.laws_by_hand import law_of, problem_of

X = np.linspace(1.0, 10.0, 12)
TABLE = {"x [m]": X, "y [s]": 3 * X + 0.05 * np.sin(7 * X) + 0.4 * np.sqrt(X)}
PROBLEM = problem_of(TABLE, test_fraction=0)


@pytest.fixture(scope="module")
def front() -> ParetoFront:
    """Complexities 1, 3, 5 and 8; the third is selected."""
    laws = tuple(law_of(PROBLEM, one) for one in ("k", "k*x", "k*x + k1", "k*x + k1*sqrt(x)"))
    errors = (10.0, 0.1, 0.09, 0.05)
    judged = [replace(one, held_out=replace(one.held_out, rmse=e)) for one, e in zip(laws, errors, strict=True)]
    return ParetoFront(tuple(judged), 2)


@pytest.mark.parametrize(
    ("choice", "place"),
    [("best", 2), ("accuracy", 3), ("score", 1), (3, 1), (np.int64(1), 0), ("3", 1), ("#4", 3), (" #1 ", 0)],
)
def test_a_law_is_meant(front: ParetoFront, choice: Any, place: int) -> None:
    assert front.choose(choice) is front[place]


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (2, "there is no law of complexity 2 on the front. There are:\n  #1, complexity 1: k\n  #2, complexity 3: k*x"),
        ("#5", "there is no law #5 on the front."),
        ("#0", "there is no law #0"),
        ("bset", "'bset' names no law. Give a complexity (5), a place in the list ('#2'), 'best', 'accuracy'"),
        (2.0, "2.0 names no law."),
        (True, "True names no law."),
    ],
)
def test_what_means_no_law_is_told(front: ParetoFront, choice: Any, told: str) -> None:
    with pytest.raises(LawError) as caught:
        front.choose(choice)
    assert told in str(caught.value)
    with pytest.raises(LawError, match="empty"):
        ParetoFront((), -1).choose(choice)


def test_the_score_is_the_largest_drop_of_the_logarithm_for_each_node(front: ParetoFront) -> None:
    laws = [replace(front[0], complexity=size) for size in (1, 3, 9, 10)]
    errors = [8.0, 2.0, 0.001, 0.0004]  # drops of log: 1.39/2, 7.60/6, 0.92/1
    assert best_score(laws, errors) == 2
    assert best_score(laws, [8.0, 2.0, 0.1, 0.02]) == 3  # 1.39/2, 3.0/6, 1.61/1
    assert best_score(laws, [8.0, 8.0, 9.0, math.inf]) == 0  # no drop: the first
    assert best_score(laws, [8.0, 2.0, 0.0, 0.0]) == 2  # nothing left is an endless drop


def test_the_front_remembers_what_the_description_length_selects(front: ParetoFront) -> None:
    other = front.using("accuracy")
    assert other.best is front[3] and other.believed == 2 and other.choose("best") is front[2]
    again = other.using(3)
    assert again.best is front[1] and again.choose("best") is front[2]
    assert again.using("best") == front


def test_a_law_that_is_not_on_the_front_finds_its_place(front: ParetoFront) -> None:
    another = law_of(PROBLEM, "k*sqrt(x)")
    found = front.using(another)
    assert found.best is another and [law.complexity for law in found] == [1, 3, 4, 5, 8]
    assert found.choose("best") is front[2]


def test_a_law_under_other_names_takes_the_place_of_its_twin(front: ParetoFront) -> None:
    law = front[2].rename_constants({"k1": "a", "k2": "b"})
    found = front.using(law)
    assert found.best is law and len(found) == 4 and found.believed is None


def law_of_another(target: str, **columns: Any) -> Law:
    return law_of(problem_of(columns, target, test_fraction=0), "k*x")


def test_a_law_of_another_question_is_refused(front: ParetoFront) -> None:
    with pytest.raises(LawError, match=r"explains z \[s\], and this problem asks for y \[s\]"):
        front.using(law_of_another("z", **{"x [m]": X, "z [s]": 3 * X}))
    with pytest.raises(LawError, match=r"explains y \[min\], and this problem asks for y \[s\]"):
        front.using(law_of_another("y", **{"x [m]": X, "y [min]": 3 * X}))
    with pytest.raises(LawError, match=r"inputs x \[km\], and this problem has x \[m\]"):
        front.using(law_of_another("y", **{"x [km]": X, "y [s]": 3 * X}))
