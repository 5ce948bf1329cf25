"""The way back from the value of an operator of one operand to the operand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Inverse:
    """The inverse ``h`` of ``z = operator(h)``, and ``dh/dz`` up to its sign, both as functions of z.

    Where there are two inverses it is the principal one: roots are positive, angles those of ``asin`` and its like.
    Where there is none it is NaN.
    """

    value: Callable[[Floats], Any]
    slope: Callable[[Floats], Any]


NO_INVERSE: Final = Inverse(lambda z: np.full_like(z, np.nan), np.ones_like)
"""Of an operator whose value does not tell its operand."""


def inverse_of_power(exponent: Fraction) -> Inverse:
    """Return the inverse of ``z = h**exponent``; it is taken on positive z unless it is a whole odd power."""
    back = float(1 / exponent)
    whole = (1 / exponent).denominator == 1 and (1 / exponent).numerator in (1, -1)

    def value(z: Floats) -> Floats:
        return np.asarray(np.where((z > 0) | whole, z, np.nan) ** back)

    def slope(z: Floats) -> Floats:
        return np.asarray(back * np.where((z > 0) | whole, z, np.nan) ** (back - 1))

    return Inverse(value, slope)
