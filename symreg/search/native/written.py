"""Turns as plain values that JSON holds, and read again.

What is read may have come from anywhere: every number, name and operator is looked at, and a turn with anything strange
in it is none. A tree is written as its nodes, operands first, so that reading it needs no depth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any, get_args

import numpy as np

from symreg.errors import SymregError
from symreg.formula import OPERATORS, Apply, Constant, Expression, Number, Variable
from symreg.search.native.done import Asked, LevelDone, Lives, StagesDone, Turn, Who
from symreg.search.native.marks import CONSTANT, DECIMAL, EXACT, VARIABLE, nodes_of
from symreg.search.native.proposal import Draft
from symreg.search.native.refine import Refined
from symreg.search.space import SearchSpace

MOST_NODES = 2_000
"""Of a formula that is read: those of a search have a hundred at most. It keeps a strange file from taking memory."""

DEEPEST_TREE = 100
"""Operators from the root to a leaf, as many as the parser reads: comparing trees recurses, and Python ends at 1,000
calls."""

LARGEST_COUNT = 2**60  # of anything that is counted: beyond what any search reaches


class StrangeTurnError(SymregError):
    """Something that is no turn of this search."""

    reason: str

    def __str__(self) -> str:
        return f"this is no turn of the search: {self.reason}."


# -- writing


def plain(value: Any) -> Any:
    """Turns, formulas and what they hold as lists, texts and numbers."""
    if isinstance(value, Variable | Constant | Number | Apply):
        return nodes_of(value)
    if isinstance(value, Turn):
        return {"backend": "native"} | {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if is_dataclass(value):
        return [plain(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


# -- reading


class TurnReader:
    """Reads turns of a search in one space."""

    def __init__(self, space: SearchSpace) -> None:
        self.columns, self.known = frozenset(space.names), frozenset(space.in_formulas)

    def turn(self, document: Mapping[str, Any]) -> Turn:
        """A turn; StrangeTurnError where it is none."""
        try:
            return self._turn(document)
        except StrangeTurnError:
            raise
        except (SymregError, KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError) as error:
            raise StrangeTurnError(reason=f"{type(error).__name__}: {error}"[:200]) from None

    def refined(self, document: Sequence[Any]) -> Refined:
        """A fitted formula, as another worker of this search wrote it."""
        return self._refined(*document)

    def _turn(self, document: Mapping[str, Any]) -> Turn:
        who, own = document["who"], document["own"]
        if who not in get_args(Who):
            raise StrangeTurnError(reason=f"nobody is called {who!r}")
        found = self._all(document["found"])
        counts = {name: _count(document[name]) for name in ("part", "number", "place", "evaluated", "pruned")}
        complete, lives, asked = document["complete"], document["lives"], document["asked"]
        return Turn(
            who=who, found=found, reported=tuple(_below(one, len(found)) for one in document["reported"]),
            level=_count(document["level"] + 1) - 1, complete=None if complete is None else _count(complete),
            own=self._own(who, own), lives=None if lives is None else self._lives(*lives),
            asked=None if asked is None else self._asked(*asked), fitted=tuple(map(_count, document["fitted"])),
            **counts,
        )  # fmt: skip

    def _own(self, who: str, own: Any) -> LevelDone | StagesDone | None:
        if who == "hunt":
            extended, learned, pairs, bank, least = own
            return LevelDone(
                tuple(map(_count, extended)),
                tuple((_count(j), _count(e), _number(k), _number(x)) for j, e, k, x in learned),
                _count(pairs), _count(bank), tuple((int(n), _number(x)) for n, x in least),
            )  # fmt: skip
        return self._stages(*own) if who in ("skeletons", "backdrops") else None

    def _stages(self, following: Any, evaluated: Any, near: Any, grown: Any) -> StagesDone:
        trees = tuple(self._tree(one, None) for one in grown)
        return StagesDone(_count(following), _count(evaluated), self._all(near), trees)

    def _asked(self, following: Any, is_open: Any, other: Any) -> Asked:
        return Asked(_count(following), is_open is True, None if other is None else self._stages(*other))

    def _lives(self, islands: Any, chances: Any, best: Any, fits: Any, marks: Any, is_idle: Any) -> Lives:
        for state in chances:
            np.random.default_rng().bit_generator.state = state  # raises where it is none
        return Lives(
            tuple(self._all(one) for one in islands), tuple(chances), self._all(best), _count(fits),
            tuple(map(_count, marks)), is_idle is True,
        )  # fmt: skip

    def _all(self, some: Sequence[Any]) -> tuple[Refined, ...]:
        return tuple(self._refined(*one) for one in some)

    def _refined(self, draft: Any, loss: Any, complexity: Any, source: Any) -> Refined:
        if not isinstance(source, str):
            raise StrangeTurnError(reason="a formula that nobody found")
        return Refined(self.draft(draft), _number(loss), _count(complexity), source)

    def draft(self, document: Sequence[Any]) -> Draft:
        """A formula with its constants."""
        nodes, names, values, codes, form_bits = document
        if not len(names) == len(values) == len(codes) == len(set(names)):
            raise StrangeTurnError(reason="a formula without one value for each of its constants")
        return Draft(
            self._tree(nodes, frozenset(names)), tuple(map(str, names)), tuple(map(_number, values)),
            tuple(map(_whole, codes)), None if form_bits is None else _number(form_bits),
        )  # fmt: skip

    def _tree(self, nodes: Sequence[str], own: frozenset[str] | None) -> Expression:
        """The tree of these nodes, over the columns and known constants, and these of its own; None: any."""

        def is_known(node: str) -> bool:
            name = node[1:]
            return name in self.columns if node[:1] == VARIABLE else own is None or name in own or name in self.known

        return tree_of(nodes, is_known)


def tree_of(nodes: Sequence[str], is_known: Callable[[str], bool] = lambda node: True) -> Expression:
    """The tree of these nodes (``marks.nodes_of``), whose columns and constants all are known."""
    if len(nodes) > MOST_NODES:
        raise StrangeTurnError(reason="a formula of thousands of nodes")
    made: list[tuple[Expression, int]] = []  # with their depths
    for node in nodes:
        kind, name = node[:1], node[1:]
        if node in OPERATORS:
            arity = OPERATORS[node].arity
            below = tuple(made[len(made) - arity :])
            del made[len(made) - arity :]
            made.append((Apply(node, tuple(one for one, _ in below)), 1 + max(depth for _, depth in below)))
        elif kind == VARIABLE and is_known(node):
            made.append((Variable(name), 1))
        elif kind == CONSTANT and is_known(node):
            made.append((Constant(name), 1))
        elif kind in (EXACT, DECIMAL):
            made.append((Number(Fraction(name) if kind == EXACT else float(name)), 1))
        else:
            raise StrangeTurnError(reason=f"a formula with {node[:40]!r} in it")
        if made[-1][1] > DEEPEST_TREE:
            raise StrangeTurnError(reason="a formula of operators inside each other by the hundred")
    ((tree, _),) = made
    return tree


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise StrangeTurnError(reason=f"{str(value)[:40]!r} in place of a number")
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_COUNT:
        raise StrangeTurnError(reason=f"{str(value)[:40]!r} in place of a whole number")
    return value


def _count(value: Any) -> int:
    if _whole(value) < 0:
        raise StrangeTurnError(reason="a count below zero")
    return int(value)


def _below(value: Any, limit: int) -> int:
    if _count(value) >= limit:
        raise StrangeTurnError(reason="a place where there is nothing")
    return int(value)
