"""Fewer and simpler constants that say the same: simple numbers, and one constant where several are its powers.

``E = m/sqrt(a - b*v**2)`` fitted with two constants is a law with one when ``a = c**-4`` and ``b = c**-6``: their
dimensions are powers of one dimension, and the numbers left over are simple. Each rewriting is only a proposal: the
new formula is fitted again, and its description length decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from symreg.fitting import Fitted
from symreg.formula import (
    OPERATORS,
    USUAL,
    Apply,
    Constant,
    Expression,
    Number,
    Recognised,
    Tolerance,
    Variable,
    collected,
    constants_of,
    fold,
    normalise,
    raised,
    recognise_number,
    substitute,
    walk,
)
from symreg.problem import FreeConstant
from symreg.units import Dimension

LARGEST_POWER = 8
"""Of a shared constant: laws hold c**4 or c**6 (see above), hardly more than an eighth power. A larger one proposes
rewritings that are fitted for nothing, a smaller one misses shared constants. Set by hand."""

DOUBT = 2.5
"""Standard errors that count as one where a value is near no simple number (``_near``). More proposes more numbers,
each a refit that the description length may refuse; fewer misses factors that would vanish. Set by hand."""

INSIGNIFICANT = 3.0  # standard errors from zero
NEGLIGIBLE = 1e-10  # in natural units; of an exact fit the errors are smaller than the rounding of a coefficient

MOST_TIED = 5  # constants of a formula; among more, some ratio is simple by chance
RATIO_ERRORS = 4.0  # errors between a ratio and a simple one; the refitted formula has to be worth it
RATIO_ROUNDING = 1e-9
"""Of a simple ratio: how far constants of an exact fit, whose errors are as good as zero, may miss it. Far above
float64's 1e-16, since a fit ends a little early; larger ties constants that differ. Set by hand."""

RATIOS = tuple(Fraction(*one) for one in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (4, 1), (1, 4)))

Rewritten = tuple[Expression, tuple[FreeConstant, ...], dict[str, Recognised]]


def with_simple_numbers(
    fitted: Fitted, tolerance: Tolerance = USUAL, units: Collection[str] = ()
) -> Iterator[Rewritten]:
    """The formula with its dimensionless constants replaced by simple numbers: all at once, then each alone.

    An exponent may be a fraction. Beside one of the ``units`` that inputs are divided by, a factor would be another
    number in another unit, so that none is simple but exponents.
    """
    found: dict[str, Recognised] = {}
    exponents, depends = exponents_of(fitted.expression), bool(set(units) & set(constants_of(fitted.expression)))
    for constant, value, error in zip(fitted.constants, fitted.values, fitted.stderr, strict=True):
        is_exponent = constant.name in exponents
        if constant.dimension.is_dimensionless and (is_exponent or not depends):
            recognised = _near(float(value), float(error), replace(tolerance, fractions=is_exponent))
            if recognised is not None:
                found[constant.name] = recognised
    if found:
        yield _replaced(fitted, found)
    if len(found) > 1:
        for name, recognised in found.items():
            yield _replaced(fitted, {name: recognised})


def exponents_of(expression: Expression) -> frozenset[str]:
    """Names of the constants that stand as a power: alone, or with a number."""
    found: set[str] = set()
    for node in walk(expression):
        if isinstance(node, Apply) and node.operator == "pow":
            power = node.arguments[1]
            if not any(isinstance(one, Variable) for one in walk(power)):
                found |= set(constants_of(power))
    return frozenset(found)


def _powers_of_powers(expression: Expression) -> set[tuple[str, str]]:
    """Pairs of constants of which the first is an exponent and the second one in its base, as ``n, m`` in
    ``(1 + x**m)**n``: that these are alike is hardly ever more than chance."""
    powers = [node for node in walk(expression) if isinstance(node, Apply) and node.operator == "pow"]
    return {
        (outer, inner)
        for node in powers
        for outer in constants_of(node.arguments[1])
        for inner in exponents_of(node.arguments[0])
    }


