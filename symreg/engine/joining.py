"""The join, written to be read: which rows of a table, alone or in pairs, explain a target best?

For a target ``t`` and weights ``w`` the best fit ``t ~ a*f + b*g`` explains, of the weighted sum of squares of ``t``,

    R2 = (r_f**2 + r_g**2 - 2*r_f*r_g*rho) / (1 - rho**2)

where ``r_f, r_g, rho`` are the inner products of the three vectors after scaling to unit (weighted) norm: the normal
equations of two unknowns, solved. All pairs come from one matrix product. Terms that are in the law already, the
``basis`` of a target, are projected out of all three first, and what they explain is added back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.errors import EngineError

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]
ONE_ROW = 1e-5  # where 1 - rho**2 is below, two rows are one for single precision
REPEATED = 1e-12
"""Square of what is left of a unit vector beside the basis: less is rounding, and the vector lies in the basis. Smaller
makes directions of rounding, larger drops terms that differ a little. As in the compiled core."""

ROWS_AT_ONCE = 1024
"""Rows whose correlations with all of the second list are one array: 4 kB for each row of that list. Larger takes more
memory, smaller more rounds in Python; results are the same."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The best pairs of a join, best first: positions in the targets, in ``first`` and in ``second`` (-1: alone).

    All have shape ``(n_pairs,)``; ``score`` is the part of the target's sum of squares that is explained.
    """

    target: Indices
    first: Indices
    second: Indices
    score: Floats


@dataclass(frozen=True, slots=True)
class Join:
    """A question for an engine.

    ``rows`` has shape ``(n_rows, n_probes)``, single precision; ``first`` and ``second`` are row numbers, ``second``
    empty where rows are wanted alone. ``targets`` and ``weights`` have shape ``(n_targets, n_probes)``, ``basis``
    ``(n_targets, n_basis, n_probes)``. ``same`` says that first and second are one list: each pair is looked at once.
    """

    rows: Singles
    first: Indices
    second: Indices
    targets: Floats
    weights: Floats
    basis: Floats
    same: bool
    keep: int

    def __post_init__(self) -> None:
        n_probes, n_targets = self.rows.shape[1], len(self.targets)
        if self.targets.shape != (n_targets, n_probes) or self.weights.shape != (n_targets, n_probes):
            raise EngineError(message="targets and weights must have one column for each column of the table")
        if self.basis.ndim != 3 or self.basis.shape[::2] != (n_targets, n_probes):
            raise EngineError(message="the basis must have shape (n_targets, n_basis, n_probes)")
        if self.keep < 1:
            raise EngineError(message="keep at least one pair")
        if self.same and not np.array_equal(self.first, self.second):
            raise EngineError(message="first and second are said to be one list and are not")

    @property
    def roots(self) -> Floats:
        """Roots of the weights, the largest of each target 1."""
        largest = np.maximum(self.weights.max(axis=1, keepdims=True), np.finfo(float).tiny)
        return np.ascontiguousarray(np.sqrt(self.weights / largest))


def join(question: Join) -> Pairs:
    """The best pairs by NumPy, one target after another."""
    none = np.empty(0, dtype=np.int64)
    found = Pairs(none, none, none, np.empty(0))
    for index, root in enumerate(question.roots):
        found = _best([found, *_of_target(question, index, root)], question.keep)
    return found


def _of_target(question: Join, index: int, root: Floats) -> list[Pairs]:
    basis = _orthonormal(question.basis[index] * root)
    whole = _unit(question.targets[index] * root)
    rest = whole - (whole @ basis.T) @ basis
    share = float(rest @ rest)
    t = _unit(rest).astype(np.float32)
    f = _free_rows(question.rows[question.first], root, basis)
    r_f = f @ t
    if not len(question.second):
        explained = 1 - share * (1 - r_f.astype(np.float64) ** 2)
        return [_pairs(index, np.flatnonzero(r_f), None, explained[r_f != 0])]
    g = _free_rows(question.rows[question.second], root, basis)
    r_g = g @ t
    parts = []
    for start in range(0, len(f), ROWS_AT_ONCE):
        a, rho = r_f[start : start + ROWS_AT_ONCE, None], f[start : start + ROWS_AT_ONCE] @ g.T
        with np.errstate(all="ignore"):
            score = (a * a + r_g * r_g - 2 * a * r_g * rho) / (1 - rho * rho)
            keep = (1 - rho * rho > ONE_ROW) & np.isfinite(score)
        if question.same:
            keep &= np.arange(start, start + len(a))[:, None] > np.arange(len(g))
        i, j = np.nonzero(keep)
        parts.append(_pairs(index, i + start, j, 1 - share * (1 - score[i, j].astype(np.float64))))
    return parts


def _free_rows(rows: Singles, root: Floats, basis: Floats) -> Singles:
    """Weighted rows without what lies in the basis, of unit norm; zero where nothing is left."""
    weighted = rows * root.astype(np.float32)
    before = np.einsum("ij,ij->i", weighted, weighted)
    weighted = weighted - (weighted @ basis.T.astype(np.float32)) @ basis.astype(np.float32)
    norm = np.einsum("ij,ij->i", weighted, weighted)
    kept = (norm > ONE_ROW * before) & (before > 0)
    return np.asarray(weighted * np.where(kept, 1 / np.sqrt(np.where(kept, norm, 1)), 0)[:, None], dtype=np.float32)


def _orthonormal(rows: Floats) -> Floats:
    found: list[Floats] = []
    for row in rows:
        unit = _unit(row)
        for other in found * 2:
            unit = unit - (unit @ other) * other
        if float(unit @ unit) >= REPEATED:  # what is left of a repeated vector is rounding
            found.append(_unit(unit))
    return np.array(found).reshape(len(found), rows.shape[1])


def _unit(row: Floats) -> Floats:
    norm = float(np.sqrt(row @ row))
    return np.asarray(row / norm) if norm > 0 else np.zeros_like(row)


def _pairs(index: int, first: Indices, second: Indices | None, score: Floats) -> Pairs:
    alone = np.full(len(first), -1)
    return Pairs(np.full(len(first), index), first, alone if second is None else second, score)


def _best(parts: list[Pairs], keep: int) -> Pairs:
    target = np.concatenate([part.target for part in parts])
    first, second = (np.concatenate([getattr(part, name) for part in parts]) for name in ("first", "second"))
    score = np.concatenate([part.score for part in parts])
    order = np.lexsort((second, first, target, -score))
    order = order[score[order] >= 0][:keep]
    return Pairs(target[order], first[order], second[order], score[order])


def unit_rows(values: Floats) -> Singles:
    """Rows scaled to unit norm, single precision; zero rows stay zero."""
    largest = np.abs(values).max(axis=1, keepdims=True)
    scaled = values / np.where(largest > 0, largest, 1.0)
    norm = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))[:, None]
    return np.asarray(scaled / np.where(norm > 0, norm, 1.0), dtype=np.float32)
