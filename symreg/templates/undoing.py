"""The way from the root of a form down to its one unknown, undone at the data, row by row.

``E = sqrt(f**2 + (m*c**2)**2)`` with E, m and c known is ``f = sqrt(E**2 - (m*c**2)**2)``. The noise of the target is
stretched on the way by the slope of each step (delta method). Where a step has two inverses the principal one is
taken: roots are positive, angles those of ``asin`` and its like. A row on which an inverse is undefined is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.formula import OPERATORS, Apply, Expression, evaluate_tree, walk

Floats = npt.NDArray[np.float64]


def undone(
    form: Expression, unknown: Expression, target: Floats, values: Mapping[str, Any]
) -> tuple[Floats, Floats] | None:
    """What ``unknown`` must be where the form is to be ``target``, and the size of its slope by it, both ``(n_rows,)``.

    ``values`` holds all other names of the form. None where the unknown does not stand in it exactly once.
    """
    if sum(node == unknown for node in walk(form)) != 1:
        return None
    value, slope, node = np.array(target, dtype=np.float64), np.ones(len(target)), form
    with np.errstate(all="ignore"):
        while node != unknown:
            assert isinstance(node, Apply)
            index = next(i for i, one in enumerate(node.arguments) if unknown in walk(one))
            if len(node.arguments) == 1:
                inverse = OPERATORS[node.operator].inverse
                value, step = inverse.value(value), inverse.slope(value)
            else:
                other = np.broadcast_to(evaluate_tree(node.arguments[1 - index], values), value.shape)
                value, step = _binary(node.operator, index, value, other)
            slope, node = slope * step, node.arguments[index]
    return value, np.abs(slope)


def _binary(operator: str, index: int, z: Floats, other: Floats) -> tuple[Floats, Floats]:
    """The operand at ``index`` of ``z = operator(., .)`` beside the other one, and its derivative by z."""
    one = np.ones_like(z)
    match operator, index:
        case "+", _:
            return z - other, one
        case "-", 0:
            return z + other, one
        case "-", _:
            return other - z, -one
        case "*", _:
            return z / other, 1 / other
        case "/", 0:
            return z * other, other
        case "/", _:
            return other / z, -other / z**2
        case "max", _:  # where the other one is the value, nothing is known of this one
            return np.where(z > other, z, np.nan), one
        case "min", _:
            return np.where(z < other, z, np.nan), one
        case "pow", 0:
            root = np.where(z > 0, z, np.nan) ** (1 / other)
            return root, root / (other * z)
        case _:
            return np.log(z) / np.log(other), 1 / (z * np.log(other))
