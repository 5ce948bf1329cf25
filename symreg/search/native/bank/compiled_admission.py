"""Admission by the compiled engine: what ``admission`` does, written straight into the arrays, on threads."""

from __future__ import annotations

import numpy as np

from symreg.engine import _core
from symreg.formula import OPERATORS
from symreg.search.native.bank.admission import Admitted, Piece
from symreg.search.native.bank.block import Block
from symreg.search.native.bank.distinct import FIRST_PROBES, directions
from symreg.search.native.bank.entries import Entries
from symreg.search.native.bank.kinds import odd_table, table_of_kinds
from symreg.search.native.bank.vocabulary import BINARY, NEEDS_POSITIVE, NOT_OVER, OF_NEG, OP, PIECEWISE, own_bits


class CompiledAdmission:
    """Admission to these entries; the same for any number of threads.

    ``instructions`` are the newest it may use, as of ``CompiledEngine``.
    """

    def __init__(self, entries: Entries, has_angles: bool, threads: int, *, instructions: str = "newest") -> None:
        self.entries, self.has_angles, self.threads = entries, has_angles, threads
        self.first, self.whole = _core.KeySet(), _core.KeySet()
        self._operations: dict[tuple[str, bool | None], _core.Operation] = {}
        self._combiner = _core.Combiner(
            entries.values, entries.first, entries.unit, entries.largest, entries.op, entries.left, entries.right,
            entries.size, entries.mask, entries.code, entries.probes, directions(FIRST_PROBES),
            directions(entries.values.shape[1]), self.first, self.whole, instructions,
        )  # fmt: skip

    def of(self, block: Block, size: int) -> Piece:
        """See ``Admission``."""
        operation, packed = self._operation(block.op, block.odd), _packed(block)

        def admit(low: int, high: int) -> Admitted:
            entries = self.entries
            entries.n, evaluated, cut = self._combiner.admit(
                operation, packed, low, high, size, entries.n, self.threads
            )
            return Admitted(evaluated, cut)

        return admit

    def _operation(self, op: str, odd: bool | None) -> _core.Operation:
        if (op, odd) not in self._operations:
            taken = np.ones(16, dtype=bool) if odd is None else odd_table(op).ravel() == odd
            self._operations[op, odd] = _core.operation(
                OPERATORS[op.removesuffix(OF_NEG)].opcode,
                unary=op not in BINARY,
                positive=op in NEEDS_POSITIVE,
                negate_first=op.endswith(OF_NEG) and op not in BINARY,
                negate_second=op.endswith(OF_NEG) and op in BINARY,
                makes_twins=op in PIECEWISE,
                own=own_bits(op),
                forbidden=NOT_OVER.get(op, 0),
                name=OP[op],
                has_kinds=self.has_angles,
                taken=taken,
                kinds=table_of_kinds(op).ravel(),
            )
        return self._operations[op, odd]


def _packed(block: Block) -> _core.Block:
    left = block.left
    right = left if block.right is None else block.right
    width = np.ones_like(left.count) if block.right is None else right.count
    return _core.block(
        block.codes, block.ends, block.triangle, left.ids, left.start, left.count, right.ids, right.start, width
    )

