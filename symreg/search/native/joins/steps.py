"""Contexts: the way from the root of a law down to its hole, made of steps that can be undone.

A law is ``y = u * step(hole)`` or ``y = step(hole) / u``. Undoing the context at the data gives what the hole must be,
``t = step_inverse(y / u)``, and how much the noise of ``y`` is stretched on the way, ``|dt/dy|`` (delta method): rows
on which the inverse is undefined get no weight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import OPERATORS, Apply, Expression, inverse_of_power
from symreg.search.native.bank import search_cost

Floats = npt.NDArray[np.float64]
Function = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Step:
    """An outer function ``z = forward(h)``: its inverse, the inverse's slope and its dimension rule.

    ``exponent`` p means that z has the dimension of ``h**p``; None means that z and h are dimensionless. ``operators``
    are applied to the hole from the inside out.
    """

    operators: tuple[str, ...]
    exponent: Fraction | None
    forward: Function
    inverse: Function
    slope: Function

    @property
    def cost(self) -> int:
        """Complexity it adds."""
        return sum(search_cost(name) for name in self.operators)

    def wrap(self, hole: Expression) -> Expression:
        """The tree of ``forward(hole)``."""
        for name in self.operators:
            hole = Apply(name, (hole,))
        return hole


def _one(z: Floats) -> Floats:
    return np.ones_like(z)


def _power(*operators: str, exponent: Fraction) -> Step:
    """``z = h**exponent``."""
    def forward(h: Floats) -> Floats:
        keep = (h > 0) | (exponent.denominator == 1)
        return np.asarray(np.where(keep, h, np.nan) ** float(exponent))

    inverse = inverse_of_power(exponent)
    return Step(operators, exponent, forward, inverse.value, inverse.slope)


def _function(name: str) -> Step:
    row = OPERATORS[name]
    return Step((name,), None, row.numpy, row.inverse.value, row.inverse.slope)


STEPS: tuple[Step, ...] = (
    Step((), Fraction(1), lambda h: h, lambda z: z, _one),
    _power("inv", exponent=Fraction(-1)),
    _power("sqrt", exponent=Fraction(1, 2)),
    _power("square", exponent=Fraction(2)),
    _power("sqrt", "inv", exponent=Fraction(-1, 2)),
    _power("square", "inv", exponent=Fraction(-2)),
    *map(_function, ("exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "tanh")),
)
