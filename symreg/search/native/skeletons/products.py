"""Products: powers of inputs times one or two factors that hold a constant, each to the power one or minus one.

``(A + B*e**n)*(1 + C*log(r))`` is a sum of logarithms without coefficients of their own. Left free, exponents of such
factors and their constants say nearly the same, and no fit comes to rest; fixed, the best pair of grids is one matrix
product, as for sums (``pairs``): ``|t - s*a - r*b|² = |t|² + |a|² + |b|² - 2s(t·a) - 2r(t·b) + 2sr(a·b)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Constant, Expression, normalise
from symreg.search.native.proposal import Draft
from symreg.search.native.skeletons.argument import Argument
from symreg.search.native.skeletons.part import Chain, Columns
from symreg.search.native.skeletons.question import Projected
from symreg.search.native.skeletons.screen import place_bits

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
OF_THE_STAGE = place_bits(8)
"""Bits to say that a form is a product of factors: the eighth kind of the search."""


@dataclass(frozen=True, slots=True)
class Product:
    """Factors at their constants with their exponents, one or minus one, and what they leave of the logarithm."""

    factors: tuple[Chain, ...]
    inner: tuple[Floats, ...]
    signs: tuple[int, ...]
    loss: float
    form_bits: float


def products(
    question: Projected, factors: Sequence[Chain], columns: Sequence[Columns], keep: int, stop: Callable[[], bool]
) -> tuple[list[Product], int]:
    """The ``keep`` best products of one or two factors, of each number of their constants; how many were looked at.

    ``columns`` hold the factors themselves; ``question`` is about the logarithm of the target.
    """
    held = []
    for factor, one in zip(factors, columns, strict=True):
        good = (one.values[:, 0] > 0).all(axis=1) | (one.values[:, 0] < 0).all(axis=1)
        if good.any():
            held.append((factor, one.constants[good], np.log(np.abs(one.values[good, 0])) * question.scale))
    if not held:
        return [], 0
    raw = np.concatenate([one for _, _, one in held])
    ends = np.cumsum([0, *(len(one) for _, _, one in held)])
    rest = raw - (raw @ question.basis) @ question.basis.T
    sizes, along = np.einsum("ij,ij->i", rest, rest), rest @ question.rest
    left = question.left * question.total
    found: list[tuple[float, int, Product]] = []
    looked = 0
    for first, (factor, constants, _) in enumerate(held):
        low, high = ends[first], ends[first + 1]
        for s in (1, -1):
            alone = left + sizes[low:high] - 2 * s * along[low:high]
            best = int(alone.argmin())
            found.append(_single(float(alone[best]) / question.total, factor, constants[best], s, first))
        cross = rest[low:high] @ rest[low:].T
        looked += 4 * cross.size
        for s, r in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            own = sizes[low:high] - 2 * s * along[low:high]
            losses = left + own[:, None] + (sizes[low:] - 2 * r * along[low:]) + 2 * s * r * cross
            where = losses.argmin(axis=0)
            best_of = losses[where, np.arange(losses.shape[1])]
            least = np.minimum.reduceat(best_of, ends[first:-1] - low)
            for second in range(first, len(held)):
                a, b = ends[second] - low, ends[second + 1] - low
                place = int(a + best_of[a:b].argmin())
                other = held[second]
                inner = constants[where[place]], other[1][place + low - ends[second]]
                loss = max(float(least[second - first]), 0.0) / question.total
                count = factor.n_inner + other[0].n_inner
                bits = place_bits(first) + place_bits(second) + 2.0
                found.append((loss, count, Product((factor, other[0]), inner, (s, r), loss, bits)))
        if stop():
            break
    chosen: list[Product] = []
    for count in sorted({one[1] for one in found}):
        own_count = sorted((one for one in found if one[1] == count), key=lambda one: one[0])
        chosen += [one[2] for one in own_count[:keep]]
    return chosen, looked


def _single(loss: float, factor: Chain, inner: Floats, sign: int, place: int) -> tuple[float, int, Product]:
    loss = max(loss, 0.0)
    return loss, factor.n_inner, Product((factor,), (inner,), (sign,), loss, place_bits(place) + 1.0)


def product_draft(
    product: Product, logs: Sequence[Argument], rows: Rows, y: Floats, scale: Floats
) -> Draft | None:
    """The product as a formula: ``k*x**p*...*(factor)**±1``, with exponents of inputs by least squares of
    logarithms."""
    with np.errstate(all="ignore"):
        rest = np.log(np.abs(y))
        for factor, inner, sign in zip(product.factors, product.inner, product.signs, strict=True):
            rest = rest - sign * np.log(np.abs(factor.at(rows, inner)[0]))
    if not np.isfinite(rest).all():
        return None
    design = np.array([np.ones(len(rows)), *(one.values[rows] for one in logs)]) * scale
    coefficients = np.linalg.lstsq(design.T, rest * scale, rcond=None)[0]
    sign = np.sign(y[0]) * np.prod(
        [np.sign(one.at(rows, inner)[0, 0]) for one, inner in zip(product.factors, product.inner, strict=True)]
    )
    with np.errstate(over="ignore"):
        values = [float(sign * np.exp(coefficients[0])), *coefficients[1:].tolist()]
    names = [f"k{number}" for number in range(1, 1 + len(values))]
    tree: Expression = Constant(names[0])
    for name, one in zip(names[1:], logs, strict=True):
        assert isinstance(one.tree, Apply)
        tree = Apply("*", (tree, Apply("pow", (one.tree.arguments[0], Constant(name)))))
    for factor, inner, power in zip(product.factors, product.inner, product.signs, strict=True):
        own = [f"k{number}" for number in range(len(names) + 1, len(names) + 1 + len(inner))]
        part = factor.inside([Constant(name) for name in own])
        tree = Apply("*" if power > 0 else "/", (tree, part))
        names, values = [*names, *own], [*values, *inner.tolist()]
    if not np.isfinite(values).all():
        return None
    return Draft(normalise(tree), tuple(names), tuple(values), (0,) * len(names), product.form_bits + OF_THE_STAGE)
