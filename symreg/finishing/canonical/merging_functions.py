"""Rules for constants inside and beside logarithms and exponentials."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symreg.finishing.canonical.factoring import (
    MINUS,
    ONE,
    coefficient,
    exponent_of,
    fraction,
    is_exponential,
    is_product,
    is_sum,
    over,
    times,
)
from symreg.finishing.canonical.reparametrising import Change, Form
from symreg.finishing.tidy import quotient_of, sum_of, terms_of
from symreg.formula import Apply, Constant, Expression, Number


def scale_in_logarithm(form: Form, node: Expression) -> Iterator[Change]:
    """``k1*log(k2*x) + k3`` needs one of the last two."""
    if not is_sum(node):
        return
    terms = terms_of(node)
    free = [place for place, (_, term) in enumerate(terms) if form.is_own(term)]
    for place, (sign, term) in enumerate(terms):
        constants, (above, below) = coefficient(form, term)
        if not free or below or len(above) != 1 or not _is_logarithm(above[0]):
            continue
        name_of = above[0].operator  # type: ignore[union-attr]
        (own_above, own_below), rest = coefficient(form, above[0].arguments[0])  # type: ignore[union-attr]
        inside = quotient_of(own_above, own_below)
        if not form.own_names(inside) or not (rest[0] or rest[1]):
            continue
        scale = quotient_of(*constants)
        own_sign, offset = terms[free[0]]
        name = form.own_names(offset)[0]
        logarithm = Apply(name_of, (quotient_of(*rest),))
        new = list(terms)
        new[free[0]] = (1, Constant(name))
        new[place] = (sign, times(scale, logarithm))
        yield sum_of(new), {name: sum_of([(own_sign, offset), (sign, times(scale, Apply(name_of, (inside,))))])}
        kept = form.own_names(inside)[0]
        base = Constant(kept)
        argument = (
            quotient_of([base, *rest[0]], rest[1]) if any(form.own_names(one) for one in own_above)
            else quotient_of(rest[0], [base, *rest[1]])
        )  # fmt: skip
        raised = over(sum_of([(own_sign * sign, offset)]), scale)
        grown = Apply("exp", (raised,)) if name_of == "log" else Apply("pow", (Number(Fraction(10)), raised))
        all_of_it = times(inside, grown)
        above_bar = any(form.own_names(one) for one in own_above)
        new = [one for i, one in enumerate(terms) if i != free[0]]
        new[place - (free[0] < place)] = (sign, times(scale, Apply(name_of, (argument,))))
        yield sum_of(new), {kept: all_of_it if above_bar else over(ONE, all_of_it)}


def _is_logarithm(expression: Expression) -> bool:
    return isinstance(expression, Apply) and expression.operator in ("log", "log10")


def constant_in_exponential(form: Form, node: Expression) -> Iterator[Change]:
    """``exp(k + x)`` is ``k*exp(x)``."""
    if not (isinstance(node, Apply) and node.operator == "exp" and is_sum(node.arguments[0])):
        return
    terms = terms_of(node.arguments[0])
    own = [one for one in terms if form.is_own(one[1])]
    left = [one for one in terms if one not in own]
    if own and left:
        name = form.own_names(own[0][1])[0]
        yield times(Constant(name), Apply("exp", (sum_of(left),))), {name: Apply("exp", (sum_of(own),))}


def power_in_logarithm(form: Form, node: Expression) -> Iterator[Change]:
    """``log(x**2)`` is ``2*log(x)``, where x is positive, and ``log(exp(x))`` is x."""
    if not (isinstance(node, Apply) and node.operator in ("log", "log10")):
        return
    argument = node.arguments[0]
    if isinstance(argument, Apply) and argument.operator == "exp" and node.operator == "log":
        yield argument.arguments[0], {}
    base, exponent = exponent_of(argument)
    if exponent == MINUS and not form.own_names(base):
        parts = fraction(base)
        if parts[1]:
            return
    if exponent != ONE:
        yield times(exponent, Apply(node.operator, (base,))), {}


def exponentials_of_product(form: Form, node: Expression) -> Iterator[Change]:
    """``1/exp(x)`` is ``exp(-x)``, and ``exp(x)*exp(y)`` is ``exp(x + y)``."""
    if not is_product(node):
        return
    above, below = fraction(node)
    several = [one for one in above if is_exponential(one)]
    if len(several) > 1:
        together = Apply("exp", (sum_of([(1, one.arguments[0]) for one in several]),))  # type: ignore[union-attr]
        yield quotient_of([*(one for one in above if one not in several), together], below), {}
    for place, factor in enumerate(below):
        if is_exponential(factor):
            turned = Apply("exp", (Apply("neg", factor.arguments),))  # type: ignore[union-attr]
            yield quotient_of([*above, turned], [one for i, one in enumerate(below) if i != place]), {}
