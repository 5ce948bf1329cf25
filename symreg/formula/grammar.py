"""The grammar of formulas: our own bounded parser, because text from outside is read and never executed.

    sum     = term (("+" | "-") term)*
    term    = factor (("*" | "/") factor)*
    factor  = "-" factor | "+" factor | power
    power   = atom [("**" | "^") factor]
    atom    = number | name | `quoted name` | function "(" sum ("," sum)* ")" | "(" sum ")"

In a template (``parse_template``) a name before "(" that is no function, column or constant is an unknown function.

It is read with two stacks (shunting yard) and no recursion, so that no input can exhaust the interpreter's
stack. The tree is built in canonical form, see ``expression.canonical``.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NoReturn

from symreg.errors import ParseError
from symreg.formula.expression import (
    Apply,
    Constant,
    Expression,
    Number,
    Variable,
    canonical_apply,
    canonical_number,
)
from symreg.formula.naming import quoted, unquoted
from symreg.formula.operators import FUNCTION_NAMES, operator

MAX_LENGTH: Final = 10_000
"""Characters: five for each node of MAX_NODES. It bounds the time that a hostile text takes before anything is built; a
smaller one refuses formulas with long names."""

DEEPEST_FORMULA: Final = 100
"""Operators from the root to a leaf; brackets and signs may nest twice as deep. The parser does not recurse, but
comparing trees and sympy do, and a larger bound comes nearer to Python's limit of 1,000 calls."""

MAX_NODES: Final = 2_000
"""Nodes as they are read, fifty times the usual limit on complexity, 40. It bounds what all that follows the parser
walks through; a smaller one refuses long formulas from elsewhere. Set by hand."""

MAX_EXPONENT: Final = 1_000
"""Of a literal power: 2**1000 is near the largest float64, so more overflows on nearly all numbers. It keeps huge
powers from exact arithmetic, as sympy's; a smaller one refuses powers that have values."""

_NUMBER: Final = re.compile(r"((?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:[eEfFdD]([+-]?[0-9]+))?")
_SIGNS: Final = {sign: sign for sign in ("+", "-", "*", "/", "**", "(", ")", ",")} | {
    "^": "**",
    "\u2212": "-",
    "\u00b7": "*",
    "\u00d7": "*",
}
_BINDING: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "sign": 3, "**": 4}
_UNKNOWN: Final = "unknown function"
_HOW_TO_QUOTE: Final = "names with other characters stand in `backticks`"


@dataclass(frozen=True, slots=True)
class _Token:
    """``kind`` is "number", "name", "function", "sign" or "end"; ``text`` the name or the sign."""

    kind: str
    text: str
    position: int
    value: Number | None = None


@dataclass(slots=True)
class _Pending:
    """An operator, an open parenthesis or an open call that waits on the stack."""

    token: _Token
    name: str  # a key of _BINDING, "(", a function, or _UNKNOWN
    commas: int = 0


def parse(text: str, *, variables: Collection[str], constants: Collection[str] = ()) -> Expression:
    """Return the tree of a formula, in canonical form.

    A name in both collections is a variable. Numbers may be written ``6.674e-11`` or ``1.0f-3``; ``**`` and
    ``^`` bind to the right and tighter than the sign; a ratio of two literals is one exact number. ParseError
    tells the position, the reason and the nearest valid name.
    """
    _check_length(text)
    return _Parser(text, variables, constants).parse()


def parse_template(
    text: str, *, variables: Collection[str], constants: Collection[str] = ()
) -> tuple[Expression, dict[str, tuple[str, ...]]]:
    """Return the tree of a formula with unknown functions, and the names of each function's arguments.

    In the tree a function ``f(x, z)`` is the constant ``f``. Its arguments are names, the same ones wherever it stands.
    ParseError as in ``parse``.
    """
    _check_length(text)
    parser = _Parser(text, variables, constants, template=True)
    return parser.parse(), parser.unknown


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        reason = f"the formula has {len(text)} characters, more than {MAX_LENGTH}"
        raise ParseError(text=text[:80], position=0, reason=reason, suggestion=None)


