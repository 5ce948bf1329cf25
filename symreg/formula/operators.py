"""One row per operator: all that any consumer of an operator ever asks is written in its row, and only there.

The parser, the printers, the dimension check, the lowering to a program, the engine in NumPy, the description length,
sympy, the reports and the export to other languages read this table; a new operator is a new row (and, to be fast, a
row of ``engine/core/operators.h``). Nothing is protected: outside the domain the value is NaN, and infinities come out
as IEEE 754 has them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np

from symreg.engine.operations import ADD, DIVIDE, MULTIPLY, NEGATE, SUBTRACT, Operation, Slope, tell
from symreg.errors import OperatorError
from symreg.formula.forms import ATOM, FREE, POWER, PRODUCT, SIGN, SUM, Form, call, everywhere, infix, power
from symreg.formula.inverses import NO_INVERSE, Inverse, inverse_of_power
from symreg.formula.slopes import by_larger, by_smaller, power_by_base, power_by_exponent


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One operator.

    ``opcode`` is its number in a program. ``rule`` says what becomes of dimensions, with an ``exponent`` for SCALE
    only. ``bits`` is the length of its code in a description length. ``numpy`` is its value, ``slopes`` are its
    derivatives by each operand, as functions of both operands (``y`` is any vector where there is one) and the value
    ``v``; the ``inverse`` is that of operators of one operand. ``domain`` is for people: where the value is a real
    number. ``parity`` says what the operator makes of its operand's sign, ``angle`` whether its operand or its value
    is one. ``shown`` is its name in reports, where it is written as a function; ``sympy_name`` the sympy class or
    function that represents the operator (``Pow`` for square, with the exponent from this row).
    """

    name: str
    arity: int
    opcode: int
    rule: DimensionRule
    bits: float
    domain: str
    numpy: Callable[..., Any] = field(compare=False)
    slopes: tuple[Slope, ...] = field(compare=False, repr=False)
    forms: Mapping[str, Form] = field(compare=False, repr=False)
    sympy_name: str
    exponent: Fraction | None = None
    complexity: int = 1
    commutative: bool = False
    inverse: Inverse = field(default=NO_INVERSE, compare=False, repr=False)
    parity: Literal["even", "odd"] | None = None
    angle: Literal["operand", "value"] | None = None
    shown: str = ""

    def form(self, language: str) -> Form:
        """Return the printed form in one of ``forms.LANGUAGES``."""
        return self.forms[language]


def _function(
    name: str,
    opcode: int,
    domain: str,
    slope: Slope,
    *,
    bits: float,
    inverse: Inverse = NO_INVERSE,
    numpy: str | Form = "",
    latex: str = "",
    sympy: str = "",
    shown: str = "",
    rule: DimensionRule = DimensionRule.DIMENSIONLESS,
    exponent: Fraction | None = None,
    parity: Literal["even", "odd"] | None = None,
    angle: Literal["operand", "value"] | None = None,
    value: Callable[[Any], Any] | None = None,
    **forms: Form,
) -> Operator:
    """Return the row of an operator that is written as a call in almost every language.

    ``numpy`` is NumPy's name where it is another; where there is none it is the form, beside the ``value``.
    """
    numpy = numpy or name
    usual = {
        "latex": Form(latex or "\\" + name + r"\left({0}\right)", ATOM, (FREE,)),
        "python": call(f"math.{name}"),
        "numpy": call(f"np.{numpy}") if isinstance(numpy, str) else numpy,
    }
    return Operator(
        name=name, arity=1, opcode=opcode, rule=rule, exponent=exponent, bits=bits, domain=domain,
        numpy=value or getattr(np, str(numpy)), slopes=(slope,), inverse=inverse,
        forms=everywhere(call(name), **usual | forms), sympy_name=sympy or name, parity=parity, angle=angle,
        shown=shown or name,
    )  # fmt: skip


