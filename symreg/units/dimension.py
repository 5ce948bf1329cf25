"""Dimensions: exact rational exponents over the seven SI base units, and what linear algebra says about them.

A dimension is a vector of exponents, a product of quantities is a sum of vectors. Everything else follows:
which products of powers of the inputs have no dimension (Buckingham's Pi groups) is a nullspace, whether any
product of powers has the dimension of the target is a linear system. Exponents are ``Fraction``, so ``m**0.1
* m**0.2`` is ``m**0.3`` exactly, and the eliminations are exact. Nothing here knows a unit's name or size
(see ``units``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from numbers import Rational

from symreg.units.span import dependencies, in_span, rank, representation

BASE_UNITS = ("m", "kg", "s", "A", "K", "mol", "cd")

#: What each base unit measures, for messages: "mass is missing".
BASE_QUANTITIES: Mapping[str, str] = {
    "m": "length",
    "kg": "mass",
    "s": "time",
    "A": "electric current",
    "K": "temperature",
    "mol": "amount of substance",
    "cd": "luminous intensity",
}

# Physicists write mass first: kg*m/s**2.
_PRINT_ORDER = ("kg", "m", "s", "A", "K", "mol", "cd")


@dataclass(frozen=True, slots=True)
class Dimension:
    """Exponents of m, kg, s, A, K, mol and cd, in this order, as exact rationals."""

    exponents: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        if len(self.exponents) != len(BASE_UNITS):
            raise ValueError(f"a dimension has {len(BASE_UNITS)} exponents, not {len(self.exponents)}")
        if not all(type(exponent) is Fraction for exponent in self.exponents):
            object.__setattr__(self, "exponents", tuple(_exact(exponent) for exponent in self.exponents))

    @classmethod
    def of(cls, **exponents: int | Fraction) -> Dimension:
        """Make a dimension from base units by name: ``Dimension.of(m=1, s=-2)``.

        Raises ``ValueError`` for a name that is no base unit's, ``TypeError`` for an exponent that is not exact.
        """
        _check_base_units(exponents)
        return cls(tuple(_exact(exponents.get(name, 0)) for name in BASE_UNITS))

    def exponent(self, base_unit: str) -> Fraction:
        """The exponent of one base unit, by its symbol (``"kg"``); ``ValueError`` for another text."""
        _check_base_units([base_unit])
        return self.exponents[BASE_UNITS.index(base_unit)]

    @property
    def is_dimensionless(self) -> bool:
        """Whether every exponent is zero."""
        return not any(self.exponents)

    @property
    def has_roots(self) -> bool:
        """Whether some exponent is not a whole number."""
        return any(one.denominator != 1 for one in self.exponents)

    def __mul__(self, other: Dimension) -> Dimension:
        if not isinstance(other, Dimension):
            return NotImplemented
        if other is DIMENSIONLESS:
            return self
        # Most exponents are zero, and adding Fractions takes its time.
        return _made(tuple(a + b if a and b else a or b for a, b in zip(self.exponents, other.exponents, strict=True)))

    def __truediv__(self, other: Dimension) -> Dimension:
        if not isinstance(other, Dimension):
            return NotImplemented
        return Dimension(tuple(a - b for a, b in zip(self.exponents, other.exponents, strict=True)))

    def __pow__(self, power: int | Fraction) -> Dimension:
        exact = power if type(power) is Fraction else _exact(power)
        if exact == 1 or self is DIMENSIONLESS:
            return self
        return _made(tuple(exponent * exact if exponent else exponent for exponent in self.exponents))

    def __str__(self) -> str:
        return power_text([(name, self.exponent(name)) for name in _PRINT_ORDER]) or "1"

    def __repr__(self) -> str:
        return f"Dimension({self})"


def _made(exponents: tuple[Fraction, ...]) -> Dimension:
    """The dimension with these exponents, which are known to be seven Fractions."""
    made = object.__new__(Dimension)
    object.__setattr__(made, "exponents", exponents)
    return made


DIMENSIONLESS = Dimension((Fraction(0),) * len(BASE_UNITS))


def power_text(factors: Sequence[tuple[str, Fraction]]) -> str:
    """Print a product of powers on one line: ``kg*m/s**2``, ``1/s``, ``day/au**(3/2)``; empty for no
    factors."""
    above = "*".join(_factor_text(name, exponent) for name, exponent in factors if exponent > 0)
    below = "".join("/" + _factor_text(name, -exponent) for name, exponent in factors if exponent < 0)
    return (above or "1") + below if above or below else ""


def _factor_text(name: str, exponent: Fraction) -> str:
    if exponent == 1:
        return name
    return f"{name}**{exponent}" if exponent.denominator == 1 else f"{name}**({exponent})"


def _check_base_units(names: Iterable[str]) -> None:
    unknown = sorted(set(names) - set(BASE_UNITS))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not a base unit; the base units are {', '.join(BASE_UNITS)}")


def _exact(number: object) -> Fraction:
    if isinstance(number, Rational):
        return Fraction(number)
    raise TypeError(
        f"exponents of a dimension are exact: write Fraction(3, 2) or an integer, not {number!r} "
        f"({type(number).__name__})"
    )


def pi_groups(dimensions: Mapping[str, Dimension]) -> tuple[dict[str, int], ...]:
    """Find independent dimensionless products of powers: Buckingham's Pi groups, the most readable ones
    first.

    Each group maps names to non-zero integer exponents without a common factor. There are as many groups as
    columns minus the rank of their dimensions (Buckingham 1914, Phys. Rev. 4, 345). Among all minimal groups
    those with few names and small exponents are taken, so rho, v, d, mu give ``rho*v*d/mu``, not its
    reciprocal or square.
    """
    found = dependencies([dimension.exponents for dimension in dimensions.values()])
    return tuple(
        {name: power for name, power in zip(dimensions, group, strict=True) if power} for group in found
    )


def rank_of(dimensions: Mapping[str, Dimension]) -> int:
    """How many of the dimensions are independent: of so many fewer than names there are Pi groups."""
    return rank([one.exponents for one in dict.fromkeys(dimensions.values())])


def power_product(target: Dimension, dimensions: Mapping[str, Dimension]) -> dict[str, Fraction] | None:
    """Find the simplest product of powers of the inputs that has the target's dimension, or None where none
    has.

    Simplest means: fewest inputs, then the smallest denominators, then the smallest exponents, then input
    order. The answer holds only non-zero exponents; it is empty for a dimensionless target.
    """
    found = representation(target.exponents, [dimension.exponents for dimension in dimensions.values()])
    if found is None:
        return None
    return {name: exponent for name, exponent in zip(dimensions, found, strict=True) if exponent}


def missing_base_units(target: Dimension, dimensions: Mapping[str, Dimension]) -> tuple[str, ...]:
    """Name the base units that the inputs cannot supply; empty when the target can be reached.

    With one more input for each of them a product of powers has the target's dimension, and no smaller set
    does it; among equally small sets the target's own base units come first. A mass over inputs in m and s
    names ``kg``.
    """
    vectors = list({dimension.exponents for dimension in dimensions.values()})
    for size in range(len(BASE_UNITS) + 1):
        sets = [
            names
            for names in combinations(BASE_UNITS, size)
            if in_span(target.exponents, [*vectors, *(Dimension.of(**{name: 1}).exponents for name in names)])
        ]
        if sets:
            return min(sets, key=lambda names: sum(target.exponent(name) == 0 for name in names))
    raise AssertionError("the base units themselves reach every dimension")
