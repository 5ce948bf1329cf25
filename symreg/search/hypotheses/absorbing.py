"""Free constants that no table can tell apart: G*M is one number where neither G nor M is known.

Multiply the constants by factors exp(w). A product of their powers e is multiplied by exp(e.w), and so is a sum whose
terms all are. Nothing changes where the arguments of functions stay as they are, the terms of each sum change alike,
and the whole does not change: linear equations for w, one row of exponents each. Of the columns of these rows only
independent ones can be fitted. The other constants are set to one, and those that stay take their part.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from symreg.formula import (
    POWERS,
    Apply,
    Constant,
    Expression,
    Number,
    constants_of,
    fold,
    literal_exponent,
    normalise,
    substitute,
)
from symreg.units import in_span

Powers = dict[str, Fraction]
_ONE = Number(Fraction(1))


def absorbed(expression: Expression, free: Sequence[str]) -> Expression:
    """The same family of functions with as few of the ``free`` constants as these products need, earlier ones first."""
    present = [name for name in free if name in constants_of(expression)]
    rows = invariants_of(expression, present)
    kept: list[tuple[Fraction, ...]] = []
    superfluous: dict[Expression, Expression] = {}
    for name in present:
        column = tuple(row.get(name, Fraction(0)) for row in rows)
        if in_span(column, kept):
            superfluous[Constant(name)] = _ONE
        else:
            kept.append(column)
    return normalise(fold(substitute(expression, superfluous), _without_powers_of_one)) if superfluous else expression


def _without_powers_of_one(node: Expression, operands: tuple[Expression, ...]) -> Expression:
    if not isinstance(node, Apply):
        return node
    powers = node.operator == "pow" or node.operator in POWERS
    return _ONE if powers and operands[0] == _ONE else Apply(node.operator, operands)


def invariants_of(expression: Expression, free: Collection[str]) -> list[Powers]:
    """The powers of the free constants that the values of a tree depend on, as exponents by name."""
    rows: list[Powers] = []

    def visit(node: Expression, operands: tuple[Powers, ...]) -> Powers:
        if not isinstance(node, Apply):
            return {node.name: Fraction(1)} if isinstance(node, Constant) and node.name in free else {}
        if node.operator in ("*", "/"):
            return _times(operands[0], operands[1], Fraction(1 if node.operator == "*" else -1))
        if node.operator in ("neg", "abs"):
            return operands[0]
        exponent = literal_exponent(node.arguments[1]) if node.operator == "pow" else POWERS.get(node.operator)
        if exponent is not None:
            return _times({}, operands[0], exponent)
        if node.operator in ("+", "-"):
            rows.append(_times(operands[0], operands[1], Fraction(-1)))
            return operands[0]
        rows.extend(operands)
        return {}

    rows.append(fold(expression, visit))
    return [row for row in rows if row]


def _times(first: Powers, second: Powers, power: Fraction) -> Powers:
    found = {name: first.get(name, Fraction(0)) + power * second.get(name, Fraction(0)) for name in {**first, **second}}
    return {name: exponent for name, exponent in found.items() if exponent}
