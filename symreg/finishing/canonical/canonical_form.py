"""One form for every law that is shown: the fewest constants, in the places where a textbook has them.

First what no fit can tell apart becomes one constant (``merging``), until no rule finds more. Then scales inside
functions are written as they are read: a decay as ``exp(-t/k)`` with a positive ``k``, a wave as ``sin(k*t)``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

from symreg.finishing.canonical.factoring import coefficient, exponent_of, fraction, is_sum, over, powered, times
from symreg.finishing.canonical.merging import RULES
from symreg.finishing.canonical.reparametrising import Change, Form, Rule, rewritten
from symreg.finishing.tidy import merged_powers, ordered_products, ordered_sums, quotient_of, sum_of, terms_of
from symreg.formula import (
    TRANSCENDENTAL,
    TRIGONOMETRIC,
    Apply,
    Constant,
    Expression,
    Number,
    Variable,
    collected,
    fold,
    normalise,
    walk,
)

MOST_CHANGES = 60  # changes of one law
SHIFTED = frozenset(TRANSCENDENTAL) - TRIGONOMETRIC - {"exp", "log", "log10"} | {"square"}


def canonical_form(form: Form) -> Form:
    """The form as it is shown; values and dimension stay, and no constant is new."""
    return form.by_steps(_by_rules)


def _by_rules(form: Form) -> Form:
    form = rewritten(form, RULES, _tidied, MOST_CHANGES)
    form = rewritten(form, SCALES, _tidied, MOST_CHANGES)
    form = form.with_tree(with_terms_in_order(form.expression, tuple(form.values)))
    return form.with_tree(with_leading_signs(form.expression))


def _tidied(form: Form) -> Form:
    tree = numbers_before_powers(merged_powers(normalise(form.expression)))
    form = form.with_tree(ordered(tree, tuple(form.values)))
    short = collected(form.expression, form.positive)
    if short == form.expression:
        return form
    short = ordered(short, tuple(form.values))
    shorter = _names(short) < _names(form.expression) and _bars(short) <= _bars(form.expression)
    new = form.with_tree(short) if shorter else form
    return new if new.own == form.own else form


def numbers_before_powers(expression: Expression) -> Expression:
    """Numbers in the base of a whole power stand before it: ``4*d**2``, and not ``(2*d)**2``."""

    def rebuild(node: Expression, operands: tuple[Expression, ...]) -> Expression:
        if not isinstance(node, Apply):
            return node
        node = Apply(node.operator, operands)
        base, power = exponent_of(node)
        if not (isinstance(power, Number) and isinstance(power.value, Fraction) and power.value.denominator == 1):
            return node
        above, below = fraction(base)
        top, bottom = _number_of(above), _number_of(below)
        if abs(power.value) < 2 or top is None or bottom is None or abs(top / bottom) == 1:
            return node
        rest = [[one for one in some if not isinstance(one, Number)] for some in (above, below)]
        number = Number((top / bottom) ** int(power.value))
        return Apply("*", (number, powered(quotient_of(*rest), power))) if rest[0] or rest[1] else node

    return fold(expression, rebuild)


def _number_of(factors: Sequence[Expression]) -> Fraction | None:
    """The numbers among factors as one; None where one is no fraction or is zero."""
    product = Fraction(1)
    for one in factors:
        if isinstance(one, Number):
            if not isinstance(one.value, Fraction) or not one.value:
                return None
            product *= one.value
    return product


def _names(expression: Expression) -> int:
    """How many inputs and constants stand in it, each as often as it does."""
    return sum(isinstance(node, Variable | Constant) for node in walk(expression))


def _bars(expression: Expression) -> int:
    """How many fractions there are: one that is not one in another reads better."""
    return sum(isinstance(node, Apply) and node.operator in ("/", "inv") for node in walk(expression))


def ordered(expression: Expression, free: Collection[str]) -> Expression:
    """Products and sums in their usual order; what a sum's terms share joins the product around it."""
    return ordered_products(ordered_sums(ordered_products(expression, free)), free)


def with_terms_in_order(expression: Expression, free: Collection[str] = (), is_below: bool = False) -> Expression:
    """Sums with numbers before what varies, and what is constant behind it: ``1 + x/k``, ``k1*x + k2``.

    Below a bar constants come first, ``k1*x/(k2 + x)``. No sum begins with a minus that need not: ``k1 - x``.
    """
    if not isinstance(expression, Apply):
        return expression
    name = expression.operator
    below = (is_below, name == "/" or (is_below and name != "pow"))
    operands = (
        with_terms_in_order(one, free, name == "inv" or below[place]) for place, one in enumerate(expression.arguments)
    )
    node = Apply(name, tuple(operands))
    if not is_sum(node):
        return node

    def place(term: tuple[int, Expression]) -> int:
        sign, tree = term
        if isinstance(tree, Constant) and tree.name in free:
            return 1 if is_below else 3
        return 0 if isinstance(tree, Number) and sign > 0 else 2

    terms = sorted(terms_of(node), key=place)
    first = next((term for term in terms if term[0] > 0), terms[0])
    return sum_of([first, *(term for term in terms if term is not first)])


