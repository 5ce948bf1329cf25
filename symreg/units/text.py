"""The grammar of units as people write them; nothing is evaluated and no unit is known here.

``m/s**2``, ``m s-2``, ``m.s⁻²``, ``kg m2/s2``, ``W per (m^2*Hz)`` and ``1e-20 W`` all become one flat
product: numbers and names, each with an exact exponent and its place in the text. Length, depth and exponents
are bounded, so a hostile text is refused at once. What a name means is asked of the caller, because ``m2`` is
a square metre, ``mmH2O`` is not.

    product  = power {("*" | "·" | "." | "/" | "per" | space) power}
    power    = atom [("**" | "^") exponent]
    atom     = number | name [digits] | "(" product ")"
    exponent = [sign] number | "(" [sign] number ["/" number] ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from symreg.units.grouping import THERMAL, grouped, millikelvin
from symreg.units.phrases import said_again
from symreg.units.tokens import SUPERSCRIPTS, Token, UnreadableError, plain, tokens_of

MAX_LENGTH = 200  # characters of a text
DEEPEST_UNIT = 20  # parentheses within each other; the reader recurses once for each
MAX_FACTORS = 60  # numbers and names, those in parentheses each
MAX_EXPONENT = 30  # of a name; units have powers below ten
MAX_EXPONENT_OF_NUMBER = 300  # decades of a number, digits of its power: float64 ends at 308
MAX_DENOMINATOR = 100
"""Of an exponent; laws have halves and thirds. All six are set by hand, well above the units that people write, to
bound what a hostile text costs: larger ones cost time, smaller ones refuse odd units."""

#: What is raised to a power: a number, or the name of a unit.
Base = Fraction | str


@dataclass(frozen=True, slots=True)
class Factor:
    """One number or name of a product, with its exponent and its place ``start:stop`` in the text."""

    base: Base
    exponent: Fraction
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Product:
    """A unit's text, read: its factors, and a clearer spelling where people tend to mean something else."""

    factors: tuple[Factor, ...]
    clearer: str | None = None
    remarks: tuple[str, ...] = ()


_SMALL_NUMBER = "an exponent is a small number, as in m**2 or m**(1/2)"


def read_product(text: str, is_name: Callable[[str], bool]) -> Product:
    """Read a unit's text; ``is_name`` tells whether a whole word is the name of a unit."""
    if len(text) > MAX_LENGTH:
        raise UnreadableError(MAX_LENGTH, f"a unit has at most {MAX_LENGTH} characters")
    said = said_again(*plain(text))
    tokens = tokens_of(said.letters, said.places)
    remarks = (*said.remarks, THERMAL) if millikelvin(tokens) else said.remarks
    return replace(_Reader(text, grouped(tokens, is_name), is_name).read(), remarks=remarks)


