"""What people call units: names that the library of units lacks, misreads, or should never be given.

``DEFINITIONS`` adds names, in the library's own notation and in exact numbers. ``SPELLINGS`` are other ways
to write a known name. ``REFUSED`` are logarithmic scales and other things that no factor converts, with what
to do instead. ``REMARKS`` are names that two trades use for two things.
"""

# ruff: noqa: RUF001  (the signs that people write are the matter of this file)

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

#: ``name = value = symbol = alias ...``, with the source. Where the library gives a symbol to something
#: else, the full name is new and the symbol moves to it.
DEFINITIONS = (
    "solar_mass = 1.98847e30 kg = M_sun = Msun",  # IAU 2015 GM_sun over CODATA G
    "solar_luminosity = 3.828e26 W = L_sun = Lsun",  # IAU 2015 Resolution B3, nominal
    "solar_radius = 6.957e8 m = R_sun = Rsun",  # IAU 2015 Resolution B3, nominal
    "earth_mass = 5.9722e24 kg = M_earth = Mearth",  # IAU 2015 GM_earth over CODATA G
    "earth_radius = 6.3781e6 m = R_earth = Rearth",  # IAU 2015 Resolution B3, nominal equatorial
    "jupiter_mass = 1.89813e27 kg = M_jupiter = M_jup = Mjup",  # IAU 2015 GM_jupiter over CODATA G
    "jupiter_radius = 7.1492e7 m = R_jupiter = R_jup = Rjup",  # IAU 2015 Resolution B3, nominal equatorial
    "lunar_mass = 7.346e22 kg = M_moon",  # Williams et al. 2014, J. Geophys. Res. Planets 119, 1546
    "jansky = 1e-26 W / m ** 2 / Hz = Jy",  # IAU
    "punto = 169 / 180 mm",  # Galileo's folio 116v: 0.938889 mm
    "parts_per_billion = 1e-9 = ppb = ppbv",
    "newton_meter = N * m = Nm",  # not the textile trade's number_meter
    # Gaussian units by their SI value, because mass**(1/2) helps nobody with a teslameter.
    "tesla_gauss = 1e-4 tesla = G = gauss",
    "si_oersted = 79.57747154594767 A / m = Oe = oersted",
    "si_maxwell = 1e-8 weber = Mx = maxwell",
    "si_franklin = 3.3356409519815204e-10 coulomb = Fr = franklin = statcoulomb = statC = esu",
    "si_statvolt = 299.792458 volt = statV = statvolt",
    "photon = count",
    "electron = count",
    "event = count",
)

#: Units that count or compare; the library keeps them apart, a dimension does not.
COUNTED = frozenset({"count", "bit", "pixel", "absorbance_unit", "refractive_index_unit", "radian"})

#: Zero points of the temperature scales, in their own degrees above absolute zero, by the library's name.
ZERO_POINTS: Mapping[str, tuple[Fraction, str]] = {
    "degree_Celsius": (Fraction("273.15"), "delta_degC"),
    "degree_Fahrenheit": (Fraction("459.67"), "delta_degF"),
    "degree_Reaumur": (Fraction("218.52"), "delta_degRe"),
}

SPELLINGS: Mapping[str, str] = {
    "%": "percent",
    "‰": "permille",
    "°": "degree",
    "degs": "degree",
    "′": "arcminute",
    "′′": "arcsecond",
    "°C": "degC",
    "°F": "degF",
    "°K": "kelvin",
    "Δ°C": "delta_degC",
    "Δ°F": "delta_degF",
    "deg_C": "degC",
    "deg_F": "degF",
    "degree_C": "degC",
    "degree_F": "degF",
    "degrees_C": "degC",
    "degrees_F": "degF",
    "degree_celsius": "degC",
    "degrees_celsius": "degC",
    "degree_fahrenheit": "degF",
    "degrees_fahrenheit": "degF",
    "ppmv": "ppm",
    **dict.fromkeys(("mol%", "at%", "wt%", "vol%", "mass%"), "percent"),
    **dict.fromkeys(
        ("degree_north", "degrees_north", "degree_east", "degrees_east", "degrees_true"), "degree"
    ),
    "hrs": "hour",
    "yrs": "year",
    "mins": "minute",
    "secs": "second",
    "lbs": "pound",
    "Ohm": "ohm",
    "Ohms": "ohm",
    "Ω": "ohm",
    "℧": "siemens",
    "Ang": "angstrom",
    "AU": "astronomical_unit",
    "wk": "week",
    "rev": "revolution",
    "px": "pixel",
    "rads": "radian",
}

REMARKS: Mapping[str, str] = {
    "AU": '"AU" is read as the astronomical unit; write au for it, or absorbance_unit',
    "mb": '"mb" is read as millibarn; a millibar is written mbar',
    "ct": '"ct" is read as carat; counts are written count',
    "mil": '"mil" is read as an angular mil; a thousandth of an inch is written thou',
    "kt": '"kt" is read as knot; a thousand tonnes are written kilotonne',
}

_DECIBEL = (
    "decibels are logarithmic: convert to a ratio with 10**(x/10) for power or 10**(x/20) for amplitude, "
    "or declare the column dimensionless"
)
_MAGNITUDE = (
    "magnitudes are logarithmic: convert to a flux ratio with 10**(-0.4*x), "
    "or declare the column dimensionless"
)
_PH = (
    "pH is logarithmic: convert to a concentration in mol/L with 10**(-x), "
    "or declare the column dimensionless"
)
_LOGARITHM = "this scale is logarithmic: convert to the ratio itself, or declare the column dimensionless"

REFUSED: Mapping[str, str] = {
    **dict.fromkeys(("decibel", "bel"), _DECIBEL),
    **dict.fromkeys(("mag", "mags", "mmag", "magnitude", "magnitudes", "mag_AB", "ABmag"), _MAGNITUDE),
    **dict.fromkeys(("pH", "PH", "ph", "Ph", "pOH", "pKa", "pK"), _PH),
    **dict.fromkeys(("neper", "Np", "dex", "decade", "octave", "oct"), _LOGARITHM),
    "ppt": "parts per thousand for some, per trillion for others: write 1e-3 or 1e-12",
    "k": "kelvin is written K, and a thousand is written 1e3",
    "label": "a label is no number; leave this column out of the law",
}


def refusal(name: str) -> str | None:
    """Why this name cannot be a unit of measured numbers, and what to do; None when it may be one."""
    if re.fullmatch(r"dB[A-Za-z]{0,3}", name) or name.startswith("decibel"):
        return _DECIBEL
    return REFUSED.get(name)


_COMMON = """
m s kg K A mol cd g N J W V Pa Hz C F T H ohm S Wb L eV rad deg h min day year mm cm km nm um ms us ns mg kN
kJ MJ kW MW mV kV kPa MPa GPa hPa mbar bar atm kHz MHz GHz mA uA mT nT mL kmol mmol keV MeV GeV meV pm fm
degC degF percent ppm pc kpc Mpc au M_sun L_sun R_sun M_earth R_earth count dimensionless inch foot mile
meter metre second minute hour week month gram kilogram liter litre newton joule watt volt ampere kelvin
pascal hertz coulomb farad tesla henry angstrom micrometer nanometer millimeter centimeter kilometer radian
degree arcmin arcsec candela mole dalton light_year parsec astronomical_unit solar_mass solar_luminosity
earth_mass jupiter_mass
"""

#: The units most tables use: suggested first, and what run-together words are split into.
COMMON = tuple(_COMMON.split())
