"""The tree of a sum law: terms with coefficients, under a step, in a shell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symreg.formula import Apply, Constant, Expression
from symreg.search.native.bank import ONE, Bank
from symreg.search.native.joins.monomials import Monomials
from symreg.search.native.joins.shells import NONE_OF, Shell
from symreg.search.native.proposal import Draft


def plain_draft(bank: Bank, entry: int, value: float, code: int) -> Callable[[], Draft]:
    """Builds the tree of an entry with a coefficient."""

    def build() -> Draft:
        return Draft(Apply("*", (Constant("k1"), bank.expression(entry))), ("k1",), (value,), (code,))

    return build


@dataclass(frozen=True, slots=True, eq=False)
class SumDraft:
    """Builds the tree of one joined law when it is asked for."""

    bank: Bank
    monomials: Monomials
    shell: Shell
    m: int
    v: int
    sign: float
    u: int
    terms: tuple[int, ...]
    coefficients: tuple[float, ...]
    hole: int

    def __call__(self) -> Draft:
        parts, names, codes = [], [], []
        for index, entry in enumerate(self.terms, start=1):
            expression = self.bank.expression(entry)
            constant = Constant(f"k{index}")
            one = expression == ONE
            parts.append(constant if one else Apply("*", (constant, expression)))
            names.append(constant.name)
            codes.append(self.hole - int(self.bank.code[entry]))
        tree: Expression = parts[0]
        for part in parts[1:]:
            tree = Apply("+", (tree, part))
        tree = self.shell.step.wrap(tree)
        if self.u != NONE_OF:
            outer = self.bank.expression(self.u)
            tree = Apply("/", (tree, outer)) if self.shell.divides else Apply("*", (outer, tree))
        if self.v != NONE_OF:
            offset = self.bank.expression(self.v)
            tree = Apply("+", (offset, tree)) if self.sign > 0 else Apply("-", (tree, offset))
        if self.m != NONE_OF:
            tree = Apply("*", (self.monomials.expressions[self.m], tree))
        return Draft(tree, tuple(names), self.coefficients, tuple(codes))
