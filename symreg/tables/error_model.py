"""How errors of a column go with what it measures, as instruments state it: 0.1 V + 2 % of the reading, or counts.

The size that an error belongs to is the law's, not the reading's: rows that came out low by chance would count most
(``problem.sizes``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from numbers import Real
from typing import Any

import numpy as np

from symreg.arrays import Floats
from symreg.errors import SymregError
from symreg.uncertain_text import read_percentage
from symreg.wording import choices, shortened

POISSON = "poisson"
KEYS = ("relative", "floor", POISSON)
FEWEST_COUNTS = 1.0
"""Counts, below which the error of a count is that of one: where no trend of the target is known and nothing was
counted, its square root would say that nothing is known exactly."""


class ErrorModelError(SymregError):
    """What was said of a column's errors cannot be read; ``message`` says what can."""

    message: str


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """Standard deviations ``sqrt(floor**2 + (relative*size)**2)``, and with ``poisson`` the size beside these squares.

    ``floor`` is in the column's unit, ``relative`` a part of the size, ``poisson`` for numbers that were counted.
    Raises ``ErrorModelError`` for a number below zero and where there would be no error at all.
    """

    relative: float = 0.0
    floor: float = 0.0
    poisson: bool = False

    def __post_init__(self) -> None:
        for name in ("relative", "floor"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) < inf:
                raise ErrorModelError(message=f"sigma {name}={value!r}: give a number from 0")
        if not isinstance(self.poisson, bool):
            raise ErrorModelError(message=f"sigma poisson={self.poisson!r}: give true or false")
        if not (self.relative or self.floor or self.poisson):
            raise ErrorModelError(message="sigma: an error of nothing; give relative, floor or poisson")

    @property
    def share(self) -> float | None:
        """The part of the size that errors are, where they are nothing else."""
        return self.relative if not self.floor and not self.poisson else None

    def at(self, sizes: Floats, scale: float) -> Floats:
        """Standard deviations in SI at these sizes in SI, ``(n_rows,)``; ``scale`` is the unit's."""
        sizes = np.abs(sizes)
        squares = (self.relative * sizes) ** 2 + (self.floor * scale) ** 2
        return np.asarray(np.sqrt(squares + (np.maximum(sizes, FEWEST_COUNTS) if self.poisson else 0.0)))


def read_error_model(given: Any) -> ErrorModel | None:
    """``"5 %"``, ``"poisson"``, ``{"relative": "5 %", "floor": 0.1}`` or an ``ErrorModel``; None for anything else.

    Raises ``ErrorModelError`` for a mapping with other keys or values.
    """
    if isinstance(given, ErrorModel):
        return given
    share = read_percentage(given)
    if share is not None:
        return ErrorModel(relative=share)
    if isinstance(given, str) and given.strip().lower() == POISSON:
        return ErrorModel(poisson=True)
    if not isinstance(given, Mapping):
        return None
    for key in given:
        if key not in KEYS:
            raise ErrorModelError(message=f"sigma: {shortened(key)} is not known; {choices(str(key), KEYS)}")
    part = given.get("relative", 0.0)
    return ErrorModel(
        relative=part if (read := read_percentage(part)) is None else read,
        floor=given.get("floor", 0.0),
        poisson=given.get(POISSON, False),
    )
