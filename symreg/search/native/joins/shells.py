"""Shells: what stands around a sum in ``y = M * (v + u * step(sum))``, by its sizes, and filled with values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.search.native.bank import Bank, Ids
from symreg.search.native.joins.monomials import Monomials
from symreg.search.native.joins.steps import STEPS, Step
from symreg.search.native.probes import SOFTENING, Probes

Floats = npt.NDArray[np.float64]
LARGEST_OFFSET = 5  # nodes of v, and of u beside it
LARGEST_BESIDE = 7
"""Nodes of u and v together, where there is a v. The contexts of a shell are all pairs of these, more by a factor with
each node; a smaller one loses laws with both. Set by hand."""

CONTEXTS_AT_ONCE = 512
"""Contexts that are filled with values together: an array of them takes half a MB at 128 probes. More need more memory
and look at ``stop`` less often, fewer make matrix products small."""

NONE_OF = -1
"""In the place of u's, v's or M's number, where there is none: entries and monomials count from 0."""


@dataclass(frozen=True, slots=True)
class Shell:
    """A step, the side on which u stands, and the sizes of u, v and M (0: absent)."""

    step: Step
    divides: bool
    u: int
    v: int = 0
    m: int = 0

    @property
    def cost(self) -> int:
        """Nodes of everything but the sum."""
        return sum(size + 1 for size in (self.m, self.v, self.u) if size) + self.step.cost

    def splits(self, inside: int) -> Iterator[tuple[int, int]]:
        """Sizes of one term, where the step takes no coefficient in front, and of two; f is the larger one."""
        if self.step.exponent is None and inside >= 1:
            yield inside, 0
        for g in range(1, (inside - 1) // 2 + 1):
            yield inside - 1 - g, g


def shells(
    complexity: int, operators: frozenset[str], monomials: frozenset[int] = frozenset()
) -> Iterator[tuple[Shell, int]]:
    """Every shell and the nodes it leaves for the sum; ``monomials`` are the sizes that M can have."""
    for step in STEPS:
        if not set(step.operators) <= operators:
            continue
        for m in (0, *sorted(monomials)):
            for v in range(LARGEST_OFFSET + 1 if step.operators and {"+", "-"} <= operators else 1):
                rest = complexity - step.cost - sum(size + 1 for size in (m, v) if size)
                for u in range(rest - 1):
                    if v and u + v > LARGEST_BESIDE:
                        break
                    for divides in (False, True) if u else (False,):
                        yield Shell(step, divides, u, v, m), rest - (u + 1 if u else 0)


@dataclass(frozen=True, slots=True, eq=False)
class Contexts:
    """Contexts of one shell and one dimension: ``y = monomial * (offset + factor * step(hole))``, row by row.

    Shapes ``(n, n_probes)``; ``u``, ``v`` (with its sign) and ``m`` say what they are made of (-1: absent).
    """

    monomial: Floats
    offset: Floats
    factor: Floats
    u: Ids
    v: Ids
    sign: Floats
    m: Ids

    def forward(self, step: Step, hole: Floats, rows: Ids) -> Floats:
        """Predictions from values of the hole."""
        with np.errstate(all="ignore"):
            inside = self.offset[rows] + self.factor[rows] * step.forward(hole)
            return np.asarray(self.monomial[rows] * inside)

    def undone(self, step: Step, probes: Probes) -> tuple[Floats, Floats, Ids]:
        """What the hole has to be, its weights, and the contexts of which enough rows can be undone."""
        with np.errstate(all="ignore"):
            scale = self.monomial * self.factor
            ratio = probes.y / scale - self.offset / self.factor
            t = step.inverse(ratio)
            variance = (step.slope(ratio) / scale * probes.sigma) ** 2
        good = np.isfinite(t) & np.isfinite(variance)
        rows = np.flatnonzero(good.mean(axis=1) > 0.9)
        t, good = np.where(good, t, 0.0)[rows], good[rows]
        variance = np.where(good, variance[rows], np.inf)
        if not len(rows):
            return t, variance, rows
        middle = variance.shape[1] // 2
        with np.errstate(all="ignore"):
            soft = SOFTENING * np.partition(variance, middle, axis=1)[:, middle, None]
            weights = 1 / (variance + soft)
            weights = np.where(good & np.isfinite(weights), weights, 0.0)
        kept = weights.max(axis=1) > 0
        return t[kept], weights[kept], rows[kept]


def contexts_of(
    shell: Shell, bank: Bank, monomials: Monomials, code_u: int, code_v: int, n_probes: int
) -> Iterator[Contexts]:
    """All contexts of a shell, some at a time; u and v have these dimension codes."""
    one = np.array([NONE_OF])
    u = bank.level(code_u, shell.u) if shell.u else one
    v = bank.level(code_v, shell.v) if shell.v else one
    m = monomials.of(shell.m) if shell.m else one
    signs = np.array([1.0, -1.0]) if shell.v else np.ones(1)
    total = len(u) * len(v) * len(m) * len(signs)
    for low in range(0, total, CONTEXTS_AT_ONCE):
        where = np.arange(low, min(low + CONTEXTS_AT_ONCE, total))
        at = np.unravel_index(where, (len(m), len(u), len(v), len(signs)))
        chosen = m[at[0]], u[at[1]], v[at[2]], signs[at[3]]
        ones = np.ones((len(where), n_probes))
        factor = bank.values[chosen[1]] if shell.u else ones
        with np.errstate(all="ignore"):
            factor = 1 / factor if shell.divides else factor
        offset = bank.values[chosen[2]] * chosen[3][:, None] if shell.v else 0 * ones
        monomial = monomials.values[chosen[0]] if shell.m else ones
        yield Contexts(monomial, offset, factor, chosen[1], chosen[2], chosen[3], chosen[0])