def with_tied_constants(fitted: Fitted) -> Iterator[Rewritten]:
    """The formula with constants of one dimension as simple multiples of one of them: all at once, then each alone."""
    if len(fitted.constants) > MOST_TIED:
        return
    values, errors = fitted.values.tolist(), fitted.stderr.tolist()
    exponents = exponents_of(fitted.expression)  # no power is a multiple of a factor
    nested = _powers_of_powers(fitted.expression)
    for i, reference in enumerate(fitted.constants):
        found: dict[Expression, Expression] = {}
        for j, constant in enumerate(fitted.constants):
            alike = i != j and (constant.name in exponents) == (reference.name in exponents)
            alike = alike and not nested & {(constant.name, reference.name), (reference.name, constant.name)}
            ratio = None if not alike else _simple_ratio(values[j], errors[j], values[i], errors[i])
            if ratio is not None and constant.dimension == reference.dimension:
                found[Constant(constant.name)] = Apply("*", (Number(ratio), Constant(reference.name)))
        for tied in [found, *({one: found[one]} for one in found if len(found) > 1)] if found else ():
            kept = tuple(
                FreeConstant(one.name, one.dimension, value)
                for one, value in zip(fitted.constants, values, strict=True)
                if Constant(one.name) not in tied
            )
            yield normalise(collected(substitute(fitted.expression, tied), ())), kept, {}


def _simple_ratio(value: float, error: float, other: float, other_error: float) -> Fraction | None:
    """The simple ratio of two numbers, where they do not speak against it."""
    if not value or not other or not np.isfinite(error + other_error):
        return None
    ratio = value / other
    doubt = abs(ratio) * float(np.hypot(error / value, other_error / other))
    near = min(RATIOS, key=lambda one: abs(abs(ratio) - one))
    is_near = abs(abs(ratio) - near) < RATIO_ERRORS * doubt + RATIO_ROUNDING * near
    return (near if ratio > 0 else -near) if is_near else None


def without_insignificant_terms(fitted: Fitted) -> Iterator[Rewritten]:
    """The formula without a term of a sum whose coefficient is not told from zero."""
    for index, (constant, value, error) in enumerate(
        zip(fitted.constants, fitted.values, fitted.stderr, strict=True)
    ):
        if np.isfinite(error) and abs(value) < max(INSIGNIFICANT * error, NEGLIGIBLE):
            shorter = without_term(fitted.expression, Constant(constant.name))
            shorter = shorter or at_nothing(fitted.expression, constant.name)
            if shorter is not None and Constant(constant.name) not in walk(shorter):
                left = set(constants_of(shorter))
                kept = tuple(
                    FreeConstant(other.name, other.dimension, float(v))
                    for i, (other, v) in enumerate(zip(fitted.constants, fitted.values, strict=True))
                    if i != index and other.name in left
                )
                yield normalise(shorter), kept, {}


def without_term(expression: Expression, coefficient: Constant) -> Expression | None:
    """The tree without the term of which ``coefficient`` is a factor; None where it is in no sum."""
    for node in walk(expression):
        if isinstance(node, Apply) and node.operator in ("+", "-"):
            left, right = node.arguments
            if coefficient in _factors(right):
                return substitute(expression, {node: left})
            if coefficient in _factors(left):
                return substitute(expression, {node: right if node.operator == "+" else Apply("neg", (right,))})
    return None


def at_nothing(expression: Expression, name: str) -> Expression | None:
    """The tree with this constant zero, wherever it stands; None where that leaves nothing of it or has no value."""
    zero, one = Number(Fraction(0)), Number(Fraction(1))

    def visit(node: Expression, operands: tuple[Expression | None, ...]) -> Expression | None:
        if not isinstance(node, Apply):
            return zero if node == Constant(name) else node
        if None in operands:
            return None
        first, last = operands[0], operands[-1]
        match node.operator:
            case "*" if zero in operands:
                return zero
            case "/" if last == zero:
                return None
            case "pow" if last == zero:
                return one
            case "/" | "pow" if first == zero:
                return zero
            case operator if len(operands) == 1 and first == zero:
                return _at_zero(operator)
        return Apply(node.operator, operands)  # type: ignore[arg-type]

    found = fold(expression, visit)
    return None if found is None or found == zero else normalise(found)


def _at_zero(operator: str) -> Expression | None:
    """The operator at 0: its value where that is 0 or 1, None where it has none."""
    with np.errstate(all="ignore"):
        value = float(OPERATORS[operator].numpy(0.0))
    if not np.isfinite(value):
        return None
    return Number(Fraction(value)) if value in (0, 1) else Apply(operator, (Number(Fraction(0)),))


def _factors(expression: Expression) -> tuple[Expression, ...]:
    if isinstance(expression, Apply) and expression.operator == "*":
        return _factors(expression.arguments[0]) + _factors(expression.arguments[1])
    if isinstance(expression, Apply) and expression.operator == "/":
        return _factors(expression.arguments[0])
    return (expression,)


