"""Laws as a fit takes them again: a law speaks the user's units, a fit works in natural ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from symreg.engine import Outcome, get_engine
from symreg.fitting import Fitted, Fitter, Floats, left_out_under, left_under, make_fitter, sum_left_out
from symreg.formula import FEW_ROWS, constant_bits, residual_bits, small_sample_bits
from symreg.laws.law import Law
from symreg.problem import FreeConstant, Problem, choose_natural_units


def fitter_of(problem: Problem, threads: int = 1) -> Fitter:
    """A fitter on the training rows, of a long table on some of them, in natural units, with the fastest engine there
    is.
    """
    problem = problem.thinned() if problem.is_long else problem
    return make_fitter(problem, choose_natural_units(problem), get_engine("auto"), threads)


def as_fitted(law: Law, fitter: Fitter) -> Fitted:
    """The law with the constants it states, in natural units; nothing is fitted, so no residuals are known."""
    free = [constant for constant in law.constants if constant.kind == "free"]
    factors = [fitter.units.factor(constant.unit.dimension) for constant in free]
    values = [float(c.unit.to_si(c.value)) / factor for c, factor in zip(free, factors, strict=True)]
    constants = tuple(
        FreeConstant(constant.name, constant.unit.dimension, value)
        for constant, value in zip(free, values, strict=True)
    )
    unknown = np.full((len(free), len(free)), np.nan)
    return Fitted(law.expression, constants, np.array(values), unknown, math.nan, Outcome.CONVERGED)


def fitted_again(laws: Sequence[Law], fitter: Fitter, weights: Floats | None = None) -> list[Fitted | None]:
    """Each law fitted from its own constants, with other ``weights`` ``(n_rows,)`` if given; None where undefined."""
    forms = [as_fitted(law, fitter) for law in laws]
    weighted = fitter if weights is None else replace(fitter, weights=weights, errors=None)
    return weighted.fit([(form.expression, form.constants) for form in forms])


def left_over(fitted: Fitted, fitter: Fitter) -> float:
    """The weighted sum of squares by which a law is described: of its residuals, on few rows of those left out.

    With an unknown variance few residuals flatter a law of several constants by more than any correction that counts
    constants alone can say: it matters which rows they follow.
    """
    if fitter.knows_errors or fitter.n_rows >= FEW_ROWS or not fitted.is_loose.any():
        return fitted.residual_sum
    if fitter.loss != "squared":
        return max(left_under(fitter, left_out_under(fitter, fitted)), fitted.residual_sum)
    values, slopes = fitter.slopes(fitted)
    weights = fitter.row_weights(fitted)
    mean, roots = float(weights @ fitter.y) / float(weights.sum()), np.sqrt(weights)
    total = sum_left_out((fitter.y - values) * roots, slopes[fitted.is_loose] * roots, (fitter.y - mean) * roots)
    return max(total, fitted.residual_sum)


def bits_of_rows(fitted: Fitted, fitter: Fitter, resolution: float) -> float:
    """What the training rows alone say against a law: its residuals, each constant counted as Akaike does (1974), on
    few rows as Hurvich and Tsai do (1989, "Regression and time series model selection in small samples", equation 3).

    In bits. ``resolution`` is the step to which the targets are known, in natural units.
    """
    k = len(fitted.values) + 1  # the variance is one of what is estimated
    few = 0.0 if fitter.knows_errors else k * (k + 1) / (max(fitter.n_rows - k - 1, 0.5) * math.log(2))
    left = _residual_bits(fitted.residual_sum, fitter, resolution)  # of all rows: few are counted here already
    return left + len(fitted.values) / math.log(2) + few


def bits_of_fit(fitted: Fitted, fitter: Fitter, resolution: float) -> float:
    """The part of a description length that changes with the weights of the rows: all but the formula.

    In bits; ``resolution`` as in ``bits_of_rows``.
    """
    n_rows = fitter.n_rows
    few = 0.0 if fitter.knows_errors else small_sample_bits(n_rows, len(fitted.values))
    constants = constant_bits(fitted.values, fitted.information, n_rows)
    return bits_left(fitted, fitter, resolution) + constants + few


def bits_left(fitted: Fitted, fitter: Fitter, resolution: float) -> float:
    """Bits of what a law leaves over, as its description counts them; ``resolution`` as in ``bits_of_rows``."""
    return _residual_bits(left_over(fitted, fitter), fitter, resolution)


def _residual_bits(total: float, fitter: Fitter, resolution: float) -> float:
    variance = 1.0 if fitter.knows_errors else None
    return residual_bits(total, fitter.n_rows, variance, 0.0 if variance else resolution)
