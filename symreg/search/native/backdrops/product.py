"""Products: the target as powers of simple factors, by logarithms of their sizes; one more factor may be rich."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Constant, Expression, Number, Variable, can_be_said, normalise, substitute
from symreg.search.native.backdrops.backdrop import COLUMNS_AT_ONCE, HOPEFUL, Backdrop, backdrop, usable
from symreg.search.native.backdrops.coefficients import fraction_of
from symreg.search.native.backdrops.sparse import LOOKED_CLOSER, NEARLY, SUM_ROUNDING, needed
from symreg.search.native.proposal import Draft
from symreg.search.native.skeletons import Inputs, PlainTerms, place_bits, raised

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
MOST_PRODUCT_FACTORS = 8
"""Factors that a product may need, its constant among them. With more a target has no finding here: so many powers
follow many a smooth logarithm. Fewer would lose products of many inputs. Set by hand."""

IN_SIGHT = 1e-3
"""What a factor without constants inside may leave of the logarithm's rest. The right one leaves rounding only: a
smaller one risks terms that have lost digits, a larger one has more of them written and judged in vain. Set by hand."""

SIMPLE_POWER_ERROR = 1e-6
"""How near an exponent is to a half or whole number that it is taken for."""


@dataclass(frozen=True, eq=False)
class Product:
    """Simple factors on some rows, and the logarithm of the target's size."""

    inputs: Inputs
    rows: Rows
    y: Floats
    most: int

    @cached_property
    def target(self) -> Floats | None:
        """None where the target is zero somewhere."""
        with np.errstate(all="ignore"):
            seen = np.log(np.abs(self.y))
        return seen if np.isfinite(seen).all() and np.ptp(seen) > 0 else None

    @cached_property
    def shown(self) -> Backdrop:
        """Logarithms of factors, the constant first."""
        found: list[tuple[Expression, Floats]] = [(Constant("factor"), np.ones(len(self.rows)))]
        operators = self.inputs.space.operators
        for make in (_itself, _wave("sin"), _wave("cos"), _exponential(1), _exponential(2), _exponential(-1)):
            for place in self.inputs.places:
                tree = make(Variable(self.inputs.space.names[place]))
                self._add(found, tree, operators)
        for place in self.inputs.places:
            x = Variable(self.inputs.space.names[place])
            square, cube = raised(x, Fraction(2)), raised(x, Fraction(3))
            for name, inside in (("log", x), ("tan", x), ("sin", square), ("cos", square), ("exp", cube)):
                self._add(found, Apply(name, (inside,)), operators)
        for argument in self.inputs.pairs():
            self._add(found, argument.tree, operators)
            self._add(found, Apply("exp", (argument.tree,)), operators)
        return backdrop(found[: self.most], ())

    def _add(self, found: list[tuple[Expression, Floats]], tree: Expression, operators: frozenset[str]) -> None:
        values = usable(self.inputs, tree, self.rows) if can_be_said(tree, operators) else None
        if values is not None:
            with np.errstate(all="ignore"):
                column = np.log(np.abs(values))
            if np.isfinite(column).all() and np.ptp(column) > 0:
                found.append((tree, column))

    def written(
        self, extras: Sequence[tuple[Expression, Floats]], bits: float, inner: Sequence[float] = ()
    ) -> list[Draft]:
        """The law of these factors, with some more where there are some; empty where they do not explain the target.

        ``inner`` are values of the constants ``inside 1, ...`` in the trees of these.
        """
        assert self.target is not None
        shown, count = self.shown, len(extras)
        with np.errstate(all="ignore"):
            more = np.array([np.log(np.abs(one)) for _, one in extras]).reshape(-1, len(self.rows))
        columns = np.concatenate([more, shown.values])
        trees = (*(tree for tree, _ in extras), *shown.trees)
        own = np.concatenate([np.zeros(count), shown.bits])
        kept = needed(columns, self.target, MOST_PRODUCT_FACTORS, own, SUM_ROUNDING if not len(inner) else NEARLY)
        if kept is None or not set(range(count)) <= set(kept.tolist()):
            return []
        powers = np.linalg.lstsq(columns[kept].T, self.target, rcond=None)[0]
        names, values, sign = ["k1"], [1.0], np.ones(len(self.rows))
        names += [f"k{number}" for number in range(2, 2 + len(inner))]
        values += inner
        whole: Expression = Constant("k1")
        for place, power in zip(kept.tolist(), powers.tolist(), strict=True):
            tree = trees[place]
            bits += float(own[place])
            if tree == Constant("factor"):
                values[0] = float(np.exp(power))
                continue
            nearest = Fraction(round(12 * power), 12)
            is_simple = abs(power - float(nearest)) < SIMPLE_POWER_ERROR and nearest.denominator <= 3
            if isinstance(tree, Apply) and tree.operator == "exp":
                known = fraction_of(power)
                if known is None:
                    names.append(f"k{len(names) + 1}")
                    values.append(power)
                rate = Constant(names[-1]) if known is None else Number(known)
                factor: Expression = Apply("exp", (Apply("*", (rate, tree.arguments[0])),))
            elif is_simple:
                values_here = extras[place][1] if place < count else self._values(tree)
                if (values_here < 0).all() and nearest.denominator > 1:
                    tree, values_here = Apply("neg", (tree,)), -values_here
                base, exponent = tree, nearest
                if (values_here < 0).any() and nearest.denominator > 1:
                    base, exponent = raised(tree, Fraction(2)), nearest / 2
                elif (values_here < 0).any() and nearest.numerator % 2:
                    sign = sign * np.sign(values_here)
                factor = raised(base, exponent)
            else:
                names.append(f"k{len(names) + 1}")
                values.append(power)
                factor = Apply("pow", (tree, Constant(names[-1])))
            whole = Apply("*", (whole, factor))
        values[0] *= float(np.sign(self.y[0]) * sign[0])
        inside: dict[Expression, Expression] = {
            Constant(f"inside {number}"): Constant(f"k{number + 1}") for number in range(1, 1 + len(inner))
        }
        tree = normalise(substitute(whole, inside))
        if not can_be_said(tree, self.inputs.space.operators):
            return []
        return [Draft(tree, tuple(names), tuple(values), (0,) * len(names), bits + 2.0)]

    def _values(self, tree: Expression) -> Floats:
        found = usable(self.inputs, tree, self.rows)
        assert found is not None
        return found


