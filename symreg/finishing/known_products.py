"""Products of known constants in fitted ones: what was fitted as (1.1911 ± 0.0004)e-16 W*m**2 is 2*h*c**2.

A fitted constant with a unit may be a product of powers of known constants of exactly its dimension, times a simple
number (see ``simple_numbers``). Dimensions alone say which products these are: ``powers_reaching`` lists all with small
exponents. Of these the shortest to say is taken whose ratio to the fitted value is a simple number within
``MATCH_ERRORS`` standard errors, the errors of the known constants included.

*Why this is rarely chance.* Pairs of a product and a number are met in the order of their codes, and a pair has a
window of relative width 2 MATCH_ERRORS e/|v|. If n pairs that are no longer to say lie within a factor of ten of the
value, and a constant that has nothing to do with them could have any size there, then it meets one of them by chance
with a probability of at most

    n * 2 MATCH_ERRORS (e/|v|) / (2 ln 10).

A match is believed where this is small. Two or three digits are enough for a product as it stands, one more
for twice a product, and three more for 3/7 of it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product as every

import numpy as np

from symreg.finishing.snapping import Rewritten
from symreg.fitting import Fitted
from symreg.formula import (
    USUAL,
    Apply,
    Constant,
    Expression,
    Number,
    Recognised,
    Tolerance,
    count_simple_numbers,
    normalise,
    raised,
    recognise_number,
    substitute,
    to_text,
    tree_bits,
)
from symreg.problem import FreeConstant
from symreg.units import Dimension

POWERS_OF_KNOWN = tuple(Fraction(one, 2) for one in (0, 2, -2, 4, -4, 1, -1, 6, -6, 3, -3, 8, -8, 5, -5))
LARGEST_KNOWN_TOTAL = 12  # of all exponents; the Rydberg energy m_e*e**4/(8*epsilon_0**2*h**2) has 9
MOST_KNOWN_FACTORS = 6  # known constants that are looked at; the powers of more are too many
MATCH_ERRORS = 3.0  # standard errors: one in 400 true matches is missed
AROUND = 10.0  # factor by which a constant that has nothing to do with a product may differ from it, at worst
CHANCE_OF_GIVEN = 0.05
"""Expected matches by chance, of a constant with those that the user gives: they are thought to be in the law, and the
description length has a say too."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A known constant: ``value`` in any coherent units, the same for all, and its standard error as a part of it."""

    name: str
    dimension: Dimension
    value: float
    relative_error: float = 0.0


@dataclass(frozen=True, slots=True)
class Product:
    """A product of powers of known constants; ``bits`` is what it takes to say which."""

    powers: tuple[tuple[str, Fraction], ...]
    value: float
    relative_error: float
    bits: float

    def times(self, number: Expression | None = None, *below: Expression) -> Expression:
        """The tree of ``number`` times this product, over what shall stand ``below`` beside its own denominator."""
        return product_tree(self.powers, number, below)


@dataclass(frozen=True, slots=True)
class Match:
    """A product times a simple number, ``deviation`` standard errors from a fitted value; NaN where it has no error.

    ``rank`` is its place among all products of its dimension, the shortest first.
    """

    product: Product
    number: Recognised
    deviation: float
    rank: int = 0

    @property
    def recognised(self) -> Recognised:
        """The product as one says it: dimensions leave few to choose from, so its place among these is its code."""
        bits = self.number.bits + math.log2(self.rank + 2)
        return Recognised(self.expression, str(self), self.number.value, bits, self.number.gain)

    @property
    def expression(self) -> Expression:
        """``2*h*c**2``."""
        return self.product.times(None if self.number.value == 1 else self.number.expression)

    @property
    def distance_text(self) -> str:
        """How far the fitted value is from it."""
        if math.isnan(self.deviation):
            return "equal to seven digits"
        return f"{self.deviation:.1f} standard errors away"

    def __str__(self) -> str:
        number = self.number.expression if self.number.value > 0 else Apply("neg", (self.number.expression,))
        above, below = _parts(normalise(number))
        size = self.product.times(above, *below)
        return to_text(normalise(size if self.number.value > 0 else Apply("neg", (size,))))


