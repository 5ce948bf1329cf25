"""Fitting: the constants of formulas on the training rows, with covariance, bounds and errors of inputs."""

from __future__ import annotations

from symreg.fitting.bounds import holding, limits_of, within_bounds
from symreg.fitting.every_row import EveryRow, Followed, may_be_followed
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import Fitter, Floats, make_fitter
from symreg.fitting.input_errors import InputErrors, fit_with_input_errors, uncertain_inputs
from symreg.fitting.leaving_out import sum_left_out
from symreg.fitting.losses import (
    NORMAL_MEDIAN,
    SMALLEST_SCALE,
    deviations,
    equivalent_sum,
    likeliest_scale,
    slope_factor,
)
from symreg.fitting.reweighting import left_out_under, left_under, weighed_deviations
from symreg.fitting.turns import Tally

__all__ = [
    "NORMAL_MEDIAN",
    "SMALLEST_SCALE",
    "EveryRow",
    "Fitted",
    "Fitter",
    "Floats",
    "Followed",
    "InputErrors",
    "Tally",
    "deviations",
    "equivalent_sum",
    "fit_with_input_errors",
    "holding",
    "left_out_under",
    "left_under",
    "likeliest_scale",
    "limits_of",
    "make_fitter",
    "may_be_followed",
    "slope_factor",
    "sum_left_out",
    "uncertain_inputs",
    "weighed_deviations",
    "within_bounds",
]