def products(product: Product, terms: PlainTerms | None) -> list[Draft]:
    """Products of simple factors alone, or with one of these terms as a factor."""
    if product.target is None:
        return []
    rest = product.shown.rest(product.target)
    share = float(rest @ rest) / float(product.target @ product.target)
    if terms is None:
        return product.written((), 0.0) if share < HOPEFUL else []
    if share < HOPEFUL:
        return []
    found: list[tuple[float, int]] = []
    basis = product.shown.basis
    for low in range(0, len(terms.values), COLUMNS_AT_ONCE):
        with np.errstate(all="ignore"):
            columns = np.log(np.abs(terms.values[low : low + COLUMNS_AT_ONCE]))
            whole = np.einsum("ij,ij->i", columns, columns)
            inside = columns @ basis
            size = whole - np.einsum("ij,ij->i", inside, inside)
            left = 1 - np.square(columns @ rest) / size / float(rest @ rest)
            good = np.isfinite(left) & (size > 1e-9 * whole)
        near = np.flatnonzero(good & (left < IN_SIGHT))
        near = near[np.argsort(left[near], kind="stable")][:LOOKED_CLOSER]
        found += [(float(left[at]), low + int(at)) for at in near]
    drafts: list[Draft] = []
    for _, index in sorted(found)[:LOOKED_CLOSER]:
        argument = terms.argument(index)
        if argument is not None:
            drafts += product.written([(argument.tree, terms.values[index])], place_bits(index))
    return drafts


def _itself(x: Variable) -> Expression:
    return x


def _wave(name: str):  # type: ignore[no-untyped-def]
    return lambda x: Apply(name, (x,))


def _exponential(power: int):  # type: ignore[no-untyped-def]
    return lambda x: Apply("exp", (raised(x, Fraction(power)),))
