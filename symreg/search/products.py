"""Laws of the form ``y = step(v + A * x1**e1 * ... * xn**en * g**p * h**q)``: the join in logarithms.

``g`` and ``h`` are factors of the bank that are not products themselves (sums, exponentials, sines ...). Dimensional
analysis fixes the exponents of the monomial up to its Pi groups (Buckingham 1914): with one particular solution taken
from the logarithms and those of the Pi groups and a constant projected out of all of them, what is left of the target's
must be ``p*log|g| + q*log|h|``. So one matrix product looks at every monomial and every pair of powers at once.
Exponents are then rounded to simple fractions, solved again for the dimensions, and the law is judged in y.

The step and the offset v may be absent. A third factor is looked for beside the best pairs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, log2
from typing import Literal

import numpy as np
import numpy.typing as npt

from symreg.dimension import Dimension, power_product
from symreg.expression import Expression, Number, complexity
from symreg.search.bank import Bank
from symreg.search.context import STEPS, Step
from symreg.search.dimension_code import DimensionRangeError
from symreg.search.factors import FactorTable, logs_of_family
from symreg.search.join import Joiner, solve
from symreg.search.log_target import IDENTITY, LogTargets, log_targets, target_dimension
from symreg.search.monomials import Monomials
from symreg.search.probes import Probes
from symreg.search.product_draft import Factor, ProductDraft
from symreg.search.proposal import Draft, Pool, Proposal
from symreg.search.shelf import Ids
from symreg.search.space import SearchSpace
from symreg.search.vocabulary import NOT_MONOMIAL

Floats = npt.NDArray[np.float64]
Powers = tuple[float | Fraction, ...]
KEEP = 48
KEEP_IN_CONTEXT = 12
MONOMIAL = 1 << 40  # offsets above are numbers of monomials
LOOKED_THROUGH = 10  # times as many, for those with simple powers
SIMPLE = 0.06  # how near to a half or whole number a fitted power has to be
MOST_PAIRS = 200_000_000
CHEAP = 300_000  # rows to be weighted; what takes twice as many comes one level later
PAIR_TO_ROW = 0.02
NO_OFFSET = -1
LEFT = 0.02  # of what a monomial leaves over
DEPENDENT = 1e-13  # of a basis vector's square
NEARLY = 0.3  # of what varies in a target's logarithm: more than that no monomial leaves over that is worth rounding
MOST_CONTEXTS = 20_000
LARGEST_OFFSET = 9
THIRDS = 24  # pairs that get a third factor
MOST_THIRDS = 8_000
NEAR = 0.04  # thirds and quarters are taken only where the fitted exponent is as near as this
LARGEST_EXPONENT = 8


@dataclass(frozen=True, slots=True)
class Context:
    """An outer step and an offset of some size: none ("alone"), an entry of the bank, the same with its shape in the
    product ("sharing"), or a monomial."""

    step: Step
    v: int
    kind: Literal["alone", "offset", "sharing", "monomial"]


PLAIN_TARGET = Context(IDENTITY, 0, "alone")


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
    _targets: dict[Context, LogTargets | None] = field(default_factory=dict)
    _digits: dict[int, Floats] = field(default_factory=dict)
    _later: dict[int, list[tuple[Context, int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        usable = [
            index
            for index, values in enumerate(self.leaf_values)
            if not isinstance(self.space.leaves[index], Number) and (values != 0).all()
        ]
        self._leaves = usable
        self._logs = np.log(np.abs(self.leaf_values[usable]))
        coding = self.space.coding
        digits = [coding.digits(np.array([self.space.codes[i]]))[0] for i in usable]
        extra = self._coefficient_digits()
        n_bases = len(coding.bases)
        matrix = np.array([*digits, *extra], dtype=float).reshape(len(digits) + len(extra), n_bases).T
        self._inverse = np.linalg.pinv(matrix)[: len(usable)] if n_bases else np.zeros((len(usable), 0))
        self._null = _nullspace(matrix)[: len(usable)]
        self.groups = self._null.T @ self._logs  # logarithms of the Pi groups
        self.particular = self._inverse.T @ self._logs  # and of one monomial for each base unit
        basis = np.vstack([np.ones(self.leaf_values.shape[1]), self.groups])
        left, sizes, _ = np.linalg.svd(basis.T, full_matrices=False)
        self._span = left[:, sizes > 1e-9 * sizes[0]].T
        self.table = FactorTable(
            self.space, self.bank, self._span, self.particular, families=self.families
        )

    def _coefficient_digits(self) -> list[Floats]:
        codes = self.space.coefficient_codes
        if codes is None:
            return list(np.eye(len(self.space.coding.bases)))
        return [self.space.coding.digits(np.array([code]))[0] for code in codes if code]

    def digits_of(self, code: int) -> Floats:
        """Digits of a dimension's code ``(n_bases,)``."""
        if code not in self._digits:
            self._digits[code] = self.space.coding.digits(np.array([code]))[0].astype(float)
        return self._digits[code]

    @property
    def pairs(self) -> int:
        """Combinations looked at."""
        return self.joiner.pairs

    # ------------------------------------------------------------------------------------------------ schedule

    def run(self, size: int) -> None:
        """Try y itself with factors of this total size, then every context with what the context leaves of it."""
        if not self.enabled:
            return
        for f, g in _splits(size):
            self._one(PLAIN_TARGET, f, g)
        for context, cost in self._contexts(size) if self.contexts else ():
            for f, g in _splits(size - cost):
                if self.joiner.stop():
                    return
                delay = ceil(log2(max(1.0, self._work(context, f, g) / CHEAP)))
                if delay:
                    self._later.setdefault(size + delay, []).append((context, f, g))
                else:
                    self._one(context, f, g)
        for job in self._later.pop(size, []):
            if self.joiner.stop():
                return
            self._one(*job)

    def _work(self, context: Context, f: int, g: int) -> float:
        """Rows to be weighted and pairs to be looked at; a pair is worth a small part of a row."""
        targets = self._targets_of(context)
        n_f, n_g = len(self.table.of(f)) if f else 1, len(self.table.of(g)) if g else 0
        return 0.0 if targets is None else len(targets) * (n_f + n_g + n_f * n_g * PAIR_TO_ROW)

    def _one(self, context: Context, f: int, g: int) -> None:
        """One context with factors of these sizes (0: absent)."""
        targets = self._targets_of(context)
        if targets is None or not len(targets):
            return
        logs = self._target_rows(targets)
        if not f:
            self._monomials(targets, logs)
            return
        first = self.table.of(f)
        second = None if not g else first if f == g else self.table.of(g)
        self._join(targets, logs, first, second)

    def look_at(self, probes: Probes) -> None:
        """Take this for the target from now on."""
        self.probes = probes
        self._targets.clear()

    def _targets_of(self, context: Context) -> LogTargets | None:
        """The targets of a context, made once for each target that is looked at; None: there are none or too many."""
        if context not in self._targets:
            self._targets[context] = self._made(context)
        return self._targets[context]

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
        if not len(ids) or 2 * len(ids) > MOST_CONTEXTS or self.joiner.stop():
            return None
        both, sign = np.concatenate([ids, ids]), np.repeat([1.0, -1.0], len(ids))
        return log_targets(step, self.probes, rows[both] * sign[:, None], shift + both, sign)

    def _contexts(self, size: int) -> Iterator[tuple[Context, int]]:
        """Contexts with their cost."""
        for step in STEPS:
            code = target_dimension(step, self.space.target_code, self.space.coding.root)
            if code is None or not set(step.operators) <= self.space.operators:
                continue
            if step.exponent is None and size >= step.cost:
                yield Context(step, 0, "alone"), step.cost
            for v in range(1, min(LARGEST_OFFSET, size - step.cost - 1) + 1):
                yield Context(step, v, "offset"), step.cost + v + 1
                yield Context(step, v, "sharing"), step.cost + v + 1
            for v in sorted(self.monomials.sizes) if code == self.space.target_code else ():
                if v + step.cost + 1 <= size:
                    yield Context(step, v, "monomial"), step.cost + v + 1

    def _target_rows(self, targets: LogTargets) -> Floats:
        code = target_dimension(targets.step, self.space.target_code, self.space.coding.root)
        digits = self.space.coding.digits(np.array([code])).astype(float)
        return np.asarray(targets.logs - digits @ self.particular)

    def _monomials(self, targets: LogTargets, logs: Floats) -> None:
        w = targets.weights
        with np.errstate(all="ignore"):
            mean = np.einsum("ij,ij->i", logs, w) / w.sum(axis=1)
            spread = np.einsum("ij,ij,ij->i", logs, logs, w) - mean**2 * w.sum(axis=1)
            share = _left_over(logs, w, np.broadcast_to(self._span, (len(logs), *self._span.shape))) / spread
        best = np.argsort(np.nan_to_num(share, nan=0.0), kind="stable")[:KEEP_IN_CONTEXT].tolist()
        kept = [index for place, index in enumerate(best) if place < 2 or not share[index] > NEARLY]
        self._offer(targets, [(index, ()) for index in kept])

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
        self._offer(targets, [
            (int(t), (*self._beside(targets, t), *(self.table.factors[one] for one in row)))
            for t, row in zip(found.target[kept], chosen[kept].tolist(), strict=True)
        ])  # fmt: skip
        if g is not None and self.thirds and (plain or len(kept)):
            self._third(targets, logs, found.target[:THIRDS], chosen[:THIRDS])

    def _left(self, targets: LogTargets, logs: Floats) -> Floats:
        """The share of each target that monomials do not explain."""
        w = targets.weights
        with np.errstate(all="ignore"):
            rest = _left_over(logs, w, self._basis(targets, np.arange(len(targets))))
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
        simple = np.flatnonzero((away < SIMPLE) & (np.abs(np.where(free, 1, powers)).min(axis=1) > SIMPLE))
        order = np.concatenate([np.arange(half), simple[simple >= half][: keep - half], np.arange(half, keep)])
        return order[:keep]

    def _basis(self, targets: LogTargets, chosen: Ids) -> Floats:
        """What is projected out: a constant, the Pi groups, and the offset where it is no product of powers itself.

        ``v + w`` is often ``v*(1 + w/v)``: its parts share factors.
        """
        span = np.broadcast_to(self._span, (len(chosen), *self._span.shape))
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
        further = np.arange(min(len(self.table.factors), MOST_THIRDS))
        if not len(target) or self.joiner.stop():
            return
        rows = self.table.rows
        basis = np.concatenate([self._basis(targets, target), rows[pairs].astype(np.float64)], axis=1)
        found = self.joiner.best(
            rows, further, None, np.ascontiguousarray(logs[target]), targets.weights[target], keep=THIRDS,
            basis=np.ascontiguousarray(basis),
        )  # fmt: skip
        chosen = [(*pairs[t], third) for t, third in zip(found.target, found.first, strict=True)]
        self._offer(targets, [
            (int(target[t]), (*self._beside(targets, target[t]), *(self.table.factors[one] for one in three)))
            for t, three in zip(found.target, chosen, strict=True)
        ])  # fmt: skip

    # ------------------------------------------------------------------------------------------------ proposals

    def _offer(self, targets: LogTargets, chosen: Sequence[tuple[int, tuple[Factor, ...]]]) -> None:
        """Round the exponents of the best fits and offer the laws they give."""
        drafts: list[tuple[int, ProductDraft]] = []
        for index, factors in chosen:
            one = OneTarget(self, targets, index)
            logs = self._logs_of(factors)
            for powers in one.factor_powers(factors, logs):
                exponents = one.exponents(factors, logs, powers)
                if exponents is not None:
                    self._judge(targets, index, factors, powers, *exponents, drafts)
        self._fit_and_offer(drafts)

    def _logs_of(self, factors: tuple[Factor, ...]) -> Floats:
        rows = [np.empty((0, len(self.probes.y)))]
        with np.errstate(all="ignore"):
            for one in factors:
                values = self.bank.values[one.entry][None, :]
                rows.append(np.log(np.abs(values)) if one.family is None else logs_of_family(
                    one.family, one.constant * values))  # fmt: skip
        return np.vstack(rows)

    def codes_of(self, factors: tuple[Factor, ...]) -> npt.NDArray[np.int64]:
        """Dimension codes of factors."""
        return np.array(
            [self.bank.code[one.entry] if one.family is None else 0 for one in factors], dtype=np.int64
        )

    def _judge(
        self, targets: LogTargets, index: int, factors: tuple[Factor, ...], powers: Powers, inputs: dict[int, Fraction],
        code: int, drafts: list[tuple[int, ProductDraft]],
    ) -> None:  # fmt: skip
        product = self._evaluate(factors, powers, inputs)
        w, T = targets.weights[index], targets.T[index]
        with np.errstate(all="ignore"):
            inverse = 1 / np.where(T != 0, T, np.inf)
            relative = product * inverse  # the weights are those of a logarithm
            a = float((relative * w).sum() / ((relative * relative) @ w))
            if targets.step is IDENTITY and targets.v[index] == NO_OFFSET:
                w = self.probes.weights
                a = float((product * w) @ self.probes.y / ((product * product) @ w))
            loss = float(self.probes.loss(targets.step.forward(targets.offset[[index]] + a * product))[0])
        if not np.isfinite(a) or not loss < 1.0:
            return
        draft = ProductDraft(
            self.bank, self.space, factors, powers, inputs, a, code, targets.step, self._offset(int(targets.v[index])),
            float(targets.sign[index]),
        )  # fmt: skip
        size = complexity(draft().expression) - 2
        if any(one.family is not None for one in factors):
            drafts.append((size, draft))
        elif loss < self.pool.threshold(size):
            self.pool.offer(Proposal(size, loss, draft, "product"))

    def _offset(self, v: int) -> Expression | None:
        if v >= MONOMIAL:
            return self.monomials.expressions[v - MONOMIAL]
        return None if v < 0 else self.bank.expression(v)

    def _fit_and_offer(self, drafts: Sequence[tuple[int, ProductDraft]]) -> None:
        """Laws with a constant inside a factor are judged after that constant has been fitted."""
        if self.fit is None or not drafts:
            return
        for (size, _), (draft, loss) in zip(drafts, self.fit([draft() for _, draft in drafts]), strict=True):
            if loss < min(1.0, self.pool.threshold(size, len(draft.names))):
                self.pool.offer(Proposal(size, loss, _same(draft), "product", len(draft.names)))

    def complete(self, chosen: dict[int, Fraction], digits: list[Fraction]) -> tuple[dict[int, Fraction], int] | None:
        """Let known constants and the coefficient supply the dimension that the inputs leave over."""
        rest = list(digits)
        for index, power in chosen.items():
            own = self.digits_of(self.space.codes[index])
            rest = [r - power * int(d) for r, d in zip(rest, own, strict=True)] if power else rest
        if not any(rest):
            return chosen, 0
        constants = {
            str(index): self.space.coding.decode(self.space.codes[index])
            for index in self._leaves
            if index >= self.space.n_inputs
        }
        dimension = _dimension(rest, self.space)
        found = power_product(dimension, constants) if constants else None
        if found is not None:
            return chosen | {int(name): power for name, power in found.items() if power}, 0
        try:
            code = self.space.coding.encode(dimension)
        except DimensionRangeError:
            return None
        codes = self.space.coefficient_codes
        return (chosen, code) if codes is None or code in codes else None

    def _evaluate(
        self, factors: tuple[Factor, ...], powers: Powers, inputs: dict[int, Fraction]
    ) -> Floats:
        product = np.ones_like(self.probes.y)
        with np.errstate(all="ignore"):
            for index, exponent in inputs.items():
                product = product * self.leaf_values[index] ** float(exponent)
            for one, power in zip(factors, powers, strict=True):
                values = self.bank.values[one.entry]
                if one.family is not None and not one.family.grid:
                    product = product * np.exp(float(power) * values)
                    continue
                if one.family is not None:
                    values = one.family.values(one.constant * values)
                product = product * values ** float(power)
        return product


