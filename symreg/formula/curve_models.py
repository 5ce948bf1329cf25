"""Curves that have a name: what it takes to say that a law has one of these forms.

Every program that fits curves offers a list of them, and people choose from it: a law is a power law, a decay with an
offset, a saturation. Such a form is said by its name, not operator by operator. The list holds what several of them
offer (lmfit 1.3 "Built-in Fitting Models"; OriginLab "Curve fitting functions"; GraphPad "Equations"; the models of
NIST's "Statistical Reference Datasets: Nonlinear Regression"), with three classes of likelihood.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from symreg.formula.bits import exponent_bits, number_bits
from symreg.formula.curve_form import ANY, EXP, FREE, INPUT, NUMBER, SUM, CurveForm, Factors, form_of
from symreg.formula.expression import Apply, Constant, Expression, Variable, walk
from symreg.formula.grammar import parse

Powers: TypeAlias = tuple[tuple[str, Fraction], ...]
"""A product of powers of inputs: their names, and the powers."""

BY_NAME_BITS = 1.0
"""To say that a form is said by its name: as likely as by any of the other ways."""

LINE_BITS = 3.0
"""A quarter of all curves with a name is a line, through the origin or not."""

LINES = ("a*x", "a + b*x")

COMMON_BITS = 5.0
"""Three of eight are one of these twelve."""

COMMON = (
    "a/x", "a*x**2", "a*x**n", "a + b*x**n", "a + b*x + c*x**2", "a*x + b*x**2", "a + b*x**2", "a + b/x", "a*x/(b + x)",
    "a*exp(b*x)", "a + b*exp(c*x)", "a + b*log(x)",
)  # fmt: skip

RARER_BITS = 7.0
"""Three of eight are one of these forty-eight at most. A constant takes three bits and more: a form that is common is
not preferred to the same with one constant less because that one is rarer."""

RARER = (
    # powers, polynomials, hyperbolas
    "a*(x + b)**n", "a + b*x + c*x**2 + d*x**3", "a + b*x + c/x", "a/(x + b)", "a + b/(x + c)",
    "(a + b*x)/(c + d*x)", "a*x/(b + x) + c*x", "a + b*sqrt(x)", "a + b/x**2", "a + b/x**2 + c/x**4",
    "a/x**12 - b/x**6", "sqrt(a + b*x)", "(a + b*x)**2", "a*x/(1 + b*x + c*x**2)",
    # exponentials and logarithms
    "a*(1 - exp(b*x))", "a*exp(b/x)", "a + b*exp(c*x) + d*exp(e*x)", "a*exp(b*x) + c*exp(d*x)", "a*exp(b/(x + c))",
    "a/(exp(b*x) - 1)", "a*x**n*exp(b*x)", "a*x**n*exp(b/x)", "a*exp(b*x**n)", "a + b*exp(c*x**n)",
    "a*(1 - exp(b*x**n))", "a*log(b + x)", "a*log(1 + b*x)", "a + b*log(x + c)", "a + b*log(x) + c*x",
    "1/(a + b*log(x) + c*log(x)**3)", "a*exp(b*exp(c*x))", "a + b*x + c*exp(d*x)",
    # steps, saturations and peaks
    "a/(1 + exp(b*x + c))", "d + a/(1 + exp(b*x + c))", "a*x**n/(b + x**n)", "a/(1 + b*x**n)", "d + a/(1 + b*x**n)",
    "a*tanh(b*x)", "a*atan(b*x)", "a*exp(b*(x + c)**2)", "d + a*exp(b*(x + c)**2)", "a/(1 + b*(x + c)**2)",
    "d + a/(1 + b*(x + c)**2)", "a*(1 - exp(b*(x + c)))**2",
    # waves
    "a*sin(b*x)", "a*sin(b*x + c)", "d + a*sin(b*x + c)", "a*exp(b*x)*sin(c*x + d)",
)  # fmt: skip

CLASSES = {LINE_BITS: LINES, COMMON_BITS: COMMON, RARER_BITS: RARER}

SIMPLE_POWERS = frozenset(
    sign * Fraction(above, below) for sign in (1, -1) for above in (1, 2, 3, 4) for below in (1, 2, 3)
    if (above, below) not in ((4, 3), (2, 2), (4, 2), (3, 3))
)
"""Exponents that people write where a curve has one: ``x**14`` is no power law with a simple exponent."""

MOST_OCCURRENCES = 5
"""Of an input in a curve with a name; in a line or a power law each of several inputs occurs once."""

SIMPLE_BASES = frozenset({Fraction(2), Fraction(10)})

SIMPLE_POWER_BITS = 1.0
"""To say that an exponent of a curve is a simple number, and not fitted: one in two is."""


def name_bits_of(
    expression: Expression,
    constants: Collection[str],
    n_inputs: int,
    *,
    ones: Collection[str] = (),
    numbers: Collection[Expression] = (),
) -> float | None:
    """Bits to say a form by its name and its input, out of ``n_inputs``; None where it has no name.

    ``constants`` are the fitted ones, and ``numbers`` the subtrees that stand for simple numbers in their places: both
    are paid for elsewhere. Constants called ``ones`` are one.
    """
    return _name_bits(expression, tuple(constants), n_inputs, tuple(ones), tuple(numbers))


@lru_cache(maxsize=4_096)  # a search asks for a formula again when it ranks it beside others
def _name_bits(
    expression: Expression,
    constants: tuple[str, ...],
    n_inputs: int,
    ones: tuple[str, ...],
    numbers: tuple[Expression, ...],
) -> float | None:
    nodes = list(walk(expression))
    leaves = [node.name for node in nodes if isinstance(node, Variable)]
    inputs = set(leaves)
    most = max(map(leaves.count, inputs), default=0)
    if not 0 < most <= MOST_OCCURRENCES or any(_hides(node, numbers) for node in nodes):
        return None
    free = {Constant(name) for name in constants} | set(numbers)
    form = form_of(expression, free, ones)
    if len(inputs) > 1:
        n_constants = len(free.intersection(nodes))
        alone = _bits_of_several(form, len(inputs), n_constants) if most == 1 else None
        ways = (alone, _bits_of_product(form, sorted(inputs)))
        bits, which = min((one for one in ways if one is not None), default=None), float(n_inputs)
    else:
        bits, which = _bits_of_one(_renamed(form.key, next(iter(inputs)))), math.log2(max(n_inputs, 1))
    return None if bits is None else BY_NAME_BITS + bits + which


def _hides(node: Expression, numbers: Collection[Expression]) -> bool:
    """Whether a number is a part of a constant: ``x*(1 + exp(pi/9))`` says more of its factor than its value."""
    if node in numbers or not isinstance(node, Apply) or not any(one in numbers for one in node.arguments):
        return False
    return not any(isinstance(one, Variable) for one in walk(node))


@lru_cache(maxsize=4_096)
def _bits_of_one(key: object) -> float | None:
    """Bits of a curve in ``x``: as it stands, or with powers and bases that are written where others are fitted."""
    readings = ((_book().get(one), written) for one, written in _readings(key))
    return min((bits + written for bits, written in readings if bits is not None), default=None)


def _written_bits(number: Fraction | float) -> float:
    return SIMPLE_POWER_BITS + exponent_bits(number)


@lru_cache(maxsize=1)
def _book() -> dict[object, float]:
    found: dict[object, float] = {}
    for text, bits in ((text, bits) for bits, texts in CLASSES.items() for text in texts):
        tree = parse(text, variables=("x",), constants=("a", "b", "c", "d", "e", "n"))
        free = {node for node in walk(tree) if isinstance(node, Constant)}
        found.setdefault(form_of(tree, free).key, bits)
    return found


def _bits_of_several(form: CurveForm, n_inputs: int, n_constants: int) -> float | None:
    """Bits of a line or a power law in several inputs, each with an exponent or a coefficient of its own."""
    if not form.is_scaled:
        return None
    if len(form.factors) == n_inputs and all(base[0] == INPUT for base, _ in form.factors):
        powers = [power for _, power in form.factors if isinstance(power, Fraction)]
        if n_inputs - len(powers) + 1 != n_constants or not set(powers) <= SIMPLE_POWERS:
            return None
        return COMMON_BITS + n_inputs * SIMPLE_POWER_BITS + sum(map(exponent_bits, powers))
    (base, power), *others = form.factors
    if others or power != 1 or base[0] not in (SUM, FREE):
        return None
    terms: list[tuple[bool, Factors]] = list(base[1:])  # type: ignore[arg-type]
    held = [factors for _, factors in terms if factors]
    if base[0] == FREE and len(terms) == 2 and len(held) == 1 and held[0][0][0][0] == SUM:  # and an offset
        return _bits_of_several(CurveForm(True, held[0]), n_inputs, n_constants - 1)
    if base[0] == FREE:
        is_line = len(held) == n_inputs and all(map(_is_input, held)) and n_constants == len(terms)
        return COMMON_BITS if is_line else None
    written = [_coefficient(factors) for is_scaled, factors in terms if not is_scaled]
    scaled = [factors for is_scaled, factors in terms if is_scaled and factors]
    if len(held) != n_inputs or None in written or not all(map(_is_input, scaled)):
        return None
    if n_constants != len(terms) - len(written) + 1:
        return None
    return COMMON_BITS + sum(SIMPLE_POWER_BITS + number_bits(one or Fraction(1)) for one in written[1:])


def _bits_of_product(form: CurveForm, inputs: Sequence[str]) -> float | None:
    """Bits of a curve in a product of powers of the inputs, times another such product: Planck's ``x**3*f(x/y)``.

    Dimensions make most curves of several inputs such ones (Buckingham 1914). The powers in both products are said, and
    a power of the curve's own that is written is said by them.
    """
    curve = tuple(one for one in form.factors if one[0][0] != INPUT)
    inside = _products_in(curve)
    if not form.is_scaled or not inside or _has_fitted_power(form.factors):
        return None
    before = dict(_input_powers(form.factors))
    one = min(inside, key=lambda powers: (sum(abs(power) for _, power in powers), repr(powers)))
    renamed = _of_product((True, curve), one)
    bits = None if renamed is None else _bits_of_one(renamed)
    if bits is None:
        return None
    powers = [of.get(name, Fraction(0)) for of in (before, dict(one)) for name in inputs]
    return bits + len(powers) + sum(exponent_bits(power) for power in powers if power)


def _products_in(key: object) -> set[Powers]:
    """The products of powers of inputs that are factors of some term in it."""
    if not isinstance(key, tuple):
        return set()
    own = _input_powers(key)
    return set.union({own} if own else set(), *(_products_in(one) for one in key))


def _input_powers(key: tuple[object, ...]) -> Powers:
    """The inputs among factors, with their powers; nothing where it is no list of factors."""
    pairs = (one for one in key if isinstance(one, tuple) and len(one) == 2)
    return tuple((base[1], power) for base, power in pairs if isinstance(base, tuple) and base[:1] == (INPUT,))


def _has_fitted_power(key: object) -> bool:
    """Whether an input stands in it with an exponent that is a constant."""
    if not isinstance(key, tuple):
        return False
    return (len(key) == 2 and key[1] == ANY and key[0][:1] == (INPUT,)) or any(map(_has_fitted_power, key))


def _of_product(key: object, one: Powers) -> object | None:
    """The key with powers of one product of inputs as powers of ``x``; None where other products occur."""
    if not isinstance(key, tuple):
        return key
    own = _input_powers(key)
    kept = tuple(part for part in key if not (own and isinstance(part, tuple) and part[0][:1] == (INPUT,)))
    parts = [_of_product(part, one) for part in kept]
    if None in parts:
        return None
    if own:
        ratio = _ratio(own, one)
        if ratio is None:
            return None
        parts = sorted([*parts, ((INPUT, "x"), ratio)], key=repr)
    return tuple(parts)


def _ratio(powers: Powers, one: Powers) -> Fraction | None:
    """The power of one product that another is; None where it is none."""
    mine, others = dict(powers), dict(one)
    if mine.keys() != others.keys():
        return None
    ratios = {mine[name] / others[name] for name in others}
    return ratios.pop() if len(ratios) == 1 else None


def _coefficient(factors: Factors) -> Fraction | float | None:
    """The number that is written before an input; None where there is something else."""
    numbers = [base[1] for base, power in factors if base[0] == NUMBER and power == 1]
    rest = tuple(one for one in factors if one[0][0] != NUMBER)
    if len(numbers) > 1 or not _is_input(rest):
        return None
    return numbers[0] if numbers else Fraction(1)  # type: ignore[return-value]


def _is_input(factors: Factors) -> bool:
    return len(factors) == 1 and factors[0][0][0] == INPUT and factors[0][1] == 1


def _renamed(key: object, name: str) -> object:
    """The key with the input called ``x``."""
    if not isinstance(key, tuple):
        return key
    if key == (INPUT, name):
        return (INPUT, "x")
    return tuple(_renamed(one, name) for one in key)


def _readings(key: object) -> Iterator[tuple[object, float]]:
    """The key with some of the simple powers of the input, and simple numbers raised to it, taken for constants.

    And the bits that say these.
    """
    if not isinstance(key, tuple):
        yield key, 0.0
        return
    if len(key) == 2 and key[0] == (INPUT, "x"):
        yield key, 0.0
        if key[1] in SIMPLE_POWERS:
            yield (key[0], ANY), _written_bits(key[1])
    elif len(key) == 3 and key[0] == EXP:
        if key[2] in SIMPLE_BASES:
            yield (EXP, (True, key[1][1])), _written_bits(key[2])
    else:
        for parts in itertools.product(*(list(_readings(one)) for one in key)):
            yield tuple(part for part, _ in parts), sum(bits for _, bits in parts)
