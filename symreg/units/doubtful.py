"""Names of units that deserve a word: what no factor converts, and what two trades use for two things.

``REFUSED`` and ``REFUSED_SCALES`` are scales without a factor and words whose meaning has to be asked, with what
to write instead. ``REMARKS`` are names that are read, with the other meaning that they have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

REMARKS: Mapping[str, str] = {
    "AU": '"AU" is read as the astronomical unit; write au for it, or absorbance_unit',
    "mb": '"mb" is read as millibarn; a millibar is written mbar',
    "ct": '"ct" is read as carat; counts are written count',
    "kt": '"kt" is read as knot; a thousand tonnes are written kilotonne',
    "at": '"at" is read as atom, a count; a technical atmosphere is written kgf/cm2',
    **dict.fromkeys(
        ("mil", "mils"), '"mil" is read as a thousandth of an inch; an angular mil is written 0.05625 degree'
    ),
    **dict.fromkeys(
        ("ton", "tons"), '"ton" is read as the American ton of 2000 lb; 1000 kg are written tonne'
    ),
    **dict.fromkeys(
        ("bbl", "bbls", "BBL"), '"bbl" is read as the oil barrel of 42 gallons; another is written 31.5 gallon'
    ),
    **dict.fromkeys(
        ("HV", "HB", "HBW", "BHN", "HK"),
        "a hardness of Vickers, Brinell or Knoop is read as what it is by definition, kgf/mm2; declare the column "
        "dimensionless to have the bare number",
    ),
    "D": '"D" is read as debye; a darcy is written darcy, a dioptre 1/m',
    "mD": '"mD" is read as millidarcy; a millidebye is written millidebye',
    "gr": '"gr" is read as grain (64.8 mg); the gram is written g',
    "pt": '"pt" is read as the American pint; a point of print is written inch/72',
    "cp": '"cp" is read as centipoise; the cup is written cup',
    "cps": '"cps" is read as counts per second; centipoise is written cP',
    **dict.fromkeys(("gpm", "GPM"), '"gpm" is read as gallons per minute; a geopotential metre is written m'),
    **dict.fromkeys(("Gs", "kGs"), '"Gs" is read as gauss; a gigasecond is written 1e9 s'),
    **dict.fromkeys(("TR", "RT"), "this is read as a ton of refrigeration, 12000 Btu/h"),
    **dict.fromkeys(
        ("PS", "CV", "cv"), "this is read as the metric horsepower, 735.5 W; petasiemens are written 1e15 S"
    ),
    "Cal": '"Cal" is read as the kilocalorie of food; a calorie is written cal',
    **dict.fromkeys(
        ("krad", "Mrad"), "this is read as a dose of radiation, 1 rad = 0.01 Gy; an angle is written rad"
    ),
    "Gy": '"Gy" is read as gray; 1e9 years are written Gyr',
    "Sv": '"Sv" is read as sievert; a sverdrup is written sverdrup',
    **dict.fromkeys(("Eq", "eq", "mEq", "meq"), "equivalents are read as moles of charge"),
    **dict.fromkeys(
        ("sccm", "SCCM", "scf", "SCF", "Mscf", "MSCF", "MMscf", "MMSCF", "scfm", "SCFM", "scfh", "SCFH",
         "MMscfd", "MMSCFD", "slpm", "SLPM", "slm", "SLM", "NLPM", "Nlpm", "nlpm",
         "normal_cubic_meter", "normal_liter"),
        "a gas's volume at standard conditions is read as that volume; as an amount of gas, 1 m3 is 44.6 mol at 0 degC "
        "and 1 atm, and is written 44.6 mol",
    ),
}  # fmt: skip

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
_DECADE = (
    "a decade is a factor of ten, no unit: drop it where the law has log10 (mV), or divide the numbers by 2.302585 "
    "where it has the natural logarithm"
)
_INTERNATIONAL = (
    "an international unit is set for each substance by itself: convert to mass, or declare the column dimensionless"
)
_HARDNESS = "this hardness is the reading of a dial, no quantity: convert to HV, or declare the column dimensionless"
_TURBIDITY = "turbidity is measured against a standard, and no factor converts it: declare the column dimensionless"
_MONEY = "money is no physical unit: declare the column dimensionless, or write 1 in its place"
_QUANTITY = "this is the name of a quantity, no unit of it"

REFUSED: Mapping[str, str] = {
    **dict.fromkeys(("decibel", "bel"), _DECIBEL),
    **dict.fromkeys(("mag", "mags", "mmag", "magnitude", "magnitudes", "mag_AB", "ABmag"), _MAGNITUDE),
    **dict.fromkeys(("pH", "PH", "ph", "Ph", "pOH", "pKa", "pK"), _PH),
    **dict.fromkeys(("neper", "Np", "dex", "octave", "oct", "log", "log10", "ln", "lg", "log2"), _LOGARITHM),
    **dict.fromkeys(("decade", "decades", "dec"), _DECADE),
    **dict.fromkeys(("IU", "mIU", "uIU", "µIU", "μIU", "kIU", "MIU", "UI"), _INTERNATIONAL),
    **dict.fromkeys(("NTU", "FNU", "FTU", "JTU"), _TURBIDITY),
    **dict.fromkeys(("USD", "EUR", "GBP", "JPY", "CNY", "dollar", "dollars", "euro", "euros"), _MONEY),
    **dict.fromkeys(("mass", "length", "time", "temperature", "volume", "area", "gas", "force", "pressure"), _QUANTITY),
    **dict.fromkeys(("API", "°API"), "degrees API are 141.5/d - 131.5: convert to a density in kg/m3"),
    **dict.fromkeys(("Brix", "°Brix", "°Bx"), "degrees Brix are near g per 100 g of sugar: convert, and write 0.01"),
    "ppt": "parts per thousand for some, per trillion for others: write 1e-3 or 1e-12",
    "k": "kelvin is written K, and a thousand is written 1e3",
    "label": "a label is no number; leave this column out of the law",
    **dict.fromkeys(
        ("units", "unit"), "a unit of what? A count is written count, activity of an enzyme U, anything else 1"
    ),
    "R": "röntgen, Rankine or the gas constant: write 2.58e-4 C/kg, degR or J/(mol K)",
    "Ha": "hartree for some, hectare for others: write hartree or hectare",
    "MT": "a million tonnes for some, a metric ton or a megatesla for others: write tonne, 1e6 tonne or 1e6 T",
    "MBtu": "a thousand for some, a million for others: write 1e3 Btu or 1e6 Btu",
    "MBTU": "a thousand for some, a million for others: write 1e3 Btu or 1e6 Btu",
    "ccm": "a cubic centimetre for some, one in a minute for others: write cm3 or cm3/min",
    "cms": "centimetres for some, cubic metres per second for others: write cm or m3/s",
    "ksc": "write kgf/cm2",
    "DU": "a Dobson unit is 2.687e20 molecules on 1 m2: write 2.687e20 1/m2, or 4.4615e-4 mol/m2",
    "molal": "write mol/kg",
    **dict.fromkeys(("barrer", "Barrer"), "a barrer is 3.3464e-16 mol/(m s Pa): convert, and write mol/(m s Pa)"),
    "RH": "relative humidity is written %",
    "OD": "optical density is a logarithm: write absorbance_unit to have it as a plain number",
    "vs": "leave out what the quantity is measured against",
}  # fmt: skip

#: Refused like ``REFUSED``, by their pattern.
REFUSED_SCALES: Mapping[str, str] = {
    r"dB[A-Za-z]{0,3}|decibel\w*": _DECIBEL,
    r"HR[A-Z]{1,2}[0-9]*|Shore|HS[ACD]?|HL[A-Z]?|Mohs|mohs|IRHD": _HARDNESS,
}


def refusal(name: str) -> str | None:
    """Why this name cannot be a unit of measured numbers, and what to do; None when it may be one."""
    for pattern, reason in REFUSED_SCALES.items():
        if re.fullmatch(pattern, name):
            return reason
    return REFUSED.get(name)