def with_leading_signs(expression: Expression) -> Expression:
    """A minus before a product at its first factor: ``-x/k`` instead of ``-(x/k)``."""

    def rebuild(node: Expression, operands: tuple[Expression, ...]) -> Expression:
        if not isinstance(node, Apply):
            return node
        if node.operator == "neg" and isinstance(operands[0], Apply) and operands[0].operator in ("*", "/"):
            return _negative(operands[0])
        return Apply(node.operator, operands)

    return fold(expression, rebuild)


def _negative(expression: Expression) -> Expression:
    """Minus a product, in its first factor."""
    if isinstance(expression, Number):
        return Number(-expression.value)
    if isinstance(expression, Apply) and expression.operator in ("*", "/"):
        return Apply(expression.operator, (_negative(expression.arguments[0]), expression.arguments[1]))
    return Apply("neg", (expression,))


def scale_in_function(form: Form, node: Expression) -> Iterator[Change]:
    """``exp(k*t)`` with a negative ``k`` is ``exp(-t/k)``, and ``sin(t/k)`` is ``sin(k*t)``.

    A scale has the dimension of what it divides; of a pure number there is none, and ``exp(-k*x)`` is shorter.
    """
    if not (isinstance(node, Apply) and node.operator in TRANSCENDENTAL):
        return
    constants, (above, below) = coefficient(form, node.arguments[0])
    factor = quotient_of(*constants)
    names = form.own_names(factor)
    if not names or not (above or below):
        return
    one, sign = Constant(names[0]), form.value(factor)
    size = factor if sign > 0 or node.operator != "exp" else Apply("neg", (factor,))
    if node.operator in TRIGONOMETRIC or not above or form.is_dimensionless(quotient_of(above, below)):
        argument, definition = quotient_of([one, *above], below), size
    else:
        argument, definition = quotient_of(above, [one, *below]), over(Number(Fraction(1)), size)
    if size != factor:
        argument = Apply("neg", (argument,))
    yield Apply(node.operator, (argument,)), {names[0]: definition}


def scale_under_free_power(form: Form, node: Expression) -> Iterator[Change]:
    """``exp(-k1*(t/t_unit)**k2)`` is ``exp(-(t/k1)**k2)``."""
    if not (isinstance(node, Apply) and node.operator == "exp"):
        return
    constants, (above, below) = coefficient(form, node.arguments[0])
    factor = quotient_of(*constants)
    names = form.own_names(factor)
    if not names or below or len(above) != 1:
        return
    base, exponent = exponent_of(above[0])
    if form.is_plain(exponent) or not form.is_own(exponent):
        return
    plain, bare = coefficient(form, base)
    if form.is_dimensionless(quotient_of(*bare)):
        return
    sign = form.value(factor)
    size = factor if sign > 0 else Apply("neg", (factor,))
    root = powered(size, over(Number(Fraction(-1)), exponent))
    power = powered(over(quotient_of(*bare), Constant(names[0])), exponent)
    argument = power if sign > 0 else Apply("neg", (power,))
    yield Apply("exp", (argument,)), {names[0]: times(root, over(Number(Fraction(1)), quotient_of(*plain)))}


def scale_of_pure_power(form: Form, node: Expression) -> Iterator[Change]:
    """``k1*(x/x_unit)**k2`` with a pure number ``k1`` is ``(x/k1)**k2``: no unit is needed."""
    constants, (above, below) = coefficient(form, node)
    factor = quotient_of(*constants)
    names = form.own_names(factor)
    if not names or below or len(above) != 1 or form.value(factor) <= 0:
        return
    base, exponent = exponent_of(above[0])
    plain, bare = coefficient(form, base)
    if not (plain[0] or plain[1]) or form.own_names(base) or not form.is_own(exponent):
        return
    root = powered(factor, over(Number(Fraction(-1)), exponent))
    power = powered(over(quotient_of(*bare), Constant(names[0])), exponent)
    yield power, {names[0]: times(root, over(Number(Fraction(1)), quotient_of(*plain)))}


def width_of_square(form: Form, node: Expression) -> Iterator[Change]:
    """``1 + k1*(x - k2)**2`` is ``1 + ((x - k2)/k1)**2``, and so in an exponential: a width, in the unit of x."""
    if isinstance(node, Apply) and node.operator == "exp":
        terms, rebuilt = terms_of(node.arguments[0]), True
    elif is_sum(node) and any(isinstance(term, Number) for _, term in terms_of(node)):
        terms, rebuilt = terms_of(node), False
    else:
        return
    for place, (sign, term) in enumerate(terms):
        constants, (above, below) = coefficient(form, term)
        factor = quotient_of(*constants)
        names = form.own_names(factor)
        base, exponent = exponent_of(above[0]) if len(above) == 1 and not below else (term, Number(Fraction(1)))
        if not names or not is_sum(base) or exponent != Number(Fraction(2)) or form.is_dimensionless(base):
            continue
        own_sign = sign if form.value(factor) > 0 else -sign
        size = factor if own_sign == sign else Apply("neg", (factor,))
        width = over(Number(Fraction(1)), Apply("sqrt", (size,)))
        new = list(terms)
        new[place] = (own_sign, Apply("square", (over(base, Constant(names[0])),)))
        tree = sum_of(new)
        yield (Apply("exp", (tree,)) if rebuilt else tree), {names[0]: width}


