"""How each programming language spells a formula.

The forms of the operators stand in the table of operators; a dialect adds what a language asks beyond that: how it
writes a number, which names it keeps for itself, and the few forms that must differ for the value to be the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from symreg.expression import Constant, Expression, Number, Variable, fold
from symreg.operators import OPERATORS, Form, Precedence

__all__ = ["DIALECTS", "Dialect", "identifiers", "spell"]

_LARGEST_EXACT = 2**53
_Spelled = tuple[str, Precedence]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A language: ``language`` names its forms in the table of operators, ``special`` replaces some of them."""

    language: str
    reserved: frozenset[str]
    number: Callable[[float], str] = repr
    fraction: Callable[[Fraction], _Spelled] | None = None
    special: Mapping[str, Form] = field(default_factory=dict)
    ignores_case: bool = False
    longest_name: int = 48

    def form(self, operator: str) -> Form:
        """How this language writes an operator."""
        return self.special.get(operator) or OPERATORS[operator].form(self.language)


def _fortran_number(value: float) -> str:
    mantissa, _, exponent = repr(value).partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}d{int(exponent or 0)}"


def _sympy_fraction(value: Fraction) -> _Spelled:
    if value.denominator == 1:
        return f"Integer({value.numerator})", Precedence.ATOM
    return f"Rational({value.numerator}, {value.denominator})", Precedence.ATOM


_FREE, _PRODUCT, _ATOM = Precedence.SUM, Precedence.PRODUCT, Precedence.ATOM
# In Python a negative base with a broken exponent gives a complex number; math.pow raises, as sqrt(-1) does.
_PYTHON_FORMS = {"pow": Form("math.pow({0}, {1})", _ATOM, (_FREE, _FREE))}
_NUMPY_FORMS = {"pow": Form("np.power({0}, {1})", _ATOM, (_FREE, _FREE))}
# Fortran allows a sign only before the first term of a sum: "a + -b" and "a*-b" are errors there.
_FORTRAN_FORMS = {"neg": Form("-{0}", _FREE, (_PRODUCT,))}
_SYMPY_FORMS = {
    "abs": Form("Abs({0})", _ATOM, (_FREE,)),
    "log10": Form("log({0}, 10)", _ATOM, (_FREE,)),
}

_EVERYWHERE = (
    "sqrt exp log log10 sin cos tan asin acos atan sinh cosh tanh abs pow value result nan inf pi e"
)
_PYTHON_WORDS = (
    "False None True and as assert async await break class continue def del elif else except finally for from global "
    "if import in is lambda nonlocal not or pass raise return try while with match case type math np numpy sympy "
    "float ValueError OverflowError ZeroDivisionError Symbol Integer Rational Float Abs Eq law symbols"
)
_C_WORDS = (
    "auto break case char const constexpr continue default do double else enum extern float for goto if inline int "
    "long register restrict return short signed sizeof static struct switch typedef typeof union unsigned void "
    "volatile while bool true false nullptr alignas alignof asm main NAN INFINITY isfinite isnan isinf fabs cbrt "
    "j0 j1 jn y0 y1 yn gamma lgamma tgamma signgam erf erfc hypot floor ceil round remainder fmod exp2 expm1 log2 "
    "log1p logb drem significand scalb ldexp frexp modf trunc rint class new delete this template namespace linux "
    "unix fma fmin fmax fdim acosh asinh atanh atan2 nearbyint lround llround lrint llrint ilogb nextafter copysign"
)
_FORTRAN_WORDS = (
    "dp module contains function end use implicit none real integer logical if then else do while pure elemental "
    "intent in out parameter call return stop huge tiny max min int sign mod iso_fortran_env real64 program "
    "ieee_arithmetic ieee_value ieee_quiet_nan ieee_is_finite gamma sum product dot_product kind size shape"
)
_JULIA_WORDS = (
    "baremodule begin break catch const continue do else elseif end export false finally for function global if import "
    "let local macro module quote return struct true try using while im NaN Inf isfinite isa rethrow error "
    "DomainError Base Core Main where in mutable abstract primitive type ans eval include outer"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split()) | frozenset(_EVERYWHERE.split())


DIALECTS: Mapping[str, Dialect] = {
    "python": Dialect("python", _words(_PYTHON_WORDS), special=_PYTHON_FORMS),
    "numpy": Dialect("numpy", _words(_PYTHON_WORDS), special=_NUMPY_FORMS),
    "c": Dialect("c", _words(_C_WORDS)),
    "fortran": Dialect(
        "fortran", _words(_FORTRAN_WORDS), number=_fortran_number, special=_FORTRAN_FORMS, ignores_case=True
    ),
    "julia": Dialect("julia", _words(_JULIA_WORDS)),
    "sympy": Dialect("text", _words(_PYTHON_WORDS), fraction=_sympy_fraction, special=_SYMPY_FORMS),
}


def spell(expression: Expression, dialect: Dialect, names: Mapping[str, str]) -> str:
    """The formula in this language; ``names`` gives the identifier of each variable and constant."""

    def visit(node: Expression, operands: tuple[_Spelled, ...]) -> _Spelled:
        match node:
            case Variable(name=name) | Constant(name=name):
                return names[name], Precedence.ATOM
            case Number(value=value):
                return _number(value, dialect)
        form = dialect.form(node.operator)
        bracketed = [
            text if strength >= needed else f"({text})"
            for (text, strength), needed in zip(operands, form.operands, strict=True)
        ]
        return form.template.format(*bracketed), form.precedence

    return fold(expression, visit)[0]


def _number(value: Fraction | float, dialect: Dialect) -> _Spelled:
    if isinstance(value, Fraction):
        if dialect.fraction is not None:
            return dialect.fraction(value)
        if float(value) != value and max(abs(value.numerator), value.denominator) <= _LARGEST_EXACT:
            # A quotient of two exact numbers is rounded once and can be read, unlike 0.3333333333333333.
            above, below = (dialect.number(float(part)) for part in (value.numerator, value.denominator))
            return f"{above}/{below}", Precedence.SUM if value < 0 else Precedence.PRODUCT
    return dialect.number(float(value)), Precedence.SUM if value < 0 else Precedence.ATOM


def identifiers(names: Iterable[str], dialect: Dialect, taken: Collection[str] = ()) -> dict[str, str]:
    """A valid, unused identifier for each name, as near to the name as the language allows."""
    used = {_folded(word, dialect) for word in (*dialect.reserved, *taken)}
    found: dict[str, str] = {}
    for name in names:
        wanted = _identifier(name)[: dialect.longest_name].rstrip("_")
        candidate, number = wanted, 2
        while _folded(candidate, dialect) in used:
            candidate, number = f"{wanted}_{number}", number + 1
        used.add(_folded(candidate, dialect))
        found[name] = candidate
    return found


def _identifier(name: str) -> str:
    """ASCII letters, digits and underscores, a letter first: ``Δv (km/s)`` becomes ``Delta_v_km_s``."""
    spelled = "".join(_ascii(character) for character in name)
    cleaned = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9_]", "_", spelled)).strip("_")
    return cleaned if cleaned[:1].isalpha() else f"x_{cleaned}".rstrip("_")


def _ascii(character: str) -> str:
    if character.isascii():
        return character
    greek = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(character, ""))
    if greek:
        return greek[2].capitalize() if greek[1] == "CAPITAL" else greek[2].lower()
    return unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode() or "_"


def _folded(word: str, dialect: Dialect) -> str:
    return word.lower() if dialect.ignores_case else word