def _near(value: float, error: float, tolerance: Tolerance) -> Recognised | None:
    """The simple number that this value is, or else one a few errors away.

    A number that makes a whole factor vanish saves more than its digits, which only the description length of the
    new formula knows: so a doubtful one is proposed too.
    """
    if not np.isfinite(error):
        return None
    found = recognise_number(value, error, tolerance=tolerance)
    return found or recognise_number(value, DOUBT * error, tolerance=tolerance)


def _replaced(fitted: Fitted, found: dict[str, Recognised]) -> Rewritten:
    mapping: dict[Expression, Expression] = {Constant(name): one.expression for name, one in found.items()}
    kept = tuple(
        FreeConstant(constant.name, constant.dimension, float(value))
        for constant, value in zip(fitted.constants, fitted.values, strict=True)
        if constant.name not in found
    )
    return normalise(substitute(fitted.expression, mapping)), kept, found


def with_shared_constant(fitted: Fitted, units: Sequence[Dimension] = ()) -> Iterator[Rewritten]:
    """The formula with constants of related dimensions written as powers of one; ``units`` are preferred for it."""
    carrying = [i for i, constant in enumerate(fitted.constants) if not constant.dimension.is_dimensionless]
    undeclared = any(fitted.constants[i].dimension not in units for i in carrying)
    if len(carrying) < (1 if units and undeclared else 2):
        return
    dimensions = [fitted.constants[i].dimension for i in carrying]
    for unit in [*units, *(_roots(dimensions) if len(carrying) > 1 else ())]:
        powers = [_power_of(dimension, unit) for dimension in dimensions]
        if all(power is not None and abs(power) <= LARGEST_POWER for power in powers):
            exact = [power for power in powers if power is not None]
            for reference in range(len(carrying)):
                shared = _shared(fitted, carrying, unit, exact, reference)
                if shared is not None:
                    yield shared
                    return


def _roots(dimensions: Sequence[Dimension]) -> Iterator[Dimension]:
    """Dimensions of which all the others may be whole powers, the most divided first."""
    for degree in (4, 3, 2, 1):
        root = dimensions[0] ** Fraction(1, degree)
        if all(exponent.denominator == 1 for exponent in root.exponents):
            yield root


def _power_of(dimension: Dimension, unit: Dimension) -> Fraction | None:
    """The power p, whole or half, with ``unit**p == dimension``, if there is one."""
    ratios = {
        a / b for a, b in zip(dimension.exponents, unit.exponents, strict=True) if b
    }  # where b is 0, the comparison below decides
    if len(ratios) != 1:
        return None
    power = ratios.pop()
    return power if power and power.denominator <= 2 and unit**power == dimension else None


def _shared(
    fitted: Fitted, carrying: Sequence[int], unit: Dimension, powers: Sequence[Fraction], reference: int
) -> Rewritten | None:
    value = float(fitted.values[carrying[reference]])
    name = fitted.constants[carrying[reference]].name
    start = abs(value) ** float(1 / powers[reference])
    if not np.isfinite(start) or start == 0 or not fitted.values[list(carrying)].all():
        return None
    mapping: dict[Expression, Expression] = {}
    found: dict[str, Recognised] = {}
    for index, power in zip(carrying, powers, strict=True):
        other = fitted.constants[index].name
        factor = Number(Fraction(1 if value > 0 else -1))
        if other != name:
            scale = start ** float(power)
            error = _relative_error(fitted, index, carrying[reference], float(power / powers[reference]))
            ratio = float(fitted.values[index]) / scale
            recognised = recognise_number(ratio, abs(ratio) * error)
            if recognised is None:
                return None
            found[other] = recognised
            mapping[Constant(other)] = Apply("*", (recognised.expression, raised(Constant(name), power)))
        else:
            mapping[Constant(other)] = Apply("*", (factor, raised(Constant(name), power)))
    kept = tuple(
        FreeConstant(constant.name, constant.dimension, float(v))
        for i, (constant, v) in enumerate(zip(fitted.constants, fitted.values, strict=True))
        if i not in carrying
    )
    constants = (FreeConstant(name, unit, start), *kept)
    return normalise(substitute(fitted.expression, mapping)), constants, found


def _relative_error(fitted: Fitted, index: int, reference: int, power: float) -> float:
    """Relative standard error of ``k_index / k_reference**power`` (first order)."""
    covariance = fitted.covariance
    a, b = float(fitted.values[index]), float(fitted.values[reference])
    variance = (
        covariance[index, index] / a**2
        + power**2 * covariance[reference, reference] / b**2
        - 2 * power * covariance[index, reference] / (a * b)
    )
    return float(np.sqrt(max(0.0, variance))) if np.isfinite(variance) else 0.0
