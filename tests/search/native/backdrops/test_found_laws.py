"""Laws of pure numbers that only backdrops reach in so few evaluations, from exact tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pytest

from symreg.search.backend import Budget
from symreg.search.native.backdrops.search import Backdrops, backdrops_of
from symreg.search.native.refine import Refined
from symreg.search.native.search import search
from symreg.search.native.settings import Native
from tests.search.native.skeletons.made import rows_of, space_from, workplace

Floats = npt.NDArray[np.float64]
N_ROWS = 120


@dataclass(frozen=True)
class Case:
    """A law of inputs in a range, how many constants it may come with, and the stages up to the one that finds it."""

    law: Callable[..., Floats]
    free: int
    stages: int
    n_inputs: int = 2
    low: float = 0.5
    high: float = 4.0


CASES = {
    "a ratio of polynomials": Case(lambda a, b: (2 * a**2 + 3 * a * b - 1) / (b**3 + 0.7 * a + 4), 0, 1),
    "many plain terms": Case(lambda a, b: (a - 3) * (b - 3) + 2 * np.sin(a - 4) * (b - 4), 0, 1),
    "one rich term": Case(lambda a, b: a + 1.37 * a * np.sin(np.tan(a * b)) - b / a, 1, 2),
    "a wave in an envelope": Case(
        lambda a, b, c: 2.33 * b * c * np.cos(a + 1.48 * b) + 1.7 * b, 3, 9, n_inputs=3, low=-5.0, high=5.0
    ),
    "a wave of a share": Case(lambda a, b: 3.3 * b * np.sin(a**2 + 1.985 * a * b), 2, 10, low=-10.0, high=10.0),
    "a swift wave": Case(lambda a, b: 4.15 * np.sin(3.3289 * a**2) + 1 / b, 2, 6, low=-9.5, high=10.0),
    "two factors with constants": Case(
        lambda a, b: a**3 * np.exp(-a) * np.sin(a) * (np.cos(a) * np.sin(a) ** 2 - 1) * (b - 2.1234), 3, 5
    ),
    "a factor with constants": Case(lambda a, b: np.exp(2 * a - a**2) / (1.234567 + (b - 2.5) ** 2), 3, 5),
}


def backdrops_for(case: Case, noise: float = 0.0) -> Backdrops:
    rng = np.random.default_rng(5)
    columns = [rng.uniform(case.low, case.high, N_ROWS) for _ in range(case.n_inputs)]
    y = case.law(*columns)
    y = y + noise * float(np.std(y)) * rng.normal(size=N_ROWS)
    names = "abc"[: case.n_inputs]
    data = {f"{name} [1]": column for name, column in zip(names, columns, strict=True)} | {"y [1]": y}
    space = space_from(data)
    return backdrops_of(workplace(), space, rows_of(space))


def found_by(backdrops: Backdrops, stages: int) -> list[Refined]:
    found: list[Refined] = []
    for _ in range(stages):
        if not found and not backdrops.is_done:
            found = backdrops.run()
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_law_comes_out_exactly_and_with_no_constant_too_many(name: str) -> None:
    case = CASES[name]
    found = found_by(backdrops_for(case), case.stages)
    assert found, name
    assert found[0].loss < 1e-25
    assert min(len(one.draft.names) for one in found) <= case.free


def test_under_noise_backdrops_say_nothing() -> None:
    assert not found_by(backdrops_for(CASES["many plain terms"], noise=1e-3), 3)


def test_tables_with_few_rows_or_units_are_left_alone() -> None:
    rng = np.random.default_rng(0)
    data = {"a [m]": rng.uniform(1, 2, 80), "y [m]": rng.uniform(1, 2, 80)}
    space = space_from(data)
    assert backdrops_of(workplace(), space, rows_of(space)).is_done
    few = {"a [1]": rng.uniform(1, 2, 20), "y [1]": rng.uniform(1, 2, 20)}
    space = space_from(few)
    assert backdrops_of(workplace(), space, rows_of(space)).is_done


def test_of_a_target_that_was_rounded_only_the_quick_stage_is_asked() -> None:
    case = CASES["many plain terms"]
    exact = backdrops_for(case)
    rounded = replace(exact.space, target=np.round(exact.space.target, 4))
    backdrops = backdrops_of(workplace(), rounded, rows_of(rounded))
    backdrops.run()
    assert backdrops.is_done
    assert not exact.is_done


@pytest.mark.parametrize(("without", "expected"), [((), True), (("backdrops",), False)])
def test_a_search_of_four_million_evaluations_needs_them(without: tuple[str, ...], expected: bool) -> None:
    space = backdrops_for(CASES["many plain terms"]).space
    settings = Native(threads=1, without=without)
    rounds = search(settings, space, Budget(time=None, evaluations=4_000_000), seed=0, stop=lambda: False)
    assert any(one.source == "backdrops" for each in rounds for one in each.candidates) == expected
