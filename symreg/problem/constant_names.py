"""Names for fitted constants by their unit: ``{"T": "K"}`` calls the one that is a temperature T."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symreg.errors import ProblemError
from symreg.formula import FUNCTION_NAMES, is_plain
from symreg.tables import column_unit
from symreg.units import Unit, physical_constant_names

if TYPE_CHECKING:
    from symreg.problem.constants import FreeConstants
    from symreg.units import Dimension


@dataclass(frozen=True, slots=True)
class ConstantName:
    """A fitted constant of the dimension of ``unit`` is called ``name`` and shown in it; of several of that dimension
    in one law the first is ``name`` with 1, the next with 2."""

    name: str
    unit: Unit


def fault_of_name(name: str, taken: Mapping[str, str]) -> str:
    """Why a fitted constant cannot have this name, as the end of "that is ..."; empty where it can.

    ``taken`` says of other names what they are: "a column".
    """
    if not isinstance(name, str) or not (is_plain(name) or name in FUNCTION_NAMES):
        return "no name: letters, digits and _ alone, a letter first"
    if name in FUNCTION_NAMES:
        return "an operator"
    if name in taken:
        return taken[name]
    return "a constant of nature" if name in physical_constant_names() else ""


def names_in_words(names: Sequence[ConstantName]) -> tuple[str, ...]:
    """``("in K called T",)``"""
    return tuple(f"in {one.unit.in_headers} called {one.name}" for one in names)


def read_constant_names(name: str, given: Any) -> tuple[ConstantName, ...]:
    """The names in ``{"T": "K", "n": "1"}``; ``ProblemError``, and ``UnitError`` for a unit that cannot be read."""
    if not isinstance(given, Mapping):
        advice = "Give for each name the unit of the constant that it is for: {T: K}."
        reason = f"names of free_constants is {given!r}, and must be a mapping."
        raise ProblemError(name=name, reason=reason, advice=advice)
    found: dict[Dimension, ConstantName] = {}
    for label, text in given.items():
        unit = column_unit(str(text), str(label))
        if unit.offset:
            reason = f"the constant {label!r} is to be in {unit.text}, which has a zero point of its own."
            raise ProblemError(name=name, reason=reason, advice="Give it in K, or as a difference (delta_degC).")
        if unit.dimension in found:
            reason = f"the constants {found[unit.dimension].name!r} and {label!r} have one dimension, {unit.dimension}."
            advice = f"Give one name: two such constants in a law are called {label}1 and {label}2."
            raise ProblemError(name=name, reason=reason, advice=advice)
        found[unit.dimension] = ConstantName(str(label), unit)
    return tuple(found.values())


def check_constant_names(name: str, free: FreeConstants, taken: Mapping[str, str]) -> None:
    """Raise ``ProblemError`` where a name is taken, or its unit cannot be that of a fitted constant."""
    are_numbers = free.policy == "dimensionless" and not free.is_mixed
    for one in free.names:
        fault = fault_of_name(one.name, taken)
        if fault:
            reason = f"a fitted constant cannot be called {one.name!r}: that is {fault}."
            advice = f"Take another name, such as {one.name}_fit." if is_plain(f"{one.name}_fit") else ""
            raise ProblemError(name=name, reason=reason, advice=advice)
        if are_numbers and not one.unit.dimension.is_dimensionless:
            reason = f"the fitted constant {one.name!r} is to be in {one.unit.text}, and all are to be pure numbers."
            raise ProblemError(name=name, reason=reason, advice="Say units: inferred there, or list the units.")
