"""A law back at the bench: its constants as a fit on the rows of a problem, to be refitted and judged."""

from __future__ import annotations

import math

import numpy as np

from symreg.engine import Outcome, get_engine
from symreg.fitting import Fitted, Fitter, make_fitter
from symreg.law import Law
from symreg.natural_units import choose_natural_units
from symreg.problem import Problem
from symreg.search.backend import FreeConstant


def fit_of(law: Law, problem: Problem, engine: str = "auto") -> tuple[Fitter, Fitted]:
    """A fitter on the training rows of the problem, and the law's own constants in its natural units.

    Errors and residual sum are unknown until somebody refits. Constants that are held stay held.
    """
    units = choose_natural_units(problem)
    free = [constant for constant in law.constants if constant.kind == "free"]
    values = np.array([float(c.unit.to_si(c.value)) / units.factor(c.unit.dimension) for c in free])
    constants = tuple(
        FreeConstant(constant.name, constant.unit.dimension, float(value))
        for constant, value in zip(free, values, strict=True)
    )
    limits = {limit.name for limit in problem.free_constants.limits}
    held = tuple(c.name for c in free if c.name in limits and not math.isfinite(c.stderr))
    unknown = np.full((len(free), len(free)), np.nan)
    fitted = Fitted(law.expression, constants, values, unknown, math.nan, Outcome.CONVERGED, held)
    return make_fitter(problem, units, get_engine(engine), 1), fitted
