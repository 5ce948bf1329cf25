"""Supplies: short expressions of the bank with their values at many rows, from which evolution takes what it inserts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.description_length import tree_bits
from symreg.engine.program import Engine
from symreg.expression import Expression, lower
from symreg.search.bank import Bank
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
MOST = 1500
CONSTANT = 1e-12  # of an expression's size: it varies by less


@dataclass(frozen=True, slots=True, eq=False)
class Supplies:
    """Trees with dimension codes ``(n,)``, description lengths in bits ``(n,)`` and values ``(n, n_rows)``, short ones
    first; the last is the number one."""

    trees: tuple[Expression, ...]
    codes: Ids
    bits: Floats
    values: Floats

    def usable(self, wanted: int, coefficients: tuple[int, ...] | None) -> npt.NDArray[np.bool_]:
        """Which have the wanted dimension, times that of a coefficient that may carry one of these; None: any."""
        if coefficients is None:
            return np.ones(len(self.codes), dtype=bool)
        return np.isin(wanted - self.codes, coefficients)

    def of(self, code: int) -> Ids:
        """Positions of those of this dimension."""
        return np.flatnonzero(self.codes == code)


def supplies_of(bank: Bank, space: SearchSpace, engine: Engine, rows: Ids, *, most: int = MOST) -> Supplies:
    """The shortest expressions of a bank that are defined at all these rows and vary there; and the number one."""
    order = np.argsort(bank.size[: bank.n], kind="stable")[:most]
    one = [entry for entry in order.tolist() if bank.is_one(entry)]
    others = [entry for entry in order.tolist() if not bank.is_one(entry)]
    trees = [bank.expression(entry) for entry in [*others, *one]]
    codes = bank.code[[*others, *one]].astype(np.int64)
    inputs = np.ascontiguousarray(space.inputs[:, rows])
    programs = [lower(tree, space.names, (), space.known) for tree in trees]
    values = engine.evaluate_many(programs, inputs, [np.empty(0)] * len(programs))
    with np.errstate(all="ignore"):
        size = np.abs(values).max(axis=1)
        kept = np.isfinite(size) & (np.ptp(values, axis=1) > CONSTANT * size)
    kept[len(others) :] = True
    trees = [tree for tree, keep in zip(trees, kept.tolist(), strict=True) if keep]
    bits = np.array([tree_bits(tree, len(space.leaves) + 1) for tree in trees])
    return Supplies(tuple(trees), codes[kept], bits, np.ascontiguousarray(values[kept]))
