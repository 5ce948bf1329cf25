"""Laws of the form ``y = u * step(a*f + b*g)`` or ``step(a*f + b*g) / u``: the join inside a context.

``u, f, g`` are expressions of the bank, ``step`` an invertible outer function, ``a, b`` coefficients that may carry
the units which the problem's free constants allow. All of one total complexity are tried together: the nodes of u, of
the step, of f and g and of the operators between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.expression import Apply, Constant, Expression, Number
from symreg.search.bank import Bank
from symreg.search.context import STEPS, Step
from symreg.search.join import best_pairs, best_singles, solve
from symreg.search.probes import SOFTENING, Probes
from symreg.search.proposal import Draft, Pool, Proposal
from symreg.search.shelf import EMPTY, Ids
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
KEEP_OF_A_JOIN = 24
CONTEXTS_AT_ONCE = 512
SINGLES_AT_ONCE = 16_384
MOST_WHOLE = 100_000  # entries of the target's dimension up to which a level is made and looked at as a whole


@dataclass(frozen=True, slots=True)
class Work:
    """One join: a step, the side on which u stands, and the sizes of u, f and g (0: absent)."""

    step: Step
    divides: bool
    u: int
    f: int
    g: int


def works(complexity: int, operators: frozenset[str]) -> Iterator[Work]:
    """Every work of this total complexity."""
    for step in STEPS:
        if not set(step.operators) <= operators:
            continue
        rest = complexity - step.cost
        if step.exponent is None:
            yield Work(step, False, 0, rest, 0)
        for u in range(0, rest - 2):
            inside = rest - (u + 1 if u else 0) - 1
            for g in range(1, inside // 2 + 1):
                yield Work(step, False, u, inside - g, g)
                if u:
                    yield Work(step, True, u, inside - g, g)


@dataclass(slots=True, eq=False)
class SumSearch:
    """Runs the works of one complexity after another against one bank and one pool."""

    space: SearchSpace
    bank: Bank
    probes: Probes
    pool: Pool
    stop: Callable[[], bool]
    pairs: int = 0
    complete: int = 0  # every expression of this size or less was looked at as a whole
    _sizes: list[int] = field(default_factory=lambda: [0, 0])  # entries of the last whole levels

    def run(self, complexity: int) -> None:
        """Try everything of this total complexity."""
        self._plain(complexity)
        for work in works(complexity, self.space.operators):
            if self.stop():
                return
            self._work(work, complexity)

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
        self.pairs += len(ids)
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
        for index, loss in zip(best.tolist(), losses.tolist(), strict=True):
            if loss < threshold:
                entry, value = int(ids[index]), float(a[index])
                draft = _plain_draft(self.bank, entry, value, self.space.target_code - self._code(entry))
                self.pool.offer(Proposal(complexity, loss, draft, "bank"))

    def _code(self, entry: int) -> int:
        return int(self.bank.code[entry])

    def _coefficients(self) -> npt.NDArray[np.int64]:
        return np.array(self.space.coefficient_codes, dtype=np.int64)

    def _allowed(self, code: int, size: int) -> Ids:
        """Entries that have this dimension once the unit of their coefficient is counted in."""
        if self.space.coefficient_codes is None:
            return self.bank.all_of(size)
        return np.concatenate([EMPTY, *(self.bank.level(code - k, size) for k in self.space.coefficient_codes)])

    def _request(self, codes: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.bool_]:
        """Make the entries of ``size`` that fit these dimensions; tells which dimensions have any."""
        if self.space.coefficient_codes is None:
            self.bank.request_all(size)
            return np.full(len(codes), len(self.bank.all_of(size)) > 0)
        shifted = codes[:, None] - self._coefficients()
        self.bank.request(size, shifted.ravel())
        return np.asarray(self.bank.count(shifted.ravel(), size).reshape(shifted.shape).sum(axis=1) > 0)

    def _work(self, work: Work, complexity: int) -> None:
        u = self._context_codes(work)
        z = self.space.target_code + (u if work.divides else -u)
        hole, fits = self._hole_codes(work.step, z)
        u, z, hole = u[fits], z[fits], hole[fits]
        for size in {work.f, work.g} - {0}:
            if not len(u):
                return
            fits = self._request(hole, size)
            u, z, hole = u[fits], z[fits], hole[fits]
        if work.u and len(u):
            self.bank.request(work.u, u)
        for code_u, code_hole in zip(u.tolist(), hole.tolist(), strict=True):
            if self.stop():
                return
            context = self.bank.level(code_u, work.u) if work.u else None
            if context is None or len(context):
                f = self._allowed(code_hole, work.f)
                g = self._allowed(code_hole, work.g) if work.g else EMPTY
                self._join(work, context, f, g, code_hole, complexity)

    def _context_codes(self, work: Work) -> npt.NDArray[np.int64]:
        if not work.u:
            return np.zeros(1, dtype=np.int64)
        self.bank.classes.grow(work.u)
        return self.bank.classes.at.get(work.u, EMPTY)

    def _hole_codes(
        self, step: Step, z: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Dimensions of the hole, and where the step allows the dimension of z."""
        if step.exponent is None:
            return np.zeros_like(z), z == 0
        back = 1 / step.exponent
        hole, fits = self.space.coding.root(z * back.numerator, back.denominator)
        return hole, fits & self.space.coding.in_range(hole)

    def _join(self, work: Work, u: Ids | None, f: Ids, g: Ids, hole: int, complexity: int) -> None:
        values = np.ones((1, len(self.probes.y))) if u is None else self.bank.values[u]
        for start in range(0, len(values), CONTEXTS_AT_ONCE):
            if self.stop():
                return
            context = values[start : start + CONTEXTS_AT_ONCE]
            with np.errstate(all="ignore"):
                factor = 1 / context if work.divides else context
                ratio = self.probes.y / factor
                t = work.step.inverse(ratio)
                variance = (work.step.slope(ratio) / factor * self.probes.sigma) ** 2
            good = np.isfinite(t) & np.isfinite(variance)
            usable = good.mean(axis=1) > 0.9
            if not usable.any():
                continue
            rows = np.flatnonzero(usable)
            t, good, factor = np.where(good, t, 0.0)[rows], good[rows], factor[rows]
            variance = np.where(good, variance[rows], np.inf)
            middle = variance.shape[1] // 2
            with np.errstate(all="ignore"):
                soft = SOFTENING * np.partition(variance, middle, axis=1)[:, middle, None]
                weights = 1 / (variance + soft)
                weights = np.where(good & np.isfinite(weights), weights, 0.0)
            self._propose(work, u, rows + start, t, weights, factor, f, g, hole, complexity)

    def _propose(
        self, work: Work, u: Ids | None, rows: Ids, t: Floats, weights: Floats, factor: Floats, f: Ids, g: Ids,
        hole: int, complexity: int,
    ) -> None:  # fmt: skip
        if work.g:
            found = best_pairs(
                t, weights, self.bank.unit[f], self.bank.unit[g], same=work.f == work.g, keep=KEEP_OF_A_JOIN,
                stop=self.stop,
            )  # fmt: skip
            self.pairs += len(t) * len(f) * len(g)
            target, first, second = found.target, f[found.first], g[found.second]
        else:
            first = second = self._singles(t[0], weights[0], f)
            target = np.zeros(len(first), dtype=np.int64)
        if not len(target):
            return
        w = weights[target]
        a, b, inside = solve(
            t[target], w, self.bank.values[first], self.bank.values[second] if work.g else None
        )
        with np.errstate(all="ignore"):
            losses = self.probes.loss(factor[target] * work.step.forward(inside))
        threshold = self.pool.threshold(complexity)
        for index in np.argsort(losses)[:KEEP_OF_A_JOIN]:
            if not losses[index] < min(threshold, 1.0):
                break
            outer = None if u is None else int(u[rows[target[index]]])
            draft = SumDraft(
                self.bank, work, outer, int(first[index]), int(second[index]), float(a[index]), float(b[index]), hole
            )
            self.pool.offer(Proposal(complexity, float(losses[index]), draft, "join"))


    def _singles(self, t: Floats, weights: Floats, f: Ids) -> Ids:
        """The best of the expressions alone, chunk by chunk: there may be hundreds of thousands."""
        best = [EMPTY]
        for start in range(0, len(f), SINGLES_AT_ONCE):
            if self.stop():
                break
            part = f[start : start + SINGLES_AT_ONCE]
            best.append(part[best_singles(t, weights, self.bank.values[part], keep=KEEP_OF_A_JOIN)])
            self.pairs += len(part)
        return np.concatenate(best)


