"""Selection where there is next to nothing to select by: no law, one row, laws that are exact, and plain ones."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from symreg.laws.law import Score
from symreg.laws.selection import held_out_errors, judged_by, select, target_spread
from tests.laws.test_law import candidate, law, with_constants

EXACT = Score(0.0, 1.0, 100)


def test_of_no_laws_none_is_selected() -> None:
    assert select(()) == -1


def test_one_row_that_was_held_out_judges() -> None:
    one = law(held_out=Score(2.0, 0.5, 1), train=Score(1.0, 0.9, 9))
    assert judged_by(one).rmse == 2.0
    assert held_out_errors([one]) == [2.0]


def test_the_spread_of_the_target_is_told_by_a_law_that_leaves_something() -> None:
    """By the worst, whose part is known best; exact laws tell none, and there is none then."""
    exact, nearly = law(held_out=EXACT), law(held_out=Score(1e-9, 1.0 - 1e-16, 100))
    assert target_spread([exact, nearly]) == target_spread([]) == 0.0
    assert target_spread([exact, candidate(3, 5.0, 1.0), candidate(3, 0.1, 1.0)]) == pytest.approx(10.0)
    assert held_out_errors([exact, exact]) == [0.0, 0.0]


def test_a_law_whose_error_is_no_number_says_nothing() -> None:
    silent = law(held_out=Score(math.nan, math.nan, 10, 10))
    partly = law(held_out=Score(0.0, 1.0, 10, 2))
    sound = candidate(3, 5.0, 1.0)
    assert held_out_errors([silent, sound]) == [math.inf, 5.0]
    assert held_out_errors([partly, law(held_out=EXACT)]) == [math.inf, 0.0]  # nothing tells how much it leaves out


def test_an_exact_law_vetoes_one_that_leaves_something() -> None:
    """However short that is, and though the exact one says more."""
    short, exact = candidate(3, 5.0, 10.0), replace(candidate(9, 0.0, 40.0), held_out=EXACT)
    assert [select(laws) for laws in ((short, exact), (exact, short))] == [1, 0]


def test_of_laws_alike_that_say_as_much_the_shorter_description_is_meant() -> None:
    one, other = (replace(candidate(5, 0.1, bits), own_bits=20.0) for bits in (101.0, 100.0))
    assert [select(laws) for laws in ((one, other), (other, one))] == [1, 0]


@pytest.mark.parametrize(
    ("own", "other", "selected"),
    [(0, 1, 1), (0, 2, 1), (1, 2, 1), (1, 1, 0), (2, 1, 0), (2, 2, 0), (2, 3, 0), (0, 3, 0)],
)
def test_of_few_rows_a_law_with_one_or_two_constants_more_may_call_one_too_plain(
    own: int, other: int, selected: int
) -> None:
    """Ten times better on rows left out; three constants follow so few by chance, and as many are no plainer."""
    plain = with_constants(replace(candidate(3, 1.0, -33.0, n_rows=10), own_bits=8.5), own, "leave-one-out")
    longer = with_constants(replace(candidate(7, 0.1, 54.0, n_rows=10), own_bits=90.0), other, "leave-one-out")
    assert select((plain, longer)) == selected
