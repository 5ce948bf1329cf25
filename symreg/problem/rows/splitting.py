"""Which rows are fitted on and which are held out to judge by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symreg.arrays import Floats, Rows, read_only_rows
from symreg.errors import ProblemError
from symreg.problem.rows.copies import groups_of_copies, with_copies_together
from symreg.problem.rows.long_splitting import hashed_split

TINY = 20
"""Rows below which none is held out and each is left out in turn: a quarter of 20 are five, and fewer judge by chance.
A larger bound spends a refit for each row and law, a smaller one takes rows from fits that need them."""

MAX_LEAVE_ONE_OUT = 500
"""Rows that may be left out in turn, and so folds: each is a refit of every law that is judged. More would take longer
than a search, and with so many rows some can be held out; set by hand."""


def draw_rows(name: str, values: Floats, test_fraction: float, folds: int | None, seed: int) -> tuple[Rows, Rows]:
    """Rows to fit on and rows to judge by: with folds none is held out, and copies of a row are never parted.

    ``values`` ``(n_columns, n_rows)`` are those by which rows are copies of each other. Raises ``ProblemError`` for
    parts, folds and seeds that make no sense.
    """
    if folds is not None:
        return _all_rows(name, values.shape[1], folds, seed)
    train, held_out = split_rows(name, values.shape[1], test_fraction, seed)
    copies = groups_of_copies(values) if held_out.size else None
    return (train, held_out) if copies is None else with_copies_together(train, held_out, copies)


def draw_long_rows(
    name: str, columns: Sequence[Floats], weights: Floats | None, how: tuple[float, int | None, int]
) -> tuple[Rows, Rows]:
    """The same of a long table, whose ``columns`` ``(n_rows,)`` are looked at part by part (``long_splitting``).

    ``how`` is the part that is held out, the folds, with which none is, and the seed; rows of ``weights`` ``(n_rows,)``
    zero are in neither. Raises ``ProblemError``.
    """
    test_fraction, folds, seed = how
    n_rows = len(columns[0])
    if folds is not None:
        _check_folds(name, n_rows, folds, seed)
        return hashed_split(columns, weights, 0.0, seed)
    _check_split(name, test_fraction, seed)
    if test_fraction == 0:
        raise _too_many(name, n_rows)
    return hashed_split(columns, weights, test_fraction, seed)


def split_rows(name: str, n_rows: int, test_fraction: float, seed: int) -> tuple[Rows, Rows]:
    """Rows to fit on and rows to judge by, drawn by ``seed``; a tiny table keeps all its rows for fitting."""
    _check_split(name, test_fraction, seed)
    if n_rows < TINY or test_fraction == 0:
        if n_rows > MAX_LEAVE_ONE_OUT:
            raise _too_many(name, n_rows)
        return read_only_rows(np.arange(n_rows)), read_only_rows([])
    shuffled = np.random.default_rng(seed).permutation(n_rows)
    n_held_out = max(1, round(test_fraction * n_rows))
    return read_only_rows(shuffled[n_held_out:]), read_only_rows(shuffled[:n_held_out])


def _check_split(name: str, test_fraction: float, seed: int) -> None:
    if not 0 <= test_fraction <= 0.9:
        reason = f"test_fraction is {test_fraction!r}, and must be a number from 0 to 0.9."
        raise ProblemError(name=name, reason=reason)
    _check_seed(name, seed)


def _too_many(name: str, n_rows: int) -> ProblemError:
    reason = f"leaving out each of {n_rows} rows in turn, because none is held out, is too slow."
    return ProblemError(
        name=name, reason=reason, advice=f"Hold some out, or give {MAX_LEAVE_ONE_OUT} rows at most."
    )


def _check_seed(name: str, seed: int) -> None:
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ProblemError(name=name, reason=f"seed is {seed!r}, and must be a whole number from 0.")


def _all_rows(name: str, n_rows: int, folds: int, seed: int) -> tuple[Rows, Rows]:
    """All rows to fit on, none held out, after a look at the number of folds and the seed that fills them."""
    _check_folds(name, n_rows, folds, seed)
    return read_only_rows(np.arange(n_rows)), read_only_rows([])


def _check_folds(name: str, n_rows: int, folds: int, seed: int) -> None:
    _check_seed(name, seed)
    whole = isinstance(folds, (int, np.integer)) and not isinstance(folds, bool)
    if not whole or not 2 <= folds <= min(n_rows, MAX_LEAVE_ONE_OUT):
        reason = f"folds is {folds!r}, and must be a whole number from 2 to {min(n_rows, MAX_LEAVE_ONE_OUT)}."
        raise ProblemError(name=name, reason=reason)
