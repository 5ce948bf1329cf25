"""Whether values were met before: keys by which the bank knows two expressions for one.

A key is taken at a few probes first, since most of what is looked at is an old acquaintance. Analytic
expressions that agree there agree everywhere, but ``abs(x)`` is ``x`` wherever x is positive, and ``sqrt``
and the inverse functions do alike. Where such a function has a hand in it the key at all the probes decides.
"Twins" are expressions that agree at the first probes and not at all of them.

A key is made of three rounded numbers. Where one of them lies so near to a rounding boundary that another way to
compute the same values may have crossed it, the key across the boundary is asked for too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from symreg.search.dimension_code import Codes

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Booleans = npt.NDArray[np.bool_]

LARGEST_VALUE = 1e60
"""Size of an expression's largest value beyond which, as below its inverse, it is left out: products, cubes and even
fifth powers of what is kept stay within double precision (1e308). The same number stands in ``fingerprint.h``."""

FIRST_PROBES = 12  # probes of the first key; half of them far apart, half at random
GRID = float(1 << 29)  # steps of a scaled projection, and of an octave of the largest value
MARGIN = 1 / 1024  # of a step: what rounding may shift a value by
_HALF = 1 << 22  # half a step of the largest value, in units of its last binary digit
OLD, FRESH, AGAIN = 0, 1, 2  # what a key is met as


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """A key for each row; ``others`` are those across the nearest rounding boundary, or the keys where that is far.

    All have shape ``(n,)``.
    """

    keys: Keys
    others: Keys
    good: Booleans  # where they are defined

    def where(self, good: Booleans) -> Fingerprints:
        """The same, and fewer of them good."""
        return Fingerprints(self.keys, self.others, self.good & good)


@cache
def directions(n_probes: int) -> Floats:
    """Two random directions to project values on, shape ``(2, n_probes)``."""
    drawn = np.random.default_rng(20_261).normal(size=(n_probes, 2)).T.copy()
    drawn.flags.writeable = False
    return drawn


def fingerprints(values: Floats, codes: Codes) -> Fingerprints:
    """Keys, equal for one dimension and values that agree to about 1e-9 up to sign. Said again in ``fingerprint.h``.

    ``values`` has shape ``(n, n_probes)``, ``codes`` are the dimensions of its rows, ``(n,)``.
    """
    with np.errstate(all="ignore"):
        largest = np.abs(values).max(axis=1)
        good = np.isfinite(largest) & (largest > 1 / LARGEST_VALUE) & (largest < LARGEST_VALUE)
        largest = np.where(good, largest, 1.0)
        scaled = np.where(good[:, None], values, 0.0) @ directions(values.shape[1]).T * (GRID / largest)[:, None]
    rounded = np.rint(scaled)
    # The leading bits of the largest value: a grid that is even within each octave, without a logarithm.
    bits = largest.view(np.int64)
    size = (bits + _HALF) >> 23
    off = np.column_stack([scaled - rounded, (bits - size * 2 * _HALF) / (2 * _HALF)])
    steps = np.column_stack([rounded.astype(np.int64), size])
    keys = _mixed(steps, codes)
    which = np.abs(off).argmax(axis=1)
    near = np.flatnonzero(np.abs(off[np.arange(len(off)), which]) >= 0.5 - MARGIN)
    across = steps[near]
    across[np.arange(len(near)), which[near]] += np.where(off[near, which[near]] > 0, 1, -1)
    others = keys.copy()
    others[near] = _mixed(across, codes[near])
    return Fingerprints(keys, others, good)


def _mixed(steps: Ids, codes: Codes) -> Keys:
    """Even numbers that are not zero, of three rounded numbers and the code of the dimension."""
    first, second, size = steps.T
    sign = np.where((first < 0) | ((first == 0) & (second < 0)), -1, 1)
    # Python's integers are too wide and NumPy's scalars warn of what is meant here: products modulo 2**64.
    key = _unsigned(first * sign) * np.uint64(0x9E3779B97F4A7C15) + _unsigned(second * sign)
    key = (key ^ (key >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93) + _unsigned(size)
    key = (key ^ (key >> np.uint64(32))) * np.uint64(0xBF58476D1CE4E5B9) + _unsigned(codes)
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0x94D049BB133111EB)
    key = (key ^ (key >> np.uint64(31))) & ~np.uint64(1)
    return np.asarray(np.where(key == 0, np.uint64(2), key), dtype=np.uint64)


def _unsigned(numbers: Ids) -> Keys:
    return np.ascontiguousarray(numbers).view(np.uint64)


def first_probes(leaves: Floats) -> Ids:
    """``FIRST_PROBES`` probes at which to look first, of ``leaves`` with shape ``(n_leaves, n_probes)``.

    Half of them are as far apart as can be, so that a column that seldom varies is seen to vary; the others
    are drawn at random, since far corners are often alike in other ways (``x**3 == x`` at -1, 0 and 1). Where there
    are fewer probes, some come twice.
    """
    n_probes = leaves.shape[1]
    if n_probes <= FIRST_PROBES:
        return np.resize(np.arange(n_probes), FIRST_PROBES)
    order = [np.unique(row, return_inverse=True)[1] for row in leaves]
    ranks = np.array([ranks / max(1, ranks.max()) for ranks in order]).T
    chosen = [int(ranks.sum(axis=1).argmin())]
    distance = ((ranks - ranks[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < FIRST_PROBES // 2:
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, ((ranks - ranks[chosen[-1]]) ** 2).sum(axis=1))
    for probe in np.random.default_rng(20_262).permutation(n_probes):
        if len(set(chosen)) == FIRST_PROBES:
            break
        if probe not in chosen:
            chosen.append(int(probe))
    return np.array(sorted(set(chosen)))


class KeySet(Protocol):
    """The keys met so far, each with whether it leaves a doubt."""

    def __len__(self) -> int: ...

    def meet(
        self, keys: Keys, others: Keys, good: Booleans, doubtful: Booleans, met: npt.NDArray[np.uint8]
    ) -> None:
        """Write into ``met``, one key after the other, what each was met as; all have shape ``(n,)``.

        FRESH: for the first time; it is taken in with its doubt. AGAIN: it was known, and it or the known one leaves
        a doubt. OLD: it was known, or is not good.
        """
        ...

    def doubt(self, keys: Keys) -> None:
        """Remember keys ``(n,)`` that do not settle whether values are the same."""
        ...


@dataclass(slots=True, eq=False)
class PlainKeySet:
    """A dictionary; ``symreg.engine._core.KeySet`` does the same, faster."""

    _known: dict[int, bool] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._known)

    def meet(
        self, keys: Keys, others: Keys, good: Booleans, doubtful: Booleans, met: npt.NDArray[np.uint8]
    ) -> None:
        """See ``KeySet``."""
        known = self._known
        met[:] = OLD
        which = np.flatnonzero(good)
        rows = zip(which.tolist(), keys[which].tolist(), others[which].tolist(), doubtful[which].tolist(), strict=True)
        for place, key, other, doubt in rows:
            state = known.get(key)
            if state is None and other != key:
                state = known.get(other)
            if state is None:
                known[key] = doubt
                met[place] = FRESH
            elif state or doubt:
                met[place] = AGAIN

    def doubt(self, keys: Keys) -> None:
        """See ``KeySet``."""
        self._known.update(dict.fromkeys(keys.tolist(), True))


def met_as(known: KeySet, found: Fingerprints, doubtful: Booleans | None = None) -> npt.NDArray[np.uint8]:
    """What each of the fingerprints is met as, FRESH, AGAIN or OLD, ``(n,)``.

    ``doubtful`` ``(n,)`` marks those that leave a doubt; None: no one does.
    """
    met = np.empty(len(found.keys), dtype=np.uint8)
    known.meet(found.keys, found.others, found.good, np.zeros(len(met), bool) if doubtful is None else doubtful, met)
    return met
