"""A law as objects of sympy, with the units of everything that stands in it.

sympy is only asked to build what the law says, not to simplify it, so that no worker is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from symreg.formula import OPERATORS, Apply, Expression, Number, constants_of, fold, variables_of
from symreg.laws.law import Law


@dataclass(frozen=True, slots=True)
class SympyLaw:
    """A law for sympy.

    ``expression`` is the formula over quantities: ``target`` equals it in any coherent units. ``symbols`` are those of
    the inputs and the constants that it holds, by name; ``units`` are theirs and the target's as text, "1" for a pure
    number; ``constants`` are the constants' values in these units. ``numeric`` is a formula for the numbers of a table:
    inputs in their units give the target in its own, the constants are in it.
    """

    target: Any
    expression: Any
    numeric: Any
    symbols: Mapping[str, Any]
    units: Mapping[str, str]
    constants: Mapping[str, float]


def sympy_law(law: Law) -> SympyLaw:
    """The law as objects of sympy; its symbols are real."""
    import sympy

    used, spoken_of = variables_of(law.expression), constants_of(law.expression)
    inputs = {name: unit for name, unit in law.input_units.items() if name in used}
    constants = {one.name: one for one in law.constants if one.name in spoken_of}
    symbols = {name: sympy.Symbol(name, real=True) for name in (*inputs, *constants)}
    in_si = {name: _number(unit.scale) * symbols[name] + _number(unit.offset) for name, unit in inputs.items()}
    in_si |= {name: _number(float(one.unit.to_si(one.value))) for name, one in constants.items()}
    units = {law.target: law.unit, **inputs, **{name: one.unit for name, one in constants.items()}}
    return SympyLaw(
        target=sympy.Symbol(law.target, real=True),
        expression=_built(law.expression, symbols),
        numeric=(_built(law.expression, in_si) - _number(law.unit.offset)) / _number(law.unit.scale),
        symbols=MappingProxyType(symbols),
        units=MappingProxyType({name: unit.text or "1" for name, unit in units.items()}),
        constants=MappingProxyType({name: one.value for name, one in constants.items()}),
    )


def _number(value: Fraction | float) -> Any:
    """Whole numbers and fractions as they are, so that a factor of 1 leaves no trace; others to the last digit."""
    import sympy

    if isinstance(value, Fraction) or float(value).is_integer():
        exact = Fraction(value)
        return sympy.Rational(exact.numerator, exact.denominator)
    return sympy.Float(value)


def _built(expression: Expression, leaves: Mapping[str, Any]) -> Any:
    import sympy

    signs: dict[str, Any] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "pow": lambda a, b: a**b,
        "neg": lambda a: -a,
        "cbrt": lambda a: sympy.real_root(a, 3),
        "log10": lambda a: sympy.log(a, 10),
        "step": lambda a: sympy.Heaviside(a, sympy.Rational(1, 2)),
    }

    def built(node: Expression, operands: tuple[Any, ...]) -> Any:
        if isinstance(node, Number):
            return _number(node.value)
        if not isinstance(node, Apply):
            return leaves[node.name]
        if node.operator in signs:
            return signs[node.operator](*operands)
        row = OPERATORS[node.operator]
        if row.exponent is not None:
            return operands[0] ** _number(row.exponent)
        return getattr(sympy, row.sympy_name)(*operands)

    return fold(expression, built)
