"""A unit as a value: what people wrote, its dimension, and the line that takes numbers to SI.

A ``Unit`` is small, frozen and can be pickled; it remembers the text it came from and knows nothing of the
library that read it (see ``units``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from symreg.units.dimension import DIMENSIONLESS, Dimension


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: ``si = scale * value + offset``.

    ``text`` is the unit as the user wrote it. Angles have no dimension; ``is_angle`` marks them, and
    ``carries_angle`` also marks what becomes an angle when multiplied, such as rad/s.
    """

    text: str
    dimension: Dimension
    scale: float
    offset: float = 0.0
    is_angle: bool = False
    carries_angle: bool = False

    @overload
    def to_si(self, values: float) -> float: ...
    @overload
    def to_si(self, values: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def to_si(self, values: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
        """Convert numbers in this unit, one or ``(n_rows,)``, to SI."""
        return values * self.scale + self.offset if self.offset else values * self.scale

    @overload
    def from_si(self, values: float) -> float: ...
    @overload
    def from_si(self, values: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def from_si(self, values: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
        """Convert numbers in SI, one or ``(n_rows,)``, to this unit."""
        return (values - self.offset) / self.scale if self.offset else values / self.scale

    @property
    def is_si(self) -> bool:
        """Whether numbers in this unit are those in SI."""
        return self.scale == 1.0 and not self.offset

    @property
    def in_formulas(self) -> Unit:
        """The unit in which a quantity stands in a printed formula: of scales with a zero of their own, such as
        degrees Celsius, the SI unit, because constants of a law are fitted in it."""
        return si_unit(self.dimension) if self.offset else self

    @property
    def in_headers(self) -> str:
        """The text of the unit as it stands in brackets behind a name: 1 for a plain number."""
        return "1" if self.text == DIMENSIONLESS_UNIT.text else self.text

    def conversion(self) -> str:
        """How a number of this unit becomes one of ``in_formulas``: ``°C + 273.15``; empty where it stays."""
        if not self.offset:
            return ""
        scaled = self.text if self.scale == 1.0 else f"{self.text}*{self.scale:.10g}"
        return f"{scaled} {'+' if self.offset > 0 else '-'} {abs(self.offset):.10g}"

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Unit({self.text})"


DIMENSIONLESS_UNIT = Unit("dimensionless", DIMENSIONLESS, 1.0)


def si_unit(dimension: Dimension) -> Unit:
    """The coherent SI unit of a dimension, written in base units: ``kg*m/s**2``."""
    return DIMENSIONLESS_UNIT if dimension.is_dimensionless else Unit(str(dimension), dimension, 1.0)
