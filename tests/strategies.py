"""Hypothesis strategies for names, numbers and expressions, shared by the tests."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import strategies as st

from symreg.formula.expression import Apply, Constant, Expression, Number, Variable
from symreg.formula.operators import OPERATORS

VARIABLES = ("x", "y", "z")
CONSTANTS = ("a", "b")

#: Column names that strangers write, and that some tool or other trips over.
HOSTILE_NAMES = (
    "=cmd()", "<script>alert(1)</script>", "a b", " ", "", "`", "``", "\\", "\\`", "a`b", "x\ny",
    "x\ty", "\x1b[31m", "\x00", "\\input{/etc/passwd}", "$x$", "^^5cinput", "{", "}", "%", "#1",
    "1x", "2", "x**2", "a-b", "-x", "(", ")", ",", "exp", "sin", "pow", "ln", "square", "lambda",
    "None", "class", "import", "__import__", "eval", "I", "E", "S", "N", "O", "Q", "gamma", "beta",
    "zeta", "pi", "e", "T_0", "v_max", "_", "__", "é", "λ", "Δx", "x²", "☀️", "🙂", "日本", "\ud800",
    "\u202e", "\u00a0", "../x", "a;b", "'", '"', "µ", "math", "np",
)  # fmt: skip


def names() -> st.SearchStrategy[str]:
    """Any column name: plain, hostile, or random text (lone surrogates too)."""
    plain = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
    return plain | st.sampled_from(HOSTILE_NAMES) | st.text(max_size=12)


def fractions() -> st.SearchStrategy[Fraction]:
    """Small exact numbers."""
    return st.builds(Fraction, st.integers(-20, 20), st.integers(1, 12))


def numbers() -> st.SearchStrategy[Fraction | float]:
    """Any literal: small fractions, large ones, decimals, and floats of every magnitude."""
    wide = st.builds(Fraction, st.integers(-(10**20), 10**20), st.integers(1, 10**20))
    decimals = st.decimals(-1000, 1000, places=3).map(float)
    return fractions() | wide | decimals | st.floats(allow_nan=False, allow_infinity=False)


def leaves(
    variables: Sequence[str] = VARIABLES,
    constants: Sequence[str] = CONSTANTS,
    literals: st.SearchStrategy[Fraction | float] | None = None,
) -> st.SearchStrategy[Expression]:
    """A variable, a named constant or a literal."""
    kinds: list[st.SearchStrategy[Expression]] = [
        st.builds(Number, fractions() if literals is None else literals)
    ]
    if variables:
        kinds.append(st.builds(Variable, st.sampled_from(list(variables))))
    if constants:
        kinds.append(st.builds(Constant, st.sampled_from(list(constants))))
    return st.one_of(kinds)


def expressions(
    variables: Sequence[str] = VARIABLES,
    constants: Sequence[str] = CONSTANTS,
    operators: Sequence[str] = tuple(OPERATORS),
    literals: st.SearchStrategy[Fraction | float] | None = None,
    max_leaves: int = 12,
) -> st.SearchStrategy[Expression]:
    """Any expression over these names and operators; values may be undefined anywhere."""
    unary = [name for name in operators if OPERATORS[name].arity == 1]
    binary = [name for name in operators if OPERATORS[name].arity == 2]

    def grow(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        kinds: list[st.SearchStrategy[Expression]] = []
        if unary:
            kinds.append(st.builds(Apply, st.sampled_from(unary), st.tuples(inner)))
        if binary:
            kinds.append(st.builds(Apply, st.sampled_from(binary), st.tuples(inner, inner)))
        if "pow" in binary:
            literal = st.builds(Number, fractions())
            kinds.append(st.builds(Apply, st.just("pow"), st.tuples(inner, literal)))
        return st.one_of(kinds)

    return st.recursive(leaves(variables, constants, literals), grow, max_leaves=max_leaves)
