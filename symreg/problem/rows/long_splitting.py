"""Which rows of a long table are fitted on and which are held out: told from a hash of what stands in each.

No list of all rows is shuffled, and rows that are copies of each other have one hash, so that they stay together
without being looked for. The hash mixes the bits of all columns and the seed: whether a row is held out says nothing of
how large its numbers are, or its error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from symreg.arrays import Floats, Rows
from symreg.mapped import Writing, parts
from symreg.problem.rows.copies import keys_of

FIRST_MIX, SECOND_MIX = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
"""Multipliers of the finisher of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
generators"), after which every bit of a key depends on every other."""


def hashed_split(columns: Sequence[Floats], weights: Floats | None, part: float, seed: int) -> tuple[Rows, Rows]:
    """Rows to fit on and rows to judge by, in order, in files: about this ``part`` of all is held out.

    ``columns`` hold ``(n_rows,)`` each; rows of ``weights`` ``(n_rows,)`` zero are in neither. Where all rows are
    copies of one or two, and so a side would be empty, every so many are held out by their numbers instead.
    """
    train, held_out = _by(lambda at: _is_held_out(_keys(columns, at, seed), part), len(columns[0]), weights)
    if part > 0 and not (len(train) and len(held_out)):
        step = max(2, round(1 / part))
        return _by(lambda at: np.arange(at.start, at.stop) % step == 0, len(columns[0]), weights)
    return train, held_out


def _by(
    is_held_out: Callable[[slice], npt.NDArray[np.bool_]], n_rows: int, weights: Floats | None
) -> tuple[Rows, Rows]:
    train, held_out = Writing(np.int64), Writing(np.int64)
    for at in parts(n_rows):
        held = is_held_out(at)
        counts = np.ones(len(held), dtype=bool) if weights is None else weights[at] > 0
        train.add(at.start + np.flatnonzero(counts & ~held))
        held_out.add(at.start + np.flatnonzero(counts & held))
    return train.done(), held_out.done()


def _keys(columns: Sequence[Floats], at: slice, seed: int) -> npt.NDArray[np.uint64]:
    """A number for each row, the same for the same row."""
    own = np.random.default_rng([seed, len(columns)]).integers(0, 2**63, dtype=np.uint64)
    keys = keys_of(np.stack([column[at] for column in columns])) ^ own
    for shift, multiplier in ((30, FIRST_MIX), (27, SECOND_MIX)):
        keys = (keys ^ (keys >> np.uint64(shift))) * multiplier
    return np.asarray(keys ^ (keys >> np.uint64(31)))


def _is_held_out(keys: npt.NDArray[np.uint64], part: float) -> npt.NDArray[np.bool_]:
    return np.asarray(keys < np.uint64(part * 2.0**64))
