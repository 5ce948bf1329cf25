"""Operators as the bank sees them: which there are, what they cost, what they may not be put into.

Entries of the bank stand for both signs of a value, so a few operators come in two forms here ("exp of neg"), and
subtraction is known by the sign of its result. Every table is keyed by the names of ``symreg.formula.operators``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from symreg.formula import OPERATORS

Floats = npt.NDArray[np.float64]

BINARY = ("+", "-", "*", "/", "pow", "pow of neg", "max", "max of neg", "min", "min of neg")
TRANSCENDENTAL = ("exp", "log", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")
# Entries stand for both signs. Where a function tells them apart it is taken of both: exp(a - b), exp(b - a).
OF_NEGATIVE = {
    "exp": "exp of neg", "acos": "acos of neg", "pow": "pow of neg", "step": "step of neg", "max": "max of neg",
    "min": "min of neg",
}  # fmt: skip
OF_NEG = " of neg"
OPPOSITE = {"max": "min", "min": "max"}  # min(a, b) is -max(-a, -b)
UNARY = (
    "neg", "inv", "square", "cube", "sqrt", "cbrt", *TRANSCENDENTAL, "abs", "step", "exp of neg", "acos of neg",
    "step of neg",
)  # fmt: skip
OPS = ("leaf", *BINARY, *UNARY)
OP = {name: index for index, name in enumerate(OPS)}
# Functions of one family are not put inside each other: sin(cos(x)), exp(exp(x)), log(log(x)) are left to the user's
# own formulas. The mask of an entry tells which families its tree contains.
FAMILY = {
    "sin": 1, "cos": 1, "tan": 1, "asin": 2, "acos": 2, "atan": 2,
    "exp": 4, "sinh": 4, "cosh": 4, "tanh": 4, "log": 8, "log10": 8, "exp of neg": 4, "acos of neg": 2,
}  # fmt: skip
# A sine of an arccosine is algebra in disguise and is left out too; an arcsine of a sine is a law (Snell's).
NOT_OVER = FAMILY | {name: FAMILY["sin"] | FAMILY["asin"] for name in ("sin", "cos", "tan")}
NOT_MONOMIAL = 16  # the tree holds more than products, quotients and powers of leaves
TWIN = 32  # the tree holds one of BY_CASES, or something told from another entry only by probes past the first
BY_CASES = ("abs", "max", "max of neg", "min", "min of neg", "step", "step of neg")
PIECEWISE = (*BY_CASES, "sqrt", "asin", "acos", "acos of neg", "atan", "pow", "pow of neg")  # may make twins
ANGLE = 64  # the value can be taken for an angle
PLAIN = 128  # the value can be taken for something else; an angle over a number is either
ODD = 2  # how much later comes what is unusual for angles, where a table has any
MONOMIAL_OPS = ("leaf", "*", "/", "inv", "square", "cube", "sqrt")
NEEDS_POSITIVE = ("sqrt", "log", "log10", "pow", "pow of neg")
# The order of the search, never a prohibition: a function counts as more nodes than arithmetic does, since a law holds
# few of them, and the rarer ones as still more.
SURCHARGE = {
    "exp": 1, "log": 1, "sin": 1, "cos": 1, "max": 1, "min": 1, "cbrt": 1, "step": 1,
    "tan": 2, "asin": 2, "acos": 2, "atan": 2, "sinh": 2, "cosh": 2, "tanh": 2, "log10": 2, "pow": 2,
}  # fmt: skip

NUMPY: dict[str, Callable[..., Floats]] = {
    **{name: row.numpy for name, row in OPERATORS.items()},
    "exp of neg": lambda a: np.exp(-a),
    "acos of neg": lambda a: np.arccos(-a),
    "pow of neg": lambda a, b: np.power(a, -b),
    "max of neg": lambda a, b: np.maximum(a, -b),
    "min of neg": lambda a, b: np.minimum(a, -b),
    "step of neg": lambda a: np.heaviside(-a, 0.5),
}


def own_bits(op: str) -> int:
    """What an operator adds to the mask of an entry."""
    return FAMILY.get(op, 0) | (0 if op in MONOMIAL_OPS else NOT_MONOMIAL) | (TWIN if op in BY_CASES else 0)


def search_cost(name: str) -> int:
    """Complexity of an operator as the search counts it."""
    return OPERATORS[name].complexity + SURCHARGE.get(name, 0)
