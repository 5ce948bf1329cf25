"""Operators as the bank sees them: which there are, what they cost, what they may not be put into.

Entries of the bank stand for both signs of a value, so a few operators come in two forms here ("exp of neg"), and
subtraction is known by the sign of its result. Every table is keyed by the names of ``symreg.formula.operators``, and
an operator that none of them names is one like any other: of no family, no more expensive than the rarest.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from symreg.formula import OPERATORS, POWERS, TRANSCENDENTAL, TRIGONOMETRIC

Floats = npt.NDArray[np.float64]

OF_NEG = " of neg"
NEEDS_POSITIVE = ("sqrt", "log", "log10", "pow", "pow of neg")
_OTHERS = [
    name for name, row in OPERATORS.items() if row.arity == 1 and name not in ("neg", *POWERS, *TRANSCENDENTAL)
]
_UNARY = ("neg", *POWERS, *TRANSCENDENTAL, *_OTHERS)
# Entries stand for both signs. Where a function tells them apart it is taken of both: exp(a - b), exp(b - a).
OF_NEGATIVE = {
    name: name + OF_NEG
    for name in (*_UNARY, "pow", "max", "min")
    if OPERATORS[name].parity is None and (name == "pow" or name not in NEEDS_POSITIVE)
}
BINARY = ("+", "-", "*", "/", "pow", "pow of neg", "max", "max of neg", "min", "min of neg")
OPPOSITE = {"max": "min", "min": "max"}  # min(a, b) is -max(-a, -b)
UNARY = (*_UNARY, *(OF_NEGATIVE[name] for name in _UNARY if name in OF_NEGATIVE))
OPS = ("leaf", *BINARY, *UNARY)
OP = {name: index for index, name in enumerate(OPS)}
# Functions of one family are not put inside each other: sin(cos(x)), exp(exp(x)), log(log(x)) are left to the user's
# own formulas. The mask of an entry tells which families its tree contains.
FAMILY = {
    "sin": 1, "cos": 1, "tan": 1, "asin": 2, "acos": 2, "atan": 2,
    "exp": 4, "sinh": 4, "cosh": 4, "tanh": 4, "log": 8, "log10": 8, "exp of neg": 4, "acos of neg": 2,
}  # fmt: skip
# A sine of an arccosine is algebra in disguise and is left out too; an arcsine of a sine is a law (Snell's).
NOT_OVER = FAMILY | {name: FAMILY["sin"] | FAMILY["asin"] for name in TRIGONOMETRIC}
NOT_MONOMIAL = 16  # the tree holds more than products, quotients and powers of leaves
TWIN = 32  # the tree holds one of BY_CASES, or something told from another entry only by probes past the first
BY_CASES = ("abs", "max", "max of neg", "min", "min of neg", "step", "step of neg")
PIECEWISE = (*BY_CASES, "sqrt", "asin", "acos", "acos of neg", "atan", "pow", "pow of neg")  # may make twins
ANGLE = 64  # the value can be taken for an angle
PLAIN = 128  # the value can be taken for something else; an angle over a number is either
ODD = 2  # how much later comes what is unusual for angles, where a table has any
MONOMIAL_OPS = ("leaf", "*", "/", "inv", "square", "cube", "sqrt")
# The order of the search, never a prohibition: a function counts as more nodes than arithmetic does, since a law holds
# few of them, and the rarer ones as still more.
SURCHARGE = dict.fromkeys((*TRANSCENDENTAL, "pow"), 2) | dict.fromkeys(
    ("exp", "log", "sin", "cos", "max", "min", "cbrt", "step"), 1
)

def _of_negative(function: Callable[..., Floats]) -> Callable[..., Floats]:
    """The function of its last operand with the other sign."""
    return lambda *operands: function(*operands[:-1], -operands[-1])


NUMPY: dict[str, Callable[..., Floats]] = {
    **{name: row.numpy for name, row in OPERATORS.items()},
    **{negative: _of_negative(OPERATORS[name].numpy) for name, negative in OF_NEGATIVE.items()},
}


def own_bits(op: str) -> int:
    """What an operator adds to the mask of an entry."""
    return FAMILY.get(op, 0) | (0 if op in MONOMIAL_OPS else NOT_MONOMIAL) | (TWIN if op in BY_CASES else 0)


def search_cost(name: str) -> int:
    """Complexity of an operator as the search counts it."""
    return OPERATORS[name].complexity + SURCHARGE.get(name, 0)
