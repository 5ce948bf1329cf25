"""What a fitted formula takes to say, with the target given it: the one ledger of the finishing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TypeGuard

from symreg.finishing.finished import Snapped
from symreg.fitting import Fitted, Fitter, Floats
from symreg.formula import (
    NOT_SIMPLE_BITS,
    NOT_SIMPLE_BITS_TO_SCALE,
    OPERATOR_BITS,
    Apply,
    Constant,
    Expression,
    Number,
    constants_of,
    description_length,
    name_bits,
    name_bits_of,
    tree_bits,
    walk,
)
from symreg.laws import left_over
from symreg.units import DIMENSIONLESS_UNIT

RESOLUTION = 1e-10  # of the target's spread: residuals below are rounding

UNIT_BITS = 8.0
"""For a fitted constant with a unit where a law with pure numbers could have the target's: it may have one of some
hundreds, and each makes a law of forms that dimensions otherwise forbid. It decides between laws that fit alike, as on
ten rows; one that is needed gains more."""

ROOT_OF_UNIT_BITS = 4.0
"""For a fitted constant with a root of a unit, ``V*s**(1/2)``, where no column has one: of the constants in handbooks
that have a unit hardly one in sixteen is of that kind, Kepler's and those of diffusion."""

TIED_BITS = 7.0
"""To say that a fitted constant is a simple multiple of another, and which: of a regression's coefficients few are.
Nothing where every scale of a law is in the table, as there ``2*a + b`` is what laws are made of."""


def bits_of(
    fitter: Fitter, fitted: Fitted, snapped: Snapped, snapped_bits: float, form_bits: float | None = None
) -> float:
    """The description length of a fitted formula, in bits.

    Constants that became simple numbers are ``snapped``, at a price of ``snapped_bits``; ``form_bits`` is what the
    search says of the form, None where it says nothing: of the ways to say it the shortest is paid.
    """
    problem = fitter.problem
    names = [constant.name for constant in fitted.constants]
    names_in_use = len(problem.inputs) + len(problem.known_constants) + 2  # and a constant, and a number
    # A simple number is sent by its code: in the tree it is one node, however many nodes spell it out.
    numbers = {one.expression for one, _, _ in snapped.values()}
    spelled = [node for node in walk(fitted.expression) if node in numbers]
    # A product of known constants is, even where tidying has put its factors elsewhere.
    names_in_tree = set(constants_of(fitted.expression))
    spelled += [
        one for one in numbers - set(spelled)
        if any(name != "pi" for name in constants_of(one)) and set(constants_of(one)) <= names_in_tree
    ]  # fmt: skip
    twice = sum(tree_bits(one, names_in_use) - name_bits(names_in_use) for one in spelled)
    # That an input stands over its unit goes without saying: dimensions leave nothing else.
    over = sum(_is_over_unit(node, units_of_inputs(fitter)) for node in walk(fitted.expression))
    twice += over * (1.0 + OPERATOR_BITS["/"] + name_bits(names_in_use))
    named = name_bits_of(
        fitted.expression, names, len(problem.inputs), ones=units_of_inputs(fitter), numbers=numbers
    )
    ways = [bits for bits in (form_bits, named) if bits is not None]
    if ways:
        twice = max(twice, tree_bits(fitted.expression, names_in_use) - min(ways))
    own = _bits_of_units(fitter, fitted, names_in_use) + _bits_of_literals(fitter, fitted, numbers)
    return own - twice + description_length(
        residual_sum_squares=left_over(fitted, fitter),
        n_rows=fitter.n_rows,
        expression=fitted.expression,
        n_names=names_in_use,
        noise_variance=1.0 if fitter.knows_errors else None,
        values=dict(zip(names, fitted.values.tolist(), strict=True)),
        fisher_diagonal=_information(fitter, fitted),
        snapped_bits=snapped_bits,
        resolution=0.0 if fitter.knows_errors else RESOLUTION * fitter.spread,
        angles=_angles(fitter),
        not_simple_bits=NOT_SIMPLE_BITS_TO_SCALE if is_to_scale(fitter, fitted) else NOT_SIMPLE_BITS,
    )