def known_products(fitted: Fitted, factors: tuple[Factor, ...], kept: Collection[str] = ()) -> dict[str, Match]:
    """What fitted constants with units are, by their names, where it is known; those that are ``kept`` stay."""
    found = {}
    for constant, value, error in zip(fitted.constants, fitted.values, fitted.stderr, strict=True):
        if constant.name not in kept and not constant.dimension.is_dimensionless:
            products = products_of(constant.dimension, factors)
            match = matching(float(value), float(error), products, CHANCE_OF_GIVEN)
            if match is not None:
                found[constant.name] = match
    return found


def with_known_constants(fitted: Fitted, found: Mapping[str, Match]) -> Iterator[Rewritten]:
    """The formula with known constants in place of fitted ones: all at once, then each alone."""
    for chosen in [found, *({one: found[one]} for one in found if len(found) > 1)] if found else ():
        mapping: dict[Expression, Expression] = {Constant(name): one.expression for name, one in chosen.items()}
        kept = tuple(
            FreeConstant(constant.name, constant.dimension, float(value))
            for constant, value in zip(fitted.constants, fitted.values, strict=True)
            if constant.name not in chosen
        )
        numbers = {name: one.recognised for name, one in chosen.items()}
        yield normalise(substitute(fitted.expression, mapping)), kept, numbers


def matching(
    value: float, error: float, products: Collection[Product], most_chance: float, tolerance: Tolerance = USUAL
) -> Match | None:
    """The product that ``value`` ± ``error`` is, times a simple number, unless chance may have made it so.

    ``products`` are all that could be, in the same units as the value.
    """
    if value == 0 or not math.isfinite(error):
        return None
    best, merit, doubt = None, -math.inf, 0.0
    for rank, one in enumerate(products):
        relative = math.hypot(error / value, one.relative_error)
        found = _match(value / one.value, relative, one, tolerance)
        if found is not None and found.number.gain - one.bits > merit:
            best, merit = replace(found, rank=rank), found.number.gain - one.bits
            doubt = max(relative, tolerance.relative)
    if best is None or expected_by_chance(best, value, products, doubt) > most_chance:
        return None
    return best


def _match(ratio: float, relative: float, product: Product, tolerance: Tolerance) -> Match | None:
    doubt = max(relative, tolerance.relative)
    number = recognise_number(ratio, abs(ratio) * doubt, tolerance=tolerance)
    if number is None or abs(ratio / number.value - 1) >= MATCH_ERRORS * doubt:
        return None
    exact = relative < tolerance.relative
    return Match(product, number, math.nan if exact else abs(ratio / number.value - 1) / relative)


def expected_by_chance(match: Match, value: float, products: Collection[Product], relative_error: float) -> float:
    """How many pairs of a product and a number, no longer to say than this one, meet a value of this size by chance."""
    longest = match.product.bits + match.number.bits
    pairs = sum(count_simple_numbers(longest - one.bits, abs(value / one.value), AROUND) for one in products)
    return pairs * MATCH_ERRORS * relative_error / math.log(AROUND)


@lru_cache(maxsize=1024)
def products_of(dimension: Dimension, factors: tuple[Factor, ...]) -> tuple[Product, ...]:
    """All products of small powers of these constants that have this dimension, the shortest to say first."""
    factors = factors[:MOST_KNOWN_FACTORS]
    choices = powers_reaching(dimension, tuple(one.dimension for one in factors))
    found = (product_of(factors, powers, len(factors)) for powers in choices)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.bits))


def product_of(factors: Sequence[Factor], powers: Sequence[Fraction], n_names: int) -> Product | None:
    """The product of these powers, told out of ``n_names`` constants; None where it has no value."""
    used = [(one, power) for one, power in zip(factors, powers, strict=True) if power]
    named = tuple((one.name, power) for one, power in used)
    with np.errstate(all="ignore"):
        value = float(np.prod([np.float64(one.value) ** float(power) for one, power in used]))
    if not named or not math.isfinite(value) or value == 0:
        return None
    error = math.hypot(*(float(power) * one.relative_error for one, power in used))
    return Product(named, value, error, tree_bits(product_tree(named), n_names))


