"""Python with its own numbers, which raise errors at infinity, and with NumPy's arrays, which do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from symreg.formula import CODE, Apply, Form, Language, Precedence, variables_of
from symreg.laws.exporting.passing import is_settled, lost_in
from symreg.laws.exporting.program import Program, indented, program_of
from symreg.laws.law import Law

_POWERS: Final = frozenset({"pow", "square", "cube"})
_AT_INFINITY: Final = _POWERS | {"/", "inv", "exp", "sinh", "cosh", "log", "log10"}
"""Operators for whose infinite values Python raises an error."""

_OUTSIDE: Final = _AT_INFINITY | {"sqrt", "sin", "cos", "tan", "asin", "acos"}
"""Operators for whose undefined values it does."""

_DIVIDED: Final = '''def _divided(x, y):
    """x/y as IEEE 754 has it, where Python raises an error."""
    if y != 0.0:
        return x / y
    return math.nan if x == 0.0 or x != x else math.copysign(math.inf, x) * math.copysign(1.0, y)
'''
_POWER: Final = '''def _power(x, y):
    """x**y as IEEE 754 has it, where Python raises an error."""
    try:
        return math.pow(x, y)
    except (OverflowError, ValueError):
        if x < 0.0 and y % 1.0 != 0.0:
            return math.nan
        return -math.inf if math.copysign(1.0, x) < 0.0 and y % 2.0 == 1.0 else math.inf
'''
_OVERFLOWS: Final = '''def _{name}(x):
    """{name}(x) as IEEE 754 has it, where Python raises an error."""
    try:
        return math.{name}(x)
    except OverflowError:
        return {infinity}
'''
_LOGARITHM: Final = '''def _{name}(x):
    """{name}(x) as IEEE 754 has it, where Python raises an error."""
    return math.{name}(x) if x > 0.0 else -math.inf if x == 0.0 else math.nan
'''
_DEFINED: Final = '''def _{name}(x):
    """{name}(x), NaN where Python raises an error."""
    return math.{name}(x) if {defined} else math.nan
'''
_HELPERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "_divided": _DIVIDED,
        "_power": _POWER,
        "_exp": _OVERFLOWS.format(name="exp", infinity="math.inf"),
        "_sinh": _OVERFLOWS.format(name="sinh", infinity="math.copysign(math.inf, x)"),
        "_cosh": _OVERFLOWS.format(name="cosh", infinity="math.inf"),
        "_log": _LOGARITHM.format(name="log"),
        "_log10": _LOGARITHM.format(name="log10"),
        "_sqrt": _DEFINED.format(name="sqrt", defined="x >= 0.0"),
        **{f"_{name}": _DEFINED.format(name=name, defined="math.isfinite(x)") for name in ("sin", "cos", "tan")},
        **{f"_{name}": _DEFINED.format(name=name, defined="-1.0 <= x <= 1.0") for name in ("asin", "acos")},
    }
)


def python(law: Law) -> str:
    """The law as a function of Python's numbers; helpers stand above it where it needs them."""
    program = program_of(law, replace(CODE["python"], chosen=_careful(law)))
    helpers = [text for name, text in _HELPERS.items() if re.search(rf"(?<!\w){name}\(", program.formula)]
    return (
        "import math\n\n\n" + "".join(f"{text}\n\n" for text in helpers) + f"{_head(program)}"
        f"    try:\n{indented(program.steps(), 8)}"
        "    except (ValueError, OverflowError, ZeroDivisionError):\n        return math.nan\n"
        "    return value if math.isfinite(value) else math.nan\n"
    )


def _careful(law: Law) -> Callable[[Apply], Form | None]:
    """Forms that raise no error, where the error would hide a number: see ``passing``."""
    lost, constants = lost_in(law.expression), _constants(law)

    def chosen(node: Apply) -> Form | None:
        needed = (node.operator in _AT_INFINITY and node in lost.infinite) or (
            node.operator in _OUTSIDE and node in lost.undefined
        )
        if not needed or is_settled(node, constants) or _is_divided_by_a_number(node, constants):
            return CODE["python"].chosen(node)
        return _call(node.operator)

    return chosen


def _call(operator: str) -> Form:
    template = {
        "/": "_divided({0}, {1})",
        "inv": "_divided(1.0, {0})",
        "pow": "_power({0}, {1})",
        "square": "_power({0}, 2.0)",
        "cube": "_power({0}, 3.0)",
    }.get(operator, f"_{operator}({{0}})")
    return Form(template, Precedence.ATOM, (Precedence.ANYTHING,) * 2)


def _is_divided_by_a_number(node: Apply, constants: Mapping[str, float]) -> bool:
    """Division by what has a value, and is not 0, raises no error."""
    if node.operator not in ("/", "inv"):
        return False
    divisor = node.arguments[-1]
    return is_settled(divisor, constants) and is_settled(Apply("inv", (divisor,)), constants)


def numpy(law: Law) -> str:
    """The law as a function of arrays."""
    program = program_of(law, _numpy_with(_constants(law)))
    given = [f"{name} = np.asarray({name}, dtype=float)" for name in program.arguments]
    return (
        f"import numpy as np\n\n\n{_head(program)}"
        f'{indented(given)}    with np.errstate(all="ignore"):\n{indented(program.steps(), 8)}'
        "    return np.where(np.isfinite(value), value, np.nan)\n"
    )


def _numpy_with(constants: Mapping[str, float]) -> Language:
    """Numbers without arrays are Python's, and where these raise an error they have to be NumPy's."""
    usual = CODE["numpy"]
    forms = {
        "/": Form("np.float64({0})/{1}", Precedence.PRODUCT, (Precedence.ANYTHING, Precedence.SIGN)),
        "inv": Form("np.float64(1)/{0}", Precedence.PRODUCT, (Precedence.POWER,)),
        "pow": Form("np.float64({0})**{1}", Precedence.POWER, (Precedence.ANYTHING, Precedence.POWER)),
        "square": Form("np.float64({0})**2", Precedence.POWER, (Precedence.ANYTHING,)),
        "cube": Form("np.float64({0})**3", Precedence.POWER, (Precedence.ANYTHING,)),
    }

    def chosen(node: Apply) -> Form | None:
        if node.operator not in forms or variables_of(node) or is_settled(node, constants):
            return usual.chosen(node)
        return forms[node.operator]

    return replace(usual, chosen=chosen)


def _constants(law: Law) -> dict[str, float]:
    return {one.name: float(one.unit.to_si(one.value)) for one in law.constants}


def _head(program: Program) -> str:
    return f"def {program.function}({', '.join(program.arguments)}):\n" + indented(
        ['"""' + program.about[0], *program.about[1:], '"""']
    )
