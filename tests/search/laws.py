"""Laws of two plain columns, as a search has them before it is told whether to go on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.engine import get_engine
from symreg.formula.grammar import parse
from symreg.search.native.probes import target_at
from symreg.search.native.progress import Progress
from symreg.search.native.proposal import Draft
from symreg.search.native.questions.smoothing import smoother_of
from symreg.search.native.refine import Refined, Refiner
from symreg.search.space import SearchSpace, search_space
from tests.search.setting import problem_of

Floats = npt.NDArray[np.float64]


def table(n_rows: int = 60, seed: int = 0) -> tuple[Floats, Floats]:
    x, z = np.random.default_rng(seed).uniform(0.5, 3, (2, n_rows))
    return x, z


def space_of(x: Floats, z: Floats, y: Floats, **options: Any) -> SearchSpace:
    problem = problem_of({"x [1]": x, "z [1]": z, "y [1]": y}, "y", **options)
    return search_space(problem, problem.train_rows)


def progress_of(space: SearchSpace) -> Progress:
    rows = np.arange(len(space.target))
    found = Progress(space, Refiner(space, get_engine("auto"), 1, target_at(space, rows), rows))
    found.smoother = found.nearest = smoother_of(space, rows)
    return found


def law(space: SearchSpace, text: str, *values: float) -> Refined:
    names = tuple(f"k{number}" for number in range(1, 1 + len(values)))
    tree = parse(text, variables=("x", "z"), constants=names)
    rows = np.arange(len(space.target))
    refiner = Refiner(space, get_engine("auto"), 1, target_at(space, rows), rows)
    (found,) = refiner.again([Refined(Draft(tree, names, values, (0,) * len(names)), 0.0, len(values) * 2 + 5, "test")])
    return found
