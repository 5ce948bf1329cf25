"""How long a search waits: by what is left, and by what the law owes to fitted constants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from symreg.formula.expression import Variable
from symreg.search.native.progress import Progress, _is_plain
from symreg.search.native.proposal import Draft
from tests.search.laws import law, progress_of, space_of, table

Floats = npt.NDArray[np.float64]
Line = tuple[float, float]


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


@pytest.mark.parametrize(("loss", "told"), [(0.8, True), (1.0, True), (1.5, False), (40.0, False)])
def test_no_law_is_at_the_noise_that_is_farther_than_the_uncertainties(loss: float, told: bool) -> None:
    """Though it leaves no pattern; ``loss`` is the mean square of what it leaves, in stated errors."""
    noise = np.random.default_rng(2).normal(size=200)
    noise *= np.sqrt(loss / np.mean(noise**2))
    assert after(noise, "k1*x + k2", 2.0, 1.0, sigma=0.05).is_at_the_noise() is told


def after(
    errors: Floats, text: str, *values: float, level: int = 6, sigma: float | None = None, true: Line = (2.0, 1.0)
) -> Progress:
    """How far a search is that has found this law of a true line at this level; ``errors`` are in twentieths."""
    x, z = table(len(errors))
    y = true[0] * x + true[1] + 0.05 * errors
    space = space_of(x, z, y)
    if sigma is not None:
        space = replace(space, sigma=np.full(len(space.target), sigma), knows_errors=True)
    progress = progress_of(space)
    progress.taken(level, [law(space, text, *values)])
    return progress


def levels_waited(progress: Progress, since: int = 6) -> int:
    """For how many levels without news the search goes on."""
    reasons = (progress.reason_to_stop(since + waited, is_thorough=True) for waited in range(40))
    return next(waited for waited, reason in enumerate(reasons) if reason is not None)


NOISE = np.random.default_rng(5).normal(size=120)


def test_a_law_without_odd_numbers_is_believed_after_two_levels() -> None:
    assert levels_waited(after(NOISE, "2*x + 1")) == 2
    assert levels_waited(after(NOISE, "k1*(2*x + 1)", 1.0)) == 2


def test_each_odd_number_is_waited_for_by_what_it_costs() -> None:
    """Something without it may be a few levels away: two cost 13 bits among 120 rows, and a level brings 2.5."""
    assert levels_waited(after(NOISE, "k1*x + k2", 2.0, 1.0)) == 2  # one number and its half: nothing is odd
    odd = (2.13, 0.37)
    assert levels_waited(after(NOISE, "k1*x + k2", *odd, true=odd)) == 6
    assert levels_waited(after(NOISE, "k1*x + k2 + k3*z", *odd, 0.013, true=odd)) == 8


def test_no_search_ends_in_its_first_moments() -> None:
    """Levels up to the fifth take less than a second."""
    progress = after(NOISE, "2*x + 1", level=1)
    assert [progress.reason_to_stop(level, is_thorough=True) for level in (4, 5)] == [None, "residual at the noise"]


def test_news_are_bits_and_not_parts_of_a_bit() -> None:
    """A description that is shorter by less than three bits starts no new wait; one by more does."""
    progress = after(NOISE, "k1*x + k2", 2.0, 1.0)
    same = law(progress.space, "k1*x + k2", 2.0, 1.0)
    progress.bits += 2.9
    progress.taken(9, [same])
    assert progress.level == 6
    progress.bits += 3.1
    progress.taken(9, [same])
    assert progress.level == 9


def test_on_few_rows_longer_sums_have_their_turn_before_a_short_product_is_believed() -> None:
    """Where nothing can tell noise from a pattern, a product of powers is no news of the level that it came at."""
    x, z = table(20)
    space = space_of(x, z, 2 * x + 1)
    progress = progress_of(space)
    progress.taken(1, [law(space, "x + x + 1 - z/2 + z/3 + x*z - z*x")])
    assert progress.level > 1


def test_noise_is_suspected_where_a_law_leaves_little_and_no_pattern() -> None:
    """A seventh of the target's spread at most; rounding is none, and neither is what a curve leaves."""
    x, z = table(120)
    noise = np.random.default_rng(5).normal(size=120)
    for y, suspected in ((2 * x + 1 + 0.05 * noise, True), (2 * x + 1 + 0.5 * noise, False), (2 * x + 1, False)):
        space = space_of(x, z, y)
        progress = progress_of(space)
        progress.taken(1, [law(space, "k1*x + k2", 2.0, 1.0)])
        assert progress.may_be_noise() is suspected
    space = space_of(x, z, 2 * x + 1 + 0.1 * np.sin(4 * z))
    progress = progress_of(space)
    progress.taken(1, [law(space, "k1*x + k2", 2.0, 1.0)])
    assert progress.least < 0.02 and not progress.may_be_noise()


def faint(part: float, n_rows: int = 120) -> Floats:
    """Noise, and beneath it a product of both columns whose spread is a part of it: too faint for a pattern."""
    x, z = table(n_rows)
    return NOISE[:n_rows] + part * (x - x.mean()) * (z - z.mean()) / (x.std() * z.std())


def test_what_a_smoother_still_sees_is_waited_for() -> None:
    """By the bits that a law of it would gain: they pay for some levels, though noise may have made them all."""
    odd = (2.13, 0.37)
    waits = []
    for part in (0.0, 0.3, 0.35):
        progress = after(faint(part), "k1*x + k2", *odd, true=odd)
        assert progress.is_at_the_noise()
        waits.append(levels_waited(progress))
    assert waits == [6, 7, 8]


@pytest.mark.parametrize(("part", "waited"), [(0.0, 2), (0.2, 3), (0.35, 3)])
def test_for_a_law_without_odd_numbers_the_wait_is_short_whatever_a_smoother_sees(part: float, waited: int) -> None:
    """It owes nothing to fitted constants, and chance seldom makes such a law; each level takes twice as long."""
    progress = after(faint(part), "2*x + 1")
    assert progress.is_at_the_noise()
    assert levels_waited(progress) == waited


def test_no_wait_is_longer_than_that_for_a_handful_of_odd_numbers() -> None:
    """However many of them there are, and whatever is left beside them: a search has to end."""
    odd = (2.13, 0.37)
    for text, more in (("k1*x + k2 + k3*z", (0.013,)), ("k1*x + k2 + k3*z + k4*x*z + k5*z*z", (0.013, 0.017, 0.011))):
        assert levels_waited(after(NOISE, text, *odd, *more, true=odd)) == 8


def test_where_nothing_smooths_the_odd_numbers_alone_are_waited_for() -> None:
    """Thirty rows bear no surface; their stated errors say that the law is at the noise."""
    odd = (2.13, 0.37)
    progress = after(NOISE[:30], "k1*x + k2", *odd, true=odd, sigma=0.06, level=8)
    assert progress.smoother is None and progress.is_at_the_noise()
    assert levels_waited(progress, since=progress.level) == 5
