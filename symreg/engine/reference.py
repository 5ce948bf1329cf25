"""The engine in NumPy, written to be read: the oracle of the compiled one, and its stand-in.

Derivatives come from one reverse pass. With ``v_i`` the value of row ``i`` and ``g_i = d root / d v_i``
(1 for the root), every row hands ``g_i * d v_i / d v_a`` down to its operand ``a``; what arrives at a
constant is its derivative. Only rows that depend on a free constant and lead to the root take part, so
that an undefined derivative elsewhere does no harm.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symreg.engine.joining import Join, Pairs, join
from symreg.engine.least_squares import Descent
from symreg.engine.operations import (
    ADD,
    CONSTANT,
    DIVIDE,
    LAST_BINARY,
    MULTIPLY,
    NEGATE,
    OPERATIONS,
    SUBTRACT,
    VARIABLE,
)
from symreg.engine.program import (
    Fit,
    Floats,
    Program,
    Real,
    Singles,
    checked_constants,
    checked_inputs,
    checked_observations,
    checked_output,
    checked_pairs,
)


def row_values(program: Program, X: NDArray[Real], constants: Floats) -> list[Any]:
    """The values ``(n_rows,)`` of every row of the program, of the type of ``X``."""
    every = np.concatenate([constants, program.fixed]).astype(X.dtype)
    n_rows = X.shape[1]
    values: list[Any] = []
    for opcode, a, b in program.code.tolist():
        if opcode == VARIABLE:
            values.append(X[a])
        elif opcode == CONSTANT:
            values.append(np.full(n_rows, every[a]))
        elif opcode <= LAST_BINARY:
            values.append(OPERATIONS[opcode].value(values[a], values[b]))
        else:
            values.append(OPERATIONS[opcode].value(values[a]))
    return values


def active_rows(program: Program) -> list[bool]:
    """For every row, whether it depends on a free constant and leads to the root."""
    rows = program.code.tolist()
    depends = [False] * len(rows)
    for i, (opcode, a, b) in enumerate(rows):
        if opcode == CONSTANT:
            depends[i] = a < program.n_free
        elif opcode != VARIABLE:
            depends[i] = depends[a] or (opcode <= LAST_BINARY and depends[b])
    leads = [False] * len(rows)
    leads[-1] = True
    for i in range(len(rows) - 1, -1, -1):
        opcode, a, b = rows[i]
        if leads[i] and opcode > CONSTANT:
            leads[a] = True
            if opcode <= LAST_BINARY:
                leads[b] = True
    return [d and r for d, r in zip(depends, leads, strict=True)]


def derivatives(program: Program, values: list[Floats]) -> Floats:
    """Derivatives of the root by the free constants, ``(n_free, n_rows)``, from the values of every row."""
    root = values[-1]
    J = np.zeros((program.n_free, root.size))
    active = active_rows(program)
    adjoint: list[Floats | float] = [0.0] * program.n_ops
    adjoint[-1] = np.ones_like(root)
    for i in range(program.n_ops - 1, -1, -1):
        if not active[i]:
            continue
        opcode, a, b = program.code[i].tolist()
        g = adjoint[i]
        if opcode == CONSTANT:
            J[a] += g
            continue
        for operand, slope in zip((a, b), OPERATIONS[opcode].slopes, strict=False):
            if active[operand]:
                adjoint[operand] = adjoint[operand] + g * slope(values[a], values[b], values[i])
    J[:, np.isnan(root)] = np.nan
    return J


def degree(program: Program, constants: Collection[int]) -> int:
    """The degree of the root as a polynomial in these free constants; 2 stands for any higher or none."""
    degrees: list[int] = []
    for opcode, a, b in program.code.tolist():
        if opcode <= CONSTANT:
            degrees.append(int(opcode == CONSTANT and a in constants))
        elif opcode in (ADD, SUBTRACT):
            degrees.append(max(degrees[a], degrees[b]))
        elif opcode == MULTIPLY:
            degrees.append(min(degrees[a] + degrees[b], 2))
        elif opcode == DIVIDE:
            degrees.append(degrees[a] if degrees[b] == 0 else 2)
        elif opcode == NEGATE:
            degrees.append(degrees[a])
        else:
            operands = (a, b) if opcode <= LAST_BINARY else (a,)
            degrees.append(2 if any(degrees[operand] for operand in operands) else 0)
    return degrees[-1]


def linear_constants(program: Program) -> NDArray[np.intp]:
    """Free constants in which the root is linear, taken together; earlier ones are preferred."""
    linear: list[int] = []
    for k in range(program.n_free):
        if degree(program, {k}) == 1 and degree(program, {*linear, k}) == 1:
            linear.append(k)
    return np.array(linear, dtype=np.intp)


class NumpyEngine:
    """Evaluates with whole vectors; ``threads`` is accepted and changes nothing."""

    name = "numpy"

    def evaluate(self, program: Program, X: ArrayLike, constants: ArrayLike, *, threads: int = 1) -> Floats:
        """Values ``(n_rows,)``; NaN outside of the domain."""
        matrix, free = checked_inputs(program, X), checked_constants(program, constants)
        with np.errstate(all="ignore"):
            return np.array(row_values(program, matrix, free)[-1])

    def evaluate_many(
        self,
        programs: Sequence[Program],
        X: ArrayLike,
        constants: Sequence[ArrayLike],
        *,
        threads: int = 1,
        out: Floats | None = None,
    ) -> Floats:
        """Values ``(n_programs, n_rows)`` of many programs on the same rows, see ``Engine``."""
        return _evaluate_many(programs, np.asarray(X, dtype=np.float64), constants, np.float64, out)

    def evaluate_many_float32(
        self,
        programs: Sequence[Program],
        X: ArrayLike,
        constants: Sequence[ArrayLike],
        *,
        threads: int = 1,
        out: Singles | None = None,
    ) -> Singles:
        """The same in single precision, see ``Engine``."""
        with np.errstate(over="ignore"):
            matrix = np.asarray(X, dtype=np.float32)
        return _evaluate_many(programs, matrix, constants, np.float32, out)

    def jacobian(
        self, program: Program, X: ArrayLike, constants: ArrayLike, *, threads: int = 1
    ) -> tuple[Floats, Floats]:
        """Values ``(n_rows,)`` and their derivatives by the free constants ``(n_free, n_rows)``."""
        matrix, free = checked_inputs(program, X), checked_constants(program, constants)
        with np.errstate(all="ignore"):
            values = row_values(program, matrix, free)
            return np.array(values[-1]), derivatives(program, values)

    def fit_many(
        self,
        programs: Sequence[Program],
        X: ArrayLike,
        y: ArrayLike,
        weights: ArrayLike | None,
        starts: Sequence[ArrayLike],
        *,
        max_iterations: int = 100,
        threads: int = 1,
    ) -> list[Fit]:
        """Minimise ``sum(weights * (y - f)**2)`` for each program."""
        rows = checked_observations(X, y, weights)
        pairs = checked_pairs(programs, rows.X, starts)
        return [
            _fit(program, rows.X, rows.y, rows.weights, start, max_iterations) for program, start in pairs
        ]

    def join(self, question: Join, *, threads: int = 1) -> Pairs:
        """The rows, or pairs of rows, that explain targets best."""
        return join(question)


def _evaluate_many(
    programs: Sequence[Program],
    X: NDArray[Real],
    constants: Sequence[ArrayLike],
    dtype: type[Real],
    out: NDArray[Real] | None,
) -> NDArray[Real]:
    pairs = checked_pairs(programs, X, constants)
    values = checked_output(out, dtype, (len(pairs), X.shape[1]))
    with np.errstate(all="ignore"):
        for i, (program, free) in enumerate(pairs):
            values[i] = row_values(program, X, free)[-1]
    return values


def _fit(program: Program, X: Floats, y: Floats, w: Floats, start: Floats, max_iterations: int) -> Fit:
    def residuals(constants: Floats) -> Floats:
        weighted: Floats = np.sqrt(w) * (y - row_values(program, X, constants)[-1])
        return weighted

    def slopes(constants: Floats) -> Floats:
        weighted: Floats = np.sqrt(w) * derivatives(program, row_values(program, X, constants))
        return weighted

    with np.errstate(all="ignore"):
        descent = Descent(residuals, slopes, start, float(w @ (y * y)))
        return descent.minimise(linear_constants(program), max_iterations)
