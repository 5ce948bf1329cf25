"""A search ends where its law leaves rounding or noise, and for no other reason than these and its budget."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from symreg.discovery import discover
from symreg.formula.grammar import parse
from symreg.problem.constraints import Constraints
from symreg.search.backend import Budget, BudgetError, EndEarly, Round
from symreg.search.native.progress import LONGEST_WAIT, Progress
from symreg.search.native.proposal import Draft
from symreg.search.native.refine import Refined
from symreg.search.native.settings import Native
from symreg.search.space import SearchSpace
from tests.search.laws import law, progress_of, space_of, table
from tests.search.setting import problem_of

Floats = npt.NDArray[np.float64]
LATE = 3 * LONGEST_WAIT
ENDS = {"residual at rounding", "residual at the noise", "evaluation budget spent"}


def rounds(space: SearchSpace, evaluations: int) -> list[Round]:
    budget = Budget(time=None, evaluations=evaluations)
    return list(Native(threads=1).propose(space, budget, seed=0, stop=lambda: False))


# ----------------------------------------------------------------------------------------------------- at the noise


@pytest.mark.parametrize("seed", range(4))
def test_a_law_that_leaves_a_pattern_is_no_end(seed: int) -> None:
    """However long it has been the best: the data are exact, and half the law is found."""
    x, z = table(seed=seed)
    space = space_of(x, z, 2 * x + 0.4 * np.sin(3 * z) + 1)
    progress = progress_of(space)
    progress.taken(1, [law(space, "k1*x + k2", 1.0, 1.0)])
    assert progress.least < 0.1
    assert not progress.is_at_the_noise()
    assert progress.reason_to_stop(LATE, is_thorough=True) is None


def test_a_law_that_leaves_noise_is_an_end_once_simple_forms_have_been_tried() -> None:
    x, z = table(120)
    y = 2 * x + 1 + 0.05 * np.random.default_rng(5).normal(size=120)
    space = space_of(x, z, y)
    progress = progress_of(space)
    progress.taken(1, [law(space, "k1*x + k2", 1.0, 1.0)])
    assert progress.is_at_the_noise()
    assert progress.reason_to_stop(LATE, is_thorough=True) == "residual at the noise"
    assert progress.reason_to_stop(LATE, is_thorough=False) is None
    assert progress.reason_to_stop(2, is_thorough=True) is None


@pytest.mark.parametrize(
    ("end_early", "at_the_noise", "at_rounding"),
    [
        ("noise", "residual at the noise", "residual at rounding"),
        ("exact", None, "residual at rounding"),
        ("never", None, None),
    ],
)
def test_what_is_reason_to_end_is_the_users_to_say(
    end_early: EndEarly, at_the_noise: str | None, at_rounding: str | None
) -> None:
    x, z = table(120)
    line = 2 * x + 1
    for noise, reason in ((0.05, at_the_noise), (0.0, at_rounding)):
        space = space_of(x, z, line + noise * np.random.default_rng(5).normal(size=120))
        progress = progress_of(space)
        progress.taken(1, [law(space, "k1*x + k2", 1.0, 1.0)])
        assert progress.reason_to_stop(LATE, is_thorough=True, end_early=end_early) == reason


def test_a_search_that_never_ends_early_uses_its_budget_on_an_exact_law() -> None:
    x, z = table()
    space, budget = space_of(x, z, 2 * x + 1), Budget(time=None, evaluations=1_500_000, end_early="never")
    *_, last = Native(threads=1).propose(space, budget, seed=0, stop=lambda: False)
    assert last.stop_reason == "evaluation budget spent" and last.evaluated >= 1_500_000
    with pytest.raises(BudgetError, match="end_early='sometimes': give one of noise, exact, never"):
        Budget(end_early="sometimes")  # type: ignore[arg-type]


def test_a_search_without_its_law_does_not_call_it_noise() -> None:
    """Sixty exact rows of two inputs, whose law takes functions that are not among the operators."""
    x, z = table()
    y = np.tanh(2 * x - z) + 0.3 * np.sin(5 * z * x)
    found = rounds(space_of(x, z, y, operators=("+", "*")), 12_000_000)
    assert found[-1].stop_reason == "evaluation budget spent"


def test_a_search_of_pure_noise_ends_for_a_reason_that_there_is() -> None:
    """That longer formulas do not pay for their length is none."""
    x, z = table(40)
    y = np.random.default_rng(1).normal(size=40)
    found = rounds(space_of(x, z, y, operators=("+", "*")), 8_000_000)
    assert found[-1].stop_reason in ENDS


# ------------------------------------------------------------------------------------------------------- at rounding


def exact(space: SearchSpace, count: int, loss: float) -> Progress:
    """A search whose best law has so many constants and leaves so little."""
    progress = progress_of(space)
    names = tuple(f"k{number}" for number in range(1, 1 + count))
    text = " + ".join(f"{name}*x**{power}" for power, name in enumerate(names, start=1))
    tree = parse(text, variables=("x",), constants=names)
    one = Refined(Draft(tree, names, (1.0,) * count, (0,) * count), loss, 4 * count, "test")
    progress.best = progress.law = one
    progress.least = loss
    return progress


@pytest.mark.parametrize(
    ("constants", "loss", "is_thorough", "ends"),
    [
        (1, 1e-21, False, True),
        (3, 1e-21, False, True),
        (4, 1e-21, False, False),  # four follow many a curve so far
        (4, 1e-27, False, True),
        (5, 1e-27, False, True),
        (6, 1e-27, False, False),
        (6, 1e-27, True, True),  # nothing simpler was found
        (4, 1e-21, True, True),
        (1, 1e-19, True, False),
    ],
)
def test_few_constants_that_leave_rounding_are_the_law(
    constants: int, loss: float, is_thorough: bool, ends: bool
) -> None:
    x, z = table()
    progress = exact(space_of(x, z, x), constants, loss)
    assert progress.is_exact(is_thorough) is ends
    if loss < 1e-20:
        reason = progress.reason_to_stop(0, is_thorough=is_thorough)
        assert reason == ("residual at rounding" if ends else None)


def test_a_search_that_has_found_nothing_goes_on() -> None:
    x, z = table()
    progress = progress_of(space_of(x, z, x + z))
    assert progress.reason_to_stop(LATE, is_thorough=True) is None
    assert not progress.is_exact(True)


def test_errors_that_are_stated_tell_where_they_are_known_alone() -> None:
    """Of weights that are right in their ratios nothing follows about how much a law may leave."""
    x, z = table(120)
    y = 2 * x + 1 + 0.05 * np.random.default_rng(5).normal(size=120)
    space = space_of(x, z, y)
    for sigma, knows, told in ((0.05, True, True), (0.01, True, False), (0.01, False, True)):
        stated = replace(space, sigma=np.full(len(space.target), sigma), knows_errors=knows)
        progress = progress_of(stated)
        progress.taken(1, [law(stated, "k1*x + k2", 1.0, 1.0)])
        assert progress.is_at_the_noise() is told


# ------------------------------------------------------------------------------------------------ what may be shown


def test_a_law_that_is_too_long_to_be_shown_is_no_end() -> None:
    """The constant that is shown leaves everything; the search had only begun."""
    t = np.linspace(0, 5, 30)
    data = {"t [1]": t, "y [1]": 2.3 * np.exp(-0.8 * t) + 0.4}
    problem = problem_of(data, "y", operators=("+", "*", "exp"), constraints=Constraints(max_complexity=4))
    found = discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=400_000))
    assert found.front.best.complexity <= 4
    assert found.stop_reason != "residual at rounding" or found.front.best.train.r2 > 1 - 1e-9


def test_three_rows_are_no_proof() -> None:
    """Numbers of which no law is known; what is shown leaves a hundredth of them."""
    problem = problem_of({"x [1]": np.array([1.0, 2.0, 3.0]), "y [1]": np.array([1.0, 4.0, 9.5])}, "y")
    found = discover(problem, backend=Native(threads=1), budget=Budget(time=None, evaluations=400_000))
    assert found.stop_reason != "residual at rounding" or found.front.best.train.r2 > 1 - 1e-9
