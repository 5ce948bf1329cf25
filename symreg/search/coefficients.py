"""Numbers of a foreign formula as coefficients to be fitted, no more of them than there can be.

An engine writes a number wherever it fitted one: ``0.5*x1 * (0.3*x2 + 2)``. Here factors are drawn together through
products, quotients and powers, and the first term of a sum inside a product has the coefficient one, so that what is
left is determined by the data: ``k1*x1*(1 + k2*x2)``. Exponents near a small fraction become that fraction, because a
quantity with a unit can have no other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from symreg.errors import SymregError
from symreg.formula import (
    OPERATORS,
    Apply,
    Constant,
    DimensionRule,
    Expression,
    Number,
    canonical,
    canonical_apply,
    fold,
)

LARGEST_DENOMINATOR = 6
"""Denominator of an exponent that counts as a simple fraction. Fractions up to 6 lie as near as 1/30 to each other:
with larger ones ``NEAR_FRACTION`` would take any number for one, with smaller ones fifths and sixths would stay fitted
decimals."""

NEAR_FRACTION = 0.02  # an exponent this near to a small fraction is that fraction
_ONE = Number(Fraction(1))

Term = tuple[float, Expression | None]  # a factor, and what it stands before; None for the factor alone
Sum = tuple[Term, ...]


class NotFiniteError(SymregError):
    """A formula whose numbers make no finite number."""


@dataclass(slots=True)
class Coefficients:
    """Makes constants of numbers: ``values`` by name. With ``everywhere`` also where a coefficient is exactly one.

    That is for formulas of engines that know no units: in ``x + t`` the coefficient of ``t`` is one, and has a unit.
    """

    everywhere: bool = False
    values: dict[str, float] = field(default_factory=dict)

    def tree(self, expression: Expression) -> Expression:
        """The formula with constants `free 1`, `free 2`, ... for its numbers; NotFiniteError where there are none."""
        terms = fold(expression, self._visit)
        return canonical(self._sum(terms))

    def _constant(self, value: float) -> Constant:
        name = f"free {len(self.values) + 1}"
        self.values[name] = value
        return Constant(name)

    def _visit(self, node: Expression, operands: tuple[Sum, ...]) -> Sum:
        if isinstance(node, Number):
            return _checked(((float(node.value), None),))
        if not isinstance(node, Apply):
            return ((1.0, node),)
        if node.operator in ("+", "-"):
            sign = 1.0 if node.operator == "+" else -1.0
            return _checked(_collected([*operands[0], *((sign * factor, part) for factor, part in operands[1])]))
        if node.operator == "neg":
            return tuple((-factor, part) for factor, part in operands[0])
        if node.operator in ("max", "min"):
            return _checked(self._extreme(node.operator, operands))
        if OPERATORS[node.operator].rule in (DimensionRule.DIMENSIONLESS, DimensionRule.SIGN):
            return _checked(self._function(node.operator, operands[0]))
        return _checked((self._product(node, [self._single(one) for one in operands]),))

    def _product(self, node: Apply, operands: Sequence[Term]) -> Term:
        (factor, part), (other, second) = operands[0], operands[-1]
        row = OPERATORS[node.operator]
        if node.operator == "*":
            parts = [one for one in (part, second) if one is not None]
            return factor * other, Apply("*", (parts[0], parts[1])) if len(parts) == 2 else parts[0] if parts else None
        if node.operator == "/":
            quotient = _divided(factor, other)
            return quotient, part if second is None else Apply("/", (part or _ONE, second))
        if node.operator == "abs":
            return abs(factor), None if part is None else Apply("abs", (part,))
        if node.operator == "cbrt":  # of every number, unlike a power
            return float(np.cbrt(factor)), None if part is None else Apply("cbrt", (part,))
        if row.exponent is not None:
            return _raised(factor, part, row.exponent)
        if second is None:
            exponent = Fraction(other).limit_denominator(LARGEST_DENOMINATOR)
            if abs(other - float(exponent)) <= NEAR_FRACTION:
                return _raised(factor, part, exponent)
        base, power = self._times(factor, part), self._times(other, second)
        return 1.0, Apply("pow", (base, power))

    def _extreme(self, name: str, operands: Sequence[Sum]) -> Sum:
        """The larger or the smaller of two sums, each with its own coefficients."""
        if all(part is None for one in operands for _, part in one):
            values = [sum(number for number, _ in one) for one in operands]
            return ((max(values) if name == "max" else min(values), None),)
        return ((1.0, Apply(name, (self._sum(operands[0]), self._sum(operands[1])))),)

    def _function(self, name: str, argument: Sum) -> Sum:
        """A function of a whole sum; exp(a + b) is exp(a)*exp(b), and a factor is drawn out."""
        factor = 1.0
        if all(part is None for _, part in argument):
            with np.errstate(all="ignore"):
                value = float(OPERATORS[name].numpy(sum(number for number, _ in argument)))
            return ((value, None),)
        if name == "exp":
            numbers = [number for number, part in argument if part is None]
            argument = tuple(term for term in argument if term[1] is not None)
            try:
                factor = math.exp(sum(numbers))
            except OverflowError:
                factor = math.inf
        return ((factor, Apply(name, (self._sum(argument),))),)

    def _single(self, terms: Sum) -> Term:
        """A sum as one factor: what stands in front of its number, or of its first term, is drawn out."""
        if len(terms) == 1:
            return terms[0]
        first = next((one for one in terms if one[1] is None), terms[0])
        rest = [(factor / first[0], part) for factor, part in terms if part is not first[1]]
        whole: Expression = _ONE if first[1] is None else first[1]
        return first[0], self._added(whole, rest)

    def _sum(self, terms: Sum) -> Expression:
        """All terms with their own coefficients."""
        (factor, part), *rest = terms
        return self._added(self._times(factor, part), rest)

    def _added(self, whole: Expression, terms: Sequence[Term]) -> Expression:
        for factor, part in terms:
            name = "+" if factor > 0 else "-"
            whole = Apply(name, (whole, self._times(abs(factor), part)))
        return whole

    def _times(self, factor: float, part: Expression | None) -> Expression:
        if part is None:
            return self._constant(factor)
        if abs(factor) == 1 and not self.everywhere:
            return part if factor > 0 else Apply("neg", (part,))
        return Apply("*", (self._constant(factor), part))


def _collected(terms: Sequence[Term]) -> Sum:
    """Terms that are alike as one; those that vanish are left out."""
    found: dict[Expression | None, float] = {}
    for factor, part in terms:
        found[part] = found.get(part, 0.0) + factor
    kept = tuple((factor, part) for part, factor in found.items() if factor != 0)
    return kept or ((0.0, None),)


def _checked(terms: Sum) -> Sum:
    if not all(math.isfinite(factor) for factor, _ in terms):
        raise NotFiniteError(message="its numbers make no finite number")
    zero = len(terms) == 1 and terms[0][0] == 0
    return ((0.0, None),) if zero else terms


def _divided(first: float, second: float) -> float:
    return first / second if second else math.nan


def _raised(factor: float, part: Expression | None, exponent: Fraction) -> Term:
    """A power; the sign stays inside where the exponent is no whole number."""
    if factor < 0 and exponent.denominator != 1:
        if part is None:
            return math.nan, None
        factor, part = -factor, Apply("neg", (part,))
    try:
        power = factor ** (exponent.numerator if exponent.denominator == 1 else float(exponent))
    except (OverflowError, ZeroDivisionError):
        power = math.nan
    return power, None if part is None else canonical_apply("pow", (part, Number(exponent)))
