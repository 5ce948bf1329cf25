"""Longer descriptors out of pairs of shorter ones: what a threshold may need and no bank can hold.

Which pairs complement each other the join tells: features are scaled by their median deviation and cut off, since what
lies far beyond a threshold does not matter (``pool.saturated``), and pairs that explain the classes best are combined
by every operator that the dimensions allow. The best of each complexity are combined with the features again. Not all
pairs are combined: this is a heuristic, and no certificate comes of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from symreg.descriptor.feature_space import FeatureSpace
from symreg.descriptor.pool import Combined, Pool, pool_of, saturated
from symreg.descriptor.threshold import Classes, most_points
from symreg.formula import Apply, Expression
from symreg.search import FRESH, Joiner, PlainKeySet, fingerprints, met_as

Singles = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

PAIRS = 30_000  # of features of one complexity with the others, that are combined
GROWN = 300  # of each complexity, kept and combined again
LOOKED_AT_FOR_EACH = 4  # as many are looked at to find so many that differ
GROWING_ROUNDS = 2
"""The first combines pairs of features, the second its best with features again, so that three meet in a descriptor.
One more would let four meet, and costs as many joins again; set by hand."""

PAIRS_AT_ONCE = 256
"""Pairs combined between two looks at the clock, by up to five combinations each. Larger takes more memory and ends
later, smaller makes more calls; results are the same."""

_Row = tuple[int, str, bool, int, int]  # points, operator, whether it is turned, rows of the two pools


class Growing:
    """Grows descriptors of up to ``limit`` in complexity over one space, for one pair of classes."""

    def __init__(self, space: FeatureSpace, classes: Classes, joiner: Joiner, limit: int, dimensionless: bool) -> None:
        self.space, self.classes, self.joiner, self.limit = space, classes, joiner, limit
        self.operators, self.dimensionless = space.search.operators, dimensionless
        self.combined = 0
        target = np.where(classes.positive, 1.0, -1.0)
        self.target = (target - target.mean())[None, :]

    def grown(self) -> list[Pool]:
        """The best descriptors of each round; ``combined`` counts what was tried."""
        features = pool_of(self.space)
        found: list[Pool] = []
        rows, pool = saturated(features.values), features
        for _ in range(GROWING_ROUNDS):
            known = saturated(pool.values) if found else rows
            pool = self._round(pool, known, features, rows)
            if len(pool):
                found.append(pool)
            if not len(pool) or self.joiner.stop():
                break
        return found

    def _round(self, one: Pool, one_rows: Singles, other: Pool, other_rows: Singles) -> Pool:
        best = _Best(self.classes, self.space)
        for first, second in self._promising(one, one_rows, other, other_rows):
            for low in range(0, len(first), PAIRS_AT_ONCE):
                if self.joiner.stop():
                    break
                part = slice(low, low + PAIRS_AT_ONCE)
                for combined in self._combinations(one, other, first[part], second[part]):
                    self.combined += len(combined.first)
                    best.offer(one, other, combined)
        return best.pool(one, other)

    def _promising(
        self, one: Pool, one_rows: Singles, other: Pool, other_rows: Singles
    ) -> Iterator[tuple[Ids, Ids]]:
        """Pairs that explain the classes best: those of each complexity with all that they may be combined with."""
        both = one_rows if one is other else np.concatenate([one_rows, other_rows])
        shift = 0 if one is other else len(one)
        for size in np.unique(one.sizes).tolist():
            first = np.flatnonzero(one.sizes == size)
            room = self.limit - size - 1
            second = np.flatnonzero(other.sizes <= (min(room, size) if one is other else room))
            pairs = self.joiner.best(
                both, first, second + shift, self.target, np.ones_like(self.target), keep=PAIRS
            )
            yield first[pairs.first], second[pairs.second]

    def _combinations(self, one: Pool, other: Pool, first: Ids, second: Ids) -> Iterator[Combined]:
        a, b = one.codes[first], other.codes[second]
        alike = a == b
        for operator in ("+", "-"):
            kept = alike & (a == 0) if self.dimensionless else alike
            if operator in self.operators:
                yield Combined(operator, first[kept], second[kept])
        if "*" in self.operators:
            kept = a + b == 0 if self.dimensionless else np.ones(len(a), dtype=bool)
            yield Combined("*", first[kept], second[kept])
        if "/" in self.operators:
            kept = alike if self.dimensionless else np.ones(len(a), dtype=bool)
            yield Combined("/", first[kept], second[kept])
            yield Combined("/", first[kept], second[kept], turned=True)


class _Best:
    """The best combinations of each complexity."""

    def __init__(self, classes: Classes, space: FeatureSpace) -> None:
        self.classes, self.space = classes, space
        self.kept: dict[int, list[_Row]] = {}
        self.least: dict[int, int] = {}

    def offer(self, one: Pool, other: Pool, combined: Combined) -> None:
        points = most_points(combined.values(one, other), self.classes)
        sizes = one.sizes[combined.first] + other.sizes[combined.second] + 1
        for size in np.unique(sizes).tolist():
            kept = self.kept.setdefault(size, [])
            good = np.flatnonzero((sizes == size) & (points > self.least.get(size, 0)))
            kept += [
                (
                    int(points[place]), combined.operator, combined.turned, int(combined.first[place]),
                    int(combined.second[place]),
                )
                for place in good.tolist()
            ]  # fmt: skip
            if len(kept) > 2 * LOOKED_AT_FOR_EACH * GROWN:
                self.kept[size] = sorted(kept, key=_order)[: LOOKED_AT_FOR_EACH * GROWN]
                self.least[size] = self.kept[size][-1][0]

    def pool(self, one: Pool, other: Pool) -> Pool:
        """The best of each complexity, each once: ``f`` and ``a + b*f`` cut alike."""
        met, values, rows, sizes = PlainKeySet(), [], [], []
        for size in sorted(self.kept):
            chosen = sorted(self.kept[size], key=_order)[: LOOKED_AT_FOR_EACH * GROWN]
            own = np.concatenate([_alone(row).values(one, other) for row in chosen])
            unit, norm = self.space.whitening.of(own)
            found = fingerprints(unit, np.zeros(len(own), dtype=np.int64)).where(norm > 0)
            fresh = np.flatnonzero(met_as(met, found) == FRESH)[:GROWN]
            values.append(own[fresh])
            rows += [chosen[place] for place in fresh.tolist()]
            sizes += [size] * len(fresh)
        codes = np.array([_code(row, one, other) for row in rows], dtype=np.int64)
        whole = np.concatenate(values) if values else np.empty((0, len(self.classes.positive)))
        return Pool(whole, np.array(sizes, dtype=np.int64), codes, lambda i: _tree(rows[i], one, other))


def _alone(row: _Row) -> Combined:
    _, operator, turned, first, second = row
    return Combined(operator, np.array([first]), np.array([second]), turned)


def _order(row: _Row) -> _Row:
    return (-row[0], *row[1:])


def _code(row: _Row, one: Pool, other: Pool) -> int:
    _, operator, turned, i, j = row
    a, b = int(one.codes[i]), int(other.codes[j])
    if operator == "*":
        return a + b
    if operator == "/":
        return b - a if turned else a - b
    return a


def _tree(row: _Row, one: Pool, other: Pool) -> Expression:
    _, operator, turned, i, j = row
    left, right = one.tree(i), other.tree(j)
    return Apply(operator, (right, left) if turned else (left, right))
