"""A target seen through logarithms: ``T = v + M * g**p * ...`` undone, so that a product becomes a sum.

``T`` is the target with an outer step undone and an offset taken away. Rows are weighted by how well ``log|T|`` is
known (delta method); rows with T = 0 carry no weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.search.native.joins.steps import STEPS, Step
from symreg.search.native.probes import SOFTENING, Probes

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
IDENTITY = STEPS[0]
MONOMIAL = 1 << 40  # offsets above are numbers of monomials
NO_OFFSET = -1
"""In the place of an offset's number, where there is none: entries count from 0, monomials from ``MONOMIAL``."""


@dataclass(frozen=True, slots=True, eq=False)
class LogTargets:
    """Contexts ``y = step(offset + product)``: what the product has to be, and the weights of its logarithm.

    ``T`` and ``weights`` have shape ``(n, n_probes)``; ``v`` (-1: none) and ``sign`` say what the offset is.
    """

    step: Step
    T: Floats
    weights: Floats
    logs: Floats  # log|T|, 0 where T is 0
    v: Ids
    sign: Floats
    offset: Floats
    shares: bool = False  # the offset's own shape is looked for in the product

    def part(self, rows: Ids) -> LogTargets:
        """Some of the contexts, whose offsets may share factors with the product."""
        return LogTargets(
            self.step, self.T[rows], self.weights[rows], self.logs[rows], self.v[rows], self.sign[rows],
            self.offset[rows], shares=True,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.T)

    @property
    def n_bytes(self) -> int:
        """Memory that its arrays take."""
        return sum(one.nbytes for one in (self.T, self.weights, self.logs, self.v, self.sign, self.offset))


def bytes_of_a_target(n_probes: int) -> int:
    """Memory that one target with its weights, its logarithms and its offset takes."""
    return 4 * 8 * n_probes + 16


def log_targets(step: Step, probes: Probes, offsets: Floats, v: Ids, sign: Floats) -> LogTargets:
    """The contexts of one step with these offsets ``(n, n_probes)``; those that too few rows allow are left out."""
    with np.errstate(all="ignore"):
        T = step.inverse(probes.y) - offsets
        variance = (step.slope(probes.y) * probes.sigma / T) ** 2
    good = np.isfinite(T) & np.isfinite(variance) & (T != 0)
    rows = np.flatnonzero(good.mean(axis=1) > 0.9)
    if step is IDENTITY and not len(rows) and len(T) == 1 and v[0] < 0 and good.any():
        rows = np.arange(1)  # y itself is always looked at, however many zeros it has
    if not len(rows):
        return LogTargets(step, T[rows], T[rows], T[rows], v[rows], sign[rows], offsets[rows])
    T, good, variance = np.where(good, T, 0.0)[rows], good[rows], np.where(good, variance, np.inf)[rows]
    with np.errstate(all="ignore"):
        soft = SOFTENING * np.nanmedian(np.where(good, variance, np.nan), axis=1, keepdims=True)
        weights = 1 / (variance + soft)
        weights = np.where(good & np.isfinite(weights), weights, 0.0)
    logs = np.log(np.abs(np.where(T != 0, T, 1.0)))
    return LogTargets(step, T, weights, logs, v[rows], sign[rows], offsets[rows])


def target_dimension(step: Step, code: int, root: object) -> int | None:
    """The dimension code of T for a target of this code, or None where the step forbids it."""
    if step.exponent is None:
        return 0 if code == 0 else None
    back = Fraction(1) / step.exponent
    found, exact = root(np.array([code * back.numerator]), back.denominator)  # type: ignore[operator]
    return int(found[0]) if exact[0] else None
