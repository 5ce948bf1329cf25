"""Of many columns, those that are searched with: what the units let in, and what the target follows most.

A search looks at pairs, triples and products of its inputs, so that hundreds of columns would spend any budget before
the first law. The columns are asked one by one instead, each as a smooth curve, what the chosen ones explain taken away
before the next is chosen (forward selection by orthogonal least squares; Chen, Billings and Luo 1989, Int. J. Control
50, 1873). Sums show in the target itself, products in its logarithm, products of what has either sign in its square.
Weak columns among many are lost by this, which the note on what was left out says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from symreg.formula import variables_of
from symreg.problem import out_of_balance
from symreg.units import DIMENSIONLESS, power_product

if TYPE_CHECKING:
    from symreg.arrays import Rows
    from symreg.problem import Problem

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

MOST_INPUTS = 24
"""Columns that a search takes in; with more of them those that tell most are chosen. What a search does before its
first level grows with pairs of columns and takes one second for these; laws with so many inputs are not known to us."""

SCREENED_ROWS = 1000
"""Rows at which columns are compared, drawn from those searched. A curve that explains 2 % of the target stands out of
hundreds that explain nothing there; time and memory grow in proportion."""

BENT = 3
"""Powers of a column that its curve is made of: rising, bent, and bent back."""

LOOKED_AT_AGAIN = 8
"""Times as many columns as are chosen, those that tell most alone, that are looked at again beside those chosen (sure
independence screening; Fan and Lv 2008, J. R. Stat. Soc. B 70, 849). All of thousands would take seconds."""

DEPENDENT = 1e-3
"""Of the square of a curve of unit length, what is added to keep curves of one column apart: what is left of a column
that says the same as one before it is far shorter, and explains nothing."""


def screened(problem: Problem, rows: Rows, seed: int) -> tuple[Problem, tuple[str, ...]]:
    """The problem with at most `MOST_INPUTS` inputs, and a note that names them where there were more.

    ``rows`` ``(n_rows,)`` are numbers of rows of the table. Inputs that a guess or a limit names stay, and so does what
    the target's unit needs. A problem whose form is given keeps all.
    """
    bare = problem.template is None or problem.template.is_bare
    if len(problem.inputs) <= MOST_INPUTS or not bare:
        return problem, ()
    order = _by_what_they_tell(problem, rows, seed)
    named = {leaf for guess in problem.guesses for leaf in variables_of(guess)} | set(problem.constraints.monotonic)
    needed = [name for name in problem.inputs if name in named]
    kept = list(dict.fromkeys([*needed, *order]))[: max(MOST_INPUTS, len(needed))]
    kept += _for_its_unit(problem, kept, order)
    chosen = tuple(name for name in problem.inputs if name in set(kept))
    named_in_a_row = ", ".join(chosen)
    note = (
        f"searched with {len(chosen)} of {len(problem.inputs)} columns, those that the target follows most: "
        f"{named_in_a_row}; what tells little may be among the others: name the inputs to choose for yourself"
    )
    return replace(problem, inputs=chosen), (note,)


def _by_what_they_tell(problem: Problem, rows: Rows, seed: int) -> list[str]:
    """The inputs that the units let into a law, those that tell most first, as far as any tells something."""
    free = problem.free_constants
    shut_out: Sequence[str] = ()
    if free.policy == "dimensionless":
        target = problem.target_column.unit.dimension
        shut_out = out_of_balance(problem.dimensions, target, [unit.dimension for unit in free.units])
    names = [name for name in problem.inputs if name not in set(shut_out)]
    if len(rows) > SCREENED_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, size=SCREENED_ROWS, replace=False))
    columns = problem.matrix(rows)[[problem.inputs.index(name) for name in names]]
    orders = [most_telling(columns, way, MOST_INPUTS) for way in _ways_of(problem.target_values(rows))]
    taken_in_turn = chain.from_iterable(zip_longest(*orders))
    return [names[place] for place in dict.fromkeys(one for one in taken_in_turn if one is not None)]


def _ways_of(target: Floats) -> Iterable[Floats]:
    """The target as it is, its size as a logarithm, and the square of what it is away from its mean."""
    scaled = target / (float(np.abs(target).max(initial=0.0)) or 1.0)  # squares of the largest numbers run over
    yield scaled
    if (scaled != 0).all():
        yield np.log(np.abs(scaled))
    yield (scaled - scaled.mean()) ** 2


def most_telling(columns: Floats, target: Floats, most: int) -> list[int]:
    """Places of the columns ``(n_columns, n_rows)`` that ``target`` ``(n_rows,)`` follows most, the first one first."""
    rest = _scaled(target - target.mean())
    alone = np.array([_explained(_curves(column)[None], rest)[0] for column in columns])
    places = np.argsort(-alone, kind="stable")[: LOOKED_AT_AGAIN * most]
    curves = np.stack([_curves(columns[place]) for place in places])
    chosen: list[int] = []
    while len(chosen) < min(most, len(places)):
        explained = _explained(curves, rest)
        explained[chosen] = -1.0
        best = int(np.argmax(explained))
        if explained[best] <= 0:
            break
        chosen.append(best)
        own = np.linalg.qr(curves[best].T.astype(np.float64))[0].T.astype(np.float32)
        rest = np.asarray(rest - own.T @ (own @ rest), dtype=np.float32)
        curves = np.asarray(curves - (curves @ own.T) @ own, dtype=np.float32)
    return [int(places[one]) for one in chosen]


def _explained(curves: Singles, rest: Singles) -> Floats:
    """The part of ``rest`` ``(n_rows,)`` that curves ``(n_columns, n_curves, n_rows)`` of each column explain."""
    gram = (curves @ np.swapaxes(curves, 1, 2)).astype(np.float64)
    gram += DEPENDENT * np.eye(gram.shape[1])
    along = (curves @ rest).astype(np.float64)
    return np.asarray(np.einsum("ij,ij->i", along, np.linalg.solve(gram, along[:, :, None])[:, :, 0]))


def _curves(column: Floats) -> Singles:
    """Powers of the ranks of a column, and of its values, of unit length around their means, ``(BENT + 1, n_rows)``."""
    ranks = np.argsort(np.argsort(column, kind="stable"), kind="stable") / max(1, len(column) - 1) - 0.5
    made = [column, *(ranks**power for power in range(1, BENT + 1))]
    return np.stack([_scaled(one - one.mean()) for one in made])


def _scaled(values: Floats) -> Singles:
    largest = np.abs(values).max(initial=0.0)  # first, for squares of the largest numbers run over
    values = values / largest if largest > 0 else values
    length = np.sqrt((values**2).sum())
    return np.asarray(values / length if length > 0 else values, dtype=np.float32)


def _for_its_unit(problem: Problem, kept: Sequence[str], order: Sequence[str]) -> list[str]:
    """Further columns without which no law has the target's unit, where numbers without a unit are all that is free."""
    target, free = problem.target_column.unit.dimension, problem.free_constants
    if free.policy != "dimensionless":
        return []
    dimensions = problem.dimensions
    units = {f"coefficient {place}": unit.dimension for place, unit in enumerate(free.units)}
    known = {one.name: one.unit.dimension for one in problem.known_constants} | units
    rest = [name for name in (*order, *problem.inputs) if name not in set(kept)]
    met = {DIMENSIONLESS} | {dimensions[name] for name in kept}
    added: list[str] = []
    while power_product(target, known | {name: dimensions[name] for name in (*kept, *added)}) is None and rest:
        name = rest.pop(0)
        if dimensions[name] not in met:
            met.add(dimensions[name])
            added.append(name)
    return added
