"""Expression: an immutable tree of operators over named variables, named constants and literal numbers.

Values of constants never live in the tree; they stand beside it. Every walk here is iterative, so that a deep
tree costs time and not the interpreter's stack. ``normalise`` knows only rules that hold everywhere, poles
and all; rewriting that needs judgement is left to ``simplify``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from symreg.engine.operations import CONSTANT, VARIABLE
from symreg.engine.program import Program
from symreg.errors import ExpressionError, OperatorError
from symreg.formula.operators import OPERATORS, POWER_NAMES, operator

LARGEST_TERM: Final = 10**18  # numerators and denominators stay below; a longer number is a float
SHORT_DIGITS: Final = 6  # a decimal with no more digits than this is meant exactly


@dataclass(frozen=True, slots=True)
class Variable:
    """A column of the table."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A named number, free or known; its value and its unit live elsewhere."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """A literal: exact as a Fraction, or a finite float."""

    value: Fraction | float

    def __post_init__(self) -> None:
        if isinstance(self.value, int):
            object.__setattr__(self, "value", Fraction(self.value))
        elif not isinstance(self.value, Fraction) and not math.isfinite(self.value):
            raise ExpressionError(name=str(self.value), reason="a literal number must be finite")


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator with its operands."""

    operator: str
    arguments: tuple[Expression, ...]
    _hash: int = field(init=False, repr=False, compare=False)  # kept: a tree is looked up often, and all of it counts

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.operator, self.arguments)))
        row = OPERATORS.get(self.operator) or operator(self.operator)
        if row.name != self.operator:
            raise OperatorError(name=self.operator, reason="is an alias", suggestion=row.name)
        if len(self.arguments) != row.arity:
            reason = f"takes {row.arity} operand{'s' * (row.arity > 1)}, not {len(self.arguments)}"
            raise OperatorError(name=self.operator, reason=reason, suggestion=None)

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Apply], tuple[str, tuple[Expression, ...]]]:
        return Apply, (self.operator, self.arguments)  # another process hashes text differently


Expression: TypeAlias = Variable | Constant | Number | Apply
Array: TypeAlias = npt.NDArray[np.float64]
T = TypeVar("T")


# -- walking


def children(expression: Expression) -> tuple[Expression, ...]:
    """Return the operands; a leaf has none."""
    return expression.arguments if isinstance(expression, Apply) else ()


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield every subexpression, a parent before its operands, left to right."""
    stack = [expression]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Apply):
            stack.extend(reversed(node.arguments))


def backwards(expression: Expression) -> Iterator[Expression]:
    """All nodes, each behind its operands, from left to right."""
    found, stack = list[Expression](), [expression]  # a parent before its operands, from right to left
    while stack:
        found.append(node := stack.pop())
        if isinstance(node, Apply):
            stack.extend(node.arguments)
    return reversed(found)


def fold(expression: Expression, visit: Callable[[Expression, tuple[T, ...]], T]) -> T:
    """Return ``visit(node, results of its operands)`` of the root, after all nodes below it in order."""
    results: list[T] = []
    for node in backwards(expression):
        if isinstance(node, Apply):
            count = len(node.arguments)
            results[-count:] = [visit(node, tuple(results[-count:]))]
        else:
            results.append(visit(node, ()))
    return results[0]


def complexity(expression: Expression) -> int:
    """Return the sum of the operators' weights, plus one for each leaf."""
    total, stack = 0, [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Apply):
            total += OPERATORS[node.operator].complexity
            stack.extend(node.arguments)
        else:
            total += 1
    return total


def depth(expression: Expression) -> int:
    """Return the number of nodes on the longest way from the root to a leaf."""
    return fold(expression, lambda _, below: 1 + max(below, default=0))


def variables_of(expression: Expression) -> tuple[str, ...]:
    """Return the names of the variables, each once, as they appear from left to right."""
    return tuple(dict.fromkeys(node.name for node in walk(expression) if isinstance(node, Variable)))


def constants_of(expression: Expression) -> tuple[str, ...]:
    """Return the names of the named constants, each once, as they appear from left to right."""
    return tuple(dict.fromkeys(node.name for node in walk(expression) if isinstance(node, Constant)))


