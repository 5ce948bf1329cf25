"""Dimensions of expressions: one pass from the leaves to the root that asks each operator's rule.

The dimension of a subexpression is a known dimension times powers of the dimensions that are still unknown,
those of constants with no stated unit. Each rule either hands such a form on or demands that two of them are
equal; a demand is one linear equation over exact rationals, the same for all seven base units, and is solved
the moment it is met, so that a contradiction is reported at the subexpression that makes it. With nothing
unknown the same pass is the check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Final

from symreg.errors import DimensionError
from symreg.formula.expression import (
    Apply,
    Constant,
    Expression,
    Number,
    Variable,
    canonical_number,
    constants_of,
    fold,
    normalise,
)
from symreg.formula.naming import quoted
from symreg.formula.operators import OPERATORS, DimensionRule
from symreg.formula.printing import to_text
from symreg.units import BASE_QUANTITIES, DIMENSIONLESS, Dimension

_NAMED: Final[Mapping[Dimension, str]] = {
    **{Dimension.of(**{unit: 1}): quantity for unit, quantity in BASE_QUANTITIES.items()},
    Dimension.of(m=2): "area",
    Dimension.of(m=3): "volume",
    Dimension.of(m=1, s=-1): "speed",
    Dimension.of(m=1, s=-2): "acceleration",
    Dimension.of(kg=1, m=1, s=-2): "force",
    Dimension.of(kg=1, m=1, s=-1): "momentum",
    Dimension.of(kg=1, m=2, s=-2): "energy",
    Dimension.of(kg=1, m=2, s=-3): "power",
    Dimension.of(kg=1, m=-1, s=-2): "pressure",
    Dimension.of(kg=1, m=-3): "density",
    Dimension.of(A=1, s=1): "electric charge",
    Dimension.of(kg=1, m=2, s=-3, A=-1): "voltage",
}
_LONGEST_SHOWN: Final = 80
"""Characters of a subexpression in an error; a longer one is cut, so that the reason stays in sight. It changes words
only; set by hand."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A known dimension times powers of unknown ones."""

    known: Dimension
    unknown: tuple[tuple[str, Fraction], ...] = ()  # no zero exponents, in order of appearance

    def __mul__(self, other: _Form) -> _Form:
        known = self.known * other.known
        if not (self.unknown and other.unknown):
            return _Form(known, self.unknown or other.unknown)
        powers = dict(self.unknown)
        for name, power in other.unknown:
            powers[name] = powers[name] + power if name in powers else power
        return _Form(known, tuple((n, p) for n, p in powers.items() if p))

    def __pow__(self, power: Fraction) -> _Form:
        if power == 1 or self is _NONE:
            return self
        return _Form(self.known**power, tuple((n, p * power) for n, p in self.unknown if power))

    def __str__(self) -> str:
        parts = [("" if self.known.is_dimensionless else str(self.known))]
        for name, power in self.unknown:
            exponent = "" if power == 1 else f"**{power}" if power.denominator == 1 else f"**({power})"
            parts.append(f"[{quoted(name)}]{exponent}")
        return "*".join(filter(None, parts)) or "1"


_NONE: Final = _Form(DIMENSIONLESS)
_ONE: Final = Fraction(1)
_MINUS_ONE: Final = Fraction(-1)


def dimension_of(expression: Expression, dimensions: Mapping[str, Dimension]) -> Dimension:
    """Return the dimension of the expression, given those of its variables and constants by name.

    Literal numbers have none. DimensionError shows the innermost part that contradicts itself, and what to
    do.
    """
    checker = _Pass(dimensions, ())
    return fold(expression, checker.visit).known


def dimensions_of_parts(
    expression: Expression, dimensions: Mapping[str, Dimension]
) -> tuple[tuple[Expression, Dimension], ...]:
    """Return each distinct part with its dimension, operands before what is made of them: a derivation."""
    checker = _Pass(dimensions, ())
    parts: dict[Expression, Dimension] = {}

    def visit(node: Expression, operands: tuple[_Form, ...]) -> _Form:
        form = checker.visit(node, operands)
        parts[node] = form.known
        return form

    fold(expression, visit)
    return tuple(parts.items())


