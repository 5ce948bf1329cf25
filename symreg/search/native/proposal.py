"""Proposals: what the joins put forward, and the pool that keeps the best of each complexity.

A join sees the target through a context; here every proposal is judged alike, by its loss in y itself: the weighted
mean square of ``y - prediction`` over that of ``y - mean``. Trees are built only for those that stay.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from symreg.formula import Expression

FEWER = 3  # nodes
OF_A_CONSTANT = 3  # nodes: half the logarithm of a thousand rows, in bits, over those of a node
SAME_LOSS = 1.05  # losses on a few rows that differ by less than that part are alike


def fresh_names(taken: Collection[str], count: int) -> list[str]:
    """So many names ``k1, k2, ...`` that are not taken: a draft may have lost some of its constants."""
    free = (name for number in itertools.count(1) if (name := f"k{number}") not in taken)
    return list(itertools.islice(free, count))


@dataclass(frozen=True, slots=True)
class Draft:
    """A tree with named free constants ``k1, k2, ...``, the values they start from, and their dimension codes.

    ``form_bits`` is what it takes to say the form by its place in a catalogue, where it comes from one.
    """

    expression: Expression
    names: tuple[str, ...]
    values: tuple[float, ...]
    codes: tuple[int, ...]
    form_bits: float | None = None


def shortest_said(drafts: Iterable[Draft]) -> dict[Expression, Draft]:
    """Each formula once, by the draft that says it in the fewest bits; one that has no place in a catalogue is last."""
    said: dict[Expression, Draft] = {}
    for one in drafts:
        met = said.setdefault(one.expression, one)
        if one.form_bits is not None and (met.form_bits is None or one.form_bits < met.form_bits):
            said[one.expression] = one
    return said


@dataclass(frozen=True, slots=True)
class Proposal:
    """A structure with its complexity (nodes without coefficients), its loss in y at the probe rows, and how many
    constants were fitted to reach it."""

    complexity: int
    loss: float
    build: Callable[[], Draft]
    source: str
    constants: int = 1


@dataclass(slots=True)
class Pool:
    """The ``keep`` proposals of least loss at each complexity.

    A proposal that is no better than one of clearly fewer nodes is not kept; a further constant counts as some.
    """

    keep: int
    floor: float = 0.0  # losses below are alike
    _heaps: dict[int, list[tuple[float, int, Proposal]]] = field(default_factory=dict)
    _least: dict[int, float] = field(default_factory=dict)  # loss at each number of nodes since the last reset
    _certain: dict[int, list[Proposal]] = field(default_factory=dict)
    _order: Iterator[int] = field(default_factory=itertools.count)
    _added: list[Proposal] = field(default_factory=list)  # where somebody asks what was

    def beside(self) -> Pool:
        """A pool that begins with what this one holds, and tells what is added to it."""
        heaps = {size: list(heap) for size, heap in self._heaps.items()}
        order = itertools.count(1 + max((-item[1] for heap in heaps.values() for item in heap), default=-1))
        return Pool(self.keep, self.floor, heaps, dict(self._least), _order=order)

    def added(self) -> list[Proposal]:
        """What was offered to this pool and is still held, in the order of the offers."""
        held = {id(item[2]) for heap in self._heaps.values() for item in heap}
        return [one for one in self._added if id(one) in held]

    def threshold(self, complexity: int, constants: int = 1) -> float:
        """A loss that a proposal has to beat to be kept."""
        heap, nodes = self._heaps.get(complexity, []), _nodes(complexity, constants)
        simpler = [loss for size, loss in self._least.items() if size <= nodes - FEWER]
        limits = [SAME_LOSS * max(loss, self.floor) for loss in simpler]
        return min(limits + ([-heap[0][0]] if len(heap) >= self.keep else []), default=math.inf)

    def offer(self, proposal: Proposal, *, always: bool = False) -> None:
        """Keep the proposal if it is among the best of its complexity, or in any case."""
        if always:
            self._certain.setdefault(proposal.complexity, []).append(proposal)
            return
        if not proposal.loss < self.threshold(proposal.complexity, proposal.constants):
            return
        heap = self._heaps.setdefault(proposal.complexity, [])
        nodes = _nodes(proposal.complexity, proposal.constants)
        self._least[nodes] = min(proposal.loss, self._least.get(nodes, math.inf))
        item = (-proposal.loss, -next(self._order), proposal)
        heapq.heappush(heap, item)
        self._added.append(proposal)
        if len(heap) > self.keep:
            heapq.heappop(heap)

    def take(self, complexity: int) -> list[Proposal]:
        """Remove and return the proposals of this complexity, best first."""
        heap, certain = self._heaps.pop(complexity, []), self._certain.pop(complexity, [])
        self._added.clear()
        found = [item[2] for item in sorted(heap, key=lambda item: (-item[0], -item[1]))]
        return sorted([*certain, *found], key=lambda one: one.loss)

    def forget(self, floor: float) -> None:
        """Losses so far are no measure any more: the target has changed."""
        self.floor = floor
        self._least.clear()

    @property
    def least(self) -> dict[int, float]:
        """The least loss so far for each number of nodes."""
        return dict(self._least)

    def begin_with(self, least: Iterable[tuple[int, float]]) -> None:
        """Hold nothing, and let proposals beat these losses from now on."""
        self._heaps.clear()
        self._certain.clear()
        self._added.clear()
        self._least = dict(least)

    def complexities(self) -> list[int]:
        """Complexities that hold proposals, ascending."""
        return sorted({*self._heaps, *self._certain})


def _nodes(complexity: int, constants: int) -> int:
    """Nodes, a constant beyond the first one counted by what it takes to write it."""
    return complexity + OF_A_CONSTANT * (constants - 1)
