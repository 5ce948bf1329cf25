"""Small tables for the skeletons: two inputs, one of which may have either sign, with units and without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.engine import get_engine
from symreg.formula.expression import Constant, Expression, evaluate_tree
from symreg.search.backend import Budget
from symreg.search.native.hunt import Workplace
from symreg.search.native.settings import Native
from symreg.search.native.skeletons import Skeletons, catalogue, skeletons_of
from symreg.search.native.skeletons.argument import Inputs, inputs_of
from symreg.search.native.skeletons.part import Part
from symreg.search.space import SearchSpace, search_space
from tests.search.setting import problem_of

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
KINDS = ("plain", "signed", "units")
LISTS: dict[str, Callable[[Inputs], Iterable[Part]]] = {
    "one step": catalogue.one_step,
    "two steps": catalogue.two_steps,
    "three steps": catalogue.three_steps,
    "waves": catalogue.waves,
    "damped waves": catalogue.damped_waves,
    "blended": catalogue.blended,
    "modulated": catalogue.modulated,
    "factors": catalogue.factor_chains,
}


def columns(n_rows: int = 24, seed: int = 3) -> list[Floats]:
    """Three columns between a half and three."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.5, 3.0, n_rows) for _ in range(3)]


def space_of(kind: str = "plain", n_rows: int = 24, **options: Any) -> SearchSpace:
    """Inputs x and t and a target y; ``signed`` inputs have both signs, those with ``units`` are lengths and times."""
    x, t, y = columns(n_rows)
    match kind:
        case "plain":
            data = {"x [1]": x, "t [1]": t, "y [1]": y}
        case "signed":
            data = {"x [1]": x - 1.7, "t [1]": t - 1.5, "y [1]": y - 1.6}
        case _:
            data = {"x [cm]": x, "t [min]": t, "y [g]": y}
            options = {"free_constants": "inferred"} | options
    return space_from(data, **options)


def space_from(data: dict[str, Any], **options: Any) -> SearchSpace:
    """The space of a table whose target is y, on all of its rows."""
    problem = problem_of(data, "y", **({"test_fraction": 0.0} | options))
    return search_space(problem, problem.train_rows)


def inputs_of_kind(kind: str, **options: Any) -> Inputs:
    """The inputs of one of these tables."""
    return inputs_of(space_of(kind, **options))


def rows_of(space: SearchSpace) -> Rows:
    """All rows."""
    return np.arange(len(space.target))


def value_of(tree: Expression, space: SearchSpace, constants: dict[str, float]) -> Floats:
    """A tree on all rows, with these constants."""
    names = dict(zip(space.names, space.inputs, strict=True)) | space.in_formulas | constants
    return np.array(np.broadcast_to(evaluate_tree(tree, names), space.target.shape))


def named(count: int, prefix: str) -> list[Constant]:
    """So many constants."""
    return [Constant(f"{prefix}{number}") for number in range(1, 1 + count)]


def parts_on_grids(kind: str, which: str, size: int = 5) -> Iterator[tuple[SearchSpace, Part, Floats, Floats]]:
    """Each part of a list of the catalogue with its constants ``(g, n_inner)`` and columns ``(g, b, n_rows)``."""
    inputs = inputs_of_kind(kind)
    rows = rows_of(inputs.space)
    for part in LISTS[which](inputs):
        found = part.columns(rows, (size,) * part.n_inner)
        yield inputs.space, part, found.constants, found.values


def workplace(evaluations: int | None = None) -> Workplace:
    """A place of one thread that nobody stops."""
    settings = Native(threads=1)
    return Workplace(settings, get_engine("auto"), Budget(time=None, evaluations=evaluations), lambda: False)


def search_of(space: SearchSpace) -> Skeletons:
    """The search for skeletons on all rows of a space."""
    return skeletons_of(workplace(), space, rows_of(space))
