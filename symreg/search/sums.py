"""Laws of the form ``y = M * (v + u * step(a*f + b*g + ...))``: the join inside a context.

``u, v, f, g`` are expressions of the bank, ``step`` is an invertible outer function, ``M`` one of the simplest products
of powers that have the target's dimension (``monomials``; then everything inside is dimensionless), ``a, b``
coefficients that may carry the units which the problem's free constants allow. M, u and v may be absent. All of one
total complexity are tried together: the nodes of the context, of f and g and of the operators between them.

A pair that explains much is a start for sums of three and four terms: with its two terms projected out, the join looks
for one more (orthogonal matching pursuit; Pati et al. 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, log2

import numpy as np
import numpy.typing as npt

from symreg.expression import Apply, Constant, Expression, Number
from symreg.search.bank import Bank
from symreg.search.context import STEPS, Step
from symreg.search.join import Joiner, solve
from symreg.search.monomials import Monomials
from symreg.search.probes import SOFTENING, Probes
from symreg.search.proposal import Draft, Pool, Proposal
from symreg.search.shelf import EMPTY, Ids
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
KEEP_OF_A_JOIN = 32
CONTEXTS_AT_ONCE = 512
MOST_WHOLE = 100_000  # entries of the target's dimension up to which a level is made and looked at as a whole
LARGEST_OFFSET = 5  # nodes of v, and of u beside it
LARGEST_BESIDE = 7
LONGEST_OF_MANY = 6  # nodes of a term that may get a third one beside it
EXTENDED = 6  # pairs of a join that get a third term
MOST_TERMS = 4
MOST_CENTRED = 10_000_000  # pairs that are looked at a second time, for parts of longer sums
ENOUGH = 0.3  # of the floor: then nothing is left for a further term
BETTER = 0.7  # of the loss: what a further term has to reach
MOST_FURTHER = 8_000  # entries among which a further term is looked for
LARGEST_FURTHER = 10  # their size
BEYOND = 3  # nodes more than the level's own
MOST_MADE = 1_000_000  # combinations, for making them
CHEAP = 1 << 26  # pairs; a join of twice as many comes one level later
NONE_OF = -1
ONE = Number(Fraction(1))


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of join: a step, the side on which u stands, and the sizes of M, v, u, f and g (0: absent)."""

    step: Step
    divides: bool
    u: int
    f: int
    g: int
    v: int = 0
    m: int = 0

    @property
    def complexity(self) -> int:
        """Nodes of the law without its coefficients."""
        context = sum(size + 1 for size in (self.m, self.v, self.u) if size)
        return context + self.step.cost + self.f + (self.g + 1 if self.g else 0)


def works(complexity: int, operators: frozenset[str], monomials: frozenset[int] = frozenset()) -> Iterator[Work]:
    """Every work of this total complexity; ``monomials`` are the sizes that M can have."""
    for step in STEPS:
        if not set(step.operators) <= operators:
            continue
        for m in (0, *sorted(monomials)):
            for v in range(LARGEST_OFFSET + 1 if step.operators and {"+", "-"} <= operators else 1):
                rest = complexity - step.cost - sum(size + 1 for size in (m, v) if size)
                yield from _with_factor(step, rest, v, m)


