"""Whether values were met before: keys by which the bank knows two expressions for one.

A key is taken at a few probes first, since most of what is looked at is an old acquaintance. Analytic
expressions that agree there agree everywhere, but ``abs(x)`` is ``x`` wherever x is positive, and ``sqrt``
and the inverse functions do alike. Where such a function has a hand in it the key at all the probes decides.
"Twins" are expressions that agree at the first probes and not at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from symreg.search.dimension_code import Codes

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Keys = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

LARGEST = 1e60
FIRST = 12  # probes of the first key; half of them far apart, half at random


def keys_of(values: Floats, codes: Codes) -> tuple[Keys, Booleans]:
    """Keys, equal for one dimension and values that agree to 1e-9 up to sign; and where they are defined."""
    projection = np.random.default_rng(20_261).normal(size=(values.shape[1], 2))
    with np.errstate(all="ignore"):
        largest = np.abs(values).max(axis=1)
        good = np.isfinite(largest) & (largest > 1 / LARGEST) & (largest < LARGEST)
        scaled = values / np.where(good, largest, 1.0)[:, None]
        projected = np.where(good[:, None], scaled @ projection, 0.0)
        size = np.log2(np.where(good, largest, 1.0))
    sign = np.where(projected[:, 0] < 0, -float(1 << 29), float(1 << 29))
    first, second = (np.rint(projected[:, k] * sign).astype(np.int64) for k in (0, 1))
    third = np.rint(size * float(1 << 29)).astype(np.int64)
    with np.errstate(over="ignore"):
        key = (first * 0x9E3779B97F4A7C1) ^ (second * 0x2545F4914F6CDD1D) ^ (third * 0x1B8735939E3779B9)
        key ^= codes * 0x5851F42D4C957F2D
    return key, good


def first_probes(leaves: Floats) -> Ids:
    """Probes at which to look first, of ``leaves`` with shape ``(n_leaves, n_probes)``.

    Half of them are as far apart as can be, so that a column that seldom varies is seen to vary; the others
    are drawn at random, since far corners are often alike in other ways (``x**3 == x`` at -1, 0 and 1).
    """
    n_probes = leaves.shape[1]
    if n_probes <= FIRST:
        return np.arange(n_probes)
    order = [np.unique(row, return_inverse=True)[1] for row in leaves]
    ranks = np.array([ranks / max(1, ranks.max()) for ranks in order]).T
    chosen = [int(ranks.sum(axis=1).argmin())]
    distance = ((ranks - ranks[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < FIRST // 2:
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, ((ranks - ranks[chosen[-1]]) ** 2).sum(axis=1))
    for probe in np.random.default_rng(20_262).permutation(n_probes):
        if len(chosen) == FIRST:
            break
        if probe not in chosen:
            chosen.append(int(probe))
    return np.array(sorted(set(chosen)))


@dataclass(slots=True, eq=False)
class Distinct:
    """The keys met so far: at the first probes, with whether they leave a doubt, and at all probes."""

    _first: dict[int, bool] = field(default_factory=dict)
    _whole: set[int] = field(default_factory=set)

    def unseen(self, keys: Keys, good: Booleans) -> tuple[Ids, Booleans]:
        """Positions of the good first keys that are met for the first time; which others leave a doubt."""
        candidates = np.flatnonzero(good)
        unique, first, inverse = np.unique(keys[candidates], return_index=True, return_inverse=True)
        known = self._first
        states = [known.get(key) for key in unique.tolist()]
        fresh = np.array([state is None for state in states], dtype=bool)
        doubtful = np.zeros(len(keys), dtype=bool)
        doubtful[candidates] = np.array([state is True for state in states], dtype=bool)[inverse]
        known.update(dict.fromkeys(unique[fresh].tolist(), False))
        return np.sort(candidates[first[fresh]]), doubtful

    def doubt(self, keys: Keys) -> None:
        """Remember first keys that do not settle whether values are the same."""
        self._first.update(dict.fromkeys(keys.tolist(), True))

    def unseen_whole(self, keys: Keys, good: Booleans) -> Ids:
        """Positions of the good keys at all probes that are met for the first time."""
        candidates = np.flatnonzero(good)
        unique, first = np.unique(keys[candidates], return_index=True)
        fresh = np.array([key not in self._whole for key in unique.tolist()], dtype=bool)
        self._whole.update(unique[fresh].tolist())
        return np.sort(candidates[first[fresh]])
