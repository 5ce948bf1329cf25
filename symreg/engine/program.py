"""The engine's boundary: arrays and integers, nothing else.

A ``Program`` is a small table of int32 rows ``(opcode, a, b)`` in which operands point to earlier rows, so
that one pass from top to bottom evaluates it. It knows no names, no units and no trees. An engine evaluates
programs, differentiates them by their free constants and fits those; numerical failure comes back as an
``Outcome``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symreg.engine.joining import Join, Pairs
from symreg.engine.operations import CONSTANT, LAST_BINARY, OPERATIONS, VARIABLE
from symreg.errors import EngineError, ProgramError

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

MAX_ROWS: Final = 100_000
"""Of a program: a formula that is read has 2,000 nodes at most, so only a mistake makes more. It bounds a check that
loops in Python over all rows; set by hand, far above any need."""


@dataclass(frozen=True, eq=False)
class Program:
    """Rows ``(opcode, a, b)``; the last row is the value.

    ``VARIABLE`` takes column ``a`` of the inputs, ``CONSTANT`` takes entry ``a`` of ``[free...,
    fixed...]``, and any other opcode takes earlier rows ``a`` and, for two operands, ``b``. A row may be
    used more than once.
    """

    code: NDArray[np.int32]  # (n_ops, 3)
    n_inputs: int
    n_free: int
    fixed: Floats  # (n_fixed,)

    def __post_init__(self) -> None:
        code = np.array(self.code)
        if code.ndim != 2 or code.shape[1] != 3 or not 1 <= code.shape[0] <= MAX_ROWS:
            raise ProgramError(row=None, reason=f"code has shape {code.shape}, expected (1..{MAX_ROWS}, 3)")
        if code.dtype.kind not in "iu":
            raise ProgramError(row=None, reason=f"code has type {code.dtype}, expected int32")
        fixed = np.array(self.fixed, dtype=np.float64).reshape(-1)
        if self.n_inputs < 0 or self.n_free < 0:
            raise ProgramError(row=None, reason="n_inputs and n_free must not be negative")
        _check_operands(code, self.n_inputs, self.n_free + fixed.size)
        object.__setattr__(self, "code", _frozen(np.ascontiguousarray(code, dtype=np.int32)))
        object.__setattr__(self, "fixed", _frozen(fixed))

    @property
    def n_ops(self) -> int:
        """Number of rows."""
        return int(self.code.shape[0])


def _frozen(array: Any) -> Any:
    array.flags.writeable = False
    return array


def _check_operands(code: NDArray[Any], n_inputs: int, n_constants: int) -> None:
    """Raise a ``ProgramError`` for the first row that points outside of its bounds."""
    for row, (opcode, a, b) in enumerate(code.tolist()):
        reason = ""
        if opcode == VARIABLE:
            if not 0 <= a < n_inputs:
                reason = f"column {a} is outside of the {n_inputs} inputs"
        elif opcode == CONSTANT:
            if not 0 <= a < n_constants:
                reason = f"constant {a} is outside of the {n_constants} free and fixed constants"
        elif opcode not in OPERATIONS:
            reason = f"opcode {opcode} is unknown (0..{max(OPERATIONS, default=CONSTANT)})"
        elif not 0 <= a < row or (opcode <= LAST_BINARY and not 0 <= b < row):
            reason = f"operands ({a}, {b}) must be earlier rows"
        if reason:
            raise ProgramError(row=row, reason=reason)


class Outcome(Enum):
    """How a fit ended; the value is the advice."""

    CONVERGED = "the sum of squares no longer falls"
    MAX_ITERATIONS = "stopped at the limit of iterations; allow more or start closer"
    SINGULAR = "the data do not determine all constants; remove one of them"
    NONFINITE = "the formula or its derivative is undefined on a weighted row; start elsewhere"
    NO_FREE_CONSTANTS = "nothing to fit"


@dataclass(frozen=True, eq=False)
class Fit:
    """The result of one least-squares fit.

    ``residual_sum`` is ``sum(w * (y - f)**2)``, NaN where the start is undefined. ``covariance`` is
    ``residual_sum / (n_rows - n_free) * inv(J.T @ W @ J)`` and NaN where that is not defined.
    """

    values: Floats  # (n_free,)
    covariance: Floats  # (n_free, n_free)
    residual_sum: float
    outcome: Outcome
    iterations: int


class Engine(Protocol):
    """What every engine does; ``X`` has shape ``(n_inputs, n_rows)``, so that each input is contiguous.

    Raises ``EngineError`` for arrays that do not fit together or to the program.
    """

    @property
    def name(self) -> str:
        """The engine's name in reports."""
        ...

    def evaluate(self, program: Program, X: ArrayLike, constants: ArrayLike, *, threads: int = 1) -> Floats:
        """Values ``(n_rows,)``; NaN outside of the domain. ``constants`` are the free ones, ``(n_free,)``."""
        ...

    def evaluate_many(
        self,
        programs: Sequence[Program],
        X: ArrayLike,
        constants: Sequence[ArrayLike],
        *,
        threads: int = 1,
        out: Floats | None = None,
    ) -> Floats:
        """Values ``(n_programs, n_rows)`` of many programs on the same rows, written to ``out`` if it is given."""
        ...

    def evaluate_many_float32(
        self,
        programs: Sequence[Program],
        X: ArrayLike,
        constants: Sequence[ArrayLike],
        *,
        threads: int = 1,
        out: Singles | None = None,
    ) -> Singles:
        """The same, ``(n_programs, n_rows)``, in single precision, to which inputs and constants are rounded first.

        An operator is within a few units of its last place, a formula as far off as it amplifies that, and what
        exceeds 3.4e38 is infinite. Meant for screening many formulas; nothing that is shown to a user comes from it.
        """
        ...

    def jacobian(
        self, program: Program, X: ArrayLike, constants: ArrayLike, *, threads: int = 1
    ) -> tuple[Floats, Floats]:
        """Values ``(n_rows,)`` and their derivatives by the free constants ``(n_free, n_rows)``."""
        ...

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
        """Minimise ``sum(weights * (y - f)**2)`` for each program; the same for any number of threads.

        ``y`` and ``weights`` (None: all 1) have shape ``(n_rows,)``; rows of weight 0 are left out. ``starts`` are the
        first constants of each program, ``(n_free,)``. Levenberg-Marquardt (``engine.least_squares``).
        """
        ...

    def join(self, question: Join, *, threads: int = 1) -> Pairs:
        """The rows, or pairs of rows, that explain targets best; the same for any number of threads."""
        ...


