"""One search on many workers has the answer of one worker, to the last digit and the last turn."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.engine.joining import Join, Pairs, unit_rows
from symreg.search import Budget, Native, Round, search_space
from symreg.search.native import searchers, turns
from symreg.search.native.backdrops import Backdrops
from symreg.search.native.backdrops import supplies as backdrop_supplies
from symreg.search.native.evolution import evolve
from symreg.search.native.joins import docket, shared_engine
from symreg.search.native.joins.shared_engine import SharedEngine
from symreg.search.native.search import search_shared
from symreg.search.native.skeletons import Skeletons
from symreg.search.native.skeletons import supplies as skeleton_supplies
from symreg.search.space import SearchSpace
from symreg.team import Sharing, Tally
from symreg.team.communicator import Communicator
from tests.search.setting import problem_of
from tests.team.table import together

ROWS = 60
FEW = ("+", "*", "/", "exp", "sin")  # levels stay small


def space_of(data: dict[str, object], target: str, **options: object) -> SearchSpace:
    problem = problem_of(data, target, **options)
    return search_space(problem, problem.train_rows)


def with_units() -> SearchSpace:
    """No law of so few nodes: the search goes on until its budget is spent."""
    rng = np.random.default_rng(0)
    a, b, c = (rng.uniform(1, 3, ROWS) for _ in range(3))
    y = a * np.sqrt(b**2 + c**2) + 0.1 * a * b * np.exp(-c / b) + 0.05 * a * c * np.sin(3 * c / b)
    return space_of({"a [kg]": a, "b [m]": b, "c [m]": c, "y [kg*m]": y}, "y")


def without_units() -> SearchSpace:
    """Constants anywhere: skeletons have their turns, and noise is asked after."""
    rng = np.random.default_rng(1)
    a, b = (rng.uniform(0.5, 3, ROWS) for _ in range(2))
    y = np.tanh(0.7 * a) / (b + a) + 0.4 * np.exp(-0.3 * a * b)
    return space_of({"a [1]": a, "b [1]": b, "y [1]": y * (1 + 0.02 * rng.normal(size=ROWS))}, "y", operators=FEW)


def exact() -> SearchSpace:
    """Without noise: backdrops have their turns."""
    rng = np.random.default_rng(2)
    a = rng.uniform(0.5, 3, ROWS)
    return space_of({"a [1]": a, "y [1]": np.exp(np.sin(1.3 * a)) + a**2.5 / (1.7 + a)}, "y", operators=FEW)


@dataclass(frozen=True)
class Kind:
    space: Callable[[], SearchSpace]
    evaluations: int
    without: tuple[str, ...] = ()


KINDS = {
    "with units": Kind(with_units, 29_000, ("skeletons", "backdrops")),
    "without units": Kind(without_units, 106_000, ("evolution", "backdrops")),
    "exact": Kind(exact, 12_000, ("evolution", "skeletons")),
}


@pytest.fixture(autouse=True)
def everything_is_worth_sharing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what is small, and evolution begins early."""
    for name, value in (("WORTH_SHARING", 100_000), ("A_PIECE", 40_000), ("FITS_WORTH_SHARING", 1_000)):
        monkeypatch.setattr(shared_engine, name, value)
    monkeypatch.setattr(docket, "ALONE", 20_000)
    monkeypatch.setattr(turns, "DEAR", 0)
    monkeypatch.setattr(turns, "A_TURN", 1)
    monkeypatch.setattr(evolve, "A_FIT", 30)
    monkeypatch.setattr(turns.Progress, "is_at_the_noise", lambda _: False)
    monkeypatch.setattr(searchers, "HUNTS_PART", 0)
    for stages in (Skeletons, Backdrops):
        monkeypatch.setattr(stages, "due", property(lambda one: math.inf if one.is_done else 0.0))
    for supplies in (skeleton_supplies, backdrop_supplies):  # threads would wait for each other's; processes do not
        for one in vars(supplies.Supplies).values():
            if isinstance(one, cached_property):
                monkeypatch.setattr(one, "lock", nullcontext(), raising=False)


def rounds_on(size: int, kind: Kind, leave_after: dict[int, int] | None = None) -> list[tuple[list[Round], Tally]]:
    """The rounds at each worker that stays, and what sharing took."""
    settings = Native(threads=1, fit_rows=ROWS, without=kind.without)
    budget = Budget(time=None, evaluations=kind.evaluations, end_early="never")

    def work(team: Communicator) -> tuple[list[Round], Tally]:
        sharing = Sharing(team)
        return list(search_shared(sharing, settings, kind.space(), budget, seed=3, stop=lambda: False)), sharing.tally

    return [one for one in together(size, work, leave_after) if one is not None]


@cache
def alone(name: str) -> list[Round]:
    ((rounds, _),) = rounds_on(1, KINDS[name])
    return rounds


@pytest.mark.parametrize(("name", "size"), [("with units", 2), ("without units", 2), ("exact", 3)])
def test_rounds_are_the_same_on_any_number_of_workers(name: str, size: int) -> None:
    """Candidates, counts, certificates, and the turns that an interrupted run would go on after."""
    answers = rounds_on(size, KINDS[name])
    for rounds, tally in answers:
        assert rounds == alone(name)
        assert tally.exchanges > 10 and tally.items > 10
    assert any(one.turn is not None for one in alone(name)) and len(answers) == size


def test_the_kinds_have_turns_of_all_who_search() -> None:
    had = {one.turn["who"] for name in KINDS for one in alone(name) if one.turn is not None}
    assert had >= {"hunt", "evolution", "skeletons", "backdrops"}


@pytest.mark.parametrize("after", [0, 9])
def test_a_worker_that_is_gone_takes_nothing_with_it(after: int) -> None:
    answers = rounds_on(3, KINDS["exact"], {1: after})
    assert [rounds for rounds, _ in answers] == [alone("exact")] * 2


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("n_targets", [1, 9])
@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_a_join_in_pieces_is_the_join(engine: str, n_targets: int, same: bool) -> None:
    """To the last bit; by NumPy, whose products are rounded by their shape, up to which of equals comes first."""
    rng = np.random.default_rng(4)
    rows, first = unit_rows(rng.normal(size=(300, 32))), np.arange(300)
    second = first if same else np.arange(40, 130)
    target, weights = rng.normal(size=(n_targets, 32)), rng.uniform(0.5, 2, (n_targets, 32))
    question = Join(rows, first, second, target, weights, rng.normal(size=(n_targets, 2, 32)), same, 48)
    whole = get_engine(engine).join(question)
    parts = together(3, lambda team: SharedEngine(get_engine(engine), Sharing(team)).join(question))
    for part in parts:
        assert part is not None
        np.testing.assert_allclose(part.score, whole.score, rtol=1e-6 if engine == "numpy" else 0)
        if engine == "numpy":
            told = {(one, other): score for one, other, score in zip(*answers_of(whole), strict=True)}
            last = float(whole.score.min())  # of those as good as the last, either may be kept
            for one, other, score in zip(*answers_of(part), strict=True):
                assert told.get((one, other), last) == pytest.approx(score, rel=1e-6)
            continue
        for name in ("target", "first", "second"):
            assert (getattr(part, name) == getattr(whole, name)).all()


def answers_of(pairs: Pairs) -> tuple[list[int], list[tuple[int, int]], list[float]]:
    """Target, pair and score of each."""
    both = list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    return pairs.target.tolist(), both, pairs.score.tolist()
