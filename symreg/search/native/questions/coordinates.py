"""What a surface is a polynomial of: a product of powers, and coordinates for all that dimensions leave open."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from math import comb

import numpy as np
import numpy.typing as npt

from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

LARGEST_DEGREE = 60
"""Of a polynomial of one coordinate: of two or more ``MOST_POLYNOMIALS`` allows at most 16. A larger one would follow
faster oscillations, and rounding and noise between few rows. Set by hand."""

CONSTANT_COORDINATE = 1e-9
"""Of one and a coordinate's size: what varies by less is constant but for rounding. A smaller one would stretch
rounding errors over [-1, 1], a larger one leave out columns that vary little."""

ZERO_SINGULAR = 1e-9
"""Singular values below this part of the largest are zero. Digits of dimensions are small whole numbers, so that those
which are not zero are far larger, and rounding leaves about 1e-15."""


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """The product of powers in front, and coordinates in [-1, 1] for all that it leaves open."""

    powers: dict[int, int]  # inputs that enter by their logarithms, and their row there
    front: Floats  # exponents
    null: Floats  # (n_logs, n_open)
    plain: tuple[int, ...]  # inputs that enter as they are
    low: Floats
    high: Floats

    def at(self, inputs: Floats) -> tuple[Floats, Floats]:
        """Values in front ``(n_rows,)`` and coordinates ``(n, n_rows)`` of inputs ``(n_inputs, n_rows)``."""
        logs = np.log(np.abs(inputs[list(self.powers)])) if self.powers else np.empty((0, inputs.shape[1]))
        own = self._open(inputs, logs)
        scaled = 2 * (own - self.low[:, None]) / (self.high - self.low)[:, None] - 1
        return np.asarray(np.exp(self.front @ logs)), np.asarray(scaled)

    def _open(self, inputs: Floats, logs: Floats) -> Floats:
        return np.vstack([self.null.T @ logs, inputs[list(self.plain)]])

    def ranged(self, inputs: Floats) -> Coordinates:
        """With the ranges that these inputs have; what does not vary is left out."""
        logs = np.log(np.abs(inputs[list(self.powers)])) if self.powers else np.empty((0, inputs.shape[1]))
        own = self._open(inputs, logs)
        varies = np.empty(0, dtype=bool)
        if len(own):  # a ratio that is constant has a rounding error
            varies = np.asarray(np.ptp(own, axis=1) > CONSTANT_COORDINATE * (1 + np.abs(own).max(axis=1)), dtype=bool)
        n_open = self.null.shape[1]
        plain = tuple(index for index, kept in zip(self.plain, varies[n_open:].tolist(), strict=True) if kept)
        own = own[varies]
        low, high = (own.min(axis=1), own.max(axis=1)) if len(own) else (np.empty(0), np.empty(0))
        return replace(self, null=self.null[:, varies[:n_open]], plain=plain, low=low, high=high)


def coordinates_of(space: SearchSpace, rows: Rows, target: Floats, spread: Floats) -> Coordinates:
    inputs = space.inputs[:, rows]
    varying = np.asarray(np.ptp(inputs, axis=1) > 0, dtype=bool)
    carrying = np.array([space.codes[index] != 0 for index in range(len(inputs))], dtype=bool)
    one_sign = np.asarray((inputs > 0).all(axis=1) | (inputs < 0).all(axis=1), dtype=bool)
    chosen = np.flatnonzero(varying & carrying & one_sign)
    logs = np.log(np.abs(inputs[chosen]))
    null, particular = np.eye(len(logs)), np.zeros(len(logs))
    exact = space.coefficient_codes == (0,) and all(one_sign[index] for index in np.flatnonzero(carrying & varying))
    if exact and len(logs):
        # Known constants, and columns that do not vary, supply dimensions too.
        others = [i for i in range(len(space.codes)) if i not in set(chosen.tolist())]
        codes = np.array(space.codes)[[*chosen.tolist(), *others]]
        digits = space.coding.digits(codes).astype(float).T
        wanted = space.coding.digits(np.array([space.target_code]))[0].astype(float)
        particular = (np.linalg.pinv(digits) @ wanted)[: len(logs)]
        _, sizes, right = np.linalg.svd(digits)
        null = right[int((sizes > ZERO_SINGULAR * max(float(sizes[0]), ZERO_SINGULAR)).sum()) :, : len(logs)].T
        left, sizes, _ = np.linalg.svd(null, full_matrices=False)
        null = left[:, sizes > ZERO_SINGULAR]
    front = particular + null @ _fitted_powers(null.T @ logs, particular @ logs, target, spread)
    plain = tuple(np.flatnonzero(varying & (~carrying | ~one_sign)).tolist())
    powers = {int(index): row for row, index in enumerate(chosen)}
    return Coordinates(powers, front, null, plain, np.empty(0), np.empty(0)).ranged(inputs)


def _fitted_powers(open_logs: Floats, known: Floats, target: Floats, spread: Floats) -> Floats:
    """Exponents of the nearest product of powers, beside what is known of it."""
    weights = np.abs(target) / spread
    weights = weights / (weights.max() or 1.0)
    design = np.vstack([np.ones(len(target)), open_logs]) * weights
    goal = (np.log(np.abs(np.where(target != 0, target, 1.0))) - known) * weights
    solution = np.linalg.lstsq(design.T, goal, rcond=1e-9)[0]
    return np.asarray(np.clip(solution[1:], -8, 8))


def degrees_up_to(n_coordinates: int, most: int) -> list[tuple[int, ...]]:
    """Exponents of all monomials up to the total degree of which there are no more than ``most``."""
    if not n_coordinates:
        return [()]
    total = 0
    while total < LARGEST_DEGREE and comb(n_coordinates + total + 1, total + 1) <= most:
        total += 1
    found: list[tuple[int, ...]] = []
    for degree in range(total + 1):
        for bars in itertools.combinations(range(degree + n_coordinates - 1), n_coordinates - 1):
            edges = (-1, *bars, degree + n_coordinates - 1)
            found.append(tuple(b - a - 1 for a, b in itertools.pairwise(edges)))
    return found


def polynomials(coordinates: Floats, degrees: list[tuple[int, ...]]) -> Floats:
    """Products of Legendre polynomials, shape ``(n_polynomials, n_rows)``."""
    columns = np.ones((len(degrees), coordinates.shape[1]))
    if not len(coordinates):
        return columns
    largest = max(map(max, degrees))
    powers = np.polynomial.legendre.legvander(coordinates, largest)  # (n_coordinates, n_rows, largest + 1)
    for row, degree in zip(columns, degrees, strict=True):
        for axis, power in enumerate(degree):
            if power:
                row *= powers[axis, :, power]
    return columns
