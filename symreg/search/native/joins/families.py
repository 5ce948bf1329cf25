"""Factors with one constant inside: ``1 + k*f``, ``exp(k*f)``, ``exp(k*f) - 1``, ``sin(k*f)`` and their kin.

The join in logarithms sees a factor as a vector of logarithms. One with a constant inside is a curve of vectors; on a
grid of constants it is close enough to the truth to be found, and the fit in y then finds the constant. ``exp(k*f)``
needs no grid: its logarithm is ``k*f``, a straight line. That is how Boltzmann factors, Planck's denominator and
saturation laws come out although nobody told the search their constants.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Constant, Expression, Number

Floats = npt.NDArray[np.float64]
ONE = Number(Fraction(1))
# Multiples of one over the median of |f|: a factor of about two between neighbours.
WIDE = (0.05, 0.1, 0.2, 0.35, 0.6, 1.0, 1.8, 3.0, 6.0, 12.0)
# Laws are full of these, in any units: the argument has none.
SIMPLE_RATES = (0.5, 2.0, math.pi, 2 * math.pi, 1 / math.pi, 1 / (2 * math.pi))
FAR_ARGUMENT = 20.0
"""Times the median that the larger values of ``f`` have to be for a grid of their own. Up to there the grid at the
median still reaches ``k*f = 1`` for them (the least of ``WIDE`` is 1/20); a smaller one tries constants twice."""

NARROW = (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 6.0)
"""Multiples as of ``WIDE``, in steps of about the root of two, for functions that turn, saturate or have a kink: there
the curve of logarithms bends more. Finer steps cost rows of the table of factors, coarser ones lose the factor between
two."""


@dataclass(frozen=True, slots=True)
class Family:
    """A factor ``form(k*f)`` of a dimensionless ``k*f``: its values, its tree, and the constants it is tried with."""

    name: str
    operators: frozenset[str]
    values: Callable[[Floats], Floats]  # of k*f
    tree: Callable[[Expression], Expression]  # of k*f
    cost: int  # of everything but f
    grid: tuple[float, ...]  # empty: the power of the factor is the constant

    def expression(self, argument: Expression, constant: Constant) -> Expression:
        """The tree of the factor."""
        return self.tree(Apply("*", (constant, argument)))


def _applied(name: str) -> Callable[[Expression], Expression]:
    return lambda inside: Apply(name, (inside,))


def _both(grid: tuple[float, ...]) -> tuple[float, ...]:
    return (*(-k for k in grid), *grid)


FAMILIES: tuple[Family, ...] = (
    Family("exp", frozenset({"exp"}), np.exp, _applied("exp"), 2, ()),
    Family("1+k*f", frozenset({"+"}), lambda kf: 1 + kf, lambda kf: Apply("+", (ONE, kf)), 2, _both(WIDE)),
    Family(
        "exp-1", frozenset({"exp", "-"}), np.expm1, lambda kf: Apply("-", (Apply("exp", (kf,)), ONE)), 4, _both(NARROW)
    ),
    Family(
        "exp+1", frozenset({"exp", "+"}), lambda kf: np.exp(kf) + 1,
        lambda kf: Apply("+", (Apply("exp", (kf,)), ONE)), 4, _both(NARROW),
    ),
    Family("sin", frozenset({"sin"}), np.sin, _applied("sin"), 2, NARROW),
    Family("cos", frozenset({"cos"}), np.cos, _applied("cos"), 2, NARROW),
    Family("tanh", frozenset({"tanh"}), np.tanh, _applied("tanh"), 3, NARROW),
    Family("max", frozenset({"max"}), lambda kf: np.maximum(1, kf), lambda kf: Apply("max", (ONE, kf)), 3, NARROW),
    Family("min", frozenset({"min"}), lambda kf: np.minimum(1, kf), lambda kf: Apply("min", (ONE, kf)), 3, NARROW),
)  # fmt: skip


def sizes_of(arguments: Floats) -> Floats:
    """Of every row ``(n, n_probes)`` how large it is: the median, the ninth decile and the largest of its sizes."""
    return np.asarray(np.quantile(np.abs(arguments), (0.5, 0.9, 1.0), axis=-1).T)


def constants_to_try(family: Family, sizes: tuple[float, float, float]) -> tuple[float, ...]:
    """The constants on the grid for one ``f`` of these ``sizes_of`` its values, and the simple ones in its range.

    Where ``f`` reaches far beyond its median, the grid stands at its larger values too: there it tells most.
    """
    middle, high, largest = sizes
    if not middle > 0:
        return ()
    simple = [k for k in SIMPLE_RATES if min(map(abs, family.grid)) < k * middle < max(family.grid)]
    if min(family.grid) < 0:
        simple += [-k for k in simple]
    far = [size for size in (high, largest) if size > FAR_ARGUMENT * middle]
    return (*simple, *(k / size for size in (middle, *far) for k in family.grid))
