"""Which columns explain more than their false copies do, so many that the rate of false ones is known.

A column and its copies compete to explain the target, all columns at once. One that tells nothing beside the others
wins as often as each of its copies does; so the wins of copies count the false ones among the columns that win, and as
many are taken from the top as keep their expected share below ``FALSE_SHARE`` (knock-off+; Barber and Candes 2015, Ann.
Stat. 43, 2055; Gimenez and Zou 2019, AISTATS 89, 2184).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.search.columns.copies import copy_maker, normal_scores, together
from symreg.search.columns.curves import curves_of, unit_length, ways_of

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

FALSE_SHARE = 0.2
"""Of the columns that are vouched for, the share that is expected to be false, at most. A search has room for columns
too many; half of it would want twice as many true columns before any is vouched for."""

AIMED_AT = 0.15
"""The share that is aimed at: below what is stated, for copies are not exact where columns go together in other ways
than normal scores and estimated correlations say."""

COPIES = 4
"""Of each column. So two columns have to win over all of their copies before any copy does to be vouched for: of one
copy each it would be five."""

FOLLOWED = 64
"""Columns with their copies, those of which one tells most alone, that are compared beside each other."""

ROWS_FOR_A_CURVE = 3
"""Rows for each power in the curves that are taken away one after another: with fewer what is left is made small by
chance."""

MOST_STEPS = 24
"""Columns or copies that are taken away one after another: laws of more inputs are not known to us."""

LEFT_BY_ROUNDING = 1e-10
"""Of the target's square, where nothing is left to explain but rounding in single precision."""

SOLVED, MULTIPLIED = 5.0, 5.0  # products for each cube of columns, and for each square of columns and each row
SECONDS_OF_A_PRODUCT, SECONDS_OF_A_VALUE = 1e-10, 2e-6  # measured on one slow core, to be late rather than early

HALF = 0.5  # of the columns go with others as copies do not: then that is why none is vouched for

TOO_FEW_ROWS = "the rows are too few to know how so many columns go together"
LIKE_NO_COPIES = "most columns go with others in ways that false copies do not have"
NONE_STANDS_OUT = "too few tell more of the target than false copies of the columns do"
TOO_LONG = "the time budget is too short to compare so many columns with false copies"

LEAST_OWN = 1e-3
"""Of a curve's square, what the powers before it leave of it at least: less is rounding."""


MOST_LOST = 0.5
"""Of a column's correlations, what may be lost for want of rows (``Together.lost``): with 0.8 of blocks of five that
have a correlation of 0.9, of products four in ten that were vouched for were false; with 0.5 no more than stated."""

LEAST_COMPARED = 50
"""Rows with which a column can stand out from hundreds of copies at all."""

LEAST_COLUMNS = 2
"""Columns of which one can be told from another."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Places of columns that are vouched for, those that stand out most first, and why there are none."""

    places: tuple[int, ...] = ()
    none_because: str = ""


def vouched_for(columns: Floats, target: Floats, seed: int) -> Vouched:
    """Which of the columns ``(n_columns, n_rows)`` tell something of ``target`` ``(n_rows,)`` that the others do not.

    No two columns may say the same (``groups_alike``).
    """
    if columns.shape[1] < LEAST_COMPARED or len(columns) < LEAST_COLUMNS:
        return Vouched(none_because=TOO_FEW_ROWS)
    generator = np.random.default_rng(seed)
    scores = normal_scores(columns, generator)
    known = together(scores)
    if known.lost > MOST_LOST:
        return Vouched(none_because=TOO_FEW_ROWS)
    maker = copy_maker(scores, known.correlations, generator)
    orders = [np.argsort(scores, axis=1), *(maker.orders(generator) for _ in range(COPIES))]
    curves = np.stack([_orthonormal(curves_of(column)) for column in columns])
    told = np.zeros((COPIES + 1, len(columns)))
    for way in ways_of(target):
        told = np.maximum(told, _told(curves, orders, unit_length(way - way.mean())))
    # The winner of a tie is drawn, so that a column is not the first among equals.
    drawn = generator.permuted(np.broadcast_to(np.arange(COPIES + 1)[:, None], told.shape), axis=0)
    winner = np.take_along_axis(drawn, np.take_along_axis(told, drawn, axis=0).argmax(axis=0)[None], axis=0)[0]
    in_order = np.sort(told, axis=0)
    ahead = np.where(known.otherwise, 0.0, in_order[-1] - in_order[-2])
    places = _taken_from_the_top(winner == 0, ahead)
    if places:
        return Vouched(tuple(places))
    return Vouched(none_because=LIKE_NO_COPIES if known.otherwise.mean() > HALF else NONE_STANDS_OUT)