def _extreme(name: str, opcode: int, sympy: str, sign: str, slopes: tuple[Slope, Slope]) -> Operator:
    """Return the row of max or min; NaN if either operand is, where the languages' own functions pass over it.

    That is why an operand may stand in a printed form more than once; ``x != x`` where x is NaN.
    """
    python = Form("({0} if {0} " + sign + " {1} or {0} != {0} else {1})", ATOM, (SUM, SUM))
    c = Form("({0} " + sign + " {1} || {0} != {0} ? {0} : {1})", ATOM, (SUM, SUM))
    fortran = Form("merge({0}, {1}, {0} " + sign + " {1} .or. {0} /= {0})", ATOM, (SUM, SUM))
    latex = Form("\\" + name + r"\left({0}, {1}\right)", ATOM, (FREE, FREE))
    numpy = f"{name}imum"
    return Operator(
        name=name, arity=2, opcode=opcode, rule=DimensionRule.SAME, bits=9.5, domain=_ANY, numpy=getattr(np, numpy),
        slopes=slopes, sympy_name=sympy, commutative=True, shown=name,
        forms=everywhere(
            call(name, 2), latex=latex, python=python, numpy=call(f"np.{numpy}", 2), c=c, fortran=fortran
        ),
    )  # fmt: skip


# -- values that are no function of NumPy


def _cube(x: Any) -> Any:
    return x * x * x


def _step(x: Any) -> Any:
    return np.heaviside(x, 0.5)


def _of_arc(z: Any) -> Any:
    return 1 / np.sqrt(1 - z * z)


# -- the table

