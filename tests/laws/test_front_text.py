"""The front in a console: no wider than it, nothing lost that a narrower one could not hold."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.laws.front_text import broken, front_text
from symreg.laws.law import ParetoFront
from tests.laws_by_hand import law_of, problem_of

X = np.linspace(1.0, 10.0, 12)
COLUMNS = {"semi_major_axis [m]": X, "y [s]": 3 * X + 0.1 * np.sin(X)}


@pytest.fixture(scope="module")
def front() -> ParetoFront:
    problem = problem_of(COLUMNS, test_fraction=0)
    long = "k*semi_major_axis + k1*semi_major_axis**2/(k2 + semi_major_axis)"
    return ParetoFront(tuple(law_of(problem, one) for one in ("k", "k*semi_major_axis", long)), 1)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_console(front: ParetoFront, width: int) -> None:
    text = front_text(front, width)
    assert max(map(len, text.splitlines())) <= width
    marked = [line for line in text.splitlines() if line.startswith(">")]
    assert len(marked) == 1 and " 3 " in marked[0]
    together = "".join(text.split())
    assert "error:rootmeansquare,leave-one-out,ins" in together
    assert all(f"k{number}=" in together for number in (1, 2, 3))


def test_a_wide_console_has_all_columns_and_a_law_to_a_line(front: ParetoFront) -> None:
    head, *lines = front_text(front, 200).splitlines()
    assert head.split() == ["#", "complexity", "fit", "error", "error", "R2", "bits", "law"]
    assert [line.split()[0] for line in lines] == ["#1", ">", "#3", "error:"]
    narrow = front_text(front, 60).splitlines()[0].split()
    assert "bits" not in narrow and "fit" not in narrow and "law" in narrow


def test_a_law_is_broken_behind_signs() -> None:
    assert broken("k1*abc + k2*defg/(x**2)", 10) == ["k1*abc +", "k2*defg/", "(x**2)"]
    assert broken("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert broken("a + b", 80) == ["a + b"]


def test_repr_of_a_front_is_this_table(front: ParetoFront, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    assert repr(front) == front_text(front, 70)
    assert repr(ParetoFront((), -1)) == "no law found"
