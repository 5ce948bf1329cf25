"""The unit in which to show a constant: the one a reader would write beside the user's own units.

In ``period = k*a**(3/2)`` with days and astronomical units k is shown in ``day/au**(3/2)``, in ``v = H0*D``
with km/s and Mpc in ``km/s/Mpc``. The unit is found on the way from the root, whose unit is the target's,
down to the constant: each operator on the way says what its operand must be measured in. Where that is
unclear (a sum of metres and kilometres, two unknown constants in one product) the simplest product of the user's
units that has the dimension serves, or else the coherent SI unit. Units that cancel do: ``m*K/nm``, of constants of
nature and a wavelength, is K; only the target's unit over that of one input stays as it is (``km/s/Mpc``).
Where the user has named a unit for free constants, that is the one. Only the scale is chosen here; the
dimension is given, and a unit that disagrees with it is not used.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from symreg.errors import UnitError
from symreg.formula import OPERATORS, Apply, Constant, DimensionRule, Expression, Number, Variable, walk
from symreg.units import DIMENSIONLESS_UNIT, Dimension, Unit, cancelled_unit, combine_units, si_unit

_NUMBER = re.compile(r"(?<![\w^*.+-])\d")  # in the text of a unit, where it is no exponent
POWERS_OF_UNITS = (1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2), 3, -3)
Factors = dict[Unit, Fraction]
"""A product of powers of the user's units; None instead of it: unclear."""


def display_unit(
    expression: Expression,
    constant_name: str,
    constant_dimension: Dimension,
    input_units: Mapping[str, Unit],
    target_unit: Unit,
    declared: Sequence[Unit] = (),
) -> Unit:
    """Unit for ``constant_name``, of exactly ``constant_dimension``.

    ``input_units`` holds the units of the inputs and of the known constants; names that it lacks are free
    constants. A unit that was ``declared`` for free constants serves those of its dimension.
    """
    if constant_dimension.is_dimensionless:
        return DIMENSIONLESS_UNIT
    for unit in declared:
        if unit.dimension == constant_dimension:
            return unit
    factors = _wanted(expression, constant_name, _factors(target_unit), input_units)
    if factors is not None:
        if any(power.denominator != 1 and _NUMBER.search(unit.text) for unit, power in factors.items()):
            return si_unit(constant_dimension)  # nobody writes a root of 10**3 psi
        try:
            found = combine_units([(unit, power) for unit, power in factors.items() if power])
            if found.dimension == constant_dimension:
                return found if _is_quotient(factors, target_unit) else cancelled_unit(found)
        except UnitError:  # such a power of the user's unit has no size that a number holds, or is not read: cm**108
            return si_unit(constant_dimension)
    simple = _simple_unit(constant_dimension, [target_unit, *input_units.values()])
    return simple if simple is not None and _mentions(expression, constant_name) else si_unit(constant_dimension)


def _is_quotient(factors: Factors, target_unit: Unit) -> bool:
    """Whether this is the target's unit over one unit of the user's, as a reader writes it though lengths cancel:
    km/s/Mpc."""
    powers = {unit: power for unit, power in factors.items() if power}
    return len(powers) == 2 and powers.pop(target_unit, 0) == 1 and set(powers.values()) == {-1}


def _simple_unit(dimension: Dimension, units: Sequence[Unit]) -> Unit | None:
    """The simplest product of powers of one or two of the user's units that has this dimension; None without one.

    Of metres and kilometres neither is taken.
    """
    distinct = list(dict.fromkeys(one for unit in units for one in _factors(unit)))
    alike = Counter(one.dimension for one in distinct)
    found = [one for one in distinct if alike[one.dimension] == 1]
    alone = [[(unit, Fraction(power))] for power in POWERS_OF_UNITS for unit in found]
    pairs = [
        [(one, Fraction(power)), (other, Fraction(second))]
        for power, second in ((1, -1), (1, 1), (1, -2), (1, 2), (-1, -1), (2, -1))
        for one in found for other in found if one != other
    ]  # fmt: skip
    for factors in (*alone, *pairs):
        powers = [unit.dimension**power for unit, power in factors]
        if math.prod(powers[1:], start=powers[0]) == dimension:
            try:
                return combine_units(factors)
            except UnitError:
                continue
    return None


