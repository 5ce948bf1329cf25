"""Constants of a law that its rows do not determine: ``A`` and ``B`` of ``A*B*x``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.arrays import Floats
from symreg.engine.least_squares import WORST_CONDITION, triangle_of
from symreg.fitting import Fitted, Fitter

PARTAKES = 1e-3
"""Share of a direction, of length one, from which a constant is named as part of it; rounding leaves 1e-8 or so."""


@dataclass(frozen=True, slots=True, eq=False)
class Directions:
    """Directions in which the constants that the fit moves can go, by how far they move the law on its rows.

    ``lengths`` ``(n_loose,)`` are the roots of the weighted sums of squares of the slopes, by which each constant is
    scaled; those of length zero move nothing. ``vectors`` ``(n_moved, n_moved)`` holds a direction of the others in
    each column, ``sizes`` ``(n_moved,)`` how far it moves the law, the largest first.
    """

    lengths: Floats
    vectors: Floats
    sizes: Floats

    @property
    def is_determined(self) -> npt.NDArray[np.bool_]:
        """Which directions move the law by more than rounding, ``(n_moved,)``."""
        return np.asarray(self.sizes * WORST_CONDITION > self.sizes.max(initial=0.0))


def directions_of(fitter: Fitter, fitted: Fitted) -> Directions | None:
    """The directions at the constants of ``fitted`` on the training rows; None where a slope is undefined."""
    loose = np.flatnonzero(fitted.is_loose)
    J = fitter.slopes(fitted)[1][loose] * np.sqrt(fitter.row_weights(fitted))
    if not np.isfinite(J).all():
        return None
    lengths = np.linalg.norm(J, axis=1)
    moved = np.flatnonzero(lengths)
    if not moved.size:
        return Directions(lengths, np.zeros((0, 0)), np.zeros(0))
    triangle = triangle_of((J[moved] / lengths[moved, None]).T)  # as many directions, however many rows
    vectors, sizes, _ = np.linalg.svd(triangle.T)
    return Directions(lengths, vectors, np.concatenate([sizes, np.zeros(len(moved) - len(sizes))]))


def undetermined(fitter: Fitter, fitted: Fitted) -> tuple[tuple[str, ...], ...]:
    """First each constant that moves nothing, alone; then those that only determine each other, together.

    The latter are the directions in which constants can be moved while no value of the formula moves: the null space
    of its derivatives on the training rows, each scaled to length one.
    """
    loose = np.flatnonzero(fitted.is_loose)
    found = directions_of(fitter, fitted) if loose.size else None
    if found is None:
        return ()
    names = [fitted.names[place] for place in loose]
    moved = np.flatnonzero(found.lengths)
    still = tuple((names[place],) for place in np.flatnonzero(found.lengths == 0))
    share = np.abs(found.vectors[:, ~found.is_determined]).max(axis=1, initial=0.0)
    together = tuple(names[moved[place]] for place in np.flatnonzero(share > PARTAKES))
    return (*still, together) if together else still
