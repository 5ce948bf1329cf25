"""The compiled engine: packs programs into flat arrays and lets the extension fill what it allocates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symreg.engine import _core
from symreg.engine.joining import Join, Pairs
from symreg.engine.program import (
    Fit,
    Floats,
    Outcome,
    Program,
    Singles,
    checked_constants,
    checked_inputs,
    checked_observations,
    checked_output,
    checked_pairs,
)

OUTCOMES = (
    Outcome.CONVERGED,
    Outcome.MAX_ITERATIONS,
    Outcome.SINGULAR,
    Outcome.NONFINITE,
    Outcome.NO_FREE_CONSTANTS,
)


@dataclass(frozen=True, eq=False)
class Packed:
    """Programs one after the other, each with its constants ``[free..., fixed...]``."""

    code: NDArray[np.int32]  # (sum of n_ops, 3)
    code_offsets: NDArray[np.int64]  # (n_programs + 1,)
    constants: Floats
    constant_offsets: NDArray[np.int64]  # (n_programs + 1,)
    n_free: NDArray[np.int64]  # (n_programs,)

    @property
    def arrays(
        self,
    ) -> tuple[NDArray[np.int32], NDArray[np.int64], Floats, NDArray[np.int64], NDArray[np.int64]]:
        return self.code, self.code_offsets, self.constants, self.constant_offsets, self.n_free


def pack(pairs: Sequence[tuple[Program, Floats]]) -> Packed:
    """Concatenate programs and their constants."""
    code = [program.code for program, _ in pairs]
    constants = [part for program, free in pairs for part in (free, program.fixed) if len(part)]
    return Packed(
        np.concatenate(code or [np.empty((0, 3), dtype=np.int32)]),
        _offsets([len(rows) for rows in code]),
        np.concatenate(constants or [np.empty(0)]),
        _offsets([len(free) + len(program.fixed) for program, free in pairs]),
        np.array([program.n_free for program, _ in pairs], dtype=np.int64),
    )


def _offsets(sizes: Sequence[int]) -> NDArray[np.int64]:
    offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets


@dataclass(frozen=True, slots=True)
class CompiledEngine:
    """Blocks of rows through vector code; work shared among threads; the interpreter lock released.

    ``instructions`` are the newest that it may use, where the processor has them: ``"newest"``, ``"avx2"``, or
    ``"baseline"``, which every processor of the architecture has.
    """

    instructions: str = "newest"

    @property
    def name(self) -> str:
        """The engine's name in reports."""
        return "compiled"

    def evaluate(self, program: Program, X: ArrayLike, constants: ArrayLike, *, threads: int = 1) -> Floats:
        """Values ``(n_rows,)``; NaN outside of the domain."""
        matrix, free = checked_inputs(program, X), checked_constants(program, constants)
        values = np.empty(matrix.shape[1])
        _core.evaluate(*pack([(program, free)]).arrays, matrix, values[None], threads, self.instructions)
        return values

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
        matrix = np.ascontiguousarray(X, dtype=np.float64)
        pairs = checked_pairs(programs, matrix, constants)
        values = checked_output(out, np.float64, (len(pairs), matrix.shape[1]))
        if pairs:
            _core.evaluate(*pack(pairs).arrays, matrix, values, threads, self.instructions)
        return values

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
            matrix = np.ascontiguousarray(X, dtype=np.float32)
        pairs = checked_pairs(programs, matrix, constants)
        values = checked_output(out, np.float32, (len(pairs), matrix.shape[1]))
        if pairs:
            _core.evaluate_float32(*pack(pairs).arrays, matrix, values, threads, self.instructions)
        return values

    def jacobian(
        self, program: Program, X: ArrayLike, constants: ArrayLike, *, threads: int = 1
    ) -> tuple[Floats, Floats]:
        """Values ``(n_rows,)`` and their derivatives by the free constants ``(n_free, n_rows)``."""
        matrix, free = checked_inputs(program, X), checked_constants(program, constants)
        values = np.empty(matrix.shape[1])
        J = np.empty((program.n_free, matrix.shape[1]))
        _core.jacobian(*pack([(program, free)]).arrays, matrix, values, J, threads, self.instructions)
        return values, J

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
        """Minimise ``sum(weights * (y - f)**2)`` for each program; the same for any number of threads."""
        rows = checked_observations(X, y, weights)
        pairs = checked_pairs(programs, rows.X, starts)
        if not pairs:
            return []
        packed = pack(pairs)
        values, covariances = np.empty(packed.n_free.sum()), np.empty((packed.n_free**2).sum())
        residual_sums = np.empty(len(pairs))
        outcomes, iterations = np.empty(len(pairs), dtype=np.int32), np.empty(len(pairs), dtype=np.int32)
        _core.fit_many(
            *packed.arrays,
            rows.X,
            rows.y,
            rows.weights,
            max_iterations,
            values,
            covariances,
            residual_sums,
            outcomes,
            iterations,
            threads,
            self.instructions,
        )
        found, value, entry = [], 0, 0
        ends = zip(pairs, residual_sums.tolist(), outcomes.tolist(), iterations.tolist(), strict=True)
        for (program, _), residual_sum, outcome, steps in ends:
            p = program.n_free
            covariance = covariances[entry : entry + p * p].reshape(p, p)
            found.append(Fit(values[value : value + p], covariance, residual_sum, OUTCOMES[outcome], steps))
            value, entry = value + p, entry + p * p
        return found

    def join(self, question: Join, *, threads: int = 1) -> Pairs:
        """The rows, or pairs of rows, that explain targets best; the same for any number of threads."""
        score = np.empty(question.keep)
        target, first, second = (np.empty(question.keep, dtype=np.int32) for _ in range(3))
        found = _core.join(
            question.rows,
            np.ascontiguousarray(question.first, dtype=np.int64),
            np.ascontiguousarray(question.second, dtype=np.int64),
            np.ascontiguousarray(question.targets),
            question.roots,
            np.ascontiguousarray(question.basis),
            question.same,
            score,
            target,
            first,
            second,
            threads,
            self.instructions,
        )
        t, i, j = (column[:found].astype(np.int64) for column in (target, first, second))
        return Pairs(t, i, j, score[:found])
