"""Forms: how languages write an operator, and where parentheses are needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("text", "latex", "python", "numpy", "c", "fortran", "julia")


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


FREE, SUM, PRODUCT, SIGN, POWER, ATOM = Precedence


def everywhere(form: Form, **other: Form) -> Mapping[str, Form]:
    """Return one form for all languages but those that are named."""
    return MappingProxyType({language: other.get(language, form) for language in LANGUAGES})


def call(name: str, arity: int = 1) -> Form:
    """Return ``name(x)`` or ``name(x, y)``."""
    slots = ", ".join("{" + str(i) + "}" for i in range(arity))
    return Form(f"{name}({slots})", ATOM, (FREE,) * arity)


def infix(sign: str, level: Precedence, right: Precedence, latex: Form) -> Mapping[str, Form]:
    """Return the forms of a sign between two operands; ``right`` is asked of the second one."""
    return everywhere(Form("{0}" + sign + "{1}", level, (level, right)), latex=latex)


def power(exponent: str) -> Mapping[str, Form]:
    """Return the forms of a power with this whole exponent."""
    return everywhere(
        Form("{0}**" + exponent, POWER, (ATOM,)),
        latex=Form("{0}^{{" + exponent + "}}", POWER, (ATOM,)),
        c=Form("pow({0}, " + exponent + ".0)", ATOM, (FREE,)),
        julia=Form("{0}^" + exponent, POWER, (ATOM,)),
    )
