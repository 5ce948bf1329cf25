"""Scales for the base units in which a problem's columns are of order one.

SI magnitudes from 1e-34 to 1e30 ruin arithmetic. Changing the scale of base units leaves the form of every
law as it is, and scales that are powers of two change no digit of a value (a fractional exponent may touch
the last one).

A quantity of dimension ``d`` and magnitude ``M`` has, in units of scale ``2**x``, the magnitude
``M / 2**(d·x)``. So we want ``d_j · x ≈ log2 M_j`` for every column and constant ``j``: least squares over as
many base units as are independent (velocities alone say nothing of metres and seconds apart, so seconds
stay), rounded to integers. Stretching one of these base units by ``2**n`` moves its ``x`` by ``n``, and the
scaled numbers stay as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from symreg.arrays import Floats, Rows
from symreg.units import BASE_UNITS, Dimension

if TYPE_CHECKING:
    from symreg.problem.problem import Problem

LARGEST_SHIFT = 900  # |log2| of a factor; beyond it a double would over- or underflow


@dataclass(frozen=True, slots=True)
class NaturalUnits:
    """One natural unit of base unit ``i`` is ``2**log2_scales[i]`` SI units; the default is SI itself."""

    log2_scales: tuple[int, ...] = (0,) * len(BASE_UNITS)

    def factor(self, dimension: Dimension) -> float:
        """One natural unit of this dimension in SI: ``value_si = factor(dimension) * value_natural``."""
        power = sum((e * x for e, x in zip(dimension.exponents, self.log2_scales, strict=True)), Fraction(0))
        return float(2.0 ** max(-LARGEST_SHIFT, min(LARGEST_SHIFT, float(power))))

    def matrix(self, problem: Problem, rows: Rows) -> Floats:
        """The problem's inputs in natural units, shape ``(n_inputs, n_rows)``."""
        factors = [self.factor(problem.table[name].unit.dimension) for name in problem.inputs]
        scaled: Floats = problem.matrix(rows) / np.array(factors)[:, None]
        return scaled

    def target_values(self, problem: Problem, rows: Rows) -> Floats:
        """The target in natural units, shape ``(n_rows,)``."""
        return problem.target_values(rows) / self.factor(problem.target_column.unit.dimension)

    def known_values(self, problem: Problem) -> dict[str, float]:
        """The known constants in natural units, by name."""
        return {each.name: each.value / self.factor(each.unit.dimension) for each in problem.known_constants}

    def unit_values(self, problem: Problem) -> dict[str, float]:
        """The units of inputs in natural units, by the names of these units."""
        units = problem.units_of_inputs.values()
        return {each.name: each.value / self.factor(each.unit.dimension) for each in units}


def choose_natural_units(problem: Problem) -> NaturalUnits:
    """Least squares on the log-magnitudes of target, inputs and known constants (training rows only, some of many)."""
    pairs = list(_magnitudes(problem.thinned() if problem.is_long else problem))
    exponents = np.array([[float(e) for e in dimension.exponents] for dimension, _ in pairs])
    logs = np.array([log for _, log in pairs])
    chosen = _independent(exponents)
    solution, *_ = np.linalg.lstsq(exponents[:, chosen], logs, rcond=None)
    scales = dict(zip(chosen, solution, strict=True))
    return NaturalUnits(tuple(round(float(scales.get(place, 0.0))) for place in range(len(BASE_UNITS))))


def _independent(exponents: Floats) -> list[int]:
    """Base units whose scales the quantities determine, each tried in turn."""
    chosen: list[int] = []
    for place in range(exponents.shape[1]):
        if np.linalg.matrix_rank(exponents[:, [*chosen, place]]) > len(chosen):
            chosen.append(place)
    return chosen


def _magnitudes(problem: Problem) -> Iterator[tuple[Dimension, float]]:
    """Dimension and log2 of the median magnitude of every quantity; zeros say nothing about a scale."""
    for name in (problem.target, *problem.inputs):
        column = problem.table[name]
        sizes = np.abs(column.values[problem.train_rows])
        sizes = sizes[sizes > 0]
        if sizes.size:
            yield column.unit.dimension, float(np.median(np.log2(sizes)))
    for constant in problem.known_constants:
        yield constant.unit.dimension, float(np.log2(abs(constant.value)))
