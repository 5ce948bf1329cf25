"""The score of a law on rows of a long table, taken turn by turn from the law itself: to confirm one that is told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from symreg.arrays import Rows
from symreg.formula import variables_of
from symreg.laws.law import Law
from symreg.laws.score import Score, score
from symreg.problem import combed_to

if TYPE_CHECKING:
    from symreg.problem import Problem


def long_score(law: Law, problem: Problem, rows: Rows, count: int) -> Score:
    """How far the law is from the first ``count`` of the ``rows`` ``(n_rows,)`` in the order in which laws of long tables
    are fitted to them, all of them where there are no more; in the target's unit."""
    used = variables_of(law.expression)
    names = [name for name in problem.inputs if name in used] or [problem.target]
    target = problem.target_column.user_numbers
    sums = np.zeros(4)  # rows with a value; squares of residuals; targets and their squares, from the first on
    taken, middle = 0, float(target[rows[0]]) if len(rows) else 0.0
    for turn in combed_to(rows, problem.seed, count):
        actual = target[turn]
        predicted = law.predict({name: problem.table[name].user_numbers[turn] for name in names})
        defined = np.isfinite(predicted)
        away = actual[defined] - middle
        one = score(predicted, actual)
        square = 0.0 if one.undefined == one.n_rows else one.rmse**2 * (one.n_rows - one.undefined)
        sums += [np.count_nonzero(defined), square, away.sum(), away @ away]
        taken += len(turn)
    known, squares, targets, target_squares = sums.tolist()
    undefined = taken - int(known)
    if not known:
        return Score(math.nan, math.nan, taken, undefined)
    spread = target_squares / known - (targets / known) ** 2
    return Score(math.sqrt(squares / known), 1.0 - squares / known / spread if spread > 0 else math.nan, taken, undefined)
