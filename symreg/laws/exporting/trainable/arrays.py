"""A law over the arrays of another library: conversions, the formula and the way back, as ``Law.predict`` has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from symreg.errors import ReportError
from symreg.formula import OPERATORS, Apply, Expression, Number, constants_of, fold, variables_of
from symreg.laws.law import Law, LawConstant
from symreg.units import Unit


@dataclass(frozen=True, slots=True)
class Arrays:
    """What a library has for arrays: its functions by NumPy's names, and how a plain number becomes an array.

    ``own`` holds functions that it lacks, or that it cannot differentiate.
    """

    named: Callable[[str], Callable[..., Any]]
    number: Callable[[float], Any]
    own: Mapping[str, Callable[..., Any]]

    def function(self, operator: str) -> Callable[..., Any]:
        """The library's function for an operator."""
        if operator in self.own:
            return self.own[operator]
        return self.named(OPERATORS[operator].numpy.__name__)


def trained(law: Law) -> tuple[LawConstant, ...]:
    """The constants that the formula holds and that were fitted: not those known, nor recognised as simple numbers."""
    spoken_of = constants_of(law.expression)
    return tuple(one for one in law.constants if one.name in spoken_of and one.kind == "free" and one.snapped is None)


def used_inputs(law: Law) -> tuple[str, ...]:
    """The inputs that the formula holds, in the table's order: the order of a call's arguments."""
    used = variables_of(law.expression)
    return tuple(name for name in law.input_units if name in used)


def units_of(law: Law) -> Mapping[str, str]:
    """The units of the target, the inputs and the trained constants by name, "1" for a pure number."""
    units = {law.target: law.unit, **{name: law.input_units[name] for name in used_inputs(law)}}
    units |= {one.name: one.unit for one in trained(law)}
    return MappingProxyType({name: unit.in_headers or "1" for name, unit in units.items()})


def value_of(law: Law, arrays: Arrays, inputs: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    """The target in its unit; ``inputs`` and ``parameters`` are arrays in theirs, by name."""
    leaves = {name: _to_si(law.input_units[name], values) for name, values in inputs.items()}
    for one in law.constants:
        given = parameters.get(one.name)
        leaves[one.name] = arrays.number(float(one.unit.to_si(one.value))) if given is None else _to_si(one.unit, given)

    def built(node: Expression, operands: tuple[Any, ...]) -> Any:
        if isinstance(node, Number):
            return arrays.number(float(node.value))
        if not isinstance(node, Apply):
            return leaves[node.name]
        if node.operator == "pow" and isinstance(node.arguments[1], Number):
            return operands[0] ** float(node.arguments[1].value)
        return arrays.function(node.operator)(*operands)

    value = fold(law.expression, built)
    return (value - law.unit.offset) / law.unit.scale if law.unit.offset else value / law.unit.scale


def _to_si(unit: Unit, values: Any) -> Any:
    return values * unit.scale + unit.offset if unit.offset else values * unit.scale


def missing(library: str) -> ReportError:
    """What is said where a library is not installed."""
    return ReportError(
        reason=f"{library} is not installed, and a law for {library} is made of its objects.",
        advice=f"Install it (pip install {library}), or take the source text: symreg report RUN --export {library}.",
    )
