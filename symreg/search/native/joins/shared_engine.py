"""An engine that many workers are: large joins and many fits are cut into pieces and dealt among them.

In the compiled core a pair's score and a formula's fit are the same in whatever piece they are asked for, and of the
best of pieces the best are the best of all; so the answers are those of one engine, to the last bit. NumPy's products
of matrices are rounded by their shape on some processors: there pairs that are equally good may change places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from symreg.engine import Engine, Fit, Outcome, Program
from symreg.engine.joining import Join, Pairs
from symreg.engine.program import Floats, Singles
from symreg.search.native.joins.join import NO_PAIRS, merged
from symreg.team import Sharing

WORTH_SHARING = 100_000_000
"""Multiplications of a join from which on it is shared: four milliseconds of a core. To hear of each other takes two
workers on one machine two tenths of one."""

A_PIECE = 50_000_000
"""Multiplications of a piece of a join, about: 2 ms. Smaller pieces are dealt more evenly, and weigh the rows of the
second list once more each."""

FEWEST_PIECE_ROWS = 64
"""Rows of the first list in a piece at least: a tile of the matrix product."""

FITS_WORTH_SHARING = 3_000_000
"""Operations, counted over nodes, rows and constants, of fits that are shared: about as long."""

FITS_OF_A_PIECE = 8
"""Formulas of a piece: fits of different formulas take different times, so that many small pieces are dealt evenly."""

OUTCOMES = tuple(Outcome)


@dataclass(frozen=True, slots=True, eq=False)
class SharedEngine:
    """``engine`` on every worker; whatever is not worth sharing, each does for itself."""

    engine: Engine
    sharing: Sharing

    @property
    def name(self) -> str:
        """The engine's name."""
        return self.engine.name

    @property
    def instructions(self) -> str:
        """Those of a compiled engine."""
        return str(getattr(self.engine, "instructions", "newest"))

    def evaluate(self, program: Program, X: ArrayLike, constants: ArrayLike, *, threads: int = 1) -> Floats:
        """See ``Engine``."""
        return self.engine.evaluate(program, X, constants, threads=threads)

    def evaluate_many(
        self, programs: Sequence[Program], X: ArrayLike, constants: Sequence[ArrayLike], *, threads: int = 1,
        out: Floats | None = None,
    ) -> Floats:  # fmt: skip
        """See ``Engine``: values are more than is sent."""
        return self.engine.evaluate_many(programs, X, constants, threads=threads, out=out)

    def evaluate_many_float32(
        self, programs: Sequence[Program], X: ArrayLike, constants: Sequence[ArrayLike], *, threads: int = 1,
        out: Singles | None = None,
    ) -> Singles:  # fmt: skip
        """See ``Engine``."""
        return self.engine.evaluate_many_float32(programs, X, constants, threads=threads, out=out)

    def jacobian(
        self, program: Program, X: ArrayLike, constants: ArrayLike, *, threads: int = 1
    ) -> tuple[Floats, Floats]:
        """See ``Engine``."""
        return self.engine.jacobian(program, X, constants, threads=threads)

    def fit_many(
        self, programs: Sequence[Program], X: ArrayLike, y: ArrayLike, weights: ArrayLike | None,
        starts: Sequence[ArrayLike], *, max_iterations: int = 100, threads: int = 1,
    ) -> list[Fit]:  # fmt: skip
        """See ``Engine``."""
        n_rows = len(np.asarray(y))
        costs = [one.n_ops * n_rows * (1 + one.n_free) for one in programs]
        if len(programs) <= FITS_OF_A_PIECE or sum(costs) < FITS_WORTH_SHARING:
            return self.engine.fit_many(
                programs, X, y, weights, starts, max_iterations=max_iterations, threads=threads
            )

        def work(some: range) -> list[Fit]:
            return self.engine.fit_many(
                [programs[one] for one in some], X, y, weights, [starts[one] for one in some],
                max_iterations=max_iterations, threads=threads,
            )  # fmt: skip

        pieces = [
            range(at, min(at + FITS_OF_A_PIECE, len(programs))) for at in range(0, len(programs), FITS_OF_A_PIECE)
        ]
        dear = [float(sum(costs[one] for one in some)) for some in pieces]
        found = self.sharing.share(pieces, work, costs=dear, write=_fits_written, read=_fits_read)
        return [fit for some in found for fit in some]

    def join(self, question: Join, *, threads: int = 1) -> Pairs:
        """See ``Engine``."""
        if self.sharing.is_inside or work_of(question) < WORTH_SHARING:
            return self.engine.join(question, threads=threads)
        pieces = list(pieces_of(question))
        if not self.sharing.is_shared:  # its own threads do better with the whole
            return self.sharing.alone(lambda: self.engine.join(question, threads=threads), len(pieces))

        def work(piece: Piece) -> Pairs:
            return self.engine.join(piece.question, threads=threads)

        costs = [work_of(one.question) for one in pieces]
        answers = self.sharing.share(pieces, work, costs=costs, write=_pairs_written, read=_pairs_read)
        found = NO_PAIRS
        for piece, pairs in zip(pieces, answers, strict=True):
            found = merged(found, pairs, piece.target, piece.first, question.keep, piece.second)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A part of a join, which counts its targets and rows from these positions of the whole."""

    question: Join
    target: int
    first: int
    second: int


def work_of(question: Join) -> float:
    """Multiplications: of all pairs, and of every row with each target's weights and basis."""
    n_first, n_second = len(question.first), len(question.second)
    pairs = n_first * n_second * (0.5 if question.same else 1.0)
    rows = (n_first + (0 if question.same else n_second)) * (2 + 2 * question.basis.shape[1])
    return float(len(question.targets) * question.rows.shape[1] * (pairs + rows))


def pieces_of(question: Join) -> Iterator[Piece]:
    """The join in pieces: by targets as far as these go, then by rows of the first list."""
    count = max(1.0, work_of(question) / A_PIECE)
    n_targets, n_first = len(question.targets), len(question.first)
    step = max(1, int(n_targets / count))
    rows = max(FEWEST_PIECE_ROWS, int(n_first / max(1.0, count * step / n_targets)))
    for low in range(0, n_targets, step):
        part = slice(low, low + step)
        of_targets = replace(
            question, targets=question.targets[part], weights=question.weights[part], basis=question.basis[part]
        )
        if rows >= n_first:
            yield Piece(of_targets, low, 0, 0)
            continue
        for start in range(0, n_first, rows):
            first = question.first[start : start + rows]
            if not question.same:
                yield Piece(replace(of_targets, first=first), low, start, 0)
                continue
            yield Piece(replace(of_targets, first=first, second=first), low, start, start)
            if start:
                before = replace(of_targets, first=first, second=question.second[:start], same=False)
                yield Piece(before, low, start, 0)


def _pairs_written(pairs: Pairs) -> list[Any]:
    return [pairs.target, pairs.first, pairs.second, pairs.score]


def _pairs_read(value: list[Any]) -> Pairs:
    return Pairs(*value)


def _fits_written(fits: list[Fit]) -> list[Any]:
    return [
        [one.values, one.covariance, float(one.residual_sum), OUTCOMES.index(one.outcome), one.iterations]
        for one in fits
    ]


def _fits_read(value: list[Any]) -> list[Fit]:
    return [Fit(values, covariance, float(left), OUTCOMES[o], int(i)) for values, covariance, left, o, i in value]
