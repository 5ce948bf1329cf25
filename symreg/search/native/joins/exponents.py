"""Exponents of a product of powers: what dimensions fix of them, what is left to fit, and simple exact ones nearby.

Exponents ``e`` of the leaves have to satisfy ``D e = d``, with D the digits of their dimensions and d those of the
product (Buckingham 1914). One particular solution is linear in d; the nullspace of D are the Pi groups, and with them
projected out of logarithms nothing of a monomial is left. Fitted exponents are rounded to simple fractions, and known
constants and the coefficient supply what these leave over of the dimension.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Number
from symreg.search.dimension_code import DimensionRangeError
from symreg.search.native.joins.log_target import LogTargets, target_dimension
from symreg.search.space import SearchSpace
from symreg.units import Dimension, power_product

Floats = npt.NDArray[np.float64]
Powers = tuple[float | Fraction, ...]
NEAR_THIRD = 0.04  # thirds and quarters are taken only where the fitted exponent is as near as this
LARGEST_FITTED_EXPONENT = 8
"""Magnitude of a fitted power beyond which there is no simple one near it. A larger one lets in factors that hardly
vary, of which only a high power explains anything; a smaller one loses laws with high powers. Set by hand."""

MOST_WAYS = 12  # to round the powers of some factors


@dataclass(eq=False)
class Exponents:
    """The exponents that one space allows, by the values of its leaves ``(n_leaves, n_probes)``.

    ``span`` are orthonormal rows, a constant and the logarithms of the Pi groups; ``particular`` holds for each base
    unit the logarithm of one monomial that has it, ``(n_bases, n_probes)``.
    """

    space: SearchSpace
    leaf_values: Floats
    leaves: list[int] = field(init=False)  # those that can stand in a product
    span: Floats = field(init=False)
    particular: Floats = field(init=False)
    _known: dict[int, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        space = self.space
        self.leaves = [
            index
            for index, values in enumerate(self.leaf_values)
            if not isinstance(space.leaves[index], Number) and (values != 0).all()
        ]
        self._logs = np.log(np.abs(self.leaf_values[self.leaves]))
        n_bases, n_leaves = len(space.coding.bases), len(self.leaves)
        digits = [*(self.digits_of(space.codes[index]) for index in self.leaves), *self._coefficients()]
        matrix = np.array(digits, dtype=float).reshape(len(digits), n_bases).T
        self._inverse = np.linalg.pinv(matrix)[:n_leaves] if n_bases else np.zeros((n_leaves, 0))
        self._null = _nullspace(matrix)[:n_leaves]
        self._groups = self._null.T @ self._logs
        self.particular = self._inverse.T @ self._logs
        basis = np.vstack([np.ones(self.leaf_values.shape[1]), self._groups])
        left, sizes, _ = np.linalg.svd(basis.T, full_matrices=False)
        self.span = left[:, sizes > 1e-9 * sizes[0]].T

    def _coefficients(self) -> list[Floats]:
        codes = self.space.coefficient_codes
        if codes is None:
            return list(np.eye(len(self.space.coding.bases)))
        return [self.digits_of(code) for code in codes if code]

    def digits_of(self, code: int) -> Floats:
        """Digits of a dimension's code ``(n_bases,)``."""
        if code not in self._known:
            self._known[code] = self.space.coding.digits(np.array([code]))[0].astype(float)
        return self._known[code]

    def digits_of_target(self, targets: LogTargets) -> Floats:
        """Those of what the targets' products have to be."""
        code = target_dimension(targets.step, self.space.target_code, self.space.coding.root)
        assert code is not None
        return self.digits_of(code)

    def rest_of(self, targets: LogTargets) -> Floats:
        """Logarithms of targets ``(n, n_probes)`` without the particular monomial of their dimension."""
        return np.asarray(targets.logs - self.digits_of_target(targets) @ self.particular)

    def of_factors(
        self, targets: LogTargets, index: int, codes: Sequence[int], free: Sequence[bool], logs: Floats
    ) -> list[Powers]:
        """Simple powers of factors near the fitted ones, every combination; of one that is free the fitted one.

        ``codes`` are the factors' dimensions, ``logs`` their logarithms ``(n_factors, n_probes)``.
        """
        if not len(codes):
            return [()]
        root = np.sqrt(targets.weights[index])
        digits = np.array([self.digits_of(code) for code in codes])
        design = np.vstack([logs - digits @ self.particular, self.span]) * root
        goal = (targets.logs[index] - self.digits_of_target(targets) @ self.particular) * root
        powers = _fitted(design, goal)
        if powers is None:
            return []
        simple: list[list[float | Fraction]] = [
            [power] if is_free else [exact for exact in simple_powers(power) if exact]
            for is_free, power in zip(free, powers[: len(codes)].tolist(), strict=True)
        ]
        return list(itertools.islice(itertools.product(*simple), MOST_WAYS))

    def of_leaves(
        self, targets: LogTargets, index: int, codes: Sequence[int], powers: Powers, logs: Floats
    ) -> tuple[dict[int, Fraction], int] | None:
        """Exponents of the leaves beside factors with these powers, and the code of the coefficient in front.

        None where none are simple and exact.
        """
        root, digits = np.sqrt(targets.weights[index]), self.digits_of_target(targets)
        remaining = targets.logs[index]
        for power, code, row in zip(powers, codes, logs, strict=True):
            remaining = remaining - float(power) * row
            digits = digits - float(power) * self.digits_of(code)
        particular = self._inverse @ digits
        design = np.vstack([np.ones_like(remaining), self._groups]) * root
        solution = _fitted(design, (remaining - particular @ self._logs) * root)
        if solution is None:
            return None
        fitted = particular + self._null @ solution[1:]
        chosen: dict[int, Fraction] = {}
        for position, leaf in enumerate(self.leaves):
            if leaf < self.space.n_inputs:
                simple = simple_powers(float(fitted[position]))
                if not simple:
                    return None
                chosen[leaf] = simple[0]
        return self._complete(chosen, [Fraction(round(d * 60), 60) for d in digits])

    def _complete(self, chosen: dict[int, Fraction], digits: list[Fraction]) -> tuple[dict[int, Fraction], int] | None:
        """Let known constants and the coefficient supply the dimension that the inputs leave over."""
        space, rest = self.space, list(digits)
        for index, power in chosen.items():
            own = self.digits_of(space.codes[index])
            rest = [r - power * int(d) for r, d in zip(rest, own, strict=True)] if power else rest
        if not any(rest):
            return chosen, 0
        constants = {
            str(index): space.coding.decode(space.codes[index]) for index in self.leaves if index >= space.n_inputs
        }
        dimension = _dimension(rest, space)
        found = power_product(dimension, constants) if constants else None
        if found is not None:
            return chosen | {int(name): power for name, power in found.items() if power}, 0
        try:
            code = space.coding.encode(dimension)
        except DimensionRangeError:
            return None
        codes = space.coefficient_codes
        return (chosen, code) if codes is None or code in codes else None