def infer_dimensions(
    expression: Expression, known: Mapping[str, Dimension], target: Dimension
) -> dict[str, Dimension]:
    """Return the dimensions of the constants not in ``known`` that give the whole the target's dimension.

    Exact. What the expression leaves open is dimensionless, later constants first. DimensionError when no
    choice fits.
    """
    names = tuple(name for name in constants_of(expression) if name not in known)
    checker = _Pass(known, names)
    whole = fold(expression, checker.visit)
    checker.equate(whole, _Form(target), partial(_target_error, expression))
    return {name: checker.solved.get(name, _NONE).known for name in names}


class _Pass:
    """One pass over an expression; ``solved`` holds what is known so far of the unknown dimensions."""

    def __init__(self, dimensions: Mapping[str, Dimension], unknown: Sequence[str]) -> None:
        self.dimensions = dimensions
        self.order = {name: i for i, name in enumerate(unknown)}
        self.solved: dict[str, _Form] = {}

    def visit(self, node: Expression, operands: tuple[_Form, ...]) -> _Form:
        """Return the dimension of a node over operands of these dimensions."""
        if not isinstance(node, Apply):
            return self.leaf(node)
        row = OPERATORS[node.operator]
        match row.rule:
            case DimensionRule.SAME:
                self.equate(operands[0], operands[1], partial(_sum_error, node))
                return operands[0]
            case DimensionRule.PRODUCT:
                return operands[0] * operands[1]
            case DimensionRule.QUOTIENT:
                return operands[0] * operands[1] ** _MINUS_ONE
            case DimensionRule.PRESERVE:
                return operands[0]
            case DimensionRule.SCALE:
                return operands[0] ** (row.exponent or _ONE)
            case DimensionRule.POWER:
                return self.power(node, operands)
            case DimensionRule.DIMENSIONLESS:
                self.equate(operands[0], _NONE, partial(_argument_error, node))
                return _NONE
            case DimensionRule.SIGN:
                return _NONE

    def leaf(self, node: Variable | Constant | Number) -> _Form:
        if isinstance(node, Number):
            return _NONE
        if node.name in self.dimensions:
            return _Form(self.dimensions[node.name])
        if isinstance(node, Constant) and node.name in self.order:
            return _Form(DIMENSIONLESS, ((node.name, _ONE),))
        raise DimensionError(
            expression=_shown(node),
            operator="",
            dimensions=(),
            reason=f"nothing is known about the dimension of {_shown(node)}",
            advice="state a unit for it",
        )

    def power(self, node: Apply, operands: tuple[_Form, ...]) -> _Form:
        base, exponent = operands
        self.equate(exponent, _NONE, partial(_exponent_error, node))
        rational = literal_exponent(node.arguments[1])
        if rational is not None:
            return base**rational
        self.equate(base, _NONE, partial(_base_error, node))
        return _NONE

    # -- the linear system

    def reduced(self, form: _Form) -> _Form:
        """Return the form with all that is solved put in."""
        if not form.unknown:
            return form
        if not any(name in self.solved for name, _ in form.unknown):
            return form
        result = _Form(form.known)
        for name, power in form.unknown:
            result = result * self.solved.get(name, _Form(DIMENSIONLESS, ((name, _ONE),))) ** power
        return result

    def equate(self, left: _Form, right: _Form, error: Callable[[_Form, _Form], DimensionError]) -> None:
        """Demand that both are equal: solve for the first unknown that is left, or raise."""
        left, right = self.reduced(left), self.reduced(right)
        if left == right:
            return
        ratio = left * right ** _MINUS_ONE
        if ratio.unknown:
            name, power = min(ratio.unknown, key=lambda pair: self.order[pair[0]])
            others = _Form(ratio.known, tuple(pair for pair in ratio.unknown if pair[0] != name))
            self.solved[name] = others ** (-1 / power)
            for key, form in self.solved.items():
                if any(other == name for other, _ in form.unknown):
                    self.solved[key] = self.reduced(form)
        elif not ratio.known.is_dimensionless:
            raise error(left, right)


