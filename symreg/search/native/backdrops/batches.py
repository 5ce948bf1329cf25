"""Batches: parts with their columns on grids of their constants, so many together that a product is worth its call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from symreg.search.native.backdrops.backdrop import COLUMNS_AT_ONCE
from symreg.search.native.backdrops.enveloped import Enveloped
from symreg.search.native.backdrops.tuned import COSINE, SINE, TANGENT
from symreg.search.native.skeletons import Chain, Columns, Part

Rows = npt.NDArray[np.int64]
BACKDROP_GRIDS = {0: (), 1: (64,), 2: (24, 16), 3: (10, 8, 8)}
FINE = 256
"""Constants of a grid on which waves are looked at."""


def batches(parts: Iterable[Part], rows: Rows) -> Iterator[list[tuple[int, Part, Columns]]]:
    """Parts with their ranks and columns, of one width together."""
    some: list[tuple[int, Part, Columns]] = []
    count = 0
    for rank, part in enumerate(parts):
        columns = part.columns(rows, _sizes(part))
        if not len(columns.values):
            continue
        if some and (count > COLUMNS_AT_ONCE or columns.values.shape[1] != some[0][2].values.shape[1]):
            yield some
            some, count = [], 0
        some.append((rank, part, columns))
        count += len(columns.values)
    if some:
        yield some


def _sizes(part: Part) -> tuple[int, ...]:
    if isinstance(part, Chain) and part.steps and part.steps[0] in (SINE, COSINE, TANGENT):
        return (FINE,)
    return BACKDROP_GRIDS[part.n_inner] if not isinstance(part, Enveloped) else _sizes(part.part)
