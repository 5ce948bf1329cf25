"""A descriptor with a threshold as a classifier: ``stable where (rX/rB)**2 - nA + (rB/(rA - rB))**2 < 4.3``.

Two descriptors make a linear boundary, ``d1 + k*d2 < c``: ``k`` and ``c`` carry the units that this needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.descriptor.boundary import boundary_ratio, combined, cross_validated
from symreg.descriptor.feature_space import FeatureSpace
from symreg.descriptor.linear_model import row_of, with_own_names
from symreg.descriptor.threshold import Classes, best_threshold
from symreg.formula import Apply, Constant, Expression, complexity, to_latex, to_text
from symreg.laws import Law, LawConstant, Score, constant_text, display_unit
from symreg.problem import Problem
from symreg.typesetting import told
from symreg.uncertain_text import number_text
from symreg.units import DIMENSIONLESS_UNIT, Unit, combine_units

Booleans = npt.NDArray[np.bool_]
NOT_SCORED = Score(float("nan"), float("nan"), 0)


@dataclass(frozen=True, slots=True, eq=False)
class ThresholdModel:
    """The positive class is where the value of ``law`` lies ``above`` (or below) the ``threshold``, in the law's unit.

    ``descriptors`` are the one or two in it. ``accuracy`` and ``balanced_accuracy``, from 0 to 1, are those on the rows
    it was chosen on; ``cross_validated`` is the (balanced) accuracy on rows left out, threshold and ``k`` chosen again
    without them.
    """

    law: Law
    descriptors: tuple[Expression, ...]
    threshold: float
    above: bool
    accuracy: float
    balanced_accuracy: float
    cross_validated: float

    @property
    def n_descriptors(self) -> int:
        """How many descriptors the model has."""
        return len(self.descriptors)

    @property
    def complexity(self) -> int:
        """Leaves and operators of all descriptors together."""
        return sum(complexity(one) for one in self.descriptors)

    def decide(self, data: Any) -> Booleans:
        """Which rows are of the positive class, ``(n_rows,)``; a row where the descriptor is undefined is not.

        ``data`` is what ``Law.predict`` takes, a table or an array ``(n_rows, n_inputs)``.
        """
        values = self.law.predict(data)
        with np.errstate(invalid="ignore"):
            return np.asarray(values > self.threshold if self.above else values < self.threshold)

    def __repr__(self) -> str:
        return told("ThresholdModel", self.rule())

    def rule(self) -> str:
        """The condition of the positive class: ``r_B/r_A < 0.41``."""
        unit = "" if self.law.unit.text in ("", "1", "dimensionless") else f" {self.law.unit.text}"
        condition = f"{self.law.formula} {'>' if self.above else '<'} {number_text(self.threshold, 5)}{unit}"
        return ", ".join([condition, *(constant_text(one) for one in self.law.constants if one.kind == "free")])

    def to_latex(self) -> str:
        """The condition in LaTeX."""
        sign = ">" if self.above else "<"
        return f"{to_latex(self.law.expression)} {sign} {number_text(self.threshold, 5)}"


def threshold_model(
    problem: Problem, space: FeatureSpace, classes: Classes, trees: tuple[Expression, ...]
) -> ThresholdModel:
    """The classifier by one or two descriptors, chosen on the rows of the space and cross-validated."""
    search = space.search
    values = np.array([row_of(tree, space) for tree in trees])
    ratio = boundary_ratio(values, classes)
    cut = best_threshold(combined(values, ratio), classes)
    own = tuple(with_own_names(tree, search) for tree in trees)
    dimensions = [space.dimension_of(tree) for tree in trees]
    units = [unit_of(problem, tree, dimension) for tree, dimension in zip(own, dimensions, strict=True)]
    expression, constants = own[0], []
    scales = [search.units.factor(dimension) / unit.scale for dimension, unit in zip(dimensions, units, strict=True)]
    if len(trees) == 2:
        name = "k" if "k" not in search.taken else "k_boundary"
        expression = Apply("+", (own[0], Apply("*", (Constant(name), own[1]))))
        unit = combine_units([(units[0], 1), (units[1], Fraction(-1))])
        constants.append(LawConstant(name, ratio * scales[0] / scales[1], float("nan"), unit))
    known = [
        LawConstant(one.name, one.value / one.unit.scale, one.stderr / one.unit.scale, one.unit, "known")
        for one in problem.known_constants
    ]
    law = Law(
        expression, to_text(expression), complexity(expression), units[0], True, NOT_SCORED, NOT_SCORED,
        float("nan"), (*constants, *known), backend="descriptors",
        input_units={name: problem.table[name].unit for name in problem.inputs}, target="descriptor",
    )  # fmt: skip
    told = cut.told(combined(values, ratio), classes.positive)
    return ThresholdModel(
        law, own, cut.value * scales[0], cut.above, Classes(classes.positive).share(told),
        Classes(classes.positive, True).share(told), cross_validated(values, classes, problem.seed),
    )  # fmt: skip


def unit_of(problem: Problem, tree: Expression, dimension: Any) -> Unit:
    """The unit of a descriptor in the user's units."""
    units = {name: problem.table[name].unit for name in problem.inputs}
    units |= {constant.name: constant.unit for constant in problem.known_constants}
    inverse = Constant("1/d")
    shown = display_unit(
        Apply("*", (inverse, tree)), inverse.name, DIMENSIONLESS_UNIT.dimension / dimension, units, DIMENSIONLESS_UNIT
    )
    return combine_units([(shown, Fraction(-1))])

