"""Copies of a row: the same inputs and the same target, to the last digit.

A copy that is held out while its twin is trained on says how well a row is remembered, not how well a law predicts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from symreg.arrays import Rows, read_only_rows

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""Odd, its bits well mixed: 2**64 over the golden ratio, as in Fibonacci hashing (Knuth 1998, section 6.4)."""

if TYPE_CHECKING:
    from symreg.arrays import Floats


def groups_of_copies(values: Floats) -> Rows | None:
    """For each row of ``values`` ``(n_columns, n_rows)`` the number of the first row that is the same, ``(n_rows,)``.

    None where no row comes twice.
    """
    keys = keys_of(values)
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    groups = first[inverse]
    copies = np.flatnonzero(groups != np.arange(len(keys)))
    # Two rows of one key are nearly always one row; those that are not are no copies.
    other = copies[(values[:, copies] != values[:, groups[copies]]).any(axis=0)]
    groups[other] = other
    return np.asarray(groups) if len(copies) > len(other) else None


def keys_of(values: Floats) -> npt.NDArray[np.uint64]:
    """A number for each row of ``values`` ``(n_columns, n_rows)``, the same for the same row, ``(n_rows,)``; sorting
    rows themselves takes ten times as long."""
    bits = np.ascontiguousarray(values + 0.0).view(np.uint64)  # -0 and 0 are one number
    keys = np.zeros(values.shape[1], dtype=np.uint64)
    for column in bits:
        keys = (keys ^ column) * MULTIPLIER
        keys ^= keys >> np.uint64(29)
    return keys


def with_copies_together(train: Rows, held_out: Rows, groups: Rows) -> tuple[Rows, Rows]:
    """The same split with all copies of a row where the first of them is; the old one where a side would be empty."""
    is_held_out = np.zeros(len(groups), dtype=bool)
    is_held_out[held_out] = True
    is_held_out = is_held_out[groups]
    if is_held_out.all() or not is_held_out.any():
        return train, held_out
    return read_only_rows(np.flatnonzero(~is_held_out)), read_only_rows(np.flatnonzero(is_held_out))


def left_out_with_copies(parts: tuple[Rows, ...], groups: Rows) -> tuple[Rows, ...]:
    """Parts of the rows, each ``(n_left_out,)`` to be left out together, with all copies of a row in the part of the
    first of them; ``groups`` ``(n_rows,)`` are those of ``groups_of_copies``.
    """
    part_of = np.empty(len(groups), dtype=np.int64)
    for number, rows in enumerate(parts):
        part_of[rows] = number
    part_of = part_of[groups]
    together = (np.flatnonzero(part_of == number) for number in range(len(parts)))
    found = tuple(read_only_rows(rows) for rows in together if len(rows))
    return found if len(found) > 1 else parts