def checked_inputs(program: Program, X: ArrayLike) -> Floats:
    """``X`` as contiguous float64 with the program's number of inputs."""
    matrix = np.ascontiguousarray(X, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != program.n_inputs:
        raise EngineError(message=f"X has shape {matrix.shape}, expected ({program.n_inputs}, n_rows)")
    return matrix


def checked_constants(program: Program, constants: ArrayLike) -> Floats:
    """The free constants as contiguous float64 of the right length."""
    if type(constants) is np.ndarray and constants.dtype == np.float64 and constants.shape == (program.n_free,):
        return np.ascontiguousarray(constants)  # a short way for callers with many
    values = np.ascontiguousarray(constants, dtype=np.float64).reshape(-1)
    if values.size != program.n_free:
        raise EngineError(message=f"got {values.size} free constants, the program has {program.n_free}")
    return values


def checked_pairs(
    programs: Sequence[Program], X: Floats | Singles, constants: Sequence[ArrayLike]
) -> list[tuple[Program, Floats]]:
    """Programs with their constants, each checked against the inputs ``X``."""
    if len(programs) != len(constants):
        raise EngineError(message=f"got {len(programs)} programs but {len(constants)} lists of constants")
    n_inputs = X.shape[0] if X.ndim == 2 else None
    for program in programs:
        if program.n_inputs != n_inputs:
            checked_inputs(program, X)
    return [(p, checked_constants(p, values)) for p, values in zip(programs, constants, strict=True)]


Real = TypeVar("Real", np.float64, np.float32)


def checked_output(out: NDArray[Real] | None, dtype: type[Real], shape: tuple[int, int]) -> NDArray[Real]:
    """An array for values: the caller's own, or a new one."""
    if out is None:
        return np.empty(shape, dtype=dtype)
    if out.shape != shape or out.dtype != dtype or not (out.flags.c_contiguous and out.flags.writeable):
        raise EngineError(
            message=f"out is {out.dtype} {out.shape}, expected {np.dtype(dtype)} {shape}, contiguous and writeable"
        )
    return out


@dataclass(frozen=True, eq=False)
class Observations:
    """The rows of a fit that count: inputs, target and positive weights."""

    X: Floats  # (n_inputs, n_rows)
    y: Floats  # (n_rows,)
    weights: Floats  # (n_rows,)


def checked_observations(X: ArrayLike, y: ArrayLike, weights: ArrayLike | None) -> Observations:
    """Check shapes and values; rows with weight zero are left out."""
    matrix = np.ascontiguousarray(X, dtype=np.float64)
    target = np.ascontiguousarray(y, dtype=np.float64)
    w = np.ones_like(target) if weights is None else np.ascontiguousarray(weights, dtype=np.float64)
    if matrix.ndim != 2 or target.shape != (matrix.shape[1],) or w.shape != target.shape:
        shapes = f"X {matrix.shape}, y {target.shape}, weights {w.shape}"
        raise EngineError(message=f"the shapes do not fit: {shapes}; expected (n_inputs, n_rows), (n_rows,)")
    if not (np.isfinite(w).all() and (w >= 0).all()):
        raise EngineError(message="weights must be finite and not negative")
    counted = w > 0
    if not np.isfinite(target[counted]).all():
        raise EngineError(message="y must be finite on every row with a positive weight")
    if counted.all():
        return Observations(matrix, target, w)
    return Observations(np.ascontiguousarray(matrix[:, counted]), target[counted], w[counted])