@dataclass(frozen=True, slots=True, eq=False)
class OneTarget:
    """Exponents of one target's products: fitted in logarithms, then simple and exact."""

    search: ProductSearch
    targets: LogTargets
    index: int

    @property
    def _root(self) -> Floats:
        return np.asarray(np.sqrt(self.targets.weights[self.index]))

    @property
    def _digits(self) -> Floats:
        space = self.search.space
        code = target_dimension(self.targets.step, space.target_code, space.coding.root)
        assert code is not None
        return self.search.digits_of(code)

    def factor_powers(self, factors: tuple[Factor, ...], logs: Floats) -> list[Powers]:
        """Simple powers of the factors near the fitted ones, every combination; of an exponential the fitted one."""
        if not factors:
            return [()]
        search, root = self.search, self._root
        digits = np.array([search.digits_of(code) for code in search.codes_of(factors).tolist()])
        design = np.vstack([logs - digits @ search.particular, search._span]) * root
        goal = (self.targets.logs[self.index] - self._digits @ search.particular) * root
        if not (np.isfinite(design).all() and np.isfinite(goal).all()):
            return []
        powers = np.linalg.lstsq(design.T, goal, rcond=1e-9)[0][: len(factors)]
        simple: list[list[float | Fraction]] = []
        for one, power in zip(factors, powers.tolist(), strict=True):
            free = one.family is not None and not one.family.grid
            simple.append([power] if free else [exact for exact in _simple(power) if exact])
        return list(itertools.islice(itertools.product(*simple), 12))

    def exponents(
        self, factors: tuple[Factor, ...], logs: Floats, powers: Powers
    ) -> tuple[dict[int, Fraction], int] | None:
        """Exponents of the leaves and the code of the coefficient, or None where none are simple and exact."""
        search = self.search
        remaining = self.targets.logs[self.index] - sum(
            (float(p) * row for p, row in zip(powers, logs, strict=True)), np.zeros(logs.shape[1])
        )
        digits = self._digits
        for power, code in zip(powers, search.codes_of(factors), strict=True):
            digits = digits - float(power) * search.digits_of(int(code))
        particular, root = search._inverse @ digits, self._root
        design = np.vstack([np.ones_like(remaining), search.groups]) * root
        goal = (remaining - particular @ search._logs) * root
        if not (np.isfinite(design).all() and np.isfinite(goal).all()):
            return None
        solution = np.linalg.lstsq(design.T, goal, rcond=1e-9)[0]
        fitted = particular + search._null @ solution[1:]
        chosen: dict[int, Fraction] = {}
        for position, index in enumerate(search._leaves):
            if index < search.space.n_inputs:
                simple = _simple(float(fitted[position]))
                if not simple:
                    return None
                chosen[index] = simple[0]
        return search.complete(chosen, [Fraction(round(d * 60), 60) for d in digits])


