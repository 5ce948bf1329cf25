"""Hunts: what is made to be counted gives no other hunt a head start, and counts as looked at."""

from __future__ import annotations

import numpy as np

from symreg.engine import get_engine
from symreg.search.backend import Budget
from symreg.search.native.hunt import Workplace, hunt_of
from symreg.search.native.settings import Native
from symreg.search.space import probe_rows, search_space
from tests.search.setting import problem_of


def test_counting_is_looking_but_takes_no_turn() -> None:
    rng = np.random.default_rng(0)
    m, v, c = rng.uniform(1, 2, (3, 60))
    problem = problem_of({"m [kg]": m, "v [m/s]": v, "c [m/s]": 2 + c, "y [kg]": m / np.sqrt(1 - v**2 / 16)}, "y")
    space = search_space(problem, problem.train_rows)
    workplace = Workplace(Native(threads=1), get_engine("auto"), Budget(), lambda: False)
    counted, other = (hunt_of(workplace, space, probe_rows(space, 40, np.random.default_rng(1))) for _ in range(2))
    counted.count()
    assert counted.evaluated > 0 and counted.in_turn == 0
    for _ in range(8):
        counted.run()
        other.run()
    assert counted.evaluated == other.evaluated == other.in_turn
