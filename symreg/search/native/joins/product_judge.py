"""The judge of products: exponents rounded to simple fractions, and whether the laws that they give are offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Expression, complexity
from symreg.search.native.bank import Bank
from symreg.search.native.joins.exponents import Exponents, Powers
from symreg.search.native.joins.factors import FactorTable, logs_of_family
from symreg.search.native.joins.log_target import IDENTITY, MONOMIAL, NO_OFFSET, LogTargets
from symreg.search.native.joins.monomials import Monomials
from symreg.search.native.joins.product_draft import Factor, ProductDraft
from symreg.search.native.probes import Probes
from symreg.search.native.proposal import Draft, Pool, Proposal
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]


@dataclass(slots=True, eq=False)
class ProductJudge:
    """Judges products in y, on these probes, and offers to a pool those that are worth it."""

    space: SearchSpace
    bank: Bank
    probes: Probes
    pool: Pool
    leaf_values: Floats  # (n_leaves, n_probes)
    monomials: Monomials
    exponents: Exponents
    table: FactorTable
    fit: Callable[[Sequence[Draft]], Sequence[tuple[Draft, float]]] | None
    learned: list[tuple[int, float, float]] = field(default_factory=list)
    """Constants of exponentials that came out of joins: the entry, the constant and the loss."""

    def offer(self, targets: LogTargets, chosen: Sequence[tuple[int, tuple[Factor, ...]]]) -> None:
        """Round the exponents of the best fits and offer the laws they give."""
        drafts: list[tuple[int, ProductDraft]] = []
        for index, factors in chosen:
            logs, codes = self._logs_of(factors), self._codes_of(factors)
            free = [one.family is not None and not one.family.grid for one in factors]
            for powers in self.exponents.of_factors(targets, index, codes, free, logs):
                exponents = self.exponents.of_leaves(targets, index, codes, powers, logs)
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

    def _codes_of(self, factors: tuple[Factor, ...]) -> list[int]:
        """Dimension codes of factors."""
        return [int(self.bank.code[one.entry]) if one.family is None else 0 for one in factors]

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
        for one, power in zip(factors, powers, strict=True):
            if one.family is not None and not one.family.grid:
                self.learned.append((one.entry, float(power), loss))
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


def _same(draft: Draft) -> Callable[[], Draft]:
    return lambda: draft
