"""Units as people write them, to and from an exact dimension and a size in SI.

The text is read by our own grammar (``text.py``), so nothing that a stranger writes is ever evaluated; the library of
units (``library.py``) is asked only what one single name means. What fields write beside names and signs is said again
before (``phrases.py``, ``grouping.py``), and the name of a column tells what a letter is (``beside.py``).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import isclose

from symreg.errors import PhysicalConstantError, UnitError, UnitWarning
from symreg.units.beside import beside, is_doubtful_degree
from symreg.units.dimension import DIMENSIONLESS, Dimension, pi_groups, power_product, power_text
from symreg.units.doubtful import REMARKS, refusal
from symreg.units.library import NO_UNIT, all_names, is_known, known, library_name, named
from symreg.units.physical_constants import (
    PhysicalConstant,
    constants_supplying,
    physical_constant,
    physical_constant_names,
)
from symreg.units.spelling import number_text, respelled, valid_spelling
from symreg.units.text import MAX_EXPONENT_OF_NUMBER, Base, Factor, read_product
from symreg.units.tokens import UnreadableError
from symreg.units.unit import DIMENSIONLESS_UNIT, Unit, si_unit

__all__ = [
    "DIMENSIONLESS_UNIT",
    "PhysicalConstant",
    "PhysicalConstantError",
    "Unit",
    "UnitError",
    "UnitWarning",
    "cancelled_unit",
    "combine_units",
    "constants_supplying",
    "parse_unit",
    "physical_constant",
    "physical_constant_names",
    "si_unit",
]

_SMALLEST, _LARGEST = 1e-250, 1e250
"""Of a unit's size in SI: float64 ends near 1e-308 and 1e308, which leaves values 58 decades. Wider bounds would let
converted values overflow, narrower ones refuse odd units; set by hand."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text, read: the unit, what to warn of, and the powers of numbers and names that it is made of."""

    unit: Unit
    remarks: tuple[str, ...] = ()
    pairs: tuple[tuple[Base, Fraction], ...] = ()


def parse_unit(text: str, *, column: str | None = None) -> Unit:
    """Read a unit; where a column is named, in the light of its name: ``C`` beside ``T`` is a degree Celsius.

    Raises UnitError with the place and the nearest valid spelling. Warns (UnitWarning) where people often
    mean something else than what the text says, as in ``J/mol K``.
    """
    if not isinstance(text, str):
        reason = f"a unit is a text, not {type(text).__name__}"
        raise UnitError(column=column, text=str(text), position=0, reason=reason)
    meant = beside(" ".join(text.split()), column)
    if meant.refusal is not None:
        raise UnitError(column=column, text=text, position=0, reason=meant.refusal)
    try:
        reading = _read(text if meant.remark is None else meant.text)
    except UnreadableError as refused:
        raise UnitError(
            column=column,
            text=text,
            position=refused.position,
            reason=refused.reason,
            suggestion=valid_spelling(text, refused, _dimension_of),
        ) from None
    for remark in (*filter(None, [meant.remark]), *reading.remarks):
        place = "" if column is None else f"column {column!r}: "
        warnings.warn(place + remark, UnitWarning, stacklevel=2)
    return reading.unit


def combine_units(factors: Sequence[tuple[Unit, Fraction | int]]) -> Unit:
    """Multiply powers of units into one readable unit: km/s and Mpc**-1 give ``km/s/Mpc``.

    Degrees of a temperature scale count as differences here (``delta_degC``), so the result has no offset. Raises
    ``UnitError`` where its size in SI is beyond what a number holds.
    """
    pairs = [(base, exponent * power) for unit, power in factors for base, exponent in _factors_of(unit)]
    try:
        return _canonical(pairs)
    except UnreadableError as refused:
        text = " * ".join(f"({unit.text})**({power})" for unit, power in factors)
        raise UnitError(text=text, position=0, reason=refused.reason) from None


def cancelled_unit(unit: Unit) -> Unit:
    """The unit itself where each of its names is needed; else one of its dimension in the fewest of them, without
    numbers: ``K`` for ``m*K/nm``, which is another size."""
    dimensions = {base: known(base).dimension for base, _ in _factors_of(unit) if isinstance(base, str)}
    dimensions = {name: one for name, one in dimensions.items() if not one.is_dimensionless}
    if not pi_groups(dimensions):
        return unit
    powers = power_product(unit.dimension, dimensions)
    assert powers is not None, unit.text
    return _canonical(list(powers.items()))


@lru_cache(maxsize=4096)
def _read(text: str) -> _Reading:
    """Read a text once."""
    written = " ".join(text.split())
    if written in NO_UNIT:
        return _Reading(DIMENSIONLESS_UNIT)
    product = read_product(text, is_known)
    for factor in product.factors:
        _check_name(factor, text)
    pairs = tuple((factor.base, factor.exponent) for factor in product.factors)
    unit = _composed(pairs, written)
    _check_degrees(product.factors, unit.dimension)
    remarks = [*product.remarks, *(REMARKS[base] for base, _ in pairs if isinstance(base, str) and base in REMARKS)]
    if product.clearer is not None:
        meaning = _canonical(pairs).text
        remarks.insert(0, f'"{written}" is read as "{meaning}"; did you mean "{product.clearer}"?')
    return _Reading(unit, tuple(dict.fromkeys(remarks)), pairs)


def _dimension_of(text: str) -> Dimension | None:
    """The dimension of a text; None where it is no unit."""
    try:
        return _read(text).unit.dimension
    except UnreadableError:
        return None