def _left_over(t: Floats, w: Floats, basis: Floats) -> Floats:
    """Weighted squares of targets ``(n, n_probes)`` without their part in a basis ``(n, n_basis, n_probes)``.

    By the normal equations, to a few parts in 1e12 of the whole; where the basis is dependent, a part of it is enough.
    """
    weighted = basis * w[:, None, :]
    gram = weighted @ np.swapaxes(basis, 1, 2)
    size = np.sqrt(np.maximum(np.einsum("ijj->ij", gram), np.finfo(float).tiny))
    gram = gram / (size[:, :, None] * size[:, None, :]) + DEPENDENT * np.eye(basis.shape[1])
    products = (weighted @ t[:, :, None])[:, :, 0] / size
    explained = np.einsum("ij,ij->i", products, np.linalg.solve(gram, products[:, :, None])[:, :, 0])
    return np.asarray(np.maximum(np.einsum("ij,ij,ij->i", t, t, w) - explained, 0.0))


def _dimension(digits: list[Fraction], space: SearchSpace) -> Dimension:
    exponents = [Fraction(0)] * 7
    for base, digit in zip(space.coding.bases, digits, strict=True):
        exponents[base] = digit / space.coding.denominator
    return Dimension(tuple(exponents))


def _nullspace(matrix: Floats) -> Floats:
    """Orthonormal columns spanning the nullspace."""
    if not matrix.size:
        return np.eye(matrix.shape[1])
    _, sizes, right = np.linalg.svd(matrix)
    rank = int((sizes > 1e-9 * max(sizes[0], 1e-300)).sum())
    return np.asarray(right[rank:].T)


def _simple(value: float) -> list[Fraction]:
    """Simple fractions near a fitted exponent, the likeliest first; none where it is too large.

    Under noise a fitted exponent is off by more than the steps between thirds and halves, so the nearest half and the
    nearest whole number are always among them: the loss in y decides.
    """
    if not abs(value) <= LARGEST_EXPONENT:
        return []
    fine = [Fraction(round(value * d), d) for d in (3, 4) if abs(round(value * d) / d - value) < NEAR / d]
    half = Fraction(round(2 * value), 2)
    whole = Fraction(round(value))
    exact = abs(float(half) - value) < NEAR / 4
    return list(dict.fromkeys([half] if exact else [*fine, half, whole]))


def _same(draft: Draft) -> Callable[[], Draft]:
    return lambda: draft
