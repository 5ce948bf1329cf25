"""Laws of the form ``y = a*log(k*f)``, f with a dimension that k takes away: straight lines in the logarithm of f.

Magnitudes of stars, potentials of electrodes and entropies are logarithms of quantities. ``a*log(k*f)`` is
``a*log|f| + b`` with ``k = exp(b/a)``: the bank knows no logarithm of metres, and needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Constant
from symreg.search.native.bank import EMPTY, Bank, Ids, search_cost
from symreg.search.native.joins.join import Joiner, solve, unit_rows
from symreg.search.native.probes import Probes
from symreg.search.native.proposal import Draft, Pool, Proposal
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
KEEP = 8
"""Arguments of a level that are written and judged, the best by the join. It ranks by the squares that they are judged
by, so that the first would do but for those whose scale is none (``LARGEST_RATE``). More cost time; set by hand."""

LARGEST_RATE = 40.0  # |b/a|: beyond it exp(b/a) is no scale that anyone measures with


def offer_logarithms(
    space: SearchSpace, bank: Bank, probes: Probes, pool: Pool, joiner: Joiner, complexity: int
) -> None:
    """Put forward the best of this complexity; nothing where coefficients carry no dimension."""
    if "log" not in space.operators or space.coefficient_codes == (0,) or not _may_be_in_front(space):
        return
    ids = _arguments(space, bank, complexity - search_cost("log"))
    if joiner.is_idle:
        return
    values = bank.values[ids]
    ids = ids[((values > 0).all(axis=1) | (values < 0).all(axis=1)) & (np.ptp(values, axis=1) > 0)]
    if not len(ids):
        return
    logs = np.log(np.abs(bank.values[ids]))
    ones = np.ones((1, 1, logs.shape[1]))
    y, weights = probes.y[None, :], probes.weights[None, :]
    found = joiner.best(unit_rows(logs), np.arange(len(ids)), None, y, weights, keep=KEEP, basis=ones)
    chosen = found.first
    terms = np.stack([logs[chosen], np.ones_like(logs[chosen])], axis=1)
    t, w = np.repeat(y, len(chosen), axis=0), np.repeat(weights, len(chosen), axis=0)
    coefficients, predicted = solve(t, w, terms)
    for entry, (a, b), loss in zip(ids[chosen].tolist(), coefficients, probes.loss(predicted).tolist(), strict=True):
        if a and abs(b / a) < LARGEST_RATE and loss < min(1.0, pool.threshold(complexity, 2)):
            draft: Callable[[], Draft] = partial(_draft, bank, entry, float(a), float(np.exp(b / a)), space.target_code)
            pool.offer(Proposal(complexity, loss, draft, "join", 2))


def _may_be_in_front(space: SearchSpace) -> bool:
    codes = space.coefficient_codes
    return codes is None or space.target_code in codes


def _arguments(space: SearchSpace, bank: Bank, size: int) -> Ids:
    """Entries with a dimension that a coefficient can take away."""
    codes = space.coefficient_codes
    if size < 1:
        return EMPTY
    if codes is None:
        if bank.affordable(size):
            bank.request_all(size)
        ids = bank.all_of(size)
        return np.asarray(ids[bank.code[ids] != 0])
    wanted = -np.array([code for code in codes if code], dtype=np.int64)
    bank.request(size, wanted)
    return np.concatenate([EMPTY, *(bank.level(int(code), size) for code in wanted)])


def _draft(bank: Bank, entry: int, a: float, k: float, code: int) -> Draft:
    inside = bank.expression(entry)
    if (bank.values[entry] < 0).all():
        inside = Apply("neg", (inside,))
    tree = Apply("*", (Constant("k1"), Apply("log", (Apply("*", (Constant("k2"), inside)),))))
    return Draft(tree, ("k1", "k2"), (a, k), (code, -int(bank.code[entry])))
