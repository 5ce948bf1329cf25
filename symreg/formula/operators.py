"""One row per operator: all that any consumer of an operator ever asks is written in its row, and only there.

The parser, the printers, the dimension check, the lowering to a program, the engines, the search and the
export to other languages read this table; a new operator is a new row (and a kernel in each engine). Nothing
is protected: outside the domain the value is NaN, and infinities come out as IEEE 754 has them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np

from symreg.engine.program import OPCODES
from symreg.errors import OperatorError

LANGUAGES: Final = ("text", "latex", "python", "numpy", "c", "fortran", "julia")


class DimensionRule(Enum):
    """What an operator asks of the dimensions of its operands, and which dimension it gives."""

    SAME = "equal dimensions in and out"
    PRODUCT = "the product of both"
    QUOTIENT = "the quotient of both"
    PRESERVE = "any dimension, handed on"
    SCALE = "any dimension, raised to a fixed rational power"
    POWER = "a rational literal as exponent, or base and exponent dimensionless"
    DIMENSIONLESS = "dimensionless in and out"
    SIGN = "any dimension in, dimensionless out: the sign alone counts"


class Precedence(IntEnum):
    """How tightly a printed form holds together; ANYTHING is asked of operands that the form encloses."""

    ANYTHING = 0
    SUM = 1
    PRODUCT = 2
    SIGN = 3
    POWER = 4
    ATOM = 5


@dataclass(frozen=True, slots=True)
class Form:
    """How a language writes an operator.

    ``operands[i]`` is the least precedence that operand i may have without parentheses around it.
    """

    template: str
    precedence: Precedence
    operands: tuple[Precedence, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator.

    ``exponent`` is set for the rule SCALE only. ``sympy_name`` is the sympy class or function that represents
    the operator (``Pow`` for square, with the exponent from this row). ``domain`` is for people: where the
    value is a real number. ``parity`` says what the operator makes of its operand's sign.
    """

    name: str
    arity: int
    rule: DimensionRule
    exponent: Fraction | None
    complexity: int
    domain: str
    numpy: Callable[..., Any] = field(compare=False)
    sympy_name: str
    commutative: bool
    forms: Mapping[str, Form] = field(compare=False, repr=False)
    parity: Literal["even", "odd"] | None = None

    @property
    def opcode(self) -> int:
        """Its number in a program."""
        return OPCODES[self.name]

    def form(self, language: str) -> Form:
        """Return the printed form in one of ``LANGUAGES``."""
        return self.forms[language]


def _cube(x: Any) -> Any:
    return x * x * x


def _step(x: Any) -> Any:
    return np.heaviside(x, 0.5)


_FREE, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = Precedence


def _everywhere(form: Form, **other: Form) -> Mapping[str, Form]:
    return MappingProxyType({language: other.get(language, form) for language in LANGUAGES})


def _call(name: str, arity: int = 1) -> Form:
    slots = ", ".join("{" + str(i) + "}" for i in range(arity))
    return Form(f"{name}({slots})", _ATOM, (_FREE,) * arity)


def _infix(sign: str, level: Precedence, right: Precedence, latex: Form) -> Mapping[str, Form]:
    return _everywhere(Form("{0}" + sign + "{1}", level, (level, right)), latex=latex)


def _power(exponent: str) -> Mapping[str, Form]:
    return _everywhere(
        Form("{0}**" + exponent, _POWER, (_ATOM,)),
        latex=Form("{0}^{{" + exponent + "}}", _POWER, (_ATOM,)),
        c=Form("pow({0}, " + exponent + ".0)", _ATOM, (_FREE,)),
        julia=Form("{0}^" + exponent, _POWER, (_ATOM,)),
    )


def _function(
    name: str,
    domain: str,
    *,
    latex: str | None = None,
    numpy: str | None = None,
    python: str | None = None,
    c: str | None = None,
    fortran: Form | None = None,
    sympy: str | None = None,
    rule: DimensionRule = DimensionRule.DIMENSIONLESS,
    exponent: Fraction | None = None,
    parity: Literal["even", "odd"] | None = None,
) -> Operator:
    """Return the row of an operator that is written as a call in almost every language."""
    numpy = numpy or name
    latex = latex or "\\" + name + r"\left({0}\right)"
    forms = _everywhere(
        _call(name),
        latex=Form(latex, _ATOM, (_FREE,)),
        python=_call(python or f"math.{name}"),
        numpy=_call(f"np.{numpy}"),
        c=_call(c or name),
        fortran=fortran or _call(name),
    )
    return Operator(
        name, 1, rule, exponent, 1, domain, getattr(np, numpy), sympy or name, False, forms, parity
    )