class _Parser:
    """The two stacks: ``waiting`` operators, and ``done`` expressions with their depths."""

    def __init__(
        self, text: str, variables: Collection[str], constants: Collection[str], *, template: bool = False
    ) -> None:
        self.text = text
        self.variables = frozenset(variables)
        self.constants = frozenset(constants)
        self.template = template
        self.unknown: dict[str, tuple[str, ...]] = {}
        self.waiting: list[_Pending] = []
        self.done: list[tuple[Expression, int]] = []
        self.nodes = 0
        self.nesting = 0

    def parse(self) -> Expression:
        want_operand = True
        position = 0
        while True:
            token, position = self.next_token(position)
            if token.kind == "end":
                break
            want_operand = self.operand(token) if want_operand else self.between(token)
        if want_operand:
            begun = self.nodes or self.waiting
            what = "ends where a number or a name should follow" if begun else "is empty"
            self.fail(token.position, f"the formula {what}")
        while self.waiting:
            pending = self.waiting.pop()
            if pending.name not in _BINDING:
                self.fail(pending.token.position, "this parenthesis is never closed")
            self.reduce(pending)
        return self.done[0][0]

    # -- tokens

    def next_token(self, start: int) -> tuple[_Token, int]:
        """Return the token at or after ``start``, and the position after it."""
        text, i = self.text, start
        while i < len(text) and text[i].isspace():
            i += 1
        if i == len(text):
            return _Token("end", "", i), i
        if number := _NUMBER.match(text, i):
            return _Token("number", number[0], i, self.number(number)), number.end()
        if text[i].isidentifier():
            return self.word(i)
        if text[i] == "`":
            name = unquoted(text, i)
            if name is None:
                self.fail(i, "this backtick opens a name that never ends, or that holds an unknown escape")
            return _Token("name", name[0], i), name[1]
        sign = "**" if text.startswith("**", i) else text[i]
        if sign not in _SIGNS:
            self.fail(i, f"unexpected character {sign!r}", _HOW_TO_QUOTE)
        return _Token("sign", _SIGNS[sign], i), i + len(sign)

    def word(self, start: int) -> tuple[_Token, int]:
        end = start + 1
        while end < len(self.text) and ("a" + self.text[end]).isidentifier() and self.text[end] not in _SIGNS:
            end += 1
        name = self.text[start:end]
        after = end
        while after < len(self.text) and self.text[after].isspace():
            after += 1
        unknown = self.template and name not in self.variables | self.constants
        called = (name in FUNCTION_NAMES or unknown) and self.text.startswith("(", after)
        return _Token("function" if called else "name", name, start), end

    def number(self, match: re.Match[str]) -> Number:
        digits, power = match[1], match[2]
        if power is None and digits.isdigit() and len(digits) <= 18:
            return Number(Fraction(int(digits)))
        value = float(f"{digits}e{power or 0}")
        if not math.isfinite(value) or (value == 0 and digits.strip("0.")):
            self.fail(match.start(), "this number does not fit into double precision")
        return canonical_number(value)

    # -- the two states

    def operand(self, token: _Token) -> bool:
        """Take a token where an operand must begin; return whether one is still wanted."""
        if token.kind == "number" and token.value is not None:
            self.push(token, token.value, 1)
        elif token.kind == "name":
            self.push(token, self.leaf(token), 1)
        elif token.kind == "function":
            known = token.text in FUNCTION_NAMES
            self.open(_Pending(token, operator(token.text).name if known else _UNKNOWN, commas=-1))
            return True
        elif token.text == "(":
            top = self.waiting[-1] if self.waiting else None
            if top is not None and top.commas < 0:
                top.commas = 0  # the parenthesis of the call itself
            else:
                self.open(_Pending(token, "("))
            return True
        elif token.text == "-":
            self.open(_Pending(token, "sign"))
            return True
        elif token.text == "+":
            return True
        else:
            self.fail(token.position, f"a number or a name should stand before {token.text!r}")
        return False

    def between(self, token: _Token) -> bool:
        """Take a token after an operand; return whether a new operand is wanted."""
        if token.kind != "sign":
            self.fail(token.position, "an operator is missing here", self.missing_sign(token))
        if token.text == "(":
            reason = "an operator is missing before the parenthesis"
            self.fail(token.position, reason, self.missing_sign(token))
        if token.text == ")":
            self.close(token)
            return False
        if token.text == ",":
            self.unwind(token).commas += 1
            return True
        binding = _BINDING[token.text]
        while self.waiting and _BINDING.get(self.waiting[-1].name, 0) >= binding + (token.text == "**"):
            self.reduce(self.waiting.pop())
        self.waiting.append(_Pending(token, token.text))
        return True

    # -- the stacks

    def open(self, pending: _Pending) -> None:
        self.nesting += 1
        if self.nesting > 2 * DEEPEST_FORMULA:  # a sign within parentheses counts twice
            self.fail(pending.token.position, f"the formula is nested deeper than {DEEPEST_FORMULA}")
        self.waiting.append(pending)

    def unwind(self, token: _Token) -> _Pending:
        """Finish what waits since the last open parenthesis, and return that."""
        while self.waiting and self.waiting[-1].name in _BINDING:
            self.reduce(self.waiting.pop())
        if not self.waiting:
            self.fail(token.position, f"{token.text!r} without an open parenthesis")
        if token.text == "," and self.waiting[-1].name == "(":
            self.fail(token.position, "a comma may stand only between the arguments of a function")
        return self.waiting[-1]

    def close(self, token: _Token) -> None:
        pending = self.unwind(token)
        self.waiting.pop()
        self.nesting -= 1
        if pending.name == "(":
            return
        if pending.name == _UNKNOWN:
            self.call(pending)
            return
        arity = operator(pending.name).arity
        if pending.commas + 1 != arity:
            plural = "s" if arity > 1 else ""
            reason = f"{pending.token.text} takes {arity} argument{plural}, not {pending.commas + 1}"
            self.fail(pending.token.position, reason)
        self.apply(pending.token, pending.name, arity)

    def call(self, pending: _Pending) -> None:
        """Note the arguments of an unknown function, and put a constant of its name in their place."""
        name, count = pending.token.text, pending.commas + 1
        operands = [tree for tree, _ in self.done[-count:]]
        del self.done[-count:]
        found = tuple(tree.name for tree in operands if isinstance(tree, Variable | Constant))
        if len(found) < count or len(set(found)) < count or set(found) & set(self.unknown):
            reason = f"the arguments of the unknown function {name} are names of columns and known constants, each once"
            self.fail(pending.token.position, reason)
        if self.unknown.setdefault(name, found) != found:
            stated = f"{name}({', '.join(map(quoted, self.unknown[name]))})"
            self.fail(pending.token.position, f"{name} has other arguments here than in {stated}")
        self.push(pending.token, Constant(name), 1)

    def reduce(self, pending: _Pending) -> None:
        if pending.name == "sign":
            self.nesting -= 1
            self.apply(pending.token, "neg", 1)
        else:
            self.apply(pending.token, "pow" if pending.name == "**" else pending.name, 2)

    def apply(self, token: _Token, name: str, arity: int) -> None:
        operands = self.done[-arity:]
        del self.done[-arity:]
        last = operands[-1][0]
        if name == "pow" and isinstance(last, Number) and abs(float(last.value)) > MAX_EXPONENT:
            self.fail(token.position, f"the exponent is larger than {MAX_EXPONENT}")
        tree = canonical_apply(name, tuple(operand for operand, _ in operands))
        self.push(token, tree, 1 + max(depth for _, depth in operands) if isinstance(tree, Apply) else 1)

    def push(self, token: _Token, tree: Expression, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.fail(token.position, f"the formula has more than {MAX_NODES} parts")
        if depth > DEEPEST_FORMULA:
            self.fail(token.position, f"the formula is nested deeper than {DEEPEST_FORMULA}")
        self.done.append((tree, depth))

    # -- names and errors

    def leaf(self, token: _Token) -> Expression:
        name = token.text
        if name in self.variables:
            return Variable(name)
        if name in self.constants:
            return Constant(name)
        if name in self.unknown:
            self.fail(token.position, f"{name} is an unknown function and needs its arguments", f"write {name}(...)")
        if name in FUNCTION_NAMES:
            self.fail(token.position, f"{name} needs its argument in parentheses", f"write {name}(...)")
        known = sorted(self.variables | self.constants)
        near = difflib.get_close_matches(name, [*known, *sorted(FUNCTION_NAMES)], n=1)
        few = ", ".join(map(quoted, known[:8])) + (", ..." if len(known) > 8 else "")
        hint = f"known names: {few}"
        if near:
            hint = f"did you mean {quoted(near[0]) if near[0] in known else near[0]}?"
        shown = quoted(name if len(name) <= 60 else name[:57] + "...")
        self.fail(token.position, f"unknown name {shown}", hint)

    def missing_sign(self, token: _Token) -> str:
        before = self.text[: token.position].rstrip()
        tail = re.search(r"\w+$", before)
        first = tail[0] if tail and len(tail[0]) < 30 else "..."
        return f"for a product write {first}*{token.text + '...)' if token.text == '(' else token.text}"

    def fail(self, position: int, reason: str, suggestion: str | None = None) -> NoReturn:
        raise ParseError(text=self.text, position=position, reason=reason, suggestion=suggestion)
