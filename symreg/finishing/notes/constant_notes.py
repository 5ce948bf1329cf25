"""What is to be said of a law's constants beside their values and errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symreg.finishing.notes.constant_origins import origin_notes
from symreg.finishing.notes.fit_notes import fit_notes
from symreg.fitting import Fitted, Fitter, Floats, uncertain_inputs
from symreg.laws import LawConstant, correlations
from symreg.problem import ROBUST
from symreg.uncertain_text import number_text

FAR_FROM_NOISE = 1e-6  # a chi square that noise of the stated size exceeds, or falls short of, less often than this


def constant_notes(
    fitter: Fitter, fitted: Fitted, constants: Sequence[LawConstant], covariance: Floats
) -> tuple[str, ...]:
    """Notes on limits, correlations, errors of inputs, stated uncertainties and what constants may be made of.

    ``constants`` are in the user's units, ``covariance`` is ``(n_free, n_free)``.
    """
    pairs = [one for one in correlations(fitted.names, covariance) if one.is_close]
    notes = [_limit_note(fitter, one) for one in constants if one.name in fitted.held]
    notes += fit_notes(fitter, fitted)
    notes += [
        f"the errors of {one.first} and {one.second} go together (correlation {one.coefficient:.4f}): "
        "the data hardly tell one from the other"
        for one in pairs
    ]
    if uncertain := uncertain_inputs(fitter, fitted.expression):
        notes.append(f"fitted with the errors of {', '.join(uncertain)} too (effective variance, Orear 1982)")
    return (*notes, *_chi_square_note(fitter, fitted), *origin_notes(fitter, fitted, constants))


def _limit_note(fitter: Fitter, constant: LawConstant) -> str:
    limit = fitter.limits[constant.name]
    if limit.whole:
        return f"{constant.name} is a whole number: fitted at each, the best is kept, without a standard error"
    value = constant.unit.to_si(constant.value)
    side = "lower" if abs(value - limit.lower) < abs(value - limit.upper) else "upper"
    return f"{constant.name} is on its {side} bound and has no standard error; the other errors take it as given"


def _chi_square_note(fitter: Fitter, fitted: Fitted) -> tuple[str, ...]:
    """Whether the stated uncertainties are those that the residuals have."""
    freedom = fitter.freedom(fitted)
    if not fitter.knows_errors or freedom <= 0 or fitter.problem.loss in ROBUST:  # these expect rows far off
        return ()
    from scipy.special import gammainc, gammaincc

    chi_square = fitter.sum_of_squares(fitted)
    if min(gammainc(freedom / 2, chi_square / 2), gammaincc(freedom / 2, chi_square / 2)) > FAR_FROM_NOISE:
        return ()
    found = number_text(float(np.sqrt(chi_square / freedom)), 3)
    times = f"residuals are {found} times what the stated uncertainties say"
    return (f"{times}; the standard errors take those at their word",)
