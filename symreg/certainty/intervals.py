"""How sure a law's constants are: intervals that hold the truth with a stated probability, in the user's units.

``wald``: value plus or minus a quantile times the standard error. The quantile is Student's t with N - K degrees of
freedom where the residuals say how large the noise is, and the normal one where the target's uncertainty is stated.
``profile``: all values at which the other constants can still be chosen so that the sum of squares rises by no more
than noise would make it (Bates and Watts 1988, "Nonlinear regression analysis and its applications", section 6.1):
by ``t**2 * S/(N - K)``, or by ``z**2`` where the uncertainty is stated. Asymmetric where the law bends.
``bootstrap``: from refits to resampled data, each counted in its own standard errors (see ``certainty.bootstrap``).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal, get_args

from symreg.certainty.bootstrap import RESAMPLES, Resampling, studentised_ends
from symreg.certainty.profile import profile_ends
from symreg.errors import SymregError
from symreg.fitting import Fitted, Fitter, Floats
from symreg.laws import ConstantInterval, Intervals, Law, fit_of, quantile
from symreg.problem import Problem

IntervalMethod = Literal["wald", "profile", "bootstrap"]


class IntervalError(SymregError):
    """Intervals that cannot be computed as asked; ``reason`` says why."""

    reason: str

    def __str__(self) -> str:
        return f"intervals of constants: {self.reason}"


def constant_intervals(
    problem: Problem,
    law: Law,
    *,
    method: IntervalMethod = "profile",
    level: float = 0.95,
    resampling: Resampling | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Intervals:
    """An interval for each free constant of a law that was found for ``problem``, from the rows it was fitted on.

    ``problem`` is that of the discovery (``Discovery.problem``), which knows whether errors were found to grow.
    ``method`` is "wald", "profile" (Bates and Watts 1988) or "bootstrap", ``level`` the probability with which the
    interval holds the true value, between 0 and 1; ends are in the constant's own unit. ``resampling`` draws
    "residuals", or whole "rows", ``resamples`` times by ``seed``; that concerns the bootstrap alone, which draws
    residuals unless inputs have errors. A constant on a bound, or a whole one, has no interval by ``wald`` and
    ``bootstrap`` (NaN); the profile of the first ends at its bound. Of a long table all are by ``wald``, whose standard
    errors are those of all rows, where a law is a straight line in its constants as far as these reach. Raises
    ``IntervalError`` for a method or level that makes no sense, for fewer than 20 or more than 100,000 ``resamples``,
    and for residuals to be redrawn where inputs have errors.
    """
    _check(method, level, resampling, resamples)
    if method == "wald" or problem.is_long:
        return Intervals(_wald(problem, law, level))
    fitter, own = fit_of(law, problem)
    if not own.constants:
        return Intervals()
    fitted = _with_errors(fitter, own)
    if method == "profile":
        stated = fitter.knows_errors
        ends = profile_ends(fitter, fitted, quantile(level, None if stated else fitter.freedom(fitted)))
    else:
        drawn = resampling or ("residuals" if fitter.errors is None else "rows")
        if drawn == "residuals" and fitter.errors is not None:
            raise IntervalError(reason="residuals cannot be redrawn where inputs have errors; resampling='rows' can.")
        ends = studentised_ends(fitter, fitted, level, drawn, resamples, seed)
    return Intervals(_in_users_units(law, fitter, ends, method, level))


def with_intervals(problem: Problem, law: Law, **how: object) -> Law:
    """The law whose constants carry the intervals that ``constant_intervals`` gives; ``how`` is its keywords."""
    found = {one.name: one for one in constant_intervals(problem, law, **how)}  # type: ignore[arg-type]
    return replace(law, constants=tuple(replace(one, interval=found.get(one.name)) for one in law.constants))


def _check(method: str, level: float, resampling: str | None, resamples: int) -> None:
    if method not in get_args(IntervalMethod):
        raise IntervalError(reason=f"method is {method!r}, and must be one of {', '.join(get_args(IntervalMethod))}.")
    if not 0 < level < 1:
        raise IntervalError(reason=f"level is {level!r}, and must be a probability such as 0.95.")
    if resampling not in (None, *get_args(Resampling)):
        raise IntervalError(reason=f"resampling is {resampling!r}, and must be 'residuals' or 'rows'.")
    if not 20 <= resamples <= 100_000:
        raise IntervalError(reason=f"resamples is {resamples!r}, and must be from 20 to 100000.")


def _with_errors(fitter: Fitter, own: Fitted) -> Fitted:
    """The law's constants as they are, with the covariance of a fit that ends there."""
    found = fitter.refitted(own)
    if found is None:
        return own
    return replace(fitter.finished(found), residual_sum=fitter.sum_of_squares(found))


def _wald(problem: Problem, law: Law, level: float) -> tuple[ConstantInterval, ...]:
    """From the standard errors that the law carries."""
    free = [constant for constant in law.constants if constant.kind == "free"]
    moved = sum(math.isfinite(constant.stderr) for constant in free)
    stated = problem.target_column.sigma is not None
    width = quantile(level, None if stated else len(problem.train_rows) - moved)
    return tuple(
        ConstantInterval(c.name, c.value - width * c.stderr, c.value + width * c.stderr, c.unit, "wald", level)
        for c in free
    )


def _in_users_units(
    law: Law, fitter: Fitter, ends: Floats, method: IntervalMethod, level: float
) -> tuple[ConstantInterval, ...]:
    free = [constant for constant in law.constants if constant.kind == "free"]
    found = []
    for constant, (lower, upper) in zip(free, ends.T, strict=True):
        scale = fitter.units.factor(constant.unit.dimension) / constant.unit.scale
        found.append(
            ConstantInterval(constant.name, float(lower * scale), float(upper * scale), constant.unit, method, level)
        )
    return tuple(found)

