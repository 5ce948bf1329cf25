"""Laws of the form ``y = step(v + A * x1**e1 * ... * xn**en * g**p * h**q)``: the join in logarithms.

``g`` and ``h`` are factors of the bank that are not products themselves (sums, exponentials, sines ...). Dimensional
analysis fixes the exponents of the monomial up to its Pi groups (Buckingham 1914): with one particular solution taken
from the logarithms and those of the Pi groups and a constant projected out of all of them, what is left of the target's
must be ``p*log|g| + q*log|h|``. So one matrix product looks at every monomial and every pair of powers at once.
Exponents are then rounded to simple fractions, solved again for the dimensions, and the law is judged in y.

The step and the offset v may be absent. A third factor is looked for beside the best pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, inf, log2

import numpy as np
import numpy.typing as npt

from symreg.search.native.bank import NOT_MONOMIAL, Bank, Ids
from symreg.search.native.joins.docket import Docket
from symreg.search.native.joins.exponents import Exponents
from symreg.search.native.joins.factors import FactorTable
from symreg.search.native.joins.join import Joiner, left_over, solve
from symreg.search.native.joins.log_target import (
    IDENTITY,
    MONOMIAL,
    NO_OFFSET,
    LogTargets,
    bytes_of_a_target,
    log_targets,
    target_dimension,
)
from symreg.search.native.joins.monomials import Monomials
from symreg.search.native.joins.product_context import PLAIN_TARGET, Context, contexts_of
from symreg.search.native.joins.product_draft import Factor
from symreg.search.native.joins.product_judge import ProductJudge
from symreg.search.native.probes import Probes
from symreg.search.native.proposal import Draft, Pool
from symreg.search.space import SearchSpace
from symreg.team import Sharing

Floats = npt.NDArray[np.float64]
Job = tuple[Context, int, int]  # a context, and the sizes of the factors, 0 where there is none
KEEP = 48
"""Fits of a join, with neither a step nor an offset, that are rounded and judged in y. Under noise many are equally
good, and the right one may stand behind others; each costs its roundings and their losses. Set by hand."""

KEEP_IN_CONTEXT = 12
"""The same where there is a step or an offset, and where a monomial stands alone: a quarter of ``KEEP``, because a
level has many such joins. Set by hand."""

LOOKED_THROUGH = 10  # times as many, for those with simple powers
SIMPLE_FACTOR_ERROR = 0.06  # how near to a half or whole number a fitted power has to be
MOST_PAIRS = 200_000_000
"""Pairs, times targets, beyond which a join is left out for good. By ``PAIR_TO_ROW`` they count as 4,000,000 rows,
which ``CHEAP`` puts off by four levels: larger joins would hold up a whole level. Set by hand."""

CHEAP = 300_000  # rows to be weighted; what takes twice as many comes one level later
PAIR_TO_ROW = 0.02
"""What looking at a pair costs, in rows to be weighted: one entry of a matrix product against a row of all probes. It
only orders the work: a larger one puts joins of pairs off to later levels. Set by hand."""

LEFT = 0.02  # of what a monomial leaves over
NEARLY = 0.3  # of what varies in a target's logarithm: more than that no monomial leaves over that is worth rounding
MOST_CONTEXTS = 20_000
"""Offsets of one size, counted with both signs, beyond which they are left out. An array of so many logarithms takes 20
MB at 128 probes, and a join has some of them; a larger one reaches longer offsets. Set by hand."""

THIRDS = 24  # pairs that get a third factor
MOST_THIRDS = 8_000
"""Factors, those met first, among which a third one is sought: with ``THIRDS`` pairs that is 192,000 combinations for
one join. More cost time in proportion, fewer leave long factors out. Set by hand."""


def _splits(size: int) -> Iterator[tuple[int, int]]:
    """Sizes of one factor and of two that add up to this size; (0, 0) for none."""
    if size >= 0:
        yield size, 0
    for small in range(1, size // 2 + 1):
        yield size - small, small


@dataclass(eq=False)
class ProductSearch:
    """Runs factor sizes one after another against one bank and one pool."""

    space: SearchSpace
    bank: Bank
    probes: Probes
    pool: Pool
    leaf_values: Floats  # (n_leaves, n_probes)
    joiner: Joiner
    monomials: Monomials
    fit: Callable[[Sequence[Draft]], Sequence[tuple[Draft, float]]] | None = None
    contexts: bool = True  # steps and offsets
    thirds: bool = True
    families: bool = True
    enabled: bool = True
    memory: float = inf
    sharing: Sharing = field(default_factory=Sharing)
    learned: list[tuple[int, int, float, float]] = field(default_factory=list)
    """What joins of this size learned, by their numbers; where joins are left out, what they learned before."""
    _targets: dict[Context, LogTargets] = field(default_factory=dict)  # the one that was used last comes last
    _counts: dict[Context, int] = field(default_factory=dict)  # of the targets of a context, None is 0
    _later: dict[int, list[tuple[Context, int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.exponents = Exponents(self.space, self.leaf_values)
        self.table = FactorTable(
            self.space, self.bank, self.exponents.span, self.exponents.particular, families=self.families
        )
        self._judge = ProductJudge(
            self.space, self.bank, self.probes, self.pool, self.leaf_values, self.monomials, self.exponents,
            self.table, self.fit,
        )  # fmt: skip

    def run(self, size: int) -> None:
        """Try y itself with factors of this total size, then every context with what the context leaves of it."""
        if not self.enabled:
            return
        self.learned = self.learned if self.joiner.is_idle else []
        jobs = [one for one in self._due(size) if self._is_ready(one)]
        if self.joiner.is_idle:
            for _, entry, constant, loss in self.learned:
                self.table.learn(entry, constant, loss)
            self.table.news.clear()
            return
        docket = Docket(self.space, self.joiner, self.pool, self.sharing)
        told = docket.look(
            list(enumerate(jobs)), lambda job, pool: self._look(job[1], pool), pairs=lambda job: self._pairs(*job[1]),
            costs=lambda job: self._work(*job[1]), write=list, read=lambda some: [(int(e), k, x) for e, k, x in some],
        )  # fmt: skip
        for (number, _), some in told:
            for one in some:
                self.table.learn(*one)
            self.learned += [(number, *one) for one in self.table.news]
            self.table.news.clear()

    def _due(self, size: int) -> Iterator[Job]:
        """The jobs of this size, those that are not put off, and those that were until now."""
        for f, g in _splits(size):
            yield PLAIN_TARGET, f, g
        for context, cost in contexts_of(self.space, self.monomials, size) if self.contexts else ():
            for f, g in _splits(size - cost):
                if self.joiner.stop():
                    return
                delay = ceil(log2(max(1.0, self._work(context, f, g) / CHEAP)))
                if delay:
                    self._later.setdefault(size + delay, []).append((context, f, g))
                else:
                    yield context, f, g
        for job in self._later.pop(size, []):
            if self.joiner.stop():
                return
            yield job

    def _is_ready(self, job: Job) -> bool:
        """Whether there is something to look at; the tables that it takes are filled by then."""
        context, f, g = job
        if not self._count(context):
            return False
        return all(len(self.table.of(size)) for size in (f, g) if size)

    def _count(self, context: Context) -> int:
        """How many targets a context has."""
        if context not in self._counts:
            self._targets_of(context)
        return self._counts[context]

    def _pairs(self, context: Context, f: int, g: int) -> float:
        """Pairs to be looked at."""
        pairs = (len(self.table.of(f)) if f else 1) * (len(self.table.of(g)) if g else 1)
        return float(self._count(context) * pairs)

    def _work(self, context: Context, f: int, g: int) -> float:
        """Rows to be weighted and pairs to be looked at; a pair is worth a small part of a row."""
        n_f, n_g = len(self.table.of(f)) if f else 1, len(self.table.of(g)) if g else 0
        return self._count(context) * (n_f + n_g + n_f * n_g * PAIR_TO_ROW)

    def _look(self, job: Job, pool: Pool) -> list[tuple[int, float, float]]:
        """One context with factors of these sizes (0: absent), and what it teaches about constants."""
        context, f, g = job
        targets = self._targets_of(context)
        if targets is None:  # it was there: the search ends now
            return []
        self._judge.pool, self._judge.learned = pool, []
        logs = self.exponents.rest_of(targets)
        if not f:
            self._monomials(targets, logs)
        else:
            first = self.table.of(f)
            second = None if not g else first if f == g else self.table.of(g)
            self._join(targets, logs, first, second)
        return self._judge.learned

    def look_at(self, probes: Probes) -> None:
        """Take this for the target from now on."""
        self.probes = self._judge.probes = probes
        self._targets.clear()
        self._counts.clear()

    def _targets_of(self, context: Context) -> LogTargets | None:
        """The targets of a context, None where there are none or too many; those used last are kept."""
        if self._counts.get(context) == 0:
            return None
        targets = self._targets.pop(context, None)
        if targets is None:
            targets = self._made(context)
            self._counts[context] = 0 if targets is None else len(targets)
        if targets is not None:
            self._targets[context] = targets
            while len(self._targets) > 1 and sum(one.n_bytes for one in self._targets.values()) > self.memory:
                del self._targets[next(iter(self._targets))]
        return targets

    def _made(self, context: Context) -> LogTargets | None:
        step, v = context.step, context.v
        if context.kind == "alone":
            zero, none = np.zeros((1, len(self.probes.y))), np.array([NO_OFFSET])
            return log_targets(step, self.probes, zero, none, np.ones(1))
        if context.kind == "sharing":
            offsets = self._targets_of(Context(step, v, "offset"))
            other = None if offsets is None else (self.bank.mask[offsets.v] & NOT_MONOMIAL) != 0
            return None if offsets is None or other is None else offsets.part(np.flatnonzero(other))
        if context.kind == "monomial":
            ids, rows, shift = self.monomials.of(v), self.monomials.values, MONOMIAL
        else:
            code = target_dimension(step, self.space.target_code, self.space.coding.root)
            assert code is not None
            self.bank.request(v, np.array([code]))
            ids, rows, shift = self.bank.level(code, v), self.bank.values, 0
        most = min(MOST_CONTEXTS, self.memory / bytes_of_a_target(rows.shape[1]))
        if not len(ids) or 2 * len(ids) > most or self.joiner.stop():
            return None
        both, sign = np.concatenate([ids, ids]), np.repeat([1.0, -1.0], len(ids))
        return log_targets(step, self.probes, rows[both] * sign[:, None], shift + both, sign)

    def _monomials(self, targets: LogTargets, logs: Floats) -> None:
        w = targets.weights
        with np.errstate(all="ignore"):
            mean = np.einsum("ij,ij->i", logs, w) / w.sum(axis=1)
            spread = np.einsum("ij,ij,ij->i", logs, logs, w) - mean**2 * w.sum(axis=1)
            span = self.exponents.span
            share = left_over(logs, w, np.broadcast_to(span, (len(logs), *span.shape))) / spread
        best = np.argsort(np.nan_to_num(share, nan=0.0), kind="stable")[:KEEP_IN_CONTEXT].tolist()
        kept = [index for place, index in enumerate(best) if place < 2 or not share[index] > NEARLY]
        self._judge.offer(targets, [(index, ()) for index in kept])

    def _join(self, targets: LogTargets, logs: Floats, f: Ids, g: Ids | None) -> None:
        if not len(f) or (g is not None and not len(g)):
            return
        if len(targets) * len(f) * (1 if g is None else len(g)) > MOST_PAIRS:
            return
        plain = targets.step is IDENTITY and targets.v[0] == NO_OFFSET
        basis = self._basis(targets, np.arange(len(targets)))
        keep = KEEP if plain else KEEP_IN_CONTEXT
        found = self.joiner.best(
            self.table.rows, f, g, logs, targets.weights, keep=LOOKED_THROUGH * keep, basis=basis
        )
        chosen = f[found.first][:, None] if g is None else np.stack([f[found.first], g[found.second]], axis=1)
        kept = self._likely(targets, logs, found.target, chosen, keep)
        if not plain:  # a factor that is right takes away nearly all that a monomial leaves over
            left = (1 - found.score[kept]) / np.maximum(self._left(targets, logs)[found.target[kept]], 1e-300)
            kept = kept[(left < LEFT) | (np.arange(len(kept)) < 2)]
        self._judge.offer(targets, [
            (int(t), (*self._beside(targets, t), *(self.table.factor(one) for one in row)))
            for t, row in zip(found.target[kept], chosen[kept].tolist(), strict=True)
        ])  # fmt: skip
        if g is not None and self.thirds and (plain or len(kept)):
            self._third(targets, logs, found.target[:THIRDS], chosen[:THIRDS])

    def _left(self, targets: LogTargets, logs: Floats) -> Floats:
        """The share of each target that monomials do not explain."""
        w = targets.weights
        with np.errstate(all="ignore"):
            rest = left_over(logs, w, self._basis(targets, np.arange(len(targets))))
            return np.asarray(rest / np.einsum("ij,ij,ij->i", logs, logs, w))

    def _likely(self, targets: LogTargets, logs: Floats, target: Ids, chosen: Ids, keep: int) -> Ids:
        """The best by score, and those whose powers are simple: noise makes many equal, and few of them simple."""
        half = keep // 2
        if len(target) <= keep:
            return np.arange(len(target))
        terms = np.concatenate([self._rows_of(chosen), self._basis(targets, target)], axis=1)
        powers = solve(logs[target], targets.weights[target], terms)[0][:, : chosen.shape[1]]
        free = self.table.free[chosen]
        away = np.where(free, 0.0, np.abs(powers - np.rint(2 * powers) / 2)).max(axis=1)
        least = np.abs(np.where(free, 1, powers)).min(axis=1)
        simple = np.flatnonzero((away < SIMPLE_FACTOR_ERROR) & (least > SIMPLE_FACTOR_ERROR))
        order = np.concatenate([np.arange(half), simple[simple >= half][: keep - half], np.arange(half, keep)])
        return order[:keep]

    def _basis(self, targets: LogTargets, chosen: Ids) -> Floats:
        """What is projected out: a constant, the Pi groups, and the offset where it is no product of powers itself.

        ``v + w`` is often ``v*(1 + w/v)``: its parts share factors.
        """
        span = np.broadcast_to(self.exponents.span, (len(chosen), *self.exponents.span.shape))
        if not targets.shares:
            return np.ascontiguousarray(span)
        with np.errstate(all="ignore"):
            own = np.log(np.abs(targets.offset[chosen]))[:, None, :]
        return np.concatenate([span, np.where(np.isfinite(own), own, 0.0)], axis=1)

    def _beside(self, targets: LogTargets, index: int) -> tuple[Factor, ...]:
        """The factor that the offset shares with the product."""
        return (Factor(int(targets.v[index])),) if targets.shares else ()

    def _rows_of(self, chosen: Ids) -> Floats:
        """Logarithms of these factors, a particular monomial taken out, ``(n, n_factors, n_probes)``."""
        return self.table.rows[chosen].astype(np.float64) * self.table.norms[chosen][:, :, None]

    def _third(self, targets: LogTargets, logs: Floats, target: Ids, pairs: Ids) -> None:
        """One more factor beside the best pairs, out of all that were met."""
        further = np.arange(min(len(self.table), MOST_THIRDS))
        if not len(target) or self.joiner.stop():
            return
        rows = self.table.rows
        basis = np.concatenate([self._basis(targets, target), rows[pairs].astype(np.float64)], axis=1)
        found = self.joiner.best(
            rows, further, None, np.ascontiguousarray(logs[target]), targets.weights[target], keep=THIRDS,
            basis=np.ascontiguousarray(basis),
        )  # fmt: skip
        chosen = [(*pairs[t], third) for t, third in zip(found.target, found.first, strict=True)]
        self._judge.offer(targets, [
            (int(target[t]), (*self._beside(targets, target[t]), *(self.table.factor(one) for one in three)))
            for t, three in zip(found.target, chosen, strict=True)
        ])  # fmt: skip
