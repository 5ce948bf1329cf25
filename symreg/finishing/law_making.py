"""From a finished formula to a law in the user's units, with scores and notes."""

from __future__ import annotations

import numpy as np

from symreg.arrays import Rows
from symreg.finishing.bits import RESOLUTION
from symreg.finishing.constant_notes import constant_notes
from symreg.finishing.finished import Finished, Snapped
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_constants import law_constants, with_pretty_names
from symreg.fitting import Fitted, Floats
from symreg.formula import Expression, complexity, to_text
from symreg.laws import Law, Score, bits_left, score, unseen_notes
from symreg.problem import Template, parts_of
from symreg.uncertain_text import uncertain_text

EXACTLY = 1e-9  # a fitted value that is the simple number to this part needs no mention


def as_law(finisher: Finisher, finished: Finished) -> Law:
    """The law in the user's units, with its scores."""
    problem = finisher.fitter.problem
    template = problem.template
    own = {*finisher.fitter.limits, *(() if template is None else template.parameter_names)}
    wanted = problem.free_constants.names
    fitted = finisher.fitter.finished(with_pretty_names(finished.fitted, finisher.taken(), own, wanted))
    constants, covariance = law_constants(finisher.fitter, fitted)
    held_out = (
        _score(finisher, *_held_out(finisher, fitted))
        if problem.judge == "held-out"
        else _score(finisher, finisher.fitter.cross_validated(fitted), finisher.fitter.y, problem.train_rows)
    )
    train = _score(finisher, finisher.fitter.predict(fitted, finisher.fitter.X), finisher.fitter.y, problem.train_rows)
    return Law(
        expression=fitted.expression,
        formula=to_text(fitted.expression),
        complexity=complexity(fitted.expression),
        unit=problem.target_column.unit,
        dimension_ok=finisher.is_exact(fitted),
        train=train,
        held_out=held_out,
        description_length=finished.bits,
        constants=constants,
        covariance=covariance,
        backend=finished.source,
        simplified=finished.simplified,
        notes=(
            *finished.notes,
            *_functions(template, fitted.expression),
            *_fitted_values(finished.snapped),
            *constant_notes(finisher.fitter, fitted, constants, covariance),
            *unseen_notes(train, held_out, len(fitted.values), problem.judge),
        ),
        input_units={name: problem.table[name].unit for name in problem.inputs},
        target=problem.target,
        judge=problem.judge,
        own_bits=finished.bits - bits_left(fitted, finisher.fitter, RESOLUTION * float(np.std(finisher.fitter.y))),
    )


def _held_out(finisher: Finisher, fitted: Fitted) -> tuple[Floats, Floats, Rows]:
    problem, units = finisher.fitter.problem, finisher.fitter.units
    rows = problem.held_out_rows
    return finisher.fitter.predict(fitted, units.matrix(problem, rows)), units.target_values(problem, rows), rows


def _score(finisher: Finisher, predicted: Floats, actual: Floats, rows: Rows) -> Score:
    problem = finisher.fitter.problem
    column = problem.target_column
    factor = finisher.fitter.units.factor(column.unit.dimension)
    with np.errstate(all="ignore"):
        found, given = (np.asarray(column.unit.from_si(values * factor)) for values in (predicted, actual))
        sigma = problem.sigma(rows)
        if sigma is None and problem.sizes is not None:
            sigma = problem.sizes[rows]  # errors are counted as parts of the values
        return score(found, given, None if sigma is None else sigma / abs(column.unit.scale))


def _fitted_values(snapped: Snapped) -> list[str]:
    """What the numbers in a law were before they were recognised."""
    return [
        f"the number {simple.text} was fitted as {uncertain_text(value, error)}"
        for simple, value, error in snapped.values()
        if 0 < abs(value - simple.value) < 0.5 * abs(simple.value) and abs(value / simple.value - 1) > EXACTLY
    ]


def _functions(template: Template | None, expression: Expression) -> list[str]:
    """What the unknown functions of a template are in a law."""
    if template is None or template.is_bare:
        return []
    parts = parts_of(template, expression) or {}
    return [f"{one} = {to_text(parts[one.name])}" for one in template.functions if one.name in parts]
