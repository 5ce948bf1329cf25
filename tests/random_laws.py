"""Laws of every operator, drawn at random, and rows where numbers overflow, vanish or are none."""

from __future__ import annotations

import random

import numpy as np

from symreg.formula.expression import Apply, Constant, Expression, Number, Variable, canonical
from symreg.formula.operators import OPERATORS
from symreg.laws.law import Law, LawConstant
from symreg.units.reading import DIMENSIONLESS_UNIT, parse_unit
from tests.miniatures import plain_law

GRID = (
    0.0, -0.0, 1.0, -1.0, 0.5, -0.7, 2.0, 3.0, -2.0, 710.0, 800.0, -800.0, 1e160, 1e200, -1e200, 1e-200, float("nan"),
)  # fmt: skip
"""Signs, ends of domains, and numbers whose exponentials and powers leave the range of a double."""

NUMBERS = (-3.0, 2.0, 0.5, -0.25, 1.7e-3, 1.5, -1.5, -2.0)
EXPONENTS = (1.5, -1.5, 4.0, -4.0, -3.0, 5.0, 1 / 3, -2.5, 0.25)


def grid() -> dict[str, np.ndarray]:
    """Every pair of these numbers; a is in cm, so that it has them in SI."""
    first, second = np.meshgrid(GRID, GRID)
    return {"a": 100.0 * first.ravel(), "b": second.ravel()}


def random_tree(draw: random.Random, depth: int) -> Expression:
    """A tree of at most this depth."""
    if depth == 0 or draw.random() < 0.15:
        leaves = [Variable("a"), Variable("b"), Constant("k"), Number(draw.choice(NUMBERS))]
        return draw.choice(leaves)
    name = draw.choice(list(OPERATORS))
    operands = tuple(random_tree(draw, depth - 1) for _ in range(OPERATORS[name].arity))
    if name == "pow" and draw.random() < 0.6:
        operands = (operands[0], Number(draw.choice(EXPONENTS)))
    return Apply(name, operands)


def random_laws(seed: int, count: int, depth: int = 4) -> list[Law]:
    """Laws called law0, law1, ... of a in cm and b, in km; each operator by itself first."""
    draw = random.Random(seed)
    a, b = Variable("a"), Variable("b")
    trees: list[Expression] = [Apply(name, (a, b)[: row.arity]) for name, row in OPERATORS.items()]
    trees += [random_tree(draw, 1 + i % depth) for i in range(count - len(trees))]
    units = {"a": parse_unit("cm"), "b": DIMENSIONLESS_UNIT}
    constant = LawConstant("k", 0.7, 0.1, DIMENSIONLESS_UNIT)
    return [
        plain_law(canonical(tree), units, unit=parse_unit("km"), target=f"law{i}", constants=(constant,))
        for i, tree in enumerate(trees)
    ]
