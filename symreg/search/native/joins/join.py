"""Meet in the middle: the expressions of the bank that explain a target, alone, in pairs, and one more at a time.

The engine does the counting (``engine.joining``), in single precision and in pieces between which a search can be
stopped; what it finds is solved again in double precision by ``solve``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from symreg.engine.joining import ONE_ROW, Join, Pairs, Singles, unit_rows
from symreg.engine.program import Engine

__all__ = ["NO_PAIRS", "ONE_ROW", "Joiner", "Pairs", "left_over", "merged", "solve", "unit_rows"]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
DEPENDENT = 1e-13  # of a basis vector's square
JOINED_AT_ONCE = 1 << 23  # pairs between two looks at the clock: less than a tenth of a second
FEWEST_ROWS = 64
"""Rows of one list that are joined at once at least, where only time is counted: a tile of the matrix product, below
which it is slower for each pair."""
PROJECTED_AT_ONCE = 1 << 20
"""Numbers of the bases of targets that are projected together, 8 MB, of which two copies are made: of thousands of
targets all at once took hundreds of MB. A bound on memory alone, the results are the same."""
_NONE: Indices = np.empty(0, dtype=np.int64)
NO_PAIRS = Pairs(_NONE, _NONE, _NONE, np.empty(0))


@dataclass(slots=True, eq=False)
class Joiner:
    """Asks an engine for the best pairs, in pieces; counts the pairs.

    ``left`` says how many evaluations the budget has left, None where it does not count them: no piece is larger.
    While it ``is_idle``, what was looked through before is only made ready again: joins are left out.
    """

    engine: Engine
    threads: int
    stop: Callable[[], bool]
    left: Callable[[], int | None] = lambda: None
    pairs: int = 0
    is_idle: bool = False

    def best(
        self, rows: Singles, first: Indices, second: Indices | None, targets: Floats, weights: Floats, *, keep: int,
        basis: Floats | None = None,
    ) -> Pairs:  # fmt: skip
        """The ``keep`` best pairs ``(target, first, second)``, over as many as there were before ``stop()``.

        ``rows`` are those of a whole table, ``first`` and ``second`` numbers of rows; with ``second`` None rows are
        looked at alone. Where both are one list each pair comes once. Shapes as in ``engine.joining.Join``.
        """
        if not len(targets) or not len(first) or (second is not None and not len(second)):
            return NO_PAIRS
        same = second is first
        if basis is None:
            basis = np.empty((len(targets), 0, targets.shape[1]))
        if same:  # pieces of one list against all before them
            return self._triangle(Join(rows, first, first, targets, weights, basis, True, keep))
        others = _NONE if second is None else second
        return self._pieces(Join(rows, first, others, targets, weights, basis, False, keep))

    def _at_once(self) -> tuple[int, int]:
        """How many pairs are looked at before the clock is asked again, and how many rows of one list at least."""
        left = self.left()
        return (JOINED_AT_ONCE, FEWEST_ROWS) if left is None else (min(left, JOINED_AT_ONCE), 1)

    def _pieces(self, whole: Join) -> Pairs:
        found = NO_PAIRS
        across = max(1, len(whole.second))
        at_once, fewest = self._at_once()
        n_targets = max(1, min(len(whole.targets), at_once // max(1, across * len(whole.first))))
        n_first = max(fewest, at_once // (across * n_targets))
        for low in range(0, len(whole.targets), n_targets):
            part = slice(low, low + n_targets)
            for start in range(0, len(whole.first), n_first):
                if self.stop():
                    return found
                question = replace(
                    whole, first=whole.first[start : start + n_first], targets=whole.targets[part],
                    weights=whole.weights[part], basis=whole.basis[part],
                )  # fmt: skip
                found = merged(found, self._ask(question), low, start, whole.keep)
        return found

    def _triangle(self, whole: Join) -> Pairs:
        """Each pair once: a piece of the list with itself, then with everything before it."""
        at_once, fewest = self._at_once()
        n_first = max(fewest, int((at_once // len(whole.targets)) ** 0.5))
        found = NO_PAIRS
        for start in range(0, len(whole.first), n_first):
            if self.stop():
                return found
            piece = whole.first[start : start + n_first]
            found = merged(found, self._ask(replace(whole, first=piece, second=piece)), 0, start, whole.keep, start)
            if start:
                before = replace(whole, first=piece, second=whole.first[:start], same=False)
                found = merged(found, self._pieces(before), 0, start, whole.keep)
        return found

    def _ask(self, question: Join) -> Pairs:
        self.pairs += len(question.targets) * len(question.first) * max(1, len(question.second))
        return self.engine.join(question, threads=self.threads)


def merged(one: Pairs, other: Pairs, target: int, first: int, keep: int, second: int = 0) -> Pairs:
    """The best of both; ``other`` counts its targets and rows from these positions."""
    columns = [
        np.concatenate([one.target, other.target + target]),
        np.concatenate([one.first, other.first + first]),
        np.concatenate([one.second, other.second + second]),
    ]
    score = np.concatenate([one.score, other.score])
    order = np.lexsort((*columns[::-1], -score))[:keep]
    return Pairs(columns[0][order], columns[1][order], columns[2][order], score[order])


def solve(t: Floats, w: Floats, terms: Floats) -> tuple[Floats, Floats]:
    """Weighted least squares of ``t ~ sum_j a_j*f_j``, many at once, in double precision.

    ``t`` and ``w`` have shape ``(n, n_probes)``, ``terms`` ``(n, n_terms, n_probes)``. Returns the coefficients
    ``(n, n_terms)`` and the sums ``(n, n_probes)``; NaN where the terms are collinear or undefined.
    """
    with np.errstate(all="ignore"):
        root = np.sqrt(w)[:, None, :]
        design = terms * root
        norm = np.sqrt(np.einsum("ijk,ijk->ij", design, design))
        design = design / norm[:, :, None]
        goal = (t * root[:, 0, :])[:, :, None]
        good = np.isfinite(design).all(axis=(1, 2)) & np.isfinite(goal).all(axis=(1, 2))
        coefficients = np.full(norm.shape, np.nan)
        if good.any():
            q, r = np.linalg.qr(np.swapaxes(design[good], 1, 2))
            diagonal = np.abs(np.einsum("ijj->ij", r)).min(axis=1)
            r = np.where((diagonal > 1e-9)[:, None, None], r, np.eye(r.shape[1]))
            solution = np.linalg.solve(r, np.swapaxes(q, 1, 2) @ goal[good])[:, :, 0]
            solution[diagonal <= 1e-9] = np.nan
            coefficients[good] = solution
        coefficients /= norm
        return coefficients, np.einsum("ij,ijk->ik", coefficients, terms)


def left_over(t: Floats, w: Floats, basis: Floats) -> Floats:
    """Weighted squares of targets ``(n, n_probes)`` without their part in a basis ``(n, n_basis, n_probes)``.

    By the normal equations, to a few parts in 1e12 of the whole; where the basis is dependent, a part of it is enough.
    """
    if basis[:1].size * len(basis) <= PROJECTED_AT_ONCE:
        return _left_over(t, w, basis)
    step = max(1, PROJECTED_AT_ONCE // basis[0].size)
    starts = range(0, len(t), step)
    return np.concatenate([_left_over(t[at : at + step], w[at : at + step], basis[at : at + step]) for at in starts])


def _left_over(t: Floats, w: Floats, basis: Floats) -> Floats:
    weighted = basis * w[:, None, :]
    gram = weighted @ np.swapaxes(basis, 1, 2)
    size = np.sqrt(np.maximum(np.einsum("ijj->ij", gram), np.finfo(float).tiny))
    gram = gram / (size[:, :, None] * size[:, None, :]) + DEPENDENT * np.eye(basis.shape[1])
    products = (weighted @ t[:, :, None])[:, :, 0] / size
    explained = np.einsum("ij,ij->i", products, np.linalg.solve(gram, products[:, :, None])[:, :, 0])
    return np.asarray(np.maximum(np.einsum("ij,ij,ij->i", t, t, w) - explained, 0.0))
