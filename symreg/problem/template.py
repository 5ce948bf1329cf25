"""Templates: the form of a law as far as the user knows it, ``"E = sqrt(f(p)**2 + (m*c**2)**2)"``.

A name before brackets that is no operator is an unknown function of the columns and known constants between them;
parameters are names that the user declares. The unknown functions stand in the tree ``outer`` as constants of their
names, so that what the dimension rules say of unknown constants holds for them: a function's dimension follows from its
place, exactly, or is left open by it (``A*f(x)``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf, isfinite
from typing import Any

from symreg.errors import DimensionError, ParseError, ProblemError
from symreg.formula import (
    FUNCTION_NAMES,
    Constant,
    Expression,
    complexity,
    constants_of,
    infer_dimensions,
    parse_template,
    quoted,
    substitute,
    unquoted,
    variables_of,
)
from symreg.tables import check_name, column_unit
from symreg.units import DIMENSIONLESS, Dimension, Unit, physical_constant_names

ODD_DIMENSION = Dimension((Fraction(1, 7),) * len(DIMENSIONLESS.exponents))  # of nothing that anyone measures


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the form that the data decide: ``start`` and the bounds are in SI; ``unit`` None is inferred."""

    name: str
    unit: Unit | None = None
    start: float | None = None
    lower: float = -inf
    upper: float = inf


@dataclass(frozen=True, slots=True)
class UnknownFunction:
    """A function to be found, and the names that it may hold; ``dimension`` None is left open by the form."""

    name: str
    arguments: tuple[str, ...]
    dimension: Dimension | None = None
    max_complexity: int | None = None

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(quoted, self.arguments))})"


@dataclass(frozen=True, slots=True)
class Template:
    """``target = outer``, as the user wrote it in ``text``."""

    text: str
    target: str
    outer: Expression
    functions: tuple[UnknownFunction, ...]
    parameters: tuple[Parameter, ...]

    @property
    def is_bare(self) -> bool:
        """Whether the form is one unknown function and nothing else: a choice of inputs and constants."""
        return len(self.functions) == 1 and self.outer == Constant(self.functions[0].name)

    @property
    def names(self) -> tuple[str, ...]:
        """Columns and known constants that a law may hold, each once."""
        fixed = {"pi", *self.parameter_names, *(one.name for one in self.functions)}
        own = [*variables_of(self.outer), *(name for name in constants_of(self.outer) if name not in fixed)]
        return tuple(dict.fromkeys([*own, *(name for one in self.functions for name in one.arguments)]))

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(one.name for one in self.parameters)

    @property
    def stated_dimensions(self) -> dict[str, Dimension]:
        """Dimensions of the parameters whose unit the user gave."""
        return {one.name: one.unit.dimension for one in self.parameters if one.unit is not None}

    @property
    def own_complexity(self) -> int:
        """Nodes of the form itself, without what the unknown functions bring."""
        return 0 if self.is_bare else complexity(self.outer)

    def whole(self, parts: Mapping[str, Expression]) -> Expression:
        """The formula with these expressions in place of the unknown functions."""
        return substitute(self.outer, {Constant(name): part for name, part in parts.items()})

    def describe(self) -> str:
        """What the user has fixed, in one sentence."""
        parts = [f"the form of the law was given: {self.text}"]
        if self.functions:
            parts.append("unknown " + " and ".join(map(str, self.functions)))
        if self.parameters:
            parts.append("parameters " + ", ".join(map(_parameter_text, self.parameters)))
        return "; ".join(parts)


def _parameter_text(one: Parameter) -> str:
    scale = 1.0 if one.unit is None else one.unit.scale
    unit = "" if one.unit is None else f" [{one.unit.text}]"
    lower = f" from {one.lower / scale:g}" if isfinite(one.lower) else ""
    upper = f" up to {one.upper / scale:g}" if isfinite(one.upper) else ""
    return f"{one.name}{unit}{lower}{upper}"


