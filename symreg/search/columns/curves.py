"""Columns as smooth curves of themselves: what of a target each could explain, whatever its form."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

BENT = 3
"""Powers of a column that its curve is made of: rising, bent, and bent back."""

DEPENDENT = 1e-3
"""Of the square of a curve of unit length, what is added to keep curves of one column apart: what is left of a column
that says the same as one before it is far shorter, and explains nothing."""


def ways_of(target: Floats) -> Iterator[Floats]:
    """The target ``(n_rows,)`` as it is, its size as a logarithm, and the square of what it is away from its mean.

    Each has shape ``(n_rows,)``.
    Sums show in the first, products in the second, products of what has either sign in the third.
    """
    scaled = target / (float(np.abs(target).max(initial=0.0)) or 1.0)  # squares of the largest numbers run over
    yield scaled
    if (scaled != 0).all():
        yield np.log(np.abs(scaled))
    yield (scaled - scaled.mean()) ** 2


def curves_of(column: Floats) -> Singles:
    """Values of a column ``(n_rows,)`` and powers of its ranks, of unit length around their means.

    The shape is ``(BENT + 1, n_rows)``.
    """
    ranks = middle_ranks(column) / max(1, len(column) - 1) - 0.5
    made = [column, *(ranks**power for power in range(1, BENT + 1))]
    return np.stack([unit_length(one - one.mean()) for one in made])


def middle_ranks(column: Floats) -> Floats:
    """Ranks from 0 of values ``(n_rows,)``; those of equal values are alike, the middle of what they take together.

    Told apart by their rows they would follow whatever the table is sorted by.
    """
    order = np.argsort(column, kind="stable")
    values = column[order]
    starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    lengths = np.diff(np.append(starts, len(values)))
    ranks = np.empty(len(column))
    ranks[order] = np.repeat(starts + (lengths - 1) / 2, lengths)
    return ranks


def unit_length(values: Floats) -> Singles:
    """Values ``(n_rows,)`` over their length; zeros stay."""
    largest = np.abs(values).max(initial=0.0)  # first, for squares of the largest numbers run over
    values = values / largest if largest > 0 else values
    length = np.sqrt((values**2).sum())
    return np.asarray(values / length if length > 0 else values, dtype=np.float32)


def explained(curves: Singles, rest: Singles) -> Floats:
    """The part of ``rest`` ``(n_rows,)`` that curves ``(n_columns, n_curves, n_rows)`` of each column explain."""
    gram = (curves @ np.swapaxes(curves, 1, 2)).astype(np.float64)
    gram += DEPENDENT * np.eye(gram.shape[1])
    along = (curves @ rest).astype(np.float64)
    return np.asarray(np.einsum("ij,ij->i", along, np.linalg.solve(gram, along[:, :, None])[:, :, 0]))
