"""What a law of one problem must keep on its way from a fitted candidate, and what it takes to say it.

The way itself is in ``passes``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from symreg.errors import DimensionError
from symreg.finishing.bits import RESOLUTION, bits_of
from symreg.finishing.finished import AS_PROPOSED, Finished
from symreg.finishing.snapping import Rewritten
from symreg.fitting import Fitted, Fitter
from symreg.formula import Expression, Simplifier, dimension_of, said_with
from symreg.laws import JudgedRows, judged_rows
from symreg.problem import has_form, parts_of
from symreg.units import DIMENSIONLESS_UNIT, Dimension

EXACT_FIT_ERROR = 1e-9
"""Of the target's spread: what a fit of an exact law leaves at most."""

ROUNDING_OF_SIZE = 1e-5
"""Of the target's size, as a spread: values of 1e6 beside a spread of 1 are known no better."""


@dataclass(frozen=True, slots=True, eq=False)
class Finisher:
    """The rows of one problem, on which fitted candidates are turned into laws."""

    fitter: Fitter
    simplifier: Simplifier | None = None
    _judged: dict[str, JudgedRows] = field(init=False, repr=False, default_factory=dict)

    @property
    def train_rows(self) -> JudgedRows:
        """The rows that laws are fitted to, for their scores there."""
        fitter = self.fitter
        if "train" not in self._judged:
            self._judged["train"] = judged_rows(fitter, fitter.problem.train_rows, fitter.X, fitter.y)
        return self._judged["train"]

    @property
    def held_out_rows(self) -> JudgedRows:
        """The rows that are held out, for scores there."""
        problem, units = self.fitter.problem, self.fitter.units
        rows = problem.held_out_rows
        if "held out" not in self._judged:
            X, y = units.matrix(problem, rows), units.target_values(problem, rows)
            self._judged["held out"] = judged_rows(self.fitter, rows, X, y)
        return self._judged["held out"]

    @property
    def dimensions(self) -> dict[str, Dimension]:
        """Dimensions of inputs, their units and known constants, and of pi unless something else is called that."""
        problem = self.fitter.problem
        units = {one.name: one.unit.dimension for one in problem.units_of_inputs.values()}
        return {"pi": DIMENSIONLESS_UNIT.dimension} | problem.dimensions | units

    def measured(self, fitted: Fitted, source: str, form_bits: float | None = None) -> Finished:
        """The fitted formula with its description length."""
        return self.told(Finished(fitted, math.inf, {}, source=source, form_bits=form_bits), fitted)

    def told(self, finished: Finished, fitted: Fitted) -> Finished:
        """The law with this formula in place of the one it had, and what that takes to say."""
        bits = bits_of(self.fitter, fitted, finished.snapped, finished.snapped_bits, finished.form_bits)
        return replace(finished, fitted=fitted, bits=bits)

    def is_exact(self, fitted: Fitted) -> bool:
        """Whether the formula has exactly the target's dimension, checked anew by the dimension rules alone, and the
        form of the template, if there is one.
        """
        free = {constant.name: constant.dimension for constant in fitted.constants}
        target = self.fitter.problem.target_column.unit.dimension
        try:
            exact = dimension_of(fitted.expression, self.dimensions | free) == target
        except DimensionError:
            return False
        return exact and has_form(self.fitter.problem.template, fitted.expression)

    def may_follow(self, before: Fitted, after: Fitted) -> bool:
        """Whether a rewriting is exact in its dimension, and can be said as the user wants it where it could before."""
        return self.is_exact(after) and (self.is_sayable(after) or not self.is_sayable(before))

    def is_sayable(self, fitted: Fitted) -> bool:
        """Whether the allowed operators say the formula (``saying.can_be_said``)."""
        return self.in_operators(fitted.expression, scaled=True) is not None

    def said(self, finished: Finished) -> Finished | None:
        """The same law in operators that the user allows; None where it cannot be. What somebody proposed stays."""
        if finished.source in AS_PROPOSED:
            return finished
        tree = self.in_operators(finished.fitted.expression, scaled=False)
        return None if tree is None else replace(finished, fitted=replace(finished.fitted, expression=tree))

    def in_operators(self, expression: Expression, *, scaled: bool) -> Expression | None:
        """The formula in allowed operators; of a template its unknown functions, because the form is the user's."""
        problem = self.fitter.problem
        if problem.template is None or problem.template.is_bare:
            return said_with(expression, problem.operators, scaled=scaled)
        parts = parts_of(problem.template, expression) or {}
        said = {name: said_with(part, problem.operators, scaled=scaled) for name, part in parts.items()}
        known = {name: part for name, part in said.items() if part is not None}
        return problem.template.whole(known) if len(known) == len(said) else None

    def keeps_limits(self, finished: Finished, proposal: Rewritten) -> bool:
        """Whether constants that the user bounds are still there and mean the same, or became numbers within bounds."""
        kept = {constant.name: constant.dimension for constant in proposal[1]}
        for constant in finished.fitted.constants:
            limit = self.fitter.limits.get(constant.name)
            if limit is None or kept.get(constant.name) == constant.dimension:
                continue
            number = proposal[2].get(constant.name)
            if number is None or constant.name in kept or not limit.holds(number.value):
                return False
        return True

    def is_at_rounding(self, fitted: Fitted) -> bool:
        """Whether the residuals on the training rows are rounding, in parts of the target's spread or its size.

        Where rows have weights, rounding is no more than a part of each value: in weights of a target over decades
        the spread of its largest values is far more than its smallest values are.
        """
        y, weights = self.fitter.y, self.fitter.row_weights(fitted)
        size = max(float(np.std(y)), ROUNDING_OF_SIZE * float(np.max(np.abs(y))))
        sizes = np.full(len(y), size) if self.fitter.weights is None else np.minimum(size, np.abs(y))
        return bool(fitted.residual_sum <= EXACT_FIT_ERROR**2 * float(np.sum(weights * sizes**2)))

    def is_worse(self, fitted: Fitted, before: Fitted) -> bool:
        """Whether a fit leaves more than another, by more than rounding."""
        if fitted.residual_sum <= before.residual_sum * (1 + 1e-6) + 1e-300:
            return False
        spread = float(np.var(self.fitter.y)) * len(self.fitter.y)
        return fitted.residual_sum > before.residual_sum + RESOLUTION**2 * spread

    def taken(self) -> set[str]:
        """Names that a constant of a law must not have."""
        template = self.fitter.problem.template
        own = () if template is None else (*template.parameter_names, *(one.name for one in template.functions))
        return {*self.fitter.problem.inputs, *self.fitter.known, self.fitter.problem.target, *own}
