"""The feature space: every distinct expression of the inputs up to a complexity, on all rows.

The bank makes them (``native.bank``), so a sum has like units and a function a plain number by birth. For a linear
model with an intercept, and for a threshold, ``f`` and ``a + b*f`` are one feature; the simplest is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from symreg.descriptor.settings import DescriptorError, DescriptorSettings
from symreg.engine import get_engine
from symreg.formula import Expression, collected, dimension_of, evaluate_tree
from symreg.search import FRESH, Bank, Ids, Leaf, PlainKeySet, SearchSpace, bytes_of_an_entry, fingerprints, met_as
from symreg.units import Dimension

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
VARIES = 1e-9  # of the largest value: a feature that varies less is a constant
WHITENED_AT_ONCE = 1 << 14
"""Features whitened at a time: of 100 rows 13 MB for each copy of the values. Larger takes more memory beside the
bank's, smaller more rounds in Python; results are the same."""

WITHOUT_BOTH = 4  # with one of + and - alone, no expression up to this complexity is left out
MEMORY = 2.0 * 2**30
"""Bytes for the bank and the whitened rows, two GiB: a part of what ordinary machines have. With less the space ends at
a lower complexity (``complete_to``), with more a search takes longer; set by hand."""

COPIES = 16  # bytes for each value beside the bank: whitened rows, and a copy of the values with its whitened rows


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """Rows weighted and without their mean: what is left of a model once its intercept is fitted.

    ``root`` are the roots of the weights, ``(n_rows,)``, of unit mean square.
    """

    root: Floats

    def of(self, values: Floats) -> tuple[Floats, Floats]:
        """Values ``(n, n_rows)`` as unit vectors, and their norms ``(n,)``, 0 where a row does not vary."""
        largest = np.abs(values).max(axis=1)
        scaled = values / np.where(largest > 0, largest, 1.0)[:, None] * self.root
        scaled -= (scaled @ self.root / (self.root @ self.root))[:, None] * self.root
        norm = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
        norm[norm <= VARIES * np.sqrt(values.shape[1])] = 0.0
        unit = scaled / np.where(norm > 0, norm, 1.0)[:, None]
        unit[norm == 0] = 0.0
        return unit, norm * largest


def whitening_of(sigma: Floats | None, n_rows: int) -> Whitening:
    """By the standard deviations of the target, where they are known."""
    root = np.ones(n_rows) if sigma is None else 1.0 / sigma
    return Whitening(root / np.sqrt(np.mean(root**2)))


@dataclass(frozen=True, eq=False)
class FeatureSpace:
    """``entries`` are numbers of the bank's entries, simple ones first; ``rows`` their values at ``sample``, whitened.

    ``rows`` has shape ``(n_features, n_rows)``, single precision. ``complete_to`` is the complexity, as the search
    counts, up to which no expression was left out.
    """

    search: SearchSpace
    bank: Bank
    entries: Ids
    rows: Singles
    whitening: Whitening
    sample: Ids
    complete_to: int

    def __len__(self) -> int:
        return len(self.entries)

    @cached_property
    def sizes(self) -> Ids:
        """Complexity of each feature as the search counts, ``(n_features,)``."""
        return self.bank.size[self.entries].astype(np.int64)

    @cached_property
    def codes(self) -> Ids:
        """Dimension codes, ``(n_features,)``."""
        return self.bank.code[self.entries]

    def values(self, features: Ids) -> Floats:
        """Values in natural units on the sample's rows, ``(*features.shape, n_rows)``."""
        return np.take(self.bank.values[self.entries[features]], self.sample, axis=-1)

    def unit_rows(self, features: Ids) -> Floats:
        """The whitened rows of features of any shape, in double precision."""
        values = self.values(features)
        return self.whitening.of(values.reshape(-1, values.shape[-1]))[0].reshape(values.shape)

    def expression(self, feature: int) -> Expression:
        """The tree, written the shortest way that is known."""
        return self.written(self.bank.expression(int(self.entries[feature])))

    def written(self, tree: Expression) -> Expression:
        """A tree with the powers of each base collected, if that is shorter and the value the same."""
        short = collected(tree, self._positive)
        return short if self._same(short, tree) else tree

    @cached_property
    def _positive(self) -> frozenset[Expression]:
        pairs = zip(self.search.leaves, self.search.values, strict=True)
        return frozenset(leaf for leaf, row in pairs if (row > 0).all())

    def _same(self, one: Expression, other: Expression) -> bool:
        a, b = (np.asarray(evaluate_tree(tree, self.leaf_values)) for tree in (one, other))
        return bool(np.allclose(a, b, rtol=1e-9, atol=0.0))

    @cached_property
    def leaf_values(self) -> dict[str, Floats]:
        """Inputs and known constants in natural units by name, on all rows of the search."""
        named = zip(self.search.leaves, self.search.values, strict=True)
        return {leaf.name: row for leaf, row in named if hasattr(leaf, "name")}

    def dimension_of(self, tree: Expression) -> Dimension:
        """The dimension of a tree over the leaves; DimensionError where it has none."""
        coding = self.search.coding
        named = zip(self.search.leaves, self.search.codes, strict=True)
        return dimension_of(tree, {leaf.name: coding.decode(code) for leaf, code in named if hasattr(leaf, "name")})

    def on(self, sample: Ids) -> FeatureSpace:
        """The same features seen at some of the rows, those left out that do not vary there."""
        whitening = Whitening(self.whitening.root[sample])
        rows = np.empty((len(self.entries), len(sample)), dtype=np.float32)
        varies = np.empty(len(self.entries), dtype=bool)
        for low in range(0, len(rows), WHITENED_AT_ONCE):
            part = slice(low, low + WHITENED_AT_ONCE)
            values = self.bank.values[self.entries[part]][:, self.sample[sample]]
            rows[part], norm = whitening.of(values)
            varies[part] = norm > 0
        return FeatureSpace(
            self.search, self.bank, self.entries[varies], rows[varies], whitening, self.sample[sample],
            self.complete_to,
        )  # fmt: skip


