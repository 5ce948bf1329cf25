"""Limits on fitted constants, by name: bounds in the user's units, whole numbers, and "all of them positive".

Only a constant that has a name before the search, because a guess or a form declares it, can be bounded by name.
Constants that the search brings along have no names of their own; "positive" holds for them too, and moves a minus sign
into the form.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symreg.errors import ProblemError
from symreg.formula import Expression, constants_of, infer_dimensions
from symreg.tables import column_unit, nearest
from symreg.uncertain_text import number_text
from symreg.units import DIMENSIONLESS, Dimension


@dataclass(frozen=True, slots=True)
class ConstantLimit:
    """Where a constant may lie: from ``lower`` to ``upper``, in SI, and at ``whole`` numbers alone if so.

    ``dimension`` is that of the unit in which the bounds were stated, None where they were stated without. Raises
    ``ValueError`` where ``lower`` is not below ``upper``.
    """

    name: str
    lower: float = -math.inf
    upper: float = math.inf
    dimension: Dimension | None = None
    whole: bool = False

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise ValueError(f"{self.lower:g} is not below {self.upper:g}")

    @property
    def is_open(self) -> bool:
        """Whether nothing but the name is asked for."""
        return math.isinf(self.lower) and math.isinf(self.upper) and not self.whole

    def holds(self, value: float) -> bool:
        """Whether a value in SI lies within the bounds."""
        return self.lower <= value <= self.upper


def limits_in_words(positive: bool, limits: Sequence[ConstantLimit]) -> tuple[str, ...]:
    """``("positive", "tau from 0 to 300 s")``; names alone ask for nothing."""
    found = ["positive"] if positive else []
    for limit in limits:
        if not limit.is_open:
            ends = [f"{word} {number_text(end)}" for word, end in (("from", limit.lower), ("to", limit.upper))
                    if math.isfinite(end)]  # fmt: skip
            bare = limit.dimension is None or limit.dimension.is_dimensionless
            words = [limit.name, *(["whole"] if limit.whole else []), *ends, *([] if bare else [str(limit.dimension)])]
            found.append(" ".join(words))
    return tuple(found)


def read_limits(name: str, bounds: Mapping[str, Any], integers: Sequence[str]) -> tuple[ConstantLimit, ...]:
    """Limits from ``{"k": [0, 10, "m/s"]}``, where None is no bound, and the names of whole constants."""
    if isinstance(integers, str) or not all(isinstance(one, str) for one in integers):
        raise ProblemError(name=name, reason=f"integer is {integers!r}, and must be a list of names.")
    found = {constant: _read_bounds(name, constant, given) for constant, given in bounds.items()}
    for constant in integers:
        found[constant] = replace(found.get(constant, ConstantLimit(constant)), whole=True)
    for limit in found.values():
        if limit.whole and not math.floor(min(limit.upper, 1e15)) >= math.ceil(max(limit.lower, -1e15)):
            reason = f"there is no whole number between the bounds of {limit.name!r}."
            raise ProblemError(name=name, reason=reason)
    return tuple(found.values())


def _read_bounds(name: str, constant: str, given: Any) -> ConstantLimit:
    reason = f"the bounds of {constant!r} are {given!r}, and must be [lower, upper] or [lower, upper, unit]"
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) not in (2, 3):
        raise ProblemError(name=name, reason=f"{reason}.", advice="null is no bound: [0, null].")
    unit = column_unit(str(given[2]), constant) if len(given) == 3 else None
    try:
        lower, upper = (
            default if one is None else float(one if unit is None else unit.to_si(float(one)))
            for one, default in zip(given[:2], (-math.inf, math.inf), strict=True)
        )
    except (TypeError, ValueError):
        raise ProblemError(name=name, reason=f"{reason}.") from None
    if not lower < upper:
        raise ProblemError(name=name, reason=f"{reason}: {lower:g} is not below {upper:g}.")
    return ConstantLimit(constant, lower, upper, None if unit is None else unit.dimension)


def settle_limits(
    name: str,
    limits: Sequence[ConstantLimit],
    positive: bool,
    formulas: Sequence[Expression],
    known: Mapping[str, Dimension],
    target: Dimension,
    stated: Mapping[str, Dimension] | None = None,
) -> tuple[ConstantLimit, ...]:
    """The limits held against the formulas that name constants; "positive" bounds what has none from below.

    ``known`` holds the dimensions of inputs and known constants, ``stated`` those that the user gives parameters.
    Raises ``ProblemError`` for a name that no formula has, and for bounds in another unit than the constant's.
    """
    named = _named_constants(formulas, known, target, stated or {})
    for limit in limits:
        if limit.name not in named:
            reason = f"there are limits for a constant {limit.name!r}, which no guess or form has."
            advice = nearest(limit.name, list(named)) if named else "Declare it in a guess."
            raise ProblemError(name=name, reason=reason, advice=advice)
        _check_unit(name, limit, named[limit.name])
    found = {limit.name: limit for limit in limits}
    if positive:
        for constant in named:
            limit = found.get(constant, ConstantLimit(constant))
            if not limit.upper > 0:
                reason = f"constants are to be positive, and the upper bound of {constant!r} is not."
                raise ProblemError(name=name, reason=reason)
            found[constant] = replace(limit, lower=max(0.0, limit.lower))
    for formula in formulas:  # constants beside limited ones keep their names and meaning too
        if found.keys() & set(constants_of(formula)):
            found |= {one: ConstantLimit(one) for one in constants_of(formula) if one in named and one not in found}
    return tuple(found.values())


def _named_constants(
    formulas: Sequence[Expression],
    known: Mapping[str, Dimension],
    target: Dimension,
    stated: Mapping[str, Dimension],
) -> dict[str, Dimension]:
    named: dict[str, Dimension] = {}
    for formula in formulas:
        dimensions = {"pi": DIMENSIONLESS, **known, **stated}
        inferred = {**infer_dimensions(formula, dimensions, target), **stated}
        free = [one for one in constants_of(formula) if one not in known and one != "pi"]
        named |= {constant: inferred.get(constant, DIMENSIONLESS) for constant in free}
    return named


def _check_unit(name: str, limit: ConstantLimit, dimension: Dimension) -> None:
    if limit.whole and not dimension.is_dimensionless:
        reason = f"{limit.name!r} is to be a whole number, but carries the unit {dimension}."
        raise ProblemError(name=name, reason=reason)
    stated = limit.dimension
    bare = all(bound == 0 or math.isinf(bound) for bound in (limit.lower, limit.upper))
    if stated is None and (bare or dimension.is_dimensionless):
        return
    if stated != dimension:
        given = "have no unit" if stated is None else f"are in {stated}"
        reason = f"the bounds of {limit.name!r} {given}, but in the guess it carries the unit {dimension}."
        raise ProblemError(name=name, reason=reason, advice=f"Write {limit.name}: [lower, upper, unit].")
