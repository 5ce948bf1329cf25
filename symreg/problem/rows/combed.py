"""Rows of a long table in turns, each a comb through all of it: whoever stops after some turns has seen a bit of
everything.

A file may be sorted, by time or by what was set. So a turn does not take the rows that come next, but blocks at even
distances from the first row to the last, and the turns come in an order that the seed draws.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from symreg.arrays import Rows

ROWS_OF_A_BLOCK = 2_048
"""Rows that are taken together: 16 kB of a column, so that a disk reads them at once. A shorter block reads more pages
than it takes, a longer one makes a coarser comb; set by hand."""

BLOCKS_OF_A_TURN = 32
"""Of one comb: 65,536 rows, whose numbers stay in the processor's cache while a dozen laws are looked at."""


def turns_of(n_rows: int) -> int:
    """How many turns so many rows take."""
    return -(-_blocks(n_rows) // BLOCKS_OF_A_TURN)


def combed(rows: Rows, seed: int, most: int | None = None) -> Iterator[Rows]:
    """The ``rows`` ``(n_rows,)`` in turns, all of them once, or ``most`` turns; the same for the same seed."""
    turns = turns_of(len(rows))
    order = np.random.default_rng([seed, turns]).permutation(turns)
    for first in order[:most]:
        blocks = range(int(first), _blocks(len(rows)), turns)
        yield np.concatenate([rows[one * ROWS_OF_A_BLOCK : (one + 1) * ROWS_OF_A_BLOCK] for one in blocks])


def combed_to(rows: Rows, seed: int, count: int) -> Iterator[Rows]:
    """The first turns of ``rows`` ``(n_rows,)`` that together have ``count`` or more: those that a law of so many rows
    was fitted to; ``(n,)`` each."""
    taken = 0
    for turn in combed(rows, seed):
        if taken >= count:
            return
        taken += len(turn)
        yield turn


def _blocks(n_rows: int) -> int:
    return -(-n_rows // ROWS_OF_A_BLOCK)
