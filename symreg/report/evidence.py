"""What a law says about the table, computed again from the law itself.

A report repeats no number on trust: each law predicts every row, the errors are taken afresh, and where
they are not what the front stores the report is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from symreg.arrays import Rows
from symreg.errors import ReportError
from symreg.laws import Law, Score, long_score, score

if TYPE_CHECKING:
    from symreg.problem import Problem

__all__ = ["Evidence", "evidence_of"]

Array = NDArray[np.float64]
_RELATIVE = 1e-6
"""Difference between a stored error and one computed again, above which a report is refused: the law is the same, so
only rounding differs. Smaller refuses reports on other machines, larger overlooks changed tables."""

_RELATIVE_REFITTED = 1e-3  # least squares started elsewhere ends a little elsewhere
_OF_SPREAD = 1e-9  # below this share of the target's own size an error is rounding


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Predictions of one law on every row ``(n_rows,)``, in the target's unit, with the scores taken from
    them.
    """

    predicted: Array
    actual: Array
    train: Score
    held_out: Score

    @property
    def residuals(self) -> Array:
        """Measured minus predicted, ``(n_rows,)``; NaN where the law is undefined."""
        return self.actual - self.predicted

    @property
    def typical_relative_error(self) -> float:
        """Median of ``|residual / measured|`` over the rows where both are defined and not zero."""
        usable = np.isfinite(self.predicted) & (self.actual != 0)
        if not usable.any():
            return math.nan
        return float(np.median(np.abs(self.residuals[usable] / self.actual[usable])))


def evidence_of(law: Law, problem: Problem) -> Evidence:
    """Predict and score anew; raises ``ReportError`` where a stored score disagrees.

    Of a long table the predictions are those of the sample that ``problem`` is, the scores of the rows that the law
    tells of.
    """
    table = problem.table
    columns = {name: table[name].user_values for name in problem.inputs}
    if not columns:
        columns = {problem.target: problem.target_column.user_values}
    predicted = law.predict(columns)
    actual = np.asarray(problem.target_column.user_values, dtype=np.float64)
    sigma = problem.target_column.user_sigma

    def scored(values: Array, rows: Rows) -> Score:
        return score(values, actual[rows], None if sigma is None else sigma[rows])

    size = float(np.max(np.abs(actual))) if actual.size else 0.0
    if problem.sample_of is not None:
        return Evidence(predicted, actual, *_long_scores(law, problem.sample_of, size))
    train = scored(predicted[problem.train_rows], problem.train_rows)
    _compare(law, "training", law.train, train, size)
    if problem.judge == "held-out":
        held_out = scored(predicted[problem.held_out_rows], problem.held_out_rows)
        _compare(law, "held-out", law.held_out, held_out, size)
    else:
        held_out = scored(_cross_validated(law, problem), problem.train_rows)
        _compare(law, problem.judge, law.held_out, held_out, size, _RELATIVE_REFITTED)
    return Evidence(predicted, actual, train, held_out)


def _long_scores(law: Law, problem: Problem, size: float) -> tuple[Score, Score]:
    """Both scores of a law of a long table, taken anew from the rows that it tells of."""
    train = long_score(law, problem, problem.train_rows, law.train.n_rows)
    _compare(law, "training", law.train, train, size)
    if problem.judge == "held-out":
        held_out = long_score(law, problem, problem.held_out_rows, law.held_out.n_rows)
        _compare(law, "held-out", law.held_out, held_out, size)
        return train, held_out
    some = problem.combed()
    held_out = score(_cross_validated(law, some), some.target_column.user_numbers[some.train_rows])
    _compare(law, problem.judge, law.held_out, held_out, size, _RELATIVE_REFITTED)
    return train, held_out


def _cross_validated(law: Law, problem: Problem) -> Array:
    """Each row as the form of the law predicts it when fitted anew without it, in the user's unit."""
    from symreg.laws import as_fitted, fitter_of

    fitter = fitter_of(problem)
    si = fitter.cross_validated(as_fitted(law, fitter)) * fitter.units.factor(law.unit.dimension)
    return np.asarray(law.unit.from_si(si), dtype=np.float64)


def _compare(
    law: Law, rows: str, stored: Score, found: Score, size: float, relative: float = _RELATIVE
) -> None:
    agree = math.isclose(stored.rmse, found.rmse, rel_tol=relative, abs_tol=_OF_SPREAD * size)
    agree = agree or (math.isnan(stored.rmse) and math.isnan(found.rmse))
    if agree and (stored.n_rows, stored.undefined) == (found.n_rows, found.undefined):
        return
    raise ReportError(
        reason=f"The law {law.formula} is stored with an error of {stored.rmse:.6g} {law.unit.text} on "
        f"{stored.n_rows} {rows} rows ({stored.undefined} undefined), but it gives {found.rmse:.6g} on "
        f"{found.n_rows} ({found.undefined} undefined).",
        advice="The table or the front has changed since the search: run the search again.",
    )
