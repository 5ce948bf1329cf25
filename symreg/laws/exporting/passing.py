"""Where an infinity inside of a formula may end as a number after all: ``exp(-t/tau)`` is 0 where tau is 0.

Most languages compute with infinities as IEEE 754 has it, and so does ``Law.predict``; in those that raise an error
instead, a program has to go on by itself in these places, and may leave the others, where the result is NaN anyway.
What becomes of an infinity is asked of the operators' values and listed nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from symreg.formula import OPERATORS, Apply, Expression, Number, evaluate_tree, variables_of

_INFINITIES = (np.inf, -np.inf)
_BESIDE = (-np.inf, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, np.inf)
"""Values of a second operand at which something may happen to an infinite or undefined first one: signs, 0, 1."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Parts of a formula whose infinity, or whose NaN, need not show in the value of the whole."""

    infinite: frozenset[Expression]
    undefined: frozenset[Expression]


def lost_in(expression: Expression) -> Lost:
    """The parts that are lost in any of the places where they stand."""
    infinite: set[Expression] = set()
    undefined: set[Expression] = set()
    waiting = [(expression, False, False)]
    while waiting:
        node, is_infinity_lost, is_nan_lost = waiting.pop()
        if is_infinity_lost:
            infinite.add(node)
        if is_nan_lost:
            undefined.add(node)
        if isinstance(node, Apply):
            for slot, operand in enumerate(node.arguments):
                other = node.arguments[1 - slot] if len(node.arguments) == 2 else None
                beside = float(other.value) if isinstance(other, Number) else None
                infinity, nan = _is_lost(node.operator, slot, beside)
                waiting.append((operand, is_infinity_lost or infinity, is_nan_lost or nan))
    return Lost(frozenset(infinite), frozenset(undefined))


def is_settled(node: Expression, constants: Mapping[str, float]) -> bool:
    """Whether a part holds no variables, and has a finite value; ``constants`` are in SI."""
    if variables_of(node):
        return False
    with np.errstate(all="ignore"):
        return bool(np.isfinite(evaluate_tree(node, constants)))


@cache
def _is_lost(name: str, slot: int, beside: float | None) -> tuple[bool, bool]:
    """Whether an infinite operand, and one that is NaN, can give a finite value."""
    row = OPERATORS[name]
    with np.errstate(all="ignore"):

        def can_be_finite(given: tuple[float, ...]) -> bool:
            if row.arity == 1:
                return bool(np.isfinite(row.numpy(np.array(given))).any())
            others = np.array(_BESIDE if beside is None else (beside,))
            pairs = [np.repeat(given, len(others)), np.tile(others, len(given))]
            return bool(np.isfinite(row.numpy(*(pairs if slot == 0 else pairs[::-1]))).any())

        return can_be_finite(_INFINITIES), can_be_finite((np.nan,))
