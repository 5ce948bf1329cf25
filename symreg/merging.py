"""Rules by which constants of a law become fewer: what no fit could tell apart is one constant.

``2*k*x`` is ``k*x``, ``u*u**k2`` is ``u**k2`` and ``k1*log(k2*x) + k3`` is ``k1*log(x) + k3``, each with other values.
A rule looks at one node and proposes what it becomes; ``reparametrising`` checks that every value stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symreg.expression import Apply, Constant, Expression, Number, Variable, walk
from symreg.reparametrising import Change, Form, Rule
from symreg.search.collecting import collected
from symreg.tidy import fraction_of, power_of, product_of, quotient_of, sum_of, terms_of

ONE, MINUS = Number(Fraction(1)), Number(Fraction(-1))
Parts = tuple[list[Expression], list[Expression]]  # above and below the bar


def fraction(expression: Expression) -> Parts:
    """Factors above and below the bar; a minus is a factor -1."""
    above, below = fraction_of(expression)
    plain: list[Expression] = []
    for factor in above:
        if isinstance(factor, Apply) and factor.operator == "neg":
            inner, under = fraction(factor.arguments[0])
            plain += [MINUS, *inner]
            below = [*below, *under]
        else:
            plain.append(factor)
    return plain, below


def coefficient(form: Form, expression: Expression) -> tuple[Parts, Parts]:
    """A product's constants that can be one, with the numbers beside them, and the rest of it."""
    above, below = fraction(expression)

    def fits(one: Expression) -> bool:
        return form.is_plain(one) or form.is_own(one)

    constants = [one for one in above if fits(one)], [one for one in below if fits(one)]
    return constants, ([one for one in above if not fits(one)], [one for one in below if not fits(one)])


def is_product(expression: Expression) -> bool:
    """Whether the root is a factor beside another, a quotient or a minus."""
    return isinstance(expression, Apply) and expression.operator in ("*", "/", "neg", "inv")


def is_sum(expression: Expression) -> bool:
    """Whether the root adds or subtracts."""
    return isinstance(expression, Apply) and expression.operator in ("+", "-")


def exponent_of(expression: Expression) -> tuple[Expression, Expression]:
    """A power's base and exponent; of all else, itself and 1."""
    power = power_of(expression)
    if isinstance(expression, Apply) and power is not None:
        return expression.arguments[0], Number(power)
    if isinstance(expression, Apply) and expression.operator == "pow":
        return expression.arguments[0], expression.arguments[1]
    return expression, ONE


def powered(base: Expression, exponent: Expression) -> Expression:
    """The base to this power."""
    return base if exponent == ONE else Apply("pow", (base, exponent))


def times(*factors: Expression) -> Expression:
    """The product of factors, without ones."""
    return product_of([one for one in factors if one != ONE])


def over(first: Expression, second: Expression) -> Expression:
    """The quotient."""
    return Apply("/", (first, second))


def constant_part(form: Form, node: Expression) -> Iterator[Change]:
    """``exp(k)``, ``2*k`` and ``sqrt(k)/3`` are a constant."""
    if isinstance(node, Apply) and form.is_own(node):
        name = form.own_names(node)[0]
        yield Constant(name), {name: node}


def constants_of_product(form: Form, node: Expression) -> Iterator[Change]:
    """``k1*x/(2*k2)`` has one constant; it stands below the bar where no constant stood above."""
    if not is_product(node):
        return
    (above, below), (rest_above, rest_below) = coefficient(form, node)
    names = [name for one in (*above, *below) for name in form.own_names(one)]
    if not names or len(above) + len(below) < 2:
        return
    one = Constant(names[0])
    if rest_above and not any(form.own_names(part) for part in above):
        yield quotient_of(rest_above, [one, *rest_below]), {names[0]: quotient_of(below, above)}
    else:
        yield quotient_of([one, *rest_above], rest_below), {names[0]: quotient_of(above, below)}


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
    return _is_exponential(expression) or bool(form.own_names(exponent_of(expression)[1]))


def _is_exponential(expression: Expression) -> bool:
    return isinstance(expression, Apply) and expression.operator == "exp"


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
    several = [one for one in above if _is_exponential(one)]
    if len(several) > 1:
        together = Apply("exp", (sum_of([(1, one.arguments[0]) for one in several]),))  # type: ignore[union-attr]
        yield quotient_of([*(one for one in above if one not in several), together], below), {}
    for place, factor in enumerate(below):
        if _is_exponential(factor):
            turned = Apply("exp", (Apply("neg", factor.arguments),))  # type: ignore[union-attr]
            yield quotient_of([*above, turned], [one for i, one in enumerate(below) if i != place]), {}


def numbers_of_product(form: Form, node: Expression) -> Iterator[Change]:
    """``V*p/(2/3)`` is ``3*V*p/2``, and ``-1*v`` is ``-v``."""
    if not is_product(node):
        return
    above, below = fraction(node)
    numbers = [[one for one in part if isinstance(one, Number) and isinstance(one.value, Fraction)]
               for part in (above, below)]  # fmt: skip
    if not any(one.value for one in numbers[1]) and numbers[1]:
        return
    total = Fraction(1)
    for one in numbers[0]:
        total *= Fraction(one.value)
    for one in numbers[1]:
        total /= Fraction(one.value)
    rest = [[one for one in part if one not in own] for part, own in zip((above, below), numbers, strict=True)]
    if not (rest[0] or rest[1]) or not total:
        return
    size = abs(total)
    top = [Number(Fraction(size.numerator))] if size.numerator != 1 else []
    bottom = [Number(Fraction(size.denominator))] if size.denominator != 1 else []
    tree = quotient_of([*top, *rest[0]], [*bottom, *rest[1]])
    yield (Apply("neg", (tree,)) if total < 0 else tree), {}


RULES: tuple[Rule, ...] = (
    constant_part,
    constants_of_product,
    constants_of_sum,
    equal_bases,
    power_of_power,
    split_power,
    unit_out_of_power,
    scale_of_free_power,
    scale_of_sum,
    inner_denominators,
    scale_of_power,
    offset_in_sum,
    scale_in_logarithm,
    constant_in_exponential,
    power_in_logarithm,
    root_out,
    power_of_quotient,
    exponentials_of_product,
    numbers_of_product,
)
