"""The form of a formula apart from where its constants stand: ``a*x/(b + x)``, ``a/(1 + b/x)`` and ``x/(c + d*x)``.

A form is a product of powers. Constants that could be one are one, one that could stand before a sum stands there, and
signs are dropped: formulas of one form differ in the values of their constants and in how these are named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from symreg.formula.expression import Apply, Constant, Expression, Number, Variable
from symreg.formula.operators import POWERS

Key: TypeAlias = tuple[object, ...]
"""What tells one factor from another: its kind, and what it is made of."""

Factors: TypeAlias = tuple[tuple[Key, "Fraction | str"], ...]
"""Factors and their powers."""

ANY = "any"
"""An exponent that is a constant."""

INPUT, NUMBER, SUM, FREE, EXP = "input", "number", "sum", "free sum", "exp"
"""Kinds of factors: an input; a number; a sum, with which terms have a constant; a sum in which all have one, but for
the factor in front; an exponential, with the number that is raised if it is not e."""


@dataclass(frozen=True, slots=True)
class CurveForm:
    """A product of powers of factors; ``is_scaled`` says that a constant multiplies it."""

    is_scaled: bool
    factors: Factors = ()

    @property
    def key(self) -> Key:
        return (self.is_scaled, self.factors)


ONE, SCALE = CurveForm(False), CurveForm(True)


def form_of(expression: Expression, free: Collection[Expression], ones: Collection[str] = ()) -> CurveForm:
    """The form of an expression in which the subtrees ``free`` are constants, and constants called ``ones`` are 1."""
    if expression in free:
        return SCALE
    if isinstance(expression, Variable):
        return CurveForm(False, (((INPUT, expression.name), Fraction(1)),))
    if isinstance(expression, Constant):
        return ONE if expression.name in ones else CurveForm(False, ((("c", expression.name), Fraction(1)),))
    if isinstance(expression, Number):
        plain = abs(expression.value) == 1
        return ONE if plain else CurveForm(False, (((NUMBER, abs(expression.value)), Fraction(1)),))
    return _applied(expression, [form_of(one, free, ones) for one in expression.arguments])


def _applied(node: Apply, parts: Sequence[CurveForm]) -> CurveForm:
    name = node.operator
    if name == "neg":
        return parts[0]
    if name in ("+", "-"):
        return _sum(parts)
    if name == "*":
        return _product(parts)
    if name == "/":
        return _product([parts[0], _raised(parts[1], Fraction(-1))])
    if name in POWERS:
        return _raised(parts[0], POWERS[name])
    if name == "pow" and parts[1] == SCALE:
        return _raised(parts[0], ANY)
    if name == "pow" and isinstance(node.arguments[1], Number) and isinstance(node.arguments[1].value, Fraction):
        return _raised(parts[0], node.arguments[1].value)
    if name == "pow" and isinstance(node.arguments[0], Number):
        return _exponential(parts[1], node.arguments[0].value)
    if all(part in (ONE, SCALE) for part in parts):
        return SCALE if SCALE in parts else ONE
    if name == "exp":
        return _exponential(parts[0])
    if name == "log" and parts[0].is_scaled:
        return _sum([SCALE, CurveForm(False, ((("log", CurveForm(False, parts[0].factors).key), Fraction(1)),))])
    return CurveForm(False, (((name, *(part.key for part in parts)), Fraction(1)),))


def _exponential(argument: CurveForm, base: Fraction | float | None = None) -> CurveForm:
    """A constant in an exponent is a factor. ``base`` is a number that is raised."""
    terms = _terms(argument)
    kept = [one for one in terms if one.factors]
    inside = _sum(kept).key
    key = (EXP, inside) if base is None else (EXP, inside, base)
    return CurveForm(len(kept) < len(terms), ((key, Fraction(1)),))


def _terms(form: CurveForm) -> list[CurveForm]:
    """The terms of a form that is a sum times something, or the form alone."""
    for place, (base, power) in enumerate(form.factors):
        if power == 1 and (base[0] == FREE or (base[0] == SUM and not form.is_scaled)):
            rest = CurveForm(form.is_scaled, form.factors[:place] + form.factors[place + 1 :])
            return [_product([rest, CurveForm(*term)]) for term in base[1:]]  # type: ignore[misc]
    return [form]


def _sum(parts: Iterable[CurveForm]) -> CurveForm:
    terms: list[CurveForm] = []
    for term in (one for part in parts for one in _terms(part)):
        same = next((one for one in terms if one.factors == term.factors and not _has_constants(term.factors)), None)
        if same is None:
            terms.append(term)
        elif not same.is_scaled:
            terms[terms.index(same)] = term
    if len(terms) == 1:
        return terms[0]
    common = _common([one.factors for one in terms])
    divided = [_product([one, _raised(common, Fraction(-1))]) for one in terms]
    ordered = sorted((one.key for one in divided), key=repr)
    return _product([common, CurveForm(False, (((SUM, *ordered), Fraction(1)),))])


def _has_constants(key: object) -> bool:
    """Whether a constant stands somewhere in it: two such terms, as two decays, are not one."""
    if isinstance(key, tuple):
        return key[:1] == (FREE,) or any(_has_constants(one) for one in key)
    return key is True or key == ANY


def _common(terms: Iterable[tuple[tuple[Key, Fraction | str], ...]]) -> CurveForm:
    """The lowest power of each input in all terms, so that none stands below another: ``x*(a + b*x)``."""
    powers = [dict(one) for one in terms]
    inputs = {base for one in powers for base in one if base[0] == INPUT}
    least = {}
    for base in inputs:
        own = [one.get(base, Fraction(0)) for one in powers]
        if all(isinstance(one, Fraction) for one in own):
            least[base] = min(own)
    return CurveForm(False, tuple((base, power) for base, power in least.items() if power != 0))


def _raised(form: CurveForm, power: Fraction | str) -> CurveForm:
    return _product([CurveForm(form.is_scaled, tuple((base, _times(own, power)) for base, own in form.factors))])


def _times(first: Fraction | str, second: Fraction | str) -> Fraction | str:
    return first * second if isinstance(first, Fraction) and isinstance(second, Fraction) else ANY


def _product(parts: Iterable[CurveForm]) -> CurveForm:
    parts = list(parts)
    is_scaled = any(part.is_scaled for part in parts)
    powers: list[tuple[Key, Fraction | str]] = []
    for base, power in (one for part in parts for one in part.factors):
        same = next((i for i, (met, _) in enumerate(powers) if met == base and not _has_constants(base)), None)
        if same is None:
            powers.append((base, power))
        else:
            powers[same] = (base, _plus(powers[same][1], power))
    # A constant goes before a sum in which all terms have one; beside a constant, one term of a sum needs none.
    is_scaled |= any(base[0] == SUM and all(term[0] for term in base[1:]) for base, _ in powers)  # type: ignore[index]
    if is_scaled:
        powers = [(_freed(base), power) for base, power in powers]
    return CurveForm(is_scaled, tuple(sorted((one for one in powers if one[1] != 0), key=repr)))


def _plus(first: Fraction | str, second: Fraction | str) -> Fraction | str:
    return first + second if isinstance(first, Fraction) and isinstance(second, Fraction) else ANY


def _freed(base: Key) -> Key:
    """A sum beside a constant, where all terms but one at most have a constant: it may be any."""
    terms = base[1:]
    if base[0] != SUM or sum(not term[0] for term in terms) > 1:  # type: ignore[index]
        return base
    own = (_product([CurveForm(True, term[1])]).factors for term in terms)  # type: ignore[index]
    return (FREE, *sorted(((False, factors) for factors in own), key=repr))
