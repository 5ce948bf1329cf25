"""Laws of the form ``y = M * (v + u * step(a*f + b*g + ...))``: the join inside a context.

``u, v, f, g`` are expressions of the bank, ``step`` is an invertible outer function, ``M`` one of the simplest products
of powers that have the target's dimension (``monomials``; then everything inside is dimensionless), ``a, b``
coefficients that may carry the units which the problem's free constants allow. M, u and v may be absent. All of one
total complexity are tried together: the nodes of the context, of f and g and of the operators between them.

A pair that explains much is a start for sums of three and four terms: with its two terms projected out, the join looks
for one more (orthogonal matching pursuit; Pati et al. 1993).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, log2
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.search.native.bank import EMPTY, Bank, Ids
from symreg.search.native.joins.docket import Docket
from symreg.search.native.joins.join import Joiner, solve
from symreg.search.native.joins.logarithms import offer_logarithms
from symreg.search.native.joins.monomials import Monomials
from symreg.search.native.joins.shells import Shell, contexts_of, shells
from symreg.search.native.joins.sum_draft import SumDraft, plain_draft
from symreg.search.native.joins.sum_question import Question, Sums, best_of, terms_of
from symreg.search.native.joins.sum_terms import Split, SumTerms
from symreg.search.native.probes import Probes
from symreg.search.native.proposal import Pool, Proposal
from symreg.search.space import SearchSpace
from symreg.team import Sharing

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
KEEP_OF_A_JOIN = 32
"""Pairs of a join that are solved again and judged in y, over all of a block's contexts. More cost a solution each;
fewer lose a law that noise puts behind other pairs. Set by hand."""

MOST_WHOLE = 100_000  # entries of the target's dimension up to which a level is made and looked at as a whole
LONGEST_OF_MANY = 6  # nodes of a term that may get a third one beside it
EXTENDED = 8  # pairs of a shell that get a third term
MOST_SUM_TERMS = 4
"""Terms of a sum: the pair, and one or two more that are found one at a time. Each costs a join for all starts, and
what is chosen greedily is less sure with each term; sums of more are for skeletons and evolution. Set by hand."""

MOST_CENTRED = 10_000_000  # pairs that are looked at a second time, for parts of longer sums
ENOUGH = 0.3  # of the floor: then nothing is left for a further term
BETTER = 0.7  # of the loss: what a further term has to reach
CHEAP = 1 << 26  # pairs; a join of twice as many comes one level later


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A join: a shell with u of this dimension, around sums of this one, whose terms have these sizes."""

    shell: Shell
    code_u: int
    hole: int
    splits: tuple[Split, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Sums of a join that are to be made longer: which of its questions they answer, the best, and parts of others."""

    place: int
    found: Sums
    centred: Sums


@dataclass(frozen=True, slots=True, eq=False)
class Longer:
    """The same with the terms of which one more is sought."""

    job: Job
    start: Start
    further: Ids

    def pairs(self) -> float:
        """Combinations to be looked at, about: two terms are added at most, to the best and to the centred."""
        return 2.0 * len(self.further) * (len(self.start.found.target) + len(self.start.centred.target))


@dataclass(slots=True, eq=False)
class SumSearch:
    """Runs the shells of one complexity after another against one bank and one pool."""

    space: SearchSpace
    bank: Bank
    probes: Probes
    pool: Pool
    joiner: Joiner
    monomials: Monomials
    offsets: bool = True  # contexts with v
    triples: bool = True  # sums of more than two terms
    complete: int = 0  # every expression of this size or less was looked at as a whole
    sharing: Sharing = field(default_factory=Sharing)
    extended: list[int] = field(default_factory=list)
    """Numbers of the joins of this level that were extended; where joins are left out, of those that have to be."""
    _singles: int = 0
    _sizes: list[int] = field(default_factory=lambda: [0, 0])  # entries of the last whole levels
    _later: dict[int, dict[tuple[Shell, int, int], list[Split]]] = field(default_factory=dict)
    _level: int = 0
    _terms: SumTerms = field(init=False)

    def __post_init__(self) -> None:
        self._terms = SumTerms(self.space, self.bank)

    @property
    def pairs(self) -> int:
        """Combinations looked at."""
        return self._singles + self.joiner.pairs

    @property
    def stop(self) -> Callable[[], bool]:
        """Whether to end."""
        return self.joiner.stop

    def run(self, complexity: int) -> None:
        """Try everything of this total complexity, and what was put off until now."""
        self._level = complexity
        self._plain(complexity)
        offer_logarithms(self.space, self.bank, self.probes, self.pool, self.joiner, complexity)
        jobs = list(self._due(complexity))
        if self.joiner.is_idle:
            for number in self.extended:  # terms that longer sums wanted are in the bank
                if 0 <= number < len(jobs):
                    self._terms.further(jobs[number].hole, complexity, self.stop)
            return
        docket, self.extended = Docket(self.space, self.joiner, self.pool, self.sharing), []
        numbers = {id(job): number for number, job in enumerate(jobs)}
        told = docket.look(
            jobs, self._join, pairs=self._pairs, costs=self._pairs, write=_starts_written, read=_starts_read
        )
        longer: list[Longer] = []
        for job, starts in told:
            if starts and not self.stop():
                self.extended.append(numbers[id(job)])
                further = self._terms.further(job.hole, complexity, self.stop)
                longer += [Longer(job, one, further) for one in starts if len(further)]
        docket.look(
            longer, self._extend, pairs=Longer.pairs, costs=Longer.pairs, write=_nothing, read=_nothing
        )

    def _due(self, complexity: int) -> Iterator[Job]:
        """The joins of this complexity, those that are not put off, and those that were until now; the terms that they
        take are in the bank by then."""
        for shell, inside in shells(complexity, self.space.operators, self.monomials.sizes):
            if self.stop():
                return
            if self.offsets or not shell.v:
                yield from self._shell(shell, inside, complexity)
        for (shell, code_u, hole), splits in self._later.pop(complexity, {}).items():
            if self.stop():
                return
            yield Job(shell, code_u, hole, tuple(splits))

    # ---------------------------------------------------------------------------------------------- whole levels

    def _plain(self, complexity: int) -> None:
        """``y = a*f`` for every entry of this size."""
        last, before = self._sizes[-1], max(1, self._sizes[-2])
        if last * max(1.0, last / before) > MOST_WHOLE:
            return  # joins reach this far at a fraction of the cost, though not everywhere
        self._terms.request(np.array([self.space.target_code]), complexity)
        truncated = self.bank.truncated_at is not None and self.bank.truncated_at <= complexity
        if self.complete == complexity - 1 and not truncated and not self.stop():
            self.complete = complexity
        ids = self._terms.allowed(self.space.target_code, complexity)
        self._singles += len(ids)
        self._sizes.append(len(ids))
        if not len(ids) or self.joiner.is_idle:
            return
        f, w, y = self.bank.values[ids], self.probes.weights, self.probes.y
        with np.errstate(all="ignore"):
            inner = f @ (w * y)
            a = inner / np.einsum("ij,ij,j->i", f, f, w)
            explained = np.nan_to_num(a * inner, nan=-np.inf)
        best = np.argsort(-explained, kind="stable")[: self.pool.keep]
        losses = self.probes.loss(a[best, None] * f[best])
        threshold = self.pool.threshold(complexity)
        for place, (index, loss) in enumerate(zip(best.tolist(), losses.tolist(), strict=True)):
            if loss < (threshold if place else np.inf):  # the best of all is what the certificate speaks of
                entry, value = int(ids[index]), float(a[index])
                draft = plain_draft(self.bank, entry, value, self.space.target_code - self._code(entry))
                self.pool.offer(Proposal(complexity, loss, draft, "bank"), always=place == 0)

    def _code(self, entry: int) -> int:
        return int(self.bank.code[entry])

    # ---------------------------------------------------------------------------------------------- contexts

    def _shell(self, shell: Shell, inside: int, complexity: int) -> Iterator[Job]:
        target = 0 if shell.m else self.space.target_code
        u = self._context_codes(shell)
        z = target + (u if shell.divides else -u)
        hole, fits = self._terms.holes(shell.step, z)
        u, hole = u[fits], hole[fits]
        if shell.v:
            self.bank.request(shell.v, np.array([target]))
            if not len(self.bank.level(target, shell.v)):
                return
        found = [(split, self._terms.fits(hole, split)) for split in shell.splits(inside)]
        there = np.any([fits for _, fits in found], axis=0) if found else np.zeros(len(u), dtype=bool)
        if shell.u and there.any() and not shell.m:
            self._terms.request(u[there], shell.u)
        elif shell.u and there.any():
            self.bank.request(shell.u, u[there])
        for index in np.flatnonzero(there).tolist():
            if self.stop():
                return
            code_u, code_hole = int(u[index]), int(hole[index])
            now = []
            for split in [split for split, fits in found if fits[index]]:
                delay = ceil(log2(max(1.0, self._cost(shell, code_u, code_hole, split) / CHEAP)))
                if delay:
                    later = self._later.setdefault(complexity + delay, {})
                    later.setdefault((shell, code_u, code_hole), []).append(split)
                else:
                    now.append(split)
            if now:
                yield Job(shell, code_u, code_hole, tuple(now))

    def _context_codes(self, shell: Shell) -> Codes:
        if not shell.u or shell.m:
            return np.zeros(1, dtype=np.int64)
        self.bank.classes.grow(shell.u)
        return self.bank.classes.at.get(shell.u, EMPTY)

    def _cost(self, shell: Shell, code_u: int, hole: int, split: Split) -> float:
        n_u, n_v, n_m = (
            len(self.bank.level(code_u, shell.u)) if shell.u else 1,
            2 * len(self.bank.level(0 if shell.m else self.space.target_code, shell.v)) if shell.v else 1,
            len(self.monomials.of(shell.m)) if shell.m else 1,
        )
        allowed = self._terms.allowed
        pairs = len(allowed(hole, split[0])) * (len(allowed(hole, split[1])) if split[1] else 1)
        return float(n_u) * n_v * n_m * pairs

    def _pairs(self, job: Job) -> float:
        """Pairs that a join looks at."""
        return sum(self._cost(job.shell, job.code_u, job.hole, split) for split in job.splits)

    def _questions(self, job: Job) -> Iterator[Question | None]:
        """What the target says in the contexts of a join, some at a time; None where it says nothing."""
        shell, code_v = job.shell, 0 if job.shell.m else self.space.target_code
        for contexts in contexts_of(shell, self.bank, self.monomials, job.code_u, code_v, len(self.probes.y)):
            t, weights, rows = contexts.undone(shell.step, self.probes)
            yield Question(shell, contexts, rows, t, weights, job.hole) if len(rows) else None

    def _join(self, job: Job, pool: Pool) -> list[Start]:
        """Look a join through; sums that are to be made longer."""
        allowed, hole, extensible = self._terms.allowed, job.hole, list[Start]()
        lists = [(allowed(hole, f), allowed(hole, g) if g and g != f else None, f, g) for f, g in job.splits]
        lists = [one for one in lists if len(one[0]) and (one[1] is None or len(one[1]))]
        for place, question in enumerate(self._questions(job) if lists else ()):
            if self.stop():
                break
            starts, parts = [], []
            for first, other, f, g in lists if question is not None else ():
                assert question is not None
                second = None if not g else first if other is None else other
                found = self.joiner.best(
                    self.bank.unit, first, second, question.t, question.weights, keep=KEEP_OF_A_JOIN
                )
                sums = self._propose(question, found.target, terms_of(found, first, second), pool)
                if second is not None and f <= LONGEST_OF_MANY and sums is not None:
                    starts.append(sums.best(EXTENDED))
                    parts.append(self._centred(question, first, second))
            if self.triples and starts:
                best = best_of(starts, EXTENDED)
                if float(best.measure[0]) > ENOUGH * self.probes.floor:
                    extensible.append(Start(place, best, best_of(parts, EXTENDED)))
        return extensible

    def _centred(self, question: Question, first: Ids, second: Ids) -> Sums:
        """The pairs that explain most of how the target varies: parts of a longer sum do, whatever its mean."""
        t, weights = question.t, question.weights
        if len(t) * len(first) * len(second) > MOST_CENTRED:
            return Sums(EMPTY, np.empty((0, 2), dtype=np.int64), np.empty(0))
        ones = np.ones((len(t), 1, t.shape[1]))
        found = self.joiner.best(self.bank.unit, first, second, t, weights, keep=EXTENDED, basis=ones)
        return Sums(found.target, terms_of(found, first, second), -found.score)

    def _propose(self, question: Question, target: Ids, terms: Ids, pool: Pool) -> Sums | None:
        """Solve and judge sums of these terms; all of them, best first."""
        if not len(target):
            return None
        shell, contexts = question.shell, question.contexts
        coefficients, inside = solve(question.t[target], question.weights[target], self.bank.values[terms])
        at = question.rows[target]
        losses = self.probes.loss(contexts.forward(shell.step, inside, at))
        sizes = shell.cost - 1 + (self.bank.size[terms].astype(np.int64) + 1).sum(axis=1)
        constants = terms.shape[1]
        limits = {size: min(pool.threshold(size, constants), 1.0) for size in set(sizes.tolist())}
        order = np.argsort(losses, kind="stable")
        for index in order.tolist():
            size, loss = int(sizes[index]), float(losses[index])
            if loss < limits[size]:
                draft = SumDraft(
                    self.bank, self.monomials, shell, int(contexts.m[at[index]]), int(contexts.v[at[index]]),
                    float(contexts.sign[at[index]]), int(contexts.u[at[index]]), tuple(terms[index].tolist()),
                    tuple(coefficients[index].tolist()), question.hole,
                )  # fmt: skip
                pool.offer(Proposal(size, loss, draft, "join", constants))
        return Sums(target[order], terms[order], losses[order])

    def _extend(self, longer: Longer, pool: Pool) -> None:
        """One more term for the best sums of a join, and another one where that was worth it."""
        start, further = longer.start, longer.further
        question = next(itertools.islice(self._questions(longer.job), start.place, None))
        assert question is not None
        found, centred = start.found, start.centred
        least = float(found.measure[0])
        target, terms = np.concatenate([found.target, centred.target]), np.concatenate([found.terms, centred.terms])
        while len(further) and terms.shape[1] < MOST_SUM_TERMS and not self.stop():
            goal, weights = np.ascontiguousarray(question.t[target]), question.weights[target]
            basis = np.ascontiguousarray(self.bank.values[terms])
            best = self.joiner.best(self.bank.unit, further, None, goal, weights, keep=2 * EXTENDED, basis=basis)
            more_terms = np.concatenate([terms[best.target], further[best.first][:, None]], axis=1)
            sums = self._propose(question, target[best.target], more_terms, pool)
            if sums is None or not float(sums.measure[0]) < BETTER * least:
                return
            least = float(sums.measure[0])
            if terms.shape[1] + 1 == MOST_SUM_TERMS or least <= ENOUGH * self.probes.floor:
                return
            basis = np.concatenate([np.ones((len(target), 1, goal.shape[1])), basis], axis=1)
            parts = self.joiner.best(self.bank.unit, further, None, goal, weights, keep=EXTENDED, basis=basis)
            more = np.concatenate([terms[parts.target], further[parts.first][:, None]], axis=1)
            target = np.concatenate([sums.best(EXTENDED).target, target[parts.target]])
            terms = np.concatenate([sums.best(EXTENDED).terms, more])


def _starts_written(starts: Sequence[Start]) -> list[Any]:
    return [
        [one.place, *([some.target, some.terms, some.measure] for some in (one.found, one.centred))] for one in starts
    ]


def _starts_read(value: Sequence[Any]) -> list[Start]:
    return [Start(int(place), Sums(*found), Sums(*centred)) for place, found, centred in value]


def _nothing(_: object) -> None:
    return None