def substitute(expression: Expression, mapping: Mapping[Expression, Expression]) -> Expression:
    """Return the tree with every subexpression that is a key replaced, all at once, outermost first."""
    if not mapping:
        return expression
    results: list[Expression] = []
    stack: list[tuple[Expression, bool]] = [(expression, False)]
    while stack:
        node, ready = stack.pop()
        if not ready and node in mapping:
            results.append(mapping[node])
        elif isinstance(node, Apply) and not ready:
            stack.append((node, True))
            stack.extend((operand, False) for operand in reversed(node.arguments))
        elif isinstance(node, Apply):
            first = len(results) - len(node.arguments)
            operands = tuple(results[first:])
            results[first:] = [node if operands == node.arguments else Apply(node.operator, operands)]
        else:
            results.append(node)
    return results[0]


# -- canonical and normal


def canonical_number(value: Fraction | float) -> Number:
    """Return the literal as it is parsed: short decimals and moderate fractions exact, else a float."""
    if isinstance(value, (int, Fraction)):
        if abs(value.numerator) < LARGEST_TERM and value.denominator < LARGEST_TERM:
            return Number(Fraction(value))
        value = float(value)
    text = repr(float(value))
    digits = text.lower().partition("e")[0].lstrip("-").replace(".", "").strip("0")
    if value == 0 or (len(digits) <= SHORT_DIGITS and 1e-18 <= abs(value) < 1e18):
        exact = Fraction(text)
        if abs(exact.numerator) < LARGEST_TERM and exact.denominator < LARGEST_TERM:
            return Number(exact)
    return Number(float(value))


def canonical_apply(name: str, arguments: tuple[Expression, ...]) -> Expression:
    """Return the operator over operands that are canonical, written as the parser writes it.

    ``x**2`` is a square, ``1/x`` an inverse, ``3/2`` and ``-2`` are numbers: what prints alike is alike.
    """
    first, last = arguments[0], arguments[-1]
    if name == "neg" and isinstance(first, Number):
        return Number(-first.value)
    if name == "pow" and isinstance(last, Number) and last.value in POWER_NAMES:
        return canonical_apply(POWER_NAMES[Fraction(last.value)], (first,))
    if name == "/" and first == Number(Fraction(1)):
        return canonical_apply("inv", (last,))
    if name in ("/", "inv") and isinstance(last, Number) and isinstance(last.value, Fraction) and last.value:
        top = first.value if name == "/" and isinstance(first, Number) else Fraction(1)
        if isinstance(top, Fraction) and (name == "inv" or isinstance(first, Number)):
            ratio = canonical_number(top / last.value)
            if isinstance(ratio.value, Fraction):
                return ratio
    return Apply(name, arguments)


def canonical(expression: Expression) -> Expression:
    """Return the tree that parsing its own text gives: ``parse(to_text(e)) == canonical(e)``."""

    def rebuild(node: Expression, operands: tuple[Expression, ...]) -> Expression:
        if isinstance(node, Apply):
            return canonical_apply(node.operator, operands)
        return canonical_number(node.value) if isinstance(node, Number) else node

    return fold(expression, rebuild)


_ONE: Final = Number(Fraction(1))
_ZERO: Final = Number(Fraction(0))
_EXACT: Final[Mapping[str, Callable[..., Fraction]]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "square": lambda a: a * a,
    "cube": lambda a: a * a * a,
    "abs": abs,
    "max": max,
    "min": min,
}


def _normal_apply(name: str, operands: tuple[Expression, ...]) -> Expression:
    """Return the operator over normal operands, after the rules of ``normalise``."""
    tree = canonical_apply(name, operands)
    if not isinstance(tree, Apply):
        return tree
    name, operands = tree.operator, tree.arguments
    first, last = operands[0], operands[-1]
    exact = [a.value for a in operands if isinstance(a, Number) and isinstance(a.value, Fraction)]
    if name in _EXACT and len(exact) == len(operands):
        number = canonical_number(_EXACT[name](*exact))
        if isinstance(number.value, Fraction):
            return number
    negated = last.arguments[0] if isinstance(last, Apply) and last.operator == "neg" else None
    match name:
        case "neg" | "abs" | "square" if negated is not None:
            return negated if name == "neg" else _normal_apply(name, (negated,))
        case "+" if first == _ZERO:
            return last
        case "+" | "-" if last == _ZERO:
            return first
        case "-" if first == _ZERO:
            return _normal_apply("neg", (last,))
        case "+" | "-" if negated is not None:
            return _normal_apply("-" if name == "+" else "+", (first, negated))
        case "*" if first == _ONE:
            return last
        case "*" | "/" | "pow" if last == _ONE:
            return first
    return tree


