"""Positive constants: the sign of a fitted one as part of the form, ``a + k*x`` with a negative k as ``a - k*x``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from symreg.fitting import Fitted
from symreg.formula import Apply, Constant, Expression, fold, normalise, operator


def with_signs_in_form(fitted: Fitted, own: Collection[str]) -> Fitted:
    """The same law with positive constants.

    Constants with names of their ``own`` are left alone: their form is the user's.
    """
    for index, constant in enumerate(fitted.constants):
        if constant.name in own or not fitted.values[index] < 0:
            continue
        leaf = Constant(constant.name)
        sign = np.ones(len(fitted.values))
        sign[index] = -1.0
        expression = _with_opposite(fitted.expression, leaf)
        fitted = replace(
            fitted, expression=normalise(expression), values=fitted.values * sign,
            covariance=fitted.covariance * np.outer(sign, sign),
        )  # fmt: skip
    return fitted


def _with_opposite(expression: Expression, constant: Constant) -> Expression:
    """The same value where the constant has the other sign."""
    return fold(expression, lambda node, parts: _signed(node, parts, constant))


def _signed(node: Expression, parts: tuple[Expression, ...], constant: Constant) -> Expression:
    """The node rebuilt for ``-constant``; the sign moves outwards as far as it goes."""
    if not isinstance(node, Apply):
        return Apply("neg", (node,)) if node == constant else node
    inner = [_opposite(part) for part in parts]
    signs = [one is not None for one in inner]
    plain = tuple(part if one is None else one for part, one in zip(parts, inner, strict=True))
    if node.operator == "neg" and isinstance(parts[0], Apply) and parts[0].operator == "-":
        return Apply("-", (parts[0].arguments[1], parts[0].arguments[0]))
    if not any(signs):
        return Apply(node.operator, parts)
    if node.operator in ("*", "/"):
        tree = Apply(node.operator, plain)
        return tree if all(signs) else Apply("neg", (tree,))
    if node.operator in ("+", "-"):
        return _signed_sum(node.operator, signs, plain)
    parity = operator(node.operator).parity
    if parity == "even":
        return Apply(node.operator, plain)
    if parity == "odd":
        return Apply("neg", (Apply(node.operator, plain),))
    return Apply(node.operator, parts)


def _signed_sum(operator: str, signs: Sequence[bool], terms: tuple[Expression, ...]) -> Expression:
    """``operator`` between two terms, of which those with ``signs`` are negative."""
    first, second = terms
    subtracted = signs[1] != (operator == "-")
    if not signs[0]:
        return Apply("-" if subtracted else "+", (first, second))
    return Apply("neg", (Apply("+", (first, second)),)) if subtracted else Apply("-", (second, first))


def _opposite(expression: Expression) -> Expression | None:
    """What the expression is the negative of, if a minus sign is its root."""
    return expression.arguments[0] if isinstance(expression, Apply) and expression.operator == "neg" else None