def literal_exponent(exponent: Expression) -> Fraction | None:
    """Return the exact rational that an exponent spells with literal numbers alone, else None."""
    plain = exponent if isinstance(exponent, Number) else normalise(exponent)
    value = canonical_number(plain.value).value if isinstance(plain, Number) else None
    return value if isinstance(value, Fraction) else None


# -- words


def _shown(expression: Expression) -> str:
    text = to_text(expression)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def _error(node: Expression, forms: tuple[_Form, ...], reason: str, advice: str) -> DimensionError:
    return DimensionError(
        expression=_shown(node),
        operator=node.operator if isinstance(node, Apply) else "",
        dimensions=tuple(map(str, forms)),
        reason=reason,
        advice=advice,
    )


_RESULTS: Final = {"-": "difference", "max": "maximum", "min": "minimum"}


def _sum_error(node: Apply, left: _Form, right: _Form) -> DimensionError:
    first, second = map(_shown, node.arguments)
    if node.operator == "-":
        clash = f"cannot subtract {second} ({right}) from {first} ({left})"
    elif node.operator in ("max", "min"):
        clash = f"cannot compare {first} ({left}) with {second} ({right})"
    else:
        clash = f"cannot add {first} ({left}) and {second} ({right})"
    factor = (left * right ** _MINUS_ONE).known
    result = _RESULTS.get(node.operator, "sum")
    reason = f"{clash}: {_kind(left)} and {_kind(right)} have no {result}"
    return _error(node, (left, right), reason, f"multiply {second} by a quantity in {factor} first")


def _argument_error(node: Apply, left: _Form, right: _Form) -> DimensionError:
    argument = _shown(node.arguments[0])
    reason = f"{node.operator} needs a dimensionless argument, but {argument} has dimension {left}"
    return _error(node, (left, right), reason, _cure(left))


def _exponent_error(node: Apply, left: _Form, right: _Form) -> DimensionError:
    reason = f"an exponent is a pure number, but {_shown(node.arguments[1])} has dimension {left}"
    return _error(node, (left, right), reason, _cure(left))


def _base_error(node: Apply, left: _Form, right: _Form) -> DimensionError:
    base, exponent = map(_shown, node.arguments)
    reason = f"{base} has dimension {left}, but its exponent {exponent} is no exact number"
    advice = f"write an exponent such as 2 or 3/2, or make {base} dimensionless: {_cure(left)}"
    return _error(node, (left, right), reason, advice)


def _target_error(expression: Expression, left: _Form, right: _Form) -> DimensionError:
    reason = f"the formula has dimension {left}, but the target has dimension {right}"
    factor = (right * left ** _MINUS_ONE).known
    return _error(expression, (left, right), reason, f"multiply it by a quantity in {factor}")


def _kind(form: _Form) -> str:
    """Return what a student calls a quantity of this dimension."""
    if form == _NONE:
        return "a pure number"
    name = None if form.unknown else _NAMED.get(form.known)
    return _with_article(name) if name else f"a quantity in {form}"


def _cure(form: _Form) -> str:
    """Return what makes a quantity of this dimension a pure number."""
    for dimension, verb in ((form.known, "divide"), (form.known ** _MINUS_ONE, "multiply")):
        for power, words in ((1, ""), (2, "the square of "), (3, "the cube of ")):
            name = _NAMED.get(dimension ** Fraction(1, power))
            if name:
                return f"{verb} by {words}{_with_article(name)} first"
    return f"divide by a quantity in {form.known} first"


def _with_article(name: str) -> str:
    return ("an " if name[0] in "aeiou" else "a ") + name