class _Reader:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str, tokens: list[Token], is_name: Callable[[str], bool]) -> None:
        self.text = text
        self.tokens = tokens
        self.is_name = is_name
        self.next = 0
        self.clearer: str | None = None
        self.clearer_from = -1

    def read(self) -> Product:
        factors = self.product(0)
        if self.next < len(self.tokens):
            raise self.unexpected()
        return Product(tuple(factors), self.clearer)

    def peek(self, *kinds: str) -> Token | None:
        token = self.tokens[self.next] if self.next < len(self.tokens) else None
        return token if token and token.kind in kinds else None

    def take(self, *kinds: str) -> Token | None:
        token = self.peek(*kinds)
        self.next += token is not None
        return token

    def product(self, depth: int) -> list[Factor]:
        if depth > DEEPEST_UNIT:
            raise UnreadableError(self.place(), f"parentheses are nested deeper than {DEEPEST_UNIT}")
        factors = self.power(depth)
        divided_from: int | None = None
        while True:
            if self.peek("slash") or self.at_per():
                self.next += 1
                divided_from = self.place()
                factors += [_raised(factor, Fraction(-1)) for factor in self.power(depth)]
            elif (times := self.take("times")) or self.peek("number", "name", "open"):
                factors += self.power(depth)
                if divided_from is not None and not self.is_fraction(times, divided_from):
                    self.suggest_parentheses(divided_from)
            else:
                return factors
            if len(factors) > MAX_FACTORS:
                raise UnreadableError(self.place(), f"a unit has at most {MAX_FACTORS} factors")

    def is_fraction(self, times: Token | None, divided_from: int) -> bool:
        """Whether a number was divided by, and a ``*`` follows: ``1/3*km`` is as it is printed."""
        return times is not None and times.text == "*" and self.text[divided_from : divided_from + 1].isdigit()

    def at_per(self) -> bool:
        token = self.peek("name")
        return token is not None and token.text == "per"

    def place(self) -> int:
        return self.tokens[self.next].start if self.next < len(self.tokens) else len(self.text)

    def suggest_parentheses(self, start: int) -> None:
        """``J/mol K`` is read from left to right, as J*K/mol; show how J/(mol K) is written."""
        stop = self.tokens[self.next - 1].stop
        if self.clearer is None or self.clearer_from == start:
            self.clearer_from = start
            self.clearer = f"{self.text[:start]}({self.text[start:stop]}){self.text[stop:]}"

    def power(self, depth: int) -> list[Factor]:
        factors = self.atom(depth)
        token = self.take("superscript")
        if token:
            exponent = Fraction(int("".join(SUPERSCRIPTS[sign] for sign in token.text)))
        else:
            token = self.take("power")
            if token is None:
                return factors
            exponent = self.exponent()
        if again := self.peek("power", "superscript"):
            raise UnreadableError(
                again.start, "a power of a power; exponents are small numbers, as in m**2 or m**(1/2)"
            )
        return [self.bounded(_raised(factor, exponent), token.start) for factor in factors]

    def atom(self, depth: int) -> list[Factor]:
        if token := self.take("number"):
            value = self.number(token)
            if not value:
                raise UnreadableError(token.start, "a unit cannot be zero")
            return [Factor(value, Fraction(1), token.start, token.stop)]
        if token := self.take("open"):
            factors = self.product(depth + 1)
            if not self.take("close"):
                raise UnreadableError(self.place(), "a closing parenthesis is missing", self.text + ")")
            return factors
        if (token := self.peek("name")) and not self.at_per():
            self.next += 1
            return [self.name(token)]
        if self.next == len(self.tokens):
            reason = "a number or the name of a unit is missing at the end"
            raise UnreadableError(len(self.text), reason, is_slip=True)
        raise self.unexpected()

    def unexpected(self) -> UnreadableError:
        token = self.tokens[self.next]
        if token.kind == "sign":
            reason = f"{token.text!r} can only stand in an exponent, as in s-1 or s**-1"
            joined = self.text[: token.start].rstrip() + self.text[token.start :]
            return UnreadableError(token.start, reason, joined)
        return UnreadableError(token.start, f"{token.text!r} does not belong here", is_slip=True)

    def name(self, token: Token) -> Factor:
        """A name with what is glued to it: ``m2``, ``s-1``."""
        word = token.text.rstrip("0123456789")
        digits = token.text[len(word) :]
        if not digits or self.is_name(token.text):
            word, digits = token.text, self.signed_digits(token)
        if (rest := self.peek("sign", "number")) and rest.glued:
            raise UnreadableError(
                rest.start,
                f"an exponent other than a whole number is written {word}**(3/2)",
                *self.fraction_suggestion(token),
            )
        if digits and not int(digits):
            raise UnreadableError(token.start, f"{word} to the power of zero is no unit")
        factor = Factor(word, Fraction(digits or 1), token.start, token.start + len(word))
        return self.bounded(factor, token.start)

    def signed_digits(self, name: Token) -> str:
        """The signed digits right behind a name, as in ``s-1``; empty when there are none."""
        sign = self.peek("sign")
        if sign is None or not sign.glued:
            return ""
        digits = self.tokens[self.next + 1] if self.next + 1 < len(self.tokens) else None
        if digits is None or digits.kind != "number" or not digits.glued:
            product = f"{self.text[: sign.start]}*{self.text[sign.stop :]}"
            raise UnreadableError(
                sign.start, f"{sign.text!r} joins nothing here; a product is written with *", product
            )
        if not digits.text.isdigit():
            return ""
        self.next += 2
        return sign.text + digits.text

    def fraction_suggestion(self, token: Token) -> list[str]:
        match = re.match(r"([^\W\d]+)([+-]?[0-9]*\.[0-9]+)", self.text[token.start :])
        if match is None:
            return []
        before, after = self.text[: token.start], self.text[token.start + match.end() :]
        return [f"{before}{match[1]}**({Fraction(match[2])}){after}"]

    def exponent(self) -> Fraction:
        start = self.place()
        sign = -1 if (token := self.take("sign")) and token.text == "-" else 1
        if self.take("open"):
            value = self.signed_number()
            if self.take("slash"):
                below = self.signed_number()
                if not below:
                    raise UnreadableError(self.tokens[self.next - 1].start, "an exponent is divided by zero")
                value /= below
            if not self.take("close"):
                raise UnreadableError(self.place(), _SMALL_NUMBER, self.text + ")")
            return sign * value
        value = sign * self.signed_number()
        if (slash := self.peek("slash")) and self.number_follows(slash):
            stop = self.tokens[self.next + 1].stop
            fraction = f"({self.text[start:stop]})"
            raise UnreadableError(
                slash.start,
                "the exponent could end here or be a fraction",
                self.text[:start] + fraction + self.text[stop:],
            )
        return value

    def number_follows(self, slash: Token) -> bool:
        return (
            self.next + 1 < len(self.tokens) and self.tokens[self.next + 1].kind == "number" and slash.glued
        )

    def signed_number(self) -> Fraction:
        sign = self.take("sign")
        token = self.take("number")
        if token is None:
            raise UnreadableError(self.place(), _SMALL_NUMBER, is_slip=self.next == len(self.tokens))
        value = self.number(token)
        return -value if sign and sign.text == "-" else value

    def number(self, token: Token) -> Fraction:
        mantissa, _, exponent = token.text.lower().partition("e")
        if len(mantissa) > 40 or len(exponent) > 4 or abs(int(exponent or 0)) > MAX_EXPONENT_OF_NUMBER:
            raise UnreadableError(token.start, "this number is too long or too large for a unit")
        return Fraction(token.text)

    def bounded(self, factor: Factor, position: int) -> Factor:
        limit = MAX_EXPONENT
        if isinstance(factor.base, Fraction):
            digits = len(str(max(factor.base.numerator, factor.base.denominator)))
            limit = max(1, MAX_EXPONENT_OF_NUMBER // digits)
        if abs(factor.exponent) > limit or factor.exponent.denominator > MAX_DENOMINATOR:
            raise UnreadableError(
                position, f"exponents are small numbers (at most {limit} here), as in m**2 or m**(1/2)"
            )
        return factor


def _raised(factor: Factor, exponent: Fraction) -> Factor:
    return Factor(factor.base, factor.exponent * exponent, factor.start, factor.stop)
