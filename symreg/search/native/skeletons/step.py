"""Steps: what puts one fitted constant around a value, and the grid on which the constant is looked at first.

A law that people bring every day holds one to three constants inside: ``exp(k*v)``, ``1/(k + v)``, ``v**k``. A step
knows the function, where its constant can lie given the values it acts on, and how it is written. Grids follow the
data: a decay is sought between a tenth of and a hundred times what the rows span, a pole at distances from their ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Expression, Number

Floats = npt.NDArray[np.float64]
Grid = Callable[[Floats, int], Floats]
LARGEST_EXPONENTIAL = 300.0
"""Of the argument of an exponential: values beyond are no column of a table."""

GENTLE, STEEP = 0.1, 100.0
"""Changes of an exponential's argument over the rows: below it is a parabola, above all but one row is nothing."""

NEAREST, FARTHEST = 3e-3, 20.0
"""Distances of a pole or a branch point from the rows, over what they span."""

POWER_GRID = np.array([0.15, 0.3, 0.45, 0.6, 0.8, 1.25, 1.6, 2.1, 2.6, 3.3, 4.2, 5.5, 7.0, 9.0, 12.0])
"""Exponents tried; halves and whole numbers are within reach of a fit from the next of them."""

CENTRE_BEYOND = 0.3
"""A peak's centre may lie so far outside of the rows, over what they span."""

ONE = Number(Fraction(1))


@dataclass(frozen=True, slots=True)
class Step:
    """One way to put a constant around a value.

    ``grid(values (m, n), size)`` gives constants ``(m, g)``, NaN where the step makes no sense; ``apply`` takes values
    ``(m, 1, n)`` and constants ``(m, g, 1)``. ``write`` makes the tree of a tree and the constant. ``is_pure`` steps
    want a value without dimension. ``bits`` say how rare the step is in laws, beside exponentials and powers (the
    codes of their operators, ``formula.bits.OPERATOR_BITS``).
    """

    name: str
    grid: Grid
    apply: Callable[[Floats, Floats], Floats]
    write: Callable[[Expression, Expression], Expression]
    is_pure: bool = False
    bits: float = 0.0


def _extent(values: Floats) -> tuple[Floats, Floats, Floats]:
    low, high = values.min(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
    return low, high, np.maximum(high - low, 1e-300)


def _rates(values: Floats, size: int) -> Floats:
    """Both signs of rates from gentle to steep, as far as the exponential stays a number."""
    _, _, span = _extent(values)
    half = np.geomspace(GENTLE, STEEP, max(2, size // 2))
    rates = np.concatenate([-half[::-1], half]) / span
    largest = np.abs(values).max(axis=1, keepdims=True)
    return np.where(np.abs(rates) * largest < LARGEST_EXPONENTIAL, rates, np.nan)


def _positive_rates(values: Floats, size: int) -> Floats:
    rates = _rates(values, 2 * size)
    return rates[:, rates.shape[1] // 2 :]


def _around(values: Floats, size: int) -> Floats:
    """Constants that put ``k + v`` on one side of zero: just beyond either end of the values, and far away."""
    low, high, span = _extent(values)
    return np.concatenate([_gaps(low, span, size // 2) - low, -high - _gaps(high, span, size // 2)], axis=1)


def _above(values: Floats, size: int) -> Floats:
    """Constants that make ``k + v`` positive."""
    low, _, span = _extent(values)
    return _gaps(low, span, size) - low


def _gaps(end: Floats, span: Floats, size: int) -> Floats:
    """Distances from an end, in even ratios; where values span decades, down to the size of the smallest of them."""
    nearest = np.clip(np.abs(end) / span, 1e-9, NEAREST / 0.3) * 0.3
    return np.asarray(span * nearest * (FARTHEST / nearest) ** np.linspace(0.0, 1.0, max(2, size)))


def _centres(values: Floats, size: int) -> Floats:
    low, _, span = _extent(values)
    return np.asarray(-(low + span * np.linspace(-CENTRE_BEYOND, 1.0 + CENTRE_BEYOND, max(3, size))))


def _exponents(values: Floats, size: int) -> Floats:
    chosen = POWER_GRID if size >= len(POWER_GRID) else POWER_GRID[:: -(-len(POWER_GRID) // max(4, size // 2))]
    both = np.concatenate([-chosen[::-1], chosen])
    with np.errstate(divide="ignore", invalid="ignore"):
        largest = np.abs(np.log(values)).max(axis=1, keepdims=True)
    ok = (values > 0).all(axis=1, keepdims=True) & (np.abs(both) * largest < LARGEST_EXPONENTIAL)
    return np.where(ok, both, np.nan)


def _apply(name: str, *operands: Expression) -> Expression:
    return Apply(name, operands)


def _sum(tree: Expression, k: Expression) -> Expression:
    return _apply("+", tree, k)


def _product(tree: Expression, k: Expression) -> Expression:
    return _apply("*", k, tree)


EXP = Step("exp", _rates, lambda v, k: np.exp(k * v), lambda t, k: _apply("exp", _product(t, k)))
POWER = Step("pow", _exponents, np.power, lambda t, k: _apply("pow", t, k), is_pure=True)
INVERSE = Step("inv", _around, lambda v, k: 1.0 / (k + v), lambda t, k: _apply("inv", _sum(t, k)))
LOG = Step("log", _above, lambda v, k: np.log(k + v), lambda t, k: _apply("log", _sum(t, k)), is_pure=True)
ROOT = Step("sqrt", _above, lambda v, k: np.sqrt(k + v), lambda t, k: _apply("sqrt", _sum(t, k)))
PEAK = Step("square", _centres, lambda v, k: np.square(k + v), lambda t, k: _apply("square", _sum(t, k)))
TANH = Step(
    "tanh", _positive_rates, lambda v, k: np.tanh(k * v),
    lambda t, k: _apply("tanh", _product(t, k)), bits=3.5,
)  # fmt: skip
ATAN = Step(
    "atan", _positive_rates, lambda v, k: np.arctan(k * v),
    lambda t, k: _apply("atan", _product(t, k)), bits=3.5,
)  # fmt: skip
BOSE = Step(
    "bose", _rates, lambda v, k: 1.0 / np.expm1(k * v),
    lambda t, k: _apply("inv", _apply("-", _apply("exp", _product(t, k)), ONE)), bits=2.0,
)  # fmt: skip
FERMI = Step(
    "fermi", _rates, lambda v, k: 1.0 / (np.exp(k * v) + 1.0),
    lambda t, k: _apply("inv", _apply("+", _apply("exp", _product(t, k)), ONE)), bits=2.0,
)  # fmt: skip
SHIFT = Step("shift", _above, lambda v, k: k + v, _sum)
"""On the way to a power: ``(k + v)**p``."""

OFFSET = Step("offset", _around, lambda v, k: k + v, _sum)
"""A factor of a product: ``k + v``, of either sign, with no zero among the rows."""

CENTRE = Step("centre", _centres, lambda v, k: k + v, _sum)
"""On the way to what is odd about a point: ``tanh(w*(v - c))``."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A step without a constant, that may follow one with a constant."""

    name: str
    apply: Callable[[Floats], Floats]

    def write(self, tree: Expression) -> Expression:
        """The tree with the operator around it."""
        return Apply(self.name, (tree,))
