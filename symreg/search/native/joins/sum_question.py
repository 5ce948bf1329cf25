"""Questions: what a sum has to be in some contexts of a shell, and the sums that answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.search.native.bank import Ids
from symreg.search.native.joins.join import Pairs
from symreg.search.native.joins.shells import Contexts, Shell

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What the target says of the sum in some contexts of a shell: ``t`` with its weights, ``(n, n_probes)``.

    ``rows`` are the contexts' numbers, ``hole`` is the dimension of the sum.
    """

    shell: Shell
    contexts: Contexts
    rows: Ids
    t: Floats
    weights: Floats
    hole: int


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums that answer a question, best first: its number, the terms ``(n, n_terms)``, and a measure of how well."""

    target: Ids
    terms: Ids
    measure: Floats  # the smaller the better

    def best(self, count: int) -> Sums:
        """The first so many."""
        return Sums(self.target[:count], self.terms[:count], self.measure[:count])


def best_of(parts: Sequence[Sums], count: int) -> Sums:
    """The first so many of all of these."""
    target, terms, measure = (
        np.concatenate([getattr(one, name) for one in parts]) for name in ("target", "terms", "measure")
    )
    order = np.argsort(measure, kind="stable")[:count]
    return Sums(target[order], terms[order], measure[order])


def terms_of(found: Pairs, first: Ids, second: Ids | None) -> Ids:
    """Entries of the pairs that were found, ``(n, 1)`` or ``(n, 2)``."""
    alone = first[found.first][:, None]
    return alone if second is None else np.concatenate([alone, second[found.second][:, None]], axis=1)
