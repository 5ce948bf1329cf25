"""What the opcodes of a program stand for, by number: an engine is told, and knows no names.

The table of operators (``symreg.formula.operators``) tells all of its rows when it is loaded. Programs are made of that
table, so that whoever has a program has loaded it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from symreg.errors import EngineError

VARIABLE: Final = 0
"""Opcode of a row that takes a column of the inputs. The compiled core counts alike: a change here is one there,
too."""

CONSTANT: Final = 1
"""Opcode of a row that takes a free or a fixed constant; the opcodes above it are operators. As in the compiled
core."""

LAST_BINARY: Final = 8
"""Operators up to this number have two operands, those above have one. As in the compiled core."""

ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE = 2, 3, 4, 5, 9
"""The operators that keep a formula linear in its constants: the only ones that an engine knows by itself."""

Value = Callable[..., Any]
Slope = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """A function of whole vectors, and its slope by each operand.

    ``value(x)`` or ``value(x, y)`` is of the type of its operands; a slope is a function of ``x``, of ``y`` (any vector
    where there is one operand) and of the value ``v``.
    """

    value: Value
    slopes: tuple[Slope, ...]


_known: dict[int, Operation] = {}
OPERATIONS: Final[Mapping[int, Operation]] = MappingProxyType(_known)
"""All that was told, by opcode."""


def tell(operations: Mapping[int, Operation]) -> None:
    """Make operations known to the engines; EngineError for an opcode that is taken or has other operands."""
    for opcode, operation in operations.items():
        operands = 2 if opcode <= LAST_BINARY else 1
        if opcode <= CONSTANT or opcode in _known:
            raise EngineError(message=f"opcode {opcode} is taken; the next one is {max(_known, default=CONSTANT) + 1}")
        if len(operation.slopes) != operands:
            raise EngineError(
                message=f"an operation with opcode {opcode} needs as many slopes as operands, {operands}, "
                f"and has {len(operation.slopes)}"
            )
        _known[opcode] = operation
