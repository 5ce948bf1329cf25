"""Small tables of elemental features with units, and spaces made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from symreg.descriptor.feature_space import FeatureSpace, feature_space
from symreg.descriptor.settings import DescriptorSettings
from symreg.engine import get_engine
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.native.joins.join import Joiner
from symreg.search.space import search_space
from symreg.tables.table import read_table

Floats = npt.NDArray[np.float64]
OPERATORS = ("+", "-", "*", "/", "square", "abs")
UNITS = {"I": "eV", "A": "eV", "r": "angstrom", "s": "angstrom", "Z": "1"}


def features(n_rows: int = 40, seed: int = 1) -> dict[str, Floats]:
    """Ionisation energy, affinity, two radii and a charge of made-up elements."""
    draw = np.random.default_rng(seed)
    return {
        "I": draw.uniform(4, 14, n_rows), "A": draw.uniform(0.5, 3.5, n_rows), "r": draw.uniform(0.4, 2.0, n_rows),
        "s": draw.uniform(0.4, 2.0, n_rows), "Z": draw.integers(1, 6, n_rows).astype(float),
    }  # fmt: skip


def problem_of(
    columns: Mapping[str, Floats], target: Floats, unit: str = "eV", operators: Sequence[str] = OPERATORS
) -> Problem:
    """The question of a target ``y``, on all rows."""
    units = {name: UNITS[name] for name in columns} | {"y": unit}
    table = read_table({**columns, "y": target}, target="y", units=units)
    problem = make_problem(table, free_constants="inferred", operators=operators, test_fraction=0.25)
    rows = np.arange(len(target))
    return replace(problem, train_rows=rows, held_out_rows=rows[:0])


def space_of(problem: Problem, max_complexity: int = 4, *, dimensionless: bool = False) -> FeatureSpace:
    """The feature space of a problem."""
    settings = DescriptorSettings(max_complexity=max_complexity, dimensionless=dimensionless)
    return feature_space(search_space(problem, problem.train_rows), settings)


def joiner() -> Joiner:
    """A join by the best engine there is."""
    return Joiner(get_engine(), 1, lambda: False)
