"""Can any law have the target's unit? Asked and answered before a search, by linear algebra on exponents.

Sums and functions add no dimension of their own, so the dimension of every law is a product of powers of the
dimensions of its columns and constants. If the target's is none, no search can help, and the reader is told
what is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from symreg.dimension import BASE_UNITS, Dimension, missing_base_units, power_product
from symreg.errors import InfeasibleError
from symreg.units import Unit, constants_supplying, physical_constant, physical_constant_names

if TYPE_CHECKING:
    from symreg.constants import FreeConstants

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
MAKE_PRODUCTS = frozenset({"*", "/", "inv", "square", "cube", "sqrt", "pow"})


def settle_policy(
    target: Dimension, dimensions: Mapping[str, Dimension]
) -> Literal["dimensionless", "inferred"]:
    """What "auto" means: pure numbers where these dimensions make the target's, else any unit a law needs."""
    return "inferred" if power_product(target, dimensions) is None else "dimensionless"


def check_reachable(
    name: str,
    target: tuple[str, Unit],
    dimensions: Mapping[str, Dimension],
    free_constants: FreeConstants,
    operators: Collection[str],
) -> None:
    """Raise ``InfeasibleError`` where columns, constants and coefficients cannot make the target's unit."""
    if free_constants.policy == "inferred":
        return
    column, unit = target
    available = dict(dimensions) | {f"coefficient in {u.text}": u.dimension for u in free_constants.units}
    if power_product(unit.dimension, available) is None:
        raise _unreachable(name, column, unit, dimensions, free_constants.units)
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
    advice += "Or add a column, or allow coefficients that carry a unit (free_constants='inferred')."
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
