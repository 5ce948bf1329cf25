"""Programming languages, as far as formulas need them: what they have of their own beside the operators' table."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from symreg.formula.forms import Form
from symreg.formula.operators import FUNCTION_NAMES


@dataclass(frozen=True, slots=True)
class Language:
    """A programming language.

    ``column`` is the language of the operators' table that it is like; operators which it writes in another form have
    it in ``own``. ``words`` cannot be names. ``literal`` spells a float that is given as Python prints it. Where
    ``only_floats`` is set every number is one, so that 3/2 is not cut to 1, and where ``whole_exponents`` is, all but
    whole exponents: other ones are undefined over a negative base.
    """

    column: str
    words: frozenset[str] = field(repr=False)
    own: Mapping[str, Form] = field(default_factory=dict, repr=False)
    literal: Callable[[str], str] = str
    only_floats: bool = True
    whole_exponents: bool = True
    ignores_case: bool = False


_C_WORDS: Final = """
    auto break case char const continue default do double else enum extern float for goto if inline int long
    register restrict return short signed sizeof static struct switch typedef union unsigned void volatile
    while bool true false class delete new private public this throw try catch template typename virtual
    using namespace operator main NULL fabs pow fmin fmax floor ceil round hypot cbrt exp2 expm1 log1p log2
    erf gamma lgamma tgamma j0 j1 jn y0 y1 yn NAN INFINITY asm and or not xor
"""
_JULIA_WORDS: Final = """
    baremodule begin break catch const continue do else elseif end export false finally for function global
    if import let local macro module quote return struct true try using while abstract mutable primitive
    type where in isa outer
"""
_FORTRAN_WORDS: Final = """
    function subroutine program module end if then else do while call return result real integer logical
    implicit none intent in out value pure elemental kind dble merge sign
"""
_PYTHON_WORDS: Final = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "math", "np", "numpy"}
)


def _fortran_literal(text: str) -> str:
    return text.replace("e", "d") if "e" in text else text + "d0"


PYTHON: Final = Language("python", _PYTHON_WORDS | FUNCTION_NAMES, only_floats=False)
NUMPY: Final = Language("numpy", _PYTHON_WORDS | FUNCTION_NAMES, only_floats=False)
C: Final = Language("c", FUNCTION_NAMES.union(_C_WORDS.split()), whole_exponents=False)
FORTRAN: Final = Language(
    "fortran", FUNCTION_NAMES.union(_FORTRAN_WORDS.split()), literal=_fortran_literal, ignores_case=True
)
JULIA: Final = Language("julia", FUNCTION_NAMES.union(_JULIA_WORDS.split()))
CODE: Final[Mapping[str, Language]] = MappingProxyType(
    {language.column: language for language in (PYTHON, NUMPY, C, FORTRAN, JULIA)}
)
