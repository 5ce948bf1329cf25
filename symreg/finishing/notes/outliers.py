"""Rows that lie far from a law: they are listed, and never dropped.

A residual is held against the typical one, by the median of their sizes, which outliers leave where it is. How far
chance throws the farthest of so many Gaussian residuals is told by Student's distribution, with the freedom that a
median has, since few rows know their typical residual badly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from symreg.arrays import Floats, Rows
from symreg.fitting import NORMAL_MEDIAN, Fitted, Fitter, deviations, weighed_deviations
from symreg.problem import ROBUST, Problem
from symreg.uncertain_text import number_text
from symreg.units import DIMENSIONLESS_UNIT

BY_CHANCE = 0.01
"""Probability that a row of a table without any outlier is listed, all its rows together."""

FEWEST_FREE = 8
"""Rows more than constants, at least: of fewer the typical residual is small by chance."""

MOST_PART = 0.2
"""Part of the rows: where more lie far off, errors have long tails or the law has another form, and no row is odd."""

MEDIAN_WORTH = 0.37
"""Rows by which the median of sizes is as sure as the standard deviation is by one (Huber 1981, section 5.1)."""

MOST_LISTED = 5  # rows that a sentence names before it says how many more there are

ROUNDING = 1e-9
"""Of the target's spread: where the typical residual is smaller, it is rounding, and says nothing of others."""


def outlier_notes(fitter: Fitter, fitted: Fitted) -> tuple[str, ...]:
    """The sentence that names the rows far from a law, of those trained on and those held out; or nothing."""
    problem, own = fitter.problem, weighed_deviations(fitter, fitted)
    if not np.isfinite(own).all() or not np.median(np.abs(own)) > ROUNDING * fitter.spread:
        return ()
    rows = np.concatenate([problem.train_rows, problem.held_out_rows])
    sizes = np.abs(np.concatenate([own, _held_out(fitter, fitted)]))
    far = far_rows(sizes, np.abs(own), fitter.freedom(fitted), least=1.0 if fitter.knows_errors else 0.0)
    if not len(far):
        return ()
    typical = _typical(np.abs(own), fitter.freedom(fitted), 1.0 if fitter.knows_errors else 0.0)
    labels = _labels(problem)
    listed = ", ".join(_named(problem, labels, int(rows[one]), sizes[one] / typical) for one in far[:MOST_LISTED])
    more = f" and {len(far) - MOST_LISTED} more" if len(far) > MOST_LISTED else ""
    lie, were, them = ("1 row lies", "it was", "it") if len(far) == 1 else (
        f"{len(far)} of {len(rows)} rows lie", "they were", "them"
    )  # fmt: skip
    counted = (
        f"kept, and the loss {problem.loss!r} lets {them} count less"
        if problem.loss in ROBUST
        else "kept and counted like the others; under the loss 'student' such rows count less"
    )
    return (f"{lie} farther from this law than the other residuals let expect: {listed}{more}; {were} {counted}",)


def far_rows(sizes: Floats, own: Floats, free: int, least: float = 0.0) -> Rows:
    """Places in ``sizes`` ``(n_rows,)`` that lie off, the farthest first; none where too many do.

    ``own`` ``(n_train,)`` are the sizes of the residuals that say what is typical, with ``free`` degrees of freedom;
    ``least`` is the typical one at least.
    """
    if free < FEWEST_FREE:
        return np.empty(0, dtype=np.intp)
    from scipy.special import stdtrit

    farthest = float(stdtrit(MEDIAN_WORTH * free, 1 - BY_CHANCE / (2 * len(sizes))))
    far = np.flatnonzero(sizes > farthest * _typical(own, free, least))
    if len(far) > MOST_PART * len(sizes):
        return np.empty(0, dtype=np.intp)
    return np.asarray(far[np.argsort(-sizes[far], kind="stable")])


def _typical(own: Floats, free: int, least: float) -> float:
    """The standard deviation of residuals as the median of their sizes ``(n_train,)`` has it."""
    return max(float(np.median(own)) / NORMAL_MEDIAN * math.sqrt(len(own) / free), least)


def _held_out(fitter: Fitter, fitted: Fitted) -> Floats:
    """Weighed deviations of the rows that are held out, ``(n_held_out,)``; zero where the law has no value."""
    problem, rows = fitter.problem, fitter.problem.held_out_rows
    if not rows.size:
        return np.zeros(0)
    predicted = fitter.predict(fitted, fitter.units.matrix(problem, rows))
    y = fitter.units.target_values(problem, rows)
    found = deviations(problem.loss, y, predicted) * np.sqrt(_weights(fitter, problem, y, rows))
    return np.where(np.isfinite(found), found, 0.0)


def _weights(fitter: Fitter, problem: Problem, y: Floats, rows: Rows) -> Floats:
    """Weights of squared deviations at other rows than those of the fit, on the same footing."""
    sigma = problem.sigma(rows)
    factor = fitter.units.factor(problem.target_column.unit.dimension)
    if sigma is not None:
        found = (factor / sigma) ** 2
    else:
        ratios, own = problem.ratios(rows), problem.ratios(problem.train_rows)
        found = np.ones(len(rows)) if ratios is None or own is None else np.exp(2 * np.log(own).mean()) / ratios**2
    return np.asarray(found * y**2 if problem.loss == "log" else found)


def _labels(problem: Problem) -> Sequence[str] | None:
    """The first text column that names each row; None without one. A set of all rows: once a law, not once a row."""
    return next((values for values in problem.table.label_values if len(set(values)) == len(values)), None)


def _named(problem: Problem, labels: Sequence[str] | None, row: int, size: float) -> str:
    """``row 7 (T = 3.2 s, 11 times the typical residual)``, or by its label."""
    column = problem.target_column
    value = f"{problem.target} = {number_text(float(column.user_numbers[row]), 4)}"
    value += "" if column.unit == DIMENSIONLESS_UNIT else f" {column.unit.text}"
    name = f"row {row + 1}" if labels is None else labels[row]
    return f"{name} ({value}, {number_text(size, 2)} times the typical residual)"