def _extreme(name: str, sympy: str, sign: str) -> Operator:
    """Return the row of max or min; NaN if either operand is, where the languages' own functions pass over it.

    That is why an operand may stand in a printed form more than once; ``x != x`` where x is NaN.
    """
    python = Form("({0} if {0} " + sign + " {1} or {0} != {0} else {1})", _ATOM, (_SUM, _SUM))
    c = Form("({0} " + sign + " {1} || {0} != {0} ? {0} : {1})", _ATOM, (_SUM, _SUM))
    fortran = Form("merge({0}, {1}, {0} " + sign + " {1} .or. {0} /= {0})", _ATOM, (_SUM, _SUM))
    latex = Form("\\" + name + r"\left({0}, {1}\right)", _ATOM, (_FREE, _FREE))
    numpy = f"{name}imum"
    forms = _everywhere(
        _call(name, 2), latex=latex, python=python, numpy=_call(f"np.{numpy}", 2), c=c, fortran=fortran
    )
    return Operator(
        name, 2, DimensionRule.SAME, None, 1, "every number", getattr(np, numpy), sympy, True, forms
    )


_SAME, _SCALE, _ANY = DimensionRule.SAME, DimensionRule.SCALE, "every number"
_ROWS: Final = (
    Operator(
        "+", 2, _SAME, None, 1, _ANY, np.add, "Add", True,
        _infix(" + ", _SUM, _PRODUCT, Form("{0} + {1}", _SUM, (_SUM, _SUM))),
    ),
    Operator(
        "-", 2, _SAME, None, 1, _ANY, np.subtract, "Add", False,
        _infix(" - ", _SUM, _PRODUCT, Form("{0} - {1}", _SUM, (_SUM, _PRODUCT))),
    ),
    Operator(
        "*", 2, DimensionRule.PRODUCT, None, 1, _ANY, np.multiply, "Mul", True,
        _infix("*", _PRODUCT, _SIGN, Form(r"{0} \cdot {1}", _PRODUCT, (_PRODUCT, _PRODUCT))),
    ),
    Operator(
        "/", 2, DimensionRule.QUOTIENT, None, 1, "divisor not 0", np.divide, "Mul", False,
        _infix("/", _PRODUCT, _SIGN, Form(r"\frac{{{0}}}{{{1}}}", _PRODUCT, (_FREE, _FREE))),
    ),
    Operator(
        "pow", 2, DimensionRule.POWER, None, 1,
        "base above 0, or exponent a whole number", np.power, "Pow", False,
        _everywhere(
            Form("{0}**{1}", _POWER, (_ATOM, _POWER)),
            latex=Form("{0}^{{{1}}}", _POWER, (_ATOM, _FREE)),
            c=_call("pow", 2),
            julia=Form("{0}^{1}", _POWER, (_ATOM, _POWER)),
        ),
    ),
    _extreme("max", "Max", ">"),
    _extreme("min", "Min", "<"),
    Operator(
        "neg", 1, DimensionRule.PRESERVE, None, 1, _ANY, np.negative, "Mul", False,
        _everywhere(Form("-{0}", _SIGN, (_SIGN,)), latex=Form("-{0}", _SIGN, (_PRODUCT,))), "odd",
    ),
    Operator(
        "inv", 1, _SCALE, Fraction(-1), 1, "every number but 0", np.reciprocal, "Pow", False,
        _everywhere(
            Form("1/{0}", _PRODUCT, (_POWER,)),
            latex=Form(r"\frac{{1}}{{{0}}}", _PRODUCT, (_FREE,)),
            c=Form("1.0/{0}", _PRODUCT, (_POWER,)),
            fortran=Form("1.0d0/{0}", _PRODUCT, (_POWER,)),
        ),
        "odd",
    ),
    Operator(
        "square", 1, _SCALE, Fraction(2), 1, _ANY, np.square, "Pow", False, _power("2"), "even",
    ),
    Operator("cube", 1, _SCALE, Fraction(3), 1, _ANY, _cube, "Pow", False, _power("3"), "odd"),
    _function("sqrt", "x at least 0", latex=r"\sqrt{{{0}}}", rule=_SCALE, exponent=Fraction(1, 2)),
    _function("exp", "every number; overflows above about 709"),
    _function("log", "x above 0", latex=r"\ln\left({0}\right)"),
    _function("log10", "x above 0", latex=r"\log_{{10}}\left({0}\right)", sympy="log"),
    _function("sin", "every finite number", parity="odd"),
    _function("cos", "every finite number", parity="even"),
    _function("tan", "every finite number but odd multiples of pi/2", parity="odd"),
    _function("asin", "x from -1 to 1", numpy="arcsin", latex=r"\arcsin\left({0}\right)", parity="odd"),
    _function("acos", "x from -1 to 1", numpy="arccos", latex=r"\arccos\left({0}\right)"),
    _function("atan", _ANY, numpy="arctan", latex=r"\arctan\left({0}\right)", parity="odd"),
    _function("sinh", "every number; overflows beyond about 710", parity="odd"),
    _function("cosh", "every number; overflows beyond about 710", parity="even"),
    _function("tanh", _ANY, parity="odd"),
    _function(
        "abs", _ANY, latex=r"\left|{0}\right|", python="abs", c="fabs", sympy="Abs",
        rule=DimensionRule.PRESERVE, parity="even",
    ),
    _function(
        "cbrt", _ANY, latex=r"\sqrt[3]{{{0}}}", sympy="real_root", rule=_SCALE, exponent=Fraction(1, 3),
        fortran=Form("sign(abs({0})**(1.0d0/3.0d0), {0})", _ATOM, (_FREE,)), parity="odd",
    ),
    Operator(
        "step", 1, DimensionRule.SIGN, None, 1, "every number; 1/2 at 0", _step, "Heaviside", False,
        _everywhere(
            _call("step"),
            latex=Form(r"\operatorname{{step}}\left({0}\right)", _ATOM, (_FREE,)),
            python=Form("(1.0 if {0} > 0 else 0.0 if {0} < 0 else 0.5 + {0})", _ATOM, (_PRODUCT,)),
            numpy=Form("np.heaviside({0}, 0.5)", _ATOM, (_FREE,)),
            c=Form("({0} > 0.0 ? 1.0 : {0} < 0.0 ? 0.0 : 0.5 + {0})", _ATOM, (_PRODUCT,)),
            fortran=Form(
                "merge(1.0d0, merge(0.0d0, 0.5d0 + {0}, {0} < 0.0d0), {0} > 0.0d0)", _ATOM, (_PRODUCT,)
            ),
            julia=Form("({0} > 0.0 ? 1.0 : {0} < 0.0 ? 0.0 : 0.5 + {0})", _ATOM, (_PRODUCT,)),
        ),
    ),
)  # fmt: skip