def _plain_draft(bank: Bank, entry: int, value: float, code: int) -> Callable[[], Draft]:
    def build() -> Draft:
        return Draft(Apply("*", (Constant("k1"), bank.expression(entry))), ("k1",), (value,), (code,))

    return build


@dataclass(frozen=True, slots=True, eq=False)
class SumDraft:
    """Builds the tree of one joined law when it is asked for."""

    bank: Bank
    work: Work
    u: int | None
    f: int
    g: int
    a: float
    b: float
    hole: int

    def __call__(self) -> Draft:
        terms, names, values, codes = [], [], [], []
        chosen = [(self.f, self.a), (self.g, self.b)] if self.work.g else [(self.f, self.a)]
        for index, (entry, value) in enumerate(chosen, start=1):
            expression = self.bank.expression(entry)
            constant = Constant(f"k{index}")
            one = expression == Number(Fraction(1))
            terms.append(constant if one else Apply("*", (constant, expression)))
            names.append(constant.name)
            values.append(value)
            codes.append(self.hole - int(self.bank.code[entry]))
        tree: Expression = terms[0] if len(terms) == 1 else Apply("+", (terms[0], terms[1]))
        tree = self.work.step.wrap(tree)
        if self.u is not None:
            outer = self.bank.expression(self.u)
            tree = Apply("/", (tree, outer)) if self.work.divides else Apply("*", (outer, tree))
        return Draft(tree, tuple(names), tuple(values), tuple(codes))