@lru_cache(maxsize=4096)
def powers_reaching(dimension: Dimension, dimensions: tuple[Dimension, ...]) -> tuple[tuple[Fraction, ...], ...]:
    """Powers, out of ``POWERS_OF_KNOWN``, with which the product of these dimensions is ``dimension``.

    Both halves of the product are listed, and meet where their dimensions are what is wanted.
    """
    middle = len(dimensions) // 2
    left, right = _by_dimension(dimensions[:middle]), _by_dimension(dimensions[middle:])
    found = [
        (*one, *other)
        for reached, ones in left.items()
        for one in ones
        for other in right.get(tuple(a - b for a, b in zip(dimension.exponents, reached, strict=True)), ())
    ]
    return tuple(one for one in found if sum(map(abs, one)) <= LARGEST_KNOWN_TOTAL)


@lru_cache(maxsize=512)
def _by_dimension(dimensions: tuple[Dimension, ...]) -> dict[tuple[Fraction, ...], list[tuple[Fraction, ...]]]:
    """All choices of powers of these dimensions, by the exponents of their product."""
    scale = math.lcm(1, *(one.denominator for dimension in dimensions for one in dimension.exponents))
    table = np.array([[int(one * scale) for one in each.exponents] for each in dimensions], dtype=np.int64)
    drawn = every(POWERS_OF_KNOWN, repeat=len(dimensions))
    choices = [one for one in drawn if sum(map(abs, one)) <= LARGEST_KNOWN_TOTAL]
    halves = np.array([[int(2 * power) for power in one] for one in choices], dtype=np.int64)
    reached = halves.reshape(len(choices), -1) @ table.reshape(-1, len(Dimension.of().exponents))
    found: dict[tuple[int, ...], list[tuple[Fraction, ...]]] = {}
    for one, exponents in zip(choices, reached.tolist(), strict=True):
        found.setdefault(tuple(exponents), []).append(one)
    return {tuple(Fraction(one, 2 * scale) for one in exponents): ones for exponents, ones in found.items()}


def product_tree(
    powers: Sequence[tuple[str, Fraction]], number: Expression | None = None, below: Sequence[Expression] = ()
) -> Expression:
    """``number*a*b**2/(c*below)``; a product of roots alone is the root of a product."""
    if len(powers) > 1 and all(power.denominator == 2 for _, power in powers):
        root = Apply("sqrt", (product_tree([(name, 2 * power) for name, power in powers]),))
        return _quotient([one for one in (number, root) if one is not None], [*below])
    ordered = sorted(powers, key=lambda one: abs(one[1]))
    above = [raised(Constant(name), power) for name, power in ordered if power > 0]
    under = [raised(Constant(name), -power) for name, power in ordered if power < 0]
    return _quotient([*([] if number is None else [number]), *above], [*below, *under])


def _parts(number: Expression) -> tuple[Expression, tuple[Expression, ...]]:
    """A simple number as what stands above the line and below it, the way people write it beside a product."""
    if isinstance(number, Number) and isinstance(number.value, Fraction):
        top, bottom = Number(Fraction(number.value.numerator)), Number(Fraction(number.value.denominator))
        return top, () if bottom.value == 1 else (bottom,)
    if isinstance(number, Apply) and number.operator == "/":
        return number.arguments[0], number.arguments[1:]
    if isinstance(number, Apply) and number.operator == "inv":
        return Number(Fraction(1)), number.arguments
    return number, ()


def _quotient(above: list[Expression], below: list[Expression]) -> Expression:
    top = _multiplied(above) if above else Number(Fraction(1))
    return Apply("/", (top, _multiplied(below))) if below else top


def _multiplied(factors: list[Expression]) -> Expression:
    whole = factors[0]
    for one in factors[1:]:
        whole = Apply("*", (whole, one))
    return whole
