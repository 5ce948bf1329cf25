"""Scales for the base units in which a problem's columns are of order one.

SI magnitudes from 1e-34 to 1e30 ruin arithmetic. Rescaling base units alone leaves the form of every law intact,
and scales that are powers of two change no digit of a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symreg.dimension import Dimension
    from symreg.problem import Problem


@dataclass(frozen=True, slots=True)
class NaturalUnits:
    """One natural unit of base unit ``i`` is ``2**log2_scales[i]`` SI units."""

    log2_scales: tuple[int, ...] = (0,) * 7

    def factor(self, dimension: Dimension) -> float:
        """One natural unit of this dimension in SI: ``value_si = factor(dimension) * value_natural``."""
        raise NotImplementedError


def choose_natural_units(problem: Problem) -> NaturalUnits:
    """Least squares on the log-magnitudes of target, inputs and known constants."""
    raise NotImplementedError
