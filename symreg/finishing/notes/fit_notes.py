"""What is to be said of a fit: constants without errors, steps that ran out, and residuals that are no noise."""

from __future__ import annotations

import numpy as np

from symreg.engine import Outcome
from symreg.fitting import Fitted, Fitter
from symreg.laws import undetermined

SHORTFALL = 4.5
"""Standard deviations by which the differences of neighbours fall short of what chance has, to be said: three fits in a
million. Of a pattern over a dozen rows and more they are far more."""

FEWEST_ROWS = 12
"""Rows below which residuals are not asked for a pattern: fewer have none that is sure."""

EXACT_PART = 1e-12
"""Part of the target's sum of squares below which what is left is rounding, which follows its values."""


def fit_notes(fitter: Fitter, fitted: Fitted) -> list[str]:
    """Sentences on constants without a standard error and, of a form that was given, on a fit that is no good one."""
    notes = _without_errors(fitter, fitted)
    template = fitter.problem.template
    if template is None or template.functions:
        return notes
    if fitted.outcome is Outcome.MAX_ITERATIONS:
        notes.append(
            f"the fit stopped after {fitter.max_iterations:,} steps before its sum of squares had settled: "
            "give the parameters a start, or look whether all of them are needed"
        )
    if _leaves_pattern(fitter, fitted):
        notes.append(
            "what the form leaves is no noise, since neighbouring rows resemble each other: the law has another form, "
            "or the fit ended in a poor minimum, which a start for the parameters avoids"
        )
    return notes


def _without_errors(fitter: Fitter, fitted: Fitted) -> list[str]:
    """Why constants have no error: the fit could not move them, or moves them only together, or no row is left."""
    if np.isfinite(fitted.stderr[fitted.is_loose]).all():
        return []
    found = [
        f"{group[0]} moves no value of the law on these rows: the fit left it where it started"
        if len(group) == 1
        else f"the rows cannot tell {', '.join(group[:-1])} and {group[-1]} apart: other values of them fit as well, "
        "and none has a standard error"
        for group in undetermined(fitter, fitted)
    ]
    if found:
        return found
    if fitter.freedom(fitted) <= 0 and not fitter.knows_errors:
        return ["there are no more rows than constants, so that nothing is left to tell their errors by"]
    return ["the constants have no standard errors: the law's slopes are not finite on all rows, or vanish"]


def _leaves_pattern(fitter: Fitter, fitted: Fitted) -> bool:
    """Whether residuals of neighbours, in the order of an input, resemble each other (von Neumann 1941, "Distribution
    of the ratio of the mean square successive difference to the variance", Ann. Math. Statist. 12, 367).
    """
    n_rows = len(fitter.y)
    weights = fitter.row_weights(fitted)
    rest = (fitter.y - fitter.predict(fitted, fitter.X)) * np.sqrt(weights)
    total, whole = float(rest @ rest), float(np.sum(weights * fitter.y**2))
    if n_rows < FEWEST_ROWS or not total > EXACT_PART * whole:
        return False
    least = 2.0 - SHORTFALL * 2.0 * np.sqrt((n_rows - 2.0) / (n_rows**2 - 1.0))
    orders = [np.argsort(column, kind="stable") for column in fitter.X]
    return any(float(np.sum(np.diff(rest[order]) ** 2)) < least * total for order in orders)
