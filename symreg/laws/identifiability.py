"""Constants of a law that its rows do not determine: ``A`` and ``B`` of ``A*B*x``."""

from __future__ import annotations

import numpy as np

from symreg.engine.least_squares import WORST_CONDITION, triangle_of
from symreg.fitting import Fitted, Fitter

PARTAKES = 1e-3
"""Share of a direction, of length one, from which a constant is named as part of it; rounding leaves 1e-8 or so."""


def undetermined(fitter: Fitter, fitted: Fitted) -> tuple[tuple[str, ...], ...]:
    """First each constant that moves nothing, alone; then those that only determine each other, together.

    The latter are the directions in which constants can be moved while no value of the formula moves: the null space
    of its derivatives on the training rows, each scaled to length one.
    """
    loose = np.flatnonzero(fitted.is_loose)
    if not loose.size:
        return ()
    J = fitter.slopes(fitted)[1][loose] * np.sqrt(fitter.row_weights(fitted))
    if not np.isfinite(J).all():
        return ()
    names = [fitted.names[place] for place in loose]
    lengths = np.linalg.norm(J, axis=1)
    moved = np.flatnonzero(lengths)
    still = tuple((names[place],) for place in np.flatnonzero(lengths == 0))
    if not moved.size:
        return still
    triangle = triangle_of((J[moved] / lengths[moved, None]).T)  # as many directions, however many rows
    directions, sizes, _ = np.linalg.svd(triangle.T)
    sizes = np.concatenate([sizes, np.zeros(len(moved) - len(sizes))])
    share = np.abs(directions[:, sizes * WORST_CONDITION <= sizes.max()]).max(axis=1, initial=0.0)
    together = tuple(names[moved[place]] for place in np.flatnonzero(share > PARTAKES))
    return (*still, together) if together else still
