"""Which columns can a law of limited complexity hold at all? Asked of units alone, and answered exactly.

A law of which something changes when a column is given in another unit is no law, so every column meets others in it
that cancel its unit. Follow a column from its leaf to the root of a law, and of each sum (or ``max``, ``min``) keep one
operand alone: what is left is a product of powers, of the target's dimension, or of none where it stands in a function
or an exponent. With ``k`` different columns in it, it has ``k`` leaves at least and ``k - 1`` operators that join them.
So the fewest columns that can cancel a unit bound the complexity of every law that holds the column. (Where each such
product holds the column to the power 0, as ``abs(x)/x`` does, the law is the same for all positive multiples of the
column: of such a column no more than its sign can matter, and this does not count as being held.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import gcd, lcm
from typing import TYPE_CHECKING

from symreg.units import DIMENSIONLESS, Dimension, in_span

if TYPE_CHECKING:
    from symreg.problem.problem import Problem

Vector = tuple[Fraction, ...]

MOST_SETS = 2_000
"""Sets of units that are tried for one column, each with its linear algebra in exact fractions, 0.1 s in all. What more
sets would show cannot enter is let in."""


def beyond_reach(problem: Problem) -> tuple[str, ...]:
    """Inputs that no law within the problem's units and limit on complexity holds, beyond their sign, in order.

    None where coefficients may carry whatever unit a law needs.
    """
    free = problem.free_constants
    if free.policy == "inferred" or free.is_mixed:
        return ()
    coefficients = [unit.dimension for unit in free.units]
    target = problem.target_column.unit.dimension
    least = least_complexities(problem.dimensions, target, coefficients)
    most = problem.constraints.max_complexity
    return tuple(name for name in problem.inputs if (known := least[name]) is None or known > most)


def least_complexities(
    dimensions: Mapping[str, Dimension], target: Dimension, coefficients: Sequence[Dimension] = ()
) -> dict[str, int | None]:
    """For each name a complexity that every law holding it has at least; None where no law can.

    ``dimensions`` are those of columns and known constants, ``coefficients`` those that coefficients may carry, with
    their powers and products. A law may need more than is said here, never less.
    """
    units = _Units(target, dimensions, tuple(coefficients))
    by_dimension = {one: units.least(one) for one in dict.fromkeys(dimensions.values())}
    return {name: by_dimension[one] for name, one in dimensions.items()}


@dataclass(frozen=True, eq=False)
class _Units:
    """Dimensions of the target, of all that is given, and of coefficients, which cost nothing here."""

    target: Dimension
    dimensions: Mapping[str, Dimension]
    coefficients: tuple[Dimension, ...] = ()
    lines: dict[Vector, int] = field(init=False)  # directions of dimensions, and how many have each

    def __post_init__(self) -> None:
        lines: dict[Vector, int] = {}
        for one in self.dimensions.values():
            if one != DIMENSIONLESS:
                lines[_line(one)] = lines.get(_line(one), 0) + 1
        object.__setattr__(self, "lines", lines)

    def least(self, dimension: Dimension) -> int | None:
        """The least complexity of a law that holds a column of this dimension."""
        own, others = None if dimension == DIMENSIONLESS else _line(dimension), dict(self.lines)
        if own is not None and others[own] == 1:
            del others[own]
        wanted, known = dimension.exponents, self._given
        goal = self.target.exponents

        def in_front(chosen: list[Vector]) -> bool:
            whole = [*chosen, *known]
            return in_span(wanted, [*whole, goal]) and in_span(goal, [*whole, wanted])

        beside = _fewest(tuple(others), in_front)
        found = [] if beside is None else [2 * (1 + beside) - 1]
        inside = _fewest(tuple(others), lambda chosen: in_span(wanted, [*chosen, *known]))
        if inside is not None and self._of_target is not None:  # in a function, beside what has the target's unit
            found.append(2 * (1 + inside) + 2 * self._of_target)
        return min(found, default=None)

    @cached_property
    def _given(self) -> list[Vector]:
        return [one.exponents for one in self.coefficients]

    @cached_property
    def _of_target(self) -> int | None:
        """The fewest columns that make the target's dimension."""
        return _fewest(tuple(self.lines), lambda chosen: in_span(self.target.exponents, [*chosen, *self._given]))


def _fewest(lines: Sequence[Vector], holds: Callable[[list[Vector]], bool]) -> int | None:
    """The size of the smallest set of lines for which it holds, or a smaller number; None where it holds for none."""
    if not holds(list(lines)):
        return None
    tried = 0
    for size in range(len(lines) + 1):
        for chosen in combinations(lines, size):
            tried += 1
            if tried > MOST_SETS or holds(list(chosen)):
                return size
    return None


def _line(dimension: Dimension) -> Vector:
    """The same for all powers of a dimension: whole exponents without a common factor, the first of them positive."""
    scale = lcm(*(one.denominator for one in dimension.exponents))
    whole = [int(one * scale) for one in dimension.exponents]
    common = gcd(*whole) * (1 if next(one for one in whole if one) > 0 else -1)
    return tuple(Fraction(one, common) for one in whole)
