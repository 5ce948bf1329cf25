"""From a finished formula to a law in the user's units, with scores and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symreg.finishing.bits import RESOLUTION
from symreg.finishing.finished import Finished, Snapped
from symreg.finishing.finisher import Finisher
from symreg.finishing.judged_rows import score_of
from symreg.finishing.law_constants import law_constants, with_pretty_names
from symreg.finishing.notes import constant_notes, outlier_notes
from symreg.fitting import EveryRow, Fitted, Followed
from symreg.formula import Expression, complexity, to_text
from symreg.laws import Law, Score, bits_left, unseen_notes
from symreg.problem import Problem, Template, parts_of
from symreg.uncertain_text import number_text, uncertain_text

STILL_MOVING = 0.05
"""Standard errors that the next step of a fit would move constants by, and it is said: less is not seen in the digits
that are printed. Set by hand."""

EXACTLY = 1e-9  # a fitted value that is the simple number to this part needs no mention


def as_law(finisher: Finisher, finished: Finished) -> Law:
    """The law in the user's units, with its scores."""
    fitter, problem = finisher.fitter, finisher.fitter.problem
    fitted = fitter.finished(_with_names(finisher, finished))
    trained = finisher.train_rows
    judged = finisher.held_out_rows if problem.judge == "held-out" else None
    held_out = (
        trained.score(fitter.cross_validated(fitted))
        if judged is None
        else judged.score(fitter.predict(fitted, judged.X))
    )
    train = trained.score(fitter.predict(fitted, trained.X))
    notes = [*_of_a_part(problem), *outlier_notes(fitter, fitted)]
    return law_of(finisher, finished, fitted, (train, held_out), notes)


def _of_a_part(problem: Problem) -> list[str]:
    """What is to be said where laws of a long table are fitted at once to some of its rows."""
    whole = problem.sample_of
    if whole is None:
        return []
    return [
        f"fitted to {len(problem.train_rows):,} of {len(whole.train_rows):,} rows from the whole table: laws are "
        "fitted to more by squares alone, without limits, errors of inputs or folds"
    ]


def as_followed_law(finisher: Finisher, finished: Finished, one: Followed, rows: EveryRow) -> Law:
    """The law in the user's units as all rows have it; rows far off are looked for among those of the ``finisher``."""
    factor = rows.fitter.units.factor(rows.problem.target_column.unit.dimension)
    train, held_out = (score_of(tally, rows.problem, factor, rows.error) for tally in (one.train, one.held_out))
    told = replace(finisher, fitter=finisher.fitter.told_of(one.train.n_rows, one.train.spread))
    finished = told.told(finished, one.fitted)
    fitted = _with_names(told, finished)
    looked = sum(len(each) for each in (finisher.fitter.problem.train_rows, finisher.fitter.problem.held_out_rows))
    notes = [f"{note} (looked for in {looked:,} rows)" for note in outlier_notes(finisher.fitter, fitted)]
    return law_of(told, finished, fitted, (train, held_out), [*_how_far(one, rows.problem), *notes])


def _how_far(one: Followed, problem: Problem) -> list[str]:
    """What is to be said where the time did not allow all rows, or all steps."""
    notes, n_train, n_held_out = [], len(problem.train_rows), len(problem.held_out_rows)
    if one.train.n_rows < n_train or one.held_out.n_rows < n_held_out:
        notes.append(
            f"fitted to {one.train.n_rows:,} of {n_train:,} rows and judged on {one.held_out.n_rows:,} of "
            f"{n_held_out:,} that are held out, drawn from the whole table: the time allowed no more"
        )
    if one.left > STILL_MOVING:
        notes.append(
            f"the fit to these rows stopped before it had settled: its next step would move the constants by "
            f"{number_text(one.left, 2)} standard errors"
        )
    return notes


def _with_names(finisher: Finisher, finished: Finished) -> Fitted:
    problem = finisher.fitter.problem
    template = problem.template
    own = {*finisher.fitter.limits, *(() if template is None else template.parameter_names)}
    return with_pretty_names(finished.fitted, finisher.taken(), own, problem.free_constants.names)


def law_of(
    finisher: Finisher, finished: Finished, fitted: Fitted, scores: tuple[Score, Score], more_notes: Sequence[str]
) -> Law:
    """A law of these constants with its ``scores`` on the rows that it was fitted to and on those that judge it."""
    fitter, problem = finisher.fitter, finisher.fitter.problem
    constants, covariance = law_constants(fitter, fitted)
    train, held_out = scores
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
            *_functions(problem.template, fitted.expression),
            *_fitted_values(finished.snapped),
            *constant_notes(fitter, fitted, constants, covariance),
            *more_notes,
            *unseen_notes(train, held_out, len(fitted.values), problem.judge),
        ),
        input_units={name: problem.table[name].unit for name in problem.inputs},
        target=problem.target,
        judge=problem.judge,
        own_bits=finished.bits - bits_left(fitted, fitter, RESOLUTION * fitter.spread),
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