def _check_degrees(factors: Sequence[Factor], dimension: Dimension) -> None:
    """Refuse a coulomb where a degree is more likely, as in ``W/(m C)``."""
    names = [factor for factor in factors if isinstance(factor.base, str)]
    for one in names:
        name = str(one.base)
        rest = dimension / known(name).dimension ** one.exponent
        if is_doubtful_degree(name, one.exponent, rest, alone=len(factors) == 1):
            unit, scale = ("coulomb", "degC") if name == "C" else ("farad", "degF")
            reason = f'"{name}" could be the {unit} or a degree: write {unit}, or {scale}'
            raise UnreadableError(one.start, reason)


def _check_name(factor: Factor, text: str) -> None:
    """Refuse a name that is none, or that no factor converts."""
    if not isinstance(factor.base, str):
        return
    found = library_name(factor.base)
    reason = refusal(factor.base) or (refusal(found[1]) if found else None)
    shown = factor.base if len(factor.base) <= 40 else factor.base[:37] + "..."
    if reason is not None:
        raise UnreadableError(factor.start, f'"{shown}" cannot be converted: {reason}')
    if named(factor.base) is None:
        suggestions = respelled(text, factor, all_names())
        advice = "" if suggestions else "; a count or a pure number is declared dimensionless"
        raise UnreadableError(factor.start, f'no unit is called "{shown}"{advice}', *suggestions)


def _composed(factors: Sequence[tuple[Base, Fraction]], text: str) -> Unit:
    """Multiply powers of numbers and names."""
    sizes: list[tuple[Fraction, Fraction]] = []
    dimension, angle, offset = DIMENSIONLESS, Fraction(0), 0.0
    alone = sum(isinstance(base, str) for base, _ in factors) == 1
    for base, exponent in factors:
        if isinstance(base, str):
            name = known(base)
            sizes.append((name.factor, exponent))
            dimension *= name.dimension**exponent
            angle += name.angle * exponent
            # A temperature keeps its zero point only where it stands alone; in a product it is a difference.
            offset = name.offset if alone and exponent == 1 else 0.0
        else:
            sizes.append((base, exponent))
    is_angle = angle == 1 and dimension.is_dimensionless
    return Unit(text, dimension, _scale(sizes), offset, is_angle, carries_angle=angle == 1)


def _scale(sizes: Sequence[tuple[Fraction, Fraction]]) -> float:
    """The product of powers as a float: exact for whole exponents, and rounded once."""
    if any(abs(exponent) > MAX_EXPONENT_OF_NUMBER for _, exponent in sizes):
        raise UnreadableError(0, "exponents of a unit are small numbers")
    exact, rounded = Fraction(1), 1.0
    try:
        for size, exponent in sizes:
            if exponent.denominator == 1:
                exact *= size**exponent.numerator
            else:
                rounded *= float(size) ** float(exponent)
        scale = float(exact) * rounded
    except OverflowError:
        scale = float("inf")
    if not _SMALLEST < scale < _LARGEST:
        raise UnreadableError(0, f"the size of a unit lies between {_SMALLEST:g} and {_LARGEST:g} in SI")
    return scale


def _factors_of(unit: Unit) -> list[tuple[Base, Fraction]]:
    """Take a unit apart again, by its text."""
    if unit.text in NO_UNIT:
        return []
    try:
        reading = _read(unit.text)
    except UnreadableError as refused:
        raise UnitError(text=unit.text, position=refused.position, reason=refused.reason) from None
    read = reading.unit
    if read.dimension != unit.dimension or not isclose(read.scale, unit.scale, rel_tol=1e-9):
        raise UnitError(
            text=unit.text, position=0, reason="this text does not describe the unit that carries it"
        )
    return list(reading.pairs)


def _canonical(factors: Sequence[tuple[Base, Fraction]]) -> Unit:
    """Collect equal names and all numbers, and print the product so that it reads back as the same unit."""
    coefficient = Fraction(1)
    powers: dict[str, Fraction] = {}
    for base, exponent in factors:
        if base in NO_UNIT:
            continue
        if isinstance(base, str):
            name = known(base).difference or base
            powers[name] = powers.get(name, Fraction(0)) + exponent
        elif exponent.denominator == 1:
            coefficient *= base**exponent.numerator
        else:
            for whole, sign in ((base.numerator, 1), (base.denominator, -1)):
                powers[str(whole)] = powers.get(str(whole), Fraction(0)) + sign * exponent
    for name in [name for name, power in powers.items() if name[0].isdigit() and power.denominator == 1]:
        coefficient *= Fraction(name) ** powers.pop(name).numerator
    powers.pop("1", None)
    if not any(powers.values()) and coefficient == 1:
        return DIMENSIONLESS_UNIT
    pairs = [(Fraction(name) if name[0].isdigit() else name, power) for name, power in powers.items()]
    meant = _composed([(coefficient, Fraction(1)), *pairs], "")
    for spelt in (powers, {_full_name(name): power for name, power in powers.items()}):
        printed = [(number_text(coefficient), Fraction(1))] if coefficient != 1 else []
        text = power_text([*printed, *spelt.items()])
        try:
            read = _read(text).unit
        except UnreadableError:  # an exponent that no one would type, or letters that people mean otherwise
            continue
        if read.dimension == meant.dimension and isclose(read.scale, meant.scale, rel_tol=1e-12):
            return read
    return replace(meant, text=power_text([*printed, *powers.items()]))


def _full_name(name: str) -> str:
    """The name as the library spells it out, which nobody reads as anything else: ``ampere`` for A."""
    found = None if name[0].isdigit() or name in NO_UNIT else library_name(name)
    return name if found is None else "".join(found)