def _information(fitter: Fitter, fitted: Fitted) -> Floats:
    """What the data know of the constants; of parameters nothing: every law of the form has them and pays alike."""
    template = fitter.problem.template
    kept = () if template is None else template.parameter_names
    return replace(fitted, held=tuple({*fitted.held, *(one for one in fitted.names if one in kept)})).information


def units_of_inputs(fitter: Fitter) -> frozenset[str]:
    """Names of the constants that are one of an input's unit."""
    return frozenset(one.name for one in fitter.problem.units_of_inputs.values())


def is_to_scale(fitter: Fitter, fitted: Fitted) -> bool:
    """Whether every scale of a law is known: units are given, and no constant with a unit is in it or asked for.

    A pure number of such a law is hardly ever an odd one.
    """
    problem = fitter.problem
    if any(not one.dimension.is_dimensionless for one in fitted.constants):
        return False
    if units_of_inputs(fitter) & set(constants_of(fitted.expression)):
        return False
    with_units = any(not dimension.is_dimensionless for dimension in problem.dimensions.values())
    asked_for = problem.template is not None and problem.template.parameters
    return with_units and problem.free_constants.policy == "dimensionless" and not asked_for


def _bits_of_literals(fitter: Fitter, fitted: Fitted, recognised: Collection[Expression]) -> float:
    """What a law that is not to scale pays for factors and terms that are written as numbers, as ``2*a + b`` is.

    One of two goes without saying, exponents are paid for in the tree, and numbers that were fitted pay as such.
    """
    if is_to_scale(fitter, fitted):
        return 0.0
    spelled = {part for one in recognised for part in walk(one)}
    powers = {id(node.arguments[1]) for node in walk(fitted.expression) if _is_power(node)}
    literals = (node for node in walk(fitted.expression) if isinstance(node, Number) and id(node) not in powers)
    return TIED_BITS * sum(abs(node.value) != 1 and node not in spelled for node in literals)


def _bits_of_units(fitter: Fitter, fitted: Fitted, names_in_use: int) -> float:
    """What coefficients pay for their units.

    One of another unit than those declared is a power of a constant: an operator and a number. One with any unit
    where pure numbers would do makes a law of many forms that dimensions otherwise forbid; so does a pure number
    beside an input over its unit, ``k1*x*(x/x_unit)**k2``, whose size depends on that unit.
    """
    free, roots = fitter.problem.free_constants, _roots_of_units(fitter, fitted)
    if free.is_mixed:
        with_units = sum(not constant.dimension.is_dimensionless for constant in fitted.constants)
        is_hidden = with_units == 0 and bool(units_of_inputs(fitter) & set(constants_of(fitted.expression)))
        return roots + UNIT_BITS * (with_units + is_hidden)
    if free.policy != "declared":
        return roots
    declared = {DIMENSIONLESS_UNIT.dimension, *(unit.dimension for unit in free.units)}
    powers = sum(constant.dimension not in declared for constant in fitted.constants)
    return 2 * powers * name_bits(names_in_use)


def _roots_of_units(fitter: Fitter, fitted: Fitted) -> float:
    """What constants pay for roots of units."""
    problem = fitter.problem
    columns = (*problem.dimensions.values(), problem.target_column.unit.dimension)
    if any(one.has_roots for one in columns):
        return 0.0
    return ROOT_OF_UNIT_BITS * sum(constant.dimension.has_roots for constant in fitted.constants)


def _angles(fitter: Fitter) -> tuple[str, ...] | None:
    """The inputs that carry an angle; None where no column has a unit, which then says nothing of angles."""
    problem = fitter.problem
    units = {name: problem.table[name].unit for name in (*problem.inputs, problem.target)}
    carrying = [name for name, unit in units.items() if unit.is_angle or unit.carries_angle]
    if not carrying and all(unit.dimension.is_dimensionless for unit in units.values()):
        return None
    return tuple(name for name in carrying if name != problem.target)


def _is_power(node: Expression) -> TypeGuard[Apply]:
    return isinstance(node, Apply) and node.operator == "pow"


def _is_over_unit(node: Expression, units: Collection[str]) -> bool:
    """Whether the node is an input over its unit."""
    if not isinstance(node, Apply) or node.operator != "/":
        return False
    return isinstance(node.arguments[1], Constant) and node.arguments[1].name in units
