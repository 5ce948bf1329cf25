"""Constants that a law does not need: without one of them, the others fitted anew, it says as much.

Where a law leaves nothing but rounding, a constant more still lowers what is left by a part that means nothing, and no
count of standard errors tells: they are of the size of rounding too. So each is tried at the value at which it does
nothing, 0 in a sum and 1 in a product or an exponent, and each term and factor that holds one is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from fractions import Fraction

from symreg.finishing.snapping import Rewritten, at_nothing
from symreg.finishing.tidy import fraction_of, power_of, quotient_of, sum_of, terms_of
from symreg.fitting import Fitted
from symreg.formula import (
    Apply,
    Constant,
    Expression,
    Number,
    Variable,
    canonical_apply,
    collected,
    complexity,
    constants_of,
    normalise,
    substitute,
    walk,
)
from symreg.problem import FreeConstant

ONES = (Number(1), Number(-1))


def without_needless_constants(fitted: Fitted) -> Iterator[Rewritten]:
    """The formula without one of its constants, in all the ways there are; the shortest first.

    A way that leaves a dimension wrong is proposed too: whoever fits it checks dimensions anyway.
    """
    names = frozenset(fitted.names)
    found = dict.fromkeys(
        normalise(one) for one in _shorter(fitted.expression, names) if _has_fewer(one, fitted.expression, names)
    )
    for expression in sorted(found, key=lambda one: (len(names & set(constants_of(one))), complexity(one))):
        yield expression, _kept(fitted, expression), {}


def _has_fewer(one: Expression, other: Expression, names: frozenset[str]) -> bool:
    return len(names & set(constants_of(one))) < len(names & set(constants_of(other)))


def _shorter(expression: Expression, names: frozenset[str]) -> Iterator[Expression]:
    for name in constants_of(expression):
        if name in names:
            nothing = at_nothing(expression, name)
            if nothing is not None:
                yield nothing
            yield from (substitute(expression, {Constant(name): one}) for one in ONES)
    for node in walk(expression):
        if isinstance(node, Apply):
            yield from (substitute(expression, {node: rest}) for rest in _without_a_part(node, names))


def _without_a_part(node: Apply, names: frozenset[str]) -> Iterator[Expression]:
    """A sum, product or power without a term, a factor or its exponent that holds a constant."""
    first, last = node.arguments[0], node.arguments[-1]
    if node.operator not in ("+", "-", "*", "/", "pow"):
        return
    if names & set(constants_of(last)):
        yield first
    if node.operator != "pow" and names & set(constants_of(first)):
        turned = {"-": Apply("neg", (last,)), "/": Apply("inv", (last,))}
        yield turned.get(node.operator, last)


def with_fewer_by_form(fitted: Fitted) -> Iterator[Rewritten]:
    """The formula in forms with one constant fewer, which say of three constants that the third follows from two."""
    yield from with_related_offset(fitted)
    yield from with_perfect_square(fitted)


def with_related_offset(fitted: Fitted) -> Iterator[Rewritten]:
    """``k1/(x + k2) + k3`` as ``k3*x/(x + k2)``, which has one constant fewer: at x = 0 it is nothing.

    Of pure numbers it may be one there, as an index of refraction is: ``1 + k3*x/(x + k2)``.
    """
    pure = {one.name for one in fitted.constants if one.dimension.is_dimensionless}
    for node in walk(fitted.expression):
        if not isinstance(node, Apply) or node.operator not in ("+", "-"):
            continue
        terms = terms_of(node)
        offsets = [one for one in terms if isinstance(one[1], Constant) and one[1].name in fitted.names]
        for sign, offset in offsets:
            for term in terms:
                varying = _varying_part(term[1])
                if varying is None or not isinstance(offset, Constant):
                    continue
                related = (sign, Apply("*", (offset, varying)))
                rest = [one for one in terms if one not in ((sign, offset), term)]
                yield from _with_fewer(fitted, node, [*rest, related])
                if offset.name in pure:
                    yield from _with_fewer(fitted, node, [*rest, (1, ONES[0]), related])


def _with_fewer(fitted: Fitted, node: Expression, terms: Sequence[tuple[int, Expression]]) -> Iterator[Rewritten]:
    """The formula with these terms for a sum in it, if it has fewer constants then."""
    expression = normalise(substitute(fitted.expression, {node: sum_of(terms)}))
    if len(set(constants_of(expression))) < len(set(constants_of(fitted.expression))):
        yield expression, _kept(fitted, expression), {}


def _varying_part(term: Expression) -> Expression | None:
    """Of a constant over a sum, what varies in the sum over all of it; None of other terms."""
    above, below = fraction_of(term)
    sums = [one for one in below if isinstance(one, Apply) and one.operator in ("+", "-")]
    if len(sums) != 1 or any(_varies(one) for one in (*above, *(one for one in below if one not in sums))):
        return None
    parts = [one for one in terms_of(sums[0]) if _varies(one[1])]
    return Apply("/", (sum_of(parts), sums[0])) if 0 < len(parts) < len(terms_of(sums[0])) else None


def with_perfect_square(fitted: Fitted) -> Iterator[Rewritten]:
    """``k1 + k2*x + k3*sqrt(x)`` as ``(k1 + k2*sqrt(x))**2``, with other values: the third says how two are mixed."""
    index = {one.name: place for place, one in enumerate(fitted.constants)}
    for node in walk(fitted.expression):
        terms = terms_of(node) if isinstance(node, Apply) and node.operator in ("+", "-") else []
        parts = [_coefficient(term, index.keys()) for _, term in terms] if len(terms) == 3 else []
        for mixed in range(len(parts)):
            first, second = (one for place, one in enumerate(parts) if place != mixed)
            middle = parts[mixed]
            if first is None or second is None or middle is None or not _is_mean(first[1], second[1], middle[1]):
                continue
            values = [
                sign * float(fitted.values[index[one[0]]]) for (sign, _), one in zip(terms, parts, strict=True) if one
            ]
            ends = [value for place, value in enumerate(values) if place != mixed]
            if min(ends) <= 0:
                continue
            roots = {first[0]: ends[0] ** 0.5, second[0]: ends[1] ** 0.5 * (1 if values[mixed] > 0 else -1)}
            sides = [(1, Apply("*", (Constant(one[0]), _halved(one[1])))) for one in (first, second)]
            expression = normalise(substitute(fitted.expression, {node: Apply("square", (sum_of(sides),))}))
            if sum(one == Constant(middle[0]) for one in walk(expression)):
                continue
            yield expression, tuple(
                replace(one, dimension=one.dimension ** Fraction(1, 2), start=roots[one.name]) if one.name in roots
                else replace(one, start=float(value))
                for one, value in zip(fitted.constants, fitted.values, strict=True) if one.name != middle[0]
            ), {}  # fmt: skip


def _coefficient(term: Expression, names: Set[str]) -> tuple[str, Expression] | None:
    """The one constant that is a factor of a term, and the term without it."""
    above, below = fraction_of(term)
    own = [one.name for one in above if isinstance(one, Constant) and one.name in names]
    rest = quotient_of([one for one in above if one != Constant(own[0])], below) if own else term
    return (own[0], rest) if own and not names & set(constants_of(rest)) else None


def _is_mean(first: Expression, second: Expression, middle: Expression) -> bool:
    """Whether a term is the geometric mean of two others."""
    ratio = Apply("/", (Apply("*", (first, second)), Apply("square", (middle,))))
    return collected(ratio, ()) == Number(1)


def _halved(expression: Expression) -> Expression:
    """The square root, each power halved: the terms of a sum know its sign."""
    above, below = fraction_of(expression)
    return quotient_of([_root(one) for one in above], [_root(one) for one in below])


def _root(factor: Expression) -> Expression:
    power = power_of(factor)
    if power is None or not isinstance(factor, Apply):
        return Apply("sqrt", (factor,))
    half = canonical_apply("pow", (factor.arguments[0], Number(power / 2)))
    return factor.arguments[0] if power == 2 else half


def _varies(expression: Expression) -> bool:
    return any(isinstance(node, Variable) for node in walk(expression))


def _kept(fitted: Fitted, expression: Expression) -> tuple[FreeConstant, ...]:
    """The constants that are left, starting where they were fitted."""
    left = set(constants_of(expression))
    return tuple(
        FreeConstant(one.name, one.dimension, float(value))
        for one, value in zip(fitted.constants, fitted.values, strict=True)
        if one.name in left
    )