_SAME, _SCALE, _ANY = DimensionRule.SAME, DimensionRule.SCALE, "every number"
_ROWS: Final = (
    Operator(
        name="+", arity=2, opcode=ADD, rule=_SAME, bits=3.2, domain=_ANY, commutative=True, sympy_name="Add",
        numpy=np.add, slopes=(lambda x, y, v: 1.0, lambda x, y, v: 1.0),
        forms=infix(" + ", SUM, PRODUCT, Form("{0} + {1}", SUM, (SUM, SUM))),
    ),
    Operator(
        name="-", arity=2, opcode=SUBTRACT, rule=_SAME, bits=3.2, domain=_ANY, sympy_name="Add",
        numpy=np.subtract, slopes=(lambda x, y, v: 1.0, lambda x, y, v: -1.0),
        forms=infix(" - ", SUM, PRODUCT, Form("{0} - {1}", SUM, (SUM, PRODUCT))),
    ),
    Operator(
        name="*", arity=2, opcode=MULTIPLY, rule=DimensionRule.PRODUCT, bits=2.0, domain=_ANY, commutative=True,
        sympy_name="Mul", numpy=np.multiply, slopes=(lambda x, y, v: y, lambda x, y, v: x),
        forms=infix("*", PRODUCT, SIGN, Form(r"{0} \cdot {1}", PRODUCT, (PRODUCT, PRODUCT))),
    ),
    Operator(
        name="/", arity=2, opcode=DIVIDE, rule=DimensionRule.QUOTIENT, bits=2.3, domain="divisor not 0",
        sympy_name="Mul", numpy=np.divide, slopes=(lambda x, y, v: 1.0 / y, lambda x, y, v: -v / y),
        forms=infix("/", PRODUCT, SIGN, Form(r"\frac{{{0}}}{{{1}}}", PRODUCT, (FREE, FREE))),
    ),
    Operator(
        name="pow", arity=2, opcode=6, rule=DimensionRule.POWER, bits=5.0,
        domain="base above 0, or exponent a whole number", sympy_name="Pow",
        numpy=np.power, slopes=(power_by_base, power_by_exponent),
        forms=everywhere(
            Form("{0}**{1}", POWER, (ATOM, POWER)),
            latex=Form("{0}^{{{1}}}", POWER, (ATOM, FREE)),
            c=call("pow", 2),
            julia=Form("{0}^{1}", POWER, (ATOM, POWER)),
        ),
    ),
    _extreme("max", 7, "Max", ">", (by_larger, by_smaller)),
    _extreme("min", 8, "Min", "<", (by_smaller, by_larger)),
    Operator(
        name="neg", arity=1, opcode=NEGATE, rule=DimensionRule.PRESERVE, bits=5.0, domain=_ANY, sympy_name="Mul",
        numpy=np.negative, slopes=(lambda x, y, v: -1.0,), inverse=Inverse(np.negative, lambda z: -np.ones_like(z)),
        parity="odd",
        forms=everywhere(Form("-{0}", SIGN, (SIGN,)), latex=Form("-{0}", SIGN, (PRODUCT,))),
    ),
    Operator(
        name="inv", arity=1, opcode=10, rule=_SCALE, exponent=Fraction(-1), bits=5.0, domain="every number but 0",
        sympy_name="Pow", numpy=np.reciprocal, slopes=(lambda x, y, v: -v * v,), inverse=inverse_of_power(Fraction(-1)),
        parity="odd",
        forms=everywhere(
            Form("1/{0}", PRODUCT, (POWER,)),
            latex=Form(r"\frac{{1}}{{{0}}}", PRODUCT, (FREE,)),
            c=Form("1.0/{0}", PRODUCT, (POWER,)),
            fortran=Form("1.0d0/{0}", PRODUCT, (POWER,)),
        ),
    ),
    Operator(
        name="square", arity=1, opcode=11, rule=_SCALE, exponent=Fraction(2), bits=3.5, domain=_ANY, sympy_name="Pow",
        numpy=np.square, slopes=(lambda x, y, v: 2.0 * x,), inverse=inverse_of_power(Fraction(2)),
        parity="even", forms=power("2"),
    ),
    Operator(
        name="cube", arity=1, opcode=12, rule=_SCALE, exponent=Fraction(3), bits=6.0, domain=_ANY, sympy_name="Pow",
        numpy=_cube, slopes=(lambda x, y, v: 3.0 * x * x,),
        inverse=Inverse(np.cbrt, lambda z: 1 / (3 * np.cbrt(z) ** 2)), parity="odd", forms=power("3"),
    ),
    _function(
        "sqrt", 13, "x at least 0", lambda x, y, v: 0.5 / v, bits=4.5, inverse=inverse_of_power(Fraction(1, 2)),
        latex=r"\sqrt{{{0}}}", rule=_SCALE, exponent=Fraction(1, 2),
    ),
    _function(
        "exp", 14, "every number; overflows above about 709", lambda x, y, v: v, bits=5.5,
        inverse=Inverse(np.log, lambda z: 1 / z),
    ),
    _function(
        "log", 15, "x above 0", lambda x, y, v: 1.0 / x, bits=6.5, inverse=Inverse(np.exp, np.exp),
        latex=r"\ln\left({0}\right)", shown="ln",
    ),
    _function(
        "log10", 16, "x above 0", lambda x, y, v: np.log10(np.e) / x, bits=9.0,
        inverse=Inverse(lambda z: 10.0**z, lambda z: np.log(10.0) * 10.0**z),
        latex=r"\log_{{10}}\left({0}\right)", sympy="log", shown="log",
    ),
    _function(
        "sin", 17, "every finite number", lambda x, y, v: np.cos(x), bits=6.5, inverse=Inverse(np.arcsin, _of_arc),
        parity="odd", angle="operand",
    ),
    _function(
        "cos", 18, "every finite number", lambda x, y, v: -np.sin(x), bits=6.0, inverse=Inverse(np.arccos, _of_arc),
        parity="even", angle="operand",
    ),
    _function(
        "tan", 19, "every finite number but odd multiples of pi/2", lambda x, y, v: 1.0 + v * v, bits=8.0,
        inverse=Inverse(np.arctan, lambda z: 1 / (1 + z * z)), parity="odd", angle="operand",
    ),
    _function(
        "asin", 20, "x from -1 to 1", lambda x, y, v: 1.0 / np.sqrt((1.0 - x) * (1.0 + x)), bits=9.0,
        inverse=Inverse(np.sin, np.cos), parity="odd", angle="value",
        numpy="arcsin", latex=r"\arcsin\left({0}\right)", shown="arcsin",
    ),
    _function(
        "acos", 21, "x from -1 to 1", lambda x, y, v: -1.0 / np.sqrt((1.0 - x) * (1.0 + x)), bits=9.0,
        inverse=Inverse(np.cos, np.sin), angle="value",
        numpy="arccos", latex=r"\arccos\left({0}\right)", shown="arccos",
    ),
    _function(
        "atan", 22, _ANY, lambda x, y, v: 1.0 / (1.0 + x * x), bits=9.0,
        inverse=Inverse(np.tan, lambda z: 1 + np.tan(z) ** 2), parity="odd", angle="value",
        numpy="arctan", latex=r"\arctan\left({0}\right)", shown="arctan",
    ),
    _function(
        "sinh", 23, "every number; overflows beyond about 710", lambda x, y, v: np.cosh(x), bits=9.5,
        inverse=Inverse(np.arcsinh, lambda z: 1 / np.sqrt(1 + z * z)), parity="odd",
    ),
    _function(
        "cosh", 24, "every number; overflows beyond about 710", lambda x, y, v: np.sinh(x), bits=9.5,
        inverse=Inverse(np.arccosh, lambda z: 1 / np.sqrt(z * z - 1)), parity="even",
    ),
    _function(
        "tanh", 25, _ANY, lambda x, y, v: (1.0 - v) * (1.0 + v), bits=9.0,
        inverse=Inverse(np.arctanh, lambda z: 1 / (1 - z * z)), parity="odd",
    ),
    _function(
        "abs", 26, _ANY, lambda x, y, v: np.sign(x), bits=8.0,
        inverse=Inverse(lambda z: np.where(z >= 0, z, np.nan), np.ones_like), parity="even",
        latex=r"\left|{0}\right|", sympy="Abs", rule=DimensionRule.PRESERVE, python=call("abs"), c=call("fabs"),
    ),
    _function(
        "cbrt", 27, _ANY, lambda x, y, v: 1.0 / (3.0 * v * v), bits=9.5,
        inverse=Inverse(lambda z: z**3, lambda z: 3 * z**2), parity="odd",
        latex=r"\sqrt[3]{{{0}}}", sympy="real_root", rule=_SCALE, exponent=Fraction(1, 3),
        fortran=Form("sign(abs({0})**(1.0d0/3.0d0), {0})", ATOM, (FREE,)),
    ),
    _function(
        "step", 28, "every number; 1/2 at 0", lambda x, y, v: 0.0, bits=9.5, value=_step,
        latex=r"\operatorname{{step}}\left({0}\right)", sympy="Heaviside", rule=DimensionRule.SIGN,
        python=Form("(1.0 if {0} > 0 else 0.0 if {0} < 0 else 0.5 + {0})", ATOM, (PRODUCT,)),
        numpy=Form("np.heaviside({0}, 0.5)", ATOM, (FREE,)),
        c=Form("({0} > 0.0 ? 1.0 : {0} < 0.0 ? 0.0 : 0.5 + {0})", ATOM, (PRODUCT,)),
        fortran=Form("merge(1.0d0, merge(0.0d0, 0.5d0 + {0}, {0} < 0.0d0), {0} > 0.0d0)", ATOM, (PRODUCT,)),
        julia=Form("({0} > 0.0 ? 1.0 : {0} < 0.0 ? 0.0 : 0.5 + {0})", ATOM, (PRODUCT,)),
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
OPERATOR_BITS: Final[Mapping[str, float]] = MappingProxyType({row.name: row.bits for row in _ROWS})
"""A prefix code: the sum of 2**-bits is at most 1."""

POWERS: Final[Mapping[str, Fraction]] = MappingProxyType(
    {row.name: row.exponent for row in _ROWS if row.exponent is not None}
)
"""Operators that are powers, and which."""

POWER_NAMES: Final[Mapping[Fraction, str]] = MappingProxyType(
    {exponent: name for name, exponent in POWERS.items() if name != "cbrt"}
)
"""Powers that have an operator: not the third root, which has values where a power has none."""

TRANSCENDENTAL: Final = tuple(row.name for row in _ROWS if row.rule is DimensionRule.DIMENSIONLESS)
"""Functions of a pure number."""

TRIGONOMETRIC: Final = frozenset(row.name for row in _ROWS if row.angle == "operand")
"""Functions of an angle."""

FUNCTION_NAMES: Final = frozenset(name for name in OPERATORS if name.isidentifier()) | frozenset(ALIASES)

tell({row.opcode: Operation(row.numpy, row.slopes) for row in _ROWS})


ELSEWHERE = {
    "add": "+", "plus": "+", "sub": "-", "subtract": "-", "minus": "-", "mul": "*", "mult": "*", "multiply": "*",
    "times": "*", "div": "/", "divide": "/", "^": "pow", "**": "pow", "power": "pow", "inverse": "inv",
    "reciprocal": "inv", "negative": "neg", "absolute": "abs", "heaviside": "step",
}  # fmt: skip
"""Names that other programs have for these operators, for the advice in an error."""


def left_out(names: Collection[str]) -> tuple[str, ...]:
    """Return the operators that are not among these, in the order of the table."""
    return tuple(name for name in OPERATORS if name not in names)


def operator(name: str) -> Operator:
    """Return the row of an operator; OperatorError names the nearest one when there is no such row."""
    row = OPERATORS.get(ALIASES.get(name, name))
    if row is None:
        near = difflib.get_close_matches(str(name), [*OPERATORS, *ALIASES], n=1)
        suggestion = ELSEWHERE.get(str(name).lower()) or (near[0] if near else None)
        raise OperatorError(name=str(name), reason="no such operator", suggestion=suggestion)
    return row
