"""Validation: the whole search repeated without a part of the rows, and judged on that part.

Rows left out in turn say how well coefficients are known; the descriptors were chosen with them in sight. Here the
choice is made again for each fold, so the error is what may be expected of the next compound. The features themselves
are those defined on all rows: that uses no target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from symreg.descriptor.settings import DescriptorError
from symreg.uncertain_text import number_text

Ids = npt.NDArray[np.int64]
Score = TypeVar("Score")


@dataclass(frozen=True, slots=True)
class Validation:
    """What the search repeated in ``folds`` folds reaches on rows it did not see, for ``n_descriptors``.

    ``measure`` names the figure ("RMSE", "accuracy") and ``unit`` its unit; ``chosen`` are the descriptors of
    each fold.
    """

    n_descriptors: int
    folds: int
    measure: str
    value: float
    unit: str
    chosen: tuple[str, ...]

    def sentence(self) -> str:
        """In words."""
        unit = "" if self.unit in ("", "1", "dimensionless") else f" {self.unit}"
        different = len(set(self.chosen))
        return (
            f"{self.n_descriptors}: {self.measure} {number_text(self.value, 4)}{unit} on rows unseen, the search "
            f"repeated in {self.folds} folds ({different} different choices)"
        )


def check_folds(count: int, n_rows: int) -> None:
    """Raise ``DescriptorError`` unless ``count`` is 0, for none, or so many folds can be made of the rows."""
    if count != 0 and not (isinstance(count, int) and 2 <= count <= n_rows):
        raise DescriptorError(message=f"{count} folds of {n_rows} rows: give from 2 to {n_rows}, or 0 for none")


def folds_of(n_rows: int, count: int, seed: int, groups: Ids | None = None) -> Iterator[tuple[Ids, Ids]]:
    """Rows to search on and rows to judge by, ``count`` times; each row is judged once.

    Rows of each of the ``groups`` ``(n_rows,)`` are spread over the folds evenly.
    """
    order = np.random.default_rng(seed).permutation(n_rows)
    if groups is not None:
        order = order[np.argsort(groups[order], kind="stable")]
    fold = np.empty(n_rows, dtype=np.int64)
    fold[order] = np.arange(n_rows) % count
    for each in range(count):
        yield np.flatnonzero(fold != each), np.flatnonzero(fold == each)


def over_folds(
    n_rows: int, count: int, seed: int, judge: Callable[[Ids, Ids], Score], groups: Ids | None = None
) -> list[Score]:
    """What ``judge(search_rows, unseen_rows)`` says of each fold."""
    return [judge(search, unseen) for search, unseen in folds_of(n_rows, count, seed, groups)]
