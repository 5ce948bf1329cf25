"""Descriptors to be combined, with their values, and the combinations of two pools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.descriptor.feature_space import FeatureSpace
from symreg.engine.joining import unit_rows
from symreg.formula import Expression

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

CUT_OFF = 3.0  # median deviations, times 1.5: about three standard deviations of a normal distribution


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Descriptors with values ``(n, n_rows)``, complexities as the search counts, dimension codes, and their trees."""

    values: Floats
    sizes: Ids
    codes: Ids
    tree: Callable[[int], Expression]

    def __len__(self) -> int:
        return len(self.sizes)


def pool_of(space: FeatureSpace) -> Pool:
    """The features of a space."""
    every = np.arange(len(space))
    return Pool(
        space.values(every), space.sizes, space.codes, lambda i: space.bank.expression(int(space.entries[i]))
    )


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """Combinations of one operator: rows of the two pools."""

    operator: str
    first: Ids
    second: Ids
    turned: bool = False  # the second over the first

    def values(self, one: Pool, other: Pool) -> Floats:
        """Their values, ``(n, n_rows)``."""
        a, b = one.values[self.first], other.values[self.second]
        with np.errstate(all="ignore"):
            if self.operator == "+":
                return a + b
            if self.operator == "-":
                return a - b
            if self.operator == "*":
                return a * b
            return b / a if self.turned else a / b


def saturated(values: Floats) -> Singles:
    """Rows by their distance from the median, cut off, as unit vectors without their mean."""
    middle = np.median(values, axis=1, keepdims=True)
    spread = 1.5 * np.median(np.abs(values - middle), axis=1, keepdims=True)
    spread = np.where(spread > 0, spread, values.std(axis=1, keepdims=True))
    scaled = np.clip((values - middle) / np.where(spread > 0, spread, 1.0), -CUT_OFF, CUT_OFF)
    return np.ascontiguousarray(unit_rows(scaled - scaled.mean(axis=1, keepdims=True)))
