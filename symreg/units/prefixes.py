"""Which prefixes people put before the symbol of which unit.

The library takes every prefix before every unit: to it RH is a ronnahenry, units are micronits, cfm is a centifermi
and PS a petasiemens. What nobody writes is no reading, so a symbol is read with a prefix of its row alone. Prefixes
that are spelt out (``kilo``, ``giga``) go with everything.
"""

from __future__ import annotations

from collections.abc import Mapping

_SMALL = frozenset({"femto", "pico", "nano", "micro", "milli"})
_USUAL = _SMALL | {"kilo", "mega", "giga", "tera"}
_LARGER = frozenset({"peta", "exa", "zetta", "yotta"})
_SMALLER = frozenset({"yocto", "zepto", "atto"})
_WIDE = _SMALLER | _USUAL | _LARGER
_BITS = frozenset({"kilo", "mega", "giga", "tera", "kibi", "mebi", "gibi", "tebi", "pebi", "exbi"}) | _LARGER
_NEAR_ONE = frozenset({"micro", "milli", "kilo", "mega"})
_YEARS = frozenset({"kilo", "mega", "giga"})

#: By the library's full name of the unit.
PREFIXES: Mapping[str, frozenset[str]] = {
    "meter": _WIDE | {"centi", "deci", "deca", "hecto"},
    "gram": _WIDE | {"centi", "deci", "deca", "hecto"},
    "second": _SMALLER | _SMALL | {"kilo", "mega"},
    "liter": _SMALL | {"atto", "centi", "deci", "hecto", "kilo", "mega", "giga"},
    "mole": _WIDE | {"centi", "deci"},
    "kelvin": _USUAL,
    **dict.fromkeys(("watt", "joule", "electron_volt", "hertz"), _WIDE),
    **dict.fromkeys(("ampere", "volt", "coulomb", "farad"), _USUAL | {"atto"}),
    **dict.fromkeys(("byte", "bit", "baud"), _BITS),
    "newton": _USUAL | {"centi", "deci", "deca"},
    "newton_meter": _USUAL | {"centi", "deci", "deca"},
    "pascal": _USUAL | {"peta", "hecto", "deci", "deca"},
    "ohm": _USUAL | {"peta"},
    "siemens": _SMALL | {"deci", "kilo", "mega", "giga"},
    **dict.fromkeys(("weber", "tesla", "henry"), _SMALL | {"kilo"}),
    "becquerel": _USUAL | {"peta", "exa"},
    **dict.fromkeys(("gray", "sievert"), _SMALL | {"centi", "kilo"}),
    **dict.fromkeys(("katal", "enzyme_unit", "curie"), _SMALL | {"kilo", "mega"}),
    "molar": _SMALL | {"atto"},
    **dict.fromkeys(("lumen", "lux", "candela"), _NEAR_ONE),
    **dict.fromkeys(("volt_ampere", "volt_ampere_reactive", "watt_hour", "ampere_hour"), _USUAL),
    **dict.fromkeys(("counts_per_second", "count"), frozenset({"kilo", "mega"})),
    **dict.fromkeys(("equivalent", "osmole"), _SMALL),
    # angles
    "radian": _SMALL,
    "arcsecond": frozenset({"micro", "milli"}),
    "strain": frozenset({"micro", "milli"}),
    "degree": frozenset({"milli"}),
    "steradian": frozenset({"micro", "milli"}),
    # older and of trades
    "bar": _SMALL | {"centi", "deci", "kilo", "mega", "giga"},
    "standard_atmosphere": _SMALL | {"kilo"},
    "torr": _SMALL,
    **dict.fromkeys(("meter_H2O", "meter_Hg", "meter_H2O_4C", "meter_Hg_0C"), frozenset({"micro", "milli", "centi"})),
    "pound_force_per_square_inch": frozenset({"kilo", "mega"}),
    "poise": frozenset({"micro", "milli", "centi", "deci"}),
    "stokes": frozenset({"centi", "milli"}),
    "calorie": _USUAL,
    "british_thermal_unit": frozenset({"kilo"}),
    "ton_TNT": frozenset({"kilo", "mega"}),
    "tonne_of_oil_equivalent": _YEARS,
    "metric_ton": _YEARS | {"tera"},
    "force_metric_ton": frozenset({"kilo"}),
    "force_kilogram": frozenset({"kilo"}),
    "force_gram": frozenset({"milli", "kilo"}),
    "force_pound": frozenset({"kilo"}),
    "pound": frozenset({"kilo"}),
    "pound_mole": frozenset({"kilo"}),
    "foot": frozenset({"kilo"}),
    "inch": frozenset({"micro", "milli"}),
    "dyne": _USUAL,
    "erg": _USUAL,
    "galileo": frozenset({"micro", "milli"}),
    "tesla_gauss": _SMALL | {"kilo", "mega"},
    **dict.fromkeys(("si_oersted", "si_maxwell", "si_statvolt", "si_franklin"), _SMALL | {"kilo", "mega"}),
    "emu": _SMALL,
    "gauss_oersted": frozenset({"kilo", "mega"}),
    "roentgen": _SMALL,
    "rem": _SMALL,
    "debye": frozenset(),
    "darcy": frozenset({"micro", "milli"}),
    # atoms and molecules
    "barn": _SMALL | {"atto", "kilo"},
    "dalton": frozenset({"milli", "kilo", "mega", "giga"}),
    "unified_atomic_mass_unit": frozenset({"milli", "kilo"}),
    "hartree": frozenset({"milli", "micro"}),
    "rydberg": frozenset({"milli", "micro"}),
    "townsend": frozenset({"milli"}),
    "absorbance_unit": _SMALL,
    "svedberg": frozenset(),
    # the sky and the earth
    "parsec": _NEAR_ONE | {"milli", "giga"},
    "light_year": _YEARS,
    "astronomical_unit": frozenset({"milli"}),
    "jansky": _USUAL,
    "year": _YEARS | {"tera"},
}


def is_written(prefix: str, unit: str, word: str) -> bool:
    """Whether people write this word for a unit with a prefix, both by the library's full names."""
    return not prefix or word.lower().startswith(prefix) or prefix in PREFIXES.get(unit, frozenset())
