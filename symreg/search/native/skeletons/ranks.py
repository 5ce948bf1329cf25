"""Ranks: the places of parts and questions in their lists, which are what it takes to say them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from symreg.search.native.skeletons.part import Part
from symreg.search.native.skeletons.question import Projected

AnyPart = TypeVar("AnyPart", bound=Part)


class Ranks:
    """Places of parts in the order in which the catalogue lists them; those of one constant inside count apart."""

    def __init__(self) -> None:
        self.by_id: dict[int, int] = {}
        self.held: list[Part] = []  # so that no other part gets the identity of one

    def of(self, parts: Iterable[AnyPart]) -> Iterator[AnyPart]:
        """The parts, each with its place taken down."""
        for place, part in enumerate(parts):
            self.by_id[id(part)] = place
            self.held.append(part)
            yield part


def ranks_of(asked: Sequence[Projected]) -> dict[int, int]:
    """Places of questions, by their identity."""
    return {id(one.question): place for place, one in enumerate(asked)}
