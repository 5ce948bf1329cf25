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
from symreg.expression import Apply, Constant, Expression, Number, complexity
from symreg.search.bank import EMPTY, MONOMIAL_OPS, OPS, Bank, Ids
from symreg.search.join import best_pairs
from symreg.search.proposal import Draft, Pool, Proposal
from symreg.search.space import SearchSpace
from symreg.search.sums import SOFTENING, Probes

Floats = npt.NDArray[np.float64]
KEEP = 48
NEAR = 0.04  # thirds and quarters are taken only where the fitted exponent is as near as this
LARGEST_EXPONENT = 8


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
    _factors: dict[int, tuple[Ids, Floats]] = field(default_factory=dict)
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
        digits = self.space.coding.digits(np.asarray(codes)).astype(float)
        reduced = (logs - digits @ self._inverse.T @ self._logs) * self._root
        return np.asarray(reduced - (reduced @ self._basis) @ self._basis.T)

    def factors(self, size: int) -> tuple[Ids, Floats]:
        """Entries of this size that are no products, one of each shape, with their unit vectors."""
        found = self._factors.get(size)
        if found is None:
            if self.bank.affordable(size):
                self.bank.request_all(size)
            ids = self.bank.all_of(size)
            ids = ids[~np.isin(self.bank.op[ids], [OPS.index(name) for name in MONOMIAL_OPS])]
            with np.errstate(all="ignore"):
                logs = np.log(np.abs(self.bank.values[ids]))
            good = np.isfinite(logs).all(axis=1)
            ids, logs = ids[good], logs[good]
            if len(ids):
                rest = self._rest(logs, self.bank.code[ids])
                norm = np.sqrt((rest**2).sum(axis=1))
                good = norm > 1e-6
                ids, rest = ids[good], rest[good] / norm[good, None]
                ids, rest = self._distinct(ids, rest)
            else:
                rest = np.empty((0, len(self.probes.y)))
            found = self._factors[size] = (ids, rest)
        return found

    def _distinct(self, ids: Ids, rest: Floats) -> tuple[Ids, Floats]:
        generator = np.random.default_rng(7)
        projected = rest @ generator.normal(size=(rest.shape[1], 2))
        keys = np.rint(projected * np.where(projected[:, :1] < 0, -1, 1) * 1e7).astype(np.int64)
        hashed = (keys[:, 0] * 0x9E3779B97F4A7C1) ^ keys[:, 1]
        fresh = []
        for index, key in enumerate(hashed.tolist()):
            if key not in self._seen:
                self._seen.add(key)
                fresh.append(index)
        return ids[fresh], rest[fresh]

    def run(self, size: int) -> None:
        """Try monomials (size 0), single factors of this size, and pairs of factors whose sizes add up to it."""
        if size == 0:
            self._offer(EMPTY)
            return
        ids, rest = self.factors(size)
        if len(ids):
            self.pairs += len(ids)
            score = np.abs(rest @ self._target)
            for index in np.argsort(-score)[:KEEP]:
                self._offer(ids[index : index + 1])
        for small in range(1, size // 2 + 1):
            if self.stop():
                return
            self._pairs(size - small, small)

    def _pairs(self, large: int, small: int) -> None:
        (f, f_rest), (g, g_rest) = self.factors(large), self.factors(small)
        if not len(f) or not len(g):
            return
        self.pairs += len(f) * len(g)
        weights = np.ones((1, f_rest.shape[1]))
        found = best_pairs(self._target[None, :], weights, f_rest, g_rest, same=large == small, keep=KEEP)
        for first, second in zip(found.first, found.second, strict=True):
            self._offer(np.array([f[first], g[second]]))

    def _offer(self, factors: Ids) -> None:
        """Round the exponents of the best fit and offer the laws they give."""
        logs = np.log(np.abs(self.bank.values[factors])) if len(factors) else np.empty((0, len(self.probes.y)))
        for powers in self._factor_powers(factors, logs):
            exponents = self._exponents(factors, logs, powers)
            if exponents is not None:
                self._judge(factors, powers, *exponents)

    def _judge(
        self, factors: Ids, powers: tuple[Fraction, ...], inputs: dict[int, Fraction], code: int
    ) -> None:
        product = self._evaluate(factors, powers, inputs)
        w, y = self.probes.weights, self.probes.y
        with np.errstate(all="ignore"):
            a = float((product * w) @ y / ((product * product) @ w))
            loss = float(self.probes.loss((a * product)[None, :])[0])
        if not loss < 1.0:
            return
        draft = ProductDraft(self.bank, self.space, tuple(factors.tolist()), powers, inputs, a, code)
        size = complexity(draft().expression) - 2
        if loss < self.pool.threshold(size):
            self.pool.offer(Proposal(size, loss, draft, "product"))

    def _factor_powers(self, factors: Ids, logs: Floats) -> list[tuple[Fraction, ...]]:
        """Simple powers of the factors near the fitted ones, every combination."""
        if not len(factors):
            return [()]
        rest = self._rest(logs, self.bank.code[factors])
        powers = np.linalg.lstsq(rest.T, self._target, rcond=None)[0]
        simple = [[one for one in _simple(float(power)) if one] for power in powers]
        return list(itertools.product(*simple))

    def _exponents(
        self, factors: Ids, logs: Floats, powers: tuple[Fraction, ...]
    ) -> tuple[dict[int, Fraction], int] | None:
        """Exponents of the leaves and the code of the coefficient, or None where none are simple and exact."""
        y = self.probes.y
        remaining = np.log(np.abs(np.where(y != 0, y, 1.0))) - sum(
            (float(p) * row for p, row in zip(powers, logs, strict=True)), np.zeros_like(y)
        )
        coding = self.space.coding
        digits = coding.digits(np.array([self.space.target_code]))[0].astype(float)
        for power, code in zip(powers, self.bank.code[factors], strict=True):
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
        except ValueError:
            return None
        codes = self.space.coefficient_codes
        return (chosen, code) if codes is None or code in codes else None

    def _evaluate(self, factors: Ids, powers: tuple[Fraction, ...], inputs: dict[int, Fraction]) -> Floats:
        product = np.ones_like(self.probes.y)
        with np.errstate(all="ignore"):
            for index, power in inputs.items():
                product = product * self.leaf_values[index] ** float(power)
            for entry, power in zip(factors, powers, strict=True):
                product = product * self.bank.values[entry] ** float(power)
        return product


def _dimension(digits: list[Fraction], space: SearchSpace) -> Dimension:
    exponents = [Fraction(0)] * 7
    for base, digit in zip(space.coding.bases, digits, strict=True):
        exponents[base] = digit / 12
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


@dataclass(frozen=True, slots=True, eq=False)
class ProductDraft:
    """Builds the tree of a product law when it is asked for."""

    bank: Bank
    space: SearchSpace
    factors: tuple[int, ...]
    powers: tuple[Fraction, ...]
    exponents: dict[int, Fraction]
    value: float
    code: int

    def __call__(self) -> Draft:
        above: list[Expression] = [Constant("k1")]
        below: list[Expression] = []
        parts = [(self.space.leaves[index], power) for index, power in self.exponents.items()]
        parts += [
            (self.bank.expression(entry), power) for entry, power in zip(self.factors, self.powers, strict=True)
        ]
        for base, power in parts:
            if power:
                (above if power > 0 else below).append(raised(base, abs(power)))
        tree = _product(above)
        if below:
            tree = Apply("/", (tree, _product(below)))
        return Draft(tree, ("k1",), (self.value,), (self.code,))


def raised(base: Expression, power: Fraction) -> Expression:
    """The base to a positive power, by the shortest operator."""
    names = {Fraction(2): "square", Fraction(3): "cube", Fraction(1, 2): "sqrt"}
    if power == 1:
        return base
    return Apply(names[power], (base,)) if power in names else Apply("pow", (base, Number(power)))


def _product(parts: list[Expression]) -> Expression:
    tree = parts[0]
    for part in parts[1:]:
        tree = Apply("*", (tree, part))
    return tree
