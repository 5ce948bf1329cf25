"""Constants of a problem: known ones with value, error and unit; the units that fitted ones may carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from symreg.errors import ProblemError
from symreg.problem.constant_names import ConstantName, read_constant_names
from symreg.problem.feasibility import settle_policy
from symreg.problem.limits import ConstantLimit, read_limits
from symreg.tables import check_name, column_unit
from symreg.units import PhysicalConstant, Unit, parse_unit, physical_constant

if TYPE_CHECKING:
    from symreg.units import Dimension


@dataclass(frozen=True, slots=True)
class KnownConstant:
    """A constant whose value is given: ``value`` and ``stderr`` in SI, ``unit`` as the user wrote it."""

    name: str
    value: float
    stderr: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class FreeConstants:
    """Which units a fitted coefficient may carry: none, those of ``units`` and their products, or any.

    ``is_mixed`` says of pure numbers that they are preferred, not demanded: nobody forbade units.

    ``positive`` coefficients have their signs in the form of the law; ``limits`` are those of constants with names.
    ``names`` are what fitted constants of some unit are called.
    """

    policy: Literal["dimensionless", "declared", "inferred"] = "dimensionless"
    units: tuple[Unit, ...] = ()
    positive: bool = False
    limits: tuple[ConstantLimit, ...] = ()
    is_mixed: bool = False
    names: tuple[ConstantName, ...] = ()


def read_known_constants(
    name: str, constants: Sequence[Any], columns: Sequence[str]
) -> tuple[KnownConstant, ...]:
    """Known constants from names, mappings or values; ``columns`` are names that they must not repeat."""
    if isinstance(constants, (str, Mapping)):
        constants = [constants]
    found: dict[str, KnownConstant] = {}
    for given in constants:
        constant = _read_constant(name, given)
        if constant.name in columns:
            reason = f"{constant.name!r} is a column and a known constant at once."
            advice = "Rename the column, or give the constant another name, with its value and unit."
            raise ProblemError(name=name, reason=reason, advice=advice)
        if constant.name in found:
            raise ProblemError(name=name, reason=f"the constant {constant.name!r} is listed twice.")
        found[constant.name] = constant
    return tuple(found.values())


def _read_constant(name: str, given: Any) -> KnownConstant:
    if isinstance(given, str):
        given = physical_constant(given)
    if isinstance(given, PhysicalConstant):
        return KnownConstant(given.name, given.value, given.stderr, given.unit)
    if isinstance(given, KnownConstant):
        constant = given
    elif isinstance(given, Mapping):
        constant = _own_constant(name, given)
    else:
        reason = f"a constant is a name or a mapping with name, value and unit, not {given!r}."
        raise ProblemError(name=name, reason=reason)
    check_name(constant.name, f"problem {name!r}")
    if not isfinite(constant.value) or constant.value == 0:
        raise ProblemError(name=name, reason=f"the constant {constant.name!r} must be finite and not zero.")
    if not constant.stderr >= 0:
        raise ProblemError(
            name=name, reason=f"the standard error of {constant.name!r} must be zero or positive."
        )
    return constant


def _own_constant(name: str, given: Mapping[str, Any]) -> KnownConstant:
    unknown = set(given) - {"name", "value", "unit", "stderr"}
    if unknown or "name" not in given or "value" not in given:
        reason = f"a constant with the keys {', '.join(map(repr, given))} cannot be read."
        raise ProblemError(
            name=name, reason=reason, advice="Give name and value, and unit and stderr if it has them."
        )
    label, text = str(given["name"]), str(given.get("unit", "1"))
    try:
        value, stderr = float(given["value"]), float(given.get("stderr") or 0.0)
    except (TypeError, ValueError) as error:
        reason = f"the constant {label!r} needs numbers for value and stderr."
        raise ProblemError(name=name, reason=reason) from error
    unit = column_unit(text, label)
    return KnownConstant(label, float(unit.to_si(value)), stderr * abs(unit.scale), unit)


def read_free_constants(
    name: str,
    given: str | Sequence[str] | Mapping[str, Any] | FreeConstants,
    target: Dimension,
    dimensions: Mapping[str, Dimension],
    inputs: Sequence[str],
) -> FreeConstants:
    """The policy that the user's word, units or mapping stand for; ``dimensions`` are of inputs and constants."""
    if isinstance(given, FreeConstants):
        return given
    if isinstance(given, Mapping):
        if unknown := set(given) - {"units", "positive", "bounds", "integer", "names"}:
            reason = f"free_constants has the key {sorted(map(str, unknown))[0]!r}."
            raise ProblemError(
                name=name, reason=reason, advice="It may have units, positive, bounds, integer and names."
            )
        policy = read_free_constants(name, given.get("units", "auto"), target, dimensions, inputs)
        limits = read_limits(name, given.get("bounds") or {}, given.get("integer") or ())
        names = read_constant_names(name, given.get("names") or {})
        return replace(policy, positive=bool(given.get("positive", False)), limits=limits, names=names)
    if given == "auto":
        settled = settle_policy(target, dimensions, inputs)
        return FreeConstants(settled, is_mixed=settled == "dimensionless")
    if given == "dimensionless" or given == "inferred":
        return FreeConstants("dimensionless" if given == "dimensionless" else "inferred")
    if isinstance(given, str):
        reason = f"free_constants is {given!r}, which is none of 'auto', 'dimensionless', 'inferred'."
        raise ProblemError(name=name, reason=reason, advice=f"A list of units is written [{given!r}].")
    return FreeConstants("declared", tuple(parse_unit(text) for text in given))
