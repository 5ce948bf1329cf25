"""Rules by which constants of a law become fewer: what no fit could tell apart is one constant.

``2*k*x`` is ``k*x``, ``u*u**k2`` is ``u**k2`` and ``k1*log(k2*x) + k3`` is ``k1*log(x) + k3``, each with other values.
A rule looks at one node and proposes what it becomes; ``reparametrising`` checks that every value stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symreg.finishing.canonical.factoring import coefficient, fraction, is_product
from symreg.finishing.canonical.merging_functions import (
    constant_in_exponential,
    exponentials_of_product,
    power_in_logarithm,
    scale_in_logarithm,
)
from symreg.finishing.canonical.merging_powers import (
    equal_bases,
    power_of_power,
    power_of_quotient,
    ratio_below,
    root_out,
    scale_of_free_power,
    split_power,
    unit_out_of_power,
)
from symreg.finishing.canonical.merging_sums import (
    constants_of_sum,
    inner_denominators,
    offset_in_sum,
    scale_of_power,
    scale_of_sum,
)
from symreg.finishing.canonical.reparametrising import Change, Form, Rule
from symreg.finishing.tidy import quotient_of
from symreg.formula import Apply, Constant, Expression, Number


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
    ratio_below,
    exponentials_of_product,
    numbers_of_product,
)
