"""What a unit means beside the name of its column: ``T [C]`` is a temperature, ``accel [g]`` no mass.

Letters stand for two things, and the name of the column often tells which. Where it does the unit is read so, and said;
where it cannot, the writer is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from symreg.units.dimension import DIMENSIONLESS, Dimension

_TEMPERATURE = re.compile(
    r"(?:t|temp|temps|temperatur|sst|tmin|tmax|tavg|tmean|tair|tsurf|tsoil|twater|tin|tout|tamb|t[gmcdsw]|mp|bp)"
    r"(?:[ _.-].*|\d.*)?"
    r"|.*(?:temperature|temp\.?|dew ?point|(?:melting|boiling|flash) point)s?(?:[ _.-].*)?",
    re.IGNORECASE,
)
_ELECTRIC = re.compile(r"[qc](?:[ _.\d-].*)?|.*(?:charge|capacitance|capacity|ladung|kapazität).*", re.IGNORECASE)
_ACCELERATION = re.compile(r"(?:acc|pga|a[xyz])(?:[ _.\d-].*)?|.*(?:accel|shock|vibration).*", re.IGNORECASE)
_ANGSTROMS = re.compile(r"A(?:\^?-?[1-6]|\^\(-?[1-6]\)|[⁻]?[¹²³⁴⁵⁶])|1/A(?:\^?[1-6]|[²³])?")
_WATT = Dimension.of(kg=1, m=2, s=-3)
_METRE = Dimension.of(m=1)
_RATE = Dimension.of(s=-1)
_PER_DEGREE = frozenset({DIMENSIONLESS, _WATT, _WATT / _METRE, _WATT / _METRE**2, Dimension.of(m=2, s=-2)})
"""What is often told by the degree: parts, W/m, W/m2, J/kg and W."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is read instead of a text, what to warn of, or why the writer is asked."""

    text: str
    remark: str | None = None
    refusal: str | None = None


def beside(text: str, column: str | None) -> Beside:
    """Read a unit's text in the light of the name of its column."""
    if column is None:
        return Beside(text)
    if text in ("C", "F"):
        return _degree(text, column)
    if text == "N/A":
        return Beside(text, refusal="no unit, or a newton per ampere? Write 1 or newton/ampere")
    if text in ("°", "deg", "degree", "degrees") and re.search(r"temp", column, re.IGNORECASE):
        return Beside(text, refusal="degrees of which scale? Write degC, degF or K; an angle is declared rad")
    if text in ("g", "G", "g's", "G's", "gs") and _ACCELERATION.fullmatch(column):
        return Beside("g_n", f'"{text}" is read as the acceleration of free fall, 9.80665 m/s2')
    if _ANGSTROMS.fullmatch(text):
        return Beside(text, refusal="A is the ampere, and may be meant as angstrom: write ampere, or angstrom or Å")
    return Beside(text)


def _degree(text: str, column: str) -> Beside:
    unit, scale = {"C": ("coulomb", "degC"), "F": ("farad", "degF")}[text]
    if _TEMPERATURE.fullmatch(column):
        return Beside(scale, f'"{text}" is read as {scale} beside this name; the unit of electricity is written {unit}')
    if _ELECTRIC.fullmatch(column):
        return Beside(text)
    return Beside(text, f'"{text}" is read as {unit}; a temperature is written {scale}')


def is_doubtful_degree(name: str, exponent: Fraction, rest: Dimension, alone: bool) -> bool:
    """Whether C or F in a product is likely a degree, no coulomb or farad: ``W/(m C)``, ``%/C``, ``C/min``."""
    if name not in ("C", "F") or alone:
        return False
    return rest == _RATE if exponent == 1 else exponent == -1 and rest in _PER_DEGREE
