"""Whether some rows are far off for no reason that lies in the inputs: then errors have long tails.

Squares let such rows have the law. Both kinds of errors, Gaussian ones and Student's, are told by their description,
so that the shorter one says how errors go. A law that is wrong leaves long tails too, near a peak that it does not
have; but there the neighbours of a row that is far off are far off as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from symreg.finishing.bits import RESOLUTION
from symreg.finishing.finisher import Finisher
from symreg.finishing.noise.neighbours import nearest
from symreg.finishing.notes import far_rows
from symreg.fitting import Fitted, Fitter, weighed_deviations
from symreg.formula import complexity
from symreg.laws import bits_left

LEAST_BITS = 20.0
"""Bits that errors with long tails have to save: 0.03 for each row are lost where errors are Gaussian, and of a dozen
laws that are all wrong the best may save some by chance. Set on made tables with errors of both kinds."""

FEWEST_ASKED_ROWS = 20
"""Rows below which it is not asked: the fewest with which far rows can be told from a law of several constants."""

AS_OTHERS = 2.0
"""Times the typical residual, up to which a neighbour's is typical: medians of a dozen differ by chance so much."""

MOST_FAR = 100  # rows whose neighbours are looked for


def saved_by_long_tails(finisher: Finisher, laws: Iterable[Fitted]) -> float:
    """Bits by which one of these laws describes the target shorter with Student's errors than any does with Gaussian
    ones; 0 where that is not sure.
    """
    fitter = finisher.fitter
    if fitter.knows_errors or fitter.loss != "squared" or len(fitter.y) < FEWEST_ASKED_ROWS:
        return 0.0
    laws = list(laws)
    if any(finisher.is_at_rounding(one) for one in laws):
        return 0.0
    student = replace(fitter, loss="student")
    gaussian = min((_bits(fitter, one) for one in laws), default=math.inf)
    again = [refit for one in laws if (refit := student.refitted(one)) is not None]
    best = min(again, key=lambda one: _bits(student, one), default=None)
    saved = 0.0 if best is None else gaussian - _bits(student, best)
    return saved if best is not None and saved > LEAST_BITS and _are_alone(student, best) else 0.0


def _bits(fitter: Fitter, fitted: Fitted) -> float:
    """What a law leaves and what its form takes, as far as the loss moves the ledger."""
    own = len(fitted.values) * 0.5 * math.log2(len(fitter.y)) + complexity(fitted.expression)
    return own + bits_left(fitted, fitter, RESOLUTION * float(np.std(fitter.y)))


def _are_alone(fitter: Fitter, fitted: Fitted) -> bool:
    """Whether rows are far from the law while those nearest to them are not."""
    sizes = np.abs(weighed_deviations(fitter, fitted))
    far = far_rows(sizes, sizes, fitter.freedom(fitted))
    if not len(far):
        return False
    near = nearest(fitter.X, far[:MOST_FAR])
    return bool(np.median(sizes[near]) <= AS_OTHERS * np.median(sizes))
