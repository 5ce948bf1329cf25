"""The bank: every distinct expression, by dimension and size.

Level ``(dimension, size)`` holds the expressions of that dimension and that complexity. Levels are made on request,
from smaller levels, by every operator that the dimensions allow; levels that nothing asks for are never made. Two
expressions are one when their values agree, up to sign, at the probe rows: that removes ``x*y/y``, ``(a + b) - a`` and
every commuted copy without a rewrite rule (observational equivalence; Udupa et al. 2013, "TRANSIT", section 4).
Left out are functions of one family inside each other, dimensionless expressions that do not vary, numbers beyond
1e60, dimensions finer than 1/12, and, since entries stand for both signs, what needs ``+`` where only ``-`` is allowed
or the other way round.

A request names a size and many dimensions at once. ``recipes`` says what it is made of, ``admission`` tries the
combinations, ``entries`` keeps what is new: the cost of a level is that of its numbers, not of its bookkeeping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.engine import Engine, get_engine
from symreg.formula import TRANSCENDENTAL, Apply, Expression, Number
from symreg.search.dimension_code import Codes, DimensionCode
from symreg.search.native.bank.admission import admission_to
from symreg.search.native.bank.block import Block
from symreg.search.native.bank.classes import Classes
from symreg.search.native.bank.distinct import FRESH, fingerprints, first_probes, met_as
from symreg.search.native.bank.entries import Entries
from symreg.search.native.bank.recipes import Recipes
from symreg.search.native.bank.shelf import EMPTY, Ids, Shelf
from symreg.search.native.bank.vocabulary import (
    ANGLE,
    BINARY,
    NEEDS_POSITIVE,
    ODD,
    OF_NEG,
    OP,
    OPPOSITE,
    OPS,
    PLAIN,
    TWIN,
    search_cost,
)

Floats = npt.NDArray[np.float64]

ONE = Number(Fraction(1))
SLOWEST_GROWTH = 2.0
"""Of the number of expressions with each size, where the first sizes hold too few to tell: a node is one of two."""
CHUNK = 1 << 14  # combinations tried between two looks at the clock, and at the limit


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A terminal of the bank: its tree, its dimension's code, its values ``(n_probes,)``, and the size it counts."""

    expression: Expression
    code: int
    values: Floats
    size: int = 1
    is_angle: bool = False


