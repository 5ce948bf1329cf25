"""Contexts of products: the outer step and the offset, which may be absent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from symreg.search.native.joins.log_target import IDENTITY, target_dimension
from symreg.search.native.joins.monomials import Monomials
from symreg.search.native.joins.steps import STEPS, Step
from symreg.search.space import SearchSpace

LARGEST_OFFSET = 9
"""Nodes of an offset. Offsets are more by a factor with each node, and ``products.MOST_CONTEXTS`` leaves out most
levels of long ones in any case; a smaller one loses sums whose shorter half is long. Set by hand."""


@dataclass(frozen=True, slots=True)
class Context:
    """An outer step and an offset of some size: none ("alone"), an entry of the bank, the same with its shape in the
    product ("sharing"), or a monomial."""

    step: Step
    v: int
    kind: Literal["alone", "offset", "sharing", "monomial"]


PLAIN_TARGET = Context(IDENTITY, 0, "alone")


def contexts_of(space: SearchSpace, monomials: Monomials, size: int) -> Iterator[tuple[Context, int]]:
    """Contexts that fit into so many nodes, with their cost."""
    for step in STEPS:
        code = target_dimension(step, space.target_code, space.coding.root)
        if code is None or not set(step.operators) <= space.operators:
            continue
        if step.exponent is None and size >= step.cost:
            yield Context(step, 0, "alone"), step.cost
        for v in range(1, min(LARGEST_OFFSET, size - step.cost - 1) + 1):
            yield Context(step, v, "offset"), step.cost + v + 1
            yield Context(step, v, "sharing"), step.cost + v + 1
        for v in sorted(monomials.sizes) if code == space.target_code else ():
            if v + step.cost + 1 <= size:
                yield Context(step, v, "monomial"), step.cost + v + 1
