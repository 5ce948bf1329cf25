"""The ends of a profile: where the sum of squares, all other constants refitted, has risen by what noise allows."""

from __future__ import annotations

import math

import numpy as np

from symreg.fitting import Fitted, Fitter, Floats, fit_with_input_errors, holding, limits_of

FIRST_STEP = 1.0  # standard errors
MOST_DOUBLINGS = 40
"""Steps outwards, each twice the last: 40 reach 1e12 standard errors, and what the data do not end there has no end.
Each step refits the other constants; fewer call an end infinite that lies very far out."""

PRECISE = 1e-9  # of the last step
FAR_RISE = 1e3  # of the allowed rise: enough to be outside


def profile_ends(fitter: Fitter, fitted: Fitted, quantile: float) -> Floats:
    """Lower and upper ends in natural units, ``(2, n_free)``; infinite where the data set no end.

    ``quantile`` counts standard errors: of the stated uncertainties, or of what the residuals say.
    """
    scale = 1.0 if fitter.knows_errors else fitted.residual_sum / max(fitter.freedom(fitted), 1)
    rise = quantile**2 * scale
    ends = np.full((2, len(fitted.values)), np.nan)
    for index, name in enumerate(fitted.names):
        limit = fitter.limits.get(name)
        if rise == 0:  # the fit is exact
            ends[:, index] = fitted.values[index]
        elif math.isfinite(rise) and not (limit is not None and limit.whole):
            profile = _Profile(fitter, fitted, index, rise)
            for side, bound in enumerate(limits_of(fitter, fitted)):
                ends[side, index] = _end(profile, side, float(bound[index]))
    return ends


class _Profile:
    """The sum of squares along one constant, less what is allowed, in units of the allowed rise."""

    def __init__(self, fitter: Fitter, fitted: Fitted, index: int, rise: float) -> None:
        self.fitter, self.fitted, self.rise = fitter, fitted, rise
        self.best, self.name = float(fitted.values[index]), fitted.names[index]
        error = float(fitted.stderr[index])
        self.width = error if np.isfinite(error) and error > 0 else 1e-3 * (abs(self.best) or 1.0)

    def excess(self, value: float) -> float:
        """Below zero within the interval, above it outside; undefined counts as outside."""
        found = holding(self.fitter, self.fitted, {self.name: value})
        if found is not None and self.fitter.errors is not None:
            found = fit_with_input_errors(self.fitter, found)
        if found is None:
            return FAR_RISE
        total = self.fitter.sum_of_squares(found) - self.fitted.residual_sum
        return min(total / self.rise - 1.0, FAR_RISE) if math.isfinite(total) else FAR_RISE


def _end(profile: _Profile, side: int, bound: float) -> float:
    """Step outwards from the best value, twice as far each time, then close in by Brent's method."""
    from scipy.optimize import brentq

    inside, step = profile.best, FIRST_STEP * profile.width
    if profile.excess(inside) > 0:
        return math.nan
    for _ in range(MOST_DOUBLINGS):
        trial = profile.best + (step if side else -step)
        beyond = trial >= bound if side else trial <= bound
        if beyond and profile.excess(bound) <= 0:
            return bound
        trial = bound if beyond else trial
        if profile.excess(trial) > 0:
            return float(brentq(profile.excess, inside, trial, xtol=PRECISE * abs(trial - inside), rtol=1e-12))
        inside, step = trial, 2 * step
    return math.inf if side else -math.inf
