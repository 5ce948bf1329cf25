"""Supplies: short expressions of the bank, and curves over the shortest, with their values at many rows: what evolution
inserts into formulas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.engine.program import Engine
from symreg.formula import lower, tree_bits
from symreg.search.native.bank import ONE, Bank
from symreg.search.native.evolution.curves import curves_of, may_bend
from symreg.search.native.proposal import Draft
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
MOST_SUPPLIES = 1500
"""Expressions of the bank that grafts choose from, the shortest ones. Each graft is a matrix product with all of them,
so that time and memory grow in proportion; fewer leave out longer terms and factors. Set by hand."""

BENT = 16  # expressions that curves are laid over
LARGEST_SUPPLY = 1e60
"""Size of a supply's values, as of the bank's (``bank.distinct``): their squares are summed, and 1e120 leaves room in
double precision for the slopes that they are multiplied by."""

LEAST_VARIATION = 1e-12  # of an expression's size: it varies by less


@dataclass(frozen=True, slots=True, eq=False)
class Supplies:
    """Drafts with their dimension codes ``(n,)``, description lengths in bits ``(n,)`` and values ``(n, n_rows)``.

    Expressions of the bank come first, short ones before long ones (``n_plain`` of them); then curves, which have
    constants of their own; the last is the number one.
    """

    drafts: tuple[Draft, ...]
    codes: Ids
    bits: Floats
    values: Floats
    n_plain: int

    def usable(self, wanted: int, coefficients: tuple[int, ...] | None) -> npt.NDArray[np.bool_]:
        """Which have the wanted dimension, times that of a coefficient that may carry one of these; None: any."""
        if coefficients is None:
            return np.ones(len(self.codes), dtype=bool)
        return np.isin(wanted - self.codes, coefficients)

    def of(self, code: int) -> Ids:
        """Positions of the bank's expressions of this dimension."""
        return np.flatnonzero(self.codes[: self.n_plain] == code)


def supplies_of(
    bank: Bank, space: SearchSpace, engine: Engine, rows: Ids, *, most: int = MOST_SUPPLIES, bent: int = BENT
) -> Supplies:
    """The shortest expressions of a bank, and curves, that are defined at all these rows and vary there."""
    order = [entry for entry in np.argsort(bank.size[: bank.n], kind="stable").tolist() if not bank.is_one(entry)]
    plain = [Draft(bank.expression(entry), (), (), ()) for entry in order[:most]]
    codes = [int(bank.code[entry]) for entry in order[:most]]
    values = _values(plain, space, engine, rows)
    good = _vary(values)
    allowed = space.coefficient_codes
    bendable = [place for place in np.flatnonzero(good).tolist() if may_bend(codes[place], allowed)]
    curves = [
        curve
        for place in bendable[:bent]
        for curve in curves_of(
            plain[place].expression, codes[place], values[place], space.operators, allowed
        )
    ]
    bends = _values(curves, space, engine, rows)
    kept = _vary(bends)
    drafts = [one for one, keep in zip([*plain, *curves], [*good.tolist(), *kept.tolist()], strict=True) if keep]
    drafts.append(Draft(ONE, (), (), ()))
    a_constant = 0.5 * float(np.log2(len(space.target)))
    bits = [tree_bits(one.expression, len(space.leaves) + 1) + a_constant * len(one.names) for one in drafts]
    return Supplies(
        drafts=tuple(drafts),
        codes=np.array([*np.array(codes)[good].tolist(), *[0] * (int(kept.sum()) + 1)], dtype=np.int64),
        bits=np.array(bits),
        values=np.vstack([values[good], bends[kept], np.ones((1, len(rows)))]),
        n_plain=int(good.sum()),
    )


def _values(drafts: list[Draft], space: SearchSpace, engine: Engine, rows: Ids) -> Floats:
    if not drafts:
        return np.empty((0, len(rows)))
    programs = [lower(one.expression, space.names, one.names, space.in_formulas) for one in drafts]
    inputs = np.ascontiguousarray(space.inputs[:, rows])
    return engine.evaluate_many(programs, inputs, [np.array(one.values) for one in drafts])


def _vary(values: Floats) -> npt.NDArray[np.bool_]:
    """Which rows of values are defined everywhere, of a size that can be squared, and not always the same."""
    with np.errstate(all="ignore"):
        size = np.abs(values).max(axis=1, initial=0.0)
        return np.asarray((size < LARGEST_SUPPLY) & (np.ptp(values, axis=1) > LEAST_VARIATION * size))
