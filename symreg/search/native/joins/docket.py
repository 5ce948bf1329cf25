"""The docket: joins of one level that do not need each other, looked through together by as many workers as there are.

Each begins with the pool as it stood before all of them, and what it adds is offered in the order of the joins: so the
pool holds the same whoever looked, and however many there were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from symreg.search.native.joins.join import Joiner
from symreg.search.native.proposal import Draft, Pool, Proposal
from symreg.search.native.written import TurnReader, plain
from symreg.search.space import SearchSpace
from symreg.team import Sharing

Job = TypeVar("Job")
Told = TypeVar("Told")
TOGETHER = 1 << 26
"""Pairs of joins that are looked through together at most, half a second's: time and wishes are heard between."""

ALONE = 1 << 23
"""Pairs from which on a join is looked through by itself, in pieces that are shared (``shared_engine``): as one item
it would keep the others waiting."""


@dataclass(frozen=True, slots=True)
class Looked(Generic[Told]):
    """What a join came to: its proposals, how many pairs it looked at, and what else is told of it."""

    proposals: list[Proposal]
    pairs: int
    told: Told


@dataclass(slots=True, eq=False)
class Docket:
    """Looks joins through on one pool; ``sharing`` deals them."""

    space: SearchSpace
    joiner: Joiner
    pool: Pool
    sharing: Sharing

    def look(
        self, jobs: Sequence[Job], work: Callable[[Job, Pool], Told], *, pairs: Callable[[Job], float],
        costs: Callable[[Job], float], write: Callable[[Told], Any], read: Callable[[Any], Told],
    ) -> list[tuple[Job, Told]]:  # fmt: skip
        """What ``work`` tells of each job, in their order, as far as they were looked at before ``stop()``: the first
        ones are in any case.

        ``work`` offers to the pool it is given. ``pairs`` are those of a job, ``costs`` what it is expected to take.
        """
        found: list[tuple[Job, Told]] = []
        some: list[Job] = []
        waiting = 0.0
        for job in (*jobs, None):
            count = 0.0 if job is None else pairs(job)
            left = self.joiner.left()
            most = TOGETHER if left is None else min(left, TOGETHER)
            if some and (job is None or waiting + count > most):
                if found and self.joiner.stop():
                    return found
                found += self._together(some, work, costs, write, read)
                some, waiting = [], 0.0
            if job is not None and count > min(ALONE, most):
                if found and self.joiner.stop():
                    return found
                found.append((job, work(job, self.pool)))
            elif job is not None:
                some.append(job)
                waiting += count
        return found

    def _together(
        self, jobs: Sequence[Job], work: Callable[[Job, Pool], Told], costs: Callable[[Job], float],
        write: Callable[[Told], Any], read: Callable[[Any], Told],
    ) -> list[tuple[Job, Told]]:  # fmt: skip
        reader = TurnReader(self.space)

        def looked(job: Job) -> Looked[Told]:
            before, pool = self.joiner.pairs, self.pool.beside()
            try:
                told = work(job, pool)
                return Looked(pool.added(), self.joiner.pairs - before, told)
            finally:
                self.joiner.pairs = before

        def written(one: Looked[Told]) -> Any:
            return [[_proposal_written(each) for each in one.proposals], one.pairs, write(one.told)]

        def read_again(value: Any) -> Looked[Told]:
            return Looked([_proposal_read(reader, *each) for each in value[0]], value[1], read(value[2]))

        dear = [costs(job) for job in jobs]
        answers = self.sharing.share(jobs, looked, costs=dear, write=written, read=read_again)
        for one in answers:
            self.joiner.pairs += one.pairs
            for proposal in one.proposals:
                self.pool.offer(proposal)
        return [(job, one.told) for job, one in zip(jobs, answers, strict=True)]


def _proposal_written(one: Proposal) -> list[Any]:
    return [one.complexity, one.loss, plain(one.build()), one.source, one.constants]


def _proposal_read(
    reader: TurnReader, complexity: int, loss: float, draft: Sequence[Any], source: str, constants: int
) -> Proposal:
    return Proposal(complexity, loss, partial(_same, reader.draft(draft)), source, constants)


def _same(draft: Draft) -> Draft:
    return draft