def is_template(text: str, columns: Collection[str]) -> bool:
    """Whether this names a target and the form of its law, and is no column's name."""
    return "=" in text and text not in columns


def target_of(text: str) -> str:
    """The name left of the equals sign."""
    left = text.partition("=")[0].strip()
    name = unquoted(left, 0) if left.startswith("`") else None
    return name[0] if name is not None and name[1] == len(left) else left


def read_template(
    text: str,
    *,
    name: str,
    columns: Sequence[str],
    known: Mapping[str, Dimension],
    target: Dimension,
    parameters: Mapping[str, Any] | Sequence[Any] = (),
    functions: Mapping[str, Any] | None = None,
) -> Template:
    """Parse a template and hold it against the units; ``known`` holds the dimensions of columns and constants.

    ``columns`` are the names that may stand as inputs. ``parameters`` are names, or a mapping from names to ``unit``,
    ``start``, ``lower`` and ``upper``; ``functions`` maps names of unknown functions to ``unit`` and
    ``max_complexity``. Raises ``ProblemError``, ``ParseError``, ``UnitError`` and, where no choice of dimensions gives
    the form that of the target, ``DimensionError``.
    """
    declared = _read_parameters(name, parameters, taken=known)
    constants = [other for other in known if other not in columns]
    outer, calls = _parsed(text.partition("=")[2], columns, [*constants, *declared])
    unused = [each for each in declared if Constant(each).name not in constants_of(outer)]
    if unused:
        raise ProblemError(name=name, reason=f"the parameter {unused[0]!r} does not stand in the form {text!r}.")
    found = [_read_function(name, one, arguments, set(columns), declared) for one, arguments in calls.items()]
    found = _with_limits(name, found, functions or {})
    template = Template(text.strip(), target_of(text), outer, tuple(found), tuple(declared.values()))
    if not template.functions and not template.parameters:
        reason = f"the form {text!r} holds no unknown function and no parameter, so there is nothing to find."
        raise ProblemError(name=name, reason=reason, advice="Write f(...) for what is unknown, or list parameters.")
    return _with_dimensions(name, template, known, target)


def _parsed(
    text: str, columns: Sequence[str], constants: Sequence[str]
) -> tuple[Expression, dict[str, tuple[str, ...]]]:
    try:
        return parse_template(text, variables=columns, constants=constants)
    except ParseError as error:
        word = re.match(r"\w*", text[error.position :])
        if word is None or word[0] not in physical_constant_names() or word[0] in constants:
            raise
        advice = f"{word[0]} is a constant of nature: list it in constants"
        raise ParseError(text=text, position=error.position, reason=error.reason, suggestion=advice) from None


def _read_function(
    name: str, function: str, arguments: tuple[str, ...], columns: set[str], declared: Collection[str]
) -> UnknownFunction:
    wrong = next((each for each in arguments if each in declared), None)
    if wrong is not None:
        reason = f"{function} has the parameter {wrong!r} among its arguments, which are columns and known constants."
        raise ProblemError(name=name, reason=reason)
    if not columns & set(arguments):
        raise ProblemError(name=name, reason=f"no argument of the unknown function {function} is a column.")
    return UnknownFunction(function, arguments)


def _with_limits(
    name: str, functions: Sequence[UnknownFunction], limits: Mapping[str, Any]
) -> list[UnknownFunction]:
    alien = [each for each in limits if each not in {one.name for one in functions}]
    if alien:
        stated = ", ".join(map(str, functions)) or "none"
        reason = f"no unknown function is called {alien[0]!r}."
        raise ProblemError(name=name, reason=reason, advice=f"Unknown functions: {stated}.")
    found = []
    for one in functions:
        given = _keys(name, f"the function {one.name!r}", limits.get(one.name), ("unit", "max_complexity"))
        unit = None if given.get("unit") is None else column_unit(str(given["unit"]), one.name)
        most = given.get("max_complexity")
        if most is not None and (not isinstance(most, int) or most < 1):
            reason = f"max_complexity of {one} is {most!r}, and must be a whole number from 1."
            raise ProblemError(name=name, reason=reason)
        found.append(replace(one, dimension=None if unit is None else unit.dimension, max_complexity=most))
    return found


