"""A draft as evolution sees it: parts that carry dimensions, so that each is only replaced by its like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from symreg.formula import Apply, Constant, Expression, Number, literal_exponent, substitute
from symreg.search.dimension_code import DimensionCode
from symreg.search.native.bank import FAMILY, NOT_OVER, ROOTS, WHOLE_POWERS
from symreg.search.native.proposal import Draft
from symreg.search.space import SearchSpace

Path = tuple[int, ...]
SAME = ("neg", "abs", "+", "-", "max", "min")
FreeConstants = Mapping[str, tuple[float, int]]  # value and dimension code by name


@dataclass(frozen=True, slots=True)
class Part:
    """A subtree: the way to it from the root, its tree, and its dimension's code."""

    path: Path
    tree: Expression
    code: int


def parts_of(draft: Draft, space: SearchSpace) -> list[Part]:
    """All parts of a draft, operands before what is made of them; an exponent that is a number is none."""
    codes = dict(zip(space.leaves, space.codes, strict=True))
    codes |= {Constant(name): code for name, code in zip(draft.names, draft.codes, strict=True)}
    found: list[Part] = []
    _collect(draft.expression, (), codes, space.coding, found)
    return found


def _collect(
    tree: Expression, path: Path, codes: Mapping[Expression, int], coding: DimensionCode, found: list[Part]
) -> int:
    if not isinstance(tree, Apply):
        code = codes.get(tree, 0)  # a number has no dimension
    else:
        exponent = literal_exponent(tree.arguments[1]) if tree.operator == "pow" else None
        operands = tree.arguments if exponent is None else tree.arguments[:1]
        inner = [_collect(one, (*path, index), codes, coding, found) for index, one in enumerate(operands)]
        if exponent is not None and inner[0]:
            code = int(coding.root(np.array([inner[0] * exponent.numerator]), exponent.denominator)[0][0])
        else:
            code = _code(tree.operator, inner, coding)
    found.append(Part(path, tree, code))
    return code


def _code(operator: str, inner: Sequence[int], coding: DimensionCode) -> int:
    if operator == "*":
        return inner[0] + inner[1]
    if operator == "/":
        return inner[0] - inner[1]
    if operator in SAME:
        return inner[0]
    if operator in WHOLE_POWERS:
        return inner[0] * WHOLE_POWERS[operator]
    if operator in ROOTS and inner[0]:
        return int(coding.root(np.array([inner[0]]), ROOTS[operator])[0][0])
    return 0


def constants_in(draft: Draft) -> dict[str, tuple[float, int]]:
    """Value and code of each free constant."""
    return {name: (value, code) for name, value, code in zip(draft.names, draft.values, draft.codes, strict=True)}


def renamed(draft: Draft, prefix: str) -> Draft:
    """The same with every constant's name behind a prefix, so that it can stand beside another draft's."""
    if not draft.names:
        return draft
    mapping: dict[Expression, Expression] = {Constant(name): Constant(prefix + name) for name in draft.names}
    names = tuple(prefix + name for name in draft.names)
    return Draft(substitute(draft.expression, mapping), names, draft.values, draft.codes)


def draft_of(expression: Expression, constants: FreeConstants) -> Draft:
    """A draft whose constants are k1, k2, ... as they appear; those that no longer do are dropped."""
    numbered: dict[str, str] = {}
    tree = _numbered(expression, constants, numbered)
    values, codes = zip(*(constants[name] for name in numbered), strict=True) if numbered else ((), ())
    return Draft(tree, tuple(numbered.values()), values, codes)


def _numbered(tree: Expression, constants: FreeConstants, numbered: dict[str, str]) -> Expression:
    if isinstance(tree, Apply):
        arguments = [_numbered(one, constants, numbered) for one in tree.arguments]
        same = all(new is old for new, old in zip(arguments, tree.arguments, strict=True))
        return tree if same else Apply(tree.operator, tuple(arguments))
    if not isinstance(tree, Constant) or tree.name not in constants:
        return tree
    name = numbered.setdefault(tree.name, f"k{len(numbered) + 1}")
    return tree if name == tree.name else Constant(name)


def replaced(expression: Expression, path: Path, tree: Expression) -> Expression:
    """The expression with what stands at ``path`` replaced."""
    if not path:
        return tree
    assert isinstance(expression, Apply)
    arguments = list(expression.arguments)
    arguments[path[0]] = replaced(arguments[path[0]], path[1:], tree)
    return Apply(expression.operator, tuple(arguments))


def is_usual(draft: Draft) -> bool:
    """Whether no function stands inside another of its family (the bank leaves these out, and so does evolution), and
    nothing is made of free constants and numbers alone, which are one constant."""
    return _families(draft.expression, frozenset(draft.names)) is not None


def _families(tree: Expression, free: frozenset[str]) -> tuple[int, bool] | None:
    """Families of functions that occur in a tree, and whether it holds more than free constants; None: not usual."""
    if not isinstance(tree, Apply):
        return 0, not (isinstance(tree, Number) or (isinstance(tree, Constant) and tree.name in free))
    mask, holds = 0, False
    for argument in tree.arguments:
        below = _families(argument, free)
        if below is None:
            return None
        mask, holds = mask | below[0], holds or below[1]
    if not holds or mask & NOT_OVER.get(tree.operator, 0):
        return None
    return mask | FAMILY.get(tree.operator, 0), holds
