"""Simple numbers in fitted ones: 0.5003 ± 0.0012 is 1/2, if saying so is shorter.

A fitted dimensionless value v with standard error e can be sent in two ways. *As digits*: to the step
Δ = e sqrt(12) that costs the least (see ``description_length``), which takes

    digits(v, e) = log2(|v|/Δ) + 1/(2 ln 2)      bits.

*As a simple number* s = (p/q)·f from a code book, which takes code(s) bits and, because s is not the best
fit, another

    misfit = ((v - s)/e)² / (2 ln 2)             bits

for the residuals. The *gain* is digits - code - misfit, and the simple number is taken when it is worth at
least ``Tolerance.gain`` bits. That may be a little less than nothing: laws are fuller of simple numbers than any code
book says, and the description length of the whole formula has the last word (``TO_SCALE``: where nothing else is left
for a number to be, a fifth of the line at e/|v| = 1 % is let in). The code book is a prefix code:
2**-code(s), summed over the book, is at most 1. An integer costs 2 log2(n) + 1 bits, or log2(n) + 1.5 for the powers of
two that physics is full of, a fraction costs its two integers, and the factor f costs one bit for 1, two for pi above
or below the line, of which physics is full too, and 4.5 to 7 bits for its square, sqrt(2) and their kin.

*Why a random number is rarely taken for a simple one.* s is taken inside a window of half-width e sqrt(2 ln 2
(digits - code - gain)), so only numbers with code(s) < digits have one, and 2**digits is about |v|/(3.5 e).
Since the codes fill no more than the whole, few numbers have a short one: all windows together cover less than
a tenth of the line at e/|v| = 1 %, and what is then taken lies within about two standard errors. With a
smaller error the windows shrink, but longer and longer codes would be let in (3.14159292 as 355/113 and
worse), and the covered part would stay as it is. Yet what takes 28 bits to say is no simple number. So a
simple number has a code of at most ``Tolerance.bits``, and below e/|v| = 1e-4 the covered part falls in
proportion to e.

*Exact data.* A noise-free fit states an error near 0, yet its value carries rounding that the error knows
nothing of. The error is never taken smaller than ``Tolerance.relative`` |v|; with the defaults that asks for
agreement to 6e-8 or better.

Only dimensionless constants have simple values; what 0.5 metres are depends on the metre. Zero is never
recognised: dropping a term is a change of the formula, and the description length of the formula without it
decides that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray

from symreg.formula.expression import Apply, Constant, Expression, Number
from symreg.formula.printing import to_text

_ONE = Number(Fraction(1))
_PI = Constant("pi")
_TWO_PI = Apply("*", (Number(Fraction(2)), _PI))


def _root(expression: Expression) -> Expression:
    return Apply("sqrt", (expression,))


def _square(expression: Expression) -> Expression:
    return Apply("square", (expression,))


# factor above the line, factor below it, value, bits; together with the integers Σ 2**-bits <= 1
_FACTORS: tuple[tuple[Expression | None, Expression | None, float, float], ...] = (
    (None, None, 1.0, 1.0),
    (_PI, None, math.pi, 2.0),
    (None, _PI, 1 / math.pi, 2.0),
    (_square(_PI), None, math.pi**2, 4.5),
    (None, _square(_PI), math.pi**-2, 4.5),
    (_root(Number(Fraction(2))), None, math.sqrt(2), 5.0),
    (_root(_TWO_PI), None, math.sqrt(2 * math.pi), 5.5),
    (None, _root(_TWO_PI), 1 / math.sqrt(2 * math.pi), 5.5),
    (_root(Number(Fraction(3))), None, math.sqrt(3), 6.0),
    (_root(_PI), None, math.sqrt(math.pi), 6.0),
    (None, _root(_PI), 1 / math.sqrt(math.pi), 6.0),
    (_root(Number(Fraction(5))), None, math.sqrt(5), 7.0),
)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """When a number counts as simple.

    ``gain`` is the least number of bits won, ``bits`` the longest code, ``relative`` the least error over
    value. ``fractions`` leaves out pi, roots and their kin: no power of a quantity is one of these.
    """

    gain: float = -0.5
    bits: float = 13.0
    relative: float = 1e-8
    fractions: bool = False


USUAL = Tolerance()
TO_SCALE = Tolerance(gain=-2.5)
"""For tables that hold every scale of the law, see ``bits.NOT_SIMPLE_BITS_TO_SCALE``."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A simple number: as a tree (which may name the constant pi), as text, as a value, and its code in bits.

    ``gain`` is what it saves against the digits of the fitted value, its misfit included.
    """

    expression: Expression
    text: str
    value: float
    bits: float
    gain: float


def recognise_number(value: float, stderr: float, *, tolerance: Tolerance = USUAL) -> Recognised | None:
    """The simple number that says a dimensionless ``value`` ± ``stderr`` in fewer bits, or None.

    ``stderr`` 0 means exact up to rounding; NaN or infinite means that nothing is known, and nothing is
    recognised.
    """
    if not math.isfinite(value) or value == 0 or not math.isfinite(stderr) or stderr < 0:
        return None
    size = abs(value)
    sigma = max(stderr, tolerance.relative * size)
    digits = math.log2(size / (sigma * math.sqrt(12.0))) + 0.5 / math.log(2)
    values, bits = _code_book(tolerance.bits)
    with np.errstate(over="ignore"):  # a misfit beyond all measure is one
        misfit = ((size - values) / sigma) ** 2 / (2.0 * math.log(2))
    gains = digits - bits - misfit
    if tolerance.fractions:
        gains = np.where(_is_fraction(tolerance.bits), gains, -np.inf)
    best = int(np.argmax(gains))
    if gains[best] < tolerance.gain:
        return None
    expression = _signed(_expression(*_entries(tolerance.bits)[best][2:]), value < 0)
    return Recognised(
        expression,
        to_text(expression),
        math.copysign(float(values[best]), value),
        float(bits[best]),
        float(gains[best]),
    )


@cache
def _is_fraction(most_bits: float) -> NDArray[np.bool_]:
    return np.array([entry[4] == 0 for entry in _entries(most_bits)])


def count_simple_numbers(bits: float, size: float, within: float) -> int:
    """How many simple numbers, of those that are ever recognised, have a code of at most so many bits.

    Only those count that differ from ``size`` by a factor of at most ``within``.
    """
    values, codes = _code_book(USUAL.bits)
    near = (values >= size / within) & (values <= size * within)
    return int(np.count_nonzero(near & (codes <= bits + 1e-9)))


def integer_bits(n: int) -> float:
    """Code length of a positive integer: about 2 log2(n), with the powers of two cheaper."""
    return math.log2(n) + 1.5 if n > 1 and n & (n - 1) == 0 else 2.0 * math.log2(n) + 1.0


@cache
def _entries(most_bits: float) -> tuple[tuple[float, float, int, int, int], ...]:
    """(bits, value, p, q, factor) of every simple number, each value once by its shortest code."""
    largest = int(2.0 ** (most_bits - 3.0))
    cost = {n: integer_bits(n) for n in range(1, largest + 1)}
    cheap = [n for n in cost if cost[n] + 1.5 <= most_bits]
    entries = [
        (cost[p] + cost[q] + factor_bits, p / q * factor_value, p, q, index)
        for index, (_, _, factor_value, factor_bits) in enumerate(_FACTORS)
        for p in cheap
        for q in cheap
        if cost[p] + cost[q] + factor_bits <= most_bits and math.gcd(p, q) == 1
    ]
    distinct: dict[str, tuple[float, float, int, int, int]] = {}
    for entry in sorted(entries):
        distinct.setdefault(f"{entry[1]:.12e}", entry)
    return tuple(distinct.values())


@cache
def _code_book(most_bits: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    entries = _entries(most_bits)
    return np.array([entry[1] for entry in entries]), np.array([entry[0] for entry in entries])


def _expression(p: int, q: int, index: int) -> Expression:
    """``3*pi/4``, ``1/(4*pi)``, ``sqrt(2)/2``; a plain fraction is one literal."""
    above, below, _, _ = _FACTORS[index]
    if above is None and below is None:
        return Number(Fraction(p, q))
    top = _times(p, above)
    bottom = _times(q, below)
    if bottom == _ONE:
        return top
    return Apply("inv", (bottom,)) if top == _ONE else Apply("/", (top, bottom))


def _times(n: int, factor: Expression | None) -> Expression:
    number = Number(Fraction(n))
    if factor is None:
        return number
    return factor if n == 1 else Apply("*", (number, factor))


def _signed(expression: Expression, negative: bool) -> Expression:
    if not negative:
        return expression
    return Number(-expression.value) if isinstance(expression, Number) else Apply("neg", (expression,))