def _read_parameters(
    name: str, given: Mapping[str, Any] | Sequence[Any], taken: Collection[str]
) -> dict[str, Parameter]:
    if isinstance(given, str):
        given = [given]
    pairs = given.items() if isinstance(given, Mapping) else [(one, None) for one in given]
    found: dict[str, Parameter] = {}
    for label, facts in pairs:
        check_name(str(label), f"problem {name!r}")
        if label in taken or label in FUNCTION_NAMES or label == "pi" or label in found:
            raise ProblemError(name=name, reason=f"the parameter {label!r} has a name that is taken.")
        keys = ("unit", "start", "lower", "upper")
        found[str(label)] = _parameter(name, str(label), _keys(name, f"the parameter {label!r}", facts, keys))
    return found


def _keys(name: str, what: str, given: Any, allowed: Sequence[str]) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping) or set(given) - set(allowed):
        raise ProblemError(name=name, reason=f"{what} is given as {given!r}.", advice=f"Keys: {', '.join(allowed)}.")
    return given


def _parameter(name: str, label: str, given: Mapping[str, Any]) -> Parameter:
    unit = None if given.get("unit") is None else column_unit(str(given["unit"]), label)
    if unit is not None and unit.offset:
        reason = f"the parameter {label!r} is in {unit.text}, which has a zero point of its own."
        raise ProblemError(name=name, reason=reason, advice="Give it in K, or as a difference (delta_degC).")
    scale = 1.0 if unit is None else unit.scale
    numbers = {}
    for key, otherwise in (("start", None), ("lower", -inf), ("upper", inf)):
        value = given.get(key)
        if not (value is None or _is_number(value)):
            reason = f"{key} of the parameter {label!r} is {value!r}, and must be a number."
            raise ProblemError(name=name, reason=reason)
        numbers[key] = otherwise if value is None else float(value) * scale
    start, lower, upper = numbers["start"], numbers["lower"], numbers["upper"]
    assert lower is not None and upper is not None
    if not lower < upper or (start is not None and not lower <= start <= upper):
        reason = f"the parameter {label!r} has no room: lower {lower:g}, start {start}, upper {upper:g} (in SI)."
        raise ProblemError(name=name, reason=reason)
    return Parameter(label, unit, start, lower, upper)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


# ----------------------------------------------------------------------------------------------- dimensions


def _with_dimensions(name: str, template: Template, known: Mapping[str, Dimension], target: Dimension) -> Template:
    """The template with the dimensions of its functions; DimensionError where none fit."""
    stated = {"pi": DIMENSIONLESS, **known, **template.stated_dimensions}
    stated |= {one.name: one.dimension for one in template.functions if one.dimension is not None}
    inferred = infer_dimensions(template.outer, stated, target)
    for one in template.parameters:
        sizes = [size for size in (one.start, one.lower, one.upper) if size and isfinite(size)]
        if one.unit is None and sizes and not inferred[one.name].is_dimensionless:
            reason = f"the parameter {one.name!r} has the dimension {inferred[one.name]}, and its numbers no unit."
            raise ProblemError(name=name, reason=reason, advice=f"Give {one.name} a unit beside start and bounds.")
    functions = tuple(
        one
        if one.dimension is not None or _is_open(template.outer, one.name, stated, target)
        else replace(one, dimension=inferred[one.name])
        for one in template.functions
    )
    return replace(template, functions=functions)


def _is_open(outer: Expression, name: str, stated: Mapping[str, Dimension], target: Dimension) -> bool:
    """Whether the form would take a function of any dimension at all."""
    try:
        infer_dimensions(outer, {**stated, name: ODD_DIMENSION}, target)
    except DimensionError:
        return False
    return True
