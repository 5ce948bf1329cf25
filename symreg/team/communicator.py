"""Communicators: how workers that do the same search hand each other what each has found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Communicator(Protocol):
    """One worker's place among ``size`` of them, ``rank`` 0 to ``size - 1``; rank 0 is the one whose answer counts.

    All call ``allgather`` equally often and in the same order.
    """

    @property
    def rank(self) -> int:
        """This worker's number."""
        ...

    @property
    def size(self) -> int:
        """How many there were at the beginning."""
        ...

    def allgather(self, message: bytes) -> Mapping[int, bytes]:
        """Everybody's message by rank, the same on all; of a worker that is gone there is none.

        Raises ``TeamError`` where rank 0 cannot be reached.
        """
        ...


@dataclass(frozen=True, slots=True)
class Alone:
    """One worker, who hears itself."""

    rank: int = 0
    size: int = 1

    def allgather(self, message: bytes) -> Mapping[int, bytes]:
        """Its own message."""
        return {0: message}