def normalise(expression: Expression) -> Expression:
    """Return a canonical tree of the same value, with exact numbers joined and empty steps dropped.

    ``2*3`` is 6; ``x + 0``, ``x*1``, ``x/1``, ``x**1`` and a double sign are x; ``a + (-b)`` is ``a - b``.
    """

    def rebuild(node: Expression, operands: tuple[Expression, ...]) -> Expression:
        if isinstance(node, Apply):
            return _normal_apply(node.operator, operands)
        return canonical_number(node.value) if isinstance(node, Number) else node

    return fold(expression, rebuild)


# -- evaluation


def evaluate_tree(expression: Expression, values: Mapping[str, float | npt.ArrayLike]) -> Array:
    """Return the value of the tree, NaN outside the domain; ``values`` are by name, scalars or ``(n_rows,)``.

    The plain way, operator by operator with NumPy: the oracle for the engines and the last check of what is
    reported. The result is a scalar where all values in the tree are. ExpressionError for a name without a value.
    """

    def value_of(node: Expression, operands: tuple[Any, ...]) -> Any:
        if isinstance(node, Apply):
            return OPERATORS[node.operator].numpy(*operands)
        if isinstance(node, Number):
            return np.float64(float(node.value))
        if node.name not in values:
            raise ExpressionError(name=node.name, reason="no value is given for it")
        return np.asarray(values[node.name], dtype=np.float64)

    with np.errstate(all="ignore"):
        return np.asarray(fold(expression, value_of), dtype=np.float64)


# -- lowering


def lower(
    expression: Expression, inputs: Sequence[str], free: Sequence[str], known: Mapping[str, float]
) -> Program:
    """Return the tree as rows of numbers for an engine; each distinct subtree becomes one row.

    ``inputs`` names the rows of X, ``free`` the constants that will be fitted; known constants and literal
    numbers go to ``Program.fixed``. A name that is both free and known is free; one that is neither, and no
    input, is an ExpressionError.
    """
    fixed: dict[str, int] = {}  # by the exact bits of the value, so that 0.0 and -0.0 stay apart
    column, slot = ({name: i for i, name in enumerate(names)} for names in (inputs, free))

    def leaf(node: Variable | Constant | Number) -> tuple[int, int, int]:
        if isinstance(node, Constant) and node.name in slot:
            return CONSTANT, slot[node.name], 0
        if isinstance(node, Variable) and node.name in column:
            return VARIABLE, column[node.name], 0
        if isinstance(node, Number):
            value = float(node.value)
        elif isinstance(node, Constant) and node.name in known:
            value = float(known[node.name])
        else:
            kind = "an input" if isinstance(node, Variable) else "a free or known constant"
            raise ExpressionError(name=node.name, reason=f"is in the formula, but is not {kind}")
        return CONSTANT, len(free) + fixed.setdefault(value.hex(), len(fixed)), 0

    rows: dict[tuple[int, int, int], int] = {}
    places: list[int] = []  # as ``fold`` has it, written out: a search lowers every formula that it fits
    for node in backwards(expression):
        if isinstance(node, Apply):
            second = places.pop() if len(node.arguments) == 2 else 0
            row = OPERATORS[node.operator].opcode, places.pop(), second
        else:
            row = leaf(node)
        places.append(rows.setdefault(row, len(rows)))
    return Program(
        code=np.array(list(rows), dtype=np.int32).reshape(-1, 3),
        n_inputs=len(inputs),
        n_free=len(free),
        fixed=np.array([float.fromhex(bits) for bits in fixed], dtype=np.float64),
    )
