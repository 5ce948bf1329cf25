"""Whether errors are a part of each value, as the laws that are near have them.

The native search asks that of its own simple forms (``search.native.noise``, where the reasons stand). It is asked
again of whatever laws a search has found, since a law of several inputs may be no simple form, and other engines do not
ask at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from symreg.finishing.finisher import Finisher
from symreg.finishing.noise.description import description
from symreg.finishing.noise.neighbours import MOST_PATTERN, pattern
from symreg.fitting import Fitted, make_fitter, weighed_deviations

LEAST_SAVED = 20.0
"""Bits that relative errors have to save: laws that are not found yet leave patterns, which may favour either kind. Set
on made tables with errors of both kinds."""

FEWEST_WEIGHED = 100
"""Rows below which the best of a dozen laws favours either kind by chance."""

LEAST_SPAN = 3.0
"""Of the largest to the smallest size: with less, both kinds of errors are hardly told apart, and it matters little."""


def saved_by_growing(finisher: Finisher, laws: Iterable[Fitted]) -> float:
    """Bits by which one of these laws describes the target shorter with relative errors than any does with equal ones;
    0 where that is not sure.
    """
    fitter, laws = finisher.fitter, list(laws)
    problem = fitter.problem
    if fitter.knows_errors or fitter.loss != "squared" or fitter.weights is not None:
        return 0.0
    if len(fitter.y) < FEWEST_WEIGHED or any(finisher.is_at_rounding(one) for one in laws):
        return 0.0
    other = problem.with_relative_errors()
    if other.sizes is None or not _spans(other.sizes[problem.train_rows]):
        return 0.0
    weighed = make_fitter(other, fitter.units, fitter.engine, fitter.threads)
    equal = min((description(fitter, one) for one in laws), default=math.inf)
    again = [refit for one in laws if (refit := weighed.refitted(one)) is not None]
    best = min(again, key=lambda one: description(weighed, one), default=None)
    saved = 0.0 if best is None else equal - description(weighed, best)
    if best is None or saved <= LEAST_SAVED:
        return 0.0
    return saved if pattern(weighed.X, weighed_deviations(weighed, best)) < MOST_PATTERN else 0.0


def _spans(sizes: np.ndarray) -> bool:
    return bool(sizes.max() > LEAST_SPAN * sizes.min())
