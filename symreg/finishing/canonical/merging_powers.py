"""Rules for constants of powers: equal bases, powers of powers, scales and units in bases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symreg.finishing.canonical.factoring import (
    MINUS,
    ONE,
    coefficient,
    exponent_of,
    fraction,
    is_product,
    is_sum,
    over,
    powered,
    times,
)
from symreg.finishing.canonical.reparametrising import Change, Form
from symreg.finishing.tidy import product_of, quotient_of, sum_of, terms_of
from symreg.formula import Apply, Constant, Expression, Number, Variable, walk


def equal_bases(form: Form, node: Expression) -> Iterator[Change]:
    """``u*u**k`` is ``u**k``; an input over its unit is the same base, and the unit joins the other constants."""
    if not is_product(node):
        return
    above, below = fraction(node)
    factors = [(one, ONE, *exponent_of(one)) for one in above]
    factors += [(one, MINUS, *exponent_of(one)) for one in below]
    for i, (_, sign, base, exponent) in enumerate(factors):
        for j, (_, other_sign, other_base, other) in enumerate(factors):
            if i == j or form.is_plain(exponent) or _bare(form, base) != _bare(form, other_base):
                continue
            total = sum_of([(1, exponent), (1 if other_sign == sign else -1, other)])
            places = {i, j}
            rest_above = [one for k, (one, s, *_) in enumerate(factors) if k not in places and s == ONE]
            rest_below = [one for k, (one, s, *_) in enumerate(factors) if k not in places and s == MINUS]
            power = times(other, ONE if other_sign == sign else MINUS)
            unit = ONE if base == other_base else powered(_unit_ratio(other_base, base), power)
            joined = [one for one in (unit, powered(base, total)) if one != ONE]
            parts = ([*joined, *rest_above], rest_below) if sign == ONE else (rest_above, [*joined, *rest_below])
            yield quotient_of(*parts), {}


def _bare(form: Form, base: Expression) -> Expression:
    """The base without units under it."""
    above, below = fraction(base)
    return quotient_of(above, [one for one in below if not (isinstance(one, Constant) and form.is_plain(one))])


def _unit_ratio(first: Expression, second: Expression) -> Expression:
    """``first/second`` of two that differ by units alone, written in these."""
    below, other_below = fraction(first)[1], fraction(second)[1]
    units = [one for one in other_below if one not in below]
    own = [one for one in below if one not in other_below]
    return quotient_of(units, own)


def power_of_power(form: Form, node: Expression) -> Iterator[Change]:
    """``(x**2)**k`` is ``x**k``, where x is positive, and ``exp(x)**k`` is ``exp(k*x)``."""
    if not isinstance(node, Apply):
        return
    base, exponent = exponent_of(node)
    if exponent == ONE or not isinstance(base, Apply):
        return
    if base.operator == "exp":
        yield Apply("exp", (times(exponent, base.arguments[0]),)), {}
        return
    inner, power = exponent_of(base)
    if power != ONE and not (form.is_plain(power) and form.is_plain(exponent)):
        yield powered(inner, times(power, exponent)), {}


def scale_of_free_power(form: Form, node: Expression) -> Iterator[Change]:
    """``(k1*x)**2`` is ``k1*x**2``, and so is a free power.

    Of an input with a unit ``k1*(x/k2)**k3`` is ``k1*(x/x_unit)**k3``.
    """
    (above, below), (rest_above, rest_below) = coefficient(form, node) if is_product(node) else (([], []), ([node], []))
    scale = quotient_of(above, below)
    for is_below, factors in ((False, rest_above), (True, rest_below)):
        for place, factor in enumerate(factors):
            base, exponent = exponent_of(factor)
            constants, rest = coefficient(form, base)
            group, bare = quotient_of(*constants), quotient_of(*rest)
            if not form.own_names(group) or not (rest[0] or rest[1]) or exponent == ONE:
                continue
            unit = _unit_of(form, bare)
            has_dimension = not (form.is_plain(exponent) or form.is_dimensionless(bare))
            if has_dimension and (unit is None or not form.own_names(scale)):
                continue
            divided = over(bare, unit) if has_dimension and unit is not None else bare
            outside = powered(times(group, unit) if has_dimension and unit is not None else group, exponent)
            name = (*form.own_names(scale), *form.own_names(group))[0]
            new = [powered(divided, exponent) if i == place else one for i, one in enumerate(factors)]
            total = over(scale, outside) if is_below else times(scale, outside)
            tree = (
                quotient_of([Constant(name), *rest_above], new) if is_below
                else quotient_of([Constant(name), *new], rest_below)
            )  # fmt: skip
            yield tree, {name: total}


def _unit_of(form: Form, expression: Expression) -> Expression | None:
    """The unit of a power-free product of inputs, in the constants that stand for theirs."""
    above, below = fraction(expression)
    names = [one.name for one in (*above, *below) if isinstance(one, Variable)]
    if len(names) != len(above) + len(below):
        return None
    units = form.around.units
    lists = [[Constant(units[one.name]) for one in part if isinstance(one, Variable) and one.name in units]
             for part in (above, below)]  # fmt: skip
    return quotient_of(list(lists[0]), list(lists[1]))


def root_out(form: Form, node: Expression) -> Iterator[Change]:
    """``c**3*m/sqrt(c**2 - v**2)`` is ``c**2*m/sqrt(1 - v**2/c**2)``, and ``c*f/(c - v)`` is ``f/(1 - v/c)``.

    What has a dimension stands before the group of those that have none together.
    """
    if not is_product(node):
        return
    above, below = fraction(node)
    signed = [(one, 1) for one in above] + [(one, -1) for one in below]
    for i, (factor, sign) in enumerate(signed):
        total, power = exponent_of(factor)
        if not is_sum(total) or not isinstance(power, Number):
            continue
        terms = terms_of(total)
        for j, (other, other_sign) in enumerate(signed):
            base, outer = exponent_of(other)
            lead = next((one for one in terms if exponent_of(one[1])[0] == base and one[0] > 0), None)
            if i == j or lead is None or not isinstance(outer, Number) or isinstance(base, Number):
                continue
            whole = Fraction(power.value).denominator == 1
            factors = [one for k, (one, _) in enumerate(signed) if k != i]
            if whole and (form.own_names(total) or _is_saturation(terms, factors)):
                continue
            inner = exponent_of(lead[1])[1]
            if not isinstance(inner, Number):
                continue
            left = Fraction(outer.value) * other_sign + Fraction(inner.value) * Fraction(power.value) * sign
            if abs(left) >= abs(Fraction(outer.value)) or (whole and left) or form.is_dimensionless(base):
                continue
            over_lead = [(own, over(one, lead[1]) if (own, one) != lead else ONE) for own, one in terms]
            new = [one for k, one in enumerate(signed) if k not in (i, j)]
            new.append((powered(sum_of(over_lead), power), sign))
            if left:
                new.append((powered(base, Number(abs(left))), 1 if left > 0 else -1))
            yield quotient_of([one for one, s in new if s > 0], [one for one, s in new if s < 0]), {}


def _is_saturation(terms: Sequence[tuple[int, Expression]], factors: Sequence[Expression]) -> bool:
    """Whether a sum is that of ``x*y/(x + y)``, all of whose terms are factors, or of ``x/(x + c)``."""
    return all(term in factors or not any(isinstance(node, Variable) for node in walk(term)) for _, term in terms)


def split_power(form: Form, node: Expression) -> Iterator[Change]:
    """``(d/u)**k1*u**k2`` is ``d**k1*u**k2``."""
    if not is_product(node):
        return
    above, below = fraction(node)
    signed = [(one, 1) for one in above] + [(one, -1) for one in below]
    for i, (factor, sign) in enumerate(signed):
        base, exponent = exponent_of(factor)
        parts = fraction(base)
        if len(parts[0]) + len(parts[1]) < 2 or form.is_plain(exponent):
            continue
        for j, (other, other_sign) in enumerate(signed):
            other_base, power = exponent_of(other)
            if i == j or not form.is_own(power):
                continue
            for inside, own_sign in ((parts[0], 1), (parts[1], -1)):
                if other_base not in inside:
                    continue
                left = [one for one in inside if one != other_base]
                rest = quotient_of(left, parts[1]) if own_sign == 1 else quotient_of(parts[0], left)
                name = form.own_names(power)[0]
                joined = sum_of([(1, power), (sign * own_sign * other_sign, exponent)])
                new = [
                    (powered(rest, exponent), s) if k == i else (powered(other_base, Constant(name)), s) if k == j
                    else (one, s) for k, (one, s) in enumerate(signed)
                ]  # fmt: skip
                yield (
                    quotient_of([one for one, s in new if s == 1], [one for one, s in new if s == -1]),
                    {name: joined},
                )


def unit_out_of_power(form: Form, node: Expression) -> Iterator[Change]:
    """``k*(x/x_unit)**2`` is ``k*x**2``: to a power that is a number an input needs no unit under it."""
    if not is_product(node):
        return
    above, below = fraction(node)
    free = next((one for one in (*above, *below) if isinstance(one, Constant) and one.name in form.own), None)
    if free is None:
        return
    signed = [(one, 1) for one in above] + [(one, -1) for one in below]
    for place, (factor, sign) in enumerate(signed):
        base, exponent = exponent_of(factor)
        if not isinstance(exponent, Number) or exponent == ONE:
            continue
        inner_above, inner_below = fraction(base)
        units = [one for one in inner_below if isinstance(one, Constant) and form.is_plain(one) and one.name != "pi"]
        if not units or not inner_above:
            continue
        bare = quotient_of(inner_above, [one for one in inner_below if one not in units])
        new = [(powered(bare, exponent), sign) if i == place else one for i, one in enumerate(signed)]
        scale = powered(product_of(units), exponent)
        tree = quotient_of([one for one, s in new if s > 0], [one for one, s in new if s < 0])
        beside = sign == (1 if free in above else -1)
        yield tree, {free.name: over(free, scale) if beside else times(free, scale)}


def power_of_quotient(form: Form, node: Expression) -> Iterator[Change]:
    """``(x - y)**2/(x + y)**2`` is ``((x - y)/(x + y))**2``."""
    if not is_product(node):
        return
    above, below = fraction(node)
    for i, first in enumerate(above):
        for j, second in enumerate(below):
            (base, power), (under, other) = exponent_of(first), exponent_of(second)
            if power == other != ONE and is_sum(base) and is_sum(under):
                rest = [one for k, one in enumerate(above) if k != i], [one for k, one in enumerate(below) if k != j]
                yield quotient_of([*rest[0], powered(over(base, under), power)], rest[1]), {}


def ratio_below(form: Form, node: Expression) -> Iterator[Change]:
    """``x/sqrt(a/b)`` is ``x*sqrt(b/a)``: a ratio below the bar is one too many."""
    if not is_product(node):
        return
    above, below = fraction(node)
    for place, factor in enumerate(below):
        base, exponent = exponent_of(factor)
        over_ratio, under_ratio = fraction(base)
        if exponent != ONE and over_ratio and under_ratio:
            turned = powered(quotient_of(under_ratio, over_ratio), exponent)
            yield quotient_of([*above, turned], [*below[:place], *below[place + 1 :]]), {}