def _wanted(
    expression: Expression, name: str, wanted: Factors | None, units: Mapping[str, Unit]
) -> Factors | None:
    """The unit that ``name``, where it first occurs, must have for ``expression`` to be in ``wanted``."""
    node = expression
    while isinstance(node, Apply):
        index = next((i for i, argument in enumerate(node.arguments) if _mentions(argument, name)), None)
        if index is None:
            return None
        wanted = _wanted_below(node, index, wanted, units)
        node = node.arguments[index]
    return wanted if node == Constant(name) else None


def _wanted_below(
    node: Apply, index: int, wanted: Factors | None, units: Mapping[str, Unit]
) -> Factors | None:
    """The unit for operand ``index`` of ``node`` where the node's value is to be in ``wanted``."""
    row = OPERATORS[node.operator]
    if row.rule is DimensionRule.SCALE:
        assert row.exponent is not None
        return _power(wanted, 1 / row.exponent)
    if row.rule is DimensionRule.PRESERVE:
        return wanted
    if row.rule is DimensionRule.DIMENSIONLESS:
        return {}
    if row.rule is DimensionRule.SIGN:
        return None
    other = _unit_of(node.arguments[1 - index], units)
    if row.rule is DimensionRule.SAME:
        return wanted if other is None else other  # what is added is best measured alike
    if row.rule is DimensionRule.POWER:
        exponent = _literal(node.arguments[1])
        return _power(wanted, 1 / exponent) if exponent and index == 0 else {}
    if node.operator == "*":
        return _product(wanted, _power(other, Fraction(-1)))
    return _product(wanted, other) if index == 0 else _product(other, _power(wanted, Fraction(-1)))


def _unit_of(expression: Expression, units: Mapping[str, Unit]) -> Factors | None:
    """The user's unit of a subexpression, None where it holds a free constant or mixes scales."""
    if isinstance(expression, Number):
        return {}
    if isinstance(expression, Variable | Constant):
        return _factors(units[expression.name]) if expression.name in units else None
    row = OPERATORS[expression.operator]
    if row.rule in (DimensionRule.DIMENSIONLESS, DimensionRule.SIGN):
        return {}
    first, last = (
        _unit_of(argument, units) for argument in (expression.arguments[0], expression.arguments[-1])
    )
    if row.rule is DimensionRule.PRESERVE:
        return first
    if row.rule is DimensionRule.SCALE:
        assert row.exponent is not None
        return _power(first, row.exponent)
    if row.rule is DimensionRule.POWER:
        exponent = _literal(expression.arguments[1])
        return _power(first, exponent) if exponent is not None else {}
    if row.rule is DimensionRule.SAME:
        if first is None or last is None:
            return last if first is None else first  # a free constant is measured as what it is added to
        return first if first == last else None
    return _product(first, last if expression.operator == "*" else _power(last, Fraction(-1)))


def _factors(unit: Unit) -> Factors:
    if unit.dimension.is_dimensionless and unit.scale == 1.0:
        return {}
    if unit.offset:  # a coefficient is per kelvin, not per degree above a freezing point
        unit = si_unit(unit.dimension)
    return {unit: Fraction(1)}


def _power(factors: Factors | None, exponent: Fraction) -> Factors | None:
    return None if factors is None else {unit: power * exponent for unit, power in factors.items()}


def _product(one: Factors | None, two: Factors | None) -> Factors | None:
    if one is None or two is None:
        return None
    return {unit: one.get(unit, Fraction(0)) + two.get(unit, Fraction(0)) for unit in {**one, **two}}


def _literal(expression: Expression) -> Fraction | None:
    if isinstance(expression, Number):
        return Fraction(expression.value).limit_denominator(1000)
    return None


def _mentions(expression: Expression, name: str) -> bool:
    return any(node == Constant(name) for node in walk(expression))
