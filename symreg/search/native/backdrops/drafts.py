"""Drafts: the laws that a view before a backdrop stands for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from symreg.formula import can_be_said, constants_of, normalise
from symreg.search.native.backdrops.coefficients import summed, terms_of_part
from symreg.search.native.backdrops.sight import Sight
from symreg.search.native.backdrops.sparse import NEARLY, SUM_ROUNDING, needed
from symreg.search.native.backdrops.term import Term
from symreg.search.native.proposal import Draft
from symreg.search.native.skeletons import Part

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
MOST_NEEDED = 12
"""Terms of a law, beside its part."""


def drafts_of(
    sight: Sight, rows: Rows, operators: frozenset[str], part: Part | None, inner: Floats | None, bits: float = 0.0
) -> list[Draft]:
    """The laws that a view before a backdrop stands for, with a part where there is one."""
    shown, view = sight.backdrop, sight.view
    columns = np.empty((0, len(rows))) if part is None or inner is None else part.at(rows, inner)
    every = np.concatenate([columns, shown.values])
    kept = needed(
        every, view.values, MOST_NEEDED + len(columns), np.concatenate([np.zeros(len(columns)), shown.bits]),
        SUM_ROUNDING if inner is None or not len(inner) else NEARLY,
    )  # fmt: skip
    if kept is None:
        return []
    coefficients = np.linalg.lstsq(every[kept].T, view.values, rcond=None)[0]
    above: list[Term] = []
    beneath: list[Term] = []
    whole = np.zeros(len(columns))
    for place, coefficient in zip(kept.tolist(), coefficients.tolist(), strict=True):
        if place < len(columns):
            whole[place] = coefficient
            continue
        index = place - len(columns)
        (above if index < shown.n_plain else beneath).append(Term(shown.trees[index], coefficient))
        bits += float(shown.bits[index])
    drafts = []
    for plainly in (True, False):
        names = [f"k{number}" for number in range(1, 1 + (0 if inner is None else len(inner)))]
        values = [] if inner is None else inner.tolist()
        own = [] if part is None else terms_of_part(part, whole, names, values)
        numerator = summed([*own, *above], names, values, plainly=plainly)
        if numerator is None:
            continue
        tree = normalise(view.write(numerator, summed(beneath, names, values, plainly=plainly)))
        if can_be_said(tree, operators) and set(names) <= set(constants_of(tree)):
            drafts.append(Draft(tree, tuple(names), tuple(values), (0,) * len(names), bits + view.bits))
    return drafts
