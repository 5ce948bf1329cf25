"""Sights: views before a backdrop, and what columns beside it leave of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.search.native.backdrops.backdrop import Backdrop
from symreg.search.native.backdrops.view import View

Floats = npt.NDArray[np.float64]
DISTINCT = 1e-9
"""Of its square by which a column has to stand out of a backdrop, in double precision, where the square is known to
about 1e-15: at 1e-9 what is left has six digits. A smaller one lets rounding look like a gain, a larger one leaves out
columns that smooth terms nearly follow."""

DISTINCT_SINGLE = 1e-4
"""The same in single precision."""

RIDGE = 1e-6
"""Of a column's square: columns that hang on others bring nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A view before a backdrop: what that leaves of it."""

    view: View
    backdrop: Backdrop
    rest: Floats


def share(sight: Sight) -> float:
    """What a backdrop leaves of a view."""
    return float(sight.rest @ sight.rest) / float(sight.view.values @ sight.view.values)


def left_by(sights: Sequence[Sight], values: Floats) -> Floats:
    """What groups of columns ``(n, b, n_rows)`` leave of what the backdrop leaves of each view, ``(n_sights, n)``."""
    look = {1: left_by_one, 2: _left_by_two}.get(values.shape[1], _left_by_many)
    return look(sights, values)


def left_by_one(sights: Sequence[Sight], values: Floats) -> Floats:
    """What each column ``(n, n_rows)`` leaves of what the backdrop leaves of each view, ``(n_sights, n)``."""
    basis, rest = _seen_by(sights, values)
    columns = _scaled(values[:, 0] if values.ndim == 3 else values)
    inside = columns @ basis
    size = 1 - np.einsum("ij,ij->i", inside, inside)
    gain = np.square(columns @ rest.T) / size[:, None]
    good = (size > _distinct(values))[:, None] & np.isfinite(gain)
    return np.where(good, np.maximum(1 - gain, 0.0), np.inf).T


def _left_by_two(sights: Sequence[Sight], values: Floats) -> Floats:
    """The same for pairs of columns ``(n, 2, n_rows)``."""
    basis, rest = _seen_by(sights, values)
    both = _scaled(values)
    a, b = both[:, 0], both[:, 1]
    inside_a, inside_b = a @ basis, b @ basis
    aa = 1 - np.einsum("ij,ij->i", inside_a, inside_a)
    bb = 1 - np.einsum("ij,ij->i", inside_b, inside_b)
    ab = np.einsum("ij,ij->i", a, b) - np.einsum("ij,ij->i", inside_a, inside_b)
    at, bt = a @ rest.T, b @ rest.T
    determinant = aa * bb - ab**2
    gain = (bb[:, None] * at**2 - 2 * ab[:, None] * at * bt + aa[:, None] * bt**2) / determinant[:, None]
    least = _distinct(values)
    good = (aa > least) & (bb > least) & (determinant > least * aa * bb)
    return np.where(good[:, None] & np.isfinite(gain), np.maximum(1 - gain, 0.0), np.inf).T


def _left_by_many(sights: Sequence[Sight], values: Floats) -> Floats:
    """The same for groups of columns ``(n, b, n_rows)``."""
    basis, rest = _seen_by(sights, values)
    columns = _scaled(values)
    own = columns - (columns @ basis) @ basis.T
    normal = (own @ np.swapaxes(own, 1, 2)).astype(np.float64) + RIDGE * np.eye(values.shape[1])
    wanted = (own @ rest.T).astype(np.float64)
    gain = np.einsum("nbs,nbs->ns", wanted, np.linalg.solve(normal, wanted))
    return np.where(np.isfinite(gain), np.maximum(1 - gain, 0.0), np.inf).T


def _seen_by(sights: Sequence[Sight], values: Floats) -> tuple[Floats, Floats]:
    """The backdrop's basis and what it leaves of each view, of norm one, in the precision of the columns."""
    rest = np.array([one.rest for one in sights])
    rest = rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-300)
    return sights[0].backdrop.basis.astype(values.dtype), rest.astype(values.dtype)


def _distinct(values: Floats) -> float:
    return DISTINCT if values.dtype == np.float64 else DISTINCT_SINGLE


def _scaled(values: Floats) -> Floats:
    """Columns of norm one."""
    sizes = np.sqrt(np.einsum("...j,...j->...", values, values, dtype=np.float64))
    return np.asarray(values / np.maximum(sizes, 1e-300)[..., None].astype(values.dtype))
