"""Can any law have the target's unit? Asked and answered before a search, by linear algebra on exponents.

Sums and functions add no dimension of their own, so the dimension of every law is a product of powers of the
dimensions of its columns and constants. If the target's is none, no search can help, and the reader is told
what is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from symreg.errors import InfeasibleError
from symreg.formula import POWERS
from symreg.units import (
    BASE_UNITS,
    Dimension,
    Unit,
    constants_supplying,
    missing_base_units,
    physical_constant,
    physical_constant_names,
    power_product,
)

if TYPE_CHECKING:
    from symreg.problem.constants import FreeConstants

QUANTITIES = dict(
    zip(
        BASE_UNITS,
        (
            "length", "mass", "time", "electric current", "temperature",
            "amount of substance", "luminous intensity",
        ),
        strict=True,
    )
)  # fmt: skip
MAX_LISTED = 8
"""Constants of nature that an error names, the familiar ones first: a line or two. More hide the advice that follows;
set by hand."""

OTHERWISE = "Add a column, or allow coefficients that carry a unit (free_constants='inferred')."
MAKE_PRODUCTS = frozenset({"*", "/", "pow", *POWERS})


def settle_policy(
    target: Dimension, dimensions: Mapping[str, Dimension], inputs: Collection[str]
) -> Literal["dimensionless", "inferred"]:
    """What "auto" means: pure numbers where a law with them can hold an input, else any unit a law needs."""
    if power_product(target, dimensions) is None or set(inputs) <= set(out_of_balance(dimensions, target)):
        return "inferred"
    return "dimensionless"


def out_of_balance(
    dimensions: Mapping[str, Dimension], target: Dimension, coefficients: Sequence[Dimension] = ()
) -> tuple[str, ...]:
    """Names whose dimension is no product of the others, target and coefficients: nothing cancels it."""
    rest = {f"{place} beside": dimension for place, dimension in enumerate((target, *coefficients))}
    times = Counter(dimensions.values())  # two of one dimension cancel each other: only one that is alone is asked
    alike = {str(place): dimension for place, dimension in enumerate(times)}
    return tuple(
        name
        for name, dimension in dimensions.items()
        if times[dimension] == 1
        and power_product(dimension, {other: d for other, d in alike.items() if d != dimension} | rest) is None
    )


def check_reachable(
    name: str,
    target: tuple[str, Unit],
    inputs: Collection[str],
    dimensions: Mapping[str, Dimension],
    free_constants: FreeConstants,
    operators: Collection[str],
) -> None:
    """Raise ``InfeasibleError`` where the target's unit cannot be made by a law that holds an input."""
    if free_constants.policy == "inferred":
        return
    column, unit = target
    available = dict(dimensions) | {f"coefficient in {u.text}": u.dimension for u in free_constants.units}
    if power_product(unit.dimension, available) is None:
        raise _unreachable(name, column, unit, dimensions, free_constants.units)
    allowed = [other.dimension for other in free_constants.units]
    if set(inputs) <= set(out_of_balance(dimensions, unit.dimension, allowed)):
        reason = f"no law can hold {' or '.join(inputs)}: nothing else carries the units to balance "
        reason += "it." if len(inputs) == 1 else "them."
        raise InfeasibleError(name=name, reason=reason, advice=OTHERWISE)
    without_products = not MAKE_PRODUCTS & set(operators)
    if without_products and not any(dimension == unit.dimension for dimension in available.values()):
        if unit.dimension.is_dimensionless and free_constants.policy == "dimensionless":
            return
        reason = (
            f"no column has the unit of the target {column!r} ({unit.text}), and without products, "
            "quotients or powers among the operators none can be made."
        )
        raise InfeasibleError(name=name, reason=reason, advice="Add '*' and '/' to the operators.")


def _unreachable(
    name: str, column: str, unit: Unit, dimensions: Mapping[str, Dimension], allowed: Sequence[Unit]
) -> InfeasibleError:
    known = dict(dimensions) | {f"coefficient in {other.text}": other.dimension for other in allowed}
    missing = missing_base_units(unit.dimension, known)
    suppliers = constants_that_supply(unit.dimension, known)
    related = suppliers or constants_supplying(missing)
    coefficients = f", nor with coefficients in {', '.join(u.text for u in allowed)}," if allowed else ""
    reason = (
        f"no product of powers of {', '.join(dimensions)}{coefficients} has the unit of the target "
        f"{column!r} ({unit.text}): {in_words(missing)} {'is' if len(missing) == 1 else 'are'} missing."
    )
    advice = ""
    if related:
        listed = ", ".join(related[:MAX_LISTED]) + (", ..." if len(related) > MAX_LISTED else "")
        verb = "would supply it" if suppliers else "contain such units, of which one alone is not enough"
        advice = f"Known constants that {verb}: {listed} (for example constants=[{related[0]!r}]). "
    advice += f"Or {OTHERWISE[0].lower()}{OTHERWISE[1:]}"
    return InfeasibleError(name=name, reason=reason, advice=advice, missing=missing, suppliers=related)


def in_words(base_units: Sequence[str]) -> str:
    """Base units as a student knows them: "mass (kg) and time (s)"."""
    return " and ".join(f"{QUANTITIES[base]} ({base})" for base in base_units)


def constants_that_supply(target: Dimension, dimensions: Mapping[str, Dimension]) -> tuple[str, ...]:
    """Names of the physical constants any one of which would put the target within reach."""
    return tuple(
        name
        for name in physical_constant_names()
        if name not in dimensions
        and power_product(target, {**dimensions, name: physical_constant(name).unit.dimension}) is not None
    )