def _taken_from_the_top(won: npt.NDArray[np.bool_], by: Floats) -> list[int]:
    """Places of as many winners as keep the share of false ones, those that won by most first."""
    order = np.argsort(-by, kind="stable")
    order = order[by[order] > 0]
    wins = np.cumsum(won[order])
    false = (1 + np.cumsum(~won[order])) / COPIES
    good = np.flatnonzero(false <= AIMED_AT * np.maximum(1, wins))
    return [int(place) for place in order[: good[-1] + 1] if won[place]] if len(good) else []


def _orthonormal(curves: Singles) -> Singles:
    """The curves ``(n_curves, n_rows)`` at right angles to each other; zeros for what those before it say."""
    turned, kept = np.linalg.qr(curves.T)
    kept = np.square(np.diag(kept)) > LEAST_OWN
    return np.asarray(turned.T * kept[:, None], dtype=np.float32)


def _told(curves: Singles, orders: list[Places], target: Singles) -> Floats:
    """What each column and copy tells of a target ``(n_rows,)`` beside the others, ``(COPIES + 1, n_columns)``.

    The part that it explains of what is left when its turn comes, and next to nothing where it does not come.
    """
    alone = np.empty((len(orders), len(curves)))
    moved = np.empty(curves.shape[::2], dtype=np.float32)
    for own, order in zip(alone, orders, strict=True):
        # A copy has the values of its column in other rows: the target is put in those rows instead.
        np.put_along_axis(moved, orders[0], target[order], axis=1)
        own[:] = np.square(np.einsum("ijk,ik->ij", curves, moved)).sum(axis=1)
    followed = np.argsort(-alone.max(axis=0), kind="stable")[:FOLLOWED]
    told = 1e-6 * alone
    told[:, followed] += _shares(_copied(curves, orders, followed), target).reshape(len(followed), -1).T
    return told


def _copied(curves: Singles, orders: list[Places], followed: Iterable[int]) -> Singles:
    """Curves of these columns and their copies, ``(n_followed * (COPIES + 1), n_curves, n_rows)``."""
    made = []
    for place in followed:
        for order in orders:
            moved = np.empty_like(curves[place])
            moved[:, order[place]] = curves[place][:, orders[0][place]]
            made.append(moved)
    return np.stack(made)


def _shares(curves: Singles, target: Singles) -> Floats:
    """The part of what is left of the target that each explains when it is taken away; 0 for those that are not.

    The one that explains most goes first. All is done on the products of the curves, so that no curve is changed:
    ``known`` are the parts of the curves along what was taken away, ``free`` the squares of the rest of them.
    """
    n, n_curves, n_rows = curves.shape
    flat = curves.reshape(n * n_curves, n_rows)
    products = (flat @ flat.T).astype(np.float64)
    along = (flat @ target).astype(np.float64).reshape(n, n_curves)
    free = np.stack([products[i : i + n_curves, i : i + n_curves] for i in range(0, n * n_curves, n_curves)])
    free += LEAST_OWN * np.eye(n_curves)
    known = np.empty((n, n_curves, 0))
    shares, left = np.zeros(n), float(target @ target)
    steps = int(np.clip(n_rows // (n_curves * ROWS_FOR_A_CURVE), 1, MOST_STEPS))
    for _ in range(min(steps, n)):
        gains = np.einsum("ij,ij->i", along, np.linalg.solve(free, along[:, :, None])[:, :, 0])
        gains[shares > 0] = 0.0
        best = int(np.argmax(gains))
        if left <= LEFT_BY_ROUNDING or gains[best] <= LEFT_BY_ROUNDING:
            break
        shares[best] = min(1.0, gains[best] / left)
        root = np.linalg.inv(np.linalg.cholesky(free[best]))
        rows = slice(best * n_curves, (best + 1) * n_curves)
        beside = products[:, rows].reshape(n, n_curves, n_curves) - known @ known[best].T
        own = beside @ root.T
        gone = root @ along[best]
        along = along - own @ gone
        left = max(0.0, left - float(gone @ gone))
        free = free - own @ np.swapaxes(own, 1, 2)
        known = np.concatenate([known, own], axis=2)
    return shares


def seconds_for(n_columns: int, n_rows: int) -> float:
    """Seconds that ``vouched_for`` takes on a slow core, about; it looks at no clock."""
    linear_algebra = SOLVED * n_columns**3 + MULTIPLIED * n_columns**2 * n_rows
    return SECONDS_OF_A_PRODUCT * linear_algebra + SECONDS_OF_A_VALUE * n_columns * n_rows
