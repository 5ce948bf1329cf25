"""Whole formulas of a template and their joint fits: the constants of all functions and the parameters at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from symreg.engine import Outcome
from symreg.errors import DimensionError
from symreg.finishing import Finisher
from symreg.fitting import Fitted, Fitter, within_bounds
from symreg.formula import (
    Constant,
    Expression,
    Number,
    complexity,
    constants_of,
    dimension_of,
    infer_dimensions,
    normalise,
    substitute,
    walk,
)
from symreg.problem import FreeConstant, Template, UnknownFunction, parts_of
from symreg.templates.starts import MOST_STARTS, from_many_starts
from symreg.units import Dimension, power_product

AS_GOOD = 1e-6  # of a sum of squares: what a constant less may cost
JOINT_ROUNDING = 1e-20  # of the target's

Candidate = tuple[Expression, tuple[FreeConstant, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class JointFits:
    """Makes whole formulas, finds the dimensions that their constants must have, and fits them."""

    template: Template
    finisher: Finisher

    @property
    def fitter(self) -> Fitter:
        """Fits on all training rows."""
        return self.finisher.fitter

    @property
    def known(self) -> dict[str, Dimension]:
        """Dimensions of columns and known constants, and of the parameters whose unit the user gave."""
        return self.finisher.dimensions | self.template.stated_dimensions

    def candidate(self, expression: Expression, starts: Mapping[str, float] | None = None) -> Candidate | None:
        """The formula with the dimensions that its constants must have; None where none fit, or no allowed ones."""
        target, known = self.fitter.problem.target_column.unit.dimension, self.known
        try:
            found = infer_dimensions(expression, known, target)
        except DimensionError:
            return None
        found |= {name: known[name] for name in self.template.stated_dimensions}
        starts = starts or {}
        constants = tuple(
            FreeConstant(name, found[name], float(starts.get(name, 1.0)))
            for name in constants_of(expression)
            if name in found
        )
        own = [one.dimension for one in constants if one.name not in self.template.parameter_names]
        return (expression, constants) if all(map(self._may_carry, own)) else None

    def may_be(self, function: UnknownFunction, part: Expression) -> bool:
        """Whether a function may be this expression, as far as its dimension and its length tell."""
        if complexity(part) > (function.max_complexity or complexity(part)):
            return False
        if function.dimension is None:
            return True
        try:
            inferred = infer_dimensions(part, self.finisher.dimensions, function.dimension)
        except DimensionError:
            return False
        return all(map(self._may_carry, inferred.values()))

    def dimensions_of_parts(self, fitted: Fitted) -> dict[str, Dimension]:
        """The dimensions that the unknown functions have in a formula."""
        free = {constant.name: constant.dimension for constant in fitted.constants}
        parts = parts_of(self.template, fitted.expression) or {}
        return {name: dimension_of(part, self.finisher.dimensions | free) for name, part in parts.items()}

    def from_many_starts(
        self, expression: Expression, starts: Mapping[str, float] | None = None, count: int = MOST_STARTS
    ) -> Fitted | None:
        """The best fit of one formula from several starts; None where there is none."""
        candidate = self.candidate(expression, starts)
        return None if candidate is None else from_many_starts(self.fitter, self.template, *candidate, count)

    def lean(self, fitted: Fitted) -> Fitted | None:
        """The formula without constants of its functions that the parameters make superfluous; None if that fails.

        ``A*(k1*x + k2) + B`` says no more than ``A*x + B``: such a constant may be one, or nothing. None too for what
        breaks the dimensions, the form or a bound.
        """
        while fitted.outcome is Outcome.SINGULAR:
            fits = [one for one in self.fitter.fit(list(self._with_one_constant_less(fitted))) if one is not None]
            slack = AS_GOOD * fitted.residual_sum + JOINT_ROUNDING * float(self.fitter.y @ self.fitter.y)
            as_good = [one for one in fits if one.residual_sum <= fitted.residual_sum + slack]
            if not as_good:
                return None
            fitted = min(as_good, key=_leanness)
        lawful = self.finisher.is_exact(fitted) and within_bounds(self.fitter, self.template, fitted)
        return fitted if lawful else None

    def _with_one_constant_less(self, fitted: Fitted) -> Iterator[Candidate]:
        parts, values = parts_of(self.template, fitted.expression) or {}, values_of(fitted)
        for name in [one for one in values if one not in self.template.parameter_names]:
            for number in (Number(1), Number(0)):
                changed = {one: _with_number(part, name, number) for one, part in parts.items()}
                if any(Number(0) in walk(part) for part in changed.values()):
                    continue
                candidate = self.candidate(self.template.whole(changed), values)
                if candidate is not None:
                    yield candidate

    def _may_carry(self, dimension: Dimension) -> bool:
        free = self.fitter.problem.free_constants
        if dimension.is_dimensionless or free.policy == "inferred":
            return True
        return power_product(dimension, {unit.text: unit.dimension for unit in free.units}) is not None


def values_of(fitted: Fitted) -> dict[str, float]:
    """Values of a fit's constants in natural units, by name."""
    return {one.name: float(value) for one, value in zip(fitted.constants, fitted.values, strict=True)}


def fits_of(fitter: Fitter, candidates: Sequence[Candidate]) -> list[Fitted]:
    """The fits that are defined on every row."""
    return [one for one in fitter.fit(candidates) if one is not None and one.outcome is not Outcome.NONFINITE]


def _leanness(fitted: Fitted) -> tuple[bool, int, float]:
    return fitted.outcome is Outcome.SINGULAR, complexity(fitted.expression), fitted.residual_sum


def _with_number(part: Expression, name: str, number: Number) -> Expression:
    return normalise(substitute(part, {Constant(name): number}))
