"""Fitting: the constants of formulas on the training rows, with covariance, bounds and errors of inputs."""

from __future__ import annotations

from symreg.fitting.bounds import holding, limits_of, within_bounds
from symreg.fitting.fitted import Fitted
from symreg.fitting.fitter import Fitter, Floats, make_fitter
from symreg.fitting.input_errors import InputErrors, fit_with_input_errors, uncertain_inputs
from symreg.fitting.leaving_out import sum_left_out

__all__ = [
    "Fitted",
    "Fitter",
    "Floats",
    "InputErrors",
    "fit_with_input_errors",
    "holding",
    "limits_of",
    "make_fitter",
    "sum_left_out",
    "uncertain_inputs",
    "within_bounds",
]