def feature_space(
    search: SearchSpace, settings: DescriptorSettings, stop: Callable[[], bool] = lambda: False,
    memory: float = MEMORY,
) -> FeatureSpace:  # fmt: skip
    """All features of a problem up to ``settings.max_complexity``, or what so much memory (bytes) holds.

    Raises ``DescriptorError`` where no feature varies.
    """
    engine, n_rows = get_engine(settings.engine), len(search.target)
    leaves = [
        Leaf(tree, code, row, is_angle=place in search.angles)
        for place, (tree, code, row) in enumerate(
            zip(search.leaves, search.codes, search.values, strict=True)
        )
    ]
    room = int(memory / (bytes_of_an_entry(n_rows, engine.name) + COPIES * n_rows))
    bank = Bank(
        leaves, search.coding, search.operators, max_entries=max(1000, room), stop=stop, engine=engine,
        threads=settings.threads,
    )  # fmt: skip
    for size in range(1, settings.max_complexity + 1):
        if settings.dimensionless:
            bank.request(size, np.zeros(1, dtype=np.int64))
        else:
            bank.request_all(size)
    return _distinct(search, bank, settings, _complete_to(bank, settings.max_complexity))


def _complete_to(bank: Bank, most: int) -> int:
    """The complexity up to which the bank left nothing out."""
    complete = most if bank.truncated_at is None else min(most, bank.truncated_at - 1)
    # Entries stand for both signs: of longer sums some need the other operator.
    return min(complete, WITHOUT_BOTH) if len({"+", "-"} & bank.operators) == 1 else complete


def _distinct(
    search: SearchSpace, bank: Bank, settings: DescriptorSettings, complete_to: int
) -> FeatureSpace:
    entries = np.arange(bank.n)
    entries = entries[bank.size[entries] <= settings.max_complexity]
    if settings.dimensionless:
        entries = entries[bank.code[entries] == 0]
    entries = entries[np.argsort(bank.size[entries], kind="stable")]
    whitening = whitening_of(search.sigma, len(search.target))
    met, n = PlainKeySet(), 0
    rows = np.empty((len(entries), len(search.target)), dtype=np.float32)
    for low in range(0, len(entries), WHITENED_AT_ONCE):
        part = entries[low : low + WHITENED_AT_ONCE]
        unit, norm = whitening.of(bank.values[part])
        found = fingerprints(unit, np.zeros(len(part), dtype=np.int64)).where(norm > 0)
        fresh = np.flatnonzero(met_as(met, found) == FRESH)
        entries[n : n + len(fresh)], rows[n : n + len(fresh)] = part[fresh], unit[fresh]
        n += len(fresh)
    if not n:
        raise DescriptorError(message="no feature varies over the rows: give other inputs, or more rows")
    every = np.arange(len(search.target))
    return FeatureSpace(search, bank, entries[:n], rows[:n], whitening, every, complete_to)
