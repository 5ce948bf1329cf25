"""Laws of the form ``y = A * x1**e1 * ... * xn**en * g**p * h**q``: the join in logarithms.

``g`` and ``h`` are factors of the bank that are not products themselves (sums, exponentials, sines ...). Dimensional
analysis fixes the exponents of the monomial up to its Pi groups (Buckingham 1914): with one particular solution taken
from ``log|y|``, ``log|g|`` and ``log|h|`` and the logarithms of the Pi groups and a constant projected out of all of
them, what is left of ``log|y|`` must be ``p*log|g| + q*log|h|``. So one matrix product looks at every monomial and
every pair of powers at once. Exponents are then rounded to simple fractions, solved again for the dimensions, and
the law is judged in y.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.dimension import Dimension, power_product
from symreg.expression import Number, complexity
from symreg.search.bank import Bank
from symreg.search.dimension_code import DimensionRangeError
from symreg.search.families import FAMILIES, constants_to_try
from symreg.search.join import best_pairs
from symreg.search.probes import SOFTENING, Probes
from symreg.search.product_draft import Factor, ProductDraft
from symreg.search.proposal import Draft, Pool, Proposal
from symreg.search.space import SearchSpace
from symreg.search.vocabulary import MONOMIAL_OPS, NOT_OVER, OPS

Floats = npt.NDArray[np.float64]
Powers = tuple[float | Fraction, ...]
KEEP = 48
MOST_FAMILY_FACTORS = 10_000  # of one size; a size with more arguments than that goes without
MOST_PAIRS = 200_000_000
NEAR = 0.04  # thirds and quarters are taken only where the fitted exponent is as near as this
LARGEST_EXPONENT = 8


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """Factors of one size, with the unit vectors of what is left of their logarithms, ``(n, n_probes)``."""

    factors: tuple[Factor, ...]
    rest: Floats


@dataclass(eq=False)
class ProductSearch:
    """Runs factor sizes one after another against one bank and one pool."""

    space: SearchSpace
    bank: Bank
    probes: Probes
    pool: Pool
    leaf_values: Floats  # (n_leaves, n_probes)
    stop: Callable[[], bool]
    pairs: int = 0
    fit: Callable[[Sequence[Draft]], Sequence[tuple[Draft, float]]] | None = None
    _factors: dict[int, Factors] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        usable = [
            index
            for index, values in enumerate(self.leaf_values)
            if not isinstance(self.space.leaves[index], Number) and (values != 0).all()
        ]
        self._leaves = usable
        self._logs = np.log(np.abs(self.leaf_values[usable]))
        digits = [self.space.coding.digits(np.array([self.space.codes[i]]))[0] for i in usable]
        extra = self._coefficient_digits()
        n_bases = len(self.space.coding.bases)
        matrix = np.array([*digits, *extra], dtype=float).reshape(len(digits) + len(extra), n_bases).T
        self._inverse = np.linalg.pinv(matrix)[: len(usable)] if n_bases else np.zeros((len(usable), 0))
        self._span = matrix
        null = _nullspace(matrix)[: len(usable)]
        y = self.probes.y
        with np.errstate(all="ignore"):
            variance = (self.probes.sigma / y) ** 2
            soft = SOFTENING * np.median(variance[np.isfinite(variance)]) if (y != 0).any() else 1.0
            self._root = np.where(y != 0, 1 / np.sqrt(variance + soft), 0.0)
        self._root /= np.sqrt((self._root**2).sum()) or 1.0
        basis = np.vstack([np.ones_like(y), null.T @ self._logs]) * self._root
        left, sizes, _ = np.linalg.svd(basis.T, full_matrices=False)
        self._basis = left[:, sizes > 1e-9 * sizes[0]]
        self._target = self._rest(np.log(np.abs(np.where(y != 0, y, 1.0)))[None, :], [self.space.target_code])[0]

    def _coefficient_digits(self) -> list[Floats]:
        codes = self.space.coefficient_codes
        if codes is None:
            return list(np.eye(len(self.space.coding.bases)))
        return [self.space.coding.digits(np.array([code]))[0] for code in codes if code]

    def _rest(self, logs: Floats, codes: Sequence[int] | npt.NDArray[np.int64]) -> Floats:
        """Weighted logarithms with the particular monomial and the Pi groups taken out."""
        reduced = logs * self._root
        if np.any(codes):
            digits = self.space.coding.digits(np.asarray(codes)).astype(float)
            reduced -= digits @ (self._inverse.T @ (self._logs * self._root))
        reduced -= (reduced @ self._basis) @ self._basis.T
        return np.asarray(reduced)

    def factors(self, size: int) -> Factors:
        """Factors of this size that are no products, one of each shape."""
        found = self._factors.get(size)
        if found is None:
            plain, logs = self._plain_factors(size)
            families, family_logs = self._family_factors(size)
            codes = np.concatenate([self.bank.code[[one.entry for one in plain]], np.zeros(len(families), dtype=int)])
            found = self._factors[size] = self._distinct((*plain, *families), np.vstack([logs, family_logs]), codes)
        return found

    def _plain_factors(self, size: int) -> tuple[list[Factor], Floats]:
        if self.bank.affordable(size):
            self.bank.request_all(size)
        ids = self.bank.all_of(size)
        ids = ids[~np.isin(self.bank.op[ids], [OPS.index(name) for name in MONOMIAL_OPS])]
        with np.errstate(all="ignore"):
            return [Factor(entry) for entry in ids.tolist()], np.log(np.abs(self.bank.values[ids]))

    def _family_factors(self, size: int) -> tuple[list[Factor], Floats]:
        """Every family around every dimensionless entry that is small enough for this size."""
        factors: list[Factor] = []
        logs = [np.empty((0, len(self.probes.y)))]
        for family in FAMILIES:
            if not family.operators <= self.space.operators or size <= family.cost:
                continue
            self.bank.request(size - family.cost, np.zeros(1, dtype=np.int64))
            ids = self.bank.level(0, size - family.cost)
            forbidden = max(NOT_OVER.get(name, 0) for name in family.operators)
            ids = ids[(self.bank.mask[ids] & forbidden) == 0]
            if len(ids) * max(1, len(family.grid)) > MOST_FAMILY_FACTORS or self.stop():
                continue
            for entry in ids.tolist():
                if self.bank.is_one(entry):
                    continue
                values = self.bank.values[entry]
                if not family.grid:
                    factors.append(Factor(entry, family))
                    logs.append(values[None, :])
                    continue
                constants = constants_to_try(family, values)
                with np.errstate(all="ignore"):
                    logs.append(np.log(np.abs(family.values(np.outer(constants, values)))))
                factors += [Factor(entry, family, constant) for constant in constants]
        return factors, np.vstack(logs)

    def _distinct(self, factors: Sequence[Factor], logs: Floats, codes: npt.NDArray[np.int64]) -> Factors:
        good = np.flatnonzero(np.isfinite(logs).all(axis=1))
        rest = self._rest(logs[good], codes[good]) if len(good) else np.empty((0, len(self.probes.y)))
        norm = np.sqrt((rest**2).sum(axis=1))
        kept = norm > 1e-6
        good, rest = good[kept], rest[kept] / norm[kept, None]
        projected = rest @ np.random.default_rng(7).normal(size=(len(self.probes.y), 2))
        keys = np.rint(projected * np.where(projected[:, :1] < 0, -1, 1) * 1e7).astype(np.int64)
        fresh = []
        for index, key in enumerate(((keys[:, 0] * 0x9E3779B97F4A7C1) ^ keys[:, 1]).tolist()):
            if key not in self._seen:
                self._seen.add(key)
                fresh.append(index)
        return Factors(tuple(factors[good[index]] for index in fresh), rest[fresh])

    def run(self, size: int) -> None:
        """Try monomials (size 0), single factors of this size, and pairs of factors whose sizes add up to it."""
        if size == 0:
            self._offer([()])
            return
        own = self.factors(size)
        if own.factors:
            self.pairs += len(own.factors)
            order = np.argsort(-np.abs(own.rest @ self._target), kind="stable")[:KEEP]
            self._offer([(own.factors[index],) for index in order])
        for small in range(1, size // 2 + 1):
            if self.stop():
                return
            self._pairs(size - small, small)

    def _pairs(self, large: int, small: int) -> None:
        f, g = self.factors(large), self.factors(small)
        if not f.factors or not g.factors or len(f.factors) * len(g.factors) > MOST_PAIRS:
            return
        weights = np.ones((1, f.rest.shape[1]))
        found = best_pairs(
            self._target[None, :], weights, f.rest, g.rest, same=large == small, keep=KEEP, stop=self.stop
        )
        self.pairs += len(f.factors) * len(g.factors)
        self._offer([(f.factors[i], g.factors[j]) for i, j in zip(found.first, found.second, strict=True)])

    def _offer(self, chosen: Sequence[tuple[Factor, ...]]) -> None:
        """Round the exponents of the best fits and offer the laws they give."""
        drafts: list[tuple[int, ProductDraft]] = []
        for factors in chosen:
            logs = self._logs_of(factors)
            for powers in self._factor_powers(factors, logs):
                exponents = self._exponents(factors, logs, powers)
                if exponents is not None:
                    self._judge(factors, powers, *exponents, drafts)
        self._fit_and_offer(drafts)

    def _logs_of(self, factors: tuple[Factor, ...]) -> Floats:
        rows = [np.empty((0, len(self.probes.y)))]
        with np.errstate(all="ignore"):
            for one in factors:
                values = self.bank.values[one.entry]
                if one.family is None:
                    rows.append(np.log(np.abs(values))[None, :])
                elif not one.family.grid:
                    rows.append(values[None, :])
                else:
                    rows.append(np.log(np.abs(one.family.values(one.constant * values)))[None, :])
        return np.vstack(rows)

    def _codes_of(self, factors: tuple[Factor, ...]) -> npt.NDArray[np.int64]:
        return np.array(
            [self.bank.code[one.entry] if one.family is None else 0 for one in factors], dtype=np.int64
        )

    def _judge(
        self, factors: tuple[Factor, ...], powers: Powers, inputs: dict[int, Fraction], code: int,
        drafts: list[tuple[int, ProductDraft]],
    ) -> None:  # fmt: skip
        product = self._evaluate(factors, powers, inputs)
        w, y = self.probes.weights, self.probes.y
        with np.errstate(all="ignore"):
            a = float((product * w) @ y / ((product * product) @ w))
            loss = float(self.probes.loss((a * product)[None, :])[0])
        if not np.isfinite(a) or not loss < 1.0:
            return
        draft = ProductDraft(self.bank, self.space, factors, powers, inputs, a, code)
        size = complexity(draft().expression) - 2
        if any(one.family is not None for one in factors):
            drafts.append((size, draft))
        elif loss < self.pool.threshold(size):
            self.pool.offer(Proposal(size, loss, draft, "product"))

    def _fit_and_offer(self, drafts: Sequence[tuple[int, ProductDraft]]) -> None:
        """Laws with a constant inside a factor are judged after that constant has been fitted."""
        if self.fit is None or not drafts:
            return
        for (size, _), (draft, loss) in zip(drafts, self.fit([draft() for _, draft in drafts]), strict=True):
            if loss < min(1.0, self.pool.threshold(size)):
                self.pool.offer(Proposal(size, loss, _same(draft), "product"))

    def _factor_powers(self, factors: tuple[Factor, ...], logs: Floats) -> list[Powers]:
        """Simple powers of the factors near the fitted ones, every combination; of an exponential the fitted one."""
        if not factors:
            return [()]
        rest = self._rest(logs, self._codes_of(factors))
        powers = np.linalg.lstsq(rest.T, self._target, rcond=None)[0]
        simple: list[list[float | Fraction]] = []
        for one, power in zip(factors, powers.tolist(), strict=True):
            free = one.family is not None and not one.family.grid
            simple.append([power] if free else [exact for exact in _simple(power) if exact])
        return list(itertools.product(*simple))

    def _exponents(
        self, factors: tuple[Factor, ...], logs: Floats, powers: Powers
    ) -> tuple[dict[int, Fraction], int] | None:
        """Exponents of the leaves and the code of the coefficient, or None where none are simple and exact."""
        y = self.probes.y
        remaining = np.log(np.abs(np.where(y != 0, y, 1.0))) - sum(
            (float(p) * row for p, row in zip(powers, logs, strict=True)), np.zeros_like(y)
        )
        coding = self.space.coding
        digits = coding.digits(np.array([self.space.target_code]))[0].astype(float)
        for power, code in zip(powers, self._codes_of(factors), strict=True):
            digits = digits - float(power) * coding.digits(np.array([code]))[0]
        particular = self._inverse @ digits
        null = _nullspace(self._span)[: len(self._leaves)]
        design = np.vstack([np.ones_like(y), null.T @ self._logs]) * self._root
        solution = np.linalg.lstsq(design.T, (remaining - particular @ self._logs) * self._root, rcond=1e-9)[0]
        fitted = particular + null @ solution[1:]
        chosen: dict[int, Fraction] = {}
        for position, index in enumerate(self._leaves):
            if index < self.space.n_inputs:
                simple = _simple(float(fitted[position]))
                if not simple:
                    return None
                chosen[index] = simple[0]
        return self._complete(chosen, [Fraction(round(d * 60), 60) for d in digits])

    def _complete(
        self, chosen: dict[int, Fraction], digits: list[Fraction]
    ) -> tuple[dict[int, Fraction], int] | None:
        """Let known constants and the coefficient supply the dimension that the inputs leave over."""
        rest = list(digits)
        for index, power in chosen.items():
            own = self.space.coding.digits(np.array([self.space.codes[index]]))[0]
            rest = [r - power * int(d) for r, d in zip(rest, own, strict=True)]
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
