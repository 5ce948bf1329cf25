"""Whether some rows are far off for no reason that lies in the inputs: then errors have long tails.

Squares let such rows have the law. Both kinds of errors, Gaussian ones and Student's, are told by their description,
so that the shorter one says how errors go. A law that is wrong leaves long tails too, near a peak that it does not
have; but there the neighbours of a row that is far off are far off as well. A law that misses what a switch, a rare
regime or a step does leaves them too, and among several inputs neighbours need not tell it; but there the rows that are
far off lie together in that one input. And a law without any input has only seen that values are skewed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from symreg.arrays import Floats, Rows
from symreg.finishing.finisher import Finisher
from symreg.finishing.noise.description import description
from symreg.finishing.noise.neighbours import nearest, pattern
from symreg.finishing.notes import far_rows
from symreg.fitting import Fitted, Fitter, weighed_deviations
from symreg.formula import variables_of

LEAST_BITS = 20.0
"""Bits that errors with long tails have to save: 0.03 for each row are lost where errors are Gaussian, and of a dozen
laws that are all wrong the best may save some by chance. Set on made tables with errors of both kinds."""

FEWEST_ASKED_ROWS = 20
"""Rows below which it is not asked: the fewest with which far rows can be told from a law of several constants."""

AS_OTHERS = 2.0
"""Times the typical residual, up to which a neighbour's is typical: medians of a dozen differ by chance so much."""

MOST_FAR = 100  # rows whose neighbours are looked for

CLIPPED = 4.0
"""Times the typical residual, as which larger ones count where a pattern is looked for: a slip would hide the others,
or be a pattern by itself where another lies next to it."""

MOSTLY_PATTERN = 0.65
"""Correlation of a clipped residual with its neighbours', above which most of what a law leaves is a pattern. Slips
hide terms of a law, so that laws that see the slips leave 0.4 to 0.6; laws of exact tables with tails left 0.7 to 0.8.
Set on made tables of both kinds."""

OF_CHANCE = 3.5
"""Over the root of the number of rows: a pattern that chance makes of errors in one table of a hundred."""

TOGETHER = 0.8
"""Part of the far rows that lie together, at least: beside a regime that a law misses there may be a slip or two."""

BY_CHANCE = 0.01
"""Probability that slips lie together so closely in one of the inputs, all inputs together: so often is a table with
long tails searched under squares, which is what it would be under any other loss that nobody asked for."""


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
    gaussian = min((description(fitter, one) for one in laws), default=math.inf)
    again = [refit for one in laws if (refit := student.refitted(one)) is not None]
    best = min(again, key=lambda one: description(student, one), default=None)
    saved = 0.0 if best is None else gaussian - description(student, best)
    if best is None or saved <= LEAST_BITS or not variables_of(best.expression):
        return 0.0
    return saved if _are_alone(student, best) else 0.0


def _are_alone(fitter: Fitter, fitted: Fitted) -> bool:
    """Whether rows are far from the law while those nearest to them are not, no input tells which rows they are, and
    what the law leaves of the others is no pattern in its own inputs.

    Among dozens of inputs all rows are far from each other; in those of the law they are not.
    """
    r = weighed_deviations(fitter, fitted)
    sizes = np.abs(r)
    far = far_rows(sizes, sizes, fitter.freedom(fitted))
    if not len(far) or lie_together(fitter.X, far):
        return False
    own = fitter.X[[fitter.problem.inputs.index(name) for name in variables_of(fitted.expression)]]
    typical = float(np.median(sizes))
    most = max(MOSTLY_PATTERN, OF_CHANCE / math.sqrt(len(r)))
    if pattern(own, np.clip(r, -CLIPPED * typical, CLIPPED * typical)) > most:
        return False
    near = nearest(fitter.X, far[:MOST_FAR])
    return bool(np.median(sizes[near]) <= AS_OTHERS * typical)


def lie_together(X: Floats, far: Rows) -> bool:
    """Whether these rows lie in so narrow a range of one input, of ``X`` ``(n_inputs, n_rows)``, as chance brings none.

    From one far row on, each other one lies within a range that holds a part ``w`` of all rows with probability ``w``
    or less; so that ``m`` of the ``n`` do has a probability that the binomial distribution tells, for each of the
    ``n`` rows at which the range may begin.
    """
    from scipy.special import bdtrc

    n, n_rows = len(far), X.shape[1]
    enough = {n, math.ceil(TOGETHER * n)} - {0, 1}
    asked = len(enough) * len(X)
    for values in X:
        ordered, own = np.sort(values), np.sort(values[far])
        for m in enough:
            first = np.searchsorted(ordered, own[: n - m + 1], side="left")
            last = np.searchsorted(ordered, own[m - 1 :], side="right")
            narrowest = float((last - first).min()) / n_rows
            if asked * n * float(bdtrc(m - 2, n - 1, narrowest)) < BY_CHANCE:
                return True
    return False
