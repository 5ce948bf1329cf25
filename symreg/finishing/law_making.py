"""From a finished formula to a law in the user's units, with scores and notes."""

from __future__ import annotations

from symreg.finishing.bits import RESOLUTION
from symreg.finishing.finished import Finished, Snapped
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_constants import law_constants, with_pretty_names
from symreg.finishing.notes import constant_notes, outlier_notes
from symreg.formula import Expression, complexity, to_text
from symreg.laws import Law, bits_left, unseen_notes
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
    trained = finisher.train_rows
    judged = finisher.held_out_rows if problem.judge == "held-out" else None
    held_out = (
        trained.score(finisher.fitter.cross_validated(fitted))
        if judged is None
        else judged.score(finisher.fitter.predict(fitted, judged.X))
    )
    train = trained.score(finisher.fitter.predict(fitted, trained.X))
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
            *outlier_notes(finisher.fitter, fitted),
            *unseen_notes(train, held_out, len(fitted.values), problem.judge),
        ),
        input_units={name: problem.table[name].unit for name in problem.inputs},
        target=problem.target,
        judge=problem.judge,
        own_bits=finished.bits - bits_left(fitted, finisher.fitter, RESOLUTION * finisher.fitter.spread),
    )


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
