"""Terms: the simplest expressions without constants inside, of any dimension, from a small bank of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.formula import Expression
from symreg.search.native.bank import Bank
from symreg.search.native.hunt import Workplace, leaves_of
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
MOST_ENTRIES = 4_000
"""Expressions of the bank: all of four to five nodes over two or three inputs."""

LARGEST_TERM, LARGEST_ALONE = 7, 5
"""Nodes, functions counted as the search counts them; of one input fewer, or it is powers of powers."""

MOST_OF_TERMS = 2_500
"""Terms that are kept of the bank's, the simplest. Rich terms are made of them, and the target is seen times each of
them: more cost time and memory in proportion, fewer leave out expressions of four or five nodes. Set by hand."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Trees, the simplest first, and their values at the rows of the screen, ``(n_terms, n_rows)``."""

    bank: Bank
    entries: Rows
    values: Floats

    def tree(self, place: int) -> Expression:
        """The tree of a term."""
        return self.bank.expression(int(self.entries[place]))


def terms_of(workplace: Workplace, space: SearchSpace, rows: Rows) -> Terms:
    """The terms over the leaves of a space."""
    values = np.ascontiguousarray(space.values[:, rows])
    bank = Bank(
        leaves_of(space, values), space.coding, space.operators, engine=workplace.engine,
        threads=workplace.settings.threads, max_entries=MOST_ENTRIES, stop=workplace.stop,
    )  # fmt: skip
    for size in range(1, 1 + (LARGEST_TERM if space.n_inputs > 1 else LARGEST_ALONE)):
        if bank.truncated_at is not None or workplace.stop():
            break
        bank.request_all(size)
    order = np.argsort(bank.size[: bank.n], kind="stable")[:MOST_OF_TERMS]
    found = np.array(bank.values[order], dtype=np.float64)
    with np.errstate(invalid="ignore"):
        good = np.isfinite(found).all(axis=1) & (np.ptp(found, axis=1) > 0)
    return Terms(bank, order[good], found[good])