def shift_in_function(form: Form, node: Expression) -> Iterator[Change]:
    """``tanh(k1*x + k2)`` is ``tanh((x - k2)/k1)``, and a square of it is one of ``(x - k2)/k1``."""
    if not (isinstance(node, Apply) and node.operator in SHIFTED):
        return
    terms = terms_of(node.arguments[0])
    offset = [one for one in terms if form.is_own(one[1])]
    left = [one for one in terms if one not in offset]
    if len(terms) != 2 or len(offset) != 1:
        return
    constants, rest = coefficient(form, left[0][1])
    names, bare = form.own_names(quotient_of(*constants)), quotient_of(*rest)
    if len(names) != 1 or form.is_dimensionless(bare) or not isinstance(bare, Variable):
        return
    slope = sum_of([(left[0][0], quotient_of(*constants))])
    place = over(sum_of(offset), slope)
    sign = form.value(place)
    name = form.own_names(offset[0][1])[0]
    moved = sum_of([(1, bare), (1 if sign > 0 else -1, Constant(name))])
    definitions = {name: place if sign > 0 else Apply("neg", (place,)), names[0]: over(Number(Fraction(1)), slope)}
    yield Apply(node.operator, (over(moved, Constant(names[0])),)), definitions


def sign_beside_number(form: Form, node: Expression) -> Iterator[Change]:
    """``1 + k*x`` with a negative ``k`` is ``1 - k*x``."""
    if not is_sum(node):
        return
    terms = terms_of(node)
    if not any(sign > 0 and isinstance(term, Number) for sign, term in terms):
        return
    for place, (sign, term) in enumerate(terms):
        above, below = coefficient(form, term)[0]
        names = [name for one in (*above, *below) for name in form.own_names(one)]
        value = form.value(quotient_of(above, below)) if names else 0.0
        if len(names) == 1 and value < 0:
            new = list(terms)
            new[place] = (-sign, term)
            yield sum_of(new), {names[0]: Apply("neg", (Constant(names[0]),))}


def sign_of_shift(form: Form, node: Expression) -> Iterator[Change]:
    """``x + k`` with a negative ``k`` is ``x - k``, where ``x`` has no constant of its own."""
    if not is_sum(node):
        return
    terms = terms_of(node)
    offset = [place for place, (_, term) in enumerate(terms) if isinstance(term, Constant) and term.name in form.own]
    if len(terms) != 2 or len(offset) != 1 or form.own_names(terms[1 - offset[0]][1]):
        return
    sign, constant = terms[offset[0]]
    if sign * form.value(constant) < 0 < sign and isinstance(constant, Constant):
        new = list(terms)
        new[offset[0]] = (-1, constant)
        yield sum_of(new), {constant.name: Apply("neg", (constant,))}


def sign_before_difference(form: Form, node: Expression) -> Iterator[Change]:
    """``k*(exp(-t) - 1)`` with a negative ``k`` is ``k*(1 - exp(-t))``."""
    if not (isinstance(node, Apply) and node.operator in ("*", "/")):
        return
    constants, (above, below) = coefficient(form, node)
    factor = quotient_of(*constants)
    names = form.own_names(factor)
    if len(names) != 1 or not form.value(factor) < 0:
        return
    for place, part in enumerate(above):
        terms = terms_of(part) if is_sum(part) else []
        if any(sign < 0 and isinstance(term, Number) for sign, term in terms):
            turned = [*above[:place], sum_of([(-sign, term) for sign, term in terms]), *above[place + 1 :]]
            yield times(factor, quotient_of(turned, below)), {names[0]: Apply("neg", (Constant(names[0]),))}


def positive_exponent(form: Form, node: Expression) -> Iterator[Change]:
    """``(x/k1)**k2`` with a negative ``k2`` is ``(k1/x)**k2``."""
    if not (isinstance(node, Apply) and node.operator == "pow" and form.is_own(node.arguments[1])):
        return
    base, exponent = node.arguments
    above, below = fraction(base)
    if isinstance(exponent, Constant) and form.value(exponent) < 0 and form.own_names(base) and below:
        yield powered(quotient_of(below, above), exponent), {exponent.name: Apply("neg", (exponent,))}


SCALES: tuple[Rule, ...] = (
    scale_under_free_power,
    scale_of_pure_power,
    width_of_square,
    scale_in_function,
    shift_in_function,
    sign_beside_number,
    sign_of_shift,
    sign_before_difference,
    positive_exponent,
)
