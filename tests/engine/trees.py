"""Programs from readable nested tuples, and random ones from a seed.

A leaf is ``"x0"`` (input), ``"c0"`` (free constant) or a number (fixed constant); everything else is
``(operator, operand, ...)``, as in ``("*", "c0", ("exp", "x0"))``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from symreg.engine.operations import CONSTANT, VARIABLE
from symreg.engine.program import Program
from symreg.formula.operators import OPERATORS

OPCODES = {name: row.opcode for name, row in OPERATORS.items()}
BINARY = {name: row.opcode for name, row in OPERATORS.items() if row.arity == 2}
UNARY = {name: row.opcode for name, row in OPERATORS.items() if row.arity == 1}

Tree = Any  # str | float | tuple[Any, ...]


def assemble(tree: Tree, n_inputs: int = 1, n_free: int = 0) -> Program:
    """Lower a tree to a program."""
    rows: list[tuple[int, int, int]] = []
    fixed: list[float] = []

    def place(node: Tree) -> int:
        if isinstance(node, tuple):
            operands = [place(child) for child in node[1:]]
            rows.append((OPCODES[node[0]], operands[0], operands[1] if len(operands) == 2 else 0))
        elif isinstance(node, str):
            rows.append((VARIABLE if node[0] == "x" else CONSTANT, int(node[1:]), 0))
        else:
            rows.append((CONSTANT, n_free + len(fixed), 0))
            fixed.append(float(node))
        return len(rows) - 1

    place(tree)
    return Program(np.array(rows, dtype=np.int32), n_inputs, n_free, np.array(fixed))


def random_tree(rng: np.random.Generator, depth: int, n_inputs: int, n_free: int) -> Tree:
    """A random tree over all operators."""
    if depth == 0 or rng.random() < 0.15:
        kind = rng.integers(3)
        if kind == 0 and n_free:
            return f"c{rng.integers(n_free)}"
        if kind == 1:
            return float(rng.choice([-2.0, -1.0, -0.5, 0.5, 1.5, 2.0, 3.0, round(rng.normal(), 2)]))
        return f"x{rng.integers(n_inputs)}"
    if rng.random() < 0.6:
        name = str(rng.choice(list(BINARY)))
        return (name, *(random_tree(rng, depth - 1, n_inputs, n_free) for _ in range(2)))
    return (str(rng.choice(list(UNARY))), random_tree(rng, depth - 1, n_inputs, n_free))


def random_program(
    seed: int, depth: int = 4, n_inputs: int = 3, n_free: int = 3, n_rows: int = 37
) -> tuple[Program, np.ndarray, np.ndarray]:
    """A random program with inputs ``(n_inputs, n_rows)`` and constants ``(n_free,)``."""
    rng = np.random.default_rng(seed)
    tree = random_tree(rng, depth, n_inputs, n_free)
    return (
        assemble(tree, n_inputs, n_free),
        rng.normal(scale=2.0, size=(n_inputs, n_rows)),
        rng.normal(size=n_free),
    )