OPERATORS: Final[Mapping[str, Operator]] = MappingProxyType({row.name: row for row in _ROWS})
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ln": "log",
        "arcsin": "asin",
        "arccos": "acos",
        "arctan": "atan",
        "sqr": "square",
        "fabs": "abs",
        "maximum": "max",
        "minimum": "min",
        "heaviside": "step",
    }
)  # other spellings that a formula may use
POWERS: Final[Mapping[str, Fraction]] = MappingProxyType(
    {row.name: row.exponent for row in _ROWS if row.exponent is not None}
)
"""Operators that are powers, and which."""

POWER_NAMES: Final[Mapping[Fraction, str]] = MappingProxyType(
    {exponent: name for name, exponent in POWERS.items() if name != "cbrt"}
)
"""Powers that have an operator: not the third root, which has values where a power has none."""

FUNCTION_NAMES: Final = frozenset(name for name in OPERATORS if name.isidentifier()) | frozenset(ALIASES)


def left_out(names: Collection[str]) -> tuple[str, ...]:
    """Return the operators that are not among these, in the order of the table."""
    return tuple(name for name in OPERATORS if name not in names)


def operator(name: str) -> Operator:
    """Return the row of an operator; OperatorError names the nearest one when there is no such row."""
    row = OPERATORS.get(ALIASES.get(name, name))
    if row is None:
        near = difflib.get_close_matches(str(name), [*OPERATORS, *ALIASES], n=1)
        raise OperatorError(name=str(name), reason="no such operator", suggestion=near[0] if near else None)
    return row
