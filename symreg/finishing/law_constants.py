"""The constants of a law: their names, and their values in the user's units."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from symreg.fitting import Fitted, Fitter, Floats
from symreg.formula import Constant, Expression, constants_of, substitute
from symreg.laws import LawConstant, display_unit
from symreg.problem import ConstantName
from symreg.units import DIMENSIONLESS_UNIT, Unit


def law_constants(fitter: Fitter, fitted: Fitted) -> tuple[tuple[LawConstant, ...], Floats]:
    """The constants of a formula in the user's units, and the covariance of the free ones ``(n_free, n_free)``."""
    problem = fitter.problem
    inputs: dict[str, Unit] = {name: problem.table[name].unit for name in problem.inputs}
    known = {constant.name: constant for constant in (*problem.known_constants, *problem.units_of_inputs.values())}
    inputs |= {name: constant.unit for name, constant in known.items()}
    template = problem.template
    stated = {} if template is None else {one.name: one.unit for one in template.parameters if one.unit is not None}
    named = {one.unit.dimension: one.unit for one in problem.free_constants.names}
    found, scales = [], []
    for constant, value, error in zip(fitted.constants, fitted.values, fitted.stderr, strict=True):
        unit = stated.get(constant.name) or named.get(constant.dimension) or display_unit(
            fitted.expression, constant.name, constant.dimension, inputs, problem.target_column.unit,
            problem.free_constants.units,
        )  # fmt: skip
        scale = fitter.units.factor(constant.dimension) / unit.scale
        scales.append(scale)
        found.append(
            LawConstant(constant.name, float(value) * scale, float(error) * scale, unit, "free")
        )
    used = constants_of(fitted.expression)
    for name in used:
        if name in known:
            one = known[name]
            scale = one.unit.scale
            found.append(LawConstant(name, one.value / scale, one.stderr / scale, one.unit, "known"))
        elif name == "pi":
            found.append(LawConstant("pi", math.pi, 0.0, DIMENSIONLESS_UNIT, "known"))
    scaling = np.array(scales).reshape(-1, 1)
    with np.errstate(over="ignore"):  # an error beyond all numbers is infinite
        return tuple(found), fitted.covariance * scaling * scaling.T  # one after the other: both may be huge


def _numbered(label: str, constants: Sequence[str], taken: Collection[str]) -> dict[str, str]:
    """Constants with the name ``label`` for one alone, or with numbers, past the names that are taken."""
    fresh = (name for number in itertools.count(1) if (name := f"{label}{number}") not in taken)
    return {name: label if len(constants) == 1 and label not in taken else next(fresh) for name in constants}


def renamed(expression: Expression, names: Mapping[str, str]) -> Expression:
    """The tree with constants under other names."""
    mapping: dict[Expression, Expression] = {Constant(old): Constant(new) for old, new in names.items()}
    return substitute(expression, mapping)


def with_pretty_names(
    fitted: Fitted, taken: Iterable[str], own: Collection[str] = (), wanted: Sequence[ConstantName] = ()
) -> Fitted:
    """Free constants named k, or k1, k2, ... in the order in which they appear, past the names that are taken.

    Those with names of their ``own``, as a template's parameters have, keep them; those of a unit for which a name is
    ``wanted`` have that, or T1, T2, ...
    """
    place = {constant.name: index for index, constant in enumerate(fitted.constants)}
    order = [name for name in constants_of(fitted.expression) if name in place]
    dimensions = {one.name: one.dimension for one in fitted.constants}
    free, names = [name for name in order if name not in own], dict[str, str]()
    taken = {*taken, *own, *(one.name for one in wanted)}
    for one in wanted:
        alike = [name for name in free if dimensions[name] == one.unit.dimension]
        names |= _numbered(one.name, alike, taken - {one.name})
        taken |= set(names.values())
    names |= _numbered("k", [name for name in free if name not in names], taken)
    places = [place[name] for name in order]
    return replace(
        fitted,
        expression=renamed(fitted.expression, names),
        constants=tuple(
            replace(one, name=names.get(one.name, one.name)) for one in (fitted.constants[index] for index in places)
        ),
        values=fitted.values[places],
        covariance=fitted.covariance[np.ix_(places, places)],
    )
