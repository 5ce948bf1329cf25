"""Inputs that enter together: two columns on which the target depends through one combination of them alone.

Positions matter by their differences, speeds by their squares beside each other, a charge and a field by their
product. Where ``y = f(u(a, b), ...)`` the slopes of the target by a and b are those of u up to a factor:

    dy/da * du/db = dy/db * du/da

(generalised symmetry; Udrescu et al. 2020, "AI Feynman 2.0", section 2.2). The smooth surface has the slopes. That the
guess is right is checked: a surface over u in place of a and b must do as well.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Expression, raised
from symreg.search.native.questions.reduction import Reduction
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
NEAR_SLOPE = 0.3  # of the size of the slopes
CHECKED = 6  # guesses of a round that are checked
SUMS = ((1, 1), (2, 2), (-1, -1), (1, 2), (2, 1))
"""Powers of two inputs whose sum or difference is tried: differences of positions, squares, inverses (lenses,
resistors), and one beside a square. Each costs a comparison of slopes for every pair; more of them make chance
agreement likelier."""

PRODUCTS = ((1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2))
"""Powers of two positive inputs whose product is tried, up to the second. Each further one costs a comparison of slopes
and makes chance agreement likelier. Products with both signs turned are the same combination. Set by hand."""


@dataclass(frozen=True, slots=True)
class Combination:
    """``a**p + b**q``, ``b**q - a**p`` or ``a**p * b**q`` of two inputs, by their positions."""

    operator: str
    a: int
    b: int
    p: int
    q: int

    def values(self, inputs: Floats) -> Floats:
        """The combination row by row."""
        a, b = inputs[self.a] ** float(self.p), inputs[self.b] ** float(self.q)
        return np.asarray(a * b if self.operator == "*" else b + a if self.operator == "+" else b - a)

    def slopes(self, inputs: Floats) -> tuple[Floats, Floats]:
        """Its slopes by both inputs, up to a common factor."""
        a, b = inputs[self.a], inputs[self.b]
        if self.operator == "*":
            return self.p * b, self.q * a
        sign = 1.0 if self.operator == "+" else -1.0
        return sign * self.p * a ** (self.p - 1.0), self.q * b ** (self.q - 1.0)

    def expression(self, leaves: tuple[Expression, ...]) -> Expression:
        """Its tree."""
        a, b = _power(leaves[self.a], self.p), _power(leaves[self.b], self.q)
        if self.operator == "*" and (self.p < 0 or self.q < 0):
            above, below = (a, leaves[self.b]) if self.q < 0 else (b, leaves[self.a])
            return Apply("/", (above, raised(below, Fraction(-min(self.p, self.q)))))
        return Apply(self.operator, (b, a) if self.operator == "-" else (a, b))


def _power(base: Expression, power: int) -> Expression:
    return raised(base, Fraction(power)) if power > 0 else Apply("inv", (base,))


def taken_together(whole: Reduction) -> Reduction | None:
    """The space with two inputs as one, and two others, as often as there are; None where no two enter together."""
    found, leaves = whole, whole.space.leaves
    for one in _guesses(whole):
        if leaves[one.a] not in found.space.leaves or leaves[one.b] not in found.space.leaves:
            continue  # one of them is part of another combination by now
        tree = one.expression(leaves)
        leaf = found.leaf_for(tree)
        here = replace(one, a=found.space.leaves.index(leaves[one.a]), b=found.space.leaves.index(leaves[one.b]))
        smaller = _with(found.space, here, leaf)
        fewer = found.smoother_over(smaller)
        if fewer is not None:
            found = found.further(smaller, fewer, meaning={leaf: tree})
    return None if found is whole else found


def _guesses(whole: Reduction) -> list[Combination]:
    """Combinations whose slopes are most like the target's, the best of each pair of inputs, the likeliest first."""
    space, smoother = whole.space, whole.smoother
    own = whole.own_smoother
    noise = float(np.sqrt(smoother.surface(np.zeros(len(smoother.rows))).noise))
    logarithm = bool((own.target > 0).all() or (own.target < 0).all())
    inputs, slopes = own.slopes(noise, logarithm=logarithm)
    found: dict[tuple[int, int], tuple[float, Combination]] = {}
    for one in _combinations(space):
        if one.a in slopes and one.b in slopes:
            misfit = _misfit(one, inputs, slopes[one.a], slopes[one.b])
            if misfit < min(NEAR_SLOPE, found.get((one.a, one.b), (np.inf,))[0]):
                found[one.a, one.b] = misfit, one
    return [one for _, one in sorted(found.values(), key=lambda item: item[0])[:CHECKED]]


def _misfit(one: Combination, inputs: Floats, by_a: Floats, by_b: Floats) -> float:
    """How far the slopes are from those of a combination; 0 where they agree, up to 1."""
    a, b = one.slopes(inputs)
    size = np.median(np.abs(by_a * b) + np.abs(by_b * a))
    return float(np.median(np.abs(by_a * b - by_b * a)) / size) if size > 0 else np.inf


def _combinations(space: SearchSpace) -> Iterator[Combination]:
    """What dimensions, signs and operators allow."""
    inputs = space.inputs
    positive = np.asarray((inputs > 0).all(axis=1), dtype=bool)
    largest = np.abs(inputs).max(axis=1)
    for a, b in itertools.combinations(range(space.n_inputs), 2):
        alike = (a in space.angles) == (b in space.angles)
        for p, q in SUMS if alike else ():
            fits = p * space.codes[a] == q * space.codes[b] and (p == q > 0 or (positive[a] and positive[b]))
            if fits and (a not in space.angles or (p, q) == (1, 1)) and min(largest[a], largest[b]) > 0:
                if "+" in space.operators:
                    yield Combination("+", a, b, p, q)
                if "-" in space.operators:
                    yield Combination("-", a, b, p, q)
        for p, q in PRODUCTS if positive[a] and positive[b] else ():
            code = p * space.codes[a] + q * space.codes[b]
            if space.coding.in_range(np.array([code]))[0] and space.operators >= {"*", "/"}:
                yield Combination("*", a, b, p, q)


def _with(space: SearchSpace, one: Combination, leaf: Expression) -> SearchSpace:
    """The space with this combination in place of its two inputs."""
    kept = [index for index in range(len(space.leaves)) if index not in (one.a, one.b)]
    n_inputs = space.n_inputs - 2
    code = one.p * space.codes[one.a]
    if one.operator == "*":
        code += one.q * space.codes[one.b]
    places = [*kept[:n_inputs], -1, *kept[n_inputs:]]
    values = one.values(space.inputs)
    is_angle = one.a in space.angles or one.b in space.angles
    return replace(
        space,
        leaves=tuple(leaf if index < 0 else space.leaves[index] for index in places),
        codes=tuple(code if index < 0 else space.codes[index] for index in places),
        values=np.ascontiguousarray([values if index < 0 else space.values[index] for index in places]),
        n_inputs=n_inputs + 1,
        angles=frozenset(
            place for place, index in enumerate(places) if (is_angle if index < 0 else index in space.angles)
        ),
    )
