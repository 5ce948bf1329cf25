"""Refining: constants inside of a part, with everything linear projected out (variable projection)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
STEP = 1e-6
"""Of a constant, by which it is moved to see what that changes."""

ITERATIONS = 25
"""Gauss-Newton steps at most. Near a minimum that leaves nothing they converge fast, so that 25 are needed only from
far off; most starts rest earlier (``RESTING``). Each costs a look at the columns for every constant and every length.
Set by hand."""

HALVINGS = 6
"""Lengths of a step that are tried, from the whole to 1/32 of it. More look at columns again for steps that hardly
move, fewer give up where the residual is strongly curved. Set by hand."""

RESTING = 1e-3
"""Part by which a loss has to fall for another step to be worth it, once it is small."""


def refined(
    at: Callable[[Floats], Floats], rest: Callable[[Floats], Floats], target: Floats, start: Floats
) -> tuple[Floats, float]:
    """The constants from these on that leave least of the target, and what part of its square they leave.

    ``at`` gives the columns ``(b, n_rows)``, ``rest`` what the backdrop leaves of columns; of the target it is given.
    Gauss-Newton on the residual with the columns' coefficients solved for (Kaufman 1975, "A variable projection method
    for solving separable nonlinear least squares problems"), steps halved until they help.
    """
    total = float(target @ target)
    point, loss = start.astype(np.float64), _left(rest(at(start)), target)[0] / total
    for _ in range(ITERATIONS if len(start) else 0):
        columns = rest(at(point))
        _, basis, coefficients, residual = _left(columns, target)
        slopes = []
        for place in range(len(point)):
            moved = point.copy()
            by = STEP * (abs(point[place]) or 1.0)
            moved[place] += by
            change = coefficients @ (rest(at(moved)) - columns) / by
            slopes.append(change - basis @ (basis.T @ change))
        design = np.array(slopes).T
        if not np.isfinite(design).all():
            break
        step = np.linalg.lstsq(design, residual, rcond=1e-12)[0]
        before = loss
        for halving in range(HALVINGS):
            trial = point + step * 0.5**halving
            with np.errstate(all="ignore"):
                values = at(trial)
            then = _left(rest(values), target)[0] / total if np.isfinite(values).all() else np.inf
            if then < loss:
                point, loss = trial, then
                break
        if not loss < before or (loss > (1 - RESTING) * before):
            break
    return point, loss


def _left(columns: Floats, target: Floats) -> tuple[float, Floats, Floats, Floats]:
    """What columns leave of a target, their basis, coefficients, and the residual."""
    sizes = np.maximum(np.linalg.norm(columns, axis=1), 1e-300)
    q, r = np.linalg.qr((columns / sizes[:, None]).T)
    inside = q.T @ target
    residual = target - q @ inside
    coefficients = np.linalg.lstsq(r, inside, rcond=1e-14)[0] / sizes
    return float(residual @ residual), q, coefficients, residual
