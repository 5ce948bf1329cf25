"""Columns that hold the same numbers as one before them: a law says the same with either.

With all of them a search says ``(s0*s1*s2)**(2/3)`` where ``s0**2`` is meant, and nothing is left that would tell.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symreg.arrays import Rows
from symreg.formula import variables_of
from symreg.mapped import parts
from symreg.problem import Problem
from symreg.tables import Column

CONVERTED = 1e-12
"""Of a value: what turning units into SI may add to it. Nobody measures so well."""


def without_equals(problem: Problem, rows: Rows) -> tuple[Problem, tuple[str, ...]]:
    """The problem with one of each set of equal inputs, the first, and a note for each set.

    Equal are inputs of one dimension whose values are the same on all rows of the table, as they are in SI; ``rows``
    ``(n_rows,)`` are those on which they are compared first. Inputs that a guess or a limit names stay, and a problem
    whose form is given keeps all.
    """
    if problem.template is not None and not problem.template.is_bare:
        return problem, ()
    named = {leaf for guess in problem.guesses for leaf in variables_of(guess)} | set(problem.constraints.monotonic)
    dropped, notes = set[str](), list[str]()
    for first, *others in _sets_of_equals(problem, rows):
        if gone := [name for name in others if name not in named]:
            dropped |= set(gone)
            verb = "holds" if len(gone) == 1 else "hold"
            notes.append(f"{', '.join(gone)} {verb} the same values as {first}, which was searched with alone")
    if not dropped:
        return problem, ()
    return replace(problem, inputs=tuple(name for name in problem.inputs if name not in dropped)), tuple(notes)


def _sets_of_equals(problem: Problem, rows: Rows) -> list[list[str]]:
    """Names of inputs in sets that are equal; each is compared with the first of every set."""
    sets: list[list[str]] = []
    for name in problem.inputs:
        column = problem.table[name]
        same = (some for some in sets if _are_equal(problem.table[some[0]], column, rows))
        if (found := next(same, None)) is None:
            sets.append([name])
        else:
            found.append(name)
    return sets


def _are_equal(one: Column, other: Column, rows: Rows) -> bool:
    """Whether values and their uncertainties are the same, first on these rows and then on all."""
    kinds = ((each.unit.dimension, each.unit.is_angle, each.sigma is None) for each in (one, other))
    if next(kinds) != next(kinds) or not np.allclose(one.values[rows], other.values[rows], rtol=CONVERTED, atol=0.0):
        return False
    pairs = [(one.values, other.values)]
    if one.sigma is not None and other.sigma is not None:
        pairs.append((one.sigma, other.sigma))
    return all(
        np.allclose(mine[part], theirs[part], rtol=CONVERTED, atol=0.0)
        for mine, theirs in pairs
        for part in parts(len(mine))
    )
