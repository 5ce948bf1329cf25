"""Free constants that no table can tell apart: G*M is one number where neither G nor M is known.

Each product in a tree holds powers of the free constants: a row of exponents. Multiplying the constants by factors that
leave every row as it is changes no value, so of the columns of these rows only independent ones can be fitted. The
others are set to one, and those that stay take their part.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from symreg.dimensioning import literal_exponent
from symreg.expression import Apply, Constant, Expression, Number, constants_of, fold, normalise, substitute
from symreg.span import in_span

Powers = dict[str, Fraction]
_SCALES = {"inv": Fraction(-1), "square": Fraction(2), "cube": Fraction(3), "sqrt": Fraction(1, 2)}
_ONE = Number(Fraction(1))


def absorbed(expression: Expression, free: Sequence[str]) -> Expression:
    """The same family of functions with as few of the ``free`` constants as these products need, earlier ones first."""
    present = [name for name in free if name in constants_of(expression)]
    rows = products_of(expression, present)
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
    powers = node.operator == "pow" or node.operator in _SCALES
    return _ONE if powers and operands[0] == _ONE else Apply(node.operator, operands)


def products_of(expression: Expression, free: Collection[str]) -> list[Powers]:
    """The exponents of the free constants in every product of the tree; what all terms of a sum share stands before it."""
    closed: list[Powers] = []

    def visit(node: Expression, operands: tuple[Powers, ...]) -> Powers:
        if not isinstance(node, Apply):
            return {node.name: Fraction(1)} if isinstance(node, Constant) and node.name in free else {}
        if node.operator in ("*", "/"):
            return _times(operands[0], operands[1], Fraction(1 if node.operator == "*" else -1))
        if node.operator in ("neg", "abs"):
            return operands[0]
        exponent = literal_exponent(node.arguments[1]) if node.operator == "pow" else _SCALES.get(node.operator)
        if exponent is not None:
            return _times({}, operands[0], exponent)
        shared: Powers = {}
        if node.operator in ("+", "-"):
            shared = {name: power for name, power in operands[0].items() if operands[1].get(name) == power}
        closed.extend(_times(one, shared, Fraction(-1)) for one in operands)
        return shared

    closed.append(fold(expression, visit))
    return [row for row in closed if row]


def _times(first: Powers, second: Powers, power: Fraction) -> Powers:
    found = {name: first.get(name, Fraction(0)) + power * second.get(name, Fraction(0)) for name in {**first, **second}}
    return {name: exponent for name, exponent in found.items() if exponent}
