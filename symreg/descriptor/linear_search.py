"""Which 1, 2 or 3 features explain the target best, as a sum with an intercept?

One: all are looked at. Two: all pairs, by matrix products (``search.native.joins``), as long as there are not more than
``max_pairs``; else all pairs of which one feature is among the simplest or the most promising: those that alone, or
beside one of the best single ones, explain most (sure independence screening on several residuals; Fan & Lv 2008,
Ouyang et al. 2018). Three: the best pairs with every feature; all triples of the most promising; and then each
descriptor of the best is exchanged for every feature until nothing improves. The last is a heuristic and says so.

The join counts in single precision; what it finds is solved again in double precision. Pairs whose correlation is
beyond 1 - 5e-6 are one feature to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from symreg.descriptor.certificate import Certificate
from symreg.descriptor.feature_space import FeatureSpace
from symreg.search import Joiner, Pairs, solve

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

KEPT_COMBINATIONS = 1000  # combinations of each number of descriptors, solved again
RESIDUALS = 30  # of the best single features, for which others are screened
TRIED = 600  # promising features of which all triples are looked at
EXCHANGED = 40  # of the best triples, each descriptor against every feature
EXCHANGE_ROUNDS = 20
"""Of exchanges, at most: they end where nothing improves, and this bounds a search that goes on by small steps. Each is
a join of up to 120 pairs of features with every feature; set by hand."""

ERRORS_ALIKE = 1e-9  # errors that differ less are equal: the simpler one comes first


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Sets of features, best first: numbers ``(n, n_descriptors)`` and the part of the target's square unexplained."""

    features: Ids
    rest: Floats

    def __len__(self) -> int:
        return len(self.rest)


class LinearSearch:
    """The best sums over one feature space for one target ``(n_rows,)``, in natural units."""

    def __init__(self, space: FeatureSpace, target: Floats, joiner: Joiner, max_pairs: float) -> None:
        self.space, self.joiner, self.max_pairs = space, joiner, max_pairs
        self.target = space.whitening.of(target[None, :])[0]
        self.every = np.arange(len(space))

    def steps(self, most: int) -> Iterator[tuple[Found, Certificate]]:
        """The best sets of 1, ... ``most`` features, with what was looked at; fewer when there is no more time."""
        singles, certificate = self.singles()
        yield singles, certificate
        if most > 1 and not self.joiner.stop():
            pairs, certificate = self.pairs(singles)
            yield pairs, certificate
        if most > 2 and not self.joiner.stop():
            yield self.triples(singles, pairs)

    def singles(self) -> tuple[Found, Certificate]:
        """Every feature alone; that takes no time."""
        pairs = self._join(self.every, None, keep=KEPT_COMBINATIONS, joiner=replace(self.joiner, stop=lambda: False))
        return self.solved(pairs.first[:, None]), Certificate(1, len(self.space), len(self.space), True)

    def pairs(self, singles: Found) -> tuple[Found, Certificate]:
        """All pairs, or those of the simplest and the most promising features with all others."""
        n, before = len(self.space), self.joiner.pairs
        if n * (n - 1) // 2 <= self.max_pairs:
            pairs = self._join(self.every, self.every, keep=KEPT_COMBINATIONS)
            looked, exhaustive = n * (n - 1) // 2, True
        else:
            first = self.partners(singles, max(1, int(self.max_pairs / n)))
            pairs = self._join(first, self.every, keep=2 * KEPT_COMBINATIONS)
            pairs = replace(pairs, first=first[pairs.first])
            looked, exhaustive = len(first) * n - len(first) * (len(first) + 1) // 2, False
        found = self.solved(np.column_stack([pairs.first, pairs.second]))
        if self.joiner.stop():
            looked, exhaustive = min(looked, self.joiner.pairs - before), False
        return found, Certificate(2, n, looked, exhaustive)

    def partners(self, singles: Found, count: int) -> Ids:
        """``count`` features, half of them the simplest, half the most promising."""
        chosen = np.concatenate([self.every[: count // 2], self.promising(singles, count)])
        return np.array(list(dict.fromkeys(chosen.tolist()))[:count], dtype=np.int64)

    def promising(self, singles: Found, count: int) -> Ids:
        """Features that explain most of the target, or of what the best single ones leave of it."""
        alone = singles.features[:, 0]
        basis = self.space.unit_rows(alone[:RESIDUALS])[:, None, :]
        beside = self._join(self.every, None, keep=4 * count, basis=basis)
        ranked = np.concatenate([alone[: max(1, count // 4)], beside.first])
        return np.array(list(dict.fromkeys(ranked.tolist()))[:count], dtype=np.int64)

    def triples(self, singles: Found, pairs: Found) -> tuple[Found, Certificate]:
        """The best pairs with a third, all triples of promising features, then exchanges."""
        before = self.joiner.pairs
        some = np.unique(np.concatenate([self.promising(singles, TRIED // 2), pairs.features.ravel()[:TRIED]]))
        basis = self.space.unit_rows(some)[:, None, :]
        among = self._join(some, some, keep=3 * KEPT_COMBINATIONS, basis=basis)
        triples = [np.column_stack([some[among.target], some[among.first], some[among.second]])]
        found = self.solved(np.concatenate([*triples, self._extended(pairs.features)]))
        for _ in range(EXCHANGE_ROUNDS):
            least = found.rest[0] if len(found) else np.inf
            kept = found.features[:EXCHANGED]
            without = np.concatenate([kept[:, places] for places in combinations(range(3), 2)])
            found = self.solved(np.concatenate([found.features, self._extended(without)]))
            if self.joiner.stop() or not len(found) or found.rest[0] >= least * (1 - ERRORS_ALIKE):
                break
        return found, Certificate(3, len(self.space), self.joiner.pairs - before, False)

    def _extended(self, sets: Ids) -> Ids:
        """The best of these sets with one more feature, any at all."""
        if not len(sets):
            return np.empty((0, sets.shape[1] + 1), dtype=np.int64)
        found = self._join(self.every, None, keep=KEPT_COMBINATIONS, basis=self.space.unit_rows(sets))
        return np.column_stack([sets[found.target], found.first])

    def _join(
        self, first: Ids, second: Ids | None, *, keep: int, basis: Floats | None = None, joiner: Joiner | None = None
    ) -> Pairs:
        targets = np.repeat(self.target, 1 if basis is None else len(basis), axis=0)
        return (joiner or self.joiner).best(
            self.space.rows, first, second, targets, np.ones_like(targets), keep=keep, basis=basis
        )

    def solved(self, sets: Ids) -> Found:
        """Sets of features by their error in double precision, each once; of equal errors the simplest first."""
        sets = np.unique(np.sort(sets, axis=1), axis=0)
        sets = sets[(np.diff(sets, axis=1) > 0).all(axis=1)]
        target = np.broadcast_to(self.target, (len(sets), self.target.shape[1]))
        _, fitted = solve(target, np.ones_like(target), self.space.unit_rows(sets))
        rest = np.einsum("ij,ij->i", target - fitted, target - fitted)
        sets, rest = sets[np.isfinite(rest)], rest[np.isfinite(rest)]
        order = np.lexsort((self.space.sizes[sets].sum(axis=1), _graded(rest)))
        return Found(sets[order], rest[order])


def _graded(rest: Floats) -> Ids:
    """Grades of values, the same for those that are alike."""
    order = np.argsort(rest, kind="stable")
    grades = np.empty(len(rest), dtype=np.int64)
    step = np.diff(rest[order], prepend=rest[order][:1]) > ERRORS_ALIKE * rest[order] + 1e-24
    grades[order] = np.cumsum(step)
    return grades

