"""Whether a formula keeps the limits that the user set on its form."""

from __future__ import annotations

from symreg.formula import Apply, Expression, complexity, walk
from symreg.problem import Constraints


def is_allowed(expression: Expression, constraints: Constraints) -> bool:
    """No more nodes than ``max_complexity``, and no function nested deeper than ``nested`` says."""
    if complexity(expression) > constraints.max_complexity:
        return False
    return all(
        _deepest(argument, inner) <= most
        for node in walk(expression)
        if isinstance(node, Apply) and node.operator in constraints.nested
        for inner, most in constraints.nested[node.operator].items()
        for argument in node.arguments
    )


def _deepest(expression: Expression, name: str) -> int:
    """The largest number of nodes ``name`` on one way from the root to a leaf."""
    if not isinstance(expression, Apply):
        return 0
    inside = max(_deepest(argument, name) for argument in expression.arguments)
    return inside + (expression.operator == name)
