"""Whose turn it is: evolution costs simple laws nothing, and has its share of what is dear."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from symreg.formula.expression import Variable
from symreg.search.backend import Budget
from symreg.search.native.evolution.evolve import SOURCE
from symreg.search.native.proposal import Draft
from symreg.search.native.settings import Native
from symreg.search.native.turns import DEAR, LEADING_SHARE, SHARE, Turns
from symreg.search.space import search_space
from tests.search.setting import problem_of


@dataclass
class Hunt:
    in_turn: int
    expected: int


DRAFT = Draft(Variable("x"), (), (), ())


def turns(evaluated: int, *, leads: bool = False, at_the_noise: bool = False, without: tuple[str, ...] = ()) -> Any:
    workplace = SimpleNamespace(settings=Native(without=without), stop=lambda: False)
    law = SimpleNamespace(source=SOURCE if leads else "sum")
    progress = SimpleNamespace(law=law, is_at_the_noise=lambda: at_the_noise)
    rng = np.random.default_rng(0)
    refiner = SimpleNamespace(space=SimpleNamespace(coefficient_codes=None, scales={}))
    return Turns(workplace, refiner, progress, rng, SimpleNamespace(evaluated=evaluated))  # type: ignore[arg-type]


def test_cheap_levels_and_laws_at_the_noise_leave_it_no_turn() -> None:
    dear, cheap = Hunt(5 * DEAR, 5 * DEAR), Hunt(5 * DEAR, DEAR - 1)
    assert turns(0).is_evolutions(dear, [dear])
    assert not turns(0).is_evolutions(cheap, [cheap])
    assert not turns(0, at_the_noise=True).is_evolutions(dear, [dear])
    assert not turns(0, without=("evolution",)).is_evolutions(dear, [dear])


@pytest.mark.parametrize("leads", [False, True])
def test_it_has_its_share_of_all_that_will_be_looked_at(leads: bool) -> None:
    hunts = [Hunt(2 * DEAR, 4 * DEAR), Hunt(6 * DEAR, DEAR)]
    share = LEADING_SHARE if leads else SHARE
    most = 12 * DEAR * share / (1 - share)
    assert turns(int(most) - 1, leads=leads).is_evolutions(hunts[0], hunts)
    assert not turns(int(most) + 1, leads=leads).is_evolutions(hunts[0], hunts)


def test_what_has_nothing_left_to_try_gives_its_turns_away_until_something_new_is_found() -> None:
    one, hunt = turns(0), Hunt(5 * DEAR, 5 * DEAR)
    one.evolution.run = list
    one.run(hunt)
    assert not one.is_evolutions(hunt, [hunt])

    def settle(seeds: Any) -> None:
        one.evolution.evaluated += 1000 * len(seeds)

    one.evolution.settle = settle
    one.learn([])
    assert not one.is_evolutions(hunt, [hunt])
    one.learn([SimpleNamespace(complexity=3, loss=0.5, source="sum", draft=DRAFT)])
    assert one.is_evolutions(hunt, [hunt])


def test_a_simple_law_is_found_without_a_turn() -> None:
    """With evolution or without, the rounds are the same."""
    rng = np.random.default_rng(0)
    x, t = rng.uniform(1, 3, 80), rng.uniform(1, 3, 80)
    problem = problem_of({"x [m]": x, "t [s]": t, "y [m/s2]": 3 * x / t**2}, "y")
    space = search_space(problem, problem.train_rows)
    one, other = (
        list(Native(threads=1, without=without).propose(space, Budget(time=None), seed=0, stop=lambda: False))
        for without in ((), ("evolution",))
    )
    assert one == other and one[-1].stop_reason == "residual at rounding"
