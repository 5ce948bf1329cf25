"""The way from the root of a form down to its one unknown, undone at the data, row by row.

``E = sqrt(f**2 + (m*c**2)**2)`` with E, m and c known is ``f = sqrt(E**2 - (m*c**2)**2)``. The noise of the target is
stretched on the way by the slope of each step (delta method). Where a step has two inverses the principal one is
taken: roots are positive, angles those of ``asin`` and its like. A row on which an inverse is undefined is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Expression, evaluate_tree, walk
from symreg.search import STEPS

Floats = npt.NDArray[np.float64]
Function = Callable[[Floats], Floats]

# By operator: the inverse of z = operator(h), and dh/dz, up to its sign, as a function of z.
UNARY: Mapping[str, tuple[Function, Function]] = {
    step.operators[0]: (step.inverse, step.slope) for step in STEPS if len(step.operators) == 1
} | {
    "neg": (np.negative, lambda z: -np.ones_like(z)),
    "cube": (np.cbrt, lambda z: 1 / (3 * np.cbrt(z) ** 2)),
    "log10": (lambda z: 10.0**z, lambda z: np.log(10.0) * 10.0**z),
    "sinh": (np.arcsinh, lambda z: 1 / np.sqrt(1 + z * z)),
    "cosh": (np.arccosh, lambda z: 1 / np.sqrt(z * z - 1)),
    "abs": (lambda z: np.where(z >= 0, z, np.nan), np.ones_like),
    "cbrt": (lambda z: z**3, lambda z: 3 * z**2),
    "step": (lambda z: np.full_like(z, np.nan), np.ones_like),  # its value tells the sign alone
}


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
                inverse, by = UNARY[node.operator]
                value, step = inverse(value), by(value)
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
