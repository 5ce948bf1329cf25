"""Fitted formulas in their shortest form, by sympy, rechecked and fitted again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from symreg.finishing.finished import Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_constants import renamed
from symreg.fitting import Fitted, Floats
from symreg.formula import Expression, constants_of, normalise
from symreg.problem import FreeConstant
from symreg.units import Dimension


def simplified(finisher: Finisher, finished: Sequence[Finished], budget: float) -> list[Finished]:
    """The formulas in their shortest form, rechecked and fitted again; the raw form stays where that fails."""
    template = finisher.fitter.problem.template
    if finisher.simplifier is None or not finished or (template is not None and not template.is_bare):
        return list(finished)
    plain = [replace(one, fitted=_normalised(one.fitted)) for one in finished]
    apart = "_" * (1 + max(len(name) for name in finisher.taken()))  # longer than any column's name
    names = [{c.name: f"{c.name}{apart}{i}" for c in one.fitted.constants} for i, one in enumerate(plain)]
    dimensions, sample = _facts(finisher, plain, names)
    answers = finisher.simplifier.simplify(
        [renamed(one.fitted.expression, new) for one, new in zip(plain, names, strict=True)],
        dimensions=dimensions,
        sample=sample,
        positive={name for name, values in sample.items() if (values > 0).all()},
        budget=budget,
    )
    return [
        _refitted(finisher, one, renamed(answer.expression, {new: old for old, new in own.items()}), answer.note)
        for one, own, answer in zip(plain, names, answers, strict=True)
    ]


def _facts(
    finisher: Finisher, finished: Sequence[Finished], names: Sequence[Mapping[str, str]]
) -> tuple[dict[str, Dimension], dict[str, Floats]]:
    """Dimension and values of every name that occurs; the free constants under the names they go by here."""
    dimensions = dict(finisher.dimensions)
    sample = {name: values for name, values in zip(finisher.fitter.problem.inputs, finisher.fitter.X, strict=True)}
    sample |= {name: np.array([value]) for name, value in finisher.fitter.known.items()}
    for one, own in zip(finished, names, strict=True):
        for constant, value in zip(one.fitted.constants, one.fitted.values, strict=True):
            dimensions[own[constant.name]] = constant.dimension
            sample[own[constant.name]] = np.array([value])
    return dimensions, {name: np.broadcast_to(values, finisher.fitter.y.shape) for name, values in sample.items()}


def _refitted(finisher: Finisher, finished: Finished, expression: Expression, note: str | None) -> Finished:
    notes = finished.notes if note is None else (*finished.notes, note)
    kept = set(constants_of(expression))
    constants = tuple(
        FreeConstant(constant.name, constant.dimension, float(value))
        for constant, value in zip(finished.fitted.constants, finished.fitted.values, strict=True)
        if constant.name in kept
    )
    fitted = finisher.fitter.fit([(expression, constants)])[0]
    before = finished.fitted
    if fitted is None or finisher.is_worse(fitted, before) or not finisher.may_follow(before, fitted):
        return replace(finished, notes=notes)
    return replace(finisher.told(finished, fitted), simplified=note is None, notes=notes)


def _normalised(fitted: Fitted) -> Fitted:
    return replace(fitted, expression=normalise(fitted.expression))
