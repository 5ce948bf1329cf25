"""The join: which two expressions of the bank make up the hole of a context?

For a target ``t`` and weights ``w`` the best fit ``t ~ a*f + b*g`` explains, of the weighted sum of squares of ``t``,

    R2 = (r_f**2 + r_g**2 - 2*r_f*r_g*rho) / (1 - rho**2)

where ``r_f, r_g, rho`` are the inner products of the three vectors after scaling to unit (weighted) norm: the normal
equations of two unknowns, solved. All pairs of two classes come from one matrix product, in single precision; the best
are solved again in double precision by ``solve``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]
COLLINEAR = 1e-5  # pairs with 1 - rho**2 below this are one expression for single precision
BLOCK = 1 << 20  # pairs scored at once: 4 MB of single precision stay in cache


@dataclass(frozen=True, slots=True)
class Pairs:
    """The best pairs of a join: rows of the targets, of ``f`` and of ``g``, and the R2 of each."""

    target: Indices
    first: Indices
    second: Indices
    score: Floats


_NONE: Indices = np.empty(0, dtype=np.int64)
Stop = Callable[[], bool]


def never() -> bool:
    """Nobody asks to stop."""
    return False


NO_PAIRS = Pairs(_NONE, _NONE, _NONE, np.empty(0))


def unit_rows(values: Floats, root_weights: Floats | None = None) -> Singles:
    """Rows scaled to unit weighted norm, single precision; zero rows stay zero."""
    largest = np.abs(values).max(axis=1, keepdims=True)
    scaled = values / np.where(largest > 0, largest, 1.0)
    if root_weights is not None:
        scaled = scaled * root_weights
    norm = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))[:, None]
    return np.asarray(scaled / np.where(norm > 0, norm, 1.0), dtype=np.float32)


def _weighted_unit_rows(rows: Singles, root_weights: Floats) -> Singles:
    scaled = rows * root_weights.astype(np.float32)
    norm = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))[:, None]
    scaled /= np.where(norm > 0, norm, 1.0)
    return np.asarray(scaled, dtype=np.float32)


def best_pairs(
    targets: Floats, weights: Floats, first: Floats | Singles, second: Floats | Singles, *, same: bool, keep: int,
    stop: Stop = never,
) -> Pairs:  # fmt: skip
    """The ``keep`` best pairs over all targets, or over as many as there were before ``stop()`` was true.

    ``targets`` and ``weights`` have shape ``(n_targets, n_probes)``, ``first`` and ``second`` ``(n, n_probes)``:
    in single precision as ``unit_rows`` makes them, or as they are.
    ``same`` says that both are one class, so that each pair is looked at once.
    """
    if not len(targets) or not len(first) or not len(second):
        return NO_PAIRS
    f, g = _single(first), _single(second)
    n_pairs = len(first) * len(second)
    if len(targets) >= 4 and n_pairs <= BLOCK // 8:
        return _many_targets(targets, weights, f, g, same, keep, stop)
    found = NO_PAIRS
    for index in range(len(targets)):
        if stop():
            break
        found = _merge(found, _one_target(index, targets[index], weights[index], f, g, same, keep, stop), keep)
    return found


def best_singles(target: Floats, weights: Floats, first: Floats, *, keep: int) -> Indices:
    """The ``keep`` expressions of which a multiple explains most of one target, best first.

    In double precision: where neither varies much, all are nearly multiples of each other.
    """
    with np.errstate(all="ignore"):
        explained = (first @ (weights * target)) ** 2 / np.einsum("ij,ij,j->i", first, first, weights)
    explained = np.nan_to_num(explained, nan=-1.0, posinf=-1.0)
    return np.argsort(-explained, kind="stable")[:keep]


def _single(rows: Floats | Singles) -> Singles:
    return np.asarray(rows, dtype=np.float32) if rows.dtype == np.float32 else unit_rows(np.asarray(rows))


def _one_target(
    index: int, target: Floats, weights: Floats, first: Singles, second: Singles, same: bool, keep: int, stop: Stop
) -> Pairs:
    """All pairs for one target; ``first`` and ``second`` have unit rows before weighting."""
    root = np.sqrt(weights / max(float(weights.max()), np.finfo(float).tiny))
    t = unit_rows(target[None, :], root)[0]
    f, g = _weighted_unit_rows(first, root), _weighted_unit_rows(second, root)
    r_f, r_g = f @ t, g @ t
    found = NO_PAIRS
    step = max(1, BLOCK // len(g))
    for start in range(0, len(f), step):
        if start and stop():
            break
        score = _r_squared(f[start : start + step] @ g.T, r_f[start : start + step, None], r_g[None, :])
        if same:
            row, column = np.ogrid[start : start + len(score), : len(g)]
            score[row <= column] = -1
        i, j, value = _top(score, keep, found)
        found = _merge(found, Pairs(np.full(len(i), index), i + start, j, value), keep)
    return found


def _many_targets(
    targets: Floats, weights: Floats, first: Singles, second: Singles, same: bool, keep: int, stop: Stop
) -> Pairs:
    """The same for many targets and few pairs: the products ``f*g`` are the rows of the matrix, the weights the
    columns."""
    f, g = first.astype(np.float64), second.astype(np.float64)
    i, j = np.tril_indices(len(f), -1, len(g)) if same else (x.ravel() for x in np.indices((len(f), len(g))))
    products = np.asarray(f[i] * g[j], dtype=np.float32)
    w = weights / np.maximum(weights.max(axis=1, keepdims=True), np.finfo(float).tiny)
    t = np.asarray(unit_rows(targets, np.sqrt(w)), dtype=np.float64)
    norm_f, norm_g = np.sqrt(w @ (f * f).T), np.sqrt(w @ (g * g).T)
    root = np.sqrt(w)
    with np.errstate(all="ignore"):
        r_f = np.asarray((t * root) @ f.T / norm_f, dtype=np.float32)
        r_g = np.asarray((t * root) @ g.T / norm_g, dtype=np.float32)
        inverse_f, inverse_g = (1 / norm_f).astype(np.float32), (1 / norm_g).astype(np.float32)
    found = NO_PAIRS
    step = max(1, BLOCK // max(1, len(i)))
    w32 = w.astype(np.float32)
    for start in range(0, len(targets), step):
        if start and stop():
            break
        rows = slice(start, start + step)
        with np.errstate(all="ignore"):  # an expression may vanish wherever a target has weight
            rho = (w32[rows] @ products.T) * inverse_f[rows][:, i] * inverse_g[rows][:, j]
        score = _r_squared(rho, r_f[rows][:, i], r_g[rows][:, j])
        which, pair, value = _top(score, keep, found)
        found = _merge(found, Pairs(which + start, i[pair], j[pair], value), keep)
    return found


def _r_squared(rho: Singles, r_f: Singles, r_g: Singles) -> Singles:
    with np.errstate(all="ignore"):
        rest = 1 - rho * rho
        score = (r_f * r_f + r_g * r_g - 2 * r_f * r_g * rho) / rest
        score[~(rest > COLLINEAR)] = -1
    return np.asarray(np.nan_to_num(score, copy=False, nan=-1.0))


def _top(score: Singles, keep: int, found: Pairs) -> tuple[Indices, Indices, Floats]:
    threshold = float(found.score.min()) if len(found.score) >= keep else 0.0
    flat = np.flatnonzero(score.ravel() > threshold)
    values = score.ravel()[flat]
    if len(flat) > keep:
        best = np.argpartition(values, len(values) - keep)[-keep:]
        flat, values = flat[best], values[best]
    return flat // score.shape[1], flat % score.shape[1], values.astype(np.float64)


def _merge(one: Pairs, other: Pairs, keep: int) -> Pairs:
    if not len(other.score):
        return one
    parts = [
        np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("target", "first", "second", "score")
    ]
    order = np.argsort(-parts[3], kind="stable")[:keep]
    return Pairs(parts[0][order], parts[1][order], parts[2][order], parts[3][order])


def solve(t: Floats, w: Floats, f: Floats, g: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Weighted least squares of ``t ~ a*f + b*g`` row by row, from the normal equations in double precision."""
    with np.errstate(all="ignore"):
        ff, tf = (w * f * f).sum(axis=1), (w * t * f).sum(axis=1)
        if g is None:
            a = tf / ff
            return a, np.zeros_like(a), a[:, None] * f
        gg, tg, fg = (w * g * g).sum(axis=1), (w * t * g).sum(axis=1), (w * f * g).sum(axis=1)
        determinant = ff * gg - fg * fg
        a, b = (tf * gg - tg * fg) / determinant, (tg * ff - tf * fg) / determinant
        # one step of refinement takes away what rounding in the normal equations left
        rest = t - a[:, None] * f - b[:, None] * g
        rf, rg = (w * rest * f).sum(axis=1), (w * rest * g).sum(axis=1)
        a, b = a + (rf * gg - rg * fg) / determinant, b + (rg * ff - rf * fg) / determinant
        return a, b, a[:, None] * f + b[:, None] * g
