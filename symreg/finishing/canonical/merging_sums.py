"""Rules for constants of sums and of powers of sums: before them, in their terms and below bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symreg.finishing.canonical.factoring import (
    ONE,
    Parts,
    coefficient,
    exponent_of,
    fraction,
    is_exponential,
    is_product,
    is_sum,
    over,
    powered,
    times,
)
from symreg.finishing.canonical.reparametrising import Change, Form
from symreg.finishing.tidy import quotient_of, sum_of, terms_of
from symreg.formula import Apply, Constant, Expression, Variable, collected, walk


def constants_of_sum(form: Form, node: Expression) -> Iterator[Change]:
    """``k1 + 2 - k2`` is one constant, and so is ``k1 + k2`` in ``k1*x + k2*x``."""
    if not is_sum(node):
        return
    terms = terms_of(node)
    groups: dict[Expression, list[int]] = {}
    for place, (_, term) in enumerate(terms):
        groups.setdefault(quotient_of(*coefficient(form, term)[1]), []).append(place)
    for rest, places in groups.items():
        parts = [(terms[place][0], quotient_of(*coefficient(form, terms[place][1])[0])) for place in places]
        names = [name for _, one in parts for name in form.own_names(one)]
        if len(places) > 1 and names:
            merged = times(Constant(names[0]), rest)
            left = [(1, merged) if place == places[0] else term for place, term in enumerate(terms)
                    if place not in places[1:]]  # fmt: skip
            yield sum_of(left), {names[0]: sum_of(parts)}


def scaled_terms(form: Form, terms: Sequence[tuple[int, Expression]], scale: Expression) -> Change | None:
    """A sum times a constant ``scale``, in the terms' own constants; None where more than ``scale`` would be needed.

    The scale's own constant serves the one term that has none.
    """
    names, new, definitions = form.own_names(scale), [], {}
    without = 0
    for sign, term in terms:
        (above, below), (rest_above, rest_below) = coefficient(form, term)
        own = [name for one in (*above, *below) for name in form.own_names(one)]
        without += not own
        if without > len(names[:1]):
            return None
        name = own[0] if own else names[0]
        definitions[name] = times(quotient_of(above, below), scale)
        new.append((sign, quotient_of([Constant(name), *rest_above], rest_below)))
    return sum_of(new), definitions


def scale_of_sum(form: Form, node: Expression) -> Iterator[Change]:
    """``k1*(x + k2)`` is ``k1*x + k2``; before a sum whose terms all have constants another is not needed."""
    if not is_product(node):
        return
    (above, below), (rest_above, rest_below) = coefficient(form, node)
    scale = quotient_of(above, below)
    if not form.own_names(scale):
        return
    for place, factor in enumerate(rest_above):
        change = scaled_terms(form, terms_of(factor), scale) if is_sum(factor) else None
        if change is not None:
            others = [one for i, one in enumerate(rest_above) if i != place]
            alone = not others and not rest_below
            drops = not set(form.own_names(scale)) & set(change[1])
            if alone or drops:
                yield quotient_of([change[0], *others], rest_below), change[1]


def scale_of_power(form: Form, node: Expression) -> Iterator[Change]:
    """``1/(k1*x + k2)`` is ``k1/(x + k2)``, and so is any power of a sum with a constant before it.

    Of exponentials and a constant, the constant becomes 1: ``k1/(1 + k2*exp(-x))``. Below a bar three terms need no
    constant above: ``1/(k1 + k2*x + k3*y)``.
    """
    (above, below), (rest_above, rest_below) = coefficient(form, node) if is_product(node) else (([], []), ([node], []))
    scale = quotient_of(above, below)
    for is_below, factors in ((False, rest_above), (True, rest_below)):
        for place, factor in enumerate(factors):
            base, exponent = exponent_of(factor)
            if not is_sum(base) or (exponent == ONE and not is_below):
                continue
            others = [one for i, one in enumerate(factors) if i != place]
            if is_below and exponent == ONE and len(factors) == 1 and not rest_above and form.own_names(scale):
                change = scaled_terms(form, terms_of(base), over(ONE, scale)) if len(terms_of(base)) > 2 else None
                if change is not None and not set(form.own_names(scale)) & set(change[1]):
                    yield Apply("inv", (change[0],)), change[1]
            beside = quotient_of([*rest_above, ONE], [])
            for changed, definitions, lead in _led(form, terms_of(base), beside):
                power = powered(changed, exponent)
                outside = powered(lead, exponent)
                name = (*form.own_names(scale), *form.own_names(lead))[0]
                alone = len(terms_of(base)) > 2 and not rest_above
                if not form.own_names(scale) and (exponent != ONE or not is_below or alone):
                    continue
                total = over(scale, outside) if is_below else times(scale, outside)
                new = [*others, power]
                tree = (
                    quotient_of([Constant(name), *rest_above], new) if is_below
                    else quotient_of([Constant(name), *new], rest_below)
                )  # fmt: skip
                yield tree, {**definitions, name: total}


def _led(
    form: Form, terms: Sequence[tuple[int, Expression]], beside: Expression
) -> Iterator[tuple[Expression, dict[str, Expression], Expression]]:
    """A sum over the constant of one of its terms: the sum, what its constants are, and the constant taken out.

    The term is one that stands ``beside`` the sum too, where there is one.
    """
    parts = [coefficient(form, term) for _, term in terms]
    owns = [any(form.own_names(one) for one in (*constants[0], *constants[1])) for constants, _ in parts]
    exponential = [any(_grows(form, one) for one in (*rest[0], *rest[1])) for _, rest in parts]
    constant = [not (rest[0] or rest[1]) for _, rest in parts]
    grows = any(constant) and all(one or other for one, other in zip(exponential, constant, strict=True))
    known = [not constant[i] and quotient_of(*rest) in walk(beside) for i, (_, rest) in enumerate(parts)]

    def rank(place: int) -> tuple[bool, bool, bool, int]:
        return constant[place] != grows, not known[place], exponential[place], place

    order = sorted(range(len(terms)), key=rank)
    for place in order:
        lacking = [i for i, own in enumerate(owns) if not own]
        if not owns[place] or (lacking and not (len(lacking) == 1 and _may_lead(parts, place, lacking[0], grows))):
            continue
        lead = quotient_of(*parts[place][0])
        sign = terms[place][0]
        if lacking and not grows and form.value(lead) * sign < 0:
            continue
        if form.value(lead) * sign < 0 and not grows:
            lead = Apply("neg", (lead,))
        definitions: dict[str, Expression] = {}
        new = []
        for i, ((own_sign, _), (constants, rest)) in enumerate(zip(terms, parts, strict=True)):
            if i == place:
                value = form.value(quotient_of(*constants)) / form.value(lead)
                new.append((own_sign if value > 0 else -own_sign, quotient_of(*rest)))
                continue
            names = [name for one in (*constants[0], *constants[1]) for name in form.own_names(one)]
            name = names[0] if names else form.own_names(lead)[0]
            definitions[name] = over(quotient_of(*constants), lead)
            new.append((own_sign, quotient_of([Constant(name), *rest[0]], rest[1])))
        yield sum_of(new), definitions, lead
        return


def _may_lead(parts: Sequence[tuple[Parts, Parts]], place: int, other: int, grows: bool) -> bool:
    """Whether a term's constant is taken out of a sum of which another term has none.

    The constant beside exponentials is; of ``1 + x/k`` the scale of an input.
    """
    rest, others = parts[place][1], parts[other][1]
    if grows:
        return not (rest[0] or rest[1])
    plain = all(isinstance(one, Variable) for one in rest[0]) and bool(rest[0]) and not rest[1]
    return len(parts) == 2 and plain and not (others[0] or others[1])


def _grows(form: Form, expression: Expression) -> bool:
    """Whether a factor is an exponential or has a fitted exponent: a scale before it is one of its own."""
    return is_exponential(expression) or bool(form.own_names(exponent_of(expression)[1]))


def inner_denominators(form: Form, node: Expression) -> Iterator[Change]:
    """``k1/(1 + k2/x)`` is ``k1*x/(x + k2)``: one fraction where a fitted constant stands in the inner one."""
    if not (isinstance(node, Apply) and node.operator in ("*", "/", "inv")):
        return
    above, below = fraction(node)
    for place, factor in enumerate(below):
        if not is_sum(factor) or not form.own_names(factor):
            continue
        terms = terms_of(factor)
        inner = [coefficient(form, term)[1][1] for _, term in terms]
        first = next((one for one in inner if one), [])
        if not first or any(one and one != first for one in inner):
            continue
        cleared = [(sign, collected(times(term, *first), ())) for sign, term in terms]
        others = [one for i, one in enumerate(below) if i != place]
        yield quotient_of([*above, *first], [*others, sum_of(cleared)]), {}


def offset_in_sum(form: Form, node: Expression) -> Iterator[Change]:
    """``k1*(1 + c) + k3`` is ``k1*c + k3``."""
    if not is_sum(node):
        return
    terms = terms_of(node)
    free = [place for place, (_, term) in enumerate(terms) if form.is_own(term)]
    for place, (sign, term) in enumerate(terms):
        constants, (above, below) = coefficient(form, term)
        if not free or place in free or below or len(above) != 1 or not is_sum(above[0]):
            continue
        inner = terms_of(above[0])
        fixed = [one for one in inner if form.is_plain(one[1]) or form.is_own(one[1])]
        left = [one for one in inner if one not in fixed]
        if not fixed or not left:
            continue
        scale = quotient_of(*constants)
        own_sign, offset = terms[free[0]]
        name = form.own_names(offset)[0]
        moved = [(own_sign, offset), (sign, times(scale, sum_of(fixed)))]
        new = list(terms)
        new[free[0]] = (1, Constant(name))
        new[place] = (sign, times(scale, sum_of(left)))
        yield sum_of(new), {name: sum_of(moved)}
