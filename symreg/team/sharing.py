"""Sharing: a list of independent pieces of work, dealt among workers, and what came of all of them for each.

Every worker does the same search from the same seed, so that all hold the same state and nothing large is ever sent.
Where something dear is a list of independent items, each worker does some of them, and all are told what came of every
one, in the order of the items: the answer is the same whoever did what, and however many there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from symreg.team.communicator import Alone, Communicator
from symreg.team.errors import TeamError
from symreg.team.messages import packed, unpacked

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True)
class Tally:
    """What sharing took so far: exchanges, bytes that this worker sent, seconds of the processor for its own items, and
    seconds of waiting for the others."""

    exchanges: int = 0
    bytes_sent: int = 0
    working: float = 0.0
    waiting: float = 0.0
    items: int = 0
    shares: list[tuple[float, float]] = field(default_factory=list)
    """Of each list of items that was shared, seconds of this worker's own, and of the longest of these."""



def _nothing() -> None:
    return None


@dataclass(slots=True, eq=False)
class Sharing:
    """Deals items among the workers of a team.

    ``wish`` says why this worker would end the search, if it would; the first wish that anybody has is everybody's
    (``ending``). Wishes are heard with each exchange and at no other time, so that all end at the same place.
    """

    team: Communicator = field(default_factory=Alone)
    wish: Callable[[], str | None] = _nothing
    ending: str | None = None
    is_inside: bool = False
    """Whether an item is being worked on: what happens then, other workers do not see."""

    tally: Tally = field(default_factory=Tally)
    _alive: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._alive = tuple(range(self.team.size))

    @property
    def is_shared(self) -> bool:
        """Whether there are others."""
        return self.team.size > 1

    def share(
        self,
        items: Sequence[Item],
        work: Callable[[Item], Result],
        *,
        costs: Sequence[float] | None = None,
        write: Callable[[Result], Any] = lambda result: result,
        read: Callable[[Any], Result] = lambda value: value,
    ) -> list[Result]:
        """What ``work`` makes of each item, in the order of the items, on every worker.

        ``work`` may depend on what all workers have alike, and changes nothing of it. ``costs``, in any unit, say what
        items are expected to take. ``write`` makes plain values and arrays of a result (``messages``), ``read`` the
        result of these. Items within items are done where they are met.
        """
        if self.is_inside or not items:
            return [self._one(work, item) for item in items]
        if not self.is_shared:
            return [result for _, result in self._done(range(len(items)), items, work)]
        found: dict[int, Result] = {}
        while len(found) < len(items):
            missing = [place for place in range(len(items)) if place not in found]
            own = dealt(missing, None if costs is None else [costs[one] for one in missing], self._alive)
            done = self._done(own.get(self.team.rank, ()), items, work)
            answers = self._exchange([[place, write(result)] for place, result in done])
            mine = dict(done)
            for place, value in (one for answer in answers for one in answer):
                found[place] = mine[place] if place in mine else read(value)
        return [found[place] for place in range(len(items))]

    def alone(self, work: Callable[[], Result], pieces: int) -> Result:
        """Do by itself what would be so many items among several, and count it as these."""
        before = time.thread_time()
        found = work()
        took = time.thread_time() - before
        self.tally.working += took
        self.tally.items += pieces
        self.tally.shares.append((took, took / max(1, pieces)))
        return found

    def meet(self) -> None:
        """Hear the others' wishes."""
        if self.is_shared and not self.is_inside:
            self._exchange([])

    def _done(
        self, places: Sequence[int], items: Sequence[Item], work: Callable[[Item], Result]
    ) -> list[tuple[int, Result]]:
        """This worker's items, with their places."""
        done, longest = [], 0.0
        began, before = time.perf_counter(), time.thread_time()
        for place in places:
            at = time.perf_counter()
            done.append((place, self._one(work, items[place])))
            longest = max(longest, time.perf_counter() - at)
        took = time.thread_time() - before
        part = longest / max(time.perf_counter() - began, 1e-9)  # on the wall, where others may have been at work
        self.tally.working += took
        self.tally.items += len(done)
        self.tally.shares.append((took, part * took))
        return done

    def _one(self, work: Callable[[Item], Result], item: Item) -> Result:
        was, self.is_inside = self.is_inside, True
        try:
            return work(item)
        finally:
            self.is_inside = was

    def _exchange(self, own: list[Any]) -> list[Any]:
        """Everybody's results; those of who is gone are missing."""
        message = packed([self.tally.exchanges, self.wish(), own])
        before = time.perf_counter()
        answers = self.team.allgather(message)
        self.tally.waiting += time.perf_counter() - before
        self.tally.bytes_sent += len(message)
        read = {rank: unpacked(one) for rank, one in sorted(answers.items())}
        if any(number != self.tally.exchanges for number, _, _ in read.values()):
            raise TeamError(message="the workers of a search are no longer at the same place; run it again")
        self.tally.exchanges += 1
        self._alive = tuple(read)
        wishes = [wish for _, wish, _ in read.values() if wish is not None]
        self.ending = self.ending or (wishes[0] if wishes else None)
        return [results for _, _, results in read.values()]


def dealt(
    places: Sequence[int], costs: Sequence[float] | None, workers: Sequence[int]
) -> dict[int, list[int]]:
    """Which worker does which items: the dearest first, each to who has least to do; the same wherever it is asked."""
    hands: dict[int, list[int]] = {one: [] for one in workers}
    if costs is None:
        for number, place in enumerate(places):
            hands[workers[number % len(workers)]].append(place)
        return hands
    load = [(0.0, turn) for turn in range(len(workers))]
    for number in sorted(range(len(places)), key=lambda one: (-costs[one], one)):
        least = min(load)
        load[least[1]] = (least[0] + costs[number], least[1])
        hands[workers[least[1]]].append(places[number])
    return {one: sorted(some) for one, some in hands.items()}