def simple_powers(value: float) -> list[Fraction]:
    """Simple fractions near a fitted exponent, the likeliest first; none where it is too large.

    Under noise a fitted exponent is off by more than the steps between thirds and halves, so the nearest half and the
    nearest whole number are always among them: the loss in y decides.
    """
    if not abs(value) <= LARGEST_FITTED_EXPONENT:
        return []
    fine = [Fraction(round(value * d), d) for d in (3, 4) if abs(round(value * d) / d - value) < NEAR_THIRD / d]
    half = Fraction(round(2 * value), 2)
    whole = Fraction(round(value))
    exact = abs(float(half) - value) < NEAR_THIRD / 4
    return list(dict.fromkeys([half] if exact else [*fine, half, whole]))


def _fitted(design: Floats, goal: Floats) -> Floats | None:
    """Least squares of ``goal ~ sum_i s_i * design_i``; None where something is not finite."""
    if not (np.isfinite(design).all() and np.isfinite(goal).all()):
        return None
    return np.asarray(np.linalg.lstsq(design.T, goal, rcond=1e-9)[0])


def _dimension(digits: list[Fraction], space: SearchSpace) -> Dimension:
    exponents = [Fraction(0)] * 7
    for base, digit in zip(space.coding.bases, digits, strict=True):
        exponents[base] = digit / space.coding.denominator
    return Dimension(tuple(exponents))


def _nullspace(matrix: Floats) -> Floats:
    """Orthonormal columns spanning the nullspace."""
    if not matrix.size:
        return np.eye(matrix.shape[1])
    _, sizes, right = np.linalg.svd(matrix)
    rank = int((sizes > 1e-9 * max(sizes[0], 1e-300)).sum())
    return np.asarray(right[rank:].T)
