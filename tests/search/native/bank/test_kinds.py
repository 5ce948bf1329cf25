"""Angles and plain ratios: what is usual, what comes later, and what a result is."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.search.native.bank.kinds import is_odd, kinds_of
from symreg.search.native.bank.vocabulary import ANGLE, PLAIN

EITHER = ANGLE | PLAIN


@pytest.mark.parametrize(
    ("op", "left", "right", "odd", "kind"),
    [
        ("+", ANGLE, ANGLE, False, ANGLE),
        ("-", ANGLE, EITHER, False, ANGLE),
        ("+", ANGLE, PLAIN, True, PLAIN),
        ("+", EITHER, PLAIN, False, PLAIN),
        ("*", PLAIN, ANGLE, False, ANGLE),
        ("*", ANGLE, ANGLE, True, PLAIN),
        ("*", PLAIN, PLAIN, False, PLAIN),
        ("/", ANGLE, PLAIN, False, EITHER),
        ("/", ANGLE, ANGLE, False, PLAIN),
        ("/", PLAIN, ANGLE, True, PLAIN),
        ("sin", ANGLE, ANGLE, False, PLAIN),
        ("cos", EITHER, EITHER, False, PLAIN),
        ("tan", PLAIN, PLAIN, True, PLAIN),
        ("exp", ANGLE, ANGLE, True, PLAIN),
        ("exp", EITHER, EITHER, False, PLAIN),
        ("square", ANGLE, ANGLE, True, PLAIN),
        ("atan", PLAIN, PLAIN, False, ANGLE),
        ("abs", ANGLE, ANGLE, False, ANGLE),
    ],
)
def test_what_is_usual_for_angles(op: str, left: int, right: int, odd: bool, kind: int) -> None:
    a, b = np.array([left], dtype=np.uint8), np.array([right], dtype=np.uint8)
    assert is_odd(op, a, b).tolist() == [odd]
    assert kinds_of(op, a, b, np.zeros(1, dtype=np.int64)).tolist() == [kind]


def test_an_angle_times_a_length_is_no_angle() -> None:
    one = np.array([ANGLE], dtype=np.uint8), np.array([PLAIN], dtype=np.uint8)
    assert kinds_of("*", *one, np.array([12])).tolist() == [PLAIN]
