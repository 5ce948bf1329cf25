"""A law back at the bench: its constants as a fit on the rows of a problem, and its score on a long table."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from symreg.arrays import Rows
from symreg.fitting import Fitted, Fitter
from symreg.formula import variables_of
from symreg.laws.law import Law
from symreg.laws.refitting import as_fitted, fitter_of
from symreg.laws.score import Score, score
from symreg.problem import Problem, combed_to


def fit_of(law: Law, problem: Problem) -> tuple[Fitter, Fitted]:
    """A fitter on the training rows of the problem, and the law's own constants in its natural units.

    Errors and residual sum are unknown until somebody refits. Constants that are held stay held.
    """
    fitter = fitter_of(problem)
    limits = {limit.name for limit in problem.free_constants.limits}
    held = (one.name for one in law.constants if one.kind == "free" and not math.isfinite(one.stderr))
    return fitter, replace(as_fitted(law, fitter), held=tuple(name for name in held if name in limits))


def long_score(law: Law, problem: Problem, rows: Rows, count: int) -> Score:
    """How far the law is from the first ``count`` of the ``rows`` ``(n_rows,)`` in the order in which laws of long
    tables are fitted to them, all of them where there are no more; in the target's unit."""
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
    r2 = 1.0 - squares / known / spread if spread > 0 else math.nan
    return Score(math.sqrt(squares / known), r2, taken, undefined)