class Bank:
    """Distinct expressions over ``leaves``, ``max_entries`` of them at most.

    ``values`` has shape ``(max_entries, n_probes)``, of which ``n`` rows are there. ``evaluated`` counts combinations
    looked at, ``pruned`` those that the dimensions forbade. ``truncated_at`` is the smallest size at which a limit or a
    stop left something out: below it every level that was asked for is complete. Entries are the same for every engine
    and any number of ``threads``.
    """

    def __init__(
        self,
        leaves: Sequence[Leaf],
        coding: DimensionCode,
        operators: Iterable[str],
        *,
        max_entries: int,
        stop: Callable[[], bool] = lambda: False,
        engine: Engine | None = None,
        threads: int = 1,
    ) -> None:
        self.coding, self.operators, self.stop, self.max_entries = coding, frozenset(operators), stop, max_entries
        self.cost = {name: search_cost(name) for name in self.operators}
        self.n_probes = len(leaves[0].values)
        self.classes = Classes(coding, [leaf.code for leaf in leaves if leaf.size == 1], self.operators)
        self.evaluated = self.pruned = 0
        self.truncated_at: int | None = None
        self._whole = 0  # the largest size of which every dimension was asked for
        self._shelves: dict[int, Shelf] = {}
        self._counted: dict[int | None, list[int]] = {}  # what ``_counts`` says, until something is made
        self._leaves: list[Leaf] = []
        self._has_angles = any(leaf.is_angle for leaf in leaves)
        probes = first_probes(np.array([leaf.values for leaf in leaves]))
        self._entries = entries = Entries(max(max_entries, len(leaves)), probes, self.n_probes)
        self.op, self.left, self.right, self.size = entries.op, entries.left, entries.right, entries.size
        self.mask, self.code, self.values = entries.mask, entries.code, entries.values
        self.unit = entries.unit  # the values scaled to unit norm, single precision, for joins
        self._recipes = Recipes(coding, self.classes, self.operators, self.cost, self._has_angles)
        self._admission = admission_to(entries, engine or get_engine(), threads, has_angles=self._has_angles)
        self._add_leaves(leaves)

    @property
    def n(self) -> int:
        """Number of entries."""
        return self._entries.n

    @property
    def dearest(self) -> int:
        """The largest size that one operator can add."""
        return max(self.cost.values(), default=1) + (ODD if self._has_angles else 0)

    def _add_leaves(self, leaves: Sequence[Leaf]) -> None:
        for leaf in leaves:
            values, codes, mask = leaf.values[None, :], np.array([leaf.code]), ANGLE if leaf.is_angle else PLAIN
            whole = fingerprints(values, codes).where(np.asarray(np.isfinite(values).all(axis=1)))
            if met_as(self._admission.whole, whole)[0] != FRESH:
                continue
            first = fingerprints(values[:, self._entries.probes], codes)
            if met_as(self._admission.first, first)[0] != FRESH:
                mask |= TWIN
                self._admission.first.doubt(first.keys)
            index, masks = np.array([len(self._leaves)]), np.array([mask], dtype=np.uint8)
            self._leaves.append(leaf)
            self._entries.append(values, OP["leaf"], codes, leaf.size, index, index, masks)
        ids = np.arange(self.n)
        for size in np.union1d(self.size[ids], [1]).tolist():
            own = ids[self.size[ids] == size]
            shelf = self._shelves[size] = Shelf.empty()
            shelf.add(self.classes.at[1] if size == 1 else EMPTY, own, self.code[own])

    # ------------------------------------------------------------------------------------------------ levels

    def level(self, code: int, size: int) -> Ids:
        """Numbers of the entries of this dimension and size, ``(n,)``; empty where they were not requested."""
        shelf = self._shelves.get(size)
        if shelf is None:
            return EMPTY
        where, found = shelf.find(np.array([code]))
        return shelf.ids[shelf.start[where[0]] : shelf.start[where[0] + 1]] if found[0] else EMPTY

    def all_of(self, size: int) -> Ids:
        """Numbers of all entries of this size that were made so far, ``(n,)``."""
        shelf = self._shelves.get(size)
        return EMPTY if shelf is None else shelf.ids

    def count(self, codes: Codes, size: int) -> Ids:
        """Number of entries of each of these dimensions ``(n,)`` at this size, ``(n,)``."""
        shelf = self._shelves.get(size)
        if shelf is None:
            return np.zeros(len(codes), dtype=np.int64)
        where, found = shelf.find(codes)
        counts = np.diff(shelf.start)
        return np.where(found, counts[where] if len(counts) else 0, 0)

    def affordable(self, size: int) -> bool:
        """Whether all entries of this size, going by how the sizes below grew, would leave room for others."""
        if size <= 3:
            return True
        if size - 1 > self._whole:
            return False
        last, before = len(self.all_of(size - 1)), max(1, len(self.all_of(size - 2)))
        return last * max(1.0, last / before) < self.max_entries / 16

    def up_to(self, size: int, code: int | None = None) -> float:
        """How many distinct expressions there are of this dimension, of any for None, and no larger than ``size``.

        Counted as far as they were made. Beyond, they grow as they grew last, by as much as those of all dimensions at
        least.
        """
        counts = self._counts(code)
        if size < len(counts) or not counts:
            return max(1.0, float(sum(counts[:size])))
        total, before = max(1.0, float(sum(counts))), max(1.0, float(sum(counts[:-1])))
        last, ahead = len(self.all_of(self._whole - 1)), len(self.all_of(self._whole))
        growth = max(total / before, ahead / max(1, last), SLOWEST_GROWTH)
        return total * growth ** (size - len(counts))

    def _counts(self, code: int | None) -> list[int]:
        """How many there are of this dimension at each size from 1 on, as far as all of them were asked for."""
        counts = self._counted.get(code)
        if counts is None:
            counts = []
            while (shelf := self._shelves.get(len(counts) + 1)) is not None and (
                len(counts) < self._whole or (code is not None and code in shelf.done)
            ):
                size = len(counts) + 1
                counts.append(len(self.all_of(size) if code is None else self.level(code, size)))
            self._counted[code] = counts
        return counts

    # ------------------------------------------------------------------------------------------------ requests

    def request_all(self, size: int) -> None:
        """Make every level of this size."""
        self.classes.grow(size)
        if size in self.classes.at:
            self.request(size, self.classes.at[size])
            self._whole = max(size, self._whole)
            self._counted.clear()
        else:
            self._truncate(size)

    def request(self, size: int, codes: Codes) -> None:
        """Make the levels of this size and these dimensions ``(n,)``, and whatever they need."""
        if size < 1:
            return
        self.classes.grow(size)
        if self.classes.complete < size:
            self._truncate(size)
        shelf = self._shelves.setdefault(size, Shelf.empty())
        wanted = self.classes.possible(codes, size)
        wanted = wanted[~np.isin(wanted, shelf.done, assume_unique=True)]
        if not len(wanted) or self._spent(size):  # what is there already is not left out
            return
        if self.classes.complete < (size - 1) // 2:  # the smaller operand of a pair may have a dimension unheard of
            self._truncate(2 * self.classes.complete + 3)
        unfinished = [smaller for smaller in range(1, size) if not self._finished(smaller)]
        for smaller, needed in self._recipes.needs(size, wanted, unfinished):
            self.request(smaller, needed)
        if self._spent(size):
            return
        before = self.n
        for block in self._recipes.blocks(size, wanted, self._shelves):
            self._admit(size, block)
        ids = np.arange(before, self.n)
        shelf.add(wanted, ids, self.code[ids])
        self._counted.clear()
        self._count_pruned(size, ids)

    def _finished(self, size: int) -> bool:
        """Whether every dimension that this size can have was asked for."""
        shelf = self._shelves.get(size)
        return shelf is not None and len(shelf.done) == self.classes.number(size)

    def _admit(self, size: int, block: Block) -> None:
        """Try the combinations of a block, in steps that are small beside the limit."""
        if not block.total:
            return
        admit, step = self._admission.of(block, size), min(CHUNK, max(256, self.max_entries // 16))
        for low in range(0, block.total, step):
            if self._spent(size):
                return
            evaluated, cut = admit(low, min(low + step, block.total))
            self.evaluated += evaluated
            if cut:
                self._truncate(size)

    def _spent(self, size: int) -> bool:
        if self.n >= self.max_entries or self.stop():
            self._truncate(size)
            return True
        return False

    def _truncate(self, size: int) -> None:
        self.truncated_at = size if self.truncated_at is None else min(size, self.truncated_at)

    def _count_pruned(self, size: int, ids: Ids) -> None:
        """Count what the dimensions forbade: functions of quantities that carry one, and sums of unlike ones."""
        codes, counts = np.unique(self.code[ids], return_counts=True)
        functions = sum(name in self.operators for name in TRANSCENDENTAL)
        self.pruned += functions * int(counts[codes != 0].sum())
        sums = sum(name in self.operators for name in ("+", "-"))
        for other, shelf in self._shelves.items():
            if other < size:
                self.pruned += sums * int(counts @ (len(shelf.ids) - self.count(codes, other)))

    # ------------------------------------------------------------------------------------------------ trees

    def is_one(self, entry: int) -> bool:
        """Whether an entry is the leaf 1."""
        return self.op[entry] == OP["leaf"] and self._leaves[int(self.left[entry])].expression == ONE

    def expression(self, entry: int) -> Expression:
        """The tree of an entry."""
        op = OPS[self.op[entry]]
        if op == "leaf":
            return self._leaves[int(self.left[entry])].expression
        left = self.expression(int(self.left[entry]))
        if op in NEEDS_POSITIVE and (self.values[self.left[entry]] < 0).all():
            left = negated(left)
        if op in BINARY:
            return self._binary(op, left, self.expression(int(self.right[entry])))
        if op.endswith(OF_NEG):
            return Apply(op.removesuffix(OF_NEG), (negated(left),))
        return Apply(op, (left,))

    def _binary(self, op: str, left: Expression, right: Expression) -> Expression:
        name = op.removesuffix(OF_NEG)
        signed = right if op == name else negated(right)
        if name not in OPPOSITE or name in self.operators:
            return Apply(name, (left, signed))
        opposite = negated(right) if op == name else right  # only the other of both may be written
        return negated(Apply(OPPOSITE[name], (negated(left), opposite)))


def negated(expression: Expression) -> Expression:
    """The tree of the opposite sign; a difference is turned round."""
    if isinstance(expression, Apply) and expression.operator == "-":
        return Apply("-", expression.arguments[::-1])
    return Apply("neg", (expression,))
