"""Dimensions and units: exact exponents over seven base units, text to unit and back, constants of nature."""

from __future__ import annotations

from symreg.units.dimension import (
    BASE_QUANTITIES,
    BASE_UNITS,
    DIMENSIONLESS,
    Dimension,
    missing_base_units,
    pi_groups,
    power_product,
    power_text,
    rank_of,
)
from symreg.units.physical_constants import (
    PhysicalConstant,
    constants_supplying,
    physical_constant,
    physical_constant_names,
)
from symreg.units.reading import cancelled_unit, combine_units, parse_unit
from symreg.units.span import in_span
from symreg.units.unit import DIMENSIONLESS_UNIT, Unit, si_unit

__all__ = [
    "BASE_QUANTITIES",
    "BASE_UNITS",
    "DIMENSIONLESS",
    "DIMENSIONLESS_UNIT",
    "Dimension",
    "PhysicalConstant",
    "Unit",
    "cancelled_unit",
    "combine_units",
    "constants_supplying",
    "in_span",
    "missing_base_units",
    "parse_unit",
    "physical_constant",
    "physical_constant_names",
    "pi_groups",
    "power_product",
    "power_text",
    "rank_of",
    "si_unit",
]
