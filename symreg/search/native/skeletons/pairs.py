"""Pairs: sums of two parts, each at the best of its constants, by the matrix product of all columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from symreg.search.native.skeletons.part import Columns, Part
from symreg.search.native.skeletons.question import Projected
from symreg.search.native.skeletons.ranks import AnyPart
from symreg.search.native.skeletons.screen import DISTINCT, Hit

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
ONE_COLUMN = 1e-7
"""``1 - rho**2`` of two columns that are one but for rounding and a part too small to be a term."""

COLUMNS_OF_A_PAIR = 3_500
"""Columns of which all pairs are looked at: a second for each question."""


def columns_of(
    parts: Iterable[AnyPart], rows: Rows, sizes: Sequence[int]
) -> tuple[list[AnyPart], list[Columns]]:
    """Parts with their columns on a grid of these sizes, as many as pairs can be looked at of."""
    held: list[AnyPart] = []
    columns: list[Columns] = []
    for part in parts:
        held.append(part)
        columns.append(part.columns(rows, sizes[: part.n_inner]))
        if sum(len(one.values) for one in columns) > COLUMNS_OF_A_PAIR:
            break
    return held, columns


def paired(
    question: Projected, parts: Sequence[Part], columns: Sequence[Columns], keep: int, stop: Callable[[], bool]
) -> tuple[list[Hit], int]:
    """The ``keep`` best pairs of parts for a question, each at its best constants, and how many were looked at."""
    held = [(part, one) for part, one in zip(parts, columns, strict=True) if len(one.values)]
    if not held:
        return [], 0
    raw = np.concatenate([one.values[:, 0] for _, one in held]) * question.scale
    ends = np.cumsum([0, *(len(one.values) for _, one in held)])
    inside = raw @ question.basis
    rest = raw - inside @ question.basis.T
    sizes, whole = np.linalg.norm(rest, axis=1), np.linalg.norm(raw, axis=1)
    good = sizes > np.sqrt(DISTINCT) * whole
    unit = np.where(good[:, None], rest / np.where(good, sizes, 1.0)[:, None], 0.0)
    along = unit @ question.rest
    found: list[tuple[float, int, int, int, int]] = []
    looked = 0
    for first in range(len(held)):
        low, high = ends[first], ends[first + 1]
        rho = unit[low:high] @ unit[low:].T
        looked += rho.size
        with np.errstate(all="ignore"):
            free = 1.0 - np.square(rho)
            one, other = along[low:high, None], along[low:]
            gain = (np.square(one) + np.square(other) - 2 * rho * one * other) / free
            gain = np.where((free > ONE_COLUMN) & good[low:high, None] & good[low:], gain, -np.inf)
        where = gain.argmax(axis=0)
        best = gain[where, np.arange(gain.shape[1])]
        starts = ends[first:-1] - low
        top = np.maximum.reduceat(best, starts)
        for second, value in enumerate(top, start=first):
            if np.isfinite(value):
                a, b = starts[second - first], ends[second + 1] - low
                place = int(a + best[a:b].argmax())
                found.append((float(value), first, second, int(low + where[place]), int(low + place)))
        if stop():
            break
    found.sort(key=lambda one: -one[0])
    hits = []
    for value, first, second, i, j in found[:keep]:
        inner = (held[first][1].constants[i - ends[first]], held[second][1].constants[j - ends[second]])
        loss = max(question.left - value / question.total, 0.0)
        hits.append(Hit(question.question, (held[first][0], held[second][0]), inner, loss))
    return hits, looked
