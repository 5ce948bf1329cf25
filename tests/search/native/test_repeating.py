"""A search that goes on after turns that were done before finds what it would have found undisturbed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import symreg as sr
from symreg.formula import Expression
from symreg.search import SearchSpace, going_on, search_space
from symreg.search.backend import Round
from symreg.search.native import searchers
from symreg.search.native import turns as evolution_turns
from symreg.search.native.evolution import evolve
from symreg.search.native.marks import nodes_of
from symreg.search.native.refine import Refined
from symreg.search.native.repeating import past_of
from symreg.search.native.skeletons import Skeletons

Turns = list[dict[str, Any]]
ROWS = 60
EVALUATIONS = 60_000
NATIVE = sr.Native(threads=1, fit_rows=ROWS, without=("skeletons", "backdrops"))
WITH_STAGES = sr.Native(threads=1, fit_rows=ROWS, without=("evolution", "backdrops"))


@dataclass(frozen=True)
class Run:
    turns: Turns
    found: frozenset[Expression]
    last: Round
    first: Round


def space_of(data: Mapping[str, Any]) -> SearchSpace:
    problem = sr.make_problem(sr.read_table(dict(data), target=list(data)[-1]), test_fraction=0.1)
    return search_space(problem, problem.train_rows)


def tangle() -> SearchSpace:
    """No law of so few nodes: the search goes on until its budget is spent."""
    rng = np.random.default_rng(0)
    a, b, c = (rng.uniform(1, 3, ROWS) for _ in range(3))
    y = a * np.sqrt(b**2 + c**2) + 0.1 * a * b * np.exp(-c / b) + 0.05 * a * c * np.sin(3 * c / b)
    return space_of({"a [kg]": a, "b [m]": b, "c [m]": c, "y [kg*m]": y})


def searched(
    space: SearchSpace, earlier: Sequence[Mapping[str, Any]] = (), *, cut: int | None = None,
    evaluations: int = EVALUATIONS, end_early: Any = "never", native: sr.Native = NATIVE,
) -> Run:  # fmt: skip
    """A search, stopped in the middle of the turn that comes after so many."""
    turns: Turns = []
    rounds: list[Round] = []
    backend = going_on(native, earlier) if earlier else native
    assert backend is not None
    budget = sr.Budget(time=None, evaluations=evaluations, end_early=end_early)
    for one in backend.propose(space, budget, seed=0, stop=lambda: cut is not None and len(turns) >= cut):
        rounds.append(one)
        turns.extend([] if one.turn is None else [json.loads(json.dumps(one.turn))])
    found = frozenset(each.expression for one in rounds for each in one.candidates)
    return Run(turns, found, rounds[-1], rounds[0])


@pytest.fixture(scope="module")
def undisturbed() -> Run:
    return searched(tangle())


@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
def test_where_a_search_was_interrupted_does_not_matter(undisturbed: Run, part: float) -> None:
    cut = max(1, int(part * len(undisturbed.turns)))
    first = searched(tangle(), cut=cut)
    assert first.turns == undisturbed.turns[: len(first.turns)], "what was cut off is not written down"
    again = searched(tangle(), first.turns)
    assert first.turns + again.turns == undisturbed.turns, "no turn is searched twice, and none otherwise"
    assert again.found == undisturbed.found
    assert again.last == Round(**{**vars_of(undisturbed.last), "candidates": again.last.candidates})


def test_a_budget_that_a_turn_has_just_spent_ends_both_alike(undisturbed: Run) -> None:
    """The turn that comes after it finds it spent, and still gives what costs nothing."""
    for cut in range(1, 6):
        budget = undisturbed.turns[cut - 1]["evaluated"]
        whole = searched(tangle(), evaluations=budget)
        again = searched(tangle(), whole.turns[:cut], evaluations=budget)
        assert again.found == whole.found and again.last.evaluated == whole.last.evaluated
        assert whole.turns[:cut] + again.turns == whole.turns


def vars_of(one: Round) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Round.__slots__}


def test_counts_go_on_where_they_were(undisturbed: Run) -> None:
    cut = len(undisturbed.turns) // 2
    again = searched(tangle(), undisturbed.turns[:cut])
    assert again.first.evaluated == undisturbed.turns[cut - 1]["evaluated"] > 0
    assert again.first.complete_to_complexity == undisturbed.turns[cut - 1]["complete"]
    assert {str(nodes_of(each.expression)) for each in again.first.candidates}


def test_evolution_goes_on_with_those_who_lived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evolution_turns, "DEAR", 0)
    monkeypatch.setattr(evolution_turns, "A_TURN", 1)
    monkeypatch.setattr(evolve, "A_FIT", 30)
    monkeypatch.setattr(evolution_turns.Progress, "is_at_the_noise", lambda _: False)
    whole = searched(tangle(), evaluations=100_000)
    places = [place for place, one in enumerate(whole.turns) if one["who"] == "evolution"]
    assert len(places) > 1
    again = searched(tangle(), whole.turns[: places[0] + 1], evaluations=100_000)
    assert whole.turns[: places[0] + 1] + again.turns == whole.turns


def test_a_turn_that_was_half_done_is_done_again() -> None:
    """Wherever it is cut off, the law is found: a search that was cut off in its turn has not looked at it."""
    rng = np.random.default_rng(1)
    a, b = (rng.uniform(1, 3, ROWS) for _ in range(2))
    space = space_of({"a [m]": a, "b [m]": b, "y [m]": np.sqrt(a**2 + 3 * b**2)})
    whole = searched(space, end_early="noise")
    assert whole.last.stop_reason == "residual at rounding"
    for cut in range(len(whole.turns)):
        again = searched(space, searched(space, cut=cut, end_early="noise").turns, end_early="noise")
        assert again.last.stop_reason == "residual at rounding"
        assert again.last.complete_to_complexity == whole.last.complete_to_complexity
        assert again.last.evaluated == whole.last.evaluated


def test_the_certificate_speaks_of_whole_turns_alone(undisturbed: Run) -> None:
    """What a turn that was cut off had looked at is not in what is written down."""
    for cut in (2, len(undisturbed.turns) // 2):
        first = searched(tangle(), cut=cut)
        assert past_of(first.turns, tangle(), 0).complete == undisturbed.turns[cut - 1]["complete"]


def test_stages_that_were_done_are_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searchers, "HUNTS_PART", 0)
    rng = np.random.default_rng(2)
    x = rng.uniform(1, 3, 30)
    space = space_of({"x": x, "y": np.exp(-0.7 * x) + 0.1 * np.sin(5 * x) + rng.normal(0, 0.01, 30)})
    whole = searched(space, native=WITH_STAGES, evaluations=120_000)
    places = [place for place, one in enumerate(whole.turns) if one["who"] == "skeletons"]
    ran: list[int] = []
    run = Skeletons.run

    def counted(self: Skeletons) -> list[Refined]:
        ran.append(self.stages_run)
        return run(self)

    monkeypatch.setattr(Skeletons, "run", counted)
    again = searched(space, whole.turns[: places[0] + 1], native=WITH_STAGES, evaluations=120_000)
    assert ran[0] == 1
    assert whole.turns[: places[0] + 1] + again.turns == whole.turns


def test_relative_errors_are_found_once() -> None:
    rng = np.random.default_rng(3)
    x = np.geomspace(1, 1000, 30)
    space = space_of({"x": x, "y": 2.0 * x**1.5 * np.exp(rng.normal(0, 0.1, 30))})
    native = sr.Native(threads=1, fit_rows=ROWS, without=("skeletons", "backdrops", "evolution"))
    whole = searched(space, evaluations=120_000, end_early="noise", native=native)
    place = [one["who"] for one in whole.turns].index("weighed")
    again = searched(space, whole.turns[: place + 1], evaluations=120_000, end_early="noise", native=native)
    assert again.first.noise == "relative"
    assert whole.turns[: place + 1] + again.turns == whole.turns
    assert again.last.evaluated == whole.last.evaluated


@pytest.mark.parametrize(
    "change",
    [
        lambda turn: turn.pop("found"),
        lambda turn: turn.update(evaluated=-1),
        lambda turn: turn.update(number=7),
        lambda turn: turn.update(who="somebody"),
        lambda turn: turn.update(reported=[10**6]),
        lambda turn: turn.update(found=[[[["$nobody"], [], [], [], None], 0.1, 1, "bank"]]),
        lambda turn: turn.update(found=[[[["=1/0"], [], [], [], None], 0.1, 1, "bank"]]),
        lambda turn: turn.update(found=[[[["$a", "__import__"], [], [], [], None], 0.1, 1, "bank"]]),
        lambda turn: turn.update(found=[[[["$a", *["neg"] * 1_900], [], [], [], None], 0.1, 1, "bank"]]),
        lambda turn: turn.update(found=[[[["$a", "*"], [], [], [], None], 0.1, 1, "bank"]]),
        lambda turn: turn.update(found="text"),
        lambda turn: turn["own"].__setitem__(3, turn["own"][3] + 1),  # the bank would be another one
    ],
)
def test_what_is_strange_is_searched_again(undisturbed: Run, change: Callable[[dict[str, Any]], object]) -> None:
    turns = json.loads(json.dumps(undisturbed.turns[:6]))
    change(turns[4])
    again = searched(tangle(), turns, evaluations=5_000)
    assert again.turns[0] == undisturbed.turns[4]
