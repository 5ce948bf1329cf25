"""Dimensions inside a search: one integer each, so that a product of dimensions is an addition.

The exponents over the base units that occur, times a common denominator, are the digits of a number in
balanced notation. ``code(a * b) == code(a) + code(b)`` holds as long as no digit leaves its range, which
``in_range`` tells. Everything stays exact: halves, thirds and quarters of an exponent that occurs are whole
digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.errors import SymregError
from symreg.units import BASE_UNITS, Dimension

Codes = npt.NDArray[np.int64]
ROOTS = 12  # halves, thirds and quarters of the exponents that occur are exact


class DimensionRangeError(SymregError):
    """An exponent too large, or too finely divided, for the search."""


@dataclass(frozen=True, slots=True)
class DimensionCode:
    """A coding of dimensions over the base units ``bases`` (indices into ``BASE_UNITS``).

    Exponents are multiples of ``1 / denominator``.
    """

    bases: tuple[int, ...]
    denominator: int = ROOTS

    @property
    def shift(self) -> int:
        """Bits per digit."""
        return 62 // max(1, len(self.bases))

    @property
    def limit(self) -> int:
        """Digits lie strictly between ``-limit`` and ``limit``; a quarter of what fits, so that sums are seen."""
        return 1 << (self.shift - 3)

    def encode(self, dimension: Dimension) -> int:
        """The code of ``dimension``; DimensionRangeError where an exponent does not fit."""
        code = 0
        for position, base in enumerate(self.bases):
            exponent = dimension.exponents[base]
            digit, rest = divmod(exponent.numerator * self.denominator, exponent.denominator)
            if rest or abs(digit) >= self.limit:
                unit = BASE_UNITS[base]
                advice = "use a unit with smaller, simpler exponents, or declare the column dimensionless"
                raise DimensionRangeError(
                    message=f"the exponent {exponent} of {unit} is beyond what the search can hold: {advice}"
                )
            code += digit << (self.shift * position)
        return code

    def digits(self, codes: Codes) -> Codes:
        """Digits of an array of codes, shape ``(n, n_bases)``."""
        rest = np.asarray(codes, dtype=np.int64).copy()
        half, mask = 1 << (self.shift - 1), (1 << self.shift) - 1
        found = np.empty((len(rest), len(self.bases)), dtype=np.int64)
        for position in range(len(self.bases)):
            found[:, position] = ((rest + half) & mask) - half
            rest = (rest - found[:, position]) >> self.shift
        return found

    def decode(self, code: int) -> Dimension:
        """The dimension of ``code``."""
        exponents = [Fraction(0)] * len(BASE_UNITS)
        for base, digit in zip(self.bases, self.digits(np.array([code]))[0], strict=True):
            exponents[base] = Fraction(int(digit), self.denominator)
        return Dimension(tuple(exponents))

    def in_range(self, codes: Codes) -> npt.NDArray[np.bool_]:
        """Which codes have all digits inside the limit."""
        return np.asarray((np.abs(self.digits(codes)) < self.limit).all(axis=1))

    def root(self, codes: Codes, degree: int) -> tuple[Codes, npt.NDArray[np.bool_]]:
        """Codes of the roots of this degree, and where these are exact."""
        digits = self.digits(codes)
        exact = np.asarray((digits % degree == 0).all(axis=1))
        return np.where(exact, np.asarray(codes, dtype=np.int64) // degree, 0), exact


def coding_for(dimensions: Iterable[Dimension]) -> DimensionCode:
    """The coding over just those base units that occur in ``dimensions``."""
    dimensions = list(dimensions)
    present = {base for one in dimensions for base, exponent in enumerate(one.exponents) if exponent}
    divided = math.lcm(*(exponent.denominator for one in dimensions for exponent in one.exponents))
    return DimensionCode(tuple(sorted(present)), ROOTS * divided)
