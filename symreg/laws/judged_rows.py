"""Rows on which laws are scored, gathered once for all laws: of millions that takes as long as fitting one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symreg.arrays import Floats, Rows
from symreg.fitting import Fitter
from symreg.laws.law import SCORED_AT_ONCE, Score, score
from symreg.units import Unit


@dataclass(frozen=True, slots=True, eq=False)
class JudgedRows:
    """Inputs ``X`` in natural units ``(n_inputs, n_rows)``; targets ``y`` and, where errors are counted, their
    ``sigma``, ``(n_rows,)`` each, in the target's ``unit``. One natural unit of the target is ``factor`` of SI."""

    X: Floats
    y: Floats
    sigma: Floats | None
    unit: Unit
    factor: float

    def score(self, predicted: Floats) -> Score:
        """How far predictions ``(n_rows,)`` in natural units are from the targets."""
        with np.errstate(all="ignore"):
            return score(_in_unit(predicted, self.unit, self.factor), self.y, self.sigma)


def judged_rows(fitter: Fitter, rows: Rows, X: Floats, y: Floats) -> JudgedRows:
    """The rows ``(n_rows,)`` of the fitter's problem, whose inputs ``(n_inputs, n_rows)`` and targets ``(n_rows,)`` in
    natural units are these."""
    problem, unit = fitter.problem, fitter.problem.target_column.unit
    factor = fitter.units.factor(unit.dimension)
    sigma = problem.sigma(rows)
    if sigma is None and problem.sizes is not None:
        sigma = problem.sizes[rows]  # errors are counted as parts of the values
    with np.errstate(all="ignore"):
        y = _in_unit(y, unit, factor)
        return JudgedRows(X, y, None if sigma is None else sigma / abs(unit.scale), unit, factor)


def _in_unit(values: Floats, unit: Unit, factor: float) -> Floats:
    """Some at a time: what is made on the way stays where the processor finds it again at once."""
    found = np.empty(len(values))
    for start in range(0, len(values), SCORED_AT_ONCE):
        part = slice(start, start + SCORED_AT_ONCE)
        found[part] = unit.from_si(values[part] * factor)
    return found