def _with_factor(step: Step, rest: int, v: int, m: int) -> Iterator[Work]:
    for u in range(rest - 1):
        inside = rest - (u + 1 if u else 0)
        if v and u + v > LARGEST_BESIDE:
            break
        if step.exponent is None and inside >= 1:
            yield Work(step, False, u, inside, 0, v, m)
            if u:
                yield Work(step, True, u, inside, 0, v, m)
        for g in range(1, (inside - 1) // 2 + 1):
            yield Work(step, False, u, inside - 1 - g, g, v, m)
            if u:
                yield Work(step, True, u, inside - 1 - g, g, v, m)


@dataclass(frozen=True, slots=True, eq=False)
class Contexts:
    """Contexts of one work and one dimension: ``y = monomial * (offset + factor * step(hole))``, row by row.

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


@dataclass(slots=True, eq=False)
class SumSearch:
    """Runs the works of one complexity after another against one bank and one pool."""

    space: SearchSpace
    bank: Bank
    probes: Probes
    pool: Pool
    joiner: Joiner
    monomials: Monomials
    offsets: bool = True  # contexts with v
    triples: bool = True  # sums of more than two terms
    complete: int = 0  # every expression of this size or less was looked at as a whole
    _singles: int = 0
    _sizes: list[int] = field(default_factory=lambda: [0, 0])  # entries of the last whole levels
    _later: dict[int, list[tuple[Work, int, int]]] = field(default_factory=dict)
    _level: int = 0
    _furthest: dict[tuple[int, int], Ids] = field(default_factory=dict)
    _requested: dict[tuple[int, bytes], npt.NDArray[np.bool_]] = field(default_factory=dict)

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
        for work in works(complexity, self.space.operators, self.monomials.sizes):
            if self.stop():
                return
            if self.offsets or not work.v:
                self._work(work, complexity)
        for work, code_u, hole in self._later.pop(complexity, []):
            if self.stop():
                return
            self._join(work, code_u, hole)

    # ---------------------------------------------------------------------------------------------- whole levels

    def _plain(self, complexity: int) -> None:
        """``y = a*f`` for every entry of this size."""
        last, before = self._sizes[-1], max(1, self._sizes[-2])
        if last * max(1.0, last / before) > MOST_WHOLE:
            return  # joins reach this far at a fraction of the cost, though not everywhere
        self._request(np.array([self.space.target_code]), complexity)
        truncated = self.bank.truncated_at is not None and self.bank.truncated_at <= complexity
        if self.complete == complexity - 1 and not truncated and not self.stop():
            self.complete = complexity
        ids = self._allowed(self.space.target_code, complexity)
        self._singles += len(ids)
        self._sizes.append(len(ids))
        if not len(ids):
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
                draft = _plain_draft(self.bank, entry, value, self.space.target_code - self._code(entry))
                self.pool.offer(Proposal(complexity, loss, draft, "bank"), always=place == 0)

    def _code(self, entry: int) -> int:
        return int(self.bank.code[entry])

    def _coefficients(self) -> Codes:
        return np.array(self.space.coefficient_codes, dtype=np.int64)

    def _allowed(self, code: int, size: int) -> Ids:
        """Entries that have this dimension once the unit of their coefficient is counted in."""
        if self.space.coefficient_codes is None:
            return self.bank.all_of(size)
        return np.concatenate([EMPTY, *(self.bank.level(code - k, size) for k in self.space.coefficient_codes)])

    def _request(self, codes: Codes, size: int) -> npt.NDArray[np.bool_]:
        """Make the entries of ``size`` that fit these dimensions; tells which dimensions have any."""
        key = size, codes.tobytes()
        if key not in self._requested:
            self._requested[key] = self._make(codes, size)
        return self._requested[key]

    def _make(self, codes: Codes, size: int) -> npt.NDArray[np.bool_]:
        if self.space.coefficient_codes is None:
            self.bank.request_all(size)
            return np.full(len(codes), len(self.bank.all_of(size)) > 0)
        shifted = codes[:, None] - self._coefficients()
        self.bank.request(size, shifted.ravel())
        return np.asarray(self.bank.count(shifted.ravel(), size).reshape(shifted.shape).sum(axis=1) > 0)

    # ---------------------------------------------------------------------------------------------- contexts

    def _work(self, work: Work, complexity: int) -> None:
        target = 0 if work.m else self.space.target_code
        u = self._context_codes(work)
        z = target + (u if work.divides else -u)
        hole, fits = self._hole_codes(work.step, z)
        u, hole = u[fits], hole[fits]
        if work.v:
            self.bank.request(work.v, np.array([target]))
            if not len(self.bank.level(target, work.v)):
                return
        for size in {work.f, work.g} - {0}:
            if not len(u):
                return
            fits = self._request(hole, size)
            u, hole = u[fits], hole[fits]
        if work.u and len(u) and not work.m:
            self._request(u, work.u)
        elif work.u and len(u):
            self.bank.request(work.u, u)
        for code_u, code_hole in zip(u.tolist(), hole.tolist(), strict=True):
            if self.stop():
                return
            delay = ceil(log2(max(1.0, self._cost(work, code_u, code_hole) / CHEAP)))
            if delay:
                self._later.setdefault(complexity + delay, []).append((work, code_u, code_hole))
            else:
                self._join(work, code_u, code_hole)

    def _context_codes(self, work: Work) -> Codes:
        if not work.u or work.m:
            return np.zeros(1, dtype=np.int64)
        self.bank.classes.grow(work.u)
        return self.bank.classes.at.get(work.u, EMPTY)

    def _hole_codes(self, step: Step, z: Codes) -> tuple[Codes, npt.NDArray[np.bool_]]:
        """Dimensions of the hole, and where the step allows the dimension of z."""
        if step.exponent is None:
            return np.zeros_like(z), z == 0
        back = 1 / step.exponent
        hole, fits = self.space.coding.root(z * back.numerator, back.denominator)
        return hole, fits & self.space.coding.in_range(hole)

    def _cost(self, work: Work, code_u: int, hole: int) -> float:
        n_u, n_v, n_m = (
            len(self.bank.level(code_u, work.u)) if work.u else 1,
            2 * len(self.bank.level(0 if work.m else self.space.target_code, work.v)) if work.v else 1,
            len(self.monomials.of(work.m)) if work.m else 1,
        )
        pairs = len(self._allowed(hole, work.f)) * (len(self._allowed(hole, work.g)) if work.g else 1)
        return float(n_u) * n_v * n_m * pairs

    def _contexts(self, work: Work, code_u: int) -> Iterator[Contexts]:
        """All contexts of a work, some at a time."""
        one = np.array([NONE_OF])
        u = self.bank.level(code_u, work.u) if work.u else one
        v = self.bank.level(0 if work.m else self.space.target_code, work.v) if work.v else one
        m = self.monomials.of(work.m) if work.m else one
        signs = np.array([1.0, -1.0]) if work.v else np.ones(1)
        total = len(u) * len(v) * len(m) * len(signs)
        for low in range(0, total, CONTEXTS_AT_ONCE):
            where = np.arange(low, min(low + CONTEXTS_AT_ONCE, total))
            at = np.unravel_index(where, (len(m), len(u), len(v), len(signs)))
            chosen = m[at[0]], u[at[1]], v[at[2]], signs[at[3]]
            ones = np.ones((len(where), len(self.probes.y)))
            factor = self.bank.values[chosen[1]] if work.u else ones
            with np.errstate(all="ignore"):
                factor = 1 / factor if work.divides else factor
            offset = self.bank.values[chosen[2]] * chosen[3][:, None] if work.v else 0 * ones
            monomial = self.monomials.values[chosen[0]] if work.m else ones
            yield Contexts(monomial, offset, factor, chosen[1], chosen[2], chosen[3], chosen[0])

    def _join(self, work: Work, code_u: int, hole: int) -> None:
        f = self._allowed(hole, work.f)
        g = None if not work.g else f if work.g == work.f else self._allowed(hole, work.g)
        if not len(f) or (g is not None and not len(g)):
            return
        for contexts in self._contexts(work, code_u):
            if self.stop():
                return
            t, weights, rows = contexts.undone(work.step, self.probes)
            if not len(rows):
                continue
            found = self.joiner.best(self.bank.unit, f, g, t, weights, keep=KEEP_OF_A_JOIN)
            terms = f[found.first][:, None] if g is None else np.stack([f[found.first], g[found.second]], axis=1)
            ended = self._propose(work, contexts, rows, t, weights, found.target, terms, hole)
            if not self.triples or g is None or work.f > LONGEST_OF_MANY or ended is None:
                continue
            if ended[2][0] > ENOUGH * self.probes.floor:
                centred = self._centred(f, g, t, weights)
                self._extend(work, contexts, rows, t, weights, ended, centred, hole)

    def _centred(self, f: Ids, g: Ids, t: Floats, weights: Floats) -> tuple[Ids, Ids]:
        """The pairs that explain most of how the target varies: parts of a longer sum do, whatever its mean."""
        if len(t) * len(f) * len(g) > MOST_CENTRED:
            return EMPTY, np.empty((0, 2), dtype=np.int64)
        ones = np.ones((len(t), 1, t.shape[1]))
        found = self.joiner.best(self.bank.unit, f, g, t, weights, keep=EXTENDED, basis=ones)
        return found.target, np.stack([f[found.first], g[found.second]], axis=1)

    def _propose(
        self, work: Work, contexts: Contexts, rows: Ids, t: Floats, weights: Floats, target: Ids, terms: Ids, hole: int,
    ) -> tuple[Ids, Ids, Floats] | None:  # fmt: skip
        """Solve and judge sums of these terms; the best ones with their losses, best first."""
        if not len(target):
            return None
        coefficients, inside = solve(t[target], weights[target], self.bank.values[terms])
        losses = self.probes.loss(contexts.forward(work.step, inside, rows[target]))
        order = np.argsort(losses, kind="stable")
        size = work.complexity + sum(int(self.bank.size[entry]) + 1 for entry in terms[0, 2:])
        for index in order:
            extra = terms[index, 2:]
            complexity = work.complexity + int((self.bank.size[extra] + 1).sum()) if len(extra) else size
            if not losses[index] < min(self.pool.threshold(complexity), 1.0):
                continue
            at = int(rows[target[index]])
            draft = SumDraft(
                self.bank, self.monomials, work, int(contexts.m[at]), int(contexts.v[at]), float(contexts.sign[at]),
                int(contexts.u[at]), tuple(terms[index].tolist()), tuple(coefficients[index].tolist()), hole,
            )  # fmt: skip
            self.pool.offer(Proposal(complexity, float(losses[index]), draft, "join"))
        return target[order], terms[order], losses[order]

    def _extend(
        self, work: Work, contexts: Contexts, rows: Ids, t: Floats, weights: Floats,
        found: tuple[Ids, Ids, Floats], centred: tuple[Ids, Ids], hole: int,
    ) -> None:  # fmt: skip
        """One more term for the best sums, and another one where that was worth it."""
        target = np.concatenate([found[0][:EXTENDED], centred[0]])
        terms = np.concatenate([found[1][:EXTENDED], centred[1]])
        further, least = self._further(hole), float(found[2][0])
        while len(further) and terms.shape[1] < MOST_TERMS and not self.stop():
            goal, w = np.ascontiguousarray(t[target]), weights[target]
            basis = np.ascontiguousarray(self.bank.values[terms])
            best = self.joiner.best(self.bank.unit, further, None, goal, w, keep=2 * EXTENDED, basis=basis)
            longer = np.concatenate([terms[best.target], further[best.first][:, None]], axis=1)
            ended = self._propose(work, contexts, rows, t, weights, target[best.target], longer, hole)
            if ended is None or not ended[2][0] < BETTER * least:
                return
            least = float(ended[2][0])
            if terms.shape[1] + 1 == MOST_TERMS or least <= ENOUGH * self.probes.floor:
                return
            basis = np.concatenate([np.ones((len(target), 1, t.shape[1])), basis], axis=1)
            parts = self.joiner.best(self.bank.unit, further, None, goal, w, keep=EXTENDED, basis=basis)
            more = np.concatenate([terms[parts.target], further[parts.first][:, None]], axis=1)
            target = np.concatenate([ended[0][:EXTENDED], target[parts.target]])
            terms = np.concatenate([ended[1][:EXTENDED], more])

    def _further(self, hole: int) -> Ids:
        """Entries of the hole's dimension, small ones first, as many as come cheaply."""
        largest = min(LARGEST_FURTHER, self._level + BEYOND)
        if (hole, largest) not in self._furthest:
            found, before = [EMPTY], self.bank.evaluated
            for size in range(1, largest + 1):
                if self.bank.evaluated - before > MOST_MADE or self.stop():
                    break
                self._request(np.array([hole]), size)
                found.append(self._allowed(hole, size))
                if sum(map(len, found)) > MOST_FURTHER:
                    found.pop()
                    break
            self._furthest[hole, largest] = np.concatenate(found)
        return self._furthest[hole, largest]


def _plain_draft(bank: Bank, entry: int, value: float, code: int) -> Callable[[], Draft]:
    def build() -> Draft:
        return Draft(Apply("*", (Constant("k1"), bank.expression(entry))), ("k1",), (value,), (code,))

    return build


@dataclass(frozen=True, slots=True, eq=False)
class SumDraft:
    """Builds the tree of one joined law when it is asked for."""

    bank: Bank
    monomials: Monomials
    work: Work
    m: int
    v: int
    sign: float
    u: int
    terms: tuple[int, ...]
    coefficients: tuple[float, ...]
    hole: int

    def __call__(self) -> Draft:
        parts, names, codes = [], [], []
        for index, entry in enumerate(self.terms, start=1):
            expression = self.bank.expression(entry)
            constant = Constant(f"k{index}")
            one = expression == ONE
            parts.append(constant if one else Apply("*", (constant, expression)))
            names.append(constant.name)
            codes.append(self.hole - int(self.bank.code[entry]))
        tree: Expression = parts[0]
        for part in parts[1:]:
            tree = Apply("+", (tree, part))
        tree = self.work.step.wrap(tree)
        if self.u != NONE_OF:
            outer = self.bank.expression(self.u)
            tree = Apply("/", (tree, outer)) if self.work.divides else Apply("*", (outer, tree))
        if self.v != NONE_OF:
            offset = self.bank.expression(self.v)
            tree = Apply("+", (offset, tree)) if self.sign > 0 else Apply("-", (tree, offset))
        if self.m != NONE_OF:
            tree = Apply("*", (self.monomials.expressions[self.m], tree))
        return Draft(tree, tuple(names), self.coefficients, tuple(codes))
