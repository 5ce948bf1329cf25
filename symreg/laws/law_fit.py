"""A law back at the bench: its constants as a fit on the rows of a problem, to be refitted and judged."""

from __future__ import annotations

import math
from dataclasses import replace

from symreg.fitting import Fitted, Fitter
from symreg.laws.law import Law
from symreg.laws.refitting import as_fitted, fitter_of
from symreg.problem import Problem


def fit_of(law: Law, problem: Problem) -> tuple[Fitter, Fitted]:
    """A fitter on the training rows of the problem, and the law's own constants in its natural units.

    Errors and residual sum are unknown until somebody refits. Constants that are held stay held.
    """
    fitter = fitter_of(problem)
    limits = {limit.name for limit in problem.free_constants.limits}
    held = (one.name for one in law.constants if one.kind == "free" and not math.isfinite(one.stderr))
    return fitter, replace(as_fitted(law, fitter), held=tuple(name for name in held if name in limits))
