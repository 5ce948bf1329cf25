"""Whether a formula has the form of a template, and what then stands in place of its unknown functions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symreg.formula import OPERATORS, Apply, Constant, Expression, Number, complexity, constants_of, variables_of
from symreg.problem.template import Template, UnknownFunction

Parts = dict[str, Expression]
ONE = Number(Fraction(1))


def parts_of(template: Template, expression: Expression) -> Parts | None:
    """The expressions that stand in place of the unknown functions, by name; None where the form is another.

    A function holds its own arguments, free constants, numbers and pi.
    """
    functions = {one.name: one for one in template.functions}
    for parts in _matches(template.outer, expression, functions, {}):
        if all(_keeps_to(template, functions[name], part) for name, part in parts.items()):
            return parts
    return None


def has_form(template: Template | None, expression: Expression) -> bool:
    """Whether the formula is one that the template allows; without a template every formula is."""
    return template is None or parts_of(template, expression) is not None


def _keeps_to(template: Template, function: UnknownFunction, part: Expression) -> bool:
    """Names that are arguments may stand here; those that stand elsewhere in the form may not."""
    others = {*template.names, *template.parameter_names} - set(function.arguments)
    return not (set(variables_of(part)) - set(function.arguments) or set(constants_of(part)) & others)


def is_short(template: Template | None, expression: Expression) -> bool:
    """Whether no unknown function has become longer than the user allows."""
    parts = {} if template is None else parts_of(template, expression) or {}
    most = {} if template is None else {one.name: one.max_complexity for one in template.functions}
    return all(complexity(part) <= (most[name] or complexity(part)) for name, part in parts.items())


def _matches(
    pattern: Expression, expression: Expression, functions: dict[str, UnknownFunction], parts: Parts
) -> Iterator[Parts]:
    """Every way to read ``expression`` as ``pattern``, beside what is read already."""
    if isinstance(pattern, Constant) and pattern.name in functions:
        if parts.setdefault(pattern.name, expression) == expression:
            yield parts
        return
    if not isinstance(pattern, Apply):
        if pattern == expression:
            yield parts
        return
    for arguments in _read_as(pattern.operator, expression):
        yield from _all_match(pattern.arguments, arguments, functions, parts)


def _all_match(
    patterns: tuple[Expression, ...],
    expressions: tuple[Expression, ...],
    functions: dict[str, UnknownFunction],
    parts: Parts,
) -> Iterator[Parts]:
    if not patterns:
        yield parts
        return
    for found in _matches(patterns[0], expressions[0], functions, dict(parts)):
        yield from _all_match(patterns[1:], expressions[1:], functions, found)


def _read_as(operator: str, expression: Expression) -> Iterator[tuple[Expression, ...]]:
    """Operands with which the expression is an ``operator`` of something, as it stands or as it is written shorter."""
    if not isinstance(expression, Apply):
        return
    arguments = expression.arguments
    if expression.operator == operator:
        yield arguments
        if OPERATORS[operator].commutative:
            yield arguments[::-1]
    elif operator == "+" and expression.operator == "-":
        yield arguments[0], Apply("neg", (arguments[1],))
        yield Apply("neg", (arguments[1],)), arguments[0]
    elif operator == "-" and expression.operator == "+":
        yield arguments[0], Apply("neg", (arguments[1],))
    elif operator == "/" and expression.operator == "inv":
        yield ONE, arguments[0]


