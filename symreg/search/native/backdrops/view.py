"""Views: how the target is seen, through a context, times a simple expression; and how a law is written from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Expression, Number
from symreg.search.native.skeletons import CONTEXTS, LOGARITHM, Context

Floats = npt.NDArray[np.float64]
ONE = Number(Fraction(1))
STEEPEST = 1e9
"""Ratio of a view's largest value to the middle one: beyond, a handful of rows would say everything."""

SUMS = (
    *(one for one in CONTEXTS if one is not LOGARITHM),
    Context("exp", np.exp, lambda y: np.exp(-y), lambda tree: Apply("log", (tree,)), 4.0),
    Context("log of", np.log, lambda y: y, lambda tree: Apply("exp", (tree,)), 4.0),
    Context("tan", np.tan, lambda y: np.cos(y) ** 2, lambda tree: Apply("atan", (tree,)), 6.0),
    Context("sin", np.sin, lambda y: np.cos(y), lambda tree: Apply("asin", (tree,)), 6.0),
)
"""What a sum may stand under. A logarithm of a product is a backdrop of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """``values = context(y) * times`` on some rows; ``times`` is 1 or a simple expression."""

    context: Context
    times: Expression
    values: Floats
    bits: float

    def write(self, above: Expression, beneath: Expression | None) -> Expression:
        """The law where this view is ``above + context(y)*beneath``."""
        whole = self.times if beneath is None else Apply("-", (self.times, beneath))
        if isinstance(whole, Apply) and whole.operator == "inv":
            return self.context.undo(Apply("*", (whole.arguments[0], above)))
        if isinstance(whole, Apply) and whole.operator == "/":
            return self.context.undo(Apply("*", (Apply("/", whole.arguments[::-1]), above)))
        return self.context.undo(above if whole == ONE else Apply("/", (above, whole)))


def views(
    y: Floats, times: Sequence[tuple[Expression, Floats, float]], operators: frozenset[str]
) -> Iterator[View]:
    """The target through each context, times each of these trees with their values and bits."""
    for context in SUMS:
        outer = context.undo(ONE)
        while isinstance(outer, Apply):
            if outer.operator not in operators and {"inv": "/", "square": "*"}.get(outer.operator) not in operators:
                break
            outer = outer.arguments[0]
        if isinstance(outer, Apply):
            continue
        with np.errstate(all="ignore"):
            seen = context.of(y)
            if not _is_seen(seen):
                continue
            for tree, values, bits in times:
                product = seen * values
                if _is_seen(product):
                    yield View(context, tree, product, context.bits + bits)


def _is_seen(values: Floats) -> bool:
    if not np.isfinite(values).all() or np.ptp(values) == 0:
        return False
    sizes = np.abs(values)
    return bool(sizes.max() < STEEPEST * np.median(sizes))
