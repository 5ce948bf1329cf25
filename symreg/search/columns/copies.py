"""False columns beside the true ones: copies that go with all the other columns as the column does, and tell nothing.

Each column is taken for a part that it has in common with the others and noise of its own; a copy has the same common
part and other noise. Seen without the target nobody can say which of them is the column (model-X knock-offs; Candes,
Fan, Janson and Lv 2018, J. R. Stat. Soc. B 80, 551; several at once: Gimenez and Zou 2019, AISTATS 89, 2184). A column
whose rows are merely shuffled is no such copy: it goes with no other column any more, so that a column which only
resembles one of the law's would be told from it.

This is exact where the normal scores of the columns are normal together with the correlations that are estimated; how
near it comes elsewhere is measured (``tests/benchmarks/many_columns.py --false-rate``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

OWN_SHARE = 0.999
"""Of the noise that a column can have at most for itself, what it is given: all of it would leave the common part
singular."""

MOST_OWN = 0.98
"""Of a column's variance, what its own noise takes at most."""

OTHERWISE = 0.3
"""Correlation of squares, beyond what correlations say, from which a column goes with another in its own way."""

OTHERWISE_ERRORS = 5.0
"""Standard errors that such a correlation is beyond chance at least: of a million pairs none is by chance."""


def normal_scores(columns: Floats, generator: np.random.Generator) -> Floats:
    """Normal scores of columns ``(n_columns, n_rows)``, of mean 0 and variance 1; equal values in random order."""
    from scipy.special import ndtri

    n_rows = columns.shape[1]
    in_order = ndtri((np.arange(n_rows) + 0.5) / n_rows)
    in_order /= np.sqrt(np.mean(in_order**2))
    scores = np.empty(columns.shape)
    for own, column in zip(scores, columns, strict=True):
        own[np.lexsort((generator.random(n_rows), column))] = in_order
    return scores


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """How columns go together: the correlations ``(n_columns, n_columns)`` of their normal scores, and what is wrong.

    ``lost`` is what of a column's correlations was drawn towards none for want of rows, as the root of the sum of their
    squares. ``otherwise`` ``(n_columns,)`` is whether a column goes with another in a way that no correlation says.
    """

    correlations: Floats
    lost: float
    otherwise: npt.NDArray[np.bool_]


def together(scores: Floats) -> Together:
    """How normal scores ``(n_columns, n_rows)`` go together.

    Correlations are drawn towards none as far as they are chance (Ledoit and Wolf 2004, J. Multivariate Anal. 88, 365),
    off the diagonal. Of columns that are normal together, the square of one has no correlation with another, and
    squares have the square of the correlation.
    """
    n_columns, n_rows = scores.shape
    found = scores @ scores.T / n_rows
    squares = np.square(scores)
    fourth = squares @ squares.T / n_rows
    spread = np.sqrt(np.maximum(np.diag(fourth) - 1.0, MOST_OWN))
    chance = (fourth - np.square(found)) / n_rows
    beyond = np.abs((fourth - 1.0) / np.outer(spread, spread) - np.square(found))
    beyond = np.maximum(beyond, np.abs(squares @ scores.T / n_rows / spread[:, None]))
    beyond = np.maximum(beyond, beyond.T)
    np.fill_diagonal(beyond, 0.0)
    otherwise = beyond.max(axis=1, initial=0.0) > max(OTHERWISE, OTHERWISE_ERRORS / np.sqrt(n_rows))
    np.fill_diagonal(chance, 0.0)
    np.fill_diagonal(found, 0.0)
    size = float(np.square(found).sum())
    drawn = min(1.0, max(0.0, float(chance.sum()) / size)) if size > 0 else 1.0
    found *= 1.0 - drawn
    lost = drawn * np.sqrt((1.0 - drawn) * size / n_columns)
    np.fill_diagonal(found, 1.0)
    return Together(found, float(lost), otherwise)


@dataclass(frozen=True, slots=True, eq=False)
class CopyMaker:
    """Makes copies of normal scores: ``common`` ``(n_columns, n_rows)`` is what they have in common with the columns,
    ``own`` ``(n_columns,)`` the standard deviation of what is their own."""

    common: Floats
    own: Floats

    def orders(self, generator: np.random.Generator) -> Places:
        """The rows of one copy of each column by its values, the smallest first, ``(n_columns, n_rows)``."""
        made = generator.standard_normal(self.common.shape, dtype=np.float32) * self.own[:, None].astype(np.float32)
        made += self.common
        return np.argsort(made, axis=1)


def copy_maker(scores: Floats, correlations: Floats, generator: np.random.Generator) -> CopyMaker:
    """What makes copies of normal scores ``(n_columns, n_rows)`` with these correlations.

    With the correlations ``R`` and own noise ``s`` the common part is ``(1 - s/R) scores + N(0, s - s R**-1 s)``. Each
    column gets the same part of what the others do not say of it, ``1/(R**-1)_jj``: the largest that leaves ``R - s``
    positive.
    """
    inverse = np.linalg.inv(correlations)
    alone = 1.0 / np.diag(inverse)
    root = np.sqrt(alone)
    largest = float(np.linalg.eigvalsh(root[:, None] * inverse * root)[-1])
    own = np.minimum(OWN_SHARE * alone / largest, MOST_OWN)
    left = np.diag(own) - own[:, None] * inverse * own
    common = scores - own[:, None] * (inverse @ scores)
    common += np.linalg.cholesky(left) @ generator.standard_normal(scores.shape)
    return CopyMaker(common.astype(np.float32), np.sqrt(own))
