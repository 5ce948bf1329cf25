"""What is said where a law does worse on unseen rows: of true laws hardly ever, of laws that follow noise always."""

from __future__ import annotations

import numpy as np
import pytest

import symreg as sr
from symreg.laws.law import Score
from symreg.laws.unseen import unseen_notes


def of(error: float, n_rows: int, r2: float = 0.9, in_errors: float | None = None) -> Score:
    return Score(error, r2, n_rows, in_errors=in_errors)


def test_of_true_laws_it_is_hardly_ever_said() -> None:
    """Fits of a line to 12 rows and its errors on 4 others: fewer than one of a thousand."""
    rng = np.random.default_rng(1)
    said = 0
    for _ in range(4_000):
        x, noise = rng.uniform(0, 1, 16), rng.normal(size=16)
        y = 2 * x + 1 + noise
        slope, offset = np.polyfit(x[:12], y[:12], 1)
        left = y - slope * x - offset
        errors = [float(np.sqrt(np.mean(part**2))) for part in (left[:12], left[12:])]
        said += bool(unseen_notes(of(errors[0], 12), of(errors[1], 4), 2, "held-out"))
    assert said <= 4


@pytest.mark.parametrize(
    ("train", "unseen", "said"),
    [
        (of(0.013, 17), of(0.135, 5), True),
        (of(0.013, 17), of(0.020, 5), False),
        (of(0.013, 3), of(0.135, 1), False),  # a single row, and one degree of freedom
        (of(1.0, 7_500), of(1.5, 2_500), False),  # no chance, and no concern
        (of(1.0, 7_500), of(2.5, 2_500), True),
        (of(1e-15, 60), of(1e-13, 20, r2=1 - 1e-15), False),  # rounding
        (of(0.013, 17, in_errors=1.0), of(0.135, 5, in_errors=1.2), False),  # the unseen rows are known so badly
        (of(0.013, 17, in_errors=1.0), of(0.014, 5, in_errors=9.0), True),
        (of(0.013, 17), Score(float("nan"), float("nan"), 5, 5), False),
        (of(0.013, 17), of(0.135, 0), False),
    ],
)
def test_when_it_is_said(train: Score, unseen: Score, said: bool) -> None:
    notes = unseen_notes(train, unseen, 1, "held-out")
    assert bool(notes) is said
    if said:
        assert "on held-out rows its error is" in notes[0]


def test_a_law_says_so_itself() -> None:
    """The rows that are held out are drawn by the seed alone: here they do not follow the law of the others."""
    x = np.linspace(1.0, 3.0, 40)
    y = 2 * x + 0.01 * np.sin(90 * x)
    held_out = sr.make_problem(sr.read_table({"x": x, "y": y}, target="y")).held_out_rows
    for shift, said in ((0.0, False), (0.5, True)):
        moved = y.copy()
        moved[held_out] += shift
        table = sr.read_table({"x": x, "y": moved}, target="y")
        found = sr.discover(sr.make_problem(table, target="y = k*x", parameters=["k"]))
        assert any("on held-out rows its error is" in note for note in found.front.best.notes) is said
