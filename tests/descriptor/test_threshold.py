"""The best cut against a plain loop over every cut."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from symreg.descriptor.threshold import Classes, best_threshold, most_points

Floats = npt.NDArray[np.float64]
DRAW = np.random.default_rng(4)


def by_hand(values: Floats, classes: Classes) -> float:
    """The largest (balanced) accuracy of any cut between different values, either class below."""
    best = 0.0
    positive = classes.positive
    for cut in np.unique(values)[:-1]:
        for below in (True, False):
            said = (values <= cut) == below
            if classes.balanced:
                found = (said[positive].mean() + (~said[~positive]).mean()) / 2
            else:
                found = (said == positive).mean()
            best = max(best, float(found))
    return best


@pytest.mark.parametrize("balanced", [False, True])
def test_cuts_are_the_best_there_are(balanced: bool) -> None:
    positive = DRAW.random(37) < 0.3
    classes = Classes(positive, balanced)
    values = np.vstack([
        DRAW.normal(size=(40, 37)),
        DRAW.integers(0, 5, size=(40, 37)),  # ties
        DRAW.normal(size=(20, 37)) + 2.0 * positive,
        -1e-9 * DRAW.random((5, 37)), 1e200 * DRAW.normal(size=(5, 37)),
    ])  # fmt: skip
    points = most_points(values, classes)
    for row, found in zip(values, points, strict=True):
        cut = best_threshold(row, classes)
        wanted = by_hand(row, classes)
        assert found / classes.most == pytest.approx(wanted, abs=1e-12)
        assert cut.points / classes.most == pytest.approx(wanted, abs=1e-12)
        assert classes.share(cut.told(row, positive)) == pytest.approx(wanted, abs=1e-12)
        assert not (row == cut.value).any()


def test_no_cut_goes_through_equal_values() -> None:
    classes = Classes(np.array([True, False, True, False]))
    assert most_points(np.array([[1.0, 1.0, 1.0, 1.0]]), classes)[0] == 0
    assert best_threshold(np.ones(4), classes).points == 0
    assert most_points(np.array([[0.0, 0.0, 1.0, 1.0]]), classes)[0] == 2


def test_of_equally_good_cuts_the_widest_gap_is_taken() -> None:
    positive = np.array([False, False, True, True])
    cut = best_threshold(np.array([0.0, 1.0, 5.0, 6.0]), Classes(positive))
    assert (cut.value, cut.above, cut.points) == (3.0, True, 4)
    # a cut at 0.5 and one at 4.5 make one mistake each
    cut = best_threshold(np.array([0.0, 1.0, 2.0, 7.0]), Classes(np.array([False, True, False, True])))
    assert (cut.value, cut.points) == (4.5, 3)


def test_what_is_undefined_scores_nothing() -> None:
    positive = np.array([False, False, True, True])
    values = np.array([[0.0, np.nan, 1.0, 2.0], [0.0, np.inf, 1.0, 2.0], [0.0, 1.0, 2.0, 3.0]])
    assert most_points(values, Classes(positive)).tolist() == [0, 0, 4]
    cut = best_threshold(values[2], Classes(positive))
    assert cut.told(values[0], positive).tolist() == [True, False, False, True]


def test_a_class_of_few_rows_counts_as_much_as_one_of_many() -> None:
    positive = np.arange(13) < 2
    values = np.array([1.0, 3.0, *[0.0] * 8, *[2.0] * 3])
    plain, balanced = (best_threshold(values, Classes(positive, each)) for each in (False, True))
    assert (plain.value, plain.points) == (2.5, 12)
    assert balanced.value == 0.5
    assert balanced.points / Classes(positive, True).most == pytest.approx((1 + 8 / 11) / 2)


def test_signs_and_zeros_are_cut_like_other_numbers() -> None:
    positive = np.array([False, True, True])
    assert most_points(np.array([[-1.0, 1.0, 2.0], [-1.0, 0.0, -0.0]]), Classes(positive)).tolist() == [3, 3]
    assert most_points(np.array([[0.0, -0.0, 1.0]]), Classes(positive))[0] == 2
