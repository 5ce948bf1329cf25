"""Workers as threads of one process, who sit at one table: cheap, and the same at every run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from symreg.team.communicator import Communicator

Answer = TypeVar("Answer")
PATIENCE = 60.0  # seconds after which a test fails that would wait for ever


@dataclass
class Table:
    """Where ``size`` workers sit; each hears what all that are left have said in a round."""

    size: int
    said: dict[int, bytes] = field(default_factory=dict)
    answers: list[dict[int, bytes]] = field(default_factory=list)
    alive: set[int] = field(init=False)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.alive = set(range(self.size))

    def say(self, rank: int, message: bytes) -> Mapping[int, bytes]:
        with self.changed:
            number = len(self.answers)
            self.said[rank] = message
            self._end_round()
            assert self.changed.wait_for(lambda: len(self.answers) > number, PATIENCE), "somebody is missing"
            return self.answers[number]

    def leave(self, rank: int) -> None:
        with self.changed:
            self.alive.discard(rank)
            self._end_round()

    def _end_round(self) -> None:
        if self.said and set(self.said) >= self.alive:
            self.answers.append(dict(sorted(self.said.items())))
            self.said = {}
            self.changed.notify_all()


class GoneError(Exception):
    """This worker has left."""


@dataclass
class Seat:
    """One place at the table; who is to ``leave_after`` so many exchanges leaves without a word."""

    table: Table
    rank: int
    leave_after: int | None = None
    heard: int = 0

    @property
    def size(self) -> int:
        return self.table.size

    def allgather(self, message: bytes) -> Mapping[int, bytes]:
        if self.heard == self.leave_after:
            self.table.leave(self.rank)
            raise GoneError
        self.heard += 1
        return self.table.say(self.rank, message)


def together(
    size: int, work: Callable[[Communicator], Answer], leave_after: Mapping[int, int] | None = None
) -> list[Answer | None]:
    """What each of so many workers comes to, by rank; None for who has left."""
    table = Table(size)

    def one(rank: int) -> Answer | None:
        try:
            return work(Seat(table, rank, (leave_after or {}).get(rank)))
        except GoneError:
            return None
        finally:
            table.leave(rank)

    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(one, range(size)))
