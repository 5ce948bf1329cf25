"""A fitted constant keeps the name that somebody gives it: in the formula, exports, notes, on disk and in a pickle."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from symreg.certainty.intervals import with_intervals
from symreg.errors import LawError
from symreg.experiment.stored_law import restore_law, store_law
from symreg.laws import export_law
from symreg.laws.law import Law
from symreg.report import EXPORT_LANGUAGES
from tests.laws_by_hand import law_of, problem_of

X = np.linspace(1.0, 10.0, 12)
PROBLEM = problem_of({"x [m]": X, "y [K]": 3 * X + 5 + 0.1 * np.sin(9 * X)}, test_fraction=0)


@pytest.fixture(scope="module")
def law() -> Law:
    found = law_of(PROBLEM, "k*x + k1")
    return replace(found, notes=("k1 = 3.0 equals hbar", "measured in 4 k1, not k12 or 3.k1"))


def test_everything_has_the_new_names(law: Law) -> None:
    named = with_intervals(PROBLEM, law, method="wald").rename_constants({"k1": "slope", "k2": "T"})
    assert named.formula == "slope*x + T" and str(named).startswith("y = slope*x + T, slope = ")
    assert [one.name for one in named.constants] == ["slope", "T"]
    assert [one.interval.name for one in named.constants if one.interval is not None] == ["slope", "T"]
    assert [one.value for one in named.constants] == [one.value for one in law.constants]
    np.testing.assert_array_equal(named.predict({"x": X}), law.predict({"x": X}))
    assert named.notes == ("slope = 3.0 equals hbar", "measured in 4 k1, not k12 or 3.k1")
    for language in EXPORT_LANGUAGES:
        assert "slope" in export_law(named, language), language
    for copy in (pickle.loads(pickle.dumps(named)), restore_law(store_law(named), PROBLEM)):
        assert copy.formula == "slope*x + T" and copy.constants == named.constants


def test_two_names_can_be_exchanged(law: Law) -> None:
    swapped = law.rename_constants({"k1": "k2", "k2": "k1"})
    assert swapped.formula == "k2*x + k1"
    np.testing.assert_array_equal(swapped.predict({"x": X}), law.predict({"x": X}))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ({"k": "T"}, "has no fitted constant 'k'. It has k1, k2."),
        ({"k1": "x"}, "'k1' cannot be called 'x': that is a column of the table."),
        ({"k1": "y"}, "that is a column of the table"),
        ({"k1": "k2"}, "that is another constant of the law"),
        ({"k1": "h"}, "that is a constant of nature"),
        ({"k1": "exp"}, "that is an operator"),
        ({"k1": "two words"}, "that is no name: letters, digits and _ alone"),
        ({"k1": "T", "k2": "T"}, "that is given to two constants"),
    ],
)
def test_a_name_that_is_taken_is_refused(law: Law, names: dict[str, str], told: str) -> None:
    with pytest.raises(LawError) as caught:
        law.rename_constants(names)
    assert told in str(caught.value)
