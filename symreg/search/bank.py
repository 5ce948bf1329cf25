"""The bank: every distinct expression, by dimension and size.

Level ``(dimension, size)`` holds the expressions of that dimension and that complexity. Levels are made on request,
from smaller levels, by every operator that the dimensions allow; levels that nothing asks for are never made. Two
expressions are one when their values agree, up to sign, at the probe rows: that removes ``x*y/y``, ``(a + b) - a`` and
every commuted copy without a rewrite rule (observational equivalence; Udupa et al. 2013, "TRANSIT", section 4).
Left out are functions of one family inside each other, dimensionless expressions that do not vary, numbers beyond
1e60, dimensions finer than 1/12, and, since entries stand for both signs, what needs ``+`` where only ``-`` is allowed
or the other way round.

A request names a size and many dimensions at once, and every operator then works on all pairs of all of them in one
vectorised block: the cost of a level is that of its numbers, not of its bookkeeping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.expression import Apply, Expression, Number
from symreg.search.classes import POWERS, Classes
from symreg.search.dimension_code import Codes, DimensionCode
from symreg.search.distinct import LARGEST, Distinct, first_probes, keys_of
from symreg.engine.joining import unit_rows
from symreg.search.kinds import is_odd, kinds_of
from symreg.search.shelf import CHUNK, EMPTY, Ids, Shelf, combinations_of
from symreg.search.vocabulary import (
    ANGLE,
    BINARY,
    FAMILY,
    MONOMIAL_OPS,
    NEEDS_POSITIVE,
    NOT_MONOMIAL,
    NOT_OVER,
    NUMPY,
    ODD,
    OF_NEGATIVE,
    OP,
    OPS,
    PIECEWISE,
    PLAIN,
    TRANSCENDENTAL,
    TWIN,
    search_cost,
)

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.int64]
Masks = npt.NDArray[np.uint8]

ONE = Number(Fraction(1))


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A terminal of the bank: its tree, its dimension's code, its values at the probe rows, and the size it counts."""

    expression: Expression
    code: int
    values: Floats
    size: int = 1
    is_angle: bool = False


