"""The way of a fitted formula to a law: passes, each of which takes it as it is and gives it back, shorter or tidier.

``SHORTENING`` is what the promising ones go through; of these the shortest and the best fitting are simplified
(``simplifying``), ``shown`` brings them into the form that is shown, and ``Finisher.said`` rejects what the allowed
operators cannot say. ``rewriting.REWRITINGS`` lists how constants become fewer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symreg.finishing.allowed import is_allowed
from symreg.finishing.canonical import Form, Surroundings, canonical_form, ordered, with_leading_signs
from symreg.finishing.finished import AS_PROPOSED, Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.needless import with_fewer_by_form, without_needless_constants
from symreg.finishing.rewriting import rewritten
from symreg.finishing.signs import with_signs_in_form
from symreg.finishing.tidy import merged_powers, with_factor_in_front, without_constant_exponents
from symreg.fitting import Fitted, Floats
from symreg.formula import collected, complexity, normalise
from symreg.problem import FreeConstant, Template, parts_of
from symreg.units import DIMENSIONLESS_UNIT

Pass = Callable[[Finisher, Finished], Finished]


def with_fewest_constants(finisher: Finisher, finished: Finished) -> Finished:
    """Of a law that leaves nothing but rounding, the one that leaves no more with the fewest constants.

    The description length does not decide it: below the resolution residuals are noise of the arithmetic.
    """
    while finisher.is_at_rounding(finished.fitted):
        shorter = (*without_needless_constants(finished.fitted), *with_fewer_by_form(finished.fitted))
        proposals = [one for one in shorter if finisher.keeps_limits(finished, one)]
        fits = finisher.fitter.fit([(expression, constants) for expression, constants, _ in proposals])
        before = finished.fitted
        exact = (one for one in fits if one is not None and finisher.is_at_rounding(one))
        kept = (one for one in exact if finisher.may_follow(before, one))
        fitted = next(kept, None)
        if fitted is None:
            break
        finished = finisher.told(finished, fitted)
    return finished


def tidied(finisher: Finisher, finished: Finished) -> Finished:
    """The same law with powers merged, free factors in front and signs in the form, if constants are positive.

    Of a template, each function is tidied in its place.
    """
    template = finisher.fitter.problem.template
    if template is not None and not template.is_bare:
        return _tidied_within(finisher, finished, template)
    policy = finisher.fitter.problem.free_constants
    limited = any(name in finisher.fitter.limits for name in finished.fitted.names)
    units = {unit.dimension for unit in policy.units} | {DIMENSIONLESS_UNIT.dimension}
    fitted = replace(finished.fitted, expression=merged_powers(normalise(finished.fitted.expression)))
    while not limited:  # the factor in front would be another constant than the one that was bounded
        moved = with_factor_in_front(fitted, lambda d: policy.policy == "inferred" or d in units)
        moved = moved or without_constant_exponents(fitted)
        again = None if moved is None else finisher.fitter.fit([(moved.expression, moved.constants)])[0]
        if again is None or not finisher.may_follow(fitted, again):
            break
        fitted = replace(again, expression=merged_powers(normalise(again.expression)))
    if policy.positive:
        fitted = with_signs_in_form(fitted, finisher.fitter.limits)
    names = [constant.name for constant in fitted.constants]
    fitted = replace(fitted, expression=ordered(fitted.expression, names))
    return finisher.told(finished, fitted)


def _tidied_within(finisher: Finisher, finished: Finished, template: Template) -> Finished:
    names = [constant.name for constant in finished.fitted.constants]
    parts = parts_of(template, finished.fitted.expression) or {}
    short = {name: min(part, collected(part, ()), key=complexity) for name, part in parts.items()}
    tidy = {name: ordered(merged_powers(normalise(part)), names) for name, part in short.items()}
    tidy = {name: with_leading_signs(part) for name, part in tidy.items()}
    fitted = replace(finished.fitted, expression=template.whole(tidy))
    return finisher.told(finished, fitted) if finisher.is_exact(fitted) else finished


def canonical(finisher: Finisher, finished: Finished) -> Finished:
    """The same law in the form that is shown; of both the shorter message is the law's: it is one law.

    It stays as it is where the user has given its form or bounds on its constants, where the new form breaks a
    limit of the user's, and where it cannot be fitted so well.
    """
    before, template = finished.fitted, finisher.fitter.problem.template
    given = any(name in finisher.fitter.limits for name in before.names)
    if given or (template is not None and not template.is_bare):
        return finished
    form = canonical_form(_form(finisher, before))
    constants = tuple(FreeConstant(name, form.dimensions[name], value) for name, value in form.values.items())
    if form.expression == before.expression or not is_allowed(form.expression, finisher.fitter.problem.constraints):
        return finished
    fitted = finisher.fitter.fit([(form.expression, constants)])[0]
    if fitted is not None and finisher.fitter.problem.free_constants.positive:
        fitted = with_signs_in_form(fitted, finisher.fitter.limits)
    if fitted is None or finisher.is_worse(fitted, before) or not finisher.may_follow(before, fitted):
        return finished
    told = finisher.told(finished, fitted)
    return replace(told, bits=min(told.bits, finished.bits))


def _form(finisher: Finisher, fitted: Fitted) -> Form:
    """The formula with its constants, beside all that has a name, on the training rows."""
    policy = finisher.fitter.problem.free_constants
    units = {name: one.name for name, one in finisher.fitter.problem.units_of_inputs.items()}
    allowed = {unit.dimension for unit in policy.units} | {DIMENSIONLESS_UNIT.dimension}
    allowed |= {one.dimension for one in fitted.constants}
    any_unit = policy.policy == "inferred" or policy.is_mixed
    inputs = dict(zip(finisher.fitter.problem.inputs, finisher.fitter.X, strict=True))
    values: dict[str, Floats | float] = {**finisher.fitter.known, **inputs}
    around = Surroundings(finisher.dimensions, values, units, lambda one: any_unit or one in allowed)
    dimensions = {one.name: one.dimension for one in fitted.constants}
    return Form.of(
        fitted.expression, dimensions, dict(zip(fitted.names, fitted.values.tolist(), strict=True)), around
    )


SHORTENING: tuple[Pass, ...] = (rewritten, with_fewest_constants, tidied)
"""In this order: what a rewriting leaves may be needless, and tidying moves constants that were told apart."""


def shortened(finisher: Finisher, finished: Finished) -> Finished:
    """The law with simple numbers and shared and known constants, as far as they shorten it, tidied."""
    for one in SHORTENING:
        finished = one(finisher, finished)
    return finished


def shown(finisher: Finisher, finished: Finished) -> Finished:
    """The law as it is shown: shortened in its canonical form, where numbers are told that another form hides.

    What somebody proposed keeps the form in which it was: its constants mean something to those who know it.
    """
    if finished.source in AS_PROPOSED:
        return shortened(finisher, finished)
    first = canonical(finisher, finished)
    short = shortened(finisher, first)
    found = short.snapped != first.snapped or set(short.fitted.names) != set(first.fitted.names)
    return canonical(finisher, short) if found or first is finished else first
