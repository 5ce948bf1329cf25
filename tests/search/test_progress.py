"""How long a search waits: by what is left, and by what the law owes to fitted constants."""

from __future__ import annotations

import pytest

from symreg.expression import Variable
from symreg.search.progress import _is_plain
from symreg.search.proposal import Draft


@pytest.mark.parametrize(
    ("values", "plain"),
    [
        ((), True),
        ((0.3,), True),
        ((0.3, -0.3003), True),
        ((1.0003, 0.9998, -2.001), True),  # a**2 + b**2 - 2*a*b*cos(t)
        ((2.0, 1.0, 0.667), True),
        ((1.0, 0.53), False),
        ((1.0, 0.0002), False),
        ((9.8, 0.2347), False),
    ],
)
def test_one_number_says_all_that_was_fitted(values: tuple[float, ...], plain: bool) -> None:
    names = tuple(f"k{place}" for place in range(1, len(values) + 1))
    assert _is_plain(Draft(Variable("x"), names, values, (0,) * len(values))) is plain