class Bank:
    """Distinct expressions over ``leaves``.

    ``values`` has shape ``(n_entries, n_probes)``. ``evaluated`` counts combinations looked at, ``pruned`` those that
    the dimensions forbade. ``truncated_at`` is the smallest size at which a limit or a stop left something out: below
    it every level that was asked for is complete.
    """

    op: npt.NDArray[np.int16]
    left: Ids
    right: Ids
    size: npt.NDArray[np.int16]
    mask: npt.NDArray[np.uint8]
    code: Codes
    values: Floats
    first: Floats  # the values at the first probes
    unit: npt.NDArray[np.float32]  # the values scaled to unit norm, for joins

    def __init__(
        self,
        leaves: Sequence[Leaf],
        coding: DimensionCode,
        operators: Iterable[str],
        *,
        max_entries: int,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.coding, self.operators, self.stop, self.max_entries = coding, frozenset(operators), stop, max_entries
        self.cost = {name: search_cost(name) for name in self.operators}
        self.n_probes = len(leaves[0].values)
        self.classes = Classes(coding, [leaf.code for leaf in leaves if leaf.size == 1], self.operators)
        self.n = self.evaluated = self.pruned = 0
        self.truncated_at: int | None = None
        self._whole = 0  # the largest size of which every dimension was asked for
        self._shelves: dict[int, Shelf] = {}
        self._distinct = Distinct()
        self._checked = 0  # entries below have their key at all probes recorded
        self._probes = first_probes(np.array([leaf.values for leaf in leaves]))
        self._leaves: list[Leaf] = []
        self._has_angles = any(leaf.is_angle for leaf in leaves)
        self._allocate(max_entries + CHUNK)
        self._add_leaves(leaves)

    def _allocate(self, capacity: int) -> None:
        """Room for all entries at once: the system gives memory only to the part that is written."""
        kinds = {"op": np.int16, "left": np.int64, "right": np.int64, "size": np.int16, "mask": np.uint8,
                 "code": np.int64}  # fmt: skip
        for name, kind in kinds.items():
            setattr(self, name, np.empty(capacity, dtype=kind))
        self.values = np.empty((capacity, self.n_probes))
        self.first = np.empty((capacity, len(self._probes)))
        self.unit = np.empty((capacity, self.n_probes), dtype=np.float32)

    def _add_leaves(self, leaves: Sequence[Leaf]) -> None:
        kept = []
        for leaf in leaves:
            values, code, mask = leaf.values[None, :], np.array([leaf.code]), ANGLE if leaf.is_angle else PLAIN
            keys, good = keys_of(values, code)
            if len(self._distinct.unseen_whole(keys, good & np.isfinite(values).all(axis=1))):
                keys, good = keys_of(values[:, self._probes], code)
                if not len(self._distinct.unseen(keys, good)[0]):
                    mask |= TWIN
                    self._distinct.doubt(keys)
                index = np.array([len(self._leaves)])
                self._leaves.append(leaf)
                masks = np.array([mask], dtype=np.uint8)
                kept.append(self._append(values, "leaf", code, leaf.size, index, index, masks))
        self._checked = self.n
        ids = np.concatenate([EMPTY, *kept])
        for size in np.union1d(self.size[ids], [1]).tolist():
            own = ids[self.size[ids] == size]
            shelf = self._shelves[size] = Shelf.empty()
            shelf.add(self.classes.at[1] if size == 1 else EMPTY, own, self.code[own])

    def _append(
        self, values: Floats, op: str, codes: Codes, size: int, left: Ids, right: Ids, mask: Masks
    ) -> Ids:
        where = slice(self.n, self.n + len(values))
        self.values[where], self.first[where], self.unit[where] = values, values[:, self._probes], unit_rows(values)
        self.op[where], self.size[where] = OP[op], size
        self.left[where], self.right[where], self.mask[where], self.code[where] = left, right, mask, codes
        self.n += len(values)
        return np.arange(where.start, where.stop)

    # ------------------------------------------------------------------------------------------------ requests

    def level(self, code: int, size: int) -> Ids:
        """Entries of this dimension and size; empty where they were not requested."""
        shelf = self._shelves.get(size)
        if shelf is None:
            return EMPTY
        where, found = shelf.find(np.array([code]))
        return shelf.ids[shelf.start[where[0]] : shelf.start[where[0] + 1]] if found[0] else EMPTY

    def all_of(self, size: int) -> Ids:
        """All entries of this size that were made so far."""
        shelf = self._shelves.get(size)
        return EMPTY if shelf is None else shelf.ids

    def count(self, codes: Codes, size: int) -> Ids:
        """Number of entries of each of these dimensions at this size."""
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

    def request_all(self, size: int) -> None:
        """Make every level of this size."""
        self.classes.grow(size)
        if size in self.classes.at:
            self.request(size, self.classes.at[size])
            self._whole = max(size, self._whole)
        else:
            self._truncate(size)

    def request(self, size: int, codes: Codes) -> None:
        """Make the levels of this size and these dimensions, and whatever they need."""
        if size < 1 or self._spent(size):
            return
        self.classes.grow(size)
        if self.classes.complete < size:
            self._truncate(size)
        shelf = self._shelves.setdefault(size, Shelf.empty())
        wanted = self.classes.possible(codes, size)
        wanted = wanted[~np.isin(wanted, shelf.done, assume_unique=True)]
        if not len(wanted):
            return
        for smaller, needed in self._needs(size, wanted):
            self.request(smaller, needed)
        if self._spent(size):
            return
        ids = np.concatenate([EMPTY, *(self._admit(size, *block) for block in self._blocks(size, wanted))])
        shelf.add(wanted, ids, self.code[ids])
        self._count_pruned(size, ids)

    def _spent(self, size: int) -> bool:
        if self.n >= self.max_entries or self.stop():
            self._truncate(size)
            return True
        return False

    def _truncate(self, size: int) -> None:
        self.truncated_at = size if self.truncated_at is None else min(size, self.truncated_at)

    def _count_pruned(self, size: int, ids: Ids) -> None:
        """Count what the dimensions forbade: functions of quantities that carry one, and sums of unlike ones."""
        functions = sum(name in self.operators for name in TRANSCENDENTAL)
        self.pruned += functions * int((self.code[ids] != 0).sum())
        sums = sum(name in self.operators for name in ("+", "-"))
        for other, shelf in self._shelves.items():
            if other < size:
                like = self.count(self.code[ids], other)
                self.pruned += sums * int((len(shelf.ids) - like).sum())

    def _needs(self, size: int, wanted: Codes) -> Iterator[tuple[int, Codes]]:
        """Sizes and dimensions from which the wanted ones are made, small sizes first."""
        needed: dict[int, list[Codes]] = {smaller: [wanted] for smaller in range(1, size)}
        for name, cost, below in self._unary_sources(wanted):
            if name in self.operators and size - cost >= 1:
                needed[size - cost].append(below[below != _NONE])
        for small in range(1, (size - 1) // 2 + 1):
            large = size - 1 - small
            partners = self._partner_codes(small)
            for codes in (wanted[:, None] - partners, wanted[:, None] + partners, partners - wanted[:, None]):
                kept = self.classes.possible(codes, large)
                needed[large].append(kept)
            needed[small].append(partners)
        for smaller in range(1, size):
            yield smaller, np.concatenate(needed[smaller])

    def _partner_codes(self, small: int) -> Codes:
        self.classes.grow(small)
        if small in self.classes.at:
            return self.classes.at[small]
        self._truncate(2 * small + 1)
        return self.classes.known

    def _unary_sources(self, wanted: Codes) -> Iterator[tuple[str, int, Codes]]:
        """Operator, cost and, for each wanted code, the code of its operand (``_NONE``: there is none)."""
        for name, power in POWERS.items():
            roots, exact = self.coding.root(wanted, abs(power))
            yield name, self.cost.get(name, 1), np.where(exact, roots if power > 0 else -roots, _NONE)
        doubled = 2 * wanted
        yield "sqrt", self.cost.get("sqrt", 1), np.where(self.coding.in_range(doubled), doubled, _NONE)
        yield "abs", self.cost.get("abs", 1), wanted
        for name in TRANSCENDENTAL:
            yield name, self.cost.get(name, 1), np.where(wanted == 0, 0, _NONE)

    # ------------------------------------------------------------------------------------------------ blocks

    def _blocks(self, size: int, wanted: Codes) -> Iterator[tuple[str, Codes, Ids, Ids]]:
        """Operator, code of the result, left and right operand of every combination that makes the wanted levels."""
        if not self._has_angles:
            yield from self._combinations(size, wanted)
            return
        for odd in (False, True):
            for name, codes, a, b in self._combinations(size - ODD * odd, wanted):
                kept = is_odd(name, self.mask[a], self.mask[b]) == odd
                yield name, codes[kept], a[kept], b[kept]

    def _combinations(self, size: int, wanted: Codes) -> Iterator[tuple[str, Codes, Ids, Ids]]:
        """All of them by size alone."""
        for name, cost, below in self._unary_sources(wanted):
            if name in self.operators and size - cost in self._shelves:
                shelf = self._shelves[size - cost]
                where, found = shelf.find(below)
                found &= below != _NONE
                for codes, ids, _ in combinations_of(shelf, None, wanted[found], where[found], where[found]):
                    free = (self.mask[ids] & NOT_OVER.get(name, 0)) == 0
                    for one in (name, OF_NEGATIVE[name]) if name in OF_NEGATIVE else (name,):
                        yield one, codes[free], ids[free], ids[free]
        for small in range(1, (size - 1) // 2 + 1):
            yield from self._binary_blocks(size - 1 - small, small, wanted)
        if "pow" in self.operators and 0 in wanted:
            rest = size - self.cost["pow"]
            for large in range(1, rest):
                a, b = self.level(0, large), self.level(0, rest - large)
                for i in range(0, len(a), max(1, CHUNK // max(1, len(b)))):
                    part = a[i : i + max(1, CHUNK // max(1, len(b)))]
                    left, right = np.repeat(part, len(b)), np.tile(b, len(part))
                    for name in ("pow", "pow of neg"):
                        yield name, np.zeros(len(left), dtype=np.int64), left, right

    def _binary_blocks(self, large: int, small: int, wanted: Codes) -> Iterator[tuple[str, Codes, Ids, Ids]]:
        if large not in self._shelves or small not in self._shelves:
            return
        a, b = self._shelves[large], self._shelves[small]
        partners = b.codes
        for name, left_codes, flipped in (
            ("+", None, False),
            ("-", None, False),
            ("*", wanted[:, None] - partners, False),
            ("/", wanted[:, None] + partners, False),
            ("/", partners - wanted[:, None], True),
        ):
            if name not in self.operators or (flipped and large == small):
                continue
            if left_codes is None:
                i, found = a.find(wanted)
                j, also = b.find(wanted)
                keep = found & also
                result, i, j = wanted[keep], i[keep], j[keep]
            else:
                where, found = a.find(left_codes)
                row, j = np.nonzero(found)
                result, i = wanted[row], where[row, j]
                if name == "*" and large == small:
                    keep = a.codes[i] >= b.codes[j]
                    result, i, j = result[keep], i[keep], j[keep]
            for codes, left, right in combinations_of(a, b, result, i, j, ordered=name == "/"):
                yield (name, codes, right, left) if flipped else (name, codes, left, right)

    def _admit(self, size: int, op: str, codes: Codes, a: Ids, b: Ids) -> Ids:
        """Append those combinations whose values are defined at every probe and new."""
        if self._spent(size) or not len(a):
            return EMPTY
        self.evaluated += len(a)
        first = self._apply(op, self.first[a], self.first[b])
        keys, good = keys_of(first, codes)
        chosen, again = self._distinct.unseen(keys, good)
        again |= self._makes_twins(op, a, b) & np.isfinite(first).all(axis=1)
        again[chosen] = False
        ids = self._admit_new(size, op, codes[chosen], a[chosen], b[chosen], keys[chosen])
        if not again.any():
            return ids
        twins = self._admit_twins(size, op, codes[again], a[again], b[again], keys[again])
        return np.concatenate([ids, twins])

    def _makes_twins(self, op: str, a: Ids, b: Ids) -> npt.NDArray[np.bool_]:
        """Which combinations may agree with another entry at the first probes and not at all."""
        if op in PIECEWISE:
            return np.ones(len(a), dtype=bool)
        return np.asarray((self.mask[a] | self.mask[b]) & TWIN != 0)

    def _admit_new(self, size: int, op: str, codes: Codes, a: Ids, b: Ids, keys: Keys) -> Ids:
        """Append what the first keys tell apart from all before."""
        if not len(a):
            return EMPTY
        values, good = self._evaluated(op, codes, a, b)
        mask = self._mask(op, codes, a, b)
        self._distinct.doubt(keys[good & self._makes_twins(op, a, b)])
        return self._store(size, op, codes[good], a[good], b[good], values[good], mask[good])

    def _admit_twins(self, size: int, op: str, codes: Codes, a: Ids, b: Ids, keys: Keys) -> Ids:
        """Append what only the keys at all probes tell apart from all before."""
        known = slice(self._checked, self.n)
        self._distinct.unseen_whole(*keys_of(self.values[known], self.code[known]))
        values, good = self._evaluated(op, codes, a, b)
        whole, defined = keys_of(values, codes)
        new = self._distinct.unseen_whole(whole, good & defined)
        self._distinct.doubt(keys[new])
        mask = np.asarray(self._mask(op, codes[new], a[new], b[new]) | TWIN, dtype=np.uint8)
        ids = self._store(size, op, codes[new], a[new], b[new], values[new], mask)
        self._checked = self.n
        return ids

    def _evaluated(self, op: str, codes: Codes, a: Ids, b: Ids) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Values at all probes, and which of them make an entry."""
        values = self._apply(op, self.values[a], self.values[b])
        with np.errstate(all="ignore"):
            largest = np.abs(values).max(axis=1)
            good = np.isfinite(values).all(axis=1) & (largest < LARGEST)
            # a dimensionless expression that does not vary is a number: coefficients cover it
            good &= (codes != 0) | (np.ptp(values, axis=1) > 1e-9 * largest)
            if op in ("+", "-"):  # what is left after full cancellation is rounding
                good &= largest > 1e-9 * np.abs(self.values[a]).max(axis=1)
        return values, good

    def _mask(self, op: str, codes: Codes, a: Ids, b: Ids) -> Masks:
        own = FAMILY.get(op, 0) | (0 if op in MONOMIAL_OPS else NOT_MONOMIAL) | (TWIN if op == "abs" else 0)
        mask = ((self.mask[a] | self.mask[b]) & ~np.uint8(ANGLE | PLAIN)) | np.uint8(own)
        if self._has_angles:
            mask |= kinds_of(op, self.mask[a], self.mask[b], codes)
        return np.asarray(mask, dtype=np.uint8)

    @property
    def dearest(self) -> int:
        """The largest size that one operator can add."""
        return max(self.cost.values(), default=1) + (ODD if self._has_angles else 0)

    def _store(self, size: int, op: str, codes: Codes, a: Ids, b: Ids, values: Floats, mask: Masks) -> Ids:
        if op == "-":
            flip = values.sum(axis=1) < 0
            a, b = np.where(flip, b, a), np.where(flip, a, b)
            values[flip] *= -1
        return self._append(values, op, codes, size, a, b, mask)

    def _apply(self, op: str, a: Floats, b: Floats) -> Floats:
        with np.errstate(all="ignore"):
            if op in NEEDS_POSITIVE:  # entries stand for both signs
                a = np.where((a < 0).all(axis=1, keepdims=True), -a, a)
            return np.asarray(NUMPY[op](a, b) if op in BINARY else NUMPY[op](a))

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
            right = self.expression(int(self.right[entry]))
            return Apply("pow", (left, negated(right))) if op == "pow of neg" else Apply(op, (left, right))
        if op in ("exp of neg", "acos of neg"):
            return Apply(op.removesuffix(" of neg"), (negated(left),))
        return Apply(op, (left,))


_NONE = np.iinfo(np.int64).max


def negated(expression: Expression) -> Expression:
    """The tree of the opposite sign; a difference is turned round."""
    if isinstance(expression, Apply) and expression.operator == "-":
        return Apply("-", expression.arguments[::-1])
    return Apply("neg", (expression,))
