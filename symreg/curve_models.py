"""Curves that have a name: what it takes to say that a law has one of these forms.

Every program that fits curves offers a list of them, and people choose from it: a law is a power law, a decay with an
offset, a saturation. Such a form is said by its name, not operator by operator. The list holds what several of them
offer (lmfit 1.3 "Built-in Fitting Models"; OriginLab "Curve fitting functions"; GraphPad "Equations"; the models of
NIST's "Statistical Reference Datasets: Nonlinear Regression"), with two classes of likelihood and none between.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator
from fractions import Fraction
from functools import lru_cache

from symreg.curve_form import ANY, EXP, FREE, INPUT, Form, Key, form_of
from symreg.description_length import exponent_bits
from symreg.expression import Constant, Expression, Variable, walk
from symreg.grammar import parse

BY_NAME_BITS = 1.0
"""To say that a form is said by its name: as likely as by any of the other ways."""

COMMON_BITS = 5.0
"""Half of all curves with a name are one of these sixteen."""

COMMON = (
    "a*x", "a + b*x", "a + b*x + c*x**2", "a*x + b*x**2", "a + b*x**2", "a*x**n", "a + b*x**n", "a + b/x", "a/(x + b)",
    "a*x/(b + x)", "a*exp(b*x)", "a + b*exp(c*x)", "a*(1 - exp(b*x))", "a*exp(b/x)", "a + b*log(x)", "a*sin(b*x + c)",
)  # fmt: skip

RARER_BITS = 7.0
"""Half of them are one of these sixty-four at most. A constant takes three bits and more: a form that is common is not
preferred to the same with one constant less because that one is rarer."""

RARER = (
    # powers, polynomials, hyperbolas
    "a*(x + b)**n", "a + b*x + c*x**2 + d*x**3", "a + b*x + c/x", "a + b/(x + c)", "(a + b*x)/(c + d*x)",
    "a*x/(b + x) + c*x", "a + b*sqrt(x)", "a*x + b*sqrt(x)", "a + b/x**2", "a + b/x**2 + c/x**4", "a/x**12 - b/x**6",
    "sqrt(a + b*x)", "sqrt(a + b*x**2)", "(a + b*x)**2", "a*x/(1 + b*x + c*x**2)",
    # exponentials and logarithms
    "a + b*exp(c*x) + d*exp(e*x)", "a*exp(b*x) + c*exp(d*x)", "a*exp(b/(x + c))", "a*x**n*exp(b*x)", "a*x**n*exp(b/x)",
    "a*exp(b*x**n)", "a + b*exp(c*x**n)", "a*(1 - exp(b*x**n))", "a*log(b + x)", "a*log(1 + b*x)", "a + b*log(x + c)",
    "a + b*log(x) + c*x", "1/(a + b*log(x) + c*log(x)**3)", "a*exp(b*exp(c*x))", "a + b*x + c*exp(d*x)",
    # steps, saturations and peaks
    "a/(1 + exp(b*x + c))", "d + a/(1 + exp(b*x + c))", "a*x**n/(b + x**n)", "a/(1 + b*x**n)", "d + a/(1 + b*x**n)",
    "a*tanh(b*x)", "d + a*tanh(b*x + c)", "a*atan(b*x)", "d + a*atan(b*x + c)", "a*exp(b*(x + c)**2)",
    "d + a*exp(b*(x + c)**2)", "a/(1 + b*(x + c)**2)", "d + a/(1 + b*(x + c)**2)", "a*exp(b*log(x/c)**2)",
    "a*(1 - exp(b*(x + c)))**2",
    # waves
    "a*sin(b*x)", "d + a*sin(b*x + c)", "a*exp(b*x)*sin(c*x + d)",
)  # fmt: skip

SIMPLE_POWERS = frozenset(
    sign * Fraction(above, below) for sign in (1, -1) for above in (1, 2, 3, 4) for below in (1, 2, 3)
    if (above, below) not in ((4, 3), (2, 2), (4, 2), (3, 3))
)
"""Exponents that people write where a curve has one: ``x**14`` is no power law with a simple exponent."""

MOST_OCCURRENCES = 5
"""Of the input in a curve with a name."""

SIMPLE_BASES = frozenset({Fraction(2), Fraction(10)})

SIMPLE_POWER_BITS = 1.0
"""To say that an exponent of a curve is a simple number, and not fitted: one in two is."""


def name_bits_of(
    expression: Expression, free: Collection[Expression], n_inputs: int, ones: Collection[str] = ()
) -> float | None:
    """Bits to say a form by its name and its input, out of ``n_inputs``; None where it has no name.

    ``free`` are the subtrees that stand for constants, which are paid for elsewhere.
    """
    nodes = set(walk(expression))
    inputs = {node.name for node in nodes if isinstance(node, Variable)}
    if not inputs:
        return None
    form = form_of(expression, free, ones)
    if len(inputs) > 1:
        bits, which = _bits_of_several(form, len(inputs), len(nodes & set(free))), float(n_inputs)
    else:
        bits, which = _bits_of_one(_renamed(form.key, next(iter(inputs)))), math.log2(max(n_inputs, 1))
    return None if bits is None else BY_NAME_BITS + bits + which


@lru_cache(maxsize=4_096)
def _bits_of_one(key: object) -> float | None:
    """Bits of a curve in ``x``: as it stands, or with powers and bases that are written where others are fitted."""
    found = _book().get(key)
    if found is None and _occurrences(key) <= MOST_OCCURRENCES:
        readings = ((_book().get(one), written) for one, written in _readings(key))
        found = min((bits + written for bits, written in readings if bits is not None), default=None)
    return found


def _occurrences(key: object) -> int:
    """How often the input occurs."""
    return key == (INPUT, "x") or (isinstance(key, tuple) and sum(map(_occurrences, key)))


def _written_bits(number: Fraction | float) -> float:
    return SIMPLE_POWER_BITS + exponent_bits(number)


@lru_cache(maxsize=1)
def _book() -> dict[object, float]:
    texts = [*((text, COMMON_BITS) for text in COMMON), *((text, RARER_BITS) for text in RARER)]
    found: dict[object, float] = {}
    for text, bits in texts:
        tree = parse(text, variables=("x",), constants=("a", "b", "c", "d", "e", "n"))
        free = {node for node in walk(tree) if isinstance(node, Constant)}
        found.setdefault(form_of(tree, free).key, bits)
    return found


def _bits_of_several(form: Form, n_inputs: int, n_constants: int) -> float | None:
    """Bits of a line or a power law in several inputs, each with an exponent or a coefficient of its own."""
    if not form.is_scaled:
        return None
    if len(form.factors) == n_inputs and all(base[0] == INPUT for base, _ in form.factors):
        written = [power for _, power in form.factors if isinstance(power, Fraction)]
        fitted = n_inputs - len(written)
        if fitted + 1 != n_constants or not set(written) <= SIMPLE_POWERS:
            return None
        return COMMON_BITS + n_inputs * SIMPLE_POWER_BITS + sum(map(exponent_bits, written))
    if len(form.factors) != 1 or form.factors[0][1] != 1 or form.factors[0][0][0] != FREE:
        return None
    lines = [term[1] for term in form.factors[0][0][1:] if term[1]]  # type: ignore[index]
    is_line = len(lines) == n_inputs and all(_is_input(one) for one in lines)
    return COMMON_BITS if is_line and n_constants == len(form.factors[0][0]) - 1 else None


def _is_input(factors: tuple[tuple[Key, object], ...]) -> bool:
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
