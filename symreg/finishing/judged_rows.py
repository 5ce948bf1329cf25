"""Rows on which laws are scored, gathered once for all laws: of millions that takes as long as fitting one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from symreg.arrays import Floats, Rows
from symreg.fitting import SMALLEST_SCALE, Fitter, Tally, deviations, equivalent_sum, likeliest_scale
from symreg.laws import SCORED_AT_ONCE, Score, score
from symreg.problem import Loss, Problem
from symreg.units import Unit


@dataclass(frozen=True, slots=True, eq=False)
class JudgedRows:
    """Inputs ``X`` in natural units ``(n_inputs, n_rows)``; targets ``y`` and, where errors are counted, their
    ``sigma``, ``(n_rows,)`` each, in the target's ``unit``. One natural unit of the target is ``factor`` of SI, and
    ``natural`` are the targets in these. With ``stated`` sigmas these are errors, else errors go with them."""

    X: Floats
    y: Floats
    sigma: Floats | None
    unit: Unit
    factor: float
    natural: Floats
    loss: Loss
    stated: bool

    def score(self, predicted: Floats) -> Score:
        """How far predictions ``(n_rows,)`` in natural units are from the targets."""
        with np.errstate(all="ignore"):
            found = _in_unit(predicted, self.unit, self.factor)
            if self.loss == "squared":
                return score(found, self.y, self.sigma)
            return replace(score(found, self.y), in_errors=self._in_errors(predicted))

    def _in_errors(self, predicted: Floats) -> float:
        """The error as the loss has it, over rows where the law has a value; infinite where the loss has none."""
        defined = np.isfinite(predicted)
        away = deviations(self.loss, self.natural, predicted)
        away = away * (self.natural if self.loss == "log" else 1.0) * self.factor
        away = (away if self.sigma is None else away / (self.sigma * abs(self.unit.scale)))[defined]
        if not len(away) or not np.isfinite(away).all():  # a logarithm of what is not positive
            return math.inf
        smallest = SMALLEST_SCALE * float(np.std(away)) or SMALLEST_SCALE
        scale = 1.0 if self.stated else likeliest_scale(self.loss, away, smallest)
        return math.sqrt(equivalent_sum(self.loss, away, scale, stated=self.stated) / len(away))


def judged_rows(fitter: Fitter, rows: Rows, X: Floats, y: Floats) -> JudgedRows:
    """The rows ``(n_rows,)`` of the fitter's problem, whose inputs ``(n_inputs, n_rows)`` and targets ``(n_rows,)`` in
    natural units are these."""
    problem, unit = fitter.problem, fitter.problem.target_column.unit
    factor = fitter.units.factor(unit.dimension)
    sigma = problem.sigma(rows)
    sigma = problem.ratios(rows) if sigma is None else sigma
    with np.errstate(all="ignore"):
        return JudgedRows(
            X, _in_unit(y, unit, factor), None if sigma is None else sigma / abs(unit.scale), unit, factor, y,
            problem.loss, problem.states_errors,
        )  # fmt: skip


def score_of(tally: Tally, problem: Problem, factor: float, error: float | None) -> Score:
    """The score of a law whose residuals were counted in natural units of the target, each ``factor`` of SI.

    ``error`` is what weighed residuals are counted in (``EveryRow.error``), None where no errors are counted.
    """
    count = tally.n_rows - tally.undefined
    if not count:
        return Score(math.nan, math.nan, tally.n_rows, tally.undefined)
    size, spread = math.sqrt(tally.squares / count), tally.spread
    rmse = size * factor / abs(problem.target_column.unit.scale)
    r2 = 1.0 - (size / spread) ** 2 if spread > 0 else math.nan
    in_errors = None if error is None else math.sqrt(tally.weighed / count) / error
    return Score(rmse, r2, tally.n_rows, tally.undefined, in_errors)


def _in_unit(values: Floats, unit: Unit, factor: float) -> Floats:
    """Some at a time: what is made on the way stays where the processor finds it again at once."""
    found = np.empty(len(values))
    for start in range(0, len(values), SCORED_AT_ONCE):
        part = slice(start, start + SCORED_AT_ONCE)
        found[part] = unit.from_si(values[part] * factor)
    return found
